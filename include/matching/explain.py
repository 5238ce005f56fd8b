"""What a reviewer reads: for each pair, each comparison with both values, the level it reached and its weight."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from include.matching.arrays import Numbers
from include.matching.link import PAIR, Scored, Side, score
from include.matching.model import LEVELS, MISSING, Model
from include.matching.names.vocabulary import SUFFIX_NAMES
from include.matching.records import Records

ALTERNATIVE = "alternative"  # the row that says who else the two could be
STRANGERS = "strangers"
OTHERS = "others"  # the row that says what other rows that resemble either of the two change

Texts = npt.NDArray[np.object_]  # of a pair each, None where there is none
Read = Callable[[Records, np.ndarray], list[str]]
Line = tuple[str, Texts, Texts, Texts, np.ndarray]  # a comparison: left values, right values, levels, weights


def explain(left: pd.DataFrame, right: pd.DataFrame, pairs: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Evidence of pairs (`left_id`, `right_id`) of these tables.

    left_id, right_id, comparison, left_value, right_value (as compared, null if missing), level, weight: a row for each
    comparison and an `alternative` row per pair, in the order of the pairs; with a column `others`, as settled pairs
    have it, an `others` row as well. The weights of a pair's rows and `model.prior_weight` add up to its match weight
    exactly. Raises `KeyError` for an id that is in neither table.
    """
    (one, a), (other, b) = _used(left, pairs[PAIR[0]], model), _used(right, pairs[PAIR[1]], model)
    scored = score((one, other), (a, b), model, -np.inf)
    return evidence(one.records, other.records, scored, model, pairs[OTHERS].to_numpy() if OTHERS in pairs else None)


def _used(table: pd.DataFrame, ids: pd.Series, model: Model) -> tuple[Side, Numbers]:
    """The rows that the pairs name, and the row of each pair among them."""
    at = pd.Index(table["id"]).get_indexer(pd.Index(ids))
    if unknown := int((at < 0).sum()):
        raise KeyError(
            f"[{unknown}] of the pairs name a {ids.name} that is not in the table; give the table of the pairs"
        )
    code, used = pd.factorize(at)
    return Side.of(table.take(used), model), code.astype(np.int64)


def evidence(
    left: Records, right: Records, scored: Scored, model: Model, others: np.ndarray | None = None
) -> pd.DataFrame:
    """Evidence of scored pairs, as `explain` says."""
    ids = [side.table.ids.to_numpy()[rows] for side, rows in zip((left, right), scored.rows, strict=True)]
    values = [_values(*each) for each in zip((left, right), scored.rows, scored.names, strict=True)]
    lines: list[Line] = []
    for at, (comparison, names) in enumerate(LEVELS.items()):
        labels = np.array([*names, MISSING], dtype=object)[scored.levels[comparison].level]
        lines.append((comparison, values[0][at], values[1][at], labels, scored.weights[comparison]))
    nothing = np.full(len(ids[0]), None)
    labels = np.array([*model.alternatives, STRANGERS], dtype=object)[scored.alternative]
    lines.append((ALTERNATIVE, nothing, nothing, labels, scored.cost))
    if others is not None:
        labels = np.where(others < 0, "against", "for").astype(object)
        lines.append((OTHERS, nothing, nothing, labels, others))
    comparisons, *columns = zip(*lines, strict=True)
    left_values, right_values, levels, weights = (np.stack(column, axis=1).ravel() for column in columns)
    return pd.DataFrame(
        {
            PAIR[0]: np.repeat(ids[0], len(lines)),
            PAIR[1]: np.repeat(ids[1], len(lines)),
            "comparison": pd.Series(np.tile(np.array(comparisons, dtype=object), len(ids[0])), dtype="str"),
            "left_value": pd.Series(left_values, dtype="str"),
            "right_value": pd.Series(right_values, dtype="str"),
            "level": pd.Series(levels, dtype="str"),
            "weight": weights,
        }
    )


def _values(side: Records, rows: Numbers, names: Numbers) -> list[Texts]:
    """For each comparison the values that were compared, as they were compared; None where nothing is known."""
    of_row, of_name = pd.factorize(rows), pd.factorize(names)
    texts: dict[Read, Texts] = {}  # two comparisons may show the same
    found = []
    for comparison in LEVELS:
        read = _OF_NAME.get(comparison) or _OF_ROW.get(comparison) or _as_written(comparison)
        code, used = of_name if comparison in _OF_NAME else of_row
        if read not in texts:
            texts[read] = np.array([text or None for text in read(side, used)], dtype=object)[code]
        found.append(texts[read])
    return found


def _words(side: Records, *columns: np.ndarray) -> list[str]:
    grid = np.column_stack(columns)
    texts = np.array(side.words.texts.take(pa.array(grid.ravel())).to_pylist(), dtype=object).reshape(grid.shape)
    return [" ".join(text for text in row if text) for row in texts]


def _whole(side: Records, at: np.ndarray) -> list[str]:
    names = side.names
    return _words(side, names.given[at], *names.middle[:, at], *names.family[:, at])


def _dates(side: Records, at: np.ndarray) -> list[str]:
    return ["; ".join(_date(number) for number in row if number) for row in side.born[at].tolist()]


def _date(number: int) -> str:
    parts = [f"{number // 10000:04d}", *(f"{part:02d}" for part in (number // 100 % 100, number % 100) if part)]
    return "-".join(parts)


def _numbers(field: str) -> Read:
    def read(side: Records, at: np.ndarray) -> list[str]:
        return ["; ".join(f"{number:09d}" for number in row if number) for row in side.numbers[field][at].tolist()]

    return read


def _as_written(*fields: str) -> Read:
    def read(side: Records, at: np.ndarray) -> list[str]:
        columns = [side.table[field].take(pa.array(at)).to_pylist() for field in fields]
        return [", ".join(text for text in row if text) for row in zip(*columns, strict=True)]

    return read


_OF_NAME: dict[str, Read] = {
    "name_order": _whole,
    "name_source": _whole,
    "family_name": lambda side, at: _words(side, *side.names.family[:, at]),
    "given_name": lambda side, at: _words(side, side.names.given[at]),
    "byname": lambda side, at: _words(side, side.names.given[at] * side.words.byname[side.names.given[at]]),
    "middle_name": lambda side, at: _words(side, *side.names.middle[:, at]),
    "suffix": lambda side, at: [SUFFIX_NAMES[code] for code in side.names.suffix[at].tolist()],
}
_OF_ROW: dict[str, Read] = {
    "date_of_birth": _dates,
    "a_number": _numbers("a_number"),
    "ssn": _numbers("ssn"),
    "place": _as_written("city", "postcode"),
}
