"""The keys of a side, rule by rule."""

from collections.abc import Iterator

import numpy as np

from include.matching.arrays import Flags, Numbers, Shares
from include.matching.blocking.chance import (
    INITIALS,
    PER_DATE,
    PER_POSTCODE,
    PER_TWO_WORDS,
    PER_WORD,
    PER_WORD_AND_INITIAL,
    PER_WORD_AND_YEAR,
    YEARS,
    by_chance,
    common_phone,
    expected_rows,
    times,
)
from include.matching.blocking.keys import Keys, always
from include.matching.blocking.parts import Parts
from include.matching.blocking.spoken import Spoken, of_rows, other_words, together, words_of_halves
from include.matching.hashes import mix
from include.matching.model import Model
from include.matching.records import NUMBERS, Records


def row_keys(records: Records, parts: Parts, model: Model) -> Iterator[tuple[str, Keys]]:
    """All keys of a side, rule by rule, of which some come several times; a row may have a key twice."""
    for number in NUMBERS:
        if number != "phone" or not common_phone(model):
            for each in parts.numbers[number]:
                yield number, Keys.of(each)
    yield "organisation", Keys.of(parts.organisation)
    yield "postcode and house", Keys.of(parts.street).with_row(parts.postcode)
    if by_chance(model, "place", "exact", "postcode") <= PER_POSTCODE:
        yield "postcode", Keys.of(parts.postcode)
    yield from _date_keys(records, parts, model)
    if common_phone(model):
        for phone in parts.numbers["phone"]:
            of_phone = Keys.of(phone)
            yield "phone and postcode", of_phone.with_row(parts.postcode)
            for born in records.born.T:
                yield "phone and date", of_phone.with_row(mix(born))
    spoken = Spoken.of(records, parts)
    yield from _word_keys(records, spoken, parts, model)
    yield from _near_word_keys(records, parts, model)
    name = np.flatnonzero(parts.whole)
    yield "blank left out", Keys(records.names.row[name], parts.whole[name], always)
    for keys in _pairs_of_words(records, spoken, parts, model):
        yield "two words", keys


def _date_keys(records: Records, parts: Parts, model: Model) -> Iterator[tuple[str, Keys]]:
    names, initials = records.names, mix(records.words.initials)
    for date in parts.dates:
        if by_chance(model, "date_of_birth", "exact", "swapped") <= PER_DATE:
            yield "date", Keys.of(date)
            continue
        name = np.flatnonzero((date != 0)[names.row])
        row = names.row[name]
        of_names = Keys(row, mix(date[row]), always)
        yield "date and initial", of_names.with_word(initials, names.forenames.given[names.forename[name]])
        yield "date and initial", of_names.with_word(initials, names.surnames.words[0][names.surname[name]])
        keys = Keys.of(date)
        yield "date and postcode", keys.with_row(parts.postcode)
        yield "date and house", keys.with_row(parts.street)


def _word_keys(records: Records, spoken: Spoken, parts: Parts, model: Model) -> Iterator[tuple[str, Keys]]:
    """A word of the name with a part of the date, or with the place; a rare one alone. A common word takes another's
    initial along."""
    said, initials = spoken.by_rows, mix(records.words.initials)
    expected = expected_rows(spoken.share, model)
    every = Keys(said.by, parts.words[said.sound], always)
    is_common = (expected > PER_WORD_AND_YEAR * YEARS)[said.sound]
    common, uncommon = np.flatnonzero(is_common), every.take(np.flatnonzero(~is_common))
    of_common, others = every.take(common), other_words(records, said.by[common], said.word[common])
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
    if common_phone(model):
        for phone in parts.numbers["phone"]:
            yield "word and phone", every.where(phone).with_row(phone)
    yield "rare word", every.take(np.flatnonzero((expected <= PER_WORD)[said.sound]))
    rare = np.flatnonzero((expected <= PER_WORD_AND_INITIAL * INITIALS)[said.sound])
    of_rare = every.take(rare)
    for other in other_words(records, said.by[rare], said.word[rare]):
        yield "word and initial", of_rare.with_word(initials, other)


def _near_word_keys(records: Records, parts: Parts, model: Model) -> Iterator[tuple[str, Keys]]:
    """A word with a slip anywhere and the year, a rarer one with another's initial: where each word has a slip, no
    sound is left."""
    may_slip = np.logical_or.reduce([np.zeros(len(records.words), dtype=bool), *(each != 0 for each in parts.slips)])
    forenames, surnames = words_of_halves(records, may_slip)
    row, word = of_rows(records, *together(forenames, surnames))
    initials = mix(records.words.initials)
    is_rare = expected_rows(records.words.heard_share, model) <= PER_WORD_AND_INITIAL * INITIALS
    for slips in parts.slips:
        some = np.flatnonzero((slips != 0)[word])
        of_slip = Keys(row[some], slips[word[some]], always)
        for born in records.born.T:
            yield "near word and year", of_slip.with_row(mix(born // 10000))
        some = some[np.flatnonzero(is_rare[word[some]])]
        of_rare = Keys(row[some], slips[word[some]], always)
        for other in other_words(records, row[some], word[some]):
            yield "near word and initial", of_rare.with_word(initials, other)


def _pairs_of_words(records: Records, spoken: Spoken, parts: Parts, model: Model) -> Iterator[Keys]:
    """A word of the surname with a word of the given names, in either order; all of each half as one word, too."""
    words, names, said = records.words, records.names, spoken.of_given
    rows = model.right_rows / times(model)
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

        yield Keys(names.row.take(name), family.take(name) + given.take(some), holds)
