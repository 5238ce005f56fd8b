"""What a comparison says.

A level is a position in the comparison's tuple of `model.LEVELS`, or `NONE` where a value is missing on either side.
Pairs are two integer arrays of equal length: positions on the left and on the right.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Bits, Flags, Numbers
from include.matching.grids import Positions
from include.matching.model import LEVELS

Level = npt.NDArray[np.int8]
Pairs = tuple[Numbers, Numbers]

NONE = -1
OPEN = -2  # for rapidfuzz to say


@dataclass(frozen=True)
class Levels:
    """Levels of n pairs in one comparison; of names also how common the shared name is: log2 of a share of people.

    `words`: of middle names, which were compared, where somebody has several: positions in `Words`.
    """

    level: Level
    bits: Bits | None = None
    words: tuple[Positions, Positions] | None = None

    def take(self, at: npt.NDArray[np.integer]) -> "Levels":
        """The levels of some of the pairs."""
        words = None if self.words is None else (self.words[0][at], self.words[1][at])
        return Levels(self.level.take(at), None if self.bits is None else self.bits.take(at), words)


def equal(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> Level:
    """0 the same, 1 different: the levels of the plainest comparisons."""
    level: Level = (a != b).astype(np.int8)
    put(level, (a == 0) | (b == 0), NONE)
    return level


def last(comparison: str) -> int:
    """The level that says that two values differ."""
    return len(LEVELS[comparison]) - 1


def choose(comparison: str, found: dict[str, Flags], known: Flags) -> Level:
    """The best level found; the last one, contradiction, where none is."""
    names = LEVELS[comparison]
    level = np.full(len(known), len(names) - 1, dtype=np.int8)
    for name in reversed(names[:-1]):
        if name in found:
            put(level, found[name], names.index(name))
    put(level, ~known, NONE)
    return level


def put(level: Level, where: Flags, value: int) -> None:
    """`level[where] = value`, by arithmetic: many times faster, if it is as good as random where."""
    level += where * (np.int8(value) - level)
