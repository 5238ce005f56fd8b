"""A model from the data itself, without labels: what one person's records share, and how rare other explanations are.

Expectation-maximisation after Fellegi and Sunter (1969) and Winkler (1988), guarded against the ways in which it goes
wrong:

- u is not learnt with m: it is counted on random pairs (`strangers`).
- What is not one person is not all strangers: twins, namesakes, households are classes of their own, whose shares by
  level stay as they are (learnt freely, they take the matches, or the matches take them); only their rarity is learnt.
- m starts at the base model, which counts as some pairs of one person: few data move it little. Of what does not agree
  no more is believed than there can be of one person's (`one_person`).
- Where names are all that is given, m stays as it is: nothing else tells a slip in a name from a namesake.
- It begins with few pairs of one person: too few grow, too many would keep the namesakes they began with.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from include.matching.arrays import Flags, Shares
from include.matching.blocking.index import Index
from include.matching.compare.levels import NONE, Levels, Pairs
from include.matching.fields import Table, names_alone
from include.matching.hashes import mix
from include.matching.link import CHUNK, MOST_PRIOR, Scored, Side, at_size, score
from include.matching.model import BASE, LEVELS, Alternative, Model, Provenance, load_model
from include.matching.names.shares import Frequencies
from include.matching.records import Records, read_records
from include.matching.training.bynames import count_bynames
from include.matching.training.one_person import shared
from include.matching.training.patterns import Patterns, responsibilities
from include.matching.training.strangers import (
    LEAST_SHARE,
    RANDOM_PAIRS,
    agree_by_chance,
    among_strangers,
    at_random,
    compare_everything,
    count_compatriots,
    count_names,
    count_strangers,
    rounded,
    share_one_date,
)
from include.matching.training.unseen import count_all, known
from include.matching.weigh import Weights

# Rows of the right side from which names alone tell how common they are. Of tables of some 500 rows the built-in model
# was better on two of three at its own threshold; of 3,000 and more the trained one had the better best F1 on five of
# six.
ENOUGH_NAMES = 1_000
RIGHT_ROWS = 150_000  # drawn from the right side to learn from
# Of the random pairs that are one person, and yet no matter: as many as have one date by chance in some years.
FEW = 30.0
# Pairs of one person that its odds count as, and what relatives share: a small table is a part of a people, with fewer
# relatives in it.
PRIOR_ODDS_PAIRS = 10.0
MOST_TIMES = 3.0  # as many twins, parents, relatives as the base model says, at most: what is more are namesakes
# And so many households, who differ in given name and date: fewer than there are, the others are taken for one person.
# Refugees whose families come together have 7 such pairs for each of one person.
MOST_TIMES_HOUSEHOLDS = 10.0
RELATIVES = ("twin", "household", "relative")  # alternatives who may have one father
# Alternatives that only the date tells from one person, or from brothers and sisters: where it is missing no more are
# believed than the base model has. Of authors without dates three times as many were found, among one person's pairs.
BY_DATE = ("twin", "parent_of_same_name")
HOME = ("phone", "street", "place")  # what a household shares: of some tables the street is known, of others the phone
ROUNDS = 30
# Share by which the expected matches change in a round, below which no other is made if no weight changed either. On
# seven sets the rounds left out move no weight of a level.
SETTLED = 1e-4
FLOOR = -16.0  # bits, at the base model: below it pairs have a say by a sample
LEAST = -28.0  # below it none: households whose dates and given names both contradict lie between
SAMPLED = 0.1  # share of the pairs between the two that is looked at
SHARE_OF_SIDE = 0.01  # of the smaller side that is thought to be on the other at first
WHY = (
    "Learnt and counted by `train` from the tables that `provenance` names: m, the prior and the odds of other "
    "explanations learnt without labels, u and frequencies counted. The reasons of the levels "
    "are those of the base model."
)
# what stands in until the names of the sample are counted, which they can be only once they are read
UNCOUNTED = Frequencies(why="", census=False, family_floor=1, given_floor=1, several_floor=1, family={}, given={})
SEED = 20_160_104  # of the sample; the date of the audit


def train(
    left: pd.DataFrame,
    right: pd.DataFrame | None = None,
    right_rows: int | None = None,
) -> Model:
    """A model for these two tables, or for the duplicates within one, beginning from `base.json`.

    `right_rows`: of the right side, where `right` is a sample of it. Where names are all that the tables give, what
    there is to learn is how common they are; of fewer rows than `ENOUGH_NAMES` the built-in model knows more, and it is
    that one, for tables of their size.
    """
    others = left if right is None else right
    every = max(right_rows or 0, len(others), 1)
    learn_m = not names_alone(left, others)
    if not learn_m and every < ENOUGH_NAMES:
        return at_size(load_model(), left, others, every)
    draw = np.random.default_rng(SEED)
    base = load_model(BASE).model_copy(update={"right_rows": every})
    sample = others.iloc[np.sort(draw.permutation(len(others))[:RIGHT_ROWS])]
    start, rows = _read(left, sample, base, within=right is None)
    random = at_random(len(rows.ones), len(rows.many), draw, within=rows.within)
    levels = compare_everything(rows.ones, rows.many, random, start)
    by_chance = agree_by_chance(rows.ones, random, start)
    one_date = share_one_date(rows.ones, rows.many, within=rows.within)
    counted = count_strangers(start, levels, np.ones(len(random[0])), by_chance, one_date)
    counted = count_compatriots(counted, rows.many, draw)
    expected = SHARE_OF_SIDE * min(len(rows.ones), every) * len(rows.many) / every
    counted = counted.model_copy(update={"prior": min(max(expected, 1.0) / max(rows.pairs, 1), MOST_PRIOR)})
    model, patterns, candidates = _learn(counted, rows, known(levels), learn_m=learn_m)
    if model.prior * RANDOM_PAIRS > FEW:
        model = among_strangers(model)
        rows = rows.as_common_as_in(model)
        again = _recount(start, model, rows, random)
        again = model.model_copy(update={"comparisons": again.comparisons, "alternatives": counted.alternatives})
        model, patterns, candidates = _learn(again, rows, known(levels), learn_m=learn_m)
    data = {"left_rows": len(left), "right_rows": every, "sampled_rows": len(sample), "candidates": candidates}
    provenance = Provenance(made_by=f"train from {base.version}", data=data)
    model = _with_bands(model, patterns, model.prior * rows.pairs)
    return model.model_copy(update={"name": "trained", "why": WHY, "provenance": provenance})


@dataclass(frozen=True)
class Rows:
    """What is learnt from: all of the left side, a sample of the right. `within`: they are one table."""

    ones: Records
    many: Records
    within: bool

    @property
    def pairs(self) -> int:
        """How many there are of two rows."""
        return len(self.ones) * (len(self.ones) - 1) // 2 if self.within else len(self.ones) * len(self.many)

    def as_common_as_in(self, model: Model) -> "Rows":
        """The same, with names as common as the model says."""
        ones, many = (side.with_frequencies(model.name_shares) for side in (self.ones, self.many))
        return Rows(ones, many, self.within)

    def candidates(self, model: Model) -> Pairs:
        """Pairs that share a key, each once."""
        pairs = Index.of(self.ones, model).candidates(self.many)
        once = pairs[0] < pairs[1] if self.within else slice(None)
        return pairs[0][once], pairs[1][once]


def _read(left: pd.DataFrame, sample: pd.DataFrame, base: Model, *, within: bool) -> tuple[Model, Rows]:
    """The base model with names as common as they are in the sample, and the rows."""
    many = read_records(Table(sample), base.model_copy(update={"frequencies": UNCOUNTED}))
    start = base.model_copy(update={"frequencies": count_names(many)})
    ones, many = read_records(Table(left), start), many.with_frequencies(start.name_shares)
    start = count_bynames(start, [ones] if within else [ones, many])
    return start, Rows(ones, many, within).as_common_as_in(start)


def _recount(start: Model, model: Model, rows: Rows, random: Pairs) -> Model:
    """What strangers share, now that it is known which of the random pairs are one person."""
    levels = compare_everything(rows.ones, rows.many, random, model)
    of_one, *_ = responsibilities(model, Patterns(levels, np.ones(len(random[0]))))
    by_chance = agree_by_chance(rows.ones, random, start)
    return count_strangers(start, levels, (1 - of_one).astype(np.float64), by_chance)


def _learn(start: Model, rows: Rows, at_random: Shares, *, learn_m: bool) -> tuple[Model, Patterns, int]:
    """The model to which `start` leads, the patterns it was learnt from, and the number of candidate pairs.

    at_random: what is `known` of random pairs.
    """
    sides = Side.from_records(rows.ones, start), Side.from_records(rows.many, start)
    pairs = rows.candidates(start)
    patterns = _patterns(sides, pairs, start)
    return _maximise(start, patterns, at_random, rows.pairs, learn_m=learn_m), patterns, len(pairs[0])


def _patterns(sides: tuple[Side, Side], pairs: Pairs, model: Model) -> Patterns:
    """Patterns of the pairs that may have a say.

    The unlikely are many, and are not one person: a sample of them tells how rare households are.
    """
    likely = _scored(sides, pairs, model, FLOOR)
    some = np.flatnonzero(mix(*pairs) < np.uint64(SAMPLED * 2**64))  # whatever the order of the pairs
    unlikely = _scored(sides, (pairs[0][some], pairs[1][some]), model, LEAST)
    unlikely = [part.take(np.flatnonzero(part.total < FLOOR)) for part in unlikely]
    parts = [*likely, *unlikely]
    times = [np.full(len(part.total), 1.0) for part in likely]
    times += [np.full(len(part.total), 1 / SAMPLED) for part in unlikely]
    levels = {comparison: _joined([part.levels[comparison] for part in parts]) for comparison in LEVELS}
    return Patterns.of(levels, np.concatenate(times))


def _scored(sides: tuple[Side, Side], pairs: Pairs, model: Model, floor: float) -> list[Scored]:
    return [
        score(sides, (pairs[0][at : at + CHUNK], pairs[1][at : at + CHUNK]), model, floor)
        for at in range(0, max(len(pairs[0]), 1), CHUNK)
    ]


def _joined(parts: list[Levels]) -> Levels:
    common = [part.bits for part in parts if part.bits is not None]
    return Levels(np.concatenate([part.level for part in parts]), np.concatenate(common) if common else None)


# -- expectation and maximisation


def _maximise(model: Model, patterns: Patterns, at_random: Shares, total: int, *, learn_m: bool) -> Model:
    """Expectation-maximisation of m, of the prior and of the odds of the other classes.

    at_random: what is `known` of random pairs; total: how many pairs of rows there are.
    """
    base, before = model, (0.0, np.zeros(0))
    dated = patterns.levels["date_of_birth"].level != NONE
    for _ in range(ROUNDS):
        one, classes, own = responsibilities(model, patterns)
        matches, weights = float(one.sum()), np.concatenate([each.weight for each in model.scales.values()])
        if abs(matches - before[0]) <= SETTLED * before[0] and np.array_equal(weights, before[1]):
            break
        before = matches, weights
        every = count_all(model, patterns, one, at_random)
        comparisons = shared(model, base, patterns, one, own, classes["twin"]) if learn_m else base.comparisons
        alternatives = {
            name: each.model_copy(update={"odds": _odds(name, classes[name], one, each.odds, dated)})
            if each.odds
            else each
            for name, each in base.alternatives.items()
        }
        model = model.model_copy(
            update={
                "comparisons": comparisons,
                "alternatives": alternatives | _related(alternatives, patterns, classes),
                "prior": float(np.clip(every / max(total, 1), 1e-12, MOST_PRIOR)),
                "prior_why": f"{every:,.1f} pairs of one person expected among {total:,}, {matches:,.1f} are found",
            }
        )
    return model


def _related(
    alternatives: dict[str, Alternative], patterns: Patterns, classes: dict[str, Weights]
) -> dict[str, Alternative]:
    """Relatives, with how often all of them share a middle name, which may be their father's; and what those of one
    household share of an address.

    What tells a household from one person, given name and date, is not learnt: it cannot take the matches. Twins have
    one date: with an address that is learnt they take the matches whose given names differ (febrl3).
    """
    every = np.sum([classes[name] for name in RELATIVES], axis=0)
    shares = {name: {"middle_name": _learnt("middle_name", every, alternatives[name], patterns)} for name in RELATIVES}
    shares["household"] |= {
        comparison: _learnt(comparison, classes["household"], alternatives["household"], patterns)
        for comparison in HOME
    }
    return {
        name: alternatives[name].model_copy(update={"u": alternatives[name].u | shares[name]}) for name in RELATIVES
    }


def _learnt(comparison: str, pairs: Weights, before: Alternative, patterns: Patterns) -> dict[str, float]:
    """The share of each level among so many pairs of each pattern."""
    levels, names, base = patterns.levels[comparison].level, LEVELS[comparison], before.u[comparison]
    count = np.bincount(levels - NONE, weights=pairs, minlength=len(names) + 1)[1:]  # without those that are missing
    prior = np.array([base[name] for name in names]) if isinstance(base, dict) else np.ones(len(names))
    shares = (count + PRIOR_ODDS_PAIRS * prior) / (count.sum() + PRIOR_ODDS_PAIRS * prior.sum())
    return {name: rounded(max(share, LEAST_SHARE)) for name, share in zip(names, shares, strict=True)}


def _odds(name: str, pairs: Weights, one: Weights, base: float, dated: Flags) -> float:
    """How many pairs of this alternative there are for each of one person."""
    found = float(pairs.sum())
    if name in BY_DATE:
        found = float(pairs[dated].sum()) + min(float(pairs[~dated].sum()), base * float(one[~dated].sum()))
    most = (MOST_TIMES_HOUSEHOLDS if name == "household" else MOST_TIMES) * base
    return min((found + PRIOR_ODDS_PAIRS * base) / (float(one.sum()) + PRIOR_ODDS_PAIRS), most)


# -- bands


def _with_bands(model: Model, patterns: Patterns, expected: float) -> Model:
    """Lead: where the expected F1 is highest. Review: where all but a hundredth of the matches that are found are.

    expected: matches, found or not.
    """
    one, *_ = responsibilities(model, patterns)
    if not len(one):  # no two rows share anything
        return model
    weight = np.log2(np.maximum(one, 1e-300) / np.maximum(patterns.count - one, 1e-300))
    order = np.argsort(-weight, kind="stable")
    found, chosen, weight = np.cumsum(one[order]), np.cumsum(patterns.count[order]), weight[order]
    every = max(float(found[-1]), 1e-300)
    f1 = 2 * found / (chosen + max(every, expected))
    lead = float(np.clip(weight[int(np.argmax(f1))], -3.0, 10.0))
    review = float(np.clip(weight[min(int(np.searchsorted(found, 0.99 * every)), len(weight) - 1)], -6.0, lead - 1.0))
    return model.model_copy(
        update={
            "lead": round(lead * 16) / 16,
            "review": round(review * 16) / 16,
            "bands_why": f"lead: highest expected F1 [{f1.max():.3f}]; review: 99 % of the expected matches",
        }
    )
