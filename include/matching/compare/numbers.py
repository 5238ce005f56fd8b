"""Identifiers and telephone numbers."""

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Flags, Numbers
from include.matching.compare.levels import Level, put


def one_edit(a: npt.NDArray[np.integer], b: npt.NDArray[np.integer], digits: int) -> Flags:
    """Numbers that differ in one digit, or in the order of two neighbours."""
    apart = np.abs(a.astype(np.int64) - b)
    some = np.flatnonzero(
        _ONE_EDIT_APART[np.minimum(np.searchsorted(_ONE_EDIT_APART, apart), len(_ONE_EDIT_APART) - 1)] == apart
    )
    found = np.zeros(len(a), dtype=bool)
    found[some] = _one_digit(a[some], b[some], digits)
    return found


# What numbers that are one edit apart differ by: a digit in its place, or a multiple of nine in it.
_ONE_EDIT_APART = np.unique(np.multiply.outer(10 ** np.arange(12), [*range(1, 10), *range(9, 90, 9)]))


def _one_digit(a: npt.NDArray[np.integer], b: npt.NDArray[np.integer], digits: int) -> Flags:
    differ, turned = np.zeros(len(a), dtype=np.int8), np.zeros(len(a), dtype=bool)
    x, y = a.astype(np.int64), b.astype(np.int64)
    before = (np.full(len(a), -1), np.full(len(a), -1))
    for _ in range(digits):
        one, other = x % 10, y % 10
        differ += one != other
        turned |= (one != other) & (one == before[1]) & (other == before[0])
        before, x, y = (one, other), x // 10, y // 10
    found: Flags = (differ == 1) | ((differ == 2) & turned)
    return found


def compare_numbers(a: Numbers, b: Numbers) -> Level:
    """Positive numbers are digits; negative ones are hashes, which are equal or not."""
    level: Level = 2 * (a != b).astype(np.int8)
    some = np.flatnonzero((level > 0) & (a > 0) & (b > 0))
    level[some[one_edit(a[some], b[some], 10)]] = 1
    return level


def compare_phones(a: Numbers, b: Numbers) -> Level:
    """The same, where one may lack its area code."""
    level = compare_numbers(a, b)
    short = (a < 10_000_000) | (b < 10_000_000)  # an area code that is not written
    put(level, short & (a % 10_000_000 == b % 10_000_000), 0)
    return level
