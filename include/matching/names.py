"""Names as agencies write them -> readings: which word is whose part. A reading depends on its own row alone.

A name in parts has one reading. A whole name has several: with a comma the surname stands first; without one it may be
the last word, the first, or the last two. Readings are kept as arrays of positions in `words.Words`: a grid has a row
for the first word of each name, one for the second, and so on, since each is looked at by itself.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.fields import SEPARATOR, Column, Table, distinct
from include.matching.scripts import in_latin
from include.matching.words import (
    Bits,
    Flags,
    Frequencies,
    Hashed,
    Hashes,
    Meanings,
    Numbers,
    Words,
    have_other,
    hear_by_custom,
    join,
    mix,
    read_words,
)

Positions = Numbers  # in `Words`

NAME_WIDTH = 30  # TECS cuts a name there: its last word may be the beginning of a longer one
LETTERS_AND_BLANK = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ "
MAX_WORDS = 8  # of a name; more is not a name, and keys grow with the square
MAX_OTHER_NAMES = 8  # of a person; each is compared with every name of a candidate
FAMILY_WORDS = 3  # words of a surname that are looked at one by one

# Words of a surname that are written, joined or left out at will.
PARTICLES = frozenset({
    "DE", "LA", "LAS", "LOS", "DEL", "DELA", "DELOS", "DA", "DAS", "DI", "DO", "DOS", "DU", "VAN", "VON", "DER", "DEN",
    "TER", "BIN", "BINT", "BINTE", "BINTI", "BTE", "IBN", "BEN", "OULD", "AL", "EL", "UL", "ABU", "MC", "MAC", "Y", "E",
})  # fmt: skip
SUFFIXES = {"JR": "JR", "SR": "SR", "II": "II", "III": "III", "IV": "IV"}
ORDINALS = {"2ND": "II", "3RD": "III", "4TH": "IV"}
# No name, said in words, and titles. NULL is a surname, and the contracts blank the text `null` before it comes here.
PLACEHOLDERS = frozenset({
    "FNU", "LNU", "NFN", "NLN", "NMN", "NMI", "UNKNOWN", "UNK", "UNKN", "XXX", "NONE", "MR", "MRS", "MISS", "DR",
    "PROF", "REV", "SHRI", "SMT", "MST", "INFANT", "NEWBORN", "ANONYMOUS", "ANON", "UNIDENTIFIED",
})  # fmt: skip
# What registers write for people whose name nobody gave. One of them alone may be a name (SON is Vietnamese, BABY a
# name in Manila); several, and nothing else, are none: BABY BOY, DAUGHTER OF, ADULT MALE. No letters and no articles:
# A M are initials, M HOUSE is somebody's name, and so is THE SON in Vietnam.
ROLES = frozenset({
    "BABY", "BOY", "GIRL", "CHILD", "TWIN", "SON", "DAUGHTER", "MOTHER", "FATHER", "BROTHER", "SISTER", "WIFE",
    "HUSBAND", "MAN", "WOMAN", "GENTLEMAN", "LADY", "MALE", "FEMALE", "ADULT", "PERSON", "HOUSE", "OF",
})  # fmt: skip
SUFFIX_NAMES = ("", *dict.fromkeys(SUFFIXES.values()))
# What words are beside names, or are not: all of it is looked up at once. The last is any other word.
_SPECIAL = ["", *sorted({*PARTICLES, *PLACEHOLDERS, *ROLES, *SUFFIXES})]
_IS_PARTICLE, _IS_ROLE = (np.array([*(word in kind for word in _SPECIAL), False]) for kind in (PARTICLES, ROLES))
_IS_NAME = np.array([*(word not in {"", *PLACEHOLDERS} for word in _SPECIAL), True])
_SUFFIX = np.array([*(SUFFIX_NAMES.index(SUFFIXES.get(word, "")) for word in _SPECIAL), 0], dtype=np.int8)


@dataclass(frozen=True)
class Surnames:
    """k surnames. No part is 0, or hash 0."""

    words: Positions  # FAMILY_WORDS x k, without particles
    count: npt.NDArray[np.int8]
    core: Hashes  # of the words, spelled plainly, as one word
    joined: Hashes  # all of them with particles, as one word: DELACRUZ
    heard: Hashes  # equal for surnames that sound alike as one word
    bits: Bits  # log2 of the share of people who bear the words together

    @classmethod
    def of(cls, grid: Positions, words: Words, particles: Flags) -> "Surnames":
        """From all their words, particles included; which of `words` are such."""
        grid = _trimmed(grid, FAMILY_WORDS)
        core, only_particles = _compact(grid, particles[grid])
        alone = np.flatnonzero(only_particles)
        core[:, alone] = grid[:, alone]
        joined = _joined(grid, words.spelling)
        return cls(
            words=core[:FAMILY_WORDS],
            count=_count(core),
            core=_joined(core, words.plain),
            joined=joined,
            heard=_heard(core, joined, words),
            bits=_family_bits(core[:FAMILY_WORDS], words),
        )

    def with_words(self, words: Words) -> "Surnames":
        """The same surnames of words that are commoner or rarer."""
        return replace(self, bits=_family_bits(self.words, words))


@dataclass(frozen=True)
class Forenames:
    """k times all given names of somebody. No part is 0, or hash 0."""

    given: Positions  # the first
    middle: Positions  # the next ones, without particles: a row for each that anybody has, and at least one
    count: npt.NDArray[np.int8]
    joined: Hashes  # all as one word: XIAOMING
    heard: Hashes

    @classmethod
    def of(cls, grid: Positions, words: Words, particles: Flags) -> "Forenames":
        """From all their words; which of `words` are particles."""
        grid = _trimmed(grid, 2)
        rest = np.zeros_like(grid)
        rest[:-1] = grid[1:]
        middle, _ = _compact(rest, particles[rest])
        joined = _joined(grid, words.spelling)
        return cls(
            given=grid[0],
            middle=middle[: max(_width(middle), 1)],
            count=_count(grid),
            joined=joined,
            heard=_heard(grid, joined, words),
        )


EACH = ("row", "order", "source", "cut", "suffix", "surname", "forename")  # what a reading has


@dataclass(frozen=True)
class Names:
    """n readings, in the order of their rows. Few halves of names are many names: each half is kept once."""

    row: Numbers
    order: npt.NDArray[np.int8]  # 0 as written, 1 in another order
    source: npt.NDArray[np.int8]  # 0 the name, 1 another name
    cut: Flags  # the surname may go on
    suffix: npt.NDArray[np.int8]  # position in SUFFIX_NAMES
    surname: Numbers  # position in surnames
    forename: Numbers
    surnames: Surnames
    forenames: Forenames

    def __len__(self) -> int:
        return len(self.row)

    def take(self, at: npt.NDArray[np.integer]) -> "Names":
        """Some of the readings."""
        return replace(self, **{field: getattr(self, field).take(at) for field in EACH})

    def concat(self, others: "Names") -> "Names":
        """And readings of the same halves."""
        both: dict[str, Any] = {field: np.append(getattr(self, field), getattr(others, field)) for field in EACH}
        return replace(self, **both)

    def with_words(self, words: Words) -> "Names":
        """The same names of words that are commoner or rarer."""
        return replace(self, surnames=self.surnames.with_words(words))

    # what the halves say, for each reading

    @cached_property
    def family(self) -> Positions:
        """Words of the surname."""
        return self.surnames.words.take(self.surname, axis=1)

    @cached_property
    def family_count(self) -> npt.NDArray[np.int8]:
        """How many they are."""
        return self.surnames.count[self.surname]

    @cached_property
    def family_core(self) -> Hashes:
        """As one word, spelled plainly."""
        return self.surnames.core.take(self.surname)

    @cached_property
    def family_joined(self) -> Hashes:
        """As one word, particles included."""
        return self.surnames.joined.take(self.surname)

    @cached_property
    def family_heard(self) -> Hashes:
        """Their sound."""
        return self.surnames.heard.take(self.surname)

    @cached_property
    def given(self) -> Positions:
        """The first given name."""
        return self.forenames.given.take(self.forename)

    @cached_property
    def middle(self) -> Positions:
        """The next ones."""
        return self.forenames.middle.take(self.forename, axis=1)

    @cached_property
    def given_count(self) -> npt.NDArray[np.int8]:
        """How many given names there are."""
        return self.forenames.count[self.forename]

    @cached_property
    def given_joined(self) -> Hashes:
        """As one word."""
        return self.forenames.joined.take(self.forename)

    @cached_property
    def given_heard(self) -> Hashes:
        """Their sound."""
        return self.forenames.heard.take(self.forename)


@dataclass(frozen=True)
class _Halves:
    """Parts of names as words, some of them distinct, and which of them each reading has."""

    grid: Positions  # MAX_WORDS x k
    at: Numbers

    @classmethod
    def of(cls, grid: Positions) -> "_Halves":
        """One for each reading."""
        return cls(grid, np.arange(grid.shape[1]))

    @cached_property
    def words(self) -> npt.NDArray[np.int8]:
        """How many words each reading's half has: 0, 1, or 2 for more."""
        count: npt.NDArray[np.int8] = ((self.grid[0] > 0).astype(np.int8) + (self.grid[1] > 0))[self.at]
        return count

    def take(self, at: Numbers) -> "_Halves":
        code, used = pd.factorize(self.at[at])
        return _Halves(self.grid.take(used, axis=1), code)

    @classmethod
    def concat(cls, found: list["_Halves"]) -> "_Halves":
        start = np.cumsum([0, *(each.grid.shape[1] for each in found)])
        at = [each.at + offset for each, offset in zip(found, start[:-1], strict=True)]
        return cls(np.concatenate([each.grid for each in found], axis=1), np.concatenate(at))


