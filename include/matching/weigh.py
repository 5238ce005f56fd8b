"""Levels -> weights in bits. All are multiples of a sixteenth: sums are exact, and the same on every machine."""

import numpy as np

from include.matching.compare import NONE, Floats, Levels
from include.matching.model import LEVELS, Model, bits
from include.matching.normalise import IntArray


def weigh(comparison: str, levels: Levels, model: Model) -> Floats:
    """log2(m / u) of each pair's level; 0 where a value is missing."""
    known = [model.comparisons[comparison][name] for name in LEVELS[comparison]]
    m = np.array([level.m for level in known])
    fixed = np.array([level.u or 1.0 for level in known])
    factor = np.array([level.times_frequency or 0.0 for level in known])
    at = levels.level
    u = np.where(factor[at] > 0, np.minimum(factor[at] * levels.frequency, 1.0), fixed[at])
    return np.where(at == NONE, 0.0, np.round(np.log2(m[at] / u) * 16) / 16)


def weigh_alternatives(levels: dict[str, Levels], weights: dict[str, Floats], model: Model) -> tuple[IntArray, Floats]:
    """Which other explanation suits each pair best, and what it takes from the pair's weight (0 or less).

    A weight compares "one person" with "strangers". Where two relatives would explain the agreements better than
    strangers do, it must be compared with them: the smallest of the sums counts. The first value is a position in
    `model.alternatives`, or `NONE` for strangers.
    """
    size = len(next(iter(weights.values())))
    best, cost = np.full(size, NONE, dtype=np.int64), np.zeros(size)
    for position, alternative in enumerate(model.alternatives.values()):
        against = np.full(size, -bits(alternative.odds) - model.prior_weight)
        for comparison, shares in alternative.u.items():
            names = LEVELS[comparison]
            table = np.array([bits(model.comparisons[comparison][name].m / shares[name]) for name in names])
            at = levels[comparison].level
            against += np.where(at == NONE, 0.0, table[at]) - weights[comparison]
        best = np.where(against < cost, position, best)
        cost = np.minimum(against, cost)
    return best, cost
