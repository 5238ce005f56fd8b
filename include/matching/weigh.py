"""Levels -> weights in bits. All are multiples of a sixteenth: sums are exact, and the same on every machine."""

import math

import numpy as np
import numpy.typing as npt

from include.matching.compare import NONE, Level, Levels
from include.matching.model import LEVELS, Alternative, Model
from include.matching.words import Shares

Weights = npt.NDArray[np.float64]

SIXTEENTHS = 16


def weigh(comparison: str, levels: Levels, model: Model) -> Weights:
    """log2(m / u) of each pair's level; 0 where a value is missing."""
    fixed, by_share = weight_table(comparison, model)
    at = levels.level
    if levels.share is None:
        found: Weights = fixed[at]
        return found
    share = np.minimum(np.where(by_share[at], levels.share, 1.0), 1.0)
    factor = _factors(comparison, model)[at]
    bare = np.where(by_share[at], np.log2(_m(comparison, model)[at] / np.minimum(factor * share, 1.0)), fixed[at])
    return np.round(bare * SIXTEENTHS) / SIXTEENTHS


def weight_table(comparison: str, model: Model) -> tuple[Weights, npt.NDArray[np.bool_]]:
    """Weight of each level, 0 where there is none, and whether it goes by frequency instead."""
    levels = [model.comparisons[comparison][name] for name in LEVELS[comparison]]
    weights = [
        0.0 if level.u is None else round(math.log2(level.m / level.u) * SIXTEENTHS) / SIXTEENTHS for level in levels
    ]
    blank = 2  # the places of `NONE` and of `OPEN`, which are -1 and -2
    return np.array([*weights, *[0.0] * blank]), np.array([*(level.u is None for level in levels), *[False] * blank])


def most(comparison: str, model: Model) -> float:
    """The most that a comparison without frequencies can add to a pair's weight."""
    table, _ = weight_table(comparison, model)
    return float(table.max())


def reach(comparison: str, share: Shares, model: Model) -> Weights:
    """The most that a comparison of names can add to the weight of pairs with names of these frequencies."""
    levels = range(len(LEVELS[comparison]))
    each = [weigh(comparison, Levels(np.full(len(share), level, dtype=np.int8), share), model) for level in levels]
    found: Weights = np.maximum(np.max(each, axis=0), 0.0)
    return found


def weigh_alternatives(levels: dict[str, Levels], weights: dict[str, Weights], model: Model) -> tuple[Level, Weights]:
    """Which other explanation suits each pair best, and what all of them take from the pair's weight (0 or less).

    A weight compares "one person" with "strangers": m / u. Where relatives would explain the agreements as well, what the
    two are not is a mixture of strangers and of relatives, u + sum over k of share(k) u(k): this is its log2 against u. The first
    value is a position in `model.alternatives`, or `NONE` where strangers explain the pair better than each of them.
    """
    size = len(next(iter(weights.values())))
    rest = strangers_share(model)
    best, highest, together = np.full(size, NONE, dtype=np.int8), np.full(size, math.log2(rest)), np.full(size, rest)
    for position, alternative in enumerate(model.alternatives.values()):
        against = log_odds(alternative, levels, weights, model)
        best = np.where(against > highest, position, best)
        highest = np.maximum(against, highest)
        together += np.exp2(np.minimum(against, 300.0))  # 2**300 is more than any evidence, and still a number
    return best.astype(np.int8), -np.round(np.log2(together) * SIXTEENTHS) / SIXTEENTHS


def strangers_share(model: Model) -> float:
    """Share of pairs that are none of the alternatives whose share of all pairs is known."""
    return 1.0 - sum(each.share or 0.0 for each in model.alternatives.values())


def log_odds(alternative: Alternative, levels: dict[str, Levels], weights: dict[str, Weights], model: Model) -> Weights:
    """log2 of how much better an alternative explains each pair than strangers do, its rarity included."""
    size = len(next(iter(weights.values())))
    rate = alternative.share or (alternative.odds or 0.0) * model.prior
    against = np.full(size, math.log2(rate))
    for comparison, shares in alternative.u.items():
        level = levels[comparison].level
        if isinstance(shares, float):  # never more often than always
            u = _m(comparison, model)[level] * np.exp2(-weights[comparison])
            against += np.where(
                (level != NONE) & (level < len(LEVELS[comparison]) - 1), np.log2(np.minimum(shares, 1 / u)), 0
            )
            continue
        against += weights[comparison]
        if isinstance(shares, dict):
            table = np.log2(np.array([*(shares[name] for name in LEVELS[comparison]), 1.0, 1.0]) / _m(comparison, model))
            against += table[level]
    return against


def _m(comparison: str, model: Model) -> Weights:
    return np.array([*(model.comparisons[comparison][name].m for name in LEVELS[comparison]), 1.0, 1.0])


def _factors(comparison: str, model: Model) -> Weights:
    return np.array([*(model.comparisons[comparison][name].times_frequency or 1.0 for name in LEVELS[comparison]), 1.0, 1.0])