@dataclass(frozen=True)
class _Readings:
    """Readings of which the surname and the given names are told apart."""

    row: Numbers
    family: _Halves
    given: _Halves
    suffix: npt.NDArray[np.int8]
    cut: Flags
    order: int = 0
    source: npt.NDArray[np.int8] | None = None  # none: the name


@dataclass(frozen=True)
class _Split:
    """m texts as words: a grid of positions in `Words`, filled from the first, and how many there are."""

    grid: Positions  # MAX_WORDS x m
    count: Numbers
    suffix: npt.NDArray[np.int8]

    def take(self, at: Numbers) -> "_Split":
        return _Split(self.grid.take(at, axis=1), self.count[at], self.suffix[at])

    def between(self, start: int, end: int) -> "_Split":
        return _Split(self.grid[:, start:end], self.count[start:end], self.suffix[start:end])


def read_names(
    table: Table,
    meanings: Meanings,
    frequencies: Frequencies,
) -> tuple[Words, Names]:
    """Every reading of every name of a table. A row of which no name is known has one reading in which nothing is."""
    parts = {field: table.distinct(field) for field in ("family", "given", "middle")}
    whole, whole_row, source = _whole_names(table)
    whole_code, whole_texts = distinct(whole)
    whole_texts = _without_rank(whole_texts)
    last, first = _at_comma(_blank_left_out(_surname_apart(_suffix_without_comma(whole_texts))))
    texts = [*(values for _, values in parts.values()), last, first]
    words, particles, splits = _split(texts, meanings, frequencies)
    found = []
    if any(name in table for name in ("family", "given", "middle")):
        found += _in_parts(splits[:3], [code for code, _ in parts.values()])
    if len(whole_texts):
        commas = pc.is_valid(first).to_numpy(zero_copy_only=False)[whole_code]
        cut = pc.greater_equal(pc.utf8_length(whole_texts), NAME_WIDTH).to_numpy(zero_copy_only=False)[whole_code]
        with_comma, without = whole_code[commas], whole_code[~commas]
        for kind, chosen_rows in (
            (_with_comma(splits[3].take(with_comma), splits[4].take(with_comma), cut[commas], particles), commas),
            (_without_comma(splits[3].take(without), cut[~commas], particles), ~commas),
        ):
            rows, sources = whole_row[chosen_rows], source[chosen_rows]
            found += [replace(each, row=rows[each.row], source=sources[each.row]) for each in kind]
    return words, _complete(found, len(table), words, particles)


