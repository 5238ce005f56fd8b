"""How common names are, as a model says it: shares of people for the hashes of words."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from include.matching.arrays import Bytes, Flags, Hashes, Shares, Sorted
from include.matching.hashes import hash_letters, hash_texts
from include.matching.letters import byte_matrix
from include.matching.names import census
from include.matching.names.sounds import hear, level

# A name is a byname (SCOOTER, SISSY) if it is so many times commoner among the names that people are called beside
# their own than among given names. Names that are both (MARY, KEVIN) say little: of a hundred pairs in five worlds none
# between 4 and 8 was one person, and above 16 all were.
BYNAME_TIMES = 8.0
UNCOUNTED_FIRM = 1e-4  # share of firms with a name, where none were counted: the hand-set u of equal names before 0063
LEAST_INITIAL = 0.001  # share of people whose names begin with a letter that no known name has in front

Share = Annotated[float, Field(gt=0, le=1)]


class Frequencies(BaseModel):
    """How common a name is: shares of people. `census`: the US Census lists of 1990 count as well, the higher share
    holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: str
    census: bool
    family_floor: Share  # no surname counts as rarer than this
    given_floor: Share
    several_floor: Share  # no combination of surnames counts as rarer than this
    family: dict[str, Share]
    given: dict[str, Share]
    bynames: dict[str, Share] = {}  # of what people are called beside their own given name
    organisation: dict[str, Share] = {}  # of firms, by their names as they are compared
    organisation_words: dict[str, Share] = {}  # of firms that have the word in their name
    organisation_floor: Share = UNCOUNTED_FIRM  # no firm's name, and no word of it, counts as rarer than this


class NameShares:
    """How common a name is, by hash of the word."""

    def __init__(self, frequencies: Frequencies) -> None:
        family, given = [frequencies.family], [frequencies.given]
        if frequencies.census:
            family, given = [*family, census.surnames()], [*given, census.given_names()]
        self.several_floor = frequencies.several_floor
        self.knows_bynames = bool(frequencies.bynames)
        self._floors = frequencies.family_floor, frequencies.given_floor
        self._organisation_floor = frequencies.organisation_floor
        self._organisation = _by_text(frequencies.organisation)
        self._organisation_words = _by_text(frequencies.organisation_words)
        _, spelling, shares = _spelled(family)
        self._family = _Lookup(spelling, shares)
        letters, spelling, shares = _spelled(given)
        self._given = _Lookup(spelling, shares)
        self._initial = _by_initial(letters, shares)
        self._bynames = _Lookup(*_spelled([frequencies.bynames])[1:])
        # a given name stands where a surname should, in a swapped name: the higher of both shares holds
        letters, _, shares = _spelled([*family, *given])
        self._sound = _by_sound(letters, shares)

    def of_family(self, spelling: Hashes) -> Shares:
        """Share of people with a surname."""
        return self._family.find(spelling, self._floors[0])

    def of_given(self, spelling: Hashes) -> Shares:
        """Share of people with a given name."""
        return self._given.find(spelling, self._floors[1])

    def of_organisation(self, names: pa.StringArray) -> Shares:
        """Share of firms with a name, as it is compared: as it was counted, or as often as its words meet by chance,
        whichever is more."""
        words = pc.ascii_split_whitespace(names)
        of_words = np.log2(self._organisation_words.find(hash_texts(words.flatten()), self._organisation_floor))
        by_chance = np.exp2(np.bincount(pc.list_parent_indices(words).to_numpy(), of_words, len(names)))
        return np.maximum(self._organisation.find(hash_texts(names), self._organisation_floor), by_chance)

    def of_initial(self, letter: Bytes) -> Shares:
        """Share of people whose given name begins with a letter."""
        return self._initial[letter]

    def are_bynames(self, spelling: Hashes) -> Flags:
        """Whether people are called so beside their own name, much more often than anybody is named so."""
        found: Flags = self._bynames.find(spelling, 0.0) >= BYNAME_TIMES * self.of_given(spelling)
        return found

    def of_sound(self, heard: Hashes) -> Shares:
        """Share of people with a name of this sound; a name that is not known may be as common as the floor says."""
        return self._sound.find(heard, min(self._floors))


def _spelled(lists: Sequence[Mapping[str, float]]) -> tuple[Bytes, Hashes, Shares]:
    """Letters, spelling and highest share of every name in the lists, by spelling."""
    letters = byte_matrix(pa.array([name for names in lists for name in names], pa.string()))
    shares = np.array([share for names in lists for share in names.values()])
    spelling = hash_letters(letters).value
    order = np.lexsort((-shares, spelling))
    spelling, first = np.unique(spelling[order], return_index=True)
    return letters[order[first]], spelling, shares[order[first]]


def _by_text(names: Mapping[str, float]) -> "_Lookup":
    key, shares = hash_texts(pa.array([*names], pa.string())), np.array([*names.values()], dtype=np.float64)
    order = np.argsort(key)
    return _Lookup(key[order], shares[order])


def _by_initial(letters: Bytes, shares: Shares) -> Shares:
    """Of each byte: the share of people whose given names begin with it."""
    found = np.bincount(letters[:, 0], weights=shares, minlength=256) + LEAST_INITIAL
    every: Shares = found / found[ord("A") : ord("Z") + 1].sum()
    return every


def _by_sound(letters: Bytes, shares: Shares) -> "_Lookup":
    keys, code = np.unique(hear(letters, hash_letters(letters), level(letters))[2], return_inverse=True)
    together = np.zeros(len(keys))
    np.add.at(together, code, shares)
    return _Lookup(keys, together)


class _Lookup:
    """Shares by hash; the hashes ascend."""

    def __init__(self, key: Hashes, share: Shares) -> None:
        self._keys, self._share = Sorted(key), share

    def find(self, key: Hashes, floor: float) -> Shares:
        found = np.full(len(key), floor)
        some, at = self._keys.find(key)
        found[some] = np.maximum(self._share[at], floor)
        return found
