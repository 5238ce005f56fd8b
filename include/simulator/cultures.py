"""Names as families of one culture give them: frequencies, order, particles, spellings, nicknames."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import names as census
import numpy as np
import yaml
from anyascii import anyascii
from pydantic import BaseModel, ConfigDict

from include.simulator.draw import Draw, Floats, Ints, Texts

HERE = Path(__file__).parent


@dataclass(frozen=True)
class NameList:
    """Names and how often each occurs."""

    names: tuple[str, ...]
    weights: Floats

    def pick(self, draw: Draw, n: int) -> Texts:
        """`n` names."""
        return draw.pick(self.names, n, self.weights)

    @cached_property
    def _cumulative(self) -> Floats:
        return np.cumsum(self.weights)

    def at(self, luck: float) -> str:
        """The name that a random number in [0, 1) stands for."""
        return self.names[int(np.searchsorted(self._cumulative, luck * self._cumulative[-1], side="right"))]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    countries: dict[str, float]
    middle: Literal["given", "mother", "father", "patronymic", "marker", "none"]
    middle_rate: float = 0.8
    double_surname: bool = False
    slavic_endings: bool = False
    family_first: bool = False
    wife_takes: float = 0.5
    family: dict[str, float]
    female: dict[str, float]
    male: dict[str, float]
    tail: Literal["census", "es", "chinese", "india", "russian", "west_african", "french"] | None = None
    nicknames: dict[str, list[str]] = {}
    variants: list[list[str]] = []


@dataclass(frozen=True)
class Culture:
    """What it takes to name people of one culture and to misspell them as clerks do."""

    name: str
    countries: dict[str, float]
    middle: str
    middle_rate: float
    double_surname: bool
    slavic_endings: bool
    family_first: bool  # the family name is said and written first at home
    wife_takes: float  # share of the wives who take their husband's family name
    family: NameList
    given: dict[str, NameList]  # by sex, F and M
    nicknames: dict[str, tuple[str, ...]]
    variants: dict[str, tuple[str, ...]]  # other spellings of a name


def _faker(locale: str, attribute: str) -> dict[str, float]:
    """A list of faker's, with its frequencies if it has any. Read as data: faker's own random draws are not used."""
    values: Any = getattr(import_module(f"faker.providers.person.{locale}").Provider, attribute)
    return dict(values) if hasattr(values, "items") else dict.fromkeys(values, 1.0)


def _census(kind: str) -> dict[str, float]:
    """US Census 1990, public domain: name, per cent, cumulative, rank."""
    rows = (line.split() for line in Path(census.FILES[kind]).read_text(encoding="ascii").splitlines())
    return {row[0].title(): float(row[1]) for row in rows if float(row[1]) > 0}


def _ascii(values: dict[str, float]) -> dict[str, float]:
    folded: dict[str, float] = {}
    for name, weight in values.items():
        letters = anyascii(name).replace("'", "").strip().title()
        folded[letters] = folded.get(letters, 0.0) + weight
    return folded


# By tail: family, female and male names. None: the hand list is all there is.
_TAILS: dict[str, Callable[[], tuple[dict[str, float] | None, dict[str, float] | None, dict[str, float] | None]]] = {
    "census": lambda: (_census("last"), _census("first:female"), _census("first:male")),
    "es": lambda: (
        _faker("es_MX", "last_names"),
        _faker("es_CO", "first_names_female"),
        _faker("es_CO", "first_names_male"),
    ),
    "chinese": lambda: (_ascii(_faker("zh_CN", "last_names")), None, None),
    "india": lambda: (
        _faker("en_IN", "last_names"),
        _faker("en_IN", "first_names_female"),
        _faker("en_IN", "first_names_male"),
    ),
    "russian": lambda: (_ascii(_faker("ru_RU", "last_names")), None, None),
    "west_african": lambda: (
        _faker("yo_NG", "last_names") | _faker("ig_NG", "last_names") | _faker("tw_GH", "last_names"),
        _faker("yo_NG", "first_names_female")
        | _faker("ig_NG", "first_names_female")
        | _faker("tw_GH", "first_names_female"),
        _faker("yo_NG", "first_names_male") | _faker("ig_NG", "first_names_male") | _faker("tw_GH", "first_names_male"),
    ),
    "french": lambda: (
        _faker("fr_FR", "last_names"),
        _faker("fr_FR", "first_names_female"),
        _faker("fr_FR", "first_names_male"),
    ),
}


def _name_list(head: dict[str, float], tail: dict[str, float] | None) -> NameList:
    """The hand list; what it leaves to 100 per cent is spread over the tail."""
    weights = dict(head)
    rest = {name: weight for name, weight in (tail or {}).items() if name not in head}
    total, left = sum(rest.values()), max(100.0 - sum(head.values()), 0.0)
    weights.update({name: left * weight / total for name, weight in rest.items()})
    return NameList(tuple(weights), np.array(list(weights.values()), dtype=np.float64))


def _culture(name: str, entry: _Entry) -> Culture:
    family, female, male = _TAILS[entry.tail]() if entry.tail else (None, None, None)
    variants = {
        spelling: tuple(other for other in group if other != spelling) for group in entry.variants for spelling in group
    }
    return Culture(
        name=name,
        countries=entry.countries,
        middle=entry.middle,
        middle_rate=entry.middle_rate,
        double_surname=entry.double_surname,
        slavic_endings=entry.slavic_endings,
        family_first=entry.family_first,
        wife_takes=entry.wife_takes,
        family=_name_list(entry.family, family),
        given={"F": _name_list(entry.female, female), "M": _name_list(entry.male, male)},
        nicknames={given: tuple(short) for given, short in entry.nicknames.items()},
        variants=variants,
    )


@cache
def load_cultures() -> dict[str, Culture]:
    """Every culture by name."""
    entries = yaml.safe_load((HERE / "cultures.yaml").read_text(encoding="utf-8"))
    return {name: _culture(name, _Entry.model_validate(entry)) for name, entry in entries.items()}


def name_people(draw: Draw, culture: Culture, sex: Texts) -> tuple[Texts, Texts, Texts]:
    """Family, given and middle names (empty text: none) of as many people as there are sexes."""
    n = len(sex)
    female = sex == "F"
    family = culture.family.pick(draw, n)
    if culture.double_surname:
        family = family + " " + culture.family.pick(draw, n)
    given = np.where(female, culture.given["F"].pick(draw, n), culture.given["M"].pick(draw, n))
    middle = np.where(draw.chance(culture.middle_rate, n), _middle(draw, culture, female), "")
    if culture.slavic_endings:
        family = np.array([feminine(name) if f else name for name, f in zip(family, female, strict=True)], dtype=object)
    return family, given, middle


def _middle(draw: Draw, culture: Culture, female: Ints | Texts) -> Texts:
    n = len(female)
    if culture.middle == "given":
        return np.where(female, culture.given["F"].pick(draw, n), culture.given["M"].pick(draw, n))
    if culture.middle == "mother":
        return culture.family.pick(draw, n)
    if culture.middle == "father":
        return culture.given["M"].pick(draw, n)
    if culture.middle == "marker":
        return np.where(female, "Thi", draw.pick(["Van", "Duc", "Huu", "Quoc"], n))
    if culture.middle == "patronymic":
        fathers = culture.given["M"].pick(draw, n)
        return np.array([patronymic(name, bool(f)) for name, f in zip(fathers, female, strict=True)], dtype=object)
    return np.full(n, "", dtype=object)


def feminine(family: str) -> str:
    """The form of a Slavic family name that a woman bears: Ivanov, Ivanova; Petrovsky, Petrovskaya."""
    if family.endswith(("ov", "ev", "in", "yn")):
        return f"{family}a"
    for ending in ("skiy", "skii", "sky", "ski"):
        if family.endswith(ending):
            return f"{family.removesuffix(ending)}skaya"
    return family


def patronymic(father: str, daughter: bool) -> str:
    """Father's name as a Slavic middle name: Ivan, Ivanovich, Ivanovna."""
    if father.endswith(("i", "y")):
        return father[:-1] + ("yevna" if daughter else "yevich")
    return father + ("ovna" if daughter else "ovich")