def ascii_upper(values: Column) -> Column:
    """Transliterated and in capitals; the same for all that looks or sounds the same in another alphabet."""
    plain = pc.string_is_ascii(values)
    if not pc.all(plain.fill_null(True)).as_py():
        foreign = pc.and_(pc.is_valid(values), pc.invert(plain)).fill_null(False)
        read = pa.array([in_latin(text) for text in values.filter(foreign).to_pylist()], pa.string())
        values = pc.replace_with_mask(values, foreign, read)
    return pc.ascii_upper(values)


def _letters(values: Column) -> Column:
    """Words of letters: hyphens part, apostrophes and full stops join, digits go, a misread letter amid a word too."""
    values = ascii_upper(values)
    odd = pa.array(have_other(values, LETTERS_AND_BLANK))
    if not pc.any(odd).as_py():
        return values
    cleaned = values.filter(odd)
    for ordinal, suffix in ORDINALS.items():
        cleaned = pc.replace_substring_regex(cleaned, rf"\b{ordinal}\b", suffix)
    cleaned = pc.replace_substring_regex(cleaned, r"['`.´]", "")
    cleaned = pc.replace_substring_regex(cleaned, r"([A-Z])[0-9|]([A-Z])", r"\1\2")
    return pc.replace_with_mask(values, odd, pc.replace_substring_regex(cleaned, "[^A-Z]+", " "))


