"""The model: what each level of agreement is worth, as one readable JSON file with its reasons.

Fellegi and Sunter (1969): a level of agreement that occurs in a share m of the pairs that are one person and in a share
u of the pairs of strangers, adds log2(m / u) bits to a pair's match weight; the sum starts at log2 of the prior odds.
Weights are rounded to sixteenths of a bit: such sums are exact in float64 in any order, and a finer step would claim a
precision that the numbers do not have.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from include.matching.arrays import Bits, Shares
from include.matching.countries import CountryReader
from include.matching.names import census
from include.matching.names.nicknames import Nicknames
from include.matching.names.shares import Frequencies, NameShares, Share
from include.matching.names.words import bits as rounded_bits

DEFAULT = Path(__file__).parent / "models" / "default.json"  # trained: `docs/matching.md` says on what
BASE = Path(__file__).parent / "models" / "base.json"  # set by hand, with reasons: where training begins

# Raise it when a change to the code of this room changes a score, or which pairs are kept: it is part of the model's
# version.
ALGORITHM = 16

# What `compare` can find, in the order in which evidence is listed. "missing" is neutral: it has no weight.
MISSING = "missing"
LEVELS: dict[str, tuple[str, ...]] = {
    "name_order": ("as_written", "reordered"),
    "name_source": ("primary", "other_name"),
    "family_name": ("exact", "close", "similar", "partial", "different"),
    "given_name": ("exact", "variant", "similar", "initial", "crossed", "different"),
    "byname": ("likely", "unlikely"),  # of given names that differ: whether one is what people are called beside theirs
    "middle_name": ("exact", "variant", "initial", "different"),
    "suffix": ("same", "different"),
    "date_of_birth": (
        "exact", "swapped", "century", "one_edit", "one_part", "year_only", "year_near", "same_year", "generation",
        "different",
    ),
    "sex": ("same", "different"),
    "country": ("same", "different"),
    "birth_place": ("same", "different"),
    "a_number": ("exact", "one_edit", "different"),
    "ssn": ("exact", "one_edit", "different"),
    "passport": ("exact", "one_edit", "different"),
    "phone": ("exact", "one_edit", "different"),
    "street": ("exact", "close", "number", "different"),
    "place": ("exact", "postcode", "near", "city", "different"),
    "organisation": ("exact", "close", "different"),
    "fein": ("exact", "one_edit", "different"),
}  # fmt: skip
BY_CULTURE = ("family_name", "given_name", "middle_name")  # comparisons of what people of one culture share
BY_FREQUENCY = (*BY_CULTURE, "organisation")  # and all that know how common the shared name is


@dataclass(frozen=True, eq=False)  # arrays have no one answer; models are compared by their fields
class Scale:
    """What the levels of a comparison weigh: log2(m / u), or log2(m) where u goes by frequency; then log2 of how many
    times the frequency, and whether (1 or 0). At the end, as -2 and -1, what is open or missing: it weighs nothing."""

    weight: Bits
    factor: Bits
    by_frequency: Bits


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
    why: str = ""

    @model_validator(mode="after")
    def _one_u(self) -> Self:
        if (self.u is None) == (self.times_frequency is None):
            raise ValueError("give either u or times_frequency")
        return self


class Alternative(_Part):
    """Another explanation of a pair than "one person" or "strangers": two persons who share much, such as twins.

    How often there are such pairs: `odds`, per pair of one person, or `share`, of all pairs. Exactly one is given.
    `u` says what they share: for a comparison, the share of each level among such pairs; or `one_person`, as among
    pairs of one person; or `compatriots`, as among people of one culture. A comparison that is left out is as for
    strangers.
    """

    odds: Annotated[float, Field(gt=0)] | None = None
    share: Share | None = None
    why: str
    u: dict[str, dict[str, Share] | Literal["one_person", "compatriots"]]

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.odds is None) == (self.share is None):
            raise ValueError("give either odds or share")
        return self


class Compatriots(_Part):
    """What people of one culture share: names agree so many times as often as strangers', the rarer the more.

    `times`: for names that one in 16, 64, ... people bears; between these along a straight line, all in bits.
    """

    why: str
    times: dict[str, dict[Annotated[int, Field(gt=0)], Annotated[float, Field(gt=1)]]]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _same("compatriots", self.times, BY_CULTURE)
        for comparison, times in self.times.items():
            if not times or list(times) != sorted(times):
                raise ValueError(f"[{comparison}]: give how often names agree from the commonest to the rarest")
        return self


class Provenance(_Part):
    """Where the numbers come from."""

    made_by: str
    data: dict[str, Any] = {}


class Model(_Part):
    """All that turns two rows into a weight and a band."""

    name: str
    why: str
    provenance: Provenance
    prior: Share  # share of pairs of one person among all pairs, before anything is compared
    prior_why: str
    right_rows: Annotated[int, Field(gt=0)]  # of the table that each row of the other is looked for in
    lead: float  # total weight in bits from which a pair is a lead
    review: float  # and from which a person looks at it
    bands_why: str
    comparisons: dict[str, dict[str, Level]]
    alternatives: dict[str, Alternative]
    compatriots: Compatriots
    frequencies: Frequencies
    nicknames: dict[str, str]  # nickname -> the name it stands for, beside those of the package `nicknames`
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
                if isinstance(shares, dict):
                    _same(f"{name}: {comparison}", shares, LEVELS.get(comparison, ()))
                elif comparison not in LEVELS:
                    raise ValueError(f"[{name}: {comparison}] is no comparison")
                elif shares == "compatriots" and comparison not in BY_CULTURE:
                    raise ValueError(f"[{name}: {comparison}] is no name; give the share of each level")
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy that does not remember what followed from the values that are updated."""
        copied = super().model_copy(update=update, deep=deep)
        derived = {"version", "name_shares", "scales", "log_m"}
        for name in derived if "frequencies" in (update or {}) else derived - {"name_shares"}:
            copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def version(self) -> str:
        """Name and content hash: the numbers, the name lists and the code's algorithm number."""
        content = f"{ALGORITHM}\n{self.model_dump_json()}\n{census.digest()}"
        return f"{self.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    @property
    def known_nicknames(self) -> Nicknames:
        """The nicknames of the model and of the package."""
        return _known_nicknames(frozenset(self.nicknames.items()))

    @cached_property
    def name_shares(self) -> NameShares:
        """How common names are, as this model has it."""
        return NameShares(self.frequencies)

    @cached_property
    def scales(self) -> dict[str, Scale]:
        """The scale of each comparison."""
        rows: list[tuple[float, float, bool]] = []
        for comparison, names in LEVELS.items():
            levels = (self.comparisons[comparison][name] for name in names)
            rows += [(level.m / (level.u or 1.0), level.times_frequency or 1.0, level.u is None) for level in levels]
            rows += [(1.0, 1.0, False)] * 2
        ratio, times, by_frequency = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
        columns = rounded_bits(ratio), rounded_bits(times), by_frequency.astype(np.float32)
        ends = np.cumsum([len(names) + 2 for names in LEVELS.values()])[:-1]
        parts = zip(*(np.split(column, ends) for column in columns), strict=True)
        return {comparison: Scale(*part) for comparison, part in zip(LEVELS, parts, strict=True)}

    @cached_property
    def log_m(self) -> dict[str, Shares]:
        """log2 of m of the levels of each comparison; at the end, as -2 and -1, of what is open or missing: 0."""
        return {
            comparison: np.log2([*(self.comparisons[comparison][name].m for name in names), 1.0, 1.0])
            for comparison, names in LEVELS.items()
        }

    @cached_property
    def country_reader(self) -> CountryReader:
        """Reads the countries of the model."""
        return CountryReader(self.countries)

    @property
    def prior_weight(self) -> float:
        """log2 of the prior odds, in bits: where every sum starts."""
        return bits(self.prior / (1 - self.prior))


@cache
def _known_nicknames(of_model: frozenset[tuple[str, str]]) -> Nicknames:
    """Read once, however many models know the same ones."""
    return Nicknames(dict(of_model))


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


def save_model(model: Model, path: Path) -> None:
    """Write a model file that `load_model` reads."""
    path.write_text(model.model_dump_json(indent=1, exclude_none=True) + "\n", encoding="utf-8")


def _same(where: str, given: Iterable[str], wanted: Iterable[str]) -> None:
    if set(given) != set(wanted):
        odd = sorted(set(given) ^ set(wanted))
        raise ValueError(f"[{where}] lacks or has too many of {odd}")
