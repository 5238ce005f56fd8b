"""Whether two words of a name are one: by spelling, sound, initial, letters, or as nicknames."""

import numpy as np
import pandas as pd
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

from include.matching.arrays import Flags, Hashes, Numbers
from include.matching.grids import Positions
from include.matching.names.nicknames import Nicknames
from include.matching.names.words import Words

LONG_WORD = 8  # letters from which two edits, not one, make the same word, if it begins alike (not HARPREET, JASPREET)
SHORT_FORM = 3  # letters from which the beginning of a name is a short form of it (ALEX), below it is an initial
SIMILAR = 0.6  # share of a word's letters that must stay for it to be similar: two edits in five letters


def compare_given(ones: Words, others: Words, a: Positions, b: Positions) -> dict[str, Flags]:
    """Given names, for each level but the last whether it is reached."""
    known = (a > 0) & (b > 0)
    shorter = np.minimum(ones.length[a], others.length[b])
    same = known & (ones.plain.value[a] == others.plain.value[b])
    exact = same & (shorter > 1)
    variant = ones.heard[a] == others.heard[b]
    begins = np.zeros(len(a), dtype=bool)
    some = np.flatnonzero(known & ~exact & (~variant | same) & (ones.initials[a] == others.initials[b]))
    begins[some] = begins_with(ones, others, a[some], b[some])
    return {
        "exact": exact,
        "variant": known & (shorter > 1) & variant | begins & (shorter >= SHORT_FORM),
        "initial": begins & (shorter < SHORT_FORM),
    }


def begins_with(ones: Words, others: Words, a: Positions, b: Positions) -> Flags:
    """One word begins with the whole other."""
    first, second = ones.letters.take(a, axis=0), others.letters.take(b, axis=0)
    found: Flags = ((first == second) | (first == 0) | (second == 0)).all(axis=1) & (a > 0) & (b > 0)
    return found


def is_among(plain: Hashes, others: Hashes, grid: Positions) -> Flags:
    """Whether each word is one of a name's, by plain spelling. `grid`: the words of the names."""
    found = np.zeros(len(plain), dtype=bool)
    for words in grid:
        some = np.flatnonzero(words)
        found[some] |= others[words[some]] == plain[some]
    return found


def may_be_similar(ones: Words, others: Words, a: Positions, b: Positions) -> Flags:
    """Whether so few letters are in one word alone that they may be similar: an edit brings in at most one letter, and
    takes away at most one."""
    first, second = ones.letter_set[a], others.letter_set[b]
    edits = np.maximum(np.bitwise_count(first & ~second), np.bitwise_count(second & ~first))
    lengths = ones.length[a], others.length[b]
    longest = np.maximum(*lengths)
    found: Flags = np.maximum(edits, longest - np.minimum(*lengths)) <= longest * (1 - SIMILAR)
    return found


def are_nicknames(ones: Words, others: Words, a: Positions, b: Positions, nicknames: Nicknames) -> Flags:
    """Whether one is short for the other, or both for a third."""
    found = nicknames.related(ones.spelling.value[a], others.spelling.value[b])
    for one, at, other, of_other in ((ones, a, others, b), (others, b, ones, a)):  # MD is whatever sounds as MOHAMMED
        some = np.flatnonzero(one.is_nickname[at])
        heard = other.heard[of_other[some]]
        found[some] |= (one.meant[at[some]] == heard[:, None]).any(axis=1) & (of_other[some] > 0)
    return found


def are_near(ones: Words, others: Words, a: Positions, b: Positions) -> tuple[Flags, Flags]:
    """Whether two words are so few edits apart that they may be one; and whether they are at least similar. Two that
    custom tells apart are similar at most (PYONG and KYONG)."""
    edits, longest = _edits(ones, others, a, b)
    two = (longest >= LONG_WORD) & (ones.initials[a] == others.initials[b])
    slips = np.where(two, 2, np.where(longest > SHORT_FORM, 1, 0))
    told_apart = ones.customary[a] & others.customary[b]
    return (edits <= slips) & ~told_apart, edits <= longest * (1 - SIMILAR)


def _edits(ones: Words, others: Words, a: Positions, b: Positions) -> tuple[Numbers, Numbers]:
    """Optimal string alignment distance: letters more, less, changed, neighbours swapped; and the longer word's
    letters."""
    code, pair = pd.factorize(a * len(others) + b)
    first, second = ones.texts.take(pa.array(pair // len(others))), others.texts.take(pa.array(pair % len(others)))
    distance = process.cpdist(first.to_pylist(), second.to_pylist(), scorer=OSA.distance, dtype=np.uint8, workers=1)
    return distance[code], np.maximum(ones.length[a], others.length[b])
