"""What is known of a subject weighs, too: how much more often a group of subjects petitions than all others do.

A pair's own weight depends on its two rows and the model alone, whose prior is that of any subject and any petition.
Where a group has leads to petitions of a form many times as often as other subjects, its prior is so many times higher.
"""

import math

import numpy as np
import pandas as pd

from include.matching.model import Model, bits

MOST = 8.0  # bits, 256 times as often: what a group can add at most, so that pairs weaker than that need not be kept
# A group weighs nothing where it would have so many leads by chance more often than that: three forms are asked about
# every night, so that one in twenty would be chance every week
CHANCE = 0.001


def floor(model: Model) -> float:
    """The least weight of a pair that a group may make a lead."""
    return min(model.review, model.lead - MOST)


def weigh_groups(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts, and `weight`: bits that being of the group adds, by form; never less than 0.

    `counts`: `form`, `convicted_with`, `convicted_count`, `other_with`, `other_count`: subjects of the group and all
    others, with a lead to a petition of the form and altogether.
    """
    columns = (counts[name].tolist() for name in ("convicted_with", "convicted_count", "other_with", "other_count"))
    weight = [_weight(*row) for row in zip(*columns, strict=True)]
    return counts.assign(weight=np.array(weight, dtype="float64"))


def _weight(group_with: int, group: int, other_with: int, other: int) -> float:
    """log2 of the ratio of two shares; half a subject is added to each count, so that none is 0 (Anscombe 1956)."""
    by_chance = (other_with + 1) / (other + 1)  # one more than was seen: a share that is seen as 0 is not known to be 0
    if _tail(group_with, group, by_chance) > CHANCE:
        return 0.0
    mine, all_mine, theirs, all_theirs = (count + 0.5 for count in (group_with, group, other_with, other))
    return float(np.clip(bits((mine / all_mine) / (theirs / all_theirs)), 0.0, MOST))


def _tail(found: int, tries: int, share: float) -> float:
    """Chance of at least so many of so many tries."""
    if share >= 1:
        return 1.0
    odds, rest = math.log(share), math.log1p(-share)
    ways = (math.lgamma(tries + 1) - math.lgamma(n + 1) - math.lgamma(tries - n + 1) for n in range(found, tries + 1))
    return math.fsum(math.exp(way + n * odds + (tries - n) * rest) for n, way in enumerate(ways, found))


def lift(pairs: pd.DataFrame, groups: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The pairs that come into a better band by the weight of their group: with `group_weight`, and that band.

    `pairs`: of the group's subjects alone, `form`, `weight` and `band` among the columns; `groups`: of `weigh_groups`.
    """
    weight = dict(zip(groups["form"], groups["weight"], strict=True))
    found = pairs.assign(group_weight=[weight.get(form, 0.0) for form in pairs["form"]]).astype(
        {"group_weight": "float64"}
    )
    total = found["weight"] + found["group_weight"]
    better = np.where(total >= model.lead, "lead", np.where(total >= model.review, "review", "no"))
    lifted: pd.DataFrame = found.assign(band=better)[(better != found["band"]) & (better != "no")]
    return lifted
