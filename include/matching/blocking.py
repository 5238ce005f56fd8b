"""Which pairs are worth comparing: those that share a key. A row's keys depend on the row and the model alone.

The rules overlap on purpose: a true pair is lost only if no number, no date, and no two of name, part of the date and
place survive in both rows. A key that would be common is refined, not dropped: how common a name, a date or a telephone
is stands in the model, so that what is compared with what does not depend on how much is compared at once.

The sides are not alike: the left, small one is indexed once, the right one only looks up. Its cost is linear in the
right rows.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from include.matching.fields import Table
from include.matching.model import Model
from include.matching.records import NUMBERS, Records, read_records
from include.matching.words import Bytes, Flags, Hashes, Numbers, Shares, Sorted, Words, grouped, mix, mix_in

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
    """Keys and the rows that have them. Not all hold: a hash costs less than to choose whose to reckon, and most are
    nobody else's."""

    row: Numbers
    key: Hashes
    holds: Flags

    @classmethod
    def of(cls, values: npt.NDArray[np.generic]) -> "_Keys":
        """A key for each row whose value is known; 0 is none."""
        return cls(np.arange(len(values)), mix(values), values != 0)

    def with_(self, values: npt.NDArray[np.generic]) -> "_Keys":
        """The keys with another number each, where that is known."""
        return _Keys(self.row, mix_in(self.key, values), self.holds & (values != 0))

    def take(self, at: Numbers) -> "_Keys":
        """Some of the keys."""
        return _Keys(self.row[at], self.key[at], self.holds[at])


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
        return cls({rule: _Side.of(*_holding(keys)) for rule, keys in found.items()}, model)

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
    def of(cls, row: Numbers, key: Hashes) -> "_Side":
        order, start = grouped(key)
        return cls(Sorted(key[order[start]]), start, np.diff(start, append=len(key)), row[order])

    def find(self, keys: _Keys) -> Numbers:
        """`right row << _ROW_BITS | left row` of the pairs that share a key."""
        some, at = self.keys.find(keys.key)
        holds = np.flatnonzero(keys.holds[some])
        row, at = keys.row[some[holds]], at[holds]
        times = self.count[at]
        offset = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        left = self.row[np.repeat(self.start[at], times) + offset]
        pairs: Numbers = np.repeat(row << _ROW_BITS, times) | left
        return pairs


def folded_keys(table: pd.DataFrame, model: Model) -> tuple[Numbers, npt.NDArray[np.int32]]:
    """The keys of a table's rows in 32 bits: row and key, in ascending order, each once.

    Rows that `link` compares share one. That two share one and no whole key is rare: a row has some 18 of 2**32, and
    one row in thirteen meets such another among a million.
    """
    row, key = _holding([found for _, found in row_keys(read_records(Table(table), model), model)])
    once = _once(row << 32 | (key >> np.uint64(32)).astype(np.int64))
    return once >> 32, once.astype(np.uint32).view(np.int32)


def _once(numbers: Numbers) -> Numbers:
    """Positive numbers in ascending order, each once: `np.unique`, which is slower on numbers of 64 bits."""
    numbers = np.sort(numbers)
    return numbers[np.flatnonzero(np.diff(numbers, prepend=-1))]


def _holding(keys: list[_Keys]) -> tuple[Numbers, Hashes]:
    """Rows and keys, of those that hold."""
    held = [each.take(np.flatnonzero(each.holds)) for each in keys]
    return np.concatenate([each.row for each in held]), np.concatenate([each.key for each in held])


def row_keys(records: Records, model: Model) -> Iterator[tuple[str, _Keys]]:
    """All keys of a side, rule by rule, of which some come several times; a row may have a key twice."""
    forenames = records.names.forenames
    for number in NUMBERS:
        if number != "phone" or not _common_phone(model):
            for values in records.numbers[number].T:
                if values.any():
                    yield number, _Keys.of(values)
    if records.organisation.any():
        yield "organisation", _Keys.of(records.organisation)
    yield "postcode and house", _Keys.of(records.postcode).with_(records.street_key)
    if _by_chance(model, "place", "exact", "postcode") <= PER_POSTCODE:
        yield "postcode", _Keys.of(records.postcode)
    yield from _date_keys(records, model)
    if _common_phone(model):
        for phone in records.numbers["phone"].T:
            of_phone = _Keys.of(phone)
            yield "phone and postcode", of_phone.with_(records.postcode)
            for born in records.born.T:
                yield "phone and date", of_phone.with_(born)
    given = _words_of(records, np.column_stack([forenames.given, forenames.middle]), records.names.forename)
    yield from _word_keys(records, given, model)
    for keys in _pairs_of_words(records, given, model):
        yield "two words", keys


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
    names, initials = records.names, records.words.initials
    for born in records.born.T:
        year, month, day = born // 10000, born // 100 % 100, born % 100
        is_date = (day > 0) & (born % 10000 != 101)
        date = mix(year, np.minimum(month, day) * 32 + np.maximum(month, day)) * is_date
        keys = _Keys.of(date)
        if _by_chance(model, "date_of_birth", "exact", "swapped") <= PER_DATE:
            yield "date", keys
            continue
        of_names = keys.take(names.row)
        yield "date and initial", of_names.with_(initials[names.forenames.given][names.forename])
        yield "date and initial", of_names.with_(initials[names.surnames.words[:, 0]][names.surname])
        yield "date and postcode", keys.with_(records.postcode)
        yield "date and house", keys.with_(records.street_key)


@dataclass(frozen=True)
class _Sounds:
    """What words sound like: each word's own sound, in the order of the words, then those of what nicknames stand
    for."""

    heard: Hashes
    share: Shares  # of people with a name of this sound

    @classmethod
    def of(cls, words: Words) -> "_Sounds":
        heard = np.concatenate([words.heard, words.meant.ravel(order="F")])
        return cls(heard, np.concatenate([words.heard_share, words.meant_share.ravel(order="F")]))


