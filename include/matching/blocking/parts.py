"""What keys are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from include.matching.arrays import Hashes, Sorted
from include.matching.blocking.chance import PER_WORD, SLIP_LETTERS, YEARS, expected_rows, uncounted_are_rare
from include.matching.hashes import mix, without_a_letter
from include.matching.model import Model
from include.matching.names.words import Words
from include.matching.records import Records


@dataclass(frozen=True)
class Parts:
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
    def of(cls, records: Records, model: Model) -> "Parts":
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

    def among(self, others: Mapping[str, Sorted]) -> "Parts":
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


def _slips(words: Words, model: Model) -> list[Hashes]:
    """Two words that are an edit apart (a letter more, less, another, two turned) have one of these in common. Of words
    that are so rare that, beside a year, each finds as many rows by chance as a rare word alone."""
    expected = expected_rows(words.heard_share, model)
    rare = np.flatnonzero((words.length >= SLIP_LETTERS) & (expected <= PER_WORD * YEARS))
    if not len(rare) or not uncounted_are_rare(model):
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
    return whole if uncounted_are_rare(model) else np.zeros_like(whole)


def _some(parts: list[Hashes]) -> Hashes:
    """Those that are known."""
    together = np.concatenate([np.empty(0, dtype=np.uint64), *parts])
    found: Hashes = together[together != 0]
    return found


def _among(hashes: Hashes, others: Sorted) -> Hashes:
    found, some = np.zeros_like(hashes), others.find(hashes)[0]
    found[some] = hashes[some]
    return found
