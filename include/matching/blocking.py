"""Which pairs are worth comparing: those that share a key. A row's keys depend on the row and the model alone.

The rules overlap on purpose: a true pair is lost only if no number, no date, and no two of name, part of the date and
place survive in both rows. A key that would be common is refined, not dropped: how common a name, a date or a telephone
is stands in the model, so that what is compared with what does not depend on how much is compared at once.

The sides are not alike: the left, small one is indexed once, the right one only looks up. Its cost is linear in the
right rows.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from include.matching.fields import Table
from include.matching.model import Model
from include.matching.names import Forenames, Surnames
from include.matching.records import NUMBERS, Records, read_records
from include.matching.words import Flags, Hashes, Numbers, Shares, Sorted, Words, mix, mix_in

# How many rows of a right side, as large as the model says, a key of each kind may find by chance for a row of the
# left. People go by culture: some find ten times as many.
PER_WORD_AND_YEAR = 20  # of people who bear a word, one in fifty is born in a given year
YEARS = 50
PER_TWO_WORDS = 10
PER_WORD_AND_INITIAL = 4
INITIALS = 15  # that names begin with, were each as common
PER_WORD = 4
PER_POSTCODE = 10  # a small table's; in a large one a postcode is shared by hundreds
PER_PHONE = 10  # hundreds share one in the simulated world, or where only the firm's is known
PER_DATE = 10  # of a million people seventy are born on one day
# Rows of a right side from which these numbers hold as they are: in a smaller one so many times as many may be found.
MANY_ROWS = 20_000
_ROW_BITS = 32  # a pair as one number: the right row, then the left one
_ROW = (1 << _ROW_BITS) - 1


@dataclass(frozen=True)
class _Keys:
    row: Numbers
    key: Hashes


@dataclass(frozen=True)
class Index:
    """The keys of the left side, ready to be looked up."""

    rules: dict[str, "_Side"]
    model: Model
    pairs: Counter[str] = field(default_factory=Counter)  # by rule, before pairs of several rules are counted once

    @classmethod
    def of(cls, left: Records, model: Model) -> "Index":
        """Index every key of every row."""
        found: dict[str, list[_Keys]] = {}
        for rule, keys in row_keys(left, model):
            found.setdefault(rule, []).append(keys)
        return cls({rule: _Side.of(_together(keys)) for rule, keys in found.items()}, model)

    def candidates(self, right: Records) -> tuple[Numbers, Numbers]:
        """Rows of the left side and of `right` that share a key, each pair once."""
        found = []
        for rule, keys in row_keys(right, self.model):
            if rule in self.rules:
                pairs = self.rules[rule].find(keys)
                self.pairs[rule] += len(pairs)
                found.append(pairs)
        # by right row: those of a pair are near each other in memory when it is compared
        together = _once(np.concatenate([np.empty(0, dtype=np.int64), *found]))
        return together & _ROW, together >> _ROW_BITS


@dataclass(frozen=True)
class _Side:
    keys: Sorted
    start: Numbers  # where the rows of each key begin
    count: Numbers
    row: Numbers

    @classmethod
    def of(cls, keys: _Keys) -> "_Side":
        order = np.argsort(keys.key, kind="stable")
        distinct, start, count = np.unique(keys.key[order], return_index=True, return_counts=True)
        return cls(Sorted(distinct), start, count, keys.row[order])

    def find(self, keys: _Keys) -> Numbers:
        """`right row << _ROW_BITS | left row` of the pairs that share a key."""
        some, at = self.keys.find(keys.key)
        times = self.count[at]
        offset = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        left = self.row[np.repeat(self.start[at], times) + offset]
        pairs: Numbers = np.repeat(keys.row[some] << _ROW_BITS, times) | left
        return pairs


def folded_keys(table: pd.DataFrame, model: Model) -> tuple[Numbers, npt.NDArray[np.int32]]:
    """The keys of a table's rows in 32 bits: row and key, in ascending order, each once.

    Rows that `link` compares share one. That two share one and no whole key is rare: a row has some 18 of 2**32, and
    one row in thirteen meets such another among a million.
    """
    keys = _together([_nothing(), *(found for _, found in row_keys(read_records(Table(table), model), model))])
    row, key = keys.row, (keys.key >> np.uint64(32)).astype(np.int64)
    once = np.unique(row << 32 | key)
    return once >> 32, once.astype(np.uint32).view(np.int32)


def _once(numbers: Numbers) -> Numbers:
    """Positive numbers in ascending order, each once: `np.unique`, which is slower on numbers of 64 bits."""
    numbers = np.sort(numbers)
    return numbers[np.flatnonzero(np.diff(numbers, prepend=-1))]


def _nothing() -> _Keys:
    return _Keys(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64))


def _together(keys: list[_Keys]) -> _Keys:
    return _Keys(np.concatenate([each.row for each in keys]), np.concatenate([each.key for each in keys]))


def row_keys(records: Records, model: Model) -> Iterator[tuple[str, _Keys]]:
    """All keys of a side, rule by rule; a row may have a key twice."""
    for number in NUMBERS:
        if number != "phone" or not _common_phone(model):
            for values in records.numbers[number].T:
                yield number, _of_values(values)
    yield "organisation", _of_values(records.organisation)
    yield "postcode and house", _of_values(records.postcode, records.street_key)
    if _by_chance(model, "place", "exact", "postcode") <= PER_POSTCODE:
        yield "postcode", _of_values(records.postcode)
    yield from _date_keys(records, model)
    if _common_phone(model):
        for phone in records.numbers["phone"].T:
            yield "phone and postcode", _of_values(phone, records.postcode)
            for born in records.born.T:
                yield "phone and date", _of_values(phone, born)
    yield from _word_keys(records, model)
    yield "two words", _pairs_of_words(records, model)


def _of_values(*values: npt.NDArray[np.generic]) -> _Keys:
    """One key for each row that has all of these values; 0 is none."""
    some = np.flatnonzero(np.all([each != 0 for each in values], axis=0))
    return _Keys(some, mix(*(each[some] for each in values)))


def _times(model: Model) -> float:
    """How many times as much as in a large table a key may find by chance.

    A small table costs little, and where each person has ten rows, ten times as much is to be found.
    """
    return max(1.0, MANY_ROWS / model.right_rows, model.prior * model.right_rows)


def _by_chance(model: Model, comparison: str, *levels: str) -> float:
    """Rows of the right side that agree so well with a row of the left by chance, where as much may be found as in a
    large table."""
    rows = model.right_rows / _times(model)
    return sum(model.comparisons[comparison][level].u or 0.0 for level in levels) * rows


def _common_phone(model: Model) -> bool:
    return _by_chance(model, "phone", "exact") > PER_PHONE


def _date_keys(records: Records, model: Model) -> Iterator[tuple[str, _Keys]]:
    """The date; with day and month in ascending order, so that a swap does not matter. 1 January says only the year."""
    names = records.names
    for born in records.born.T:
        year, month, day = born // 10000, born // 100 % 100, born % 100
        is_date = (day > 0) & (born % 10000 != 101)
        date = mix(year, np.minimum(month, day) * 32 + np.maximum(month, day)) * is_date
        if _by_chance(model, "date_of_birth", "exact", "swapped") <= PER_DATE:
            yield "date", _of_values(date)
            continue
        for words in (names.forenames.given[names.forename], names.surnames.words[names.surname, 0]):
            of_name = _of_values(date[names.row], records.words.letters[words, 0])
            yield "date and initial", _Keys(names.row[of_name.row], of_name.key)
        yield "date and postcode", _of_values(date, records.postcode)
        yield "date and house", _of_values(date, records.street_key)


@dataclass(frozen=True)
class _Sounds:
    """What words sound like: each word's own sound, in the order of the words, then those of what nicknames stand
    for."""

    key: Hashes  # `mix` of the sound
    expected: Shares  # rows of the right side with a name of this sound, as in a large table

    @classmethod
    def of(cls, words: Words, model: Model) -> "_Sounds":
        heard = np.concatenate([words.heard, words.meant.ravel(order="F")])
        share = np.concatenate([words.heard_share, words.meant_share.ravel(order="F")])
        return cls(mix(heard), share * model.right_rows / _times(model))


@dataclass(frozen=True)
class _Said:
    """The words of rows: for a nickname once for itself, and once for each name that it may stand for."""

    row: Numbers
    word: Numbers
    sound: Numbers  # position in _Sounds

    def take(self, at: Numbers) -> "_Said":
        return _Said(self.row[at], self.word[at], self.sound[at])

    @classmethod
    def of(cls, records: Records) -> "_Said":
        """Every word of every name, an initial excepted."""
        row, word = _words_of_rows(records)
        parts = [(row, word, word)]
        for nth, meant in enumerate(records.words.meant.T):
            some = np.flatnonzero((meant != 0)[word])
            parts.append((row[some], word[some], word[some] + (nth + 1) * len(meant)))
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _word_keys(records: Records, model: Model) -> Iterator[tuple[str, _Keys]]:
    """A word of the name with a part of the date, or with the place; a rare one alone. A common word takes another's
    initial along."""
    said, sounds = _Said.of(records), _Sounds.of(records.words, model)
    common = (sounds.expected > PER_WORD_AND_YEAR * YEARS)[said.sound]
    for born in records.born.T:
        years, days = (born // 10000).astype(np.uint64), (born % 10000).astype(np.uint64)
        days[(days == 101) | (days % 100 == 0)] = 0
        year = years[said.row]
        yield "word and year", _with(said, sounds, year, (year > 0) & ~common)
        some = np.flatnonzero((year > 0) & common)
        yield "word, year and initial", _with_initials(records, said.take(some), sounds, year[some])
        day = days[said.row]
        yield "word and day", _with(said, sounds, day, (day > 0) & ~common)
        some = np.flatnonzero((day > 0) & common)
        yield "word, day and initial", _with_initials(records, said.take(some), sounds, day[some])
    places = [("word and postcode", records.postcode.view(np.uint64)), ("word and house", records.street_key)]
    if _common_phone(model):
        places += [("word and phone", phone.view(np.uint64)) for phone in records.numbers["phone"].T]
    for rule, place in places:
        if place.any():
            yield rule, _with(said, sounds, (at := place[said.row]), at != 0)
    some = np.flatnonzero((sounds.expected <= PER_WORD)[said.sound])
    yield "rare word", _Keys(said.row[some], sounds.key[said.sound[some]])
    some = np.flatnonzero((sounds.expected <= PER_WORD_AND_INITIAL * INITIALS)[said.sound])
    yield "word and initial", _with_initials(records, said.take(some), sounds, np.zeros(len(some), dtype=np.uint64))


def _with(said: _Said, sounds: _Sounds, part: Hashes, chosen: Flags) -> _Keys:
    """Some of the words with another number."""
    some = np.flatnonzero(chosen)
    return _Keys(said.row[some], mix_in(sounds.key[said.sound[some]], part[some]))


def _with_initials(records: Records, said: _Said, sounds: _Sounds, part: Hashes) -> _Keys:
    """A word and another number with the initials of the first given name and of the first word of the surname."""
    names, first = records.names, records.first_name[:-1]
    key = mix_in(sounds.key[said.sound], part)
    found = []
    for words in (names.forenames.given[names.forename[first]], names.surnames.words[names.surname[first], 0]):
        initial = records.words.letters[words, 0][said.row]
        other = np.flatnonzero((initial > 0) & (words[said.row] != said.word))
        found.append(_Keys(said.row[other], mix_in(key[other], initial[other])))
    return _together(found)


def _words_of_rows(records: Records) -> tuple[Numbers, Numbers]:
    """(row, word) of every word of every name, an initial excepted."""
    names, words = records.names, records.words
    surnames, forenames = names.surnames, names.forenames
    columns = [(column, names.surname) for column in surnames.words.T]
    columns += [(column, names.forename) for column in (forenames.given, *forenames.middle.T)]
    is_word = words.length > 1
    some = [np.flatnonzero(is_word[column][half]) for column, half in columns]
    row = np.concatenate([names.row[at] for at in some])
    word = np.concatenate([column[half[at]] for at, (column, half) in zip(some, columns, strict=True)]).astype(np.int64)
    several = (np.diff(records.first_name) > 1)[row]  # readings of one name are made of the same words
    one, more = np.flatnonzero(~several), np.flatnonzero(several)
    once = _once(row[more] * len(words) + word[more])
    return np.concatenate([row[one], once // len(words)]), np.concatenate([word[one], once % len(words)])


def _pairs_of_words(records: Records, model: Model) -> _Keys:
    """A word of the surname with a word of the given names, in either order; all of each half as one word, too."""
    names = records.names
    forenames, rows = names.forenames, model.right_rows / _times(model)
    families = _sounds_of(records, list(names.surnames.words.T), names.surnames, names.surname)
    givens = _sounds_of(records, [forenames.given, *forenames.middle.T], forenames, names.forename, meant=True)
    found = []
    for family, given in product(families, givens):
        if len(family.at) < len(given.at):  # few have a second surname, or a nickname
            at = family.at[np.flatnonzero(given.there[names.forename[family.at]])]
        else:
            at = given.at[np.flatnonzero(family.there[names.surname[given.at]])]
        ones, others = family.word[names.surname[at]], given.word[names.forename[at]]
        some = np.flatnonzero(family.share[ones] * given.share[others] * rows <= PER_TWO_WORDS)
        one, other = family.heard[ones[some]], given.heard[others[some]]
        found.append(_Keys(names.row[at[some]], mix(np.minimum(one, other), np.maximum(one, other))))
    return _together([_nothing(), *found])


@dataclass(frozen=True)
class _Sound:
    """One way in which halves of names sound."""

    at: Numbers  # readings whose half has it
    there: Flags  # of each half, whether it does
    word: npt.NDArray[np.integer]  # of each half, position in the next two
    heard: Hashes
    share: Shares


def _sounds_of(
    records: Records,
    columns: list[npt.NDArray[np.int32]],
    halves: Surnames | Forenames,
    position: Numbers,
    *,
    meant: bool = False,
) -> list[_Sound]:
    """Each word, an initial excepted, and if `meant` what nicknames stand for; all words as one."""
    words = records.words
    sounds = [(words.heard * (words.length > 1), words.heard_share)]
    if meant:
        sounds += list(zip(words.meant.T, words.meant_share.T, strict=True))
    ways: list[tuple[npt.NDArray[np.integer], Hashes, Shares]] = [
        (column, heard, share) for column in columns for heard, share in sounds
    ]
    every = np.arange(len(halves.heard))  # as one word a half is rarer than its words
    ways.append((every, halves.heard * (halves.count > 1), np.zeros(len(every))))
    found = []
    for column, heard, share in ways:
        there = (heard != 0)[column]
        if there.any():
            found.append(_Sound(np.flatnonzero(there[position]), there, column, heard, share))
    return found
