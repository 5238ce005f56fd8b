"""Names: their halves, what is exchanged between them, and what their letters say."""

from dataclasses import replace

import numpy as np

from include.matching.arrays import Bits, Flags, Numbers
from include.matching.compare.crosswise import crosswise, half_crosswise, swapped_exactly, written_as_one
from include.matching.compare.levels import NONE, Level, Levels, Pairs, choose, equal, last, put
from include.matching.compare.middle import second_names
from include.matching.compare.words import are_near, are_nicknames, compare_given, is_among, may_be_similar
from include.matching.grids import Positions
from include.matching.model import LEVELS
from include.matching.names.nicknames import Nicknames
from include.matching.records import Records

# Levels that rapidfuzz may find where spelling and sound differ, the better one first.
BY_EDITS = {"family_name": ("close", "similar"), "given_name": ("variant", "similar"), "middle_name": ("variant",)}


def compare_names(left: Records, right: Records, names: Pairs, family: Levels) -> dict[str, Levels]:
    """Levels of the comparisons of names, for pairs of positions in `left.names` and `right.names`; `family`, what
    `compare_surnames` found, is changed where names are swapped."""
    a, b = left.names, right.names
    i, j = names
    order = np.maximum(a.order[i], b.order[j])
    given, middle = _as_written(left, right, names, family.level)
    both, half = crosswise(left, right, names)
    swapped = np.flatnonzero(both & (family.level != 0) & (given.level != 0))
    halves = np.flatnonzero(half & (family.level == last("family_name")) & (given.level == last("given_name")))
    if len(halves) and given.bits is not None:
        in_parts = _in_parts(left, i[halves]) & _in_parts(right, j[halves])
        near, similar, common = half_crosswise(left, right, (i[halves], j[halves]))
        swapped, far = np.append(swapped, halves[near]), ~near & in_parts
        halves, similar, common = halves[far], similar[far], common[far]
        family.level[halves[similar]] = LEVELS["family_name"].index("similar")
        given.level[halves], given.bits[halves] = 0, common
        middle.level[halves] = NONE
        order[halves] = 1
    if len(swapped):
        exact = swapped_exactly(left, right, (i[swapped], j[swapped]))
        family.level[swapped] = np.where(exact, 0, LEVELS["family_name"].index("close"))
        given.level[swapped] = np.where(exact, 0, LEVELS["given_name"].index("variant"))
        middle.level[swapped] = NONE
        order[swapped] = 1
    as_one = np.flatnonzero(written_as_one(left, right, names) & ((family.level != 0) | (given.level != 0)))
    family.level[as_one] = given.level[as_one] = 0
    middle.level[as_one] = NONE
    named = [(side.names.family[0][at] > 0) | (side.names.given[at] > 0) for side, at in ((left, i), (right, j))]
    known = named[0] & named[1]
    source = np.maximum(a.source[i], b.source[j])
    put(order, ~known, NONE)
    put(source, ~known, NONE)
    return {
        "name_order": Levels(order),
        "name_source": Levels(source),
        "family_name": family,
        "given_name": given,
        "middle_name": middle,
        "suffix": Levels(equal(a.suffix[i], b.suffix[j])),
    }


def _as_written(left: Records, right: Records, names: Pairs, family: Level) -> tuple[Levels, Levels]:
    """Levels of the given and of the middle names; `family`: those of the surnames."""
    a, b = left.names, right.names
    i, j = names
    ones, others = a.given[i], b.given[j]
    found = compare_given(left.words, right.words, ones, others)
    joined = (a.given_joined[i] == b.given_joined[j]) & (a.given_count[i] > 0)
    one_string = joined & (left.words.length[ones] > 1) & (right.words.length[others] > 1)
    found["exact"] |= one_string
    divided = a.given_count[i] != b.given_count[j]
    found["variant"] |= divided & (a.given_heard[i] == b.given_heard[j]) & (a.given_count[i] > 0)
    still_open = np.flatnonzero(~(found["exact"] | found["variant"] | found["initial"]))
    crossed = [np.zeros(len(i), dtype=bool), np.zeros(len(i), dtype=bool)]
    sides = (left.words, ones, right.words, b.middle, j), (right.words, others, left.words, a.middle, i)
    for flags, (own, firsts, of_other, next_ones, names_of) in zip(crossed, sides, strict=True):
        some = still_open[own.length[firsts[still_open]] > 1]
        next_of = next_ones.take(names_of[some], axis=1)
        flags[some] = is_among(own.plain.value[firsts[some]], of_other.plain.value, next_of)
    found["crossed"] = crossed[0] | crossed[1]
    known = (ones > 0) & (others > 0)
    of_each = left.words.given_bits[ones], right.words.given_bits[others]
    common = np.maximum(*of_each)
    some = np.flatnonzero(found["crossed"])
    shared = (np.where(flags[some], bits[some], 0) for flags, bits in zip(crossed, of_each, strict=True))
    common[some] = np.minimum(*shared)  # of two that are crossed the rarer
    given_level = choose("given_name", found, known)
    given = _by_initial(
        "given_name", given_level, common, left.words.initial_bits[ones], right.words.initial_bits[others]
    )
    reordered = (a.order[i] == 1) | (b.order[j] == 1)
    moved = reordered & (family == LEVELS["family_name"].index("partial"))
    second = second_names(left, right, names, given_level, moved)
    free = ~(one_string & divided)  # names that are divided in another way have used up the middle name
    second = second[0] * free, second[1] * free
    middle = compare_given(left.words, right.words, *second)
    second_common = np.maximum(left.words.given_bits[second[0]], right.words.given_bits[second[1]])
    level = choose("middle_name", middle, (second[0] > 0) & (second[1] > 0))
    initials = left.words.initial_bits[second[0]], right.words.initial_bits[second[1]]
    return given, replace(_by_initial("middle_name", level, second_common, *initials), words=second)


