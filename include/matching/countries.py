"""Countries as agencies write them -> ISO 3166-1 alpha-2."""

import re
from collections.abc import Mapping

from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import OSA

NOT_WORD = re.compile("[^A-Z0-9]+")
DIGITS_AS_LETTERS = str.maketrans("01358", "OIESB")  # how a code is mistyped: H0NDU
LONG_ENOUGH = 4  # letters from which one wrong letter still leaves one country


class CountryReader:
    """Reads a country by any of its names and codes; `countries`: alpha-2 code -> names and agency codes."""

    def __init__(self, countries: Mapping[str, list[str]]) -> None:
        self._codes = {code: code for code in countries}
        for code, spellings in countries.items():
            self._codes |= {_bare(spelling): code for spelling in spellings}
        self._long = [spelling for spelling in self._codes if len(spelling) >= LONG_ENOUGH]
        self._read: dict[str, str] = {}

    def read(self, text: str) -> str:
        """The code; what cannot be read comes back as it is, in capitals and without blanks.

        Five-letter codes may be mistyped by one edit, or with a digit for a letter, if only one country is that near.
        """
        if text not in self._read:
            self._read[text] = self._find(_bare(text))
        return self._read[text]

    def _find(self, written: str) -> str:
        if written in self._codes:
            return self._codes[written]
        letters = written.translate(DIGITS_AS_LETTERS)
        if letters in self._codes:
            return self._codes[letters]
        if len(letters) < LONG_ENOUGH:
            return written
        spelled = process.extract(letters, self._long, scorer=OSA.distance, score_cutoff=1, limit=None)
        near = {self._codes[spelling] for spelling, _, _ in spelled}
        return near.pop() if len(near) == 1 else written


def _bare(text: str) -> str:
    return NOT_WORD.sub("", anyascii(text).upper())
