"""A synthetic population of households, seen twice with errors: not by the simulator's process, nor with its lists.

People live in households and share surname, address and telephone; there are twins, fathers and sons of one name, and
cousins who share a rare surname. The subjects are, by halves, people who are among the petitioners, and people who
are not: of these, two in five live with a petitioner. All values are invented; names are drawn from faker's lists.
"""

from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt
import pandas as pd
from anyascii import anyascii

from benchmarks.linkage.layout import DataSet, cultures, same_entity, table
from benchmarks.linkage.sets.slips import Slips

Texts = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

# faker locale, share of households, country of birth of most, tail: share of surnames that are on no list
CULTURES = [
    ("en_US", 0.40, "United States", 0.30),
    ("es_CO", 0.12, "Colombia", 0.05),
    ("es_MX", 0.10, "Mexico", 0.05),
    ("en_IN", 0.07, "India", 0.10),
    ("en_PK", 0.04, "Pakistan", 0.10),
    ("zh_CN", 0.06, "China", 0.0),
    ("vi_VN", 0.03, "Vietnam", 0.0),
    ("ko_KR", 0.03, "Korea, South", 0.0),
    ("ru_RU", 0.04, "Russia", 0.10),
    ("uk_UA", 0.02, "Ukraine", 0.10),
    ("fr_FR", 0.03, "Haiti", 0.10),
    ("yo_NG", 0.02, "Nigeria", 0.10),
    ("tw_GH", 0.02, "Ghana", 0.10),
    ("th_TH", 0.02, "Thailand", 0.40),
]
TWO_SURNAMES = ("es_CO", "es_MX")
FIRST, LAST = np.datetime64("1935-01-01"), np.datetime64("1992-01-01")  # birth of heads of household
HOUSEHOLD = [0.28, 0.34, 0.15, 0.13, 0.07, 0.03]  # share of households of 1 to 6 people
TWIN, JUNIOR, OWN_NAME = 0.05, 0.08, 0.35  # of later children; of sons of a man; of partners
SPARE = 1.35  # people per petitioner: the others are those who must not be found


@dataclass(frozen=True)
class People:
    """n people, household by household."""

    columns: dict[str, Texts]
    born: npt.NDArray[np.datetime64]
    house: Numbers
    culture: Numbers


def town(subjects: int, petitioners: int, seed: int) -> DataSet:
    """Subjects against petitioners: names in parts, whole dates, addresses that change."""
    draw = np.random.default_rng([seed, subjects, petitioners])
    people = _people(int(petitioners * SPARE) + subjects, draw)
    wanted, listed = _choose(people, subjects, petitioners, draw)
    left, right = _view(people, wanted, draw, harm=1.0), _view(people, listed, draw, harm=0.35)
    culture = cultures([CULTURES[code][0] for code in people.culture[wanted].tolist()])
    return DataSet(table(left), table(right), same_entity(pd.Series(wanted), pd.Series(listed)), culture=culture)


def watch_list(subjects: int, petitioners: int, seed: int) -> DataSet:
    """A list with whole names and often the year of birth only, against people of whom little is known."""
    data = town(subjects, petitioners, seed + 1)
    draw = np.random.default_rng([seed, 7])
    left, right = _as_list(data.left, draw, years=0.5), _as_list(data.right, draw, years=0.3)
    return DataSet(left, right, data.truth, culture=data.culture)


def _people(size: int, draw: np.random.Generator) -> People:
    count = np.repeat(np.arange(1, 7), 1)[draw.choice(6, int(size / 2.2), p=HOUSEHOLD)]
    count = count[: np.searchsorted(np.cumsum(count), size) + 1]
    houses = len(count)
    house = np.repeat(np.arange(houses), count)
    nth = np.arange(len(house)) - np.repeat(np.cumsum(count) - count, count)
    culture = draw.choice(len(CULTURES), houses, p=[share for _, share, _, _ in CULTURES])[house]
    head = np.flatnonzero(nth == 0)[house]

    male = draw.random(len(house)) < np.where(nth == 0, 0.6, 0.5)
    partner = np.flatnonzero(nth == 1)
    male[partner] = male[head[partner]] ^ (draw.random(len(partner)) < 0.97)
    span = int((LAST - FIRST).astype(int))
    born = FIRST + draw.integers(0, span, houses)[house]
    born = born + np.where(nth == 1, draw.normal(0, 1500, len(nth)), 0).astype(int)
    born = born + np.where(nth > 1, draw.normal(10500, 2000, len(nth)), 0).astype(int)
    own = (nth == 1) & (draw.random(len(nth)) < OWN_NAME)

    family, given, middle = _names(houses, house, nth, culture, male, own, draw)
    maiden = np.where((nth == 1) & ~own, family[draw.permutation(len(family))], "")
    suffix = np.full(len(house), "", dtype=object)
    twin = np.flatnonzero((nth > 2) & (draw.random(len(nth)) < TWIN))
    born[twin] = born[twin - 1]
    junior = np.flatnonzero((nth > 1) & male & male[head] & (draw.random(len(nth)) < JUNIOR))
    given[junior], suffix[junior], suffix[head[junior]] = given[head[junior]], "Jr", "Sr"
    middle[junior] = middle[head[junior]]
    columns = {"given": given, "middle": middle, "family": family, "maiden": maiden, "suffix": suffix}
    columns["sex"] = np.where(male, "M", "F").astype(object)
    columns |= _numbers(len(house), draw) | _homes(houses, house, draw)
    at_home = draw.random(len(house)) < 0.7
    countries = np.array([country for _, _, country, _ in CULTURES], dtype=object)
    columns["country"] = np.where(at_home, countries[culture], countries[draw.integers(0, len(countries), len(house))])
    columns["birth_place"] = _towns()[(culture * 131 + draw.zipf(1.5, len(house)).clip(0, 100)) % len(_towns())]
    return People(columns, born, house, culture)


