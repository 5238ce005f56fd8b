"""All comparisons of whole values: all but names, streets and firms."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from include.matching.compare.dates import compare_dates
from include.matching.compare.levels import NONE, Level, Levels, Pairs, equal, put
from include.matching.compare.numbers import compare_numbers, compare_phones, one_edit
from include.matching.model import LEVELS
from include.matching.records import DISTRICT_BITS, Records

Compare = Callable[[npt.NDArray[Any], npt.NDArray[Any]], Level]


def compare_fields(left: Records, right: Records, pairs: Pairs) -> dict[str, Levels]:
    """Levels of every comparison of whole values: all but names, streets and firms."""
    a, b = pairs
    found = {
        "date_of_birth": _best_of(left.born, right.born, pairs, compare_dates),
        "sex": equal(left.sex[a], right.sex[b]),
        "country": equal(left.country[a], right.country[b]),
        "birth_place": equal(left.birth_place[a], right.birth_place[b]),
    }
    found["place"] = _places(left, right, pairs)
    unreadable = ~(left.country_known[a] & right.country_known[b])
    put(found["country"], unreadable & (found["country"] > 0), NONE)  # no contradiction
    for field, numbers in left.numbers.items():
        found[field] = _best_of(
            numbers, right.numbers[field], pairs, compare_numbers if field != "phone" else compare_phones
        )
    return {comparison: Levels(level.astype(np.int8)) for comparison, level in found.items()}


def _best_of(left: npt.NDArray[Any], right: npt.NDArray[Any], pairs: Pairs, compare: Compare) -> Level:
    """The best level that any two of several values reach."""
    best = np.full(len(pairs[0]), NONE, dtype=np.int8)
    for ones in left.T:
        if not ones.any():
            continue
        for others in right.T:
            x, y = ones[pairs[0]], others[pairs[1]]
            some = np.flatnonzero((x != 0) & (y != 0))
            level = compare(x[some], y[some])
            best[some] = np.where(best[some] == NONE, level, np.minimum(best[some], level))
    return best


def _places(left: Records, right: Records, pairs: Pairs) -> Level:
    names = LEVELS["place"]
    a, b = pairs
    city = equal(left.city[a], right.city[b])
    x, y = left.postcode[a], right.postcode[b]
    code = equal(x, y)
    near = np.zeros(len(a), dtype=bool)
    some = np.flatnonzero((code == 1) & (x > 0) & (y > 0))
    near[some] = one_edit(x[some], y[some], 6)
    near |= (code == 1) & (x < 0) & (x >> DISTRICT_BITS == y >> DISTRICT_BITS)
    level = np.full(len(a), names.index("different"), dtype=np.int8)
    put(level, city == 0, names.index("city"))
    put(level, near & (city != 1), names.index("near"))
    put(level, code == 0, names.index("postcode"))
    put(level, (code == 0) & (city != 1), names.index("exact"))  # also where no city is known beside it
    put(level, (code == NONE) & (city == NONE), NONE)
    return level
