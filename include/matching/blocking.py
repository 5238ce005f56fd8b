"""Which pairs are worth comparing: those that share a key. A row's keys depend on the row and the model alone.

The rules overlap on purpose: a true pair is lost only if no number, no date, and no two of name, part of the date and
place survive in both rows. A key that would be common is refined, not dropped: how common a name is stands in the
model, so that what is compared with what does not depend on how much is compared at once.

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
from include.matching.records import NUMBERS, Records, read_records
from include.matching.words import Flags, Hashes, Numbers, Shares, mix

# How many rows of a right side, as large as the model says, a key of each kind may find by chance for a row of the
# left. People go by culture: some find ten times as many.
PER_WORD_AND_YEAR = 20  # of people who bear a word, one in fifty is born in a given year
YEARS = 50
PER_TWO_WORDS = 10
PER_WORD_AND_INITIAL = 4
INITIALS = 15  # that names begin with, were each as common
PER_WORD = 4
PER_POSTCODE = 10  # a small table's; in a large one a postcode is shared by hundreds
# Rows of a right side from which these numbers hold as they are: in a smaller one so many times as many may be found.
MANY_ROWS = 20_000
FILTER_BITS = 22  # of a table of flags that turns most keys away before they are looked up: 4 MB stay in the cache


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
        width = max(len(right), 1)
        found = []
        for rule, keys in row_keys(right, self.model):
            if rule in self.rules:
                pairs = self.rules[rule].find(keys, width)
                self.pairs[rule] += len(pairs)
                found.append(pairs)
        together = pd.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        return together // width, together % width


@dataclass(frozen=True)
class _Side:
    key: Hashes  # distinct, ascending
    start: Numbers  # where the rows of each key begin
    count: Numbers
    row: Numbers
    seen: Flags

    @classmethod
    def of(cls, keys: _Keys) -> "_Side":
        order = np.argsort(keys.key, kind="stable")
        distinct, start, count = np.unique(keys.key[order], return_index=True, return_counts=True)
        seen = np.zeros(1 << FILTER_BITS, dtype=bool)
        seen[_slot(distinct)] = True
        return cls(distinct, start, count, keys.row[order], seen)

    def find(self, keys: _Keys, width: int) -> Numbers:
        """`left row * width + right row` of the pairs that share a key."""
        some = np.flatnonzero(self.seen[_slot(keys.key)])
        key, row = keys.key[some], keys.row[some]
        at = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        hit = np.flatnonzero(self.key[at] == key)
        at, row = at[hit], row[hit]
        times = self.count[at]
        offset = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        pairs: Numbers = self.row[np.repeat(self.start[at], times) + offset] * width + np.repeat(row, times)
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


def _nothing() -> _Keys:
    return _Keys(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64))


def _together(keys: list[_Keys]) -> _Keys:
    return _Keys(np.concatenate([each.row for each in keys]), np.concatenate([each.key for each in keys]))


def _slot(key: Hashes) -> Hashes:
    return key >> np.uint64(64 - FILTER_BITS)


def row_keys(records: Records, model: Model) -> Iterator[tuple[str, _Keys]]:
    """All keys of a side, rule by rule; a row may have a key twice."""
    for number in NUMBERS:
        for values in records.numbers[number].T:
            some = np.flatnonzero(values)
            if len(some):
                yield number, _Keys(some, mix(values[some].view(np.uint64)))
    if (some := np.flatnonzero(records.organisation)).size:
        yield "organisation", _Keys(some, mix(records.organisation[some]))
    some = np.flatnonzero((records.postcode != 0) & (records.street_key != 0))
    if len(some):
        yield "postcode and house", _Keys(some, mix(records.postcode[some].view(np.uint64), records.street_key[some]))
    if len(some := np.flatnonzero(records.postcode)) and _per_postcode(model) <= PER_POSTCODE * _times(model):
        yield "postcode", _Keys(some, mix(records.postcode[some].view(np.uint64)))
    yield from _date_keys(records)
    yield from _word_keys(records, model)
    yield "two words", _pairs_of_words(records, model)


def _times(model: Model) -> float:
    """How many times as much as in a large table a key may find by chance.

    A small table costs little, and where each person has ten rows, ten times as much is to be found.
    """
    return max(1.0, MANY_ROWS / model.right_rows, model.prior * model.right_rows)


def _per_postcode(model: Model) -> float:
    """Rows of the right side that share the postcode of a row of the left."""
    place = model.comparisons["place"]
    return sum(place[level].u or 0.0 for level in ("exact", "postcode")) * model.right_rows


def _date_keys(records: Records) -> Iterator[tuple[str, _Keys]]:
    """The date; with day and month in ascending order, so that a swap does not matter. 1 January says only the year."""
    for born in records.born.T:
        year, month, day = born // 10000, born // 100 % 100, born % 100
        some = np.flatnonzero((day > 0) & (born % 10000 != 101))
        low, high = np.minimum(month, day)[some], np.maximum(month, day)[some]
        if len(some):
            yield "date", _Keys(some, mix(year[some], low * 32 + high))


@dataclass(frozen=True)
class _Said:
    """The words of rows: for a nickname once for itself, and once for each name that it may stand for."""

    row: Numbers
    word: Numbers
    heard: Hashes
    expected: Shares  # rows of the right side with a name of this sound, as in a large table

    def take(self, at: Numbers) -> "_Said":
        return _Said(self.row[at], self.word[at], self.heard[at], self.expected[at])

    @classmethod
    def of(cls, records: Records, model: Model) -> "_Said":
        """Every word of every name, an initial excepted."""
        row, word = _words_of_rows(records)
        words = records.words
        parts = [(row, word, words.heard[word], words.heard_share[word])]
        for heard, share in zip(words.meant.T, words.meant_share.T, strict=True):
            some = np.flatnonzero(heard[word])
            parts.append((row[some], word[some], heard[word[some]], share[word[some]]))
        rows, at, sounds, shares = (np.concatenate(column) for column in zip(*parts, strict=True))
        return cls(rows, at, sounds, shares * model.right_rows / _times(model))


def _word_keys(records: Records, model: Model) -> Iterator[tuple[str, _Keys]]:
    """A word of the name with a part of the date, or with the place; a rare one alone. A common word takes another's
    initial along."""
    said = _Said.of(records, model)
    row, heard, common = said.row, said.heard, said.expected > PER_WORD_AND_YEAR * YEARS
    for born in records.born.T:
        year, rest = born[row] // 10000, born[row] % 10000
        some = np.flatnonzero((year > 0) & ~common)
        yield "word and year", _Keys(row[some], mix(heard[some], year[some]))
        some = np.flatnonzero((year > 0) & common)
        yield "word, year and initial", _with_initials(records, said.take(some), year[some])
        some = np.flatnonzero((rest > 0) & (rest != 101) & (rest % 100 > 0))
        yield "word and day", _Keys(row[some], mix(heard[some], rest[some]))
    some = np.flatnonzero(records.postcode[row])
    if len(some):
        yield "word and postcode", _Keys(row[some], mix(heard[some], records.postcode[row[some]].view(np.uint64)))
    some = np.flatnonzero(records.street_key[row])
    if len(some):
        yield "word and house", _Keys(row[some], mix(heard[some], records.street_key[row[some]]))
    some = np.flatnonzero(said.expected <= PER_WORD)
    yield "rare word", _Keys(row[some], mix(heard[some]))
    some = np.flatnonzero(said.expected <= PER_WORD_AND_INITIAL * INITIALS)
    yield "word and initial", _with_initials(records, said.take(some), np.zeros(len(some), dtype=np.int64))


def _with_initials(records: Records, said: _Said, year: Numbers) -> _Keys:
    """A word and the year with the initials of the first given name and of the first word of the surname."""
    names = records.names
    first = records.first_name[said.row]
    found = []
    for part in (names.given, names.family[:, 0]):
        word = part[first]
        initial = records.words.letters[word, 0]
        other = np.flatnonzero((initial > 0) & (word != said.word))
        found.append(_Keys(said.row[other], mix(said.heard[other], year[other], initial[other])))
    return _together(found)


def _words_of_rows(records: Records) -> tuple[Numbers, Numbers]:
    """(row, word) of every word of every name, an initial excepted."""
    names, words = records.names, records.words
    columns = [*names.family.T, names.given, *names.middle.T]
    some = [np.flatnonzero(words.length[column] > 1) for column in columns]
    row = np.concatenate([names.row[at] for at in some])
    word = np.concatenate([column[at] for column, at in zip(columns, some, strict=True)]).astype(np.int64)
    several = (np.diff(records.first_name) > 1)[row]  # readings of one name are made of the same words
    once = pd.unique(row[several] * len(words) + word[several])
    row = np.concatenate([row[~several], once // len(words)])
    return row, np.concatenate([word[~several], once % len(words)])


def _pairs_of_words(records: Records, model: Model) -> _Keys:
    """A word of the surname with a word of the given names, in either order; all of each half as one word, too."""
    names = records.names
    families = [_half(records, column) for column in names.family.T]
    givens = [
        each for column in (names.given, *names.middle.T) for each in (_half(records, column), *_meant(records, column))
    ]
    rare = np.zeros(len(names))  # a half as one word is rarer than its words
    families.append((names.family_heard * (names.family_count > 1), rare))
    givens.append((names.given_heard * (names.given_count > 1), rare))
    known = [[np.flatnonzero(heard) for heard, _ in halves] for halves in (families, givens)]
    found = []
    for (at_family, (family, family_share)), (at_given, (given, given_share)) in product(
        zip(known[0], families, strict=True), zip(known[1], givens, strict=True)
    ):
        at = min(at_family, at_given, key=len)  # few have a second surname, or a nickname
        common = family_share[at] * given_share[at] * model.right_rows / _times(model)
        some = at[(family[at] != 0) & (given[at] != 0) & (common <= PER_TWO_WORDS)]
        low, high = np.minimum(family[some], given[some]), np.maximum(family[some], given[some])
        found.append(_Keys(names.row[some], mix(low, high)))
    return _together([_nothing(), *found])


def _half(records: Records, column: Numbers) -> tuple[Hashes, Shares]:
    """Sound, and share, of one word of each name; nothing for an initial."""
    words = records.words
    return words.heard[column] * (words.length[column] > 1), words.heard_share[column]


def _meant(records: Records, column: Numbers) -> Iterator[tuple[Hashes, Shares]]:
    """The names that nicknames may stand for."""
    words = records.words
    for heard, share in zip(words.meant.T, words.meant_share.T, strict=True):
        yield heard[column], share[column]