def _split(
    texts: list[Column],
    meanings: Meanings,
    frequencies: Frequencies,
) -> tuple[Words, Flags, list[_Split]]:
    """The words of all texts, which of them are particles, and each list of texts as positions among them. The last
    text of each list is added: none."""
    every = pa.concat_arrays([pa.concat_arrays([values, pa.nulls(1, pa.string())]) for values in texts])
    lists = pc.ascii_split_whitespace(_letters(every).fill_null(""))
    flat, row = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
    coded = pa.concat_arrays([pa.array([""]), flat]).dictionary_encode()
    code = coded.indices.to_numpy()[1:].astype(np.int64)
    kind = (
        pc.index_in(coded.dictionary, value_set=pa.array(_SPECIAL)).fill_null(len(_SPECIAL)).to_numpy().astype(np.int64)
    )
    is_role = _IS_ROLE[kind]
    some = np.flatnonzero(_IS_NAME[kind][code])
    row, code = row[some], code[some]
    count = np.bincount(row, minlength=len(every))
    roles = np.bincount(row[np.flatnonzero(is_role[code])], minlength=len(every))
    some = np.flatnonzero(((roles < 2) | (roles < count))[row])  # not nothing but roles
    row, code = row[some], code[some]
    count = np.bincount(row, minlength=len(every))
    nth = np.arange(len(row)) - (np.cumsum(count) - count)[row]
    early = np.flatnonzero(nth < MAX_WORDS)
    grid = np.zeros((MAX_WORDS, len(every)), dtype=np.int64)
    grid[nth[early], row[early]] = code[early]
    words = read_words(coded.dictionary, meanings, frequencies)
    split = _without_suffix(grid, np.minimum(count, MAX_WORDS), _SUFFIX[kind])
    ends = np.cumsum([0, *(len(values) + 1 for values in texts)])
    return words, _IS_PARTICLE[kind], [split.between(start, end) for start, end in pairwise(ends)]