def _names(
    houses: int, house: Ints, nth: Ints, culture: Ints, male: Bools, own: Bools, draw: np.random.Generator
) -> tuple[Texts, Texts, Texts]:
    """Family, given and middle names; a house shares its surname but for those who keep their own."""
    family, given, middle = (np.full(len(house), "", dtype=object) for _ in range(3))
    for code, (locale, _, _, tail) in enumerate(CULTURES):
        here = np.flatnonzero(culture == code)
        lists = _Lists.of(locale)
        of_house = lists.surnames(houses, tail, draw)
        family[here] = np.where(own[here], lists.surnames(len(here), tail, draw), of_house[house[here]])
        if locale in TWO_SURNAMES:
            mothers = np.where(
                nth[here] < 2, lists.surnames(len(here), tail, draw), lists.surnames(houses, tail, draw)[house[here]]
            )
            family[here] = family[here] + " " + mothers
        for sex in (True, False):
            ones = here[male[here] == sex]
            given[ones] = lists.given(len(ones), sex, draw)
            has = draw.random(len(ones)) < (0.95 if locale in ("ru_RU", "vi_VN") else 0.6)
            middle[ones] = np.where(has, lists.given(len(ones), sex, draw), "")
    return family, given, middle


def _numbers(size: int, draw: np.random.Generator) -> dict[str, Texts]:
    """Identifiers that no one has: A-numbers above those in use, social security area 9xx."""
    a, ssn, passport = (draw.integers(0, 10**8, size) for _ in range(3))
    return {
        "a_number": _texts(900_000_000 + a % 10**7 * 9),
        "ssn": _texts(900_000_000 + ssn % 10**8),
        "passport": _texts(passport + 10**8),
    }


def _homes(houses: int, house: Numbers, draw: np.random.Generator) -> dict[str, Texts]:
    streets = np.array(
        [f"{name} {kind}" for name in _towns() for kind in ("St", "Ave", "Rd", "Ln", "Blvd")], dtype=object
    )
    city = draw.zipf(1.3, houses).clip(1, len(_towns())) - 1
    number = _texts(draw.integers(1, 9000, houses))
    flat = np.where(draw.random(houses) < 0.25, " Apt " + _texts(draw.integers(1, 60, houses)), "").astype(object)
    where = {
        "street": number + " " + streets[draw.integers(0, len(streets), houses)] + flat,
        "city": _towns()[city],
        "postcode": _texts(10_000 + city * 87 + draw.integers(0, 40, houses)),
        "phone": _texts(200 + draw.integers(0, 790, houses)) + "55501" + _texts(10 + draw.integers(0, 90, houses)),
    }
    return {name: values[house] for name, values in where.items()}


