"""Levels -> weights in bits. All are multiples of a sixteenth: sums are exact, and the same on every machine."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from include.matching.arrays import Bits
from include.matching.compare.levels import NONE, Level, Levels
from include.matching.model import BY_CULTURE, LEVELS, Alternative, Model

Weights = npt.NDArray[np.floating]

BANDS = ["no", "review", "lead"]


def weigh(comparison: str, levels: Levels, model: Model) -> Weights:
    """log2(m / u) of each pair's level; 0 where a value is missing."""
    scale = model.scales[comparison]
    at = levels.level.astype(np.intp, copy=False)
    if levels.bits is None:
        return scale.weight.take(at)
    # u is so many times the share of people who bear the name, and never more than 1
    return scale.weight.take(at) - np.minimum(scale.factor.take(at) + scale.by_frequency.take(at) * levels.bits, 0)


def total_of(weights: dict[str, Weights]) -> Weights:
    """The sum over all comparisons."""
    first, *others = weights.values()
    found = first.copy()
    for each in others:
        found += each
    return found


def most(comparison: str, model: Model) -> float:
    """The most that a comparison without frequencies can add to a pair's weight."""
    return float(model.scales[comparison].weight.max())


def least(comparison: str, model: Model) -> float:
    """What it weighs that two values differ."""
    return float(model.scales[comparison].weight[len(LEVELS[comparison]) - 1])


def reach(comparison: str, common: Bits, model: Model) -> Weights:
    """The most that a comparison of names can add to the weight of pairs with names that are so common."""
    found, scale = np.zeros_like(common), model.scales[comparison]
    for at in range(len(LEVELS[comparison])):  # as `weigh` does
        rarer = np.minimum(scale.factor[at] + scale.by_frequency[at] * common, 0)
        np.maximum(found, scale.weight[at] - rarer, out=found)
    return found


def weigh_alternatives(levels: dict[str, Levels], weights: dict[str, Weights], model: Model) -> tuple[Level, Weights]:
    """Which other explanation suits each pair best, and what all of them take from the pair's weight (0 or less).

    A weight compares "one person" with "strangers": m / u. Where relatives would explain the agreements as well, what
    the two are not is a mixture of strangers and of relatives, u + sum over k of share(k) u(k): this is its log2
    against u. The first value is a position in `model.alternatives`, or `NONE` where strangers explain the pair better
    than each of them.
    """
    size = len(next(iter(weights.values())))
    rest = strangers_share(model)
    best, highest, together = np.full(size, NONE, dtype=np.int8), np.full(size, math.log2(rest)), np.full(size, rest)
    for position, against in enumerate(log_odds(levels, weights, model).values()):
        best = np.where(against > highest, position, best)
        highest = np.maximum(against, highest)
        together += np.exp2(np.minimum(against, 300.0))  # 2**300 is more than any evidence, and still a number
    return best.astype(np.int8), -np.round(np.log2(together) * 16) / 16


def bands(weight: Weights, model: Model) -> "pd.Categorical[str]":
    """`lead`, `review`, or `no` below both."""
    code = (weight >= model.review).astype(np.int8) + (weight >= model.lead)
    return pd.Categorical.from_codes(code, pd.Index(BANDS))


def strangers_share(model: Model) -> float:
    """Share of pairs that are none of the alternatives whose share of all pairs is known."""
    return 1.0 - sum(each.share or 0.0 for each in model.alternatives.values())


def most_spared(model: Model) -> float:
    """The most, in bits, that a pair gains: where no alternative suits it, for there are fewer strangers than pairs."""
    return -round(math.log2(strangers_share(model)) * 16) / 16


def log_odds(levels: dict[str, Levels], weights: dict[str, Weights], model: Model) -> dict[str, Weights]:
    """log2 of how much better each alternative explains each pair than strangers do, its rarity included."""
    compatriots = {name: _among_compatriots(name, levels[name], weights[name], model) for name in BY_CULTURE}
    return {
        name: _log_odds(alternative, levels, weights, compatriots, model)
        for name, alternative in model.alternatives.items()
    }


def _log_odds(
    alternative: Alternative,
    levels: dict[str, Levels],
    weights: dict[str, Weights],
    compatriots: dict[str, Weights],
    model: Model,
) -> Weights:
    rate = alternative.share or (alternative.odds or 0.0) * model.prior
    against = np.full(len(next(iter(weights.values()))), math.log2(rate))
    for comparison, shares in alternative.u.items():
        if shares == "compatriots":
            against += compatriots[comparison]
            continue
        against += weights[comparison]
        if isinstance(shares, dict):
            table = np.log2(np.array([*(shares[name] for name in LEVELS[comparison]), 1.0, 1.0]))
            against += (table - model.log_m[comparison])[levels[comparison].level]
    return against


def _among_compatriots(comparison: str, found: Levels, weight: Weights, model: Model) -> Weights:
    """log2 of how many times as often as strangers compatriots agree, by how rare the name is."""
    times: Weights = np.zeros(len(weight))
    agree = np.flatnonzero((found.level >= 0) & (found.level < len(LEVELS[comparison]) - 1))
    if found.bits is not None:
        one_in, by_rarity = np.log2(list(model.compatriots.times[comparison].items())).T
        u = model.log_m[comparison][found.level[agree]] - weight[agree]
        times[agree] = np.minimum(np.interp(-found.bits[agree], one_in, by_rarity), -u)  # never more often than always
    return times
