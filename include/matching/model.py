"""The model: what each level of agreement is worth, as one readable JSON file with its reasons.

Fellegi and Sunter (1969): a level of agreement that occurs in a share m of the pairs that are one person and in a share
u of the pairs of strangers, adds log2(m / u) bits to a pair's match weight; the sum starts at log2 of the prior odds.
Weights are rounded to sixteenths of a bit: such sums are exact in float64 in any order, and a finer step would claim a
precision that the numbers do not have.
"""

import hashlib
import math
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

DEFAULT = Path(__file__).parent / "models" / "default.json"

# Raise it when a change to the code of this room changes a score: it is part of the model's version.
ALGORITHM = 1

# What `compare` can find, in the order in which evidence is listed. "missing" is neutral: it has no weight.
MISSING = "missing"
LEVELS: dict[str, tuple[str, ...]] = {
    "name_order": ("as_written", "reordered"),
    "name_source": ("primary", "other_name"),
    "family_name": ("exact", "close", "partial", "different"),
    "given_name": ("exact", "variant", "initial", "crossed", "different"),
    "middle_name": ("exact", "variant", "initial", "different"),
    "suffix": ("same", "different"),
    "date_of_birth": ("exact", "swapped", "century", "one_edit", "year_only", "one_part", "different"),
    "sex": ("same", "different"),
    "birth_country": ("same", "different"),
    "a_number": ("exact", "one_edit", "different"),
    "ssn": ("exact", "one_edit", "different"),
    "phone": ("exact", "different"),
    "address": ("same", "postal_code", "city", "different"),
}
BY_FREQUENCY = ("family_name", "given_name", "middle_name")  # comparisons that know how common the shared name is

Share = Annotated[float, Field(gt=0, le=1)]


class ModelError(ValueError):
    """A model file that cannot be used. One line: file, key, what to do."""


def bits(ratio: float) -> float:
    """log2 of a ratio, to a sixteenth of a bit."""
    return round(math.log2(ratio) * 16) / 16


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Part):
    """One level of a comparison. Exactly one of `u` and `times_frequency` is given."""

    m: Share  # share of the level among pairs of one person
    u: Share | None = None  # share among pairs of strangers
    times_frequency: Annotated[float, Field(gt=0)] | None = (
        None  # u is this many times the frequency of the shared name
    )
    why: str

    @model_validator(mode="after")
    def _one_u(self) -> Self:
        if (self.u is None) == (self.times_frequency is None):
            raise ValueError("give either u or times_frequency")
        return self


class Alternative(_Part):
    """Another explanation of a pair than "one person" or "strangers": two persons who share much, such as twins."""

    odds: Annotated[float, Field(gt=0)]  # such pairs per pair of one person
    why: str
    u: dict[
        str, dict[str, Share]
    ]  # comparison -> level -> share among such pairs; a comparison left out is as for strangers


class Frequencies(_Part):
    """How common a name is. Census lists, raised by hand where the population of the agencies differs from them."""

    why: str
    family_floor: Share  # no surname counts as rarer than this
    given_floor: Share
    several_floor: Share  # no combination of surnames counts as rarer than this
    family: dict[str, Share]
    given: dict[str, Share]


class Model(_Part):
    """All that turns two rows into a weight and a band."""

    name: str
    why: str
    prior: Share  # share of pairs of one person among all pairs, before anything is compared
    prior_why: str
    lead: float  # total weight in bits from which a pair is a lead
    review: float  # and from which a person looks at it
    bands_why: str
    max_pairs_per_key: Annotated[int, Field(gt=0)]  # a candidate key that would make more pairs is dropped, and counted
    max_pairs_per_key_why: str
    comparisons: dict[str, dict[str, Level]]
    alternatives: dict[str, Alternative]
    frequencies: Frequencies
    nicknames: dict[str, str]  # nickname -> the name it stands for
    countries: dict[str, list[str]]  # ISO 3166-1 alpha-2 -> names and agency codes

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.review >= self.lead:
            raise ValueError("review must be less than lead")
        _same("comparisons", self.comparisons, LEVELS)
        for comparison, levels in self.comparisons.items():
            _same(comparison, levels, LEVELS[comparison])
            if not math.isclose(total := sum(level.m for level in levels.values()), 1, abs_tol=0.005):
                raise ValueError(f"m of comparison [{comparison}] adds up to [{total:.3f}], not 1")
            if comparison not in BY_FREQUENCY and any(level.u is None for level in levels.values()):
                raise ValueError(f"comparison [{comparison}] knows no frequency; give u")
        for name, alternative in self.alternatives.items():
            for comparison, shares in alternative.u.items():
                _same(f"{name}: {comparison}", shares, LEVELS.get(comparison, ()))
        return self

    @cached_property
    def version(self) -> str:
        """Name and content hash: the numbers, the name lists and the code's algorithm number."""
        content = f"{ALGORITHM}\n{self.model_dump_json()}\n{_census_digest()}"
        return f"{self.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    @property
    def prior_weight(self) -> float:
        """log2 of the prior odds, in bits: where every sum starts."""
        return bits(self.prior / (1 - self.prior))

    def family_frequency(self, tokens: Iterable[str]) -> float:
        """Share of people whose surname is this, or these together."""
        known, frequencies = _census("dist.all.last"), self.frequencies
        product = 1.0
        for token in tokens:
            product *= max(known.get(token, 0.0), frequencies.family.get(token, 0.0), frequencies.family_floor)
        return max(product, frequencies.several_floor)

    def given_frequency(self, name: str) -> float:
        """Share of people with this given name, or surname: in a swapped name one stands in place of the other."""
        known, frequencies = _census("dist.all.last").get(name, 0.0), self.frequencies
        census = (_census("dist.female.first").get(name, 0.0) + _census("dist.male.first").get(name, 0.0)) / 2
        by_hand = max(frequencies.given.get(name, 0.0), frequencies.family.get(name, 0.0))
        return max(census, known, by_hand, frequencies.given_floor)


def load_model(path: Path = DEFAULT) -> Model:
    """Read and check a model file. Raises `ModelError`."""
    try:
        return Model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(
            f"model [{path.name}] cannot be read: {error.strerror}; give the path of a model file"
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "(top)"
        raise ModelError(f"model [{path.name}], key [{where}]: {first['msg']}; correct the file") from None


def _same(where: str, given: Iterable[str], wanted: Iterable[str]) -> None:
    if set(given) != set(wanted):
        odd = sorted(set(given) ^ set(wanted))
        raise ValueError(f"[{where}] lacks or has too many of {odd}")


# US Census 1990 name lists, public domain, as packaged by `names`: "NAME percent cumulative-percent rank".
_CENSUS_LISTS = ("dist.all.last", "dist.female.first", "dist.male.first")


@cache
def _census(name: str) -> dict[str, float]:
    lines = (line.split() for line in files("names").joinpath(name).read_text("ascii").splitlines())
    return {fields[0]: float(fields[1]) / 100 for fields in lines if fields}


@cache
def _census_digest() -> str:
    content = b"".join(files("names").joinpath(name).read_bytes() for name in _CENSUS_LISTS)
    return hashlib.sha256(content).hexdigest()
