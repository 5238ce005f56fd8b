"""What is known of a subject weighs, too: how much more often a group of subjects petitions than all others do.

A pair's own weight depends on its two rows and the model alone, whose prior is that of any subject and any petition.
Where a group has leads to petitions of a form many times as often as other subjects, its prior is so many times higher.
"""

import math

import numpy as np
import pandas as pd

from include.matching.model import Model, bits

MOST = 8.0  # bits, 256 times as often: what a group can add at most, so that pairs weaker than that need not be kept
SURE = 1.96  # standard errors: where 1 is within a 95 % interval of the ratio, it may be chance and weighs nothing


def floor(model: Model) -> float:
    """The least weight of a pair that a group may make a lead."""
    return min(model.review, model.lead - MOST)


def weigh_groups(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts, and `weight`: bits that being of the group adds, by form; never less than 0.

    `counts`: `form`, `convicted_with`, `convicted_count`, `other_with`, `other_count`: subjects of the group and all
    others, with a lead to a petition of the form and altogether.
    """
    rows = counts.itertuples(index=False)
    weight = [_weight(row.convicted_with, row.convicted_count, row.other_with, row.other_count) for row in rows]
    return counts.assign(weight=np.array(weight, dtype="float64"))


def _weight(group_with: int, group: int, other_with: int, other: int) -> float:
    """log2 of the ratio of two shares; half a subject is added to each count, so that none is 0 (Anscombe 1956), and
    the standard error of its logarithm is Katz's (1978)."""
    mine, all_mine, theirs, all_theirs = (count + 0.5 for count in (group_with, group, other_with, other))
    ratio = (mine / all_mine) / (theirs / all_theirs)
    error = math.sqrt(max(1 / mine - 1 / all_mine + 1 / theirs - 1 / all_theirs, 0.0))
    return min(bits(ratio), MOST) if math.log(ratio) > SURE * error else 0.0


def lift(pairs: pd.DataFrame, groups: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The pairs that come into a better band by the weight of their group: with `group_weight`, and that band.

    `pairs`: of the group's subjects alone, `form`, `weight` and `band` among the columns; `groups`: of `weigh_groups`.
    """
    found = pairs.assign(group_weight=pairs["form"].map(groups.set_index("form")["weight"]).fillna(0.0))
    total = found["weight"] + found["group_weight"]
    better = np.where(total >= model.lead, "lead", np.where(total >= model.review, "review", "no"))
    return found.assign(band=better)[(better != found["band"]) & (better != "no")]
