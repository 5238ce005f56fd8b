"""Names as grids of words: a row for the first word of each name, one for the second; 0 is none."""

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Flags, Numbers

Positions = Numbers  # in `words.Words`; numpy is several times slower where positions have 32 bits
MAX_WORDS = 8  # of a name; more is not a name, and keys grow with the square


def trimmed(grid: Positions, least: int) -> Positions:
    """The rows in which there is any word, and at least so many."""
    return grid[: max(width_of(grid), least)]


def width_of(grid: Positions) -> int:
    """The most words that any name has."""
    return next((nth for nth, words in enumerate(grid) if not words.any()), len(grid))


def count_words(grid: Positions) -> npt.NDArray[np.int8]:
    """How many words each name has."""
    found = np.zeros(grid.shape[1], dtype=np.int8)
    for words in grid:
        found += words > 0
    return found


def compact(grid: Positions, dropped: Flags) -> tuple[Positions, Flags]:
    """The names without the dropped words, and where that left nothing although there was something."""
    dropped = dropped & (grid > 0)
    some = np.flatnonzero(np.logical_or.reduce(dropped))
    empty = np.zeros(grid.shape[1], dtype=bool)
    if not len(some):
        return grid, empty
    kept = grid.take(some, axis=1) * ~dropped.take(some, axis=1)
    nth, name = np.nonzero(kept)
    left = np.zeros_like(kept)
    left[(np.cumsum(kept > 0, axis=0) - 1)[nth, name], name] = kept[nth, name]
    found = grid.copy()
    found[:, some] = left
    empty[some] = left[0] == 0
    return found, empty


def beside(first: Positions, count: Numbers, second: Positions) -> Positions:
    """The words of `first`, then those of `second`, as many as there is room for."""
    found = first.copy()
    for nth in range(MAX_WORDS):
        at = count + nth
        some = np.flatnonzero((second[nth] > 0) & (at < MAX_WORDS))
        if not len(some):
            break
        found[at[some], some] = second[nth, some]
    return found
