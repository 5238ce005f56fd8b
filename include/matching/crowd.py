"""How crowded it is around a row: how many strangers resemble it tells how rare what it says is.

A pair's own weight multiplies how rare each value is, as if they were independent; names, places and years go together
in ways that no list of frequencies knows. How often strangers share what a row says, the other side itself shows: one
whom nobody resembles at all is seldom mistaken, one whom twenty resemble a little has a double among the next twenty.

So each row has a factor, how many times as often as usual strangers resemble it, and the number of its strangers is
Poisson's. Where the factors of rows follow a gamma distribution, a further stranger is (BEFORE + others) / (BEFORE +
usual) times as likely as usual (empirical Bayes, Robbins 1956).
"""

from collections.abc import Sequence

import numpy as np

from include.matching.rivals import MOST, Bits, Ends, Matches

# Strangers that the usual number counts as. How closely the number of a row's pairs from -6 to -2 bits follows that of
# its pairs from -10 to -6 is likeliest at 0.3 to 2 on 25 of 28 tables, and at 0.2 to 5 on all.
BEFORE = 1.0


def beside_strangers(own: Bits, ends: Ends, matches: Sequence[Matches]) -> Bits:
    """What the strangers around its two rows say of each pair, in bits.

    own: weights of pairs in bits, all down to a floor; matches: of each side. The pair itself is not asked. Where a row
    may have several matches, who resembles it may be itself: there strangers tell as much less as c is more than 0.
    """
    stranger = 1 / (1 + np.exp2(np.clip(own, -MOST, MOST)))
    around = np.bincount(ends.row.ravel(), np.tile(stranger, 2), len(ends.side))
    usual = np.bincount(ends.side, around, len(ends.rows)) / ends.rows
    side = ends.side[ends.row]
    others = np.maximum(around[ends.row] - stranger, 0)  # a sum of one pair less itself may come out below nothing
    told = np.array([1 - each.c for each in matches])
    found: Bits = (told[side] * np.log2((BEFORE + usual[side]) / (BEFORE + others))).sum(axis=0)
    return found
