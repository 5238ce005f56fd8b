"""Names that have been read: surnames, given names, and which reading of which row has which.

Positions are those of words in `words.Words`.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Bits, Flags, Hashes, Numbers
from include.matching.grids import Positions, compact, count_words, trimmed, width_of
from include.matching.hashes import Hashed, join, mix
from include.matching.names.sounds import hear_by_custom
from include.matching.names.words import Words

FAMILY_WORDS = 3  # words of a surname that are looked at one by one


@dataclass(frozen=True)
class Surnames:
    """k surnames. No part is 0, or hash 0."""

    words: Positions  # FAMILY_WORDS x k, without particles
    count: npt.NDArray[np.int8]
    core: Hashes  # of the words, spelled plainly, as one word
    joined: Hashed  # all of them with particles, as one word: DELACRUZ
    heard: Hashes  # equal for surnames that sound alike as one word
    bits: Bits  # log2 of the share of people who bear the words together

    @classmethod
    def of(cls, grid: Positions, words: Words, particles: Flags) -> "Surnames":
        """From all their words, particles included; which of `words` are such."""
        grid = trimmed(grid, FAMILY_WORDS)
        core, only_particles = compact(grid, particles[grid])
        alone = np.flatnonzero(only_particles)
        core[:, alone] = grid[:, alone]
        joined = _joined(grid, words.spelling)
        return cls(
            words=core[:FAMILY_WORDS],
            count=count_words(core),
            core=_joined(core, words.plain),
            joined=Hashed(joined, np.multiply.reduce(words.spelling.power[grid])),
            heard=_heard(core, joined, words),
            bits=_family_bits(core[:FAMILY_WORDS], words),
        )

    def with_words(self, words: Words) -> "Surnames":
        """The same surnames of words that are commoner or rarer."""
        return replace(self, bits=_family_bits(self.words, words))


@dataclass(frozen=True)
class Forenames:
    """k times all given names of somebody. No part is 0, or hash 0."""

    given: Positions  # the first
    middle: Positions  # the next ones, without particles: a row for each that anybody has, and at least one
    count: npt.NDArray[np.int8]
    joined: Hashes  # all as one word: XIAOMING
    heard: Hashes

    @classmethod
    def of(cls, grid: Positions, words: Words, particles: Flags) -> "Forenames":
        """From all their words; which of `words` are particles."""
        grid = trimmed(grid, 2)
        rest = np.zeros_like(grid)
        rest[:-1] = grid[1:]
        middle, _ = compact(rest, particles[rest])
        joined = _joined(grid, words.spelling)
        return cls(
            given=grid[0],
            middle=middle[: max(width_of(middle), 1)],
            count=count_words(grid),
            joined=joined,
            heard=_heard(grid, joined, words),
        )


EACH = ("row", "order", "source", "cut", "suffix", "surname", "forename")  # what a reading has


@dataclass(frozen=True)
class Names:
    """n readings, in the order of their rows. Few halves of names are many names: each half is kept once."""

    row: Numbers
    order: npt.NDArray[np.int8]  # 0 as written, 1 in another order
    source: npt.NDArray[np.int8]  # 0 the name, 1 another name
    cut: Flags  # the surname may go on
    suffix: npt.NDArray[np.int8]  # position in SUFFIX_NAMES
    surname: Numbers  # position in surnames
    forename: Numbers
    surnames: Surnames
    forenames: Forenames

    def __len__(self) -> int:
        return len(self.row)

    def take(self, at: npt.NDArray[np.integer]) -> "Names":
        """Some of the readings."""
        return replace(self, **{field: getattr(self, field).take(at) for field in EACH})

    def concat(self, others: "Names") -> "Names":
        """And readings of the same halves."""
        both: dict[str, Any] = {field: np.append(getattr(self, field), getattr(others, field)) for field in EACH}
        return replace(self, **both)

    def with_words(self, words: Words) -> "Names":
        """The same names of words that are commoner or rarer."""
        return replace(self, surnames=self.surnames.with_words(words))

    # what the halves say, for each reading

    @cached_property
    def family(self) -> Positions:
        """Words of the surname."""
        return self.surnames.words.take(self.surname, axis=1)

    @cached_property
    def family_count(self) -> npt.NDArray[np.int8]:
        """How many they are."""
        return self.surnames.count[self.surname]

    @cached_property
    def family_core(self) -> Hashes:
        """As one word, spelled plainly."""
        return self.surnames.core.take(self.surname)

    @cached_property
    def family_joined(self) -> Hashes:
        """As one word, particles included."""
        return self.surnames.joined.value.take(self.surname)

    @cached_property
    def family_heard(self) -> Hashes:
        """Their sound."""
        return self.surnames.heard.take(self.surname)

    @cached_property
    def given(self) -> Positions:
        """The first given name."""
        return self.forenames.given.take(self.forename)

    @cached_property
    def middle(self) -> Positions:
        """The next ones."""
        return self.forenames.middle.take(self.forename, axis=1)

    @cached_property
    def given_count(self) -> npt.NDArray[np.int8]:
        """How many given names there are."""
        return self.forenames.count[self.forename]

    @cached_property
    def given_joined(self) -> Hashes:
        """As one word."""
        return self.forenames.joined.take(self.forename)

    @cached_property
    def whole(self) -> Hashes:
        """The given names and the surname as one word; 0 where none is known."""
        return join(self.given_joined, self.surnames.joined.take(self.surname))

    @cached_property
    def count(self) -> npt.NDArray[np.int8]:
        """How many words there are in both halves."""
        found: npt.NDArray[np.int8] = self.family_count + self.given_count
        return found

    @cached_property
    def given_heard(self) -> Hashes:
        """Their sound."""
        return self.forenames.heard.take(self.forename)


def _family_bits(grid: Positions, words: Words) -> Bits:
    found: Bits = words.family_bits[grid[0]]
    for others in grid[1:]:
        some = np.flatnonzero(others)
        found[some] = np.maximum(found[some] + words.family_bits[others[some]], words.several_bits)
    return found


def _joined(grid: Positions, hashes: Hashed) -> Hashes:
    """The words of each name written as one; where none is known, 0."""
    found: Hashes = hashes.value[grid[0]]
    for others in grid[1:]:
        some = np.flatnonzero(others)
        if not len(some):
            break
        found[some] = join(found[some], hashes.take(others[some]))
    return found


def _heard(grid: Positions, joined: Hashes, words: Words) -> Hashes:
    """Equal for names that sound alike as one word: of one word, what the word says. `joined`: spelled as one."""
    found: Hashes = words.heard[grid[0]]
    several = np.flatnonzero(grid[1])
    if len(several):
        of_several = grid.take(several, axis=1)
        heard = mix(_joined(of_several, words.sound), words.opens[of_several[0]])
        found[several] = hear_by_custom(joined[several], heard)
    return found
