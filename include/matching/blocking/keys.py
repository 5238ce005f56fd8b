"""Keys: sums of hashes of what is known of a row."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Flags, Hashes, Numbers
from include.matching.hashes import mix


@dataclass(frozen=True)
class Keys:
    """Keys and the rows that have them: sums of hashes of what is known. Not all hold: whether one does is asked of
    those alone that somebody else has."""

    row: Numbers
    key: Hashes
    holds: Callable[[Numbers], Flags]  # of keys by position

    @classmethod
    def of(cls, part: Hashes) -> "Keys":
        """A key for each row of which the part is known. It is mixed once more than what is added to it: neither can
        stand for the other."""
        row = np.flatnonzero(part != 0)
        return cls(row, mix(part.take(row)), always)

    def with_row(self, part: Hashes) -> "Keys":
        """The keys with a part of their row; they hold where it is known."""
        return self.with_word(part, self.row)

    def with_word(self, part: Hashes, word: npt.NDArray[np.integer]) -> "Keys":
        """The keys with a part of a word each; they hold where it is known."""

        def holds(at: Numbers) -> Flags:
            found: Flags = self.holds(at) & (part[word[at]] != 0)
            return found

        return Keys(self.row, self.key + part.take(word), holds)

    def where(self, part: Hashes) -> "Keys":
        """The keys of the rows of which a part is known, if those are few."""
        return self.take(np.flatnonzero((part != 0)[self.row]))

    def take(self, some: Numbers) -> "Keys":
        """Some of the keys."""
        return Keys(self.row.take(some), self.key.take(some), lambda at: self.holds(some[at]))


def always(at: Numbers) -> Flags:
    """Keys of which each holds."""
    return np.ones(len(at), dtype=bool)


def holding(keys: list[Keys]) -> tuple[Numbers, Hashes]:
    """Rows and keys, of those that hold."""
    held = [each.take(np.flatnonzero(each.holds(np.arange(len(each.row))))) for each in keys]
    return np.concatenate([each.row for each in held]), np.concatenate([each.key for each in held])
