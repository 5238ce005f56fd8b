"""What is one with a third row is one: within a table in which a person has many rows.

Two rows of a person may have little in common, each with slips of its own, and yet both be surely one with a third. Of
three rows there are five ways to be the same or not; with the odds of their three pairs multiplied for each way,
what x and y, the odds of two of the pairs, add to the third pair is (1 + x y) / (1 + x + y): about the weaker of the
two, if both are sure. Less than 1, they say that at most one of the two is right, which is for `rivals`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Numbers

Bits = npt.NDArray[np.float64]

ROUNDS = 2  # a chain of four rows closes in two; of more, errors grow (measured)
MOST_SURE = 200  # partners of a row, beyond which it brings no new pairs together: so many persons have one name
MOST = 60.0  # bits: no odds beyond are told apart
# Thirds that are looked at in one go, at some 80 bytes each. People of hundreds of rows have a thousand million: 13,467
# rows of 401 inventors asked for 7 GB an array.
MOST_THIRDS = 4_000_000


def support(own: Bits, row: npt.NDArray[np.intp]) -> Bits:
    """What third rows add to each pair, in bits, 0 or more.

    own: weights of pairs of rows of one table, in bits; row: 2 x pairs, their rows by number. The third that says most
    counts, and nothing counts twice: in the next round, what was added the round before is worth half.
    """
    pairs = PairsOfRows.of(row)
    weight, added = own, np.zeros_like(own)
    for _ in range(ROUNDS):
        odds, added = np.exp2(np.clip(weight, -MOST, MOST)), np.zeros_like(own)
        for some in pairs.in_parts():
            pair, *two = pairs.triangles(some)
            x, y = (odds[side] for side in two)
            np.maximum.at(added, pair, np.log2((1 + x * y) / (1 + x + y)))
        weight = own + added / 2
    return added


@dataclass(frozen=True)
class PairsOfRows:
    """Pairs by either of their rows: those of row n, by the other row, stand at `first[n]` to `first[n + 1]`."""

    key: Numbers  # of a row and the other, ascending
    pair_at: Numbers  # the number of that pair
    first: Numbers
    few: Numbers  # of each pair, the row that is in fewer pairs
    many: Numbers  # and the other

    @classmethod
    def of(cls, row: npt.NDArray[np.intp]) -> "PairsOfRows":
        """row: 2 x pairs, their rows by number."""
        size = int(row.max(initial=-1)) + 1
        key = np.concatenate([row[0] * size + row[1], row[1] * size + row[0]])
        order = np.argsort(key)
        first = np.searchsorted(key[order], np.arange(size + 1) * size)
        few, many = np.where(np.diff(first)[row[0]] > np.diff(first)[row[1]], row[::-1], row)
        return cls(key[order], order % row.shape[1], first, few, many)

    def in_parts(self) -> list[Numbers]:
        """The numbers of all pairs, in parts with about so many thirds to be looked at that memory holds them."""
        part = np.cumsum(np.diff(self.first)[self.few]) // MOST_THIRDS
        return np.split(np.arange(len(part)), np.flatnonzero(np.diff(part)) + 1)

    def triangles(self, pairs: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Each of these pairs with each third row that is in a pair with both of its rows: the numbers of the three
        pairs."""
        size, few = len(self.first) - 1, self.few[pairs]
        times = np.diff(self.first)[few]
        pair = np.repeat(pairs, times)
        one = np.repeat(self.first[few] - np.cumsum(times) + times, times) + np.arange(len(pair))
        closing = self.key[one] % size * size + self.many[pair]
        other = np.minimum(np.searchsorted(self.key, closing), len(self.key) - 1)
        some = np.flatnonzero(self.key[other] == closing)  # never the pair itself: no row is in a pair with itself
        return pair[some], self.pair_at[one[some]], self.pair_at[other[some]]


def not_yet_paired(row: npt.NDArray[np.intp], sure: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Rows that are surely one with the same third, and in no pair: 2 x pairs, the earlier row above."""
    size = int(row.max(initial=-1)) + 1
    a, b = np.concatenate([row[:, sure], row[::-1, sure]], axis=1)
    order = np.argsort(a, kind="stable")
    a, b = a[order], b[order]
    partners = np.bincount(a, minlength=size)
    times = np.where(partners[a] > MOST_SURE, 0, partners[a])
    first = np.repeat(np.searchsorted(a, a), times)
    nth = np.arange(len(first)) - np.repeat(np.cumsum(times) - times, times)
    one, other = np.repeat(b, times), b[first + nth]
    found = np.unique((one * size + other)[one < other])
    new = found[~np.isin(found, row.min(axis=0) * size + row.max(axis=0))]
    return np.stack([new // max(size, 1), new % max(size, 1)])
