"""m: what records of one person share, of the pairs that are taken for one person.

Namesakes, families and twins are taken for one person, too, and bring what they share: of each kind of disagreement no
more is believed than there can be of one person's.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from include.matching.compare.levels import NONE, Levels
from include.matching.model import LEVELS, Level, Model
from include.matching.training.patterns import Patterns, responsibilities
from include.matching.training.strangers import LEAST_SHARE, rounded
from include.matching.weigh import Weights, weigh

PRIOR_PAIRS = 50.0  # of one person, that the base model's m counts as
MOST_WRONG_DATES = 0.1  # share of pairs of one person whose dates of birth have nothing in common
# Bits from which pairs are sure without their dates, and tell how often dates are wrong. With 6, 10 and 15 the shares
# of South Asia, febrl3 and census-noise are the same within 0.006.
SURE = 10.0
# And whose given names have nothing in common, or whose surnames. On ten of the benchmark's sets either is 0.01 to 0.14
# (a census in which every field is wrong often). Where families share phone and ZIP that of given names grew to 0.20,
# 0.39 and 0.69; that of surnames to 0.31 where the surname was written first, and taken for the given name.
MOST_OTHER_NAMES = 0.15
NOTHING_IN_COMMON = [LEVELS["date_of_birth"].index(name) for name in ("different", "generation")]
# Levels of dates that namesakes have by chance often enough to be taken for one person's.
BY_CHANCE = ("same_year", "year_near", "year_only", "one_part", "one_edit")


def shared(
    model: Model, base: Model, patterns: Patterns, one: Weights, own: Weights, twins: Weights
) -> dict[str, dict[str, Level]]:
    """The comparisons of `base` with the m that `model` leads to.

    Of the pairs of each pattern `one` are one person by `model`, beside all other explanations, and `twins` are twins;
    `own`: bits for one person beside strangers alone.
    """
    most = {  # pairs of one person that have nothing in common: more are families, who bring their names
        "given_name": _other_given_names(patterns, one + twins),
        "family_name": MOST_OTHER_NAMES,
    }
    found = {}
    for comparison, names in LEVELS.items():
        levels = base.comparisons[comparison]
        if comparison == "byname":  # counted among names that are known to be one person's
            found[comparison] = levels
            continue
        level = patterns.levels[comparison].level
        count = np.bincount(level - NONE, one, len(levels) + 1)[1:].astype(np.float64)  # without those that are missing
        if comparison == "date_of_birth":
            count *= _more_than_chance(model, patterns, one)  # the others are namesakes
            by_chance, apart = NOTHING_IN_COMMON  # a wrong date is as far away as a stranger's
            count[apart] = count[by_chance] * levels["generation"].u / levels["different"].u
            _limit(count, NOTHING_IN_COMMON, _wrong_dates(model, patterns, one, own))  # more are namesakes
        if comparison in most:
            _limit(count, [names.index("different")], most[comparison])
        prior = np.array([levels[name].m for name in names])
        m = (count + PRIOR_PAIRS * prior) / (count.sum() + PRIOR_PAIRS * prior.sum())
        found[comparison] = {
            name: levels[name].model_copy(update={"m": rounded(max(share, LEAST_SHARE))})
            for name, share in zip(names, m, strict=True)
        }
    return found


def _wrong_dates(model: Model, patterns: Patterns, one: Weights, own: Weights) -> float:
    """The share of pairs of one person whose dates of birth may have nothing in common.

    As many as of the pairs that are sure without their dates: where few names serve all, namesakes are as many as wrong
    dates could be, and look like them. Of few such pairs, up to `MOST_WRONG_DATES`.
    """
    level = patterns.levels["date_of_birth"].level
    without = own - weigh("date_of_birth", patterns.levels["date_of_birth"], model)
    sure = one * ((without >= SURE) & (level != NONE))
    wrong = sure[np.isin(level, NOTHING_IN_COMMON)]
    return float((wrong.sum() + PRIOR_PAIRS * MOST_WRONG_DATES) / (sure.sum() + PRIOR_PAIRS))


def _more_than_chance(model: Model, patterns: Patterns, one: Weights) -> Weights:
    """Of the pairs of one person at each level of dates, the share that is not namesakes who have such dates by chance.

    Of namesakes as many are taken for one person as would be of those whose dates differ, had they this date, by how
    often strangers have it. Of one person's pairs as many are taken as their own weight says, as a mean: where weights
    are right, both make up what was counted, and the share is 1.
    """
    dates, names, u = (
        patterns.levels["date_of_birth"].level,
        LEVELS["date_of_birth"],
        model.comparisons["date_of_birth"],
    )
    apart, share = np.flatnonzero(dates == names.index("different")), np.ones(len(names))
    levels = {comparison: each.take(apart) for comparison, each in patterns.levels.items()}
    for name in BY_CHANCE:
        level = names.index(name)
        as_if = Patterns(levels | {"date_of_birth": Levels(np.full_like(dates[apart], level))}, patterns.count[apart])
        strangers, *_ = responsibilities(model, as_if)
        here = dates == level
        taken, of_one = one[here].sum(), (one[here] ** 2 / patterns.count[here]).sum()
        by_chance = strangers.sum() * (u[name].u or 0.0) / (u["different"].u or 1.0)
        share[level] = np.clip((taken - by_chance) / max(of_one, 1e-9), 0.0, 1.0)
    return share


def _other_given_names(patterns: Patterns, pairs: Weights) -> float:
    """The share of pairs of one person whose given names may have nothing in common, of those that may be twins.

    Of brothers and sisters as many are of one sex as of two; of one person's records hardly any are of two. Where no
    sex is given, up to `MOST_OTHER_NAMES`.
    """
    sex, given = (patterns.levels[comparison].level for comparison in ("sex", "given_name"))
    known, other = (sex != NONE) & (given != NONE), given == LEVELS["given_name"].index("different")
    every, same, apart = (float(pairs[some].sum()) for some in (known & ~other, other & (sex == 0), other & (sex == 1)))
    of_one = max(same - apart - math.sqrt(same + apart), 0.0)  # less what chance makes of it
    share = (of_one + PRIOR_PAIRS * MOST_OTHER_NAMES) / (of_one + every + PRIOR_PAIRS)
    return min(share, MOST_OTHER_NAMES)


def _limit(count: npt.NDArray[Any], levels: list[int], share: float) -> None:
    """Of the counts of all levels these are no more than the share; what is more is taken away."""
    some, others = count[levels].sum(), np.delete(count, levels).sum()
    if some > share * (some + others):
        count[levels] *= share / (1 - share) * others / some
