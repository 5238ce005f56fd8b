"""Texts as numbers that can be put together.

A hash is a polynomial modulo 2**64, so that the hash of two words written as one follows from theirs (`join`): DE LA
CRUZ meets DELACRUZ without a string being built. Two different words share a hash in one of 10**19 cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from include.matching.arrays import Bytes, Flags, Hashes
from include.matching.letters import byte_matrix, bytes_of

TEXT_WIDTH = 64  # bytes of a whole value, such as a street, that are looked at: few are so long
BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it can be undone modulo 2**64: the golden ratio in 64 bits
_UNDO = np.uint64(pow(int(BASE), -1, 2**64))
MIX = np.uint64(0xBF58476D1CE4E5B9)  # multiplier of splitmix64 (Steele, Lea, Flood 2014)


@dataclass(frozen=True)
class Hashed:
    """Hashes of n texts, and `BASE` to the power of their lengths; nothing is 0 and 1."""

    value: Hashes
    power: Hashes

    def take(self, at: npt.NDArray[np.integer]) -> "Hashed":
        """Some of the hashes."""
        return Hashed(self.value.take(at), self.power.take(at))


def join(first: Hashes, second: Hashed) -> Hashes:
    """The hashes of `first` and `second` written as one."""
    return first * second.power + second.value


def hash_letters(letters: Bytes) -> Hashed:
    """Hashes of the bytes that are not 0."""
    value, power = np.zeros(len(letters), dtype=np.uint64), np.ones(len(letters), dtype=np.uint64)
    for column in np.ascontiguousarray(letters.T):
        some = np.flatnonzero(column)
        if len(some) < len(column) // 4:  # few words are so long
            value[some] = value[some] * BASE + column[some]
            power[some] *= BASE
        else:
            factor = base_where(column != 0)
            value = value * factor + column
            power *= factor
    return Hashed(value, power)


def without_a_letter(letters: Bytes, whole: Hashed) -> Iterator[Hashes]:
    """Hashes of words of which the first letter is left out, then of those without the second, ...; 0 where a word has
    no such letter. `whole`: the words' own."""
    before, rest = np.zeros(len(letters), dtype=np.uint64), whole.power
    for column in np.ascontiguousarray(letters.T):
        if not column.any():
            return
        through, rest = before * BASE + column, rest * _UNDO
        yield (whole.value + (before - through) * rest) * (column != 0)
        before = through


def base_where(there: Flags) -> Hashes:
    """`BASE` or 1; numpy multiplies much faster than it chooses."""
    return there * (BASE - np.uint64(1)) + np.uint64(1)


def hash_texts(texts: pa.StringArray) -> Hashes:
    """Hashes of whole values, cut at `TEXT_WIDTH` bytes; null and empty are 0."""
    texts = texts.fill_null("")
    longest = int(np.diff(bytes_of(texts)[0]).max(initial=1))
    return hash_letters(byte_matrix(texts, min(TEXT_WIDTH, longest))).value


def mix(first: npt.NDArray[np.generic], *parts: npt.NDArray[np.generic]) -> Hashes:
    """One key out of several numbers."""
    key = _stirred(first.astype(np.uint64))
    for part in parts:
        key = _stirred(key ^ part.astype(np.uint64, copy=False))
    return key


def _stirred(key: Hashes) -> Hashes:
    """Changes the key in place."""
    key *= MIX
    key ^= key >> np.uint64(31)
    return key
