"""How well two values agree: one level per comparison (`model.LEVELS`), each distinct pair of values compared once.

A level is a position in the comparison's tuple of `model.LEVELS`, or `NONE` where a value is missing on either side.
Pairs are two integer arrays of equal length: positions on the left and on the right.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from include.matching.model import LEVELS, Model
from include.matching.normalise import IntArray, Name, Records, Texts, sound

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Pairs = tuple[IntArray, IntArray]

NONE = -1
LONG_WORD = 8  # letters from which two edits, not one, still make the same word
SOUNDS = 3  # consonants from which the same sound is the same word
SHORT_FORM = 3  # letters from which the beginning of a name is a short form of it (ALEX), below it is an initial
STREET_EDITS = 0.2  # share of a street's letters that may differ at one house number: an apartment, an abbreviation
FAMILY_WORDS = 3  # words of a surname that are looked at one by one


@dataclass(frozen=True)
class Levels:
    """Levels of n pairs in one comparison, and the frequency of the name they share (1 where it does not matter)."""

    level: IntArray
    frequency: Floats

    def take(self, positions: IntArray) -> "Levels":
        """The levels of some of the pairs."""
        return Levels(self.level[positions], self.frequency[positions])


def compare_names(left: Records, right: Records, names: Pairs, model: Model) -> dict[str, Levels]:
    """Levels of the comparisons of names, for pairs of positions in `left.names` and `right.names`."""
    every = [*left.names, *right.names]
    words = _Words.of(every, model)

    def compare(
        part: Callable[[Name], Hashable], levels: Callable[[list[Name], IntArray, IntArray], list[Levels]]
    ) -> list[Levels]:
        """Compare one part of the names; the first name that has a part stands for all that have it."""
        codes, _ = pd.factorize(_objects(part(name) for name in every))
        _, first = np.unique(codes, return_index=True)
        ones = [every[at] for at in first.tolist()]
        return _by_distinct(codes[names[0]], codes[len(left.names) + names[1]], lambda a, b: levels(ones, a, b))

    (family,) = compare(
        lambda n: (n.family, n.family_joined, n.family_cut), lambda n, a, b: [_family(n, a, b, words, model)]
    )
    given, middle = compare(
        lambda n: (n.given, n.middle, n.given_joined), lambda n, a, b: _given_and_middle(n, a, b, words, model)
    )
    (suffix,) = compare(lambda n: n.suffix, lambda n, a, b: [_plain(_same(_objects(name.suffix for name in n), a, b))])
    named = np.array([bool(name.family_joined or name.given) for name in every], dtype=bool)
    known = named[names[0]] & named[len(left.names) + names[1]]
    order = np.maximum(left.name_order[names[0]], right.name_order[names[1]])
    source = np.maximum(left.name_source[names[0]], right.name_source[names[1]])
    return {
        "name_order": _plain(np.where(known, order, NONE)),
        "name_source": _plain(np.where(known, source, NONE)),
        "family_name": family,
        "given_name": given,
        "middle_name": middle,
        "suffix": suffix,
    }


def compare_fields(left: Records, right: Records, pairs: Pairs, model: Model) -> dict[str, Levels]:
    """Levels of every comparison that is not about names."""
    a, b = pairs
    return {
        "date_of_birth": _plain(_dates(left.born[a], right.born[b])),
        "sex": _field(left, right, pairs, "sex", _same),
        "birth_country": _field(left, right, pairs, "birth_country", lambda v, i, j: _countries(v, i, j, model)),
        "a_number": _field(left, right, pairs, "a_number", lambda v, i, j: _numbers(v, i, j, "a_number")),
        "ssn": _field(left, right, pairs, "ssn", lambda v, i, j: _numbers(v, i, j, "ssn")),
        "phone": _field(left, right, pairs, "phone", _phones),
        "address": _plain(_addresses(left, right, pairs)),
    }


# -- names


@dataclass(frozen=True)
class _Words:
    """Every word of the names on both sides, once, with what is asked of pairs of words."""

    code: dict[str, int]  # word -> position; the empty word is 0
    texts: Texts
    length: IntArray
    sounds: IntArray  # equal for words that sound alike
    full: IntArray  # equal for nicknames of one name
    first: IntArray  # equal for words with the same first letter

    @classmethod
    def of(cls, names: Iterable[Name], model: Model) -> "_Words":
        """The words of these names; whole surnames and whole given names, written as one word, are words too."""
        parts = (
            (*n.family, "".join(n.family), n.family_joined, n.given, *n.middle, n.given_joined)
            for n in dict.fromkeys(names)
        )
        code = {"": 0}
        for part in parts:
            for word in part:
                code.setdefault(word, len(code))
        texts = list(code)
        # too little sound tells nothing (TN is TUAN and THANH): such a word sounds like itself only
        sounds = [heard if len(heard := sound(text)) >= SOUNDS else f"={text}" for text in texts]
        full = [model.nicknames.get(text, text) for text in texts]
        return cls(
            code=code,
            texts=_objects(texts),
            length=np.array([len(text) for text in texts], dtype=np.int64),
            sounds=pd.factorize(_objects(sounds))[0],
            full=pd.factorize(_objects(full))[0],
            first=pd.factorize(_objects(text[:1] for text in texts))[0],
        )

    def codes(self, texts: Iterable[str]) -> IntArray:
        return np.array([self.code[text] for text in texts], dtype=np.int64)

    def alike(self, a: IntArray, b: IntArray) -> Flags:
        """Spellings of one word: the same sound, or one edit (two in a long word, none in a short one)."""
        length = np.maximum(self.length[a], self.length[b])
        edits = np.where(length >= LONG_WORD, 2, np.where(length > SHORT_FORM, 1, 0))
        known = (a > 0) & (b > 0)
        near = np.flatnonzero(known & (np.abs(self.length[a] - self.length[b]) <= edits) & (edits > 0))
        found: Flags = known & (self.sounds[a] == self.sounds[b])
        found[near] |= _edits(self.texts[a[near]], self.texts[b[near]], 2) <= edits[near]
        return found

    def begins(self, a: IntArray, b: IntArray) -> Flags:
        """One word begins with the whole other."""
        found: Flags = (a > 0) & (b > 0) & (self.first[a] == self.first[b])
        some = np.flatnonzero(found)
        pairs = zip(self.texts[a[some]].tolist(), self.texts[b[some]].tolist(), strict=True)
        found[some] = [x.startswith(y) or y.startswith(x) for x, y in pairs]
        return found


def _family(names: list[Name], a: IntArray, b: IntArray, words: _Words, model: Model) -> Levels:
    core, joined = words.codes("".join(n.family) for n in names), words.codes(n.family_joined for n in names)
    known = (joined[a] > 0) & (joined[b] > 0)
    exact = (joined[a] == joined[b]) | (core[a] == core[b]) | (core[a] == joined[b]) | (joined[a] == core[b])
    cut = np.array([name.family_cut for name in names], dtype=bool)
    exact |= (cut[a] | cut[b]) & words.begins(joined[a], joined[b])
    close = ~exact & (words.alike(core[a], core[b]) | words.alike(joined[a], joined[b]))
    whole = np.array([model.family_frequency(name.family) for name in names])
    frequency = np.maximum(whole[a], whole[b])

    count = np.array([len(name.family) for name in names], dtype=np.int64)
    padded = [[*words.codes(name.family[:FAMILY_WORDS]), 0, 0, 0][:FAMILY_WORDS] for name in names]
    single = np.array(padded, dtype=np.int64).reshape(-1, FAMILY_WORDS)
    rest = np.flatnonzero(known & ~exact & ~close & (np.maximum(count[a], count[b]) > 1))
    shared, share = _shared_word(single[a[rest]], single[b[rest]], words, model)
    frequency[rest[shared]] = share[shared]
    partial = np.zeros(len(a), dtype=bool)
    partial[rest] = shared
    level = _choose("family_name", {"exact": exact, "close": close, "partial": partial}, known)
    return Levels(level, frequency)


def _shared_word(a: IntArray, b: IntArray, words: _Words, model: Model) -> tuple[Flags, Floats]:
    """Whether two surnames of several words (n x 3 each) share a word, and how frequent the word is."""
    known = np.array([model.family_frequency([text]) for text in words.texts.tolist()])
    shared, frequency = np.zeros(len(a), dtype=bool), np.ones(len(a))
    for i in range(FAMILY_WORDS):
        for j in range(FAMILY_WORDS):
            alike = words.alike(a[:, i], b[:, j])
            frequency = np.where(alike, np.minimum(frequency, np.maximum(known[a[:, i]], known[b[:, j]])), frequency)
            shared |= alike
    return shared, frequency


def _given_and_middle(names: list[Name], a: IntArray, b: IntArray, words: _Words, model: Model) -> list[Levels]:
    given, joined = words.codes(n.given for n in names), words.codes(n.given_joined for n in names)
    one_string = (joined[a] == joined[b]) & (words.length[joined[a]] > 1)
    found = _given(given[a], given[b], words)
    found["exact"] |= one_string
    parts = np.array([1 + len(name.middle) for name in names])
    # only where the names are divided in another way: of names that share a middle name, most of the letters agree
    found["variant"] |= words.alike(joined[a], joined[b]) & (parts[a] != parts[b])
    some = np.flatnonzero(~(found["exact"] | found["variant"] | found["initial"]))
    left, right = (_one_among_others(names, *ends, some) for ends in ((a, b), (b, a)))
    found["crossed"] = left | right
    level = _choose("given_name", found, (given[a] > 0) & (given[b] > 0))
    known = np.array([model.given_frequency(name.given) for name in names])
    frequency = np.where(left, known[a], np.where(right, known[b], np.maximum(known[a], known[b])))

    second = words.codes(n.middle[0] if n.middle else "" for n in names)
    # a name that was crossed, or divided in another way, has used up the middle name
    free = (second[a] > 0) & (second[b] > 0) & ~found["crossed"] & ~(one_string & (given[a] != given[b]))
    second_known = np.array([model.given_frequency(name.middle[0] if name.middle else "") for name in names])
    middle = _choose("middle_name", _given(second[a], second[b], words), free)
    return [Levels(level, frequency), Levels(middle, np.maximum(second_known[a], second_known[b]))]


def _one_among_others(names: list[Name], a: IntArray, b: IntArray, some: IntArray) -> Flags:
    """Whether the first given name of `a` is a middle name of `b`; looked at only in `some` positions."""
    found = np.zeros(len(a), dtype=bool)
    pairs = zip(a[some].tolist(), b[some].tolist(), strict=True)
    found[some] = [len(names[i].given) > 1 and names[i].given in names[j].middle for i, j in pairs]
    return found


def _given(a: IntArray, b: IntArray, words: _Words) -> dict[str, Flags]:
    begins = words.begins(a, b)
    shorter = np.minimum(words.length[a], words.length[b])
    return {
        "exact": (a == b) & (shorter > 1),
        "variant": words.alike(a, b)
        | (words.full[a] == words.full[b]) & (shorter > 1)
        | begins & (shorter >= SHORT_FORM),
        "initial": begins & (shorter < SHORT_FORM),
    }


# -- the other fields


def _dates(a: IntArray, b: IntArray) -> IntArray:
    (year_a, month_a, day_a), (year_b, month_b, day_b) = ((n // 10000, n // 100 % 100, n % 100) for n in (a, b))
    year, month, day = year_a == year_b, month_a == month_b, day_a == day_b
    default = (a % 10000 == 101) | (b % 10000 == 101)  # 1 January stands for "some time in that year"
    return _choose(
        "date_of_birth",
        {
            "exact": (a == b) & ~default,
            "swapped": year & (month_a == day_b) & (day_a == month_b) & ~default,
            "century": month & day & ((year_a - year_b) % 100 == 0) & ~year & ~default,
            "one_edit": _one_digit(a, b) & ~default,
            "year_only": year & default,
            "one_part": (year.astype(np.int64) + month + day == 2) & ~default,
        },
        (a > 0) & (b > 0),
    )


def _one_digit(a: IntArray, b: IntArray) -> Flags:
    """Numbers of eight digits that differ in one digit, or in the order of two neighbours."""
    powers = 10 ** np.arange(7, -1, -1)
    left, right = a[:, None] // powers % 10, b[:, None] // powers % 10
    differ = left != right
    turned = differ[:, :-1] & differ[:, 1:] & (left[:, :-1] == right[:, 1:]) & (left[:, 1:] == right[:, :-1])
    count = differ.sum(axis=1)
    found: Flags = (count == 1) | ((count == 2) & turned.any(axis=1))
    return found


def _countries(values: Texts, a: IntArray, b: IntArray, model: Model) -> IntArray:
    readable = np.array([value in model.countries for value in values], dtype=bool)
    level = _same(values, a, b)
    return np.where((level > 0) & ~(readable[a] & readable[b]), NONE, level)  # unreadable is not a contradiction


def _numbers(values: Texts, a: IntArray, b: IntArray, comparison: str) -> IntArray:
    known = _known(values, a, b)
    near = np.zeros(len(a), dtype=bool)
    near[known] = _edits(values[a[known]], values[b[known]], 1) <= 1
    return _choose(comparison, {"exact": a == b, "one_edit": near}, known)


def _phones(values: Texts, a: IntArray, b: IntArray) -> IntArray:
    local = np.array([value[-7:] for value in values], dtype=object)
    short = np.array([len(value) == 7 for value in values], dtype=bool)
    exact = (a == b) | ((short[a] | short[b]) & (local[a] == local[b]))  # an area code that is not written
    return _choose("phone", {"exact": exact.astype(bool)}, _known(values, a, b))


def _addresses(left: Records, right: Records, pairs: Pairs) -> IntArray:
    def agree(field: str) -> tuple[Flags, Flags]:
        """Where the values are equal, and where they differ."""
        level = _field(left, right, pairs, field, _same).level
        return level == 0, level == 1

    (postal, no_postal), (city, no_city), (_, no_state) = agree("postal_code"), agree("city"), agree("state")
    place = postal | (city & ~no_state)
    street = np.zeros(len(place), dtype=bool)
    here = (pairs[0][place], pairs[1][place])
    street[place] = _field(left, right, here, "street", _streets).level == 0
    known = postal | no_postal | city | no_city | no_state
    return _choose("address", {"same": street, "postal_code": postal, "city": city & ~no_state}, known)


def _streets(values: Texts, a: IntArray, b: IntArray) -> IntArray:
    number = np.array([next((word for word in value.split() if word.isdigit()), "") for value in values], dtype=object)
    length = np.array([len(value) for value in values], dtype=np.int64)
    alike = _known(values, a, b) & (number[a] == number[b]).astype(bool)
    allowed = (np.maximum(length[a], length[b]) * STREET_EDITS).astype(np.int64)
    alike[alike] = _edits(values[a[alike]], values[b[alike]], None) <= allowed[alike]
    return np.where(alike, 0, NONE)


# -- tools


def _objects(values: Iterable[Hashable]) -> Texts:
    return np.fromiter(values, dtype=object)  # np.array would make a matrix of tuples


def _plain(level: IntArray) -> Levels:
    return Levels(level, np.ones(len(level)))


def _choose(comparison: str, found: dict[str, Flags], known: Flags) -> IntArray:
    """The best level found; the last one, contradiction, where none is."""
    names = LEVELS[comparison]
    level = np.select([found[name] for name in names[:-1]], list(range(len(names) - 1)), len(names) - 1)
    return np.where(known, level, NONE).astype(np.int64)


def _known(values: Texts, a: IntArray, b: IntArray) -> Flags:
    present = values.astype(bool)
    found: Flags = present[a] & present[b]
    return found


def _same(values: Texts, a: IntArray, b: IntArray) -> IntArray:
    """0 the same, 1 different: the levels of the plainest comparisons."""
    return np.where(_known(values, a, b), (a != b).astype(np.int64), NONE)


def _field(
    left: Records,
    right: Records,
    pairs: Pairs,
    field: str,
    levels: Callable[[Texts, IntArray, IntArray], IntArray],
) -> Levels:
    codes, distinct = pd.factorize(np.concatenate([left.fields[field], right.fields[field]]))
    a, b = codes[: len(left.ids)][pairs[0]], codes[len(left.ids) :][pairs[1]]
    (found,) = _by_distinct(a, b, lambda i, j: [_plain(levels(distinct, i, j))])
    return found


def _by_distinct(a: IntArray, b: IntArray, levels: Callable[[IntArray, IntArray], list[Levels]]) -> list[Levels]:
    """Compare each distinct pair of codes once."""
    width = int(b.max(initial=0)) + 1
    inverse, distinct = pd.factorize(a * width + b)
    return [each.take(inverse) for each in levels(distinct // width, distinct % width)]


def _edits(a: Texts, b: Texts, cutoff: int | None) -> IntArray:
    """Optimal string alignment distance: letters more, less, changed, neighbours swapped; cutoff + 1 if more."""
    found = process.cpdist(a.tolist(), b.tolist(), scorer=OSA.distance, score_cutoff=cutoff, dtype=np.uint16, workers=1)
    return np.asarray(found, dtype=np.int64)
