"""Surnames, as written."""

import numpy as np

from include.matching.arrays import Bits, Flags
from include.matching.compare.levels import Levels, Pairs, choose
from include.matching.compare.words import begins_with
from include.matching.records import Records


def compare_surnames(left: Records, right: Records, names: Pairs) -> Levels:
    """Levels of the surnames, as written."""
    a, b = left.names, right.names
    i, j = names
    core = a.family_core.take(i), b.family_core.take(j)
    joined = a.family_joined.take(i), b.family_joined.take(j)
    known = (a.family_count[i] > 0) & (b.family_count[j] > 0)
    exact = (core[0] == core[1]) | (joined[0] == joined[1])
    may_be_cut = np.flatnonzero((a.cut[i] | b.cut[j]) & ~exact)
    exact[may_be_cut] = begins_with(left.words, right.words, a.family[0][i[may_be_cut]], b.family[0][j[may_be_cut]])
    close = a.family_heard.take(i) == b.family_heard.take(j)
    common = np.maximum(a.surnames.bits.take(a.surname.take(i)), b.surnames.bits.take(b.surname.take(j)))
    partial = np.zeros(len(i), dtype=bool)
    some = np.flatnonzero(known & ~exact & ~close & ((a.family_count[i] > 1) | (b.family_count[j] > 1)))
    if len(some):
        partial[some], common[some] = _shared_word(left, right, (i[some], j[some]), common[some])
    return Levels(choose("family_name", {"exact": exact, "close": close, "partial": partial}, known), common)


def _shared_word(left: Records, right: Records, names: Pairs, common: Bits) -> tuple[Flags, Bits]:
    """Whether two surnames of several words common a word by sound, and how common the rarest of these is."""
    ones, others = left.names.family.take(names[0], axis=1), right.names.family.take(names[1], axis=1)
    shared, rarest = np.zeros(len(common), dtype=bool), np.zeros(len(common), dtype=np.float32)
    for one in ones:
        there = np.flatnonzero(one)  # few have a third word, or a second
        heard = left.words.heard[one[there]]
        for other in others.take(there, axis=1):
            same = np.flatnonzero((heard == right.words.heard[other]) & (other > 0))
            some = there[same]
            both = np.maximum(left.words.family_bits[one[some]], right.words.family_bits[other[same]])
            rarest[some] = np.minimum(rarest[some], both)
            shared[some] = True
    return shared, np.where(shared, rarest, common)
