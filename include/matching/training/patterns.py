"""Pairs by the pattern of their levels, and how many of each are one person, twins, namesakes, strangers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from include.matching.compare.levels import Levels
from include.matching.hashes import mix
from include.matching.model import LEVELS, Model
from include.matching.weigh import Weights, log_odds, strangers_share, total_of, weigh


@dataclass(frozen=True)
class Patterns:
    """Distinct combinations of levels, with names of about one frequency, and how many pairs show each."""

    levels: dict[str, Levels]
    count: Weights

    @classmethod
    def of(cls, levels: dict[str, Levels], times: Weights) -> "Patterns":
        """Count the patterns of pairs, each so many times, in whatever order they come."""
        levels = {
            comparison: each
            if each.bits is None
            else Levels(each.level, (np.round(2 * each.bits) / 2).astype(np.float32))
            for comparison, each in levels.items()
        }
        parts: list[npt.NDArray[Any]] = []
        for each in levels.values():
            parts.append(each.level + 1)
            if each.bits is not None and each.bits.any():
                parts.append((-2 * each.bits).astype(np.int64))
        # in an order of their own: sums of floats depend on it
        _, first, code = np.unique(mix(*parts), return_index=True, return_inverse=True)
        distinct = {
            comparison: Levels(each.level[first].astype(np.intp), None if each.bits is None else each.bits[first])
            for comparison, each in levels.items()
        }
        return cls(distinct, np.bincount(code, times).astype(np.float64))


def responsibilities(model: Model, patterns: Patterns) -> tuple[Weights, dict[str, Weights], Weights]:
    """Of the pairs of each pattern, how many are one person, and how many are of each other class; and their weight
    beside strangers alone."""
    levels = patterns.levels
    weights = {comparison: weigh(comparison, levels[comparison], model) for comparison in LEVELS}
    one = np.log2(model.prior) + total_of(weights).astype(np.float64)
    others = log_odds(levels, weights, model)
    every = np.exp2(np.clip([np.full(len(one), np.log2(strangers_share(model))), one, *others.values()], -300, 300))
    shares = every / every.sum(axis=0) * patterns.count
    return shares[1], dict(zip(others, shares[2:], strict=True)), one
