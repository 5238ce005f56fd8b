"""What a reviewer reads: for each pair, each comparison with both values, the level it reached and its weight."""

from collections.abc import Callable

import pandas as pd

from include.matching.compare import Floats, Levels, Pairs
from include.matching.model import LEVELS, MISSING, Model
from include.matching.normalise import IntArray, Name, Records

ALTERNATIVE = "alternative"  # the row that says who else the two could be
STRANGERS = "strangers"


def explain(
    *,
    left: Records,
    right: Records,
    rows: Pairs,
    names: Pairs,
    found: dict[str, tuple[Levels, Floats]],
    alternative: tuple[IntArray, Floats],
    model: Model,
) -> pd.DataFrame:
    """Evidence of these pairs: the rows and the names that were compared, the level and weight of each comparison."""
    ids = (left.ids[rows[0]], right.ids[rows[1]])
    frames = [
        _frame(
            ids,
            comparison,
            [_values(side, comparison, row, name) for side, row, name in zip((left, right), rows, names, strict=True)],
            _labels([*LEVELS[comparison], MISSING], levels.level),
            weights,
        )
        for comparison, (levels, weights) in found.items()
    ]
    nothing: list[str | None] = [None] * len(rows[0])
    who = _labels([*model.alternatives, STRANGERS], alternative[0])
    frames.append(_frame(ids, ALTERNATIVE, [nothing, nothing], who, alternative[1]))
    return pd.concat(frames, ignore_index=True)


def _frame(
    ids: Pairs, comparison: str, values: list[list[str | None]], levels: list[str | None], weights: Floats
) -> pd.DataFrame:
    texts: dict[str, list[str | None]] = {
        "comparison": [comparison] * len(weights),
        "persona_value": values[0],
        "petitioner_value": values[1],
        "level": levels,
    }
    return pd.DataFrame(
        {
            "persona_id": ids[0],
            "petitioner_id": ids[1],
            **{column: pd.Series(text, dtype="str") for column, text in texts.items()},
            "weight": weights,
        }
    )


def _labels(names: list[str], positions: IntArray) -> list[str | None]:
    """Names by position; the last one is that of `NONE`, which is -1."""
    return [names[position] for position in positions.tolist()]


def _values(side: Records, comparison: str, rows: IntArray, names: IntArray) -> list[str | None]:
    """The values that were compared, as they were compared; None where nothing is known."""
    if comparison in _OF_NAME:
        read = _OF_NAME[comparison]
        texts = [read(side.names[name]) for name in names.tolist()]
    elif comparison == "date_of_birth":
        texts = [f"{n // 10000:04d}-{n // 100 % 100:02d}-{n % 100:02d}" if n else "" for n in side.born[rows].tolist()]
    elif comparison == "address":
        parts = [side.fields[field][rows].tolist() for field in ("street", "city", "state", "postal_code")]
        texts = [", ".join(part for part in address if part) for address in zip(*parts, strict=True)]
    else:
        texts = side.fields[comparison][rows].tolist()
    return [text or None for text in texts]


def _whole(name: Name) -> str:
    return ", ".join(
        part for part in (_family(name), " ".join([name.given, *name.middle]).strip(), name.suffix) if part
    )


def _family(name: Name) -> str:
    return " ".join(name.family) if name.family_joined == "".join(name.family) else name.family_joined


_OF_NAME: dict[str, Callable[[Name], str]] = {
    "name_order": _whole,
    "name_source": _whole,
    "family_name": _family,
    "given_name": lambda name: name.given,
    "middle_name": lambda name: " ".join(name.middle),
    "suffix": lambda name: name.suffix,
}