def _without_suffix(grid: Positions, count: Numbers, known: npt.NDArray[np.int8]) -> _Split:
    """A suffix is taken off the end, unless it is all there is. `known`: the suffix that each word is."""
    every, suffix = np.arange(grid.shape[1]), np.zeros(grid.shape[1], dtype=np.int8)
    for _ in range(2):
        last = grid[np.maximum(count - 1, 0), every]
        here = np.flatnonzero((known[last] > 0) & (count > 1))
        suffix[here] = known[last[here]]
        grid[count[here] - 1, here] = 0
        count[here] -= 1
    return _Split(grid, count, suffix)


def _whole_names(table: Table) -> tuple[Column, Numbers, npt.NDArray[np.int8]]:
    """Whole names in long form: text, row, and 1 for one of the other names."""
    every = np.arange(len(table))
    texts, rows, sources = [table["full_name"]], [every], [np.zeros(len(table), dtype=np.int8)]
    if "other_names" in table:
        others = table["other_names"]
        some = np.flatnonzero(pc.is_valid(others).to_numpy(zero_copy_only=False))
        lists = pc.split_pattern(others.take(pa.array(some)), SEPARATOR)
        flat, of_some = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
        row, nth = some[of_some], np.arange(len(flat)) - lists.offsets.to_numpy()[of_some]
        flat = pc.utf8_trim_whitespace(flat)
        texts.append(pc.if_else(pc.and_(pc.not_equal(flat, ""), pa.array(nth < MAX_OTHER_NAMES)), flat, None))
        rows.append(row)
        sources.append(np.ones(len(row), dtype=np.int8))
    whole = pa.concat_arrays(texts)
    there = pc.is_valid(whole)
    at = np.flatnonzero(there.to_numpy(zero_copy_only=False))
    return whole.filter(there), np.concatenate(rows)[at], np.concatenate(sources)[at]


def _at_comma(texts: Column) -> tuple[Column, Column]:
    """What stands before the first comma, and after it: null if there is none."""
    halves = pc.split_pattern(texts, ",", max_splits=1)
    second = pc.if_else(pc.greater(pc.list_value_length(halves), 1), pc.list_element(_padded(halves), 1), None)
    return pc.list_element(halves, 0) if len(texts) else texts, second


def _without_rank(texts: Column) -> Column:
    """Of THOMAS CLIFFORD, 1ST BARON OF CHUDLEIGH what follows the comma is no given name; of JONES, EARL it is."""
    some = pc.match_substring_regex(texts, _RANK_AT_END)
    return pc.if_else(some, pc.replace_substring_regex(texts, _RANK_AT_END, ""), texts)


def _suffix_without_comma(texts: Column) -> Column:
    """JOHN SMITH, JR is no SMITH whose surname is JOHN."""
    some = pc.match_substring_regex(texts, _SUFFIX_AT_END)
    return pc.if_else(some, pc.replace_substring_regex(texts, _SUFFIX_AT_END, r" \1"), texts)


def _surname_apart(texts: Column) -> Column:
    """Chinese and Korean names in their own writing have no blank; nearly all surnames have one sign, and come
    first."""
    some = pc.invert(pc.string_is_ascii(texts))
    if not pc.any(some).as_py():
        return texts
    return pc.if_else(some, pc.replace_substring_regex(texts, _UNPARTED, r"\1 \2"), texts)


def _blank_left_out(texts: Column) -> Column:
    """JaneMiller is Jane Miller: a whole name of one word in which capitals begin its parts. MILLER and McMillan stay
    what they are: MC is a particle."""
    some = pc.less(pc.find_substring(texts, " "), 0)
    if not pc.any(some).as_py():
        return texts
    some = pc.and_(some, pc.match_substring_regex(texts, _WRITTEN_AS_ONE))
    return pc.if_else(some, pc.replace_substring_regex(texts, _NEXT_PART, r"\1 \2"), texts)


