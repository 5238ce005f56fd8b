"""Kinds of arrays, and how keys are found in them."""

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]
Bits = npt.NDArray[np.float32]  # multiples of a sixteenth: sums are exact
SLOTS_PER_KEY_BITS = 4  # sixteen slots for each key: fifteen of sixteen that are not there are turned away
MOST_SLOTS_BITS = 22  # 16 MB; above a quarter of a million keys the slots fill up
HALF = 32  # bits of the lower of two numbers that are held as one
LOWER = (1 << HALF) - 1


def grouped(key: Hashes) -> tuple[Numbers, Numbers]:
    """Positions by key, of equal keys in ascending order; and where each key begins among them.

    A stable `np.argsort` takes four times as long.
    """
    order = np.argsort(key)
    key = key[order]
    first = np.append(True, key[1:] != key[:-1])[: len(key)]
    order = np.sort((np.cumsum(first) << HALF) | order) & LOWER
    return order, np.flatnonzero(first)


def once_each(numbers: Numbers) -> Numbers:
    """Positive numbers in ascending order, each once: `np.unique`, which is slower on numbers of 64 bits."""
    numbers = np.sort(numbers)
    return numbers[np.flatnonzero(np.diff(numbers, prepend=-1))]


class Sorted:
    """Distinct keys in ascending order, found by their leading bits: most that are not there are turned away at
    once."""

    def __init__(self, key: Hashes) -> None:
        slots = min(len(key).bit_length() + SLOTS_PER_KEY_BITS, MOST_SLOTS_BITS)
        self._shift = np.uint64(64 - slots)
        slot, at = np.unique(key >> self._shift, return_index=True)
        self._taken = np.zeros(1 << slots, dtype=bool)  # a quarter of the size: most are turned away by it alone
        self._taken[slot] = True
        self._first = np.zeros(1 << slots, dtype=np.int32)  # key of a slot
        self._first[slot] = at
        self._key = np.append(key, ~np.uint64(0))

    def find(self, key: Hashes) -> tuple[Numbers, Numbers]:
        """Which of the keys are there, and where."""
        slot = (key >> self._shift).view(np.int64)
        some = np.flatnonzero(self._taken.take(slot))
        key = key.take(some)
        at: Numbers = self._first.take(slot.take(some)).astype(np.int64)
        there = self._key.take(at)
        behind = np.flatnonzero(there < key)
        while len(behind):
            at[behind] += 1
            there[behind] = self._key[at[behind]]
            behind = behind[there[behind] < key[behind]]
        hit = np.flatnonzero(there == key)
        found: tuple[Numbers, Numbers] = some[hit], at[hit]
        return found
