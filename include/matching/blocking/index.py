"""The left side by its keys: which pairs share one."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from include.matching.arrays import HALF, LOWER, Hashes, Numbers, Sorted, grouped, once_each
from include.matching.blocking.keys import Keys, holding
from include.matching.blocking.parts import Parts
from include.matching.blocking.rules import row_keys
from include.matching.fields import Table
from include.matching.model import Model
from include.matching.records import Records, read_records


@dataclass(frozen=True)
class Index:
    """The keys of the left side, ready to be looked up."""

    rules: dict[str, "_Side"]
    parts: dict[str, Sorted]  # of keys, that the left side has
    model: Model
    pairs: Counter[str] = field(default_factory=Counter)  # by rule, before pairs of several rules are counted once

    @classmethod
    def of(cls, left: Records, model: Model) -> "Index":
        """Index every key of every row."""
        found: dict[str, list[Keys]] = {}
        parts = Parts.of(left, model)
        for rule, keys in row_keys(left, parts, model):
            found.setdefault(rule, []).append(keys)
        return cls({rule: _Side.of(*holding(keys)) for rule, keys in found.items()}, parts.seen(), model)

    def candidates(self, right: Records) -> tuple[Numbers, Numbers]:
        """Rows of the left side and of `right` that share a key, each pair once."""
        found = []
        for rule, keys in row_keys(right, Parts.of(right, self.model).among(self.parts), self.model):
            if rule in self.rules:
                pairs = self.rules[rule].find(keys)
                self.pairs[rule] += len(pairs)
                found.append(pairs)
        # by right row: those of a pair are near each other in memory when it is compared
        together = once_each(np.concatenate([np.empty(0, dtype=np.int64), *found]))
        return together & LOWER, together >> HALF


@dataclass(frozen=True)
class _Side:
    keys: Sorted
    start: Numbers  # where the rows of each key begin
    count: Numbers
    row: Numbers

    @classmethod
    def of(cls, row: Numbers, key: Hashes) -> "_Side":
        order, start = grouped(key)
        return cls(Sorted(key[order[start]]), start, np.diff(start, append=len(key)), row[order])

    def find(self, keys: Keys) -> Numbers:
        """`right row << HALF | left row` of the pairs that share a key."""
        some, at = self.keys.find(keys.key)
        holds = np.flatnonzero(keys.holds(some))
        row, at = keys.row[some[holds]], at[holds]
        times = self.count[at]
        offset = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        left = self.row[np.repeat(self.start[at], times) + offset]
        pairs: Numbers = np.repeat(row << HALF, times) | left
        return pairs


def folded_keys(table: pd.DataFrame, model: Model) -> tuple[Numbers, npt.NDArray[np.int32]]:
    """The keys of a table's rows in 32 bits: row and key, in ascending order, each once.

    Rows that `link` compares share one. That two share one and no whole key is rare: a row has some 18 of 2**32, and
    one row in thirteen meets such another among a million.
    """
    records = read_records(Table(table), model)
    row, key = holding([found for _, found in row_keys(records, Parts.of(records, model), model)])
    once = once_each(row << HALF | (key >> np.uint64(32)).astype(np.int64))
    return once >> HALF, once.astype(np.uint32).view(np.int32)
