"""Whom else a row resembles: a row is one person, who seldom has many rows on the other side.

A pair's own weight knows two rows. Where two petitioners resemble one subject equally, both weigh the same, though at
most one is right; and one without a rival is likelier right than one of five. How much that tells follows from how many
matches rows have, which is learnt from the pairs, without labels: a share of the rows has any, and their number is
Poisson's without zero. Where rows have one match at most, a sure one costs the others of its row many bits; where a
person's records repeat, as in a register of petitions, rivals cost nothing.

So n matches of a row have prior weight c^(n-1) lambda^n / n!, n > 0, and the probability of each pair comes from belief
propagation between the rows of both sides (Kschischang, Frey and Loeliger, 2001). With c = 1 rows know nothing of each
other; c = 0 is bipartite matching after Fortini et al. (2001) and Sadinle (2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Bits = npt.NDArray[np.float64]
Rows = tuple[int] | tuple[int, int]  # of the one table that pairs are within, or of the two that they are between

ROUNDS = 30  # of passing messages and learning; the last moved no weight of six sets by more than 0.012 bits
# Second match that counts as expected and as seen: where few are expected, that none is seen says little.
ONE_MORE = 1.0
STEPS = 50  # to a mean that is right to a quarter of a percent, whatever it is
LEAST = 1e-9  # no share is nothing, and no mean without zero is 1: both are divided by
MOST = 300.0  # bits: what is more is the same, and 2 to it is still a number


@dataclass(frozen=True)
class Matches:
    """How many matches the rows of a side have: a share has `some`, and each of those has `each` on average."""

    some: float
    each: float

    @classmethod
    def learn(cls, found: float, with_some: float, rows: int) -> "Matches":
        """From how many are found, and how many rows they are found for."""
        expected = found + rows * np.expm1(-found / rows)  # beyond one a row, if rows knew nothing of each other
        beyond = expected * (found - with_some + ONE_MORE) / (expected + ONE_MORE)
        some = min(max(found - beyond, LEAST) / rows, rows / (rows + 1))
        return cls(some, max(found / rows / some, 1 + LEAST))

    @property
    def mean(self) -> float:
        """Of the distribution whose mean is `each` once its zeros are left out."""
        mean = 2 * (self.each - 1)  # right, if it is small
        for _ in range(STEPS):  # to each = mean / (1 - exp(-mean))
            mean = self.each * -np.expm1(-mean)
        return float(mean)

    @property
    def c(self) -> float:
        """How many times the odds of a pair are, if its row is known to have another match; never more than 1."""
        return min(float(np.expm1(min(self.mean, MOST))) * (1 - self.some) / self.some, 1.0)


@dataclass(frozen=True)
class Ends:
    """Which rows pairs join, by number, those of two tables apart."""

    row: npt.NDArray[np.intp]  # 2 x pairs, left above right
    side: npt.NDArray[np.intp]  # of each row
    rows: Bits  # of each side, whether or not they are in a pair

    @classmethod
    def of(cls, pairs: pd.DataFrame, rows: Rows) -> "Ends":
        """Where pairs are within one table, both ends are of one side."""
        left, right = pairs["left_id"], pairs["right_id"]
        counts = np.array(rows, dtype=np.float64)
        if len(rows) == 1:
            row = pd.factorize(pd.concat([left, right], ignore_index=True))[0].reshape(2, -1)
            return cls(row, np.zeros(row.max(initial=-1) + 1, dtype=np.intp), counts)
        (a, used), (b, others) = pd.factorize(left), pd.factorize(right)
        return cls(np.stack([a, b + len(used)]), np.repeat([0, 1], [len(used), len(others)]), counts)

    def matches(self, weight: Bits) -> Bits:
        """How many matches the rows of each side have together, by the weights of all pairs."""
        expected = float((1 / (1 + np.exp2(-np.clip(weight, -MOST, MOST)))).sum())
        return np.full(len(self.rows), expected * 2 / len(self.rows), dtype=np.float64)

    def with_some(self, c: Bits, together: Bits) -> Bits:
        """How many rows of each side have a match, by what the pairs of each row come to together."""
        c = c[self.side]
        some = 1 - c / (c + np.expm1(np.minimum(together, MOST)))
        return np.bincount(self.side, some, len(self.rows)).astype(np.float64)


def beside_rivals(own: Bits, ends: Ends) -> tuple[Bits, list[Matches]]:
    """The weight of each pair in bits, from its own and those of its rivals; and how many matches each side has."""
    weight, said, matches = own, np.zeros(ends.row.shape), list[Matches]()
    with_some: Bits = ends.rows * -np.expm1(-ends.matches(weight) / ends.rows)  # if rows knew nothing of each other
    for _ in range(ROUNDS):
        matches = [Matches.learn(*each) for each in zip(ends.matches(weight), with_some, ends.rows, strict=True)]
        said, with_some = pass_messages(own, said, ends, matches)
        weight = own + said.sum(axis=0)
    return weight, matches


def pass_messages(own: Bits, said: Bits, ends: Ends, matches: Sequence[Matches]) -> tuple[Bits, Bits]:
    """What the row at each end of a pair says of it, in bits, after one more round; and how many rows of each side have
    a match.

    said: 2 x pairs, of the round before. What a row would say that knew the prior alone is 0.
    """
    c = np.array([each.c for each in matches])
    usual = _message(np.array([each.mean for each in matches]), c)
    at_end = ends.side[ends.row[:, :1]]
    odds = np.exp2(np.clip(own + said[::-1] - usual[at_end], -MOST, MOST))  # as the row at this end hears of it
    comes_to = np.log1p(c[at_end] * odds)
    together = np.bincount(ends.row.ravel(), comes_to.ravel(), len(ends.side)).astype(np.float64)
    now = _message(together[ends.row] - comes_to, c[at_end]) - usual[at_end]
    return (said + now) / 2, ends.with_some(c, together)  # half of the way, lest two sides swing


def _message(together: Bits, c: Bits) -> Bits:
    """What a row says of one of its pairs, in bits, where its others come to this much together."""
    return -np.log2(np.exp(-together) - np.expm1(-together) / c)
