"""What is one with a third row is one: within a table in which a person has many rows.

Two rows of a person may have little in common, each with slips of its own, and yet both be surely one with a third. Of
three rows there are five ways to be the same or not; with the odds of their three pairs multiplied for each way,
what x and y, the odds of two of the pairs, add to the third pair is (1 + x y) / (1 + x + y): about the weaker of the
two, if both are sure. Less than 1, they say that at most one of the two is right, which is for `rivals`.
"""

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Numbers

Bits = npt.NDArray[np.float64]

ROUNDS = 2  # a chain of four rows closes in two; of more, errors grow (measured)
MOST_SURE = 200  # partners of a row, beyond which it brings no new pairs together: so many persons have one name
MOST = 60.0  # bits: no odds beyond are told apart


def support(own: Bits, row: npt.NDArray[np.intp]) -> Bits:
    """What third rows add to each pair, in bits, 0 or more.

    own: weights of pairs of rows of one table, in bits; row: 2 x pairs, their rows by number. The third that says most
    counts, and nothing counts twice: in the next round, what was added the round before is worth half.
    """
    pair, *two = _triangles(row)
    weight, added = own, np.zeros_like(own)
    for _ in range(ROUNDS):
        x, y = (np.exp2(np.clip(weight[side], -MOST, MOST)) for side in two)
        added = np.zeros_like(own)
        np.maximum.at(added, pair, np.log2((1 + x * y) / (1 + x + y)))
        weight = own + added / 2
    return added


def _triangles(row: npt.NDArray[np.intp]) -> tuple[Numbers, Numbers, Numbers]:
    """Every pair with each third row that is in a pair with both of its rows: the numbers of the three pairs."""
    size = int(row.max(initial=-1)) + 1
    key = np.concatenate([row[0] * size + row[1], row[1] * size + row[0]])
    order = np.argsort(key)
    key, pair_at = key[order], order % row.shape[1]
    first = np.searchsorted(key, np.arange(size + 1) * size)  # of the pairs of each row
    few, many = np.where(np.diff(first)[row[0]] > np.diff(first)[row[1]], row[::-1], row)
    times = np.diff(first)[few]
    pair = np.repeat(np.arange(row.shape[1]), times)
    one = np.repeat(first[few] - np.cumsum(times) + times, times) + np.arange(len(pair))
    other = np.minimum(np.searchsorted(key, closing := key[one] % size * size + many[pair]), len(key) - 1)
    some = np.flatnonzero(key[other] == closing)  # never the pair itself: no row is in a pair with itself
    return pair[some], pair_at[one[some]], pair_at[other[some]]


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