def _by_initial(comparison: str, level: Level, common: Bits, ones: Bits, others: Bits) -> Levels:
    """Levels of names that are so common; an initial is as common as the letter."""
    initial = np.flatnonzero(level == LEVELS[comparison].index("initial"))
    common[initial] = np.maximum(ones[initial], others[initial])
    return Levels(level, common)


def _in_parts(side: Records, names: Numbers) -> Flags:
    """Names that are read in one way only; a whole name has been read in every order already."""
    row = side.names.row[names]
    found: Flags = side.first_name[row + 1] - side.first_name[row] == 1
    return found


def given_differs(left: Records, right: Records, names: Pairs, nicknames: Nicknames) -> Flags:
    """Whether given names surely differ: they are known, and agree neither by letters, sound nor initial, nor with a
    middle name, nor as nicknames."""
    a, b = left.names, right.names
    i, j = names
    ones, others = a.given[i], b.given[j]
    alike: Flags = (ones == 0) | (others == 0) | (left.words.initials[ones] == right.words.initials[others])
    alike |= left.words.heard[ones] == right.words.heard[others]
    alike |= left.words.plain.value[ones] == right.words.plain.value[others]
    alike |= (a.given_heard[i] == b.given_heard[j]) | (a.given_joined[i] == b.given_joined[j])
    alike |= may_be_similar(left.words, right.words, ones, others)
    some = np.flatnonzero(~alike)
    i, j, ones, others = i[some], j[some], ones[some], others[some]
    alike[some] = are_nicknames(left.words, right.words, ones, others, nicknames)
    alike[some] |= is_among(left.words.plain.value[ones], right.words.plain.value, b.middle.take(j, axis=1))
    alike[some] |= is_among(right.words.plain.value[others], left.words.plain.value, a.middle.take(i, axis=1))
    differ: Flags = ~alike
    return differ


def open_words(
    comparison: str, left: Records, right: Records, names: Pairs, found: Levels, nicknames: Nicknames
) -> Numbers:
    """Positions of the names that differ by spelling and sound, and may yet be one by their letters, or as
    nicknames."""
    ones, others = _words_of(comparison, left, right, names, found)
    some = (found.level == last(comparison)) & (ones > 0) & (others > 0)
    if comparison == "family_name":  # of several words each might be meant
        some &= (left.names.family_count[names[0]] == 1) & (right.names.family_count[names[1]] == 1)
    at = np.flatnonzero(some)
    may_be = may_be_similar(left.words, right.words, ones[at], others[at])
    if comparison != "family_name":
        may_be |= are_nicknames(left.words, right.words, ones[at], others[at], nicknames)
    return at[may_be]


def _words_of(
    comparison: str, left: Records, right: Records, names: Pairs, found: Levels
) -> tuple[Positions, Positions]:
    """The words by which names are compared letter by letter."""
    if found.words is not None:
        return found.words
    a, b = left.names, right.names
    if comparison == "family_name":
        return a.family[0][names[0]], b.family[0][names[1]]
    return a.given[names[0]], b.given[names[1]]


def compare_bynames(left: Records, right: Records, names: Pairs, given: Levels) -> Levels:
    """Of given names that differ, whether one of the two is what people are called beside their own."""
    level = np.full(len(given.level), NONE, dtype=np.int8)
    some = np.flatnonzero((given.level == last("given_name")) & left.words.knows_bynames)
    level[some] = ~(_has_byname(left, names[0][some]) | _has_byname(right, names[1][some]))
    return Levels(level)


def _has_byname(side: Records, names: Numbers) -> Flags:
    """The name that somebody goes by is a byname. One among the other names of a row says nothing: the row has, beside
    it, a name that it is not."""
    found: Flags = side.words.byname[side.names.given[names]] & (side.names.source[names] == 0)
    return found


def refine_names(
    left: Records,
    right: Records,
    names: Pairs,
    found: dict[str, Levels],
    still_open: dict[str, Numbers],
    nicknames: Nicknames,
) -> None:
    """Ask rapidfuzz and the nicknames about the words that are open; changes `found` in place, to which bynames are
    added: which given names differ is known only then."""
    for comparison, at in still_open.items():
        near, *similar = BY_EDITS[comparison]
        names_of, level = LEVELS[comparison], found[comparison].level
        ones, others = _words_of(comparison, left, right, (names[0][at], names[1][at]), found[comparison].take(at))
        is_near, is_similar = are_near(left.words, right.words, ones, others)
        if similar:
            level[at[is_similar]] = names_of.index(similar[0])
        level[at[is_near]] = names_of.index(near)
        if comparison != "family_name":
            level[at[are_nicknames(left.words, right.words, ones, others, nicknames)]] = names_of.index(near)
    found["byname"] = compare_bynames(left, right, names, found["given_name"])
