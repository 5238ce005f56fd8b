"""Pairs of whole tables weighed beside each other: a pair's own weight knows two rows, and others tell as well."""

import math

import numpy as np
import pandas as pd

from include.matching.model import Model
from include.matching.settling.crowd import beside_strangers
from include.matching.settling.rivals import MOST, Bits, Ends, Rows, beside_rivals
from include.matching.settling.thirds import support
from include.matching.weigh import bands

# Bits of its own weight from which a pair is a rival, and may be lifted for want of one. Of tables without dates, whose
# rows all have a match, true pairs reach down to here; two bits lower keeps half as many pairs again for hardly any.
FLOOR = -10.0
# Matches of a row that has any, from which thirds tell in place of rivals: half of such rows or more have a second. The
# sets it was chosen on have 1.0 or more than 2.
SEVERAL = 1.5
# Pairs of one person that the model's prior counts as: a few rows that agree do not tell how many there are.
PRIOR_PAIRS = 10.0
# Of the bits by which these pairs move the prior. In full, a model of other tables expects up to 1.5 times as many
# matches as there are (sanctions, census); with none, it misses a quarter of them (febrl3). Of 22 tables 2 lose more
# than 0.001 of F1 at the threshold by a third, 6 by half, 9 in full.
BELIEVED = 1 / 3
ROUNDS = 100  # of counting matches by a prior, and the prior by matches
STILL = 1e-3  # bits; weights are rounded to sixteenths


def settle(pairs: pd.DataFrame, rows: Rows, model: Model, floor: float | None = None) -> pd.DataFrame:
    """Pairs weighed beside others: those from `floor` bits (`model.review`) on.

    pairs: of whole tables, all down to `FLOOR`, as `Linker` finds them, sorted by the two ids; within one table each
    pair once. The new column `others`, behind `band`, is by how many bits `match_weight` changed, a multiple of a
    sixteenth; probability and band follow the new weight.

    Rivals tell where rows have one match at most, and so do the strangers around a row; pairs below `FLOOR` have no
    say, and stay as they are. Within a table whose rows have many matches, thirds tell. And how many matches there are
    tells, where the model is of other tables.
    """
    own = pairs["match_weight"].to_numpy(dtype=np.float64)
    weight, likely = own.copy(), np.flatnonzero(own >= FLOOR)
    if len(likely):
        here = own + np.round(16 * BELIEVED * prior_here(own[likely], rows, model)) / 16
        ends = Ends.of(pairs.iloc[likely], rows)
        beside, matches = beside_rivals(here[likely], ends)
        if len(rows) == 1 and matches[0].each > SEVERAL:
            weight = here + support(here, Ends.of(pairs, rows).row)
        else:
            told = here[likely] + beside_strangers(here[likely], beside, ends, matches)
            weight[likely], _ = beside_rivals(told, ends)
    weight = np.round(16 * weight) / 16
    settled = pairs.assign(match_weight=weight, match_probability=1 / (1 + np.exp2(-weight)), band=bands(weight, model))
    settled.insert(list(settled).index("band") + 1, "others", weight - own)
    return settled[weight >= (model.review if floor is None else floor)].reset_index(drop=True)


def prior_here(own: Bits, rows: Rows, model: Model) -> float:
    """By how many bits more, or fewer, of all pairs of these tables are one person than the model's prior says.

    Nothing where that is of tables of this size: it was learnt from them, or follows it (`link.at_size`).
    """
    if rows[-1] == model.right_rows:
        return 0.0
    expected = model.prior * (rows[0] * (rows[0] - 1) / 2 if len(rows) == 1 else rows[0] * rows[1])
    bits = 0.0
    for _ in range(ROUNDS):
        found = float((1 / (1 + np.exp2(-np.clip(own + bits, -MOST, MOST)))).sum())
        bits, before = math.log2((found + PRIOR_PAIRS) / (expected + PRIOR_PAIRS)), bits
        if abs(bits - before) < STILL:
            break
    return bits
