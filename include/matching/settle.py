"""Pairs of whole tables weighed beside each other: a pair's own weight knows two rows, and others tell as well."""

import numpy as np
import pandas as pd

from include.matching.model import Model
from include.matching.rivals import Ends, Rows, beside_rivals
from include.matching.thirds import support
from include.matching.weigh import bands

# Bits of its own weight from which a pair is a rival, and may be lifted for want of one. Of tables without dates, whose
# rows all have a match, true pairs reach down to here; two bits lower keeps half as many pairs again for hardly any.
FLOOR = -10.0
# Matches of a row that has any, from which thirds tell in place of rivals: half of such rows or more have a second. The
# sets it was chosen on have 1.0 or more than 2.
SEVERAL = 1.5


def settle(pairs: pd.DataFrame, rows: Rows, model: Model, floor: float | None = None) -> pd.DataFrame:
    """Pairs weighed beside others: those from `floor` bits (`model.review`) on.

    pairs: of whole tables, all down to `FLOOR`, as `Linker` finds them, sorted by the two ids; within one table each
    pair once. The new column `others`, behind `band`, is by how many bits `match_weight` changed, a multiple of a
    sixteenth; probability and band follow the new weight.

    Rivals tell where rows have one match at most; those below `FLOOR` have no say, and stay as they are. Within a table
    whose rows have many, thirds tell.
    """
    own = pairs["match_weight"].to_numpy(dtype=np.float64)
    weight, likely = own.copy(), np.flatnonzero(own >= FLOOR)
    if len(likely):
        weight[likely], matches = beside_rivals(own[likely], Ends.of(pairs.iloc[likely], rows))
        if len(rows) == 1 and matches[0].each > SEVERAL:
            weight = own + support(own, Ends.of(pairs, rows).row)
    weight = np.round(16 * weight) / 16
    settled = pairs.assign(match_weight=weight, match_probability=1 / (1 + np.exp2(-weight)), band=bands(weight, model))
    settled.insert(list(settled).index("band") + 1, "others", weight - own)
    return settled[weight >= (model.review if floor is None else floor)].reset_index(drop=True)
