"""Which given names stand for one another: BILL and WILLIAM, PEGGY and MAGGIE."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa

from include.matching.arrays import Flags, Hashes, Sorted
from include.matching.hashes import hash_letters, mix
from include.matching.letters import byte_matrix
from include.matching.names import census
from include.matching.names.sounds import hear, level

MEANINGS = 2  # BILL is WILLIAM or ROBERT; each costs a key for every row that has the nickname


class Nicknames:
    """Nicknames of the package `nicknames` (English) and those of a model.

    `meanings`: for a nickname the names it may stand for, at most `MEANINGS`, the commonest first. The package calls
    WILLIAM a nickname of BILL as well: the commoner one is the name.
    """

    def __init__(self, of_model: Mapping[str, str]) -> None:
        meanings: dict[str, set[str]] = {nickname: {name} for nickname, name in of_model.items()}
        for name, nickname in _packaged():
            meanings.setdefault(nickname, set()).add(name)
        common = census.given_names()
        self.meanings: dict[str, list[str]] = {}
        for nickname, names in meanings.items():
            known = [name for name in names if common.get(name, 0.0) > common.get(nickname, 0.0)]
            known.sort(key=lambda name: (-common[name], name))
            of_this_model = [of_model[nickname]] if nickname in of_model else []
            if every := list(dict.fromkeys([*of_this_model, *known])):
                self.meanings[nickname] = every[:MEANINGS]
        self._nicknames, self._heard = _by_spelling(self.meanings)
        groups: dict[str, set[str]] = {}
        for nickname, names in meanings.items():
            for name in names:
                groups.setdefault(name, {name}).add(nickname)
        pairs = sorted({pair for group in groups.values() for pair in combinations(sorted(group), 2)})
        ones, others = zip(*pairs, strict=True) if pairs else ((), ())
        self._pairs = Sorted(np.unique(_pair(_hashes(ones), _hashes(others))))

    def heard_of(self, spelling: Hashes) -> Hashes:
        """n x `MEANINGS`: how the names sound that each of n words may stand for; 0 is none."""
        found = np.zeros((len(spelling), MEANINGS), dtype=np.uint64)
        some, at = self._nicknames.find(spelling)
        found[some] = self._heard.take(at, axis=0)
        return found

    def related(self, ones: Hashes, others: Hashes) -> Flags:
        """Whether two names, given by the hashes of their spelling, can stand for one name."""
        found = np.zeros(len(ones), dtype=bool)
        found[self._pairs.find(_pair(ones, others))[0]] = True
        return found


def _by_spelling(meanings: Mapping[str, list[str]]) -> tuple[Sorted, Hashes]:
    """The nicknames by the hashes of their spelling, and how the names of each sound."""
    letters = byte_matrix(pa.array([name for names in meanings.values() for name in names], pa.string()))
    count = np.array([len(names) for names in meanings.values()], dtype=np.int64)
    nth = np.arange(len(letters)) - np.repeat(np.cumsum(count) - count, count)
    heard = np.zeros((len(meanings), MEANINGS), dtype=np.uint64)
    heard[np.repeat(np.arange(len(count)), count), nth] = hear(letters, hash_letters(letters), level(letters))[2]
    spelling, order = np.unique(_hashes(tuple(meanings)), return_index=True)
    return Sorted(spelling), heard[order]


def _hashes(words: tuple[str, ...]) -> Hashes:
    return hash_letters(byte_matrix(pa.array(words, pa.string()))).value


def _pair(ones: Hashes, others: Hashes) -> Hashes:
    return mix(np.minimum(ones, others), np.maximum(ones, others))


@cache
def _packaged() -> list[tuple[str, str]]:
    """(name, nickname) of the package's list, Apache-2.0."""
    package = find_spec("nicknames")  # its file alone: to import it takes longer than all that follows
    if package is None or package.origin is None:
        raise ModuleNotFoundError("package [nicknames] is missing; run `make setup`")
    lines = Path(package.origin).with_name("names.csv").read_text(encoding="utf-8").splitlines()
    return [(row["name1"].upper(), row["name2"].upper()) for row in csv.DictReader(lines)]
