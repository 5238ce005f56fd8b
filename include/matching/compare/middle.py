"""Which of several middle names are compared."""

from itertools import product

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Flags
from include.matching.compare.levels import Level, Pairs, last
from include.matching.grids import Positions
from include.matching.hashes import mix
from include.matching.model import LEVELS
from include.matching.names.words import Words
from include.matching.records import Records


def second_names(
    left: Records, right: Records, names: Pairs, given: Level, moved: Flags
) -> tuple[Positions, Positions]:
    """The middle names by which people are compared, one of each; 0 where none is left. `given`: levels of the first.

    Of several it is those that contradict: a name on each side that is none of the other's (of ANA LUZ CLARA and ANA
    LUZ PILAR it is not LUZ). A name that only one side has says nothing. Given names that are crossed count as well,
    and where a reading has `moved` a word into the surname, the words of that: what both share there has been weighed,
    and contradicts nothing. Where given names differ, the first middle names will do: people differ already.
    """
    a, b = left.names, right.names
    i, j = names
    ones, others = a.middle[0][i], b.middle[0][j]
    crossed = given == LEVELS["given_name"].index("crossed")
    several = (a.given_count[i] > 2) | (b.given_count[j] > 2)
    some = np.flatnonzero((several & (ones > 0) & (others > 0) | moved) & (given != last("given_name")))
    ones[crossed] = others[crossed] = 0  # of two names that are crossed both have been weighed
    i, j = i[some], j[some]
    middle = a.middle.take(i, axis=1), b.middle.take(j, axis=1)
    too = (
        np.vstack([a.given[i] * crossed[some], a.family.take(i, axis=1) * moved[some]]),
        np.vstack([b.given[j] * crossed[some], b.family.take(j, axis=1) * moved[some]]),
    )
    ones[some], others[some] = _contradiction((left.words, right.words), middle, too)
    return ones, others


def _contradiction(
    words: tuple[Words, Words], middle: tuple[Positions, Positions], too: tuple[Positions, Positions]
) -> tuple[Positions, Positions]:
    """Of the middle names of each pair, and the words that count `too`: one of each side that the other does not have,
    as much alike as any; or else the rarest middle name that both have, and 0 where they have none."""
    sides = np.vstack([middle[0], too[0]]), np.vstack([middle[1], too[1]])
    free = sides[0] > 0, sides[1] > 0
    shared, rarest = np.zeros((2, sides[0].shape[1]), dtype=np.int64), np.zeros(sides[0].shape[1])
    places = list(product(*(np.flatnonzero(side.any(axis=1)) for side in free)))
    initials = any((side.length[at] == 1).any() for side, at in zip(words, sides, strict=True))
    for are_one in (_one_name, _initial_of)[: 1 + initials]:  # an initial stands for what is left
        for x, y in places:
            some = np.flatnonzero(free[0][x] & free[1][y])
            some = some[are_one(*words, sides[0][x][some], sides[1][y][some])]
            free[0][x][some] = free[1][y][some] = False
            if x < len(middle[0]) and y < len(middle[1]):
                one, other = sides[0][x][some], sides[1][y][some]
                common = _common(*words, one, other) if are_one is _one_name else np.zeros(len(some))
                rarer = (common < rarest[some]) | (shared[0, some] == 0)
                some, common = some[rarer], common[rarer]
                shared[:, some], rarest[some] = (one[rarer], other[rarer]), common
    return _most_alike(words, sides, free, shared)


def _most_alike(
    words: tuple[Words, Words],
    sides: tuple[Positions, Positions],
    free: tuple[Flags, Flags],
    otherwise: Positions,
) -> tuple[Positions, Positions]:
    """Of the words of each pair that are free, on each side, the two that have most letters in common; of equals the
    same two, whichever side is left."""
    found, least = otherwise.copy(), np.full(otherwise.shape[1], np.iinfo(np.uint64).max, dtype=np.uint64)
    for x, y in product(*(np.flatnonzero(side.any(axis=1)) for side in free)):
        some = np.flatnonzero(free[0][x] & free[1][y])
        a, b = sides[0][x][some], sides[1][y][some]
        apart = np.bitwise_count(words[0].letter_set[a] ^ words[1].letter_set[b]).astype(np.uint64)
        any_order = mix(words[0].spelling.value[a] + words[1].spelling.value[b])
        apart = apart << np.uint64(56) | any_order >> np.uint64(8)
        nearer = apart < least[some]
        found[:, some[nearer]], least[some[nearer]] = (a[nearer], b[nearer]), apart[nearer]
    return found[0], found[1]


def _one_name(ones: Words, others: Words, a: Positions, b: Positions) -> Flags:
    """Words that sound alike."""
    found: Flags = ones.heard[a] == others.heard[b]
    return found


def _initial_of(ones: Words, others: Words, a: Positions, b: Positions) -> Flags:
    """Words of which one is the initial of the other."""
    initial = (ones.length[a] == 1) | (others.length[b] == 1)
    found: Flags = initial & (ones.initials[a] == others.initials[b])
    return found


def _common(ones: Words, others: Words, a: Positions, b: Positions) -> npt.NDArray[np.float64]:
    """How common a shared name is, in bits; of equally common ones, those that are spelled alike first. An initial that
    both have is commoner than any name."""
    alike = ones.spelling.value[a] == others.spelling.value[b]
    any_order = mix(ones.spelling.value[a] + others.spelling.value[b])  # whichever side is left
    # less than a sixteenth, in which bits are counted: it orders equals alone, and its second part within the first
    of_equals = np.where(alike, 0, 1 / 64) + any_order.astype(np.float64) / 2**71
    bits = np.maximum(ones.given_bits[a], others.given_bits[b]).astype(np.float64)
    return np.where(ones.length[a] + others.length[b] == 2, 0, bits - 1) + of_equals
