"""How crowded it is around a row: how many strangers resemble it tells how rare what it says is.

A pair's own weight multiplies how rare each value is, as if they were independent; names, places and years go together
in ways that no list of frequencies knows. How often strangers share what a row says, the other side itself shows: one
whom nobody resembles at all is seldom mistaken, one whom twenty resemble a little has a double among the next twenty.

How much that tells differs: where all names are few, everybody has twenty. So it is learnt from the pairs, without
labels. On either side of the weights that are in doubt are pairs that are surely one person and pairs that surely are
not; of these it is asked by logistic regression how the odds of one person follow from how many others resemble each
row. Both kinds count the same, so that what is told makes no more matches, and no fewer.
"""

from collections.abc import Sequence

import numpy as np

from include.matching.arrays import Numbers
from include.matching.settling.rivals import MOST, Bits, Ends, Matches

# Bits beside rivals between which a pair is surely one person, or surely is not, and yet near those in doubt. What lies
# further off is of other rows: on sanctions lists the surer a true pair, the fewer others, 1 at 1 bit, 0.4 at 14.
SURE, STRANGE = (2.0, 8.0), (-6.0, -2.0)
# Standard deviation, before any pair is seen, of the bits told by a doubling of 1 + others; their mean is 0, nothing.
# Tables of thousands of rows teach 0 to -1.4. One of 80 true pairs, ten of them that sure, teaches chance alone.
SPREAD = 0.5
ROUNDS = 200  # of learning; 109 tables had enough of 52
STILL = 1e-4  # bits; weights are rounded to sixteenths


def beside_strangers(own: Bits, beside: Bits, ends: Ends, matches: Sequence[Matches]) -> Bits:
    """What the strangers around its two rows say of each pair, in bits.

    own: weights of pairs in bits, all down to a floor; beside: the same beside rivals; matches: of each side. Where the
    rows of a side may have any number of matches (c is 1), who resembles one may be itself: that side tells nothing.
    """
    crowd, side = crowded(own, ends), ends.side[ends.row]
    asked = [np.where(side == each, crowd, 0).sum(axis=0) for each, found in enumerate(matches) if found.c < 1]
    sure, strange = (np.flatnonzero((beside >= least) & (beside <= most)) for least, most in (SURE, STRANGE))
    if not (asked and len(sure) and len(strange)):
        return np.zeros_like(own)
    return learn(np.stack(asked), sure, strange)


def crowded(own: Bits, ends: Ends) -> Bits:
    """2 x pairs, of each end: log2 of 1 and the row's other pairs, each by how surely it is none of one person."""
    stranger = 1 / (1 + np.exp2(np.clip(own, -MOST, MOST)))
    around = np.bincount(ends.row.ravel(), np.tile(stranger, 2), len(ends.side))
    others = np.maximum(around[ends.row] - stranger, 0)  # a sum of one pair less itself may come out below nothing
    found: Bits = np.log2(1 + others)
    return found


def learn(crowd: Bits, sure: Numbers, strange: Numbers) -> Bits:
    """By how many bits likelier each pair is one person for how crowded it is.

    crowd: sides x pairs; sure, strange: which pairs are one person, and which are not. A crowd never speaks for a pair:
    a side of which it would is left out.
    """
    some, several = np.concatenate([sure, strange]), np.array([len(sure), len(strange)])
    one, counts = np.repeat([1.0, 0.0], several), np.repeat(several.min() / several, several)
    while True:
        given = np.stack([np.ones(crowd.shape[1]), *crowd])
        bits = fit(given[:, some], one, counts)
        against = bits[1:] <= 0
        if against.all():
            told: Bits = bits @ given
            return told
        crowd = crowd[against]


def fit(given: Bits, one: Bits, counts: Bits) -> Bits:
    """Of each variable the bits by which 1 of it changes the odds: logistic regression.

    given: variables x pairs, the first always 1; one: whether a pair is one person; counts: how much it counts. Steps
    are those of Boehning and Lindsay (1988), which never overshoot.
    """
    given = given * np.log(2)
    prior = np.repeat([0, 1 / SPREAD**2], [1, len(given) - 1])
    step = np.linalg.inv((given * counts) @ given.T / 4 + np.diag(prior))
    found: Bits = np.zeros(len(given))
    for _ in range(ROUNDS):
        wrong = one - 1 / (1 + np.exp(-found @ given))
        move = step @ (given @ (counts * wrong) - prior * found)
        found = found + move
        if np.abs(move).max() < STILL:
            break
    return found
