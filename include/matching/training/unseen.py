"""How many pairs of one person there are, of which some have too little to be found by.

Where many values are missing, two rows of one person may have no field in common: no key joins them, or nothing tells
them from strangers. Those that are found are then fewer than there are, and a prior that counts them alone keeps all
others down. Of the pairs with much in common nearly all are found; and how many pairs have that much is known of any
rows, taken at random, for what a row lacks does not depend on whether the other side has the same person.
"""

import math

import numpy as np
import numpy.typing as npt

from include.matching.compare.levels import NONE, Levels
from include.matching.model import LEVELS, Model
from include.matching.training.patterns import Patterns
from include.matching.weigh import Weights, weigh

# Bits beyond even odds that two rows of one person come to, on average, where they have much in common. 0 to 12 were
# tried: no better on the whole (decision 0071).
MUCH = 6.0
# Pairs that are looked at with as many of one person as are found among all: few tell little.
PRIOR_PAIRS = 10.0


def known(levels: dict[str, Levels]) -> npt.NDArray[np.float64]:
    """Comparisons x pairs: 1 where both rows have a value."""
    return np.stack([levels[comparison].level != NONE for comparison in LEVELS]).astype(np.float64)


def count_all(model: Model, patterns: Patterns, one: Weights, at_random: npt.NDArray[np.float64]) -> float:
    """Pairs of one person, found or not; no fewer than are found.

    one: pairs of one person of each pattern; at_random: what is `known` of random pairs.
    """
    found, here = float(one.sum()), known(patterns.levels)
    weights = np.stack([weigh(comparison, patterns.levels[comparison], model) for comparison in LEVELS])
    # bits of each comparison, of one person's pairs; by no `@`: between products the threads of BLAS wait at full
    # speed, which was half of the CPU of all rounds
    tells = np.einsum("cp,cp,p->c", here, weights, one) / np.maximum(np.einsum("cp,p->c", here, one), 1e-9)
    much = MUCH - np.log2(model.prior)
    found_by_much = float(one[np.einsum("c,cp->p", tells, here) >= much].sum())
    much_at_random = int((np.einsum("c,cp->p", tells, at_random) >= much).sum())
    share = much_at_random / max(len(at_random[0]), 1)
    beyond_chance = found_by_much - math.sqrt(found_by_much)
    return max((beyond_chance + PRIOR_PAIRS) * found / (share * found + PRIOR_PAIRS), found)
