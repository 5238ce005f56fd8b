"""Names of which the halves are exchanged, or not told apart: the surname of one is the given name of the other, or all
that is written."""

import numpy as np

from include.matching.arrays import Bits, Flags
from include.matching.compare.levels import Pairs
from include.matching.compare.words import are_near, may_be_similar
from include.matching.records import Records


def crosswise(left: Records, right: Records, names: Pairs) -> tuple[Flags, Flags]:
    """Whether the surname of each is the given name of the other, by sound: of both, and of one alone."""
    a, b = left.names, right.names
    i, j = names
    given, family = (a.given.take(i), b.given.take(j)), (a.family_heard.take(i), b.family_heard.take(j))
    one = (family[0] == right.words.heard.take(given[1])) | (family[0] == b.given_heard.take(j))
    other = (family[1] == left.words.heard.take(given[0])) | (family[1] == a.given_heard.take(i))
    known: Flags = (a.family_count[i] > 0) & (b.family_count[j] > 0) & (given[0] > 0) & (given[1] > 0)
    return one & other & known, (one ^ other) & known


def half_crosswise(left: Records, right: Records, names: Pairs) -> tuple[Flags, Flags, Bits]:
    """Of names of which one half agrees crosswise: whether the other half does but for a misspelling, whether it is
    similar, and how common the half that agrees is."""
    a, b = left.names, right.names
    i, j = names
    crossings = (a.family[0][i], b.given[j]), (a.given[i], b.family[0][j])
    near, similar = np.zeros(len(i), dtype=bool), np.zeros(len(i), dtype=bool)
    some = np.flatnonzero(np.logical_and.reduce([may_be_similar(left.words, right.words, *each) for each in crossings]))
    each_half = [are_near(left.words, right.words, one[some], other[some]) for one, other in crossings]
    near[some], similar[some] = (np.logical_and(*both) for both in zip(*each_half, strict=True))
    agrees = a.family_heard[i] == right.words.heard[b.given[j]]
    agrees |= a.family_heard[i] == b.given_heard[j]
    ones, others = (np.where(agrees, *each) for each in zip(*crossings, strict=True))
    shares = [left.words.family_bits, left.words.given_bits], [right.words.family_bits, right.words.given_bits]
    common = np.max([each[at] for side, at in zip(shares, (ones, others), strict=True) for each in side], axis=0)
    return near, similar, common


def swapped_exactly(left: Records, right: Records, names: Pairs) -> Flags:
    """Of names that agree crosswise: whether both are spelled alike."""
    a, b = left.names, right.names
    i, j = names
    ones, others = left.words.plain.value, right.words.plain.value
    exact = (a.family_core[i] == others[b.given[j]]) | (a.family_joined[i] == b.given_joined[j])
    exact &= (b.family_core[j] == ones[a.given[i]]) | (b.family_joined[j] == a.given_joined[i])
    found: Flags = exact
    return found


def written_as_one(left: Records, right: Records, names: Pairs) -> Flags:
    """Whether names are one but for blanks: DOSTMOHAMMAD is DOST MOHAMMAD, whichever half of a name it is taken for."""
    a, b = left.names, right.names
    i, j = names
    found: Flags = a.whole.take(i) == b.whole.take(j)
    some = np.flatnonzero(found)
    found[some] = a.count[i[some]] != b.count[j[some]]
    return found
