"""Which pairs are worth comparing: those that share a key. A row's keys depend on the row and the model alone.

The rules overlap on purpose: a true pair is lost only if no number, no date, and no two of name, part of the date and
place survive in both rows. A key that would be common is refined, not dropped: how common a name, a date or a telephone
is stands in the model, so that what is compared with what does not depend on how much is compared at once.

The sides are not alike: the left, small one is indexed once, the right one only looks up. Its cost is linear in the
right rows.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from include.matching.arrays import Flags, Hashes, Numbers, Shares, Sorted, grouped
from include.matching.fields import Table
from include.matching.hashes import mix, without_a_letter
from include.matching.model import Model
from include.matching.names.words import Words
from include.matching.records import NUMBERS, Records, read_records

# How many rows of a right side, as large as the model says, a key of each kind may find by chance for a row of the
# left. People go by culture: some find ten times as many.
PER_WORD_AND_YEAR = 20  # of people who bear a word, one in fifty is born in a given year
YEARS = 50
PER_TWO_WORDS = 10
PER_WORD_AND_INITIAL = 4
INITIALS = 15  # that names begin with, were each as common
PER_WORD = 4
SLIP_LETTERS = 5  # of a word that is looked for with a slip: of less, what a slip leaves is many other words
PER_POSTCODE = 10  # a small table's; in a large one a postcode is shared by hundreds
PER_PHONE = 10  # hundreds share one in the simulated world, or where only the firm's is known
PER_DATE = 10  # of a million people seventy are born on one day
# Rows of a right side from which these numbers hold as they are: in a smaller one so many times as many may be found.
MANY_ROWS = 20_000
_ROW_BITS = 32  # a pair as one number: the right row, then the left one
_ROW = (1 << _ROW_BITS) - 1


@dataclass(frozen=True)
class _Keys:
    """Keys and the rows that have them: sums of hashes of what is known. Not all hold: whether one does is asked of
    those alone that somebody else has."""

    row: Numbers
    key: Hashes
    holds: Callable[[Numbers], Flags]  # of keys by position

    @classmethod
    def of(cls, part: Hashes) -> "_Keys":
        """A key for each row of which the part is known. It is mixed once more than what is added to it: neither can
        stand for the other."""
        row = np.flatnonzero(part != 0)
        return cls(row, mix(part.take(row)), _always)

    def with_row(self, part: Hashes) -> "_Keys":
        """The keys with a part of their row; they hold where it is known."""
        return self.with_word(part, self.row)

    def with_word(self, part: Hashes, word: npt.NDArray[np.integer]) -> "_Keys":
        """The keys with a part of a word each; they hold where it is known."""

        def holds(at: Numbers) -> Flags:
            found: Flags = self.holds(at) & (part[word[at]] != 0)
            return found

        return _Keys(self.row, self.key + part.take(word), holds)

    def where(self, part: Hashes) -> "_Keys":
        """The keys of the rows of which a part is known, if those are few."""
        return self.take(np.flatnonzero((part != 0)[self.row]))

    def take(self, some: Numbers) -> "_Keys":
        """Some of the keys."""
        return _Keys(self.row.take(some), self.key.take(some), lambda at: self.holds(some[at]))


def _always(at: Numbers) -> Flags:
    return np.ones(len(at), dtype=bool)


@dataclass(frozen=True)
class _Parts:
    """What keys are made of, as hashes: of each row, and of each word. 0 is none."""

    numbers: dict[str, list[Hashes]]
    organisation: Hashes
    postcode: Hashes
    street: Hashes
    dates: list[Hashes]  # day and month in ascending order, so that a swap does not matter
    words: Hashes  # each word's own sound, in the order of the words, then those of what nicknames stand for
    slips: list[Hashes]  # each uncommon word as it is spelled, then without its first letter, its second, ...
    surnames: Hashes  # the sound of several words of a surname as one
    forenames: Hashes  # and of several given names
    whole: Hashes  # all words of each reading as one
    count: npt.NDArray[np.int8]  # and how many there are

    @classmethod
    def of(cls, records: Records, model: Model) -> "_Parts":
        """All parts of a side."""
        words, surnames, forenames = records.words, records.names.surnames, records.names.forenames
        return cls(
            numbers={name: [mix(each) for each in every.T if each.any()] for name, every in records.numbers.items()},
            organisation=mix(records.organisation_start),
            postcode=mix(records.postcode),
            street=mix(records.street_key),
            dates=[_date(born) for born in records.born.T],
            words=mix(mix(np.append(words.heard, words.meant.ravel(order="F")))),
            slips=_slips(words, model),
            surnames=mix(mix(surnames.heard * (surnames.count > 1))),
            forenames=mix(mix(forenames.heard * (forenames.count > 1))),
            whole=_whole_names(records, model),
            count=records.names.count,
        )

    def seen(self) -> dict[str, Sorted]:
        """The parts that few rows of another side share with this one."""
        every = {
            "phone": self.numbers["phone"],
            "street": [self.street],
            "date": self.dates,
            "word": [self.words, self.surnames, self.forenames],
            "slip": self.slips,
            "whole": [self._of_words(by) for by in (-1, 1)],
        }
        return {name: Sorted(np.unique(_some(parts))) for name, parts in every.items()}

    def among(self, others: Mapping[str, Sorted]) -> "_Parts":
        """The parts that others have as well; the rest is none."""
        return replace(
            self,
            numbers=self.numbers | {"phone": [_among(each, others["phone"]) for each in self.numbers["phone"]]},
            street=_among(self.street, others["street"]),
            dates=[_among(each, others["date"]) for each in self.dates],
            words=_among(self.words, others["word"]),
            slips=[_among(each, others["slip"]) for each in self.slips],
            surnames=_among(self.surnames, others["word"]),
            forenames=_among(self.forenames, others["word"]),
            whole=self.whole * (_among(self._of_words(0), others["whole"]) != 0),
        )

    def _of_words(self, more: int) -> Hashes:
        """The whole names with so many words more than they have: the same name in one word less or more is looked for,
        one in as many is found by these."""
        found: Hashes = mix(self.whole, self.count + more) * (self.whole != 0)
        return found


def _date(born: npt.NDArray[np.int32]) -> Hashes:
    """1 January says only the year."""
    month, day = born // 100 % 100, born % 100
    is_date = (day > 0) & (born % 10000 != 101)
    return mix((born // 10000 * 10000 + np.minimum(month, day) * 100 + np.maximum(month, day)) * is_date)


def _uncounted_are_rare(model: Model) -> bool:
    """Whether a word that nobody counted is rare: one with a slip, or two that are written as one. In a table of a
    million it is not, and neither keys nor CPU are spent on them."""
    floor = min(model.frequencies.family_floor, model.frequencies.given_floor)
    return floor * model.right_rows / _times(model) <= PER_WORD


def _slips(words: Words, model: Model) -> list[Hashes]:
    """Two words that are an edit apart (a letter more, less, another, two turned) have one of these in common. Of words
    that are so rare that, beside a year, each finds as many rows by chance as a rare word alone."""
    expected = _expected(words.heard_share, model)
    rare = np.flatnonzero((words.length >= SLIP_LETTERS) & (expected <= PER_WORD * YEARS))
    if not len(rare) or not _uncounted_are_rare(model):
        return []
    spelling = words.spelling.take(rare)
    found = []
    for each in (spelling.value, *without_a_letter(words.letters.take(rare, axis=0), spelling)):
        found.append(np.zeros(len(words), dtype=np.uint64))
        found[-1][rare] = mix(mix(each))
    return found


def _whole_names(records: Records, model: Model) -> Hashes:
    """The words of each reading as one; 0 where that is not looked for."""
    whole = mix(records.names.whole)
    return whole if _uncounted_are_rare(model) else np.zeros_like(whole)


def _some(parts: list[Hashes]) -> Hashes:
    """Those that are known."""
    together = np.concatenate([np.empty(0, dtype=np.uint64), *parts])
    found: Hashes = together[together != 0]
    return found


def _among(hashes: Hashes, others: Sorted) -> Hashes:
    found, some = np.zeros_like(hashes), others.find(hashes)[0]
    found[some] = hashes[some]
    return found


@dataclass(frozen=True)
class Index:
    """The keys of the left side, ready to be looked up."""

    rules: dict[str, "_Side"]
    parts: dict[str, Sorted]  # of keys, that the left side has
    model: Model
    pairs: Counter[str] = field(default_factory=Counter)  # by rule, before pairs of several rules are counted once

    @classmethod
    def of(cls, left: Records, model: Model) -> "Index":
        """Index every key of every row."""
        found: dict[str, list[_Keys]] = {}
        parts = _Parts.of(left, model)
        for rule, keys in row_keys(left, parts, model):
            found.setdefault(rule, []).append(keys)
        return cls({rule: _Side.of(*_holding(keys)) for rule, keys in found.items()}, parts.seen(), model)

    def candidates(self, right: Records) -> tuple[Numbers, Numbers]:
        """Rows of the left side and of `right` that share a key, each pair once."""
        found = []
        for rule, keys in row_keys(right, _Parts.of(right, self.model).among(self.parts), self.model):
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
        holds = np.flatnonzero(keys.holds(some))
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
    records = read_records(Table(table), model)
    row, key = _holding([found for _, found in row_keys(records, _Parts.of(records, model), model)])
    once = _once(row << 32 | (key >> np.uint64(32)).astype(np.int64))
    return once >> 32, once.astype(np.uint32).view(np.int32)


def _once(numbers: Numbers) -> Numbers:
    """Positive numbers in ascending order, each once: `np.unique`, which is slower on numbers of 64 bits."""
    numbers = np.sort(numbers)
    return numbers[np.flatnonzero(np.diff(numbers, prepend=-1))]


def _holding(keys: list[_Keys]) -> tuple[Numbers, Hashes]:
    """Rows and keys, of those that hold."""
    held = [each.take(np.flatnonzero(each.holds(np.arange(len(each.row))))) for each in keys]
    return np.concatenate([each.row for each in held]), np.concatenate([each.key for each in held])


def row_keys(records: Records, parts: _Parts, model: Model) -> Iterator[tuple[str, _Keys]]:
    """All keys of a side, rule by rule, of which some come several times; a row may have a key twice."""
    for number in NUMBERS:
        if number != "phone" or not _common_phone(model):
            for each in parts.numbers[number]:
                yield number, _Keys.of(each)
    yield "organisation", _Keys.of(parts.organisation)
    yield "postcode and house", _Keys.of(parts.street).with_row(parts.postcode)
    if _by_chance(model, "place", "exact", "postcode") <= PER_POSTCODE:
        yield "postcode", _Keys.of(parts.postcode)
    yield from _date_keys(records, parts, model)
    if _common_phone(model):
        for phone in parts.numbers["phone"]:
            of_phone = _Keys.of(phone)
            yield "phone and postcode", of_phone.with_row(parts.postcode)
            for born in records.born.T:
                yield "phone and date", of_phone.with_row(mix(born))
    spoken = _Spoken.of(records, parts)
    yield from _word_keys(records, spoken, parts, model)
    yield from _near_word_keys(records, parts, model)
    name = np.flatnonzero(parts.whole)
    yield "blank left out", _Keys(records.names.row[name], parts.whole[name], _always)
    for keys in _pairs_of_words(records, spoken, parts, model):
        yield "two words", keys


def _times(model: Model) -> float:
    """How many times as much as in a large table a key may find by chance.

    A small table costs little, and where each person has ten rows, ten times as much is to be found.
    """
    return max(1.0, MANY_ROWS / model.right_rows, model.prior * model.right_rows)


def _expected(share: Shares, model: Model) -> Shares:
    """Rows of the right side that have what is so common, where as much may be found as in a large table."""
    found: Shares = share * model.right_rows / _times(model)
    return found


def _by_chance(model: Model, comparison: str, *levels: str) -> float:
    """Rows of the right side that agree so well with a row of the left by chance, where as much may be found as in a
    large table."""
    rows = model.right_rows / _times(model)
    return sum(model.comparisons[comparison][level].u or 0.0 for level in levels) * rows


def _common_phone(model: Model) -> bool:
    return _by_chance(model, "phone", "exact") > PER_PHONE


def _date_keys(records: Records, parts: _Parts, model: Model) -> Iterator[tuple[str, _Keys]]:
    names, initials = records.names, mix(records.words.initials)
    for date in parts.dates:
        if _by_chance(model, "date_of_birth", "exact", "swapped") <= PER_DATE:
            yield "date", _Keys.of(date)
            continue
        name = np.flatnonzero((date != 0)[names.row])
        row = names.row[name]
        of_names = _Keys(row, mix(date[row]), _always)
        yield "date and initial", of_names.with_word(initials, names.forenames.given[names.forename[name]])
        yield "date and initial", of_names.with_word(initials, names.surnames.words[0][names.surname[name]])
        keys = _Keys.of(date)
        yield "date and postcode", keys.with_row(parts.postcode)
        yield "date and house", keys.with_row(parts.street)


@dataclass(frozen=True)
class _Said:
    """The words of somebody or something: a nickname once for itself, and once for each name that it may stand for."""

    by: Numbers  # row, or name
    word: Numbers
    sound: Numbers  # position in `_Parts.words`

    @classmethod
    def of(cls, by: Numbers, word: Numbers, words: Words) -> "_Said":
        parts = [(by, word, word)]
        nicknames = np.flatnonzero((words.meant[:, 0] != 0)[word])
        for nth, meant in enumerate(words.meant.T):
            some = nicknames[np.flatnonzero((meant != 0)[word[nicknames]])]
            parts.append((by[some], word[some], word[some] + (nth + 1) * len(meant)))
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@dataclass(frozen=True)
class _Spoken:
    """The words of all names of a side, and how common each sound is."""

    by_rows: _Said
    of_given: _Said  # by name, without those of the surname
    share: Shares  # of people with a name of a sound

    @classmethod
    def of(cls, records: Records, parts: _Parts) -> "_Spoken":
        """An initial is no word, and one of whose sounds none is known is left out."""
        words = records.words
        is_word = (words.length > 1) & (parts.words.reshape(-1, len(words)) != 0).any(axis=0)
        given, family = _words_of_halves(records, is_word)
        every = _together(family, given)
        share = np.append(words.heard_share, words.meant_share.ravel(order="F"))
        return cls(_Said.of(*_of_rows(records, *every), words), _Said.of(*given, words), share)


def _word_keys(records: Records, spoken: _Spoken, parts: _Parts, model: Model) -> Iterator[tuple[str, _Keys]]:
    """A word of the name with a part of the date, or with the place; a rare one alone. A common word takes another's
    initial along."""
    said, initials = spoken.by_rows, mix(records.words.initials)
    expected = _expected(spoken.share, model)
    every = _Keys(said.by, parts.words[said.sound], _always)
    is_common = (expected > PER_WORD_AND_YEAR * YEARS)[said.sound]
    common, uncommon = np.flatnonzero(is_common), every.take(np.flatnonzero(~is_common))
    of_common, others = every.take(common), _other_words(records, said.by[common], said.word[common])
    for born in records.born.T:
        year, day = born // 10000, born % 10000
        day *= (day != 101) & (day % 100 > 0)
        for name, part in (("year", mix(year)), ("day", mix(day))):
            yield f"word and {name}", uncommon.with_row(part)
            with_part = of_common.with_row(part)
            for other in others:
                yield f"word, {name} and initial", with_part.with_word(initials, other)
    yield "word and postcode", every.with_row(parts.postcode)
    yield "word and house", every.where(parts.street).with_row(parts.street)
    if _common_phone(model):
        for phone in parts.numbers["phone"]:
            yield "word and phone", every.where(phone).with_row(phone)
    yield "rare word", every.take(np.flatnonzero((expected <= PER_WORD)[said.sound]))
    rare = np.flatnonzero((expected <= PER_WORD_AND_INITIAL * INITIALS)[said.sound])
    of_rare = every.take(rare)
    for other in _other_words(records, said.by[rare], said.word[rare]):
        yield "word and initial", of_rare.with_word(initials, other)


def _near_word_keys(records: Records, parts: _Parts, model: Model) -> Iterator[tuple[str, _Keys]]:
    """A word with a slip anywhere and the year, a rarer one with another's initial: where each word has a slip, no
    sound is left."""
    may_slip = np.logical_or.reduce([np.zeros(len(records.words), dtype=bool), *(each != 0 for each in parts.slips)])
    forenames, surnames = _words_of_halves(records, may_slip)
    row, word = _of_rows(records, *_together(forenames, surnames))
    initials = mix(records.words.initials)
    is_rare = _expected(records.words.heard_share, model) <= PER_WORD_AND_INITIAL * INITIALS
    for slips in parts.slips:
        some = np.flatnonzero((slips != 0)[word])
        of_slip = _Keys(row[some], slips[word[some]], _always)
        for born in records.born.T:
            yield "near word and year", of_slip.with_row(mix(born // 10000))
        some = some[np.flatnonzero(is_rare[word[some]])]
        of_rare = _Keys(row[some], slips[word[some]], _always)
        for other in _other_words(records, row[some], word[some]):
            yield "near word and initial", of_rare.with_word(initials, other)


def _other_words(records: Records, row: Numbers, word: Numbers) -> list[npt.NDArray[np.integer]]:
    """The first given name, and the surname's first word, in the row of each word; 0, which is none, where that is the
    word itself."""
    names, first = records.names, records.first_name[:-1]
    given, family = names.forenames.given[names.forename[first]], names.surnames.words[0][names.surname[first]]
    others = given[row], family[row]
    return [other * (other != word) for other in others]


def _of_rows(records: Records, name: Numbers, word: Numbers) -> tuple[Numbers, Numbers]:
    """(row, word) of the words of names."""
    row = records.names.row[name]
    several = (np.diff(records.first_name) > 1)[row]  # readings of one name are made of the same words
    one, more = np.flatnonzero(~several), np.flatnonzero(several)
    once = _once(row[more] << _ROW_BITS | word[more])
    return _together((row[one], word[one]), (once >> _ROW_BITS, once & _ROW))


def _words_of_halves(records: Records, is_word: Flags) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """(name, word) of every given name, and of every word of the surnames."""
    names = records.names
    forenames = np.vstack([names.forenames.given, names.forenames.middle])
    return _words_of(is_word, forenames, names.forename), _words_of(is_word, names.surnames.words, names.surname)


def _words_of(is_word: Flags, grid: Numbers, half: Numbers) -> tuple[Numbers, Numbers]:
    """(name, word) of every word of one half of the names."""
    found = []
    for words in grid:
        name = np.flatnonzero(is_word.take(words).take(half))
        found.append((name, words.take(half.take(name))))
    return _together(*found)


def _together(*found: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    ones, others = zip(*found, strict=True)
    return np.concatenate(ones), np.concatenate(others)


def _pairs_of_words(records: Records, spoken: _Spoken, parts: _Parts, model: Model) -> Iterator[_Keys]:
    """A word of the surname with a word of the given names, in either order; all of each half as one word, too."""
    words, names, said = records.words, records.names, spoken.of_given
    rows = model.right_rows / _times(model)
    several = np.flatnonzero((parts.forenames != 0)[names.forename])  # rarer than each of the words
    by = np.append(said.by, several)
    given = np.append(parts.words[said.sound], parts.forenames[names.forename[several]])
    share = np.append(spoken.share[said.sound], np.zeros(len(several)))
    of_words = parts.words[: len(words)] * (words.length > 1)
    families = [(of_words[column], words.heard_share[column]) for column in names.surnames.words]
    families.append((parts.surnames, np.zeros(len(parts.surnames))))
    for of_surname, of_family in families:
        family = of_surname.take(names.surname)
        some = np.flatnonzero((family != 0)[by])
        name = by[some]

        def holds(at: Numbers, some: Numbers = some, name: Numbers = name, of_family: Shares = of_family) -> Flags:
            found: Flags = of_family[names.surname[name[at]]] * share[some[at]] * rows <= PER_TWO_WORDS
            return found

        yield _Keys(names.row.take(name), family.take(name) + given.take(some), holds)