@dataclass(frozen=True)
class _Said:
    """The words of somebody or something: a nickname once for itself, and once for each name that it may stand for."""

    by: Numbers  # row, or name
    word: Numbers
    sound: Numbers  # position in _Sounds

    def take(self, at: Numbers) -> "_Said":
        return _Said(self.by[at], self.word[at], self.sound[at])

    @classmethod
    def of(cls, by: Numbers, word: Numbers, words: Words) -> "_Said":
        parts = [(by, word, word)]
        nicknames = np.flatnonzero((words.meant[:, 0] != 0)[word])
        for nth, meant in enumerate(words.meant.T):
            some = nicknames[np.flatnonzero((meant != 0)[word[nicknames]])]
            parts.append((by[some], word[some], word[some] + (nth + 1) * len(meant)))
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _word_keys(records: Records, given: tuple[Numbers, Numbers], model: Model) -> Iterator[tuple[str, _Keys]]:
    """A word of the name with a part of the date, or with the place; a rare one alone. A common word takes another's
    initial along."""
    said, sounds = _Said.of(*_words_of_rows(records, given), records.words), _Sounds.of(records.words)
    expected = sounds.share * model.right_rows / _times(model)
    is_common = (expected > PER_WORD_AND_YEAR * YEARS)[said.sound]
    every = _Keys(said.by, mix(sounds.heard)[said.sound], np.ones(len(said.by), dtype=bool))
    common, uncommon = np.flatnonzero(is_common), every.take(np.flatnonzero(~is_common))
    of_common, initials = every.take(common), _initials(records, said.take(common))
    for born in records.born.T:
        year, day = born // 10000, born % 10000
        day *= (day != 101) & (day % 100 > 0)
        for part, values in (("year", year), ("day", day)):
            yield f"word and {part}", uncommon.with_(values[uncommon.row])
            with_part = of_common.with_(values[of_common.row])
            for initial in initials:
                yield f"word, {part} and initial", with_part.with_(initial)
    places = [("word and postcode", records.postcode), ("word and house", records.street_key)]
    if _common_phone(model):
        places += [("word and phone", phone) for phone in records.numbers["phone"].T]
    for rule, place in places:
        if place.any():
            yield rule, every.with_(place[said.by])
    yield "rare word", every.take(np.flatnonzero((expected <= PER_WORD)[said.sound]))
    rare = np.flatnonzero((expected <= PER_WORD_AND_INITIAL * INITIALS)[said.sound])
    of_rare = every.take(rare)
    of_rare = replace(of_rare, key=mix_in(of_rare.key, np.zeros(len(rare), dtype=np.uint64)))  # no part, as it were
    for initial in _initials(records, said.take(rare)):
        yield "word and initial", of_rare.with_(initial)


def _initials(records: Records, said: _Said) -> list[Bytes]:
    """Of the first given name and of the surname's first word in the row of each word; 0 where that is the word
    itself."""
    names, first = records.names, records.first_name[:-1]
    given, family = names.forenames.given[names.forename[first]], names.surnames.words[names.surname[first], 0]
    others = given[said.by], family[said.by]
    return [records.words.initials[other] * (other != said.word) for other in others]


def _words_of_rows(records: Records, given: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """(row, word) of every word of every name, an initial excepted. `given`: (name, word) of the given names."""
    names, size = records.names, len(records.words)
    name, word = _together(_words_of(records, names.surnames.words, names.surname), given)
    row = names.row[name]
    several = (np.diff(records.first_name) > 1)[row]  # readings of one name are made of the same words
    one, more = np.flatnonzero(~several), np.flatnonzero(several)
    once = _once(row[more] * size + word[more])
    return _together((row[one], word[one]), (once // size, once % size))


def _words_of(records: Records, grid: npt.NDArray[np.int32], half: Numbers) -> tuple[Numbers, Numbers]:
    """(name, word) of every word of one half of the names, an initial excepted."""
    is_word, found = records.words.length > 1, []
    for column in grid.T:
        name = np.flatnonzero(is_word[column][half])
        found.append((name, column[half[name]].astype(np.int64)))
    return _together(*found)


def _together(*found: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    ones, others = zip(*found, strict=True)
    return np.concatenate(ones), np.concatenate(others)


def _pairs_of_words(records: Records, of_given: tuple[Numbers, Numbers], model: Model) -> Iterator[_Keys]:
    """A word of the surname with a word of the given names, in either order; all of each half as one word, too."""
    names, words = records.names, records.words
    surnames, forenames, rows = names.surnames, names.forenames, model.right_rows / _times(model)
    said, sounds = _Said.of(*of_given, words), _Sounds.of(words)
    several = np.flatnonzero((forenames.heard * (forenames.count > 1))[names.forename])  # rarer than each of the words
    by = np.concatenate([said.by, several])
    given = np.concatenate([sounds.heard[said.sound], forenames.heard[names.forename[several]]])
    share = np.append(sounds.share[said.sound], np.zeros(len(several)))
    is_word = words.length > 1
    families = [((words.heard * is_word)[column], words.heard_share[column]) for column in surnames.words.T]
    families.append((surnames.heard * (surnames.count > 1), np.zeros(len(surnames.heard))))
    for heard, of_family in families:
        family = heard[names.surname][by]
        some = np.flatnonzero(family)
        name, one, other = by[some], family[some], given[some]
        holds = of_family[names.surname[name]] * share[some] * rows <= PER_TWO_WORDS
        yield _Keys(names.row[name], mix(np.minimum(one, other), np.maximum(one, other)), holds)
