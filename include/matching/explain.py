"""What a reviewer reads: for each pair, each comparison with both values, the level it reached and its weight."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

from include.matching.compare import Pairs
from include.matching.link import PAIR, Scored, Side, score
from include.matching.model import LEVELS, MISSING, Model
from include.matching.names import SUFFIX_NAMES
from include.matching.records import Records
from include.matching.words import Numbers

ALTERNATIVE = "alternative"  # the row that says who else the two could be
STRANGERS = "strangers"
OTHERS = "others"  # the row that says what other rows that resemble either of the two change

Texts = list[str | None]


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
    frames = []
    for comparison, names in LEVELS.items():
        values = [
            _values(side, comparison, at) for side, at in zip((left, right), _places(comparison, scored), strict=True)
        ]
        labels = np.array([*names, MISSING], dtype=object)[scored.levels[comparison].level]
        frames.append(_frame(ids, comparison, values, labels, scored.weights[comparison]))
    nothing: Texts = [None] * len(ids[0])
    labels = np.array([*model.alternatives, STRANGERS], dtype=object)[scored.alternative]
    frames.append(_frame(ids, ALTERNATIVE, [nothing, nothing], labels, scored.cost))
    if others is not None:
        frames.append(_frame(ids, OTHERS, [nothing, nothing], np.where(others < 0, "against", "for"), others))
    order = np.arange(len(ids[0]) * len(frames)).reshape(len(frames), -1).T.ravel()
    return pd.concat(frames, ignore_index=True).iloc[order].reset_index(drop=True)


def _frame(
    ids: list[np.ndarray], comparison: str, values: list[Texts], levels: np.ndarray, weights: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            PAIR[0]: ids[0],
            PAIR[1]: ids[1],
            "comparison": pd.Series([comparison] * len(weights), dtype="str"),
            "left_value": pd.Series(values[0], dtype="str"),
            "right_value": pd.Series(values[1], dtype="str"),
            "level": pd.Series(levels, dtype="str"),
            "weight": weights,
        }
    )


def _places(comparison: str, scored: Scored) -> Pairs:
    return scored.names if comparison in _OF_NAME else scored.rows


def _values(side: Records, comparison: str, at: Numbers) -> Texts:
    """The values that were compared, as they were compared; None where nothing is known."""
    code, used = pd.factorize(at)
    read = _OF_NAME.get(comparison) or _OF_ROW.get(comparison) or _as_written(comparison)
    texts = np.array([*read(side, used), ""], dtype=object)
    return [text or None for text in texts[code]]


def _words(side: Records, *columns: np.ndarray) -> list[str]:
    grid = np.column_stack(columns)
    texts = np.array(side.words.texts.take(pa.array(grid.ravel())).to_pylist(), dtype=object).reshape(grid.shape)
    return [" ".join(text for text in row if text) for row in texts]


def _whole(side: Records, at: np.ndarray) -> list[str]:
    names = side.names
    return _words(side, names.given[at], *names.middle[at].T, *names.family[at].T)


def _dates(side: Records, at: np.ndarray) -> list[str]:
    return ["; ".join(_date(number) for number in row if number) for row in side.born[at].tolist()]


def _date(number: int) -> str:
    parts = [f"{number // 10000:04d}", *(f"{part:02d}" for part in (number // 100 % 100, number % 100) if part)]
    return "-".join(parts)


def _numbers(field: str) -> Callable[[Records, np.ndarray], list[str]]:
    def read(side: Records, at: np.ndarray) -> list[str]:
        return ["; ".join(f"{number:09d}" for number in row if number) for row in side.numbers[field][at].tolist()]

    return read


def _as_written(*fields: str) -> Callable[[Records, np.ndarray], list[str]]:
    def read(side: Records, at: np.ndarray) -> list[str]:
        columns = [side.table[field].take(pa.array(at)).to_pylist() for field in fields]
        return [", ".join(text for text in row if text) for row in zip(*columns, strict=True)]

    return read


_OF_NAME: dict[str, Callable[[Records, np.ndarray], list[str]]] = {
    "name_order": _whole,
    "name_source": _whole,
    "family_name": lambda side, at: _words(side, *side.names.family[at].T),
    "given_name": lambda side, at: _words(side, side.names.given[at]),
    "byname": lambda side, at: _words(side, side.names.given[at] * side.words.byname[side.names.given[at]]),
    "middle_name": lambda side, at: _words(side, *side.names.middle[at].T),
    "suffix": lambda side, at: [SUFFIX_NAMES[code] for code in side.names.suffix[at].tolist()],
}
_OF_ROW: dict[str, Callable[[Records, np.ndarray], list[str]]] = {
    "date_of_birth": _dates,
    "a_number": _numbers("a_number"),
    "ssn": _numbers("ssn"),
    "place": _as_written("city", "postcode"),
}
