"""The words of the names of a side: by row, by name, by sound."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from include.matching.arrays import HALF, LOWER, Flags, Numbers, Shares, once_each
from include.matching.blocking.parts import Parts
from include.matching.names.words import Words
from include.matching.records import Records


@dataclass(frozen=True)
class _Said:
    """The words of somebody or something: a nickname once for itself, and once for each name that it may stand for."""

    by: Numbers  # row, or name
    word: Numbers
    sound: Numbers  # position in `Parts.words`

    @classmethod
    def of(cls, by: Numbers, word: Numbers, words: Words) -> "_Said":
        parts = [(by, word, word)]
        nicknames = np.flatnonzero((words.meant[:, 0] != 0)[word])
        for nth, meant in enumerate(words.meant.T):
            some = nicknames[np.flatnonzero((meant != 0)[word[nicknames]])]
            parts.append((by[some], word[some], word[some] + (nth + 1) * len(meant)))
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@dataclass(frozen=True)
class Spoken:
    """The words of all names of a side, and how common each sound is."""

    by_rows: _Said
    of_given: _Said  # by name, without those of the surname
    share: Shares  # of people with a name of a sound

    @classmethod
    def of(cls, records: Records, parts: Parts) -> "Spoken":
        """An initial is no word, and one of whose sounds none is known is left out."""
        words = records.words
        is_word = (words.length > 1) & (parts.words.reshape(-1, len(words)) != 0).any(axis=0)
        given, family = words_of_halves(records, is_word)
        every = together(family, given)
        share = np.append(words.heard_share, words.meant_share.ravel(order="F"))
        return cls(_Said.of(*of_rows(records, *every), words), _Said.of(*given, words), share)


def other_words(records: Records, row: Numbers, word: Numbers) -> list[npt.NDArray[np.integer]]:
    """The first given name, and the surname's first word, in the row of each word; 0, which is none, where that is the
    word itself."""
    names, first = records.names, records.first_name[:-1]
    given, family = names.forenames.given[names.forename[first]], names.surnames.words[0][names.surname[first]]
    others = given[row], family[row]
    return [other * (other != word) for other in others]


def of_rows(records: Records, name: Numbers, word: Numbers) -> tuple[Numbers, Numbers]:
    """(row, word) of the words of names."""
    row = records.names.row[name]
    several = (np.diff(records.first_name) > 1)[row]  # readings of one name are made of the same words
    one, more = np.flatnonzero(~several), np.flatnonzero(several)
    once = once_each(row[more] << HALF | word[more])
    return together((row[one], word[one]), (once >> HALF, once & LOWER))


def words_of_halves(records: Records, is_word: Flags) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
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
    return together(*found)


def together(*found: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """One pair of columns from several."""
    ones, others = zip(*found, strict=True)
    return np.concatenate(ones), np.concatenate(others)
