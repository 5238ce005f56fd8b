"""How well two values agree: one level per comparison (`model.LEVELS`), as whole arrays.

A level is a position in the comparison's tuple of `model.LEVELS`, or `NONE` where a value is missing on either side.
Pairs are two integer arrays of equal length: positions on the left and on the right. Spellings and sounds compare as
integers; rapidfuzz is asked only where they differ, once for each distinct pair of words.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

from include.matching.model import LEVELS
from include.matching.nicknames import Nicknames
from include.matching.records import DISTRICT_BITS, Records, organisation, street
from include.matching.words import Bits, Flags, Hashes, Numbers, Shares, Words, mix

Level = npt.NDArray[np.int8]
Pairs = tuple[Numbers, Numbers]
Positions = Numbers  # in `Words`; numpy is several times slower where positions have 32 bits

NONE = -1
OPEN = -2  # for rapidfuzz to say
LONG_WORD = 8  # letters from which two edits, not one, make the same word, if it begins alike (not HARPREET, JASPREET)
SHORT_FORM = 3  # letters from which the beginning of a name is a short form of it (ALEX), below it is an initial
SIMILAR = 0.6  # share of a word's letters that must stay for it to be similar: two edits in five letters
SIMILAR_STREET = 0.75  # of a street's: an apartment, an abbreviation that we do not know
SIMILAR_FIRM = 0.8
# Levels that rapidfuzz may find where spelling and sound differ, the better one first.
BY_EDITS = {"family_name": ("close", "similar"), "given_name": ("variant", "similar"), "middle_name": ("variant",)}
# Days, about: dates that are some weeks apart are as near across the turn of the year as within it.
HALF_A_YEAR = 6 * 31
YEAR_NEAR = 2  # years between an estimated year of birth and another

GENERATION = (16, 45)  # years between a parent and a child of one name


@dataclass(frozen=True)
class Levels:
    """Levels of n pairs in one comparison; of names also how common the shared name is: log2 of a share of people.

    `words`: of middle names, which were compared, where somebody has several: positions in `Words`.
    """

    level: Level
    bits: Bits | None = None
    words: tuple[Positions, Positions] | None = None

    def take(self, at: npt.NDArray[np.integer]) -> "Levels":
        """The levels of some of the pairs."""
        words = None if self.words is None else (self.words[0][at], self.words[1][at])
        return Levels(self.level.take(at), None if self.bits is None else self.bits.take(at), words)


# -- names


def compare_names(left: Records, right: Records, names: Pairs, family: Levels) -> dict[str, Levels]:
    """Levels of the comparisons of names, for pairs of positions in `left.names` and `right.names`; `family`, what
    `compare_surnames` found, is changed where names are swapped."""
    a, b = left.names, right.names
    i, j = names
    order = np.maximum(a.order[i], b.order[j])
    given, middle = _as_written(left, right, names, family.level)
    both, half = crosswise(left, right, names)
    swapped = np.flatnonzero(both & (family.level != 0) & (given.level != 0))
    halves = np.flatnonzero(half & (family.level == _last("family_name")) & (given.level == _last("given_name")))
    if len(halves) and given.bits is not None:
        in_parts = _in_parts(left, i[halves]) & _in_parts(right, j[halves])
        near, similar, common = _half_crosswise(left, right, (i[halves], j[halves]))
        swapped, far = np.append(swapped, halves[near]), ~near & in_parts
        halves, similar, common = halves[far], similar[far], common[far]
        family.level[halves[similar]] = LEVELS["family_name"].index("similar")
        given.level[halves], given.bits[halves] = 0, common
        middle.level[halves] = NONE
        order[halves] = 1
    if len(swapped):
        exact = _swapped_exactly(left, right, (i[swapped], j[swapped]))
        family.level[swapped] = np.where(exact, 0, LEVELS["family_name"].index("close"))
        given.level[swapped] = np.where(exact, 0, LEVELS["given_name"].index("variant"))
        middle.level[swapped] = NONE
        order[swapped] = 1
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
        "suffix": Levels(_same(a.suffix[i], b.suffix[j])),
    }


def _as_written(left: Records, right: Records, names: Pairs, family: Level) -> tuple[Levels, Levels]:
    """Levels of the given and of the middle names; `family`: those of the surnames."""
    a, b = left.names, right.names
    i, j = names
    ones, others = a.given[i], b.given[j]
    found = _given(left.words, right.words, ones, others)
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
        flags[some] = _among(own.plain.value[firsts[some]], of_other.plain.value, next_of)
    found["crossed"] = crossed[0] | crossed[1]
    known = (ones > 0) & (others > 0)
    of_each = left.words.given_bits[ones], right.words.given_bits[others]
    common = np.maximum(*of_each)
    some = np.flatnonzero(found["crossed"])
    shared = (np.where(flags[some], bits[some], 0) for flags, bits in zip(crossed, of_each, strict=True))
    common[some] = np.minimum(*shared)  # of two that are crossed the rarer
    given_level = _choose("given_name", found, known)
    given = _by_initial(
        "given_name", given_level, common, left.words.initial_bits[ones], right.words.initial_bits[others]
    )
    reordered = (a.order[i] == 1) | (b.order[j] == 1)
    moved = reordered & (family == LEVELS["family_name"].index("partial"))
    second = _second_names(left, right, names, given_level, moved)
    free = ~(one_string & divided)  # names that are divided in another way have used up the middle name
    second = second[0] * free, second[1] * free
    middle = _given(left.words, right.words, *second)
    second_common = np.maximum(left.words.given_bits[second[0]], right.words.given_bits[second[1]])
    level = _choose("middle_name", middle, (second[0] > 0) & (second[1] > 0))
    initials = left.words.initial_bits[second[0]], right.words.initial_bits[second[1]]
    return given, replace(_by_initial("middle_name", level, second_common, *initials), words=second)


def _second_names(
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
    some = np.flatnonzero((several & (ones > 0) & (others > 0) | moved) & (given != _last("given_name")))
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


def _by_initial(comparison: str, level: Level, common: Bits, ones: Bits, others: Bits) -> Levels:
    """Levels of names that are so common; an initial is as common as the letter."""
    initial = np.flatnonzero(level == LEVELS[comparison].index("initial"))
    common[initial] = np.maximum(ones[initial], others[initial])
    return Levels(level, common)


def compare_surnames(left: Records, right: Records, names: Pairs) -> Levels:
    """Levels of the surnames, as written."""
    a, b = left.names, right.names
    i, j = names
    core = a.family_core.take(i), b.family_core.take(j)
    joined = a.family_joined.take(i), b.family_joined.take(j)
    known = (a.family_count[i] > 0) & (b.family_count[j] > 0)
    exact = (core[0] == core[1]) | (joined[0] == joined[1])
    may_be_cut = np.flatnonzero((a.cut[i] | b.cut[j]) & ~exact)
    exact[may_be_cut] = _begins(left.words, right.words, a.family[0][i[may_be_cut]], b.family[0][j[may_be_cut]])
    close = a.family_heard.take(i) == b.family_heard.take(j)
    common = np.maximum(a.surnames.bits.take(a.surname.take(i)), b.surnames.bits.take(b.surname.take(j)))
    partial = np.zeros(len(i), dtype=bool)
    some = np.flatnonzero(known & ~exact & ~close & ((a.family_count[i] > 1) | (b.family_count[j] > 1)))
    if len(some):
        partial[some], common[some] = _shared_word(left, right, (i[some], j[some]), common[some])
    return Levels(_choose("family_name", {"exact": exact, "close": close, "partial": partial}, known), common)


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


def _given(ones: Words, others: Words, a: Positions, b: Positions) -> dict[str, Flags]:
    known = (a > 0) & (b > 0)
    shorter = np.minimum(ones.length[a], others.length[b])
    same = known & (ones.plain.value[a] == others.plain.value[b])
    exact = same & (shorter > 1)
    variant = ones.heard[a] == others.heard[b]
    begins = np.zeros(len(a), dtype=bool)
    some = np.flatnonzero(known & ~exact & (~variant | same) & (ones.initials[a] == others.initials[b]))
    begins[some] = _begins(ones, others, a[some], b[some])
    return {
        "exact": exact,
        "variant": known & (shorter > 1) & variant | begins & (shorter >= SHORT_FORM),
        "initial": begins & (shorter < SHORT_FORM),
    }


def _begins(ones: Words, others: Words, a: Positions, b: Positions) -> Flags:
    """One word begins with the whole other."""
    first, second = ones.letters.take(a, axis=0), others.letters.take(b, axis=0)
    found: Flags = ((first == second) | (first == 0) | (second == 0)).all(axis=1) & (a > 0) & (b > 0)
    return found


def _among(plain: Hashes, others: Hashes, grid: Positions) -> Flags:
    found = np.zeros(len(plain), dtype=bool)
    for words in grid:
        some = np.flatnonzero(words)
        found[some] |= others[words[some]] == plain[some]
    return found


def crosswise(left: Records, right: Records, names: Pairs) -> tuple[Flags, Flags]:
    """Whether the surname of each is the given name of the other, by sound: of both, and of one alone."""
    a, b = left.names, right.names
    i, j = names
    given, family = (a.given.take(i), b.given.take(j)), (a.family_heard.take(i), b.family_heard.take(j))
    one = (family[0] == right.words.heard.take(given[1])) | (family[0] == b.given_heard.take(j))
    other = (family[1] == left.words.heard.take(given[0])) | (family[1] == a.given_heard.take(i))
    known: Flags = (a.family_count[i] > 0) & (b.family_count[j] > 0) & (given[0] > 0) & (given[1] > 0)
    return one & other & known, (one ^ other) & known


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
    alike[some] = _are_nicknames(left.words, right.words, ones, others, nicknames)
    alike[some] |= _among(left.words.plain.value[ones], right.words.plain.value, b.middle.take(j, axis=1))
    alike[some] |= _among(right.words.plain.value[others], left.words.plain.value, a.middle.take(i, axis=1))
    differ: Flags = ~alike
    return differ


def _half_crosswise(left: Records, right: Records, names: Pairs) -> tuple[Flags, Flags, Bits]:
    """Of names of which one half agrees crosswise: whether the other half does but for a misspelling, whether it is
    similar, and how common the half that agrees is."""
    a, b = left.names, right.names
    i, j = names
    crossings = (a.family[0][i], b.given[j]), (a.given[i], b.family[0][j])
    near, similar = np.zeros(len(i), dtype=bool), np.zeros(len(i), dtype=bool)
    some = np.flatnonzero(np.logical_and.reduce([may_be_similar(left.words, right.words, *each) for each in crossings]))
    each_half = [_near(left.words, right.words, one[some], other[some]) for one, other in crossings]
    near[some], similar[some] = (np.logical_and(*both) for both in zip(*each_half, strict=True))
    agrees = a.family_heard[i] == right.words.heard[b.given[j]]
    agrees |= a.family_heard[i] == b.given_heard[j]
    ones, others = (np.where(agrees, *each) for each in zip(*crossings, strict=True))
    shares = [left.words.family_bits, left.words.given_bits], [right.words.family_bits, right.words.given_bits]
    common = np.max([each[at] for side, at in zip(shares, (ones, others), strict=True) for each in side], axis=0)
    return near, similar, common


def _swapped_exactly(left: Records, right: Records, names: Pairs) -> Flags:
    """Of names that agree crosswise: whether both are spelled alike."""
    a, b = left.names, right.names
    i, j = names
    ones, others = left.words.plain.value, right.words.plain.value
    exact = (a.family_core[i] == others[b.given[j]]) | (a.family_joined[i] == b.given_joined[j])
    exact &= (b.family_core[j] == ones[a.given[i]]) | (b.family_joined[j] == a.given_joined[i])
    found: Flags = exact
    return found


def open_words(
    comparison: str, left: Records, right: Records, names: Pairs, found: Levels, nicknames: Nicknames
) -> Numbers:
    """Positions of the names that differ by spelling and sound, and may yet be one by their letters, or as
    nicknames."""
    ones, others = _words_of(comparison, left, right, names, found)
    some = (found.level == _last(comparison)) & (ones > 0) & (others > 0)
    if comparison == "family_name":  # of several words each might be meant
        some &= (left.names.family_count[names[0]] == 1) & (right.names.family_count[names[1]] == 1)
    at = np.flatnonzero(some)
    may_be = may_be_similar(left.words, right.words, ones[at], others[at])
    if comparison != "family_name":
        may_be |= _are_nicknames(left.words, right.words, ones[at], others[at], nicknames)
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


def may_be_similar(ones: Words, others: Words, a: Positions, b: Positions) -> Flags:
    """Whether so few letters are in one word alone that they may be similar: an edit brings in at most one letter, and
    takes away at most one."""
    first, second = ones.letter_set[a], others.letter_set[b]
    edits = np.maximum(np.bitwise_count(first & ~second), np.bitwise_count(second & ~first))
    lengths = ones.length[a], others.length[b]
    longest = np.maximum(*lengths)
    found: Flags = np.maximum(edits, longest - np.minimum(*lengths)) <= longest * (1 - SIMILAR)
    return found


def _are_nicknames(ones: Words, others: Words, a: Positions, b: Positions, nicknames: Nicknames) -> Flags:
    found = nicknames.related(ones.spelling.value[a], others.spelling.value[b])
    for one, at, other, of_other in ((ones, a, others, b), (others, b, ones, a)):  # MD is whatever sounds as MOHAMMED
        some = np.flatnonzero(one.is_nickname[at])
        heard = other.heard[of_other[some]]
        found[some] |= (one.meant[at[some]] == heard[:, None]).any(axis=1) & (of_other[some] > 0)
    return found


def compare_bynames(left: Records, right: Records, names: Pairs, given: Levels) -> Levels:
    """Of given names that differ, whether one of the two is what people are called beside their own."""
    level = np.full(len(given.level), NONE, dtype=np.int8)
    some = np.flatnonzero((given.level == _last("given_name")) & left.words.knows_bynames)
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
        is_near, is_similar = _near(left.words, right.words, ones, others)
        if similar:
            level[at[is_similar]] = names_of.index(similar[0])
        level[at[is_near]] = names_of.index(near)
        if comparison != "family_name":
            level[at[_are_nicknames(left.words, right.words, ones, others, nicknames)]] = names_of.index(near)
    found["byname"] = compare_bynames(left, right, names, found["given_name"])


def _near(ones: Words, others: Words, a: Positions, b: Positions) -> tuple[Flags, Flags]:
    """Whether two words are so few edits apart that they may be one; and whether they are at least similar."""
    edits, longest = _edits(ones, others, a, b)
    two = (longest >= LONG_WORD) & (ones.initials[a] == others.initials[b])
    return edits <= np.where(two, 2, np.where(longest > SHORT_FORM, 1, 0)), edits <= longest * (1 - SIMILAR)


def _edits(ones: Words, others: Words, a: Positions, b: Positions) -> tuple[Numbers, Numbers]:
    """Optimal string alignment distance: letters more, less, changed, neighbours swapped; and the longer word's
    letters."""
    code, pair = pd.factorize(a * len(others) + b)
    first, second = ones.texts.take(pa.array(pair // len(others))), others.texts.take(pa.array(pair % len(others)))
    distance = process.cpdist(first.to_pylist(), second.to_pylist(), scorer=OSA.distance, dtype=np.uint8, workers=1)
    return distance[code], np.maximum(ones.length[a], others.length[b])


# -- the other fields


def compare_fields(left: Records, right: Records, pairs: Pairs) -> dict[str, Levels]:
    """Levels of every comparison of whole values: all but names, streets and firms."""
    a, b = pairs
    found = {
        "date_of_birth": _best_of(left.born, right.born, pairs, _dates),
        "sex": _same(left.sex[a], right.sex[b]),
        "country": _same(left.country[a], right.country[b]),
        "birth_place": _same(left.birth_place[a], right.birth_place[b]),
    }
    found["place"] = _places(left, right, pairs)
    unreadable = ~(left.country_known[a] & right.country_known[b])
    put(found["country"], unreadable & (found["country"] > 0), NONE)  # no contradiction
    for field, numbers in left.numbers.items():
        found[field] = _best_of(numbers, right.numbers[field], pairs, _numbers if field != "phone" else _phones)
    return {comparison: Levels(level.astype(np.int8)) for comparison, level in found.items()}


def _best_of(left: npt.NDArray[np.integer], right: npt.NDArray[np.integer], pairs: Pairs, compare: object) -> Level:
    """The best level that any two of several values reach."""
    best = np.full(len(pairs[0]), NONE, dtype=np.int8)
    for ones in left.T:
        if not ones.any():
            continue
        for others in right.T:
            x, y = ones[pairs[0]], others[pairs[1]]
            some = np.flatnonzero((x != 0) & (y != 0))
            level: Level = compare(x[some], y[some])  # type: ignore[operator]
            best[some] = np.where(best[some] == NONE, level, np.minimum(best[some], level))
    return best


def _same(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> Level:
    """0 the same, 1 different: the levels of the plainest comparisons."""
    level: Level = (a != b).astype(np.int8)
    put(level, (a == 0) | (b == 0), NONE)
    return level


def _dates(a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> Level:
    names = LEVELS["date_of_birth"]
    year_a, month_a, day_a = a // 10000, a // 100 % 100, a % 100
    year_b, month_b, day_b = b // 10000, b // 100 % 100, b % 100
    year, month, day = year_a == year_b, (month_a == month_b) & (month_a > 0), (day_a == day_b) & (day_a > 0)
    # 1 January stands for "some time in that year", as does a year alone
    vague = (a % 10000 == 101) | (b % 10000 == 101) | (day_a == 0) | (day_b == 0)
    found = np.full(len(a), len(names) - 1, dtype=np.int8)
    near = np.flatnonzero(year.astype(np.int8) + month + day == 2)  # a digit belongs to one of the three

    def say(level: str, where: Flags) -> None:
        put(found, where, names.index(level))

    apart = np.abs(year_a - year_b)
    say("generation", (apart >= GENERATION[0]) & (apart <= GENERATION[1]))
    say("same_year", year)
    turn = np.flatnonzero(~vague & (apart == 1))  # of the year
    found[turn[np.abs(_days(a[turn]) - _days(b[turn])) <= HALF_A_YEAR]] = names.index("same_year")
    say("year_near", vague & ~year & (apart <= YEAR_NEAR))
    say("year_only", vague & year)
    say("one_part", ~vague & (year.astype(np.int8) + month + day == 2))
    digit = np.zeros(len(a), dtype=bool)
    digit[near] = one_edit(a[near], b[near], 8)
    say("one_edit", ~vague & digit)
    say("century", ~vague & month & day & ((year_a - year_b) % 100 == 0))
    say("swapped", ~vague & year & (month_a == day_b) & (day_a == month_b))
    say("exact", ~vague & (a == b))
    return found


def _days(born: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Days, were every month as long as the longest."""
    return (born // 10000 * 12 + born // 100 % 100) * 31 + born % 100


def one_edit(a: npt.NDArray[np.integer], b: npt.NDArray[np.integer], digits: int) -> Flags:
    """Numbers that differ in one digit, or in the order of two neighbours."""
    apart = np.abs(a.astype(np.int64) - b)
    some = np.flatnonzero(
        _ONE_EDIT_APART[np.minimum(np.searchsorted(_ONE_EDIT_APART, apart), len(_ONE_EDIT_APART) - 1)] == apart
    )
    found = np.zeros(len(a), dtype=bool)
    found[some] = _one_digit(a[some], b[some], digits)
    return found


# What numbers that are one edit apart differ by: a digit in its place, or a multiple of nine in it.
_ONE_EDIT_APART = np.unique(np.multiply.outer(10 ** np.arange(12), [*range(1, 10), *range(9, 90, 9)]))


def _one_digit(a: npt.NDArray[np.integer], b: npt.NDArray[np.integer], digits: int) -> Flags:
    differ, turned = np.zeros(len(a), dtype=np.int8), np.zeros(len(a), dtype=bool)
    x, y = a.astype(np.int64), b.astype(np.int64)
    before = (np.full(len(a), -1), np.full(len(a), -1))
    for _ in range(digits):
        one, other = x % 10, y % 10
        differ += one != other
        turned |= (one != other) & (one == before[1]) & (other == before[0])
        before, x, y = (one, other), x // 10, y // 10
    found: Flags = (differ == 1) | ((differ == 2) & turned)
    return found


def _numbers(a: Numbers, b: Numbers) -> Level:
    """Positive numbers are digits; negative ones are hashes, which are equal or not."""
    level: Level = 2 * (a != b).astype(np.int8)
    some = np.flatnonzero((level > 0) & (a > 0) & (b > 0))
    level[some[one_edit(a[some], b[some], 10)]] = 1
    return level


def _phones(a: Numbers, b: Numbers) -> Level:
    level = _numbers(a, b)
    short = (a < 10_000_000) | (b < 10_000_000)  # an area code that is not written
    put(level, short & (a % 10_000_000 == b % 10_000_000), 0)
    return level


def _places(left: Records, right: Records, pairs: Pairs) -> Level:
    names = LEVELS["place"]
    a, b = pairs
    city = _same(left.city[a], right.city[b])
    x, y = left.postcode[a], right.postcode[b]
    code = _same(x, y)
    near = np.zeros(len(a), dtype=bool)
    some = np.flatnonzero((code == 1) & (x > 0) & (y > 0))
    near[some] = one_edit(x[some], y[some], 6)
    near |= (code == 1) & (x < 0) & (x >> DISTRICT_BITS == y >> DISTRICT_BITS)
    level = np.full(len(a), names.index("different"), dtype=np.int8)
    put(level, city == 0, names.index("city"))
    put(level, near & (city != 1), names.index("near"))
    put(level, code == 0, names.index("postcode"))
    put(level, (code == 0) & (city != 1), names.index("exact"))  # also where no city is known beside it
    put(level, (code == NONE) & (city == NONE), NONE)
    return level


def compare_texts(left: Records, right: Records, pairs: Pairs) -> dict[str, Levels]:
    """Levels of `street` and `organisation` where no text needs to be read; `OPEN` where it does."""
    a, b = pairs
    house_a, house_b = left.house[a], right.house[b]
    known = left.has_street[a] & right.has_street[b]
    street = np.full(len(a), NONE, dtype=np.int8)
    put(street, known, OPEN)
    put(street, known & (house_a > 0) & (house_b > 0) & (house_a != house_b), _last("street"))
    firm = _same(left.organisation[a], right.organisation[b])
    put(firm, firm == 1, OPEN)
    return {"street": Levels(street), "organisation": Levels(firm)}


def refine_texts(left: Records, right: Records, pairs: Pairs, found: dict[str, Levels]) -> None:
    """Read the texts that are still open; changes `found` in place."""
    for comparison, read in (("street", _streets), ("organisation", _firms)):
        level = found[comparison].level
        some = np.flatnonzero(level == OPEN)
        if len(some):
            level[some] = read(left, right, (pairs[0][some], pairs[1][some]))


def _streets(left: Records, right: Records, pairs: Pairs) -> Level:
    """Streets whose house numbers do not differ."""
    names = LEVELS["street"]
    alike = _alike(_texts(left, "street", pairs[0]), _texts(right, "street", pairs[1]))
    same_house = (left.house[pairs[0]] == right.house[pairs[1]]) & (left.house[pairs[0]] > 0)
    found = np.where(same_house, names.index("number"), names.index("different")).astype(np.int8)
    found[alike >= SIMILAR_STREET] = names.index("close")
    found[alike == 1.0] = names.index("exact")
    return found


def _firms(left: Records, right: Records, pairs: Pairs) -> Level:
    """Firms whose names differ; of SUNRISE DAIRY GRP the first two words may be all that somebody writes."""
    ones, others = (_texts(side, "organisation", rows) for side, rows in zip((left, right), pairs, strict=True))
    code, first, second = _pairs_of_texts(ones, others)
    goes_on = np.array([_goes_on(one, other) for one, other in zip(first, second, strict=True)], dtype=bool)
    close = (_alike(ones, others) >= SIMILAR_FIRM) | goes_on[code]
    return np.where(close, LEVELS["organisation"].index("close"), _last("organisation")).astype(np.int8)


def _goes_on(one: str, other: str) -> bool:
    """Whether one text is the other and more words, and the other has two at least."""
    short, long = sorted((one, other), key=len)
    return " " in short and long.startswith(f"{short} ")


def _alike(left: tuple[Numbers, list[str]], right: tuple[Numbers, list[str]]) -> Shares:
    """Share of the letters that stay, for each pair of texts given by position."""
    code, first, second = _pairs_of_texts(left, right)
    found: Shares = process.cpdist(first, second, scorer=OSA.normalized_similarity, dtype=np.float64, workers=1)[code]
    return found


def _pairs_of_texts(
    left: tuple[Numbers, list[str]], right: tuple[Numbers, list[str]]
) -> tuple[Numbers, list[str], list[str]]:
    """The distinct pairs of texts given by position, and which of them each pair is."""
    ones, others = left[1], right[1]
    code, pair = pd.factorize(left[0] * len(others) + right[0])
    return code, [ones[at] for at in pair // len(others)], [others[at] for at in pair % len(others)]


def _texts(records: Records, field: str, rows: Numbers) -> tuple[Numbers, list[str]]:
    """The distinct texts of a field in these rows, made plain, and the position of each row's text."""
    code, used = pd.factorize(rows)
    plain = _PLAIN[field](records.table.of_rows(field, used)).fill_null("").dictionary_encode()
    return plain.indices.to_numpy().astype(np.int64)[code], plain.dictionary.to_pylist()


_PLAIN = {"street": street, "organisation": organisation}


# -- tools


def _last(comparison: str) -> int:
    """The level that says that two values differ."""
    return len(LEVELS[comparison]) - 1


def _choose(comparison: str, found: dict[str, Flags], known: Flags) -> Level:
    """The best level found; the last one, contradiction, where none is."""
    names = LEVELS[comparison]
    level = np.full(len(known), len(names) - 1, dtype=np.int8)
    for name in reversed(names[:-1]):
        if name in found:
            put(level, found[name], names.index(name))
    put(level, ~known, NONE)
    return level


def put(level: Level, where: Flags, value: int) -> None:
    """`level[where] = value`, by arithmetic: many times faster, if it is as good as random where."""
    level += where * (np.int8(value) - level)
