"""Dates of birth."""

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Flags
from include.matching.compare.levels import Level, put
from include.matching.compare.numbers import one_edit
from include.matching.model import LEVELS

# Days, about: dates that are some weeks apart are as near across the turn of the year as within it.
HALF_A_YEAR = 6 * 31
YEAR_NEAR = 2  # years between an estimated year of birth and another

GENERATION = (16, 45)  # years between a parent and a child of one name


def compare_dates(a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> Level:
    """Levels of dates, each a number of eight digits; month or day may be 0."""
    names = LEVELS["date_of_birth"]
    year_a, month_a, day_a = a // 10000, a // 100 % 100, a % 100
    year_b, month_b, day_b = b // 10000, b // 100 % 100, b % 100
    year, month, day = year_a == year_b, (month_a == month_b) & (month_a > 0), (day_a == day_b) & (day_a > 0)
    # 1 January stands for "some time in that year", as does a year alone
    vague = (a % 10000 == 101) | (b % 10000 == 101) | (day_a == 0) | (day_b == 0)
    found = np.full(len(a), len(names) - 1, dtype=np.int8)
    near = np.flatnonzero(year.astype(np.int8) + month + day == 2)  # a digit belongs to one of the three

    def say(level: str, where: Flags) -> None:
        put(found, where, names.index(level))

    apart = np.abs(year_a - year_b)
    say("generation", (apart >= GENERATION[0]) & (apart <= GENERATION[1]))
    say("same_year", year)
    turn = np.flatnonzero(~vague & (apart == 1))  # of the year
    found[turn[np.abs(_days(a[turn]) - _days(b[turn])) <= HALF_A_YEAR]] = names.index("same_year")
    say("year_near", vague & ~year & (apart <= YEAR_NEAR))
    say("year_only", vague & year)
    say("one_part", ~vague & (year.astype(np.int8) + month + day == 2))
    digit = np.zeros(len(a), dtype=bool)
    digit[near] = one_edit(a[near], b[near], 8)
    say("one_edit", ~vague & digit)
    say("century", ~vague & month & day & ((year_a - year_b) % 100 == 0))
    say("swapped", ~vague & year & (month_a == day_b) & (day_a == month_b))
    say("exact", ~vague & (a == b))
    return found


def _days(born: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Days, were every month as long as the longest."""
    return (born // 10000 * 12 + born // 100 % 100) * 31 + born % 100