def _choose(people: People, subjects: int, petitioners: int, draw: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Rows of the subjects, and of the petitioners; one petitioner in forty comes twice."""
    order = draw.permutation(len(people.house))
    once = int(petitioners / 1.025)
    inside, outside = order[:once], order[once:]
    listed = np.concatenate([inside, inside[: petitioners - once]])
    neighbours = outside[np.isin(people.house[outside], people.house[inside])]
    half = subjects // 2
    near, far = (
        neighbours[: int((subjects - half) * 0.4)],
        outside[::-1][: (subjects - half) - int((subjects - half) * 0.4)],
    )
    wanted = np.concatenate([draw.choice(inside, half, replace=False), near, far])
    return draw.permutation(np.unique(wanted)), draw.permutation(listed)


def _view(people: People, rows: Numbers, draw: np.random.Generator, harm: float) -> pd.DataFrame:
    """What one agency holds of these people; `harm` scales every rate of error."""
    seen = {name: values[rows].copy() for name, values in people.columns.items()}
    born = people.born[rows]
    slips = Slips(draw, harm)
    moved = slips.some(len(rows), 0.5)
    elsewhere = draw.permutation(len(people.house))[: len(moved)]
    for name in ("street", "city", "postcode"):
        seen[name][moved] = people.columns[name][elsewhere]
    slips.names(seen)
    suffix = np.where(draw.random(len(rows)) < 0.35, seen.pop("suffix"), "").astype(object)
    seen["family"] = np.where(suffix.astype(bool), seen["family"] + " " + suffix, seen["family"])
    maiden = seen.pop("maiden")
    known = maiden.astype(bool) & (draw.random(len(rows)) < 0.35)
    seen["other_names"] = np.where(known, seen["given"] + " " + maiden, "")
    seen["dob"] = slips.dates(born)
    slips.details(seen)
    slips.lose(
        seen,
        dob=0.06, sex=0.03, middle=0.5, street=0.4, city=0.2, postcode=0.3, phone=0.6, country=0.2, birth_place=0.4,
        a_number=0.5, ssn=0.7, passport=0.7,
    )  # fmt: skip
    return pd.DataFrame(seen)


def _as_list(side: pd.DataFrame, draw: np.random.Generator, years: float) -> pd.DataFrame:
    parts = [side[name].fillna("") for name in ("given", "middle", "family")]
    whole = (parts[0] + " " + parts[1] + " " + parts[2]).str.split().str.join(" ")
    first = (parts[2] + ", " + parts[0] + " " + parts[1]).str.strip()
    known = pd.DataFrame(
        {
            "full_name": first.where(pd.Series(draw.random(len(side)) < 0.2), whole),
            "other_names": side["other_names"],
            "dob": side["dob"].str[:4].where(pd.Series(draw.random(len(side)) < years), side["dob"]),
            "sex": side["sex"],
            "country": side["country"],
        }
    )
    return table(known)


# -- names


@dataclass(frozen=True)
class _Lists:
    """Names of one culture in Latin letters, the commonest first."""

    family: Texts
    male: Texts
    female: Texts

    @classmethod
    def of(cls, locale: str) -> "_Lists":
        provider = import_module(f"faker.providers.person.{locale}").Provider

        def read(*names: str) -> Texts:
            found = next(getattr(provider, name) for name in names if hasattr(provider, name))
            return np.array(list(dict.fromkeys(anyascii(text).title() for text in found)), dtype=object)

        if locale == "zh_CN":  # its romanised list has too few given names: two syllables make one
            one = [anyascii(text).title() for text in provider.first_names]
            both = np.array([a + b.lower() for a in one for b in one], dtype=object)
            return cls(read("last_romanized_names"), both, both[::-1])
        return cls(
            read("last_names_male", "last_names"),
            read("first_names_male", "first_names"),
            read("first_names_female", "first_names"),
        )

    def surnames(self, size: int, tail: float, draw: np.random.Generator) -> Texts:
        """Zipf's law, and a tail of names that are made of pieces of others: most surnames of a country are rare."""
        common = self.family[_zipf(len(self.family), size, 0.9, draw)]
        start, end = (draw.integers(0, len(self.family), size) for _ in range(2))
        rare = np.flatnonzero(draw.random(size) < tail)
        found = common.copy()
        found[rare] = [
            self.family[a][: 2 + a % 3] + self.family[b][len(self.family[b]) // 2 :]
            for a, b in zip(start[rare].tolist(), end[rare].tolist(), strict=True)
        ]
        return found

    def given(self, size: int, male: bool, draw: np.random.Generator) -> Texts:
        names = self.male if male else self.female
        return names[_zipf(len(names), size, 0.7, draw)]


def _zipf(names: int, size: int, slope: float, draw: np.random.Generator) -> Numbers:
    weight = np.arange(1, names + 1) ** -slope
    return np.asarray(draw.choice(names, size, p=weight / weight.sum()), dtype=np.int64)


_STARTS = [
    "Ash", "Brook", "Cedar", "Clear", "East", "Elm", "Fair", "Glen", "Green", "High", "Kings", "Lake", "Maple",
    "Mill", "Oak", "Pine", "River", "Rose", "Spring", "Stone", "West", "Wood",
]  # fmt: skip
_ENDS = [
    "bury", "dale", "field", "ford", "gate", "ham", "hill", "hurst", "land", "mont", "port", "side", "ton", "view",
    "ville", "wick", "worth", "wood",
]  # fmt: skip


def _towns() -> Texts:
    return np.array([start + end for start in _STARTS for end in _ENDS], dtype=object)


def _texts(numbers: Numbers) -> Texts:
    return numbers.astype(str).astype(object)