_WRITTEN_AS_ONE = r"^\p{Lu}\p{Ll}+(\p{Lu}\p{Ll}+)+$"
_NEXT_PART = r"(\p{Ll})(\p{Lu})"
_SUFFIX_AT_END = rf"(?i),\s*({'|'.join((*SUFFIXES, *ORDINALS))})\.?\s*$"
_RANKS = (
    "BARON|BARONESS|BARONET|BT|COUNT|COUNTESS|DUCHESS|DUKE|EARL|LORD|LADY|MARCHIONESS|MARQUESS|MARQUIS|PRINCE|PRINCESS|"
    "VISCOUNT|VISCOUNTESS"
)
_RANK_AT_END = rf"(?i),\s*(\d+(ST|ND|RD|TH)\s+({_RANKS})|({_RANKS}|BISHOP|ARCHBISHOP)\s+OF)\b.*$"
_UNPARTED = r"^([\p{Han}\p{Hangul}])([\p{Han}\p{Hangul}]{1,2})$"


def _padded(halves: pa.ListArray) -> pa.ListArray:
    """Lists of at least two texts, so that the second can be asked for."""
    length = pc.list_value_length(halves).to_numpy(zero_copy_only=False)
    start = halves.offsets.to_numpy()[:-1]
    second = np.minimum(start + 1, max(len(halves.values) - 1, 0))
    both = np.column_stack([start, np.where(length > 1, second, start)]).ravel()
    return pa.ListArray.from_arrays(np.arange(0, len(both) + 1, 2, dtype=np.int32), halves.values.take(pa.array(both)))


# -- readings


def _in_parts(splits: list[_Split], codes: list[Numbers]) -> list[_Readings]:
    """Few surnames, and few pairs of given and middle names, are many rows: they are put together once."""
    family, given, middle = splits
    of_family, of_given, of_middle = (
        np.where(code < 0, len(split.count) - 1, code) for split, code in zip(splits, codes, strict=True)
    )
    of_both, both = pd.factorize(of_given * len(middle.count) + of_middle)
    first, second = given.take(both // len(middle.count)), middle.take(both % len(middle.count))
    given_words = _beside(first.grid, first.count, second.grid)
    suffix = np.where(first.suffix > 0, first.suffix, second.suffix)[of_both]
    suffix = np.where(family.suffix[of_family] > 0, family.suffix[of_family], suffix)
    return _with_half(_Halves(family.grid, of_family), _Halves(given_words, of_both), suffix)


def _with_half(
    family: _Halves, given: _Halves, suffix: npt.NDArray[np.int8], cut: Flags | None = None
) -> list[_Readings]:
    """As written; a single word that is called a surname may be the given name, and the other way round."""
    cut = np.zeros(len(suffix), dtype=bool) if cut is None else cut
    found = [_Readings(np.arange(len(suffix)), family, given, suffix, cut)]
    single = np.flatnonzero(family.words + given.words == 1)
    if len(single):
        uncut = np.zeros(len(single), dtype=bool)
        found.append(_Readings(single, given.take(single), family.take(single), suffix[single], uncut, order=1))
    return found


def _with_comma(last: _Split, first: _Split, cut: Flags, particles: Flags) -> list[_Readings]:
    """Surname in front. Several words in front may be all but the first one, which was put behind them: of A B C D,
    B C D, A."""
    suffix = np.where(last.suffix > 0, last.suffix, first.suffix)
    found = _with_half(_Halves.of(last.grid), _Halves.of(first.grid), suffix, cut & (first.count == 0))
    turned = np.flatnonzero((first.count == 1) & (last.count > 1))
    ahead, behind = first.take(turned), last.take(turned)
    whole = _Split(
        _beside(ahead.grid, ahead.count, behind.grid), np.minimum(behind.count + 1, MAX_WORDS), suffix[turned]
    )
    as_said, *_ = _without_comma(whole, np.zeros(len(turned), dtype=bool), particles)
    return [*found, replace(as_said, row=turned, order=1)]


def _without_comma(name: _Split, cut: Flags, particles: Flags) -> list[_Readings]:
    """Surname last; first; the last two words. One word is a surname, or a given name."""
    grid, every = name.grid, np.arange(len(name.count))
    particle = particles[grid]
    particle[np.maximum(name.count - 1, 0), every] = False  # nothing follows: a name (KIM ANH DO)
    count = ((grid > 0) & ~particle).sum(axis=0)
    # of the word, among those that are no particles, that it is or goes with
    place: Numbers = np.cumsum(~particle, axis=0) - ~particle
    last = np.maximum(count - 1, 0)
    uncut = np.zeros_like(cut)
    found = [_Readings(every, *_halves(grid, particle, place == last), name.suffix, cut & (count == 1))]
    if len(full := np.flatnonzero(cut & (count > 1))):  # the surname alone may have filled the field
        halves = _halves(grid.take(full, axis=1), particle.take(full, axis=1), (place >= 0).take(full, axis=1))
        found.append(_Readings(full, *halves, name.suffix[full], cut[full], order=1))
    for order, (some, chosen) in enumerate(
        (
            (count > 1, place == 0),
            (count > 2, (place == last) | (place == last - 1)),
            (count == 1, place < 0),
        )
    ):
        rows = np.flatnonzero(some)
        halves = _halves(grid.take(rows, axis=1), particle.take(rows, axis=1), chosen.take(rows, axis=1))
        found.append(_Readings(rows, *halves, name.suffix[rows], uncut[rows], order=min(order + 1, 1)))
    return found


def _halves(grid: Positions, particle: Flags, family: Flags) -> tuple[_Halves, _Halves]:
    """The surname with its particles, and the given names without any."""
    return _Halves.of(_compact(grid, ~family)[0]), _Halves.of(_compact(grid, family | particle)[0])


def _trimmed(grid: Positions, least: int) -> Positions:
    """The rows in which there is any word, and at least so many."""
    return grid[: max(_width(grid), least)]


def _width(grid: Positions) -> int:
    """The most words that any name has."""
    return next((nth for nth, words in enumerate(grid) if not words.any()), len(grid))


def _count(grid: Positions) -> npt.NDArray[np.int8]:
    """How many words each name has."""
    found = np.zeros(grid.shape[1], dtype=np.int8)
    for words in grid:
        found += words > 0
    return found


def _family_bits(grid: Positions, words: Words) -> Bits:
    found: Bits = words.family_bits[grid[0]]
    for others in grid[1:]:
        some = np.flatnonzero(others)
        found[some] = np.maximum(found[some] + words.family_bits[others[some]], words.several_bits)
    return found


def _joined(grid: Positions, hashes: Hashed) -> Hashes:
    """The words of each name written as one; where none is known, 0."""
    found: Hashes = hashes.value[grid[0]]
    for others in grid[1:]:
        some = np.flatnonzero(others)
        if not len(some):
            break
        found[some] = join(found[some], hashes.take(others[some]))
    return found


def _heard(grid: Positions, joined: Hashes, words: Words) -> Hashes:
    """Equal for names that sound alike as one word: of one word, what the word says. `joined`: spelled as one."""
    found: Hashes = words.heard[grid[0]]
    several = np.flatnonzero(grid[1])
    if len(several):
        of_several = grid.take(several, axis=1)
        heard = mix(_joined(of_several, words.sound), words.opens[of_several[0]])
        found[several] = hear_by_custom(joined[several], heard)
    return found


def _compact(grid: Positions, dropped: Flags) -> tuple[Positions, Flags]:
    """The names without the dropped words, and where that left nothing although there was something."""
    dropped = dropped & (grid > 0)
    some = np.flatnonzero(np.logical_or.reduce(dropped))
    empty = np.zeros(grid.shape[1], dtype=bool)
    if not len(some):
        return grid, empty
    kept = grid.take(some, axis=1) * ~dropped.take(some, axis=1)
    nth, name = np.nonzero(kept)
    left = np.zeros_like(kept)
    left[(np.cumsum(kept > 0, axis=0) - 1)[nth, name], name] = kept[nth, name]
    found = grid.copy()
    found[:, some] = left
    empty[some] = left[0] == 0
    return found, empty


def _beside(first: Positions, count: Numbers, second: Positions) -> Positions:
    """The words of `first`, then those of `second`, as many as there is room for."""
    found = first.copy()
    for nth in range(MAX_WORDS):
        at = count + nth
        some = np.flatnonzero((second[nth] > 0) & (at < MAX_WORDS))
        if not len(some):
            break
        found[at[some], some] = second[nth, some]
    return found


def _complete(found: list[_Readings], rows: int, words: Words, particles: Flags) -> Names:
    """Readings in which something is known, by row; and one for each row that has none."""
    there = np.zeros(rows, dtype=bool)
    for each in found:
        there[each.row[(each.family.words > 0) | (each.given.words > 0)]] = True
    missing = np.flatnonzero(~there)
    nothing = _Halves(np.zeros((MAX_WORDS, 1), dtype=np.int64), np.zeros(len(missing), dtype=np.int64))
    blank = np.zeros(len(missing), dtype=np.int8)
    found = [*found, _Readings(missing, nothing, nothing, blank, blank.astype(bool))]
    family, given = (_Halves.concat([getattr(each, half) for each in found]) for half in ("family", "given"))
    names = Names(
        row=np.concatenate([each.row for each in found]),
        order=np.concatenate([np.full(len(each.row), each.order, dtype=np.int8) for each in found]),
        source=np.concatenate(
            [np.zeros(len(each.row), dtype=np.int8) if each.source is None else each.source for each in found]
        ),
        cut=np.concatenate([each.cut for each in found]),
        suffix=np.concatenate([each.suffix for each in found]).astype(np.int8),
        surname=family.at,
        forename=given.at,
        surnames=Surnames.of(family.grid, words, particles),
        forenames=Forenames.of(given.grid, words, particles),
    )
    known = (family.words > 0) | (given.words > 0)
    known[len(known) - len(missing) :] = True
    names = names if known.all() else names.take(np.flatnonzero(known))
    names = names.concat(_mixed(names, rows))
    return names.take(np.argsort(names.row, kind="stable"))


def _mixed(names: Names, rows: int) -> Names:
    """A surname of the name beside given names of another name, and the other way round: SISSY SMITH, also SHARON
    JORDAN, may be SHARON SMITH elsewhere.

    Only of names that are read in one way: a whole name has been read in every order already.
    """
    alone = np.bincount(names.row[names.source == 0], minlength=rows) == 1
    main = np.zeros(rows, dtype=np.int64)
    main[names.row[names.source == 0]] = np.flatnonzero(names.source == 0)
    other = np.flatnonzero((names.source == 1) & (names.order == 0) & alone[names.row])
    one = main[names.row[other]]
    differ = (names.family_core[one] != names.family_core[other]) & (
        names.given_joined[one] != names.given_joined[other]
    )
    whole = [(names.family_count[at] > 0) & (names.given[at] > 0) for at in (one, other)]
    some = differ & whole[0] & whole[1]
    one, other = one[some], other[some]
    surname, forename = np.append(one, other), np.append(other, one)
    blank = np.zeros(len(surname), dtype=np.int8)
    return replace(
        names,
        row=names.row[surname],
        order=blank,
        source=blank + np.int8(1),
        cut=names.cut[surname],
        suffix=blank,
        surname=names.surname[surname],
        forename=names.forename[forename],
    )
