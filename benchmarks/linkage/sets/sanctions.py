"""A sanctions list in a population: whole names of a few cultures in the spelling of whoever wrote them down, aliases,
often a year of birth or several, against people of whom many are namesakes.

Listed people and a good half of the others are named by the same rules from the elements of `listed.yaml`; the rest are
of the simulator's other cultures. A listed person appears under a spelling, an order and a choice of the parts of the
name of its own, not under one of the list's. All people are invented: names are drawn element by element.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from benchmarks.linkage.layout import DataSet, cultures, pairs, table
from benchmarks.linkage.sets.respell import RESPELL
from include.simulator.draw import Draw
from include.simulator.population.cultures import birth_homes, load_cultures, name_people, pick_communities
from include.simulator.population.places import load_places

ELEMENTS = Path(__file__).with_name("listed.yaml")
# Share of the listed, share of the others of such cultures, countries (nationality) and towns of birth.
LISTED = {
    "arab": (
        0.27, 0.16, "Iraq Syria Egypt Jordan Lebanon Yemen Saudi_Arabia Kuwait",
        "Mosul Baghdad Basra Aleppo Homs Damascus Cairo Sanaa Aden Amman Tripoli Riyadh",
    ),
    "maghreb": (
        0.09, 0.06, "Algeria Tunisia Morocco Libya Mauritania Mali",
        "Algiers Oran Constantine Tunis Bizerte Menzel_Jemil Tripoli Nouakchott Kidal Gao",
    ),
    "persian": (
        0.11, 0.05, "Iran",
        "Tehran Isfahan Shiraz Mashhad Qom Kerman Tabriz Najafabad",
    ),
    "pashto": (
        0.20, 0.08, "Afghanistan Pakistan",
        "Kandahar Khost Ghazni Helmand Zabul Uruzgan Paktia Quetta Peshawar Karachi Nangarhar",
    ),
    "horn": (
        0.07, 0.04, "Somalia Eritrea Ethiopia Kenya",
        "Mogadishu Kismayo Galkayo Hargeisa Baidoa Asmara Garissa",
    ),
    "african": (
        0.09, 0.06, "Congo Rwanda Nigeria Mali Uganda Niger Burundi",
        "Goma Bukavu Kigali Kano Maiduguri Gao Gulu Bunia Gisenyi",
    ),
    "slavic": (
        0.07, 0.06, "Russia Ukraine Belarus Serbia",
        "Moscow Grozny Kyiv Donetsk Minsk Belgrade Sevastopol Makhachkala",
    ),
    "korean": (
        0.05, 0.04, "North_Korea South_Korea",
        "Pyongyang Hamhung Nampo Wonsan Kaesong Chongjin",
    ),
    "asian": (
        0.03, 0.02, "Indonesia Philippines Malaysia",
        "Solo Jakarta Cotabato Zamboanga Johor Banten Lamongan",
    ),
    "indian": (
        0.02, 0.04, "India Bangladesh Sri_Lanka Pakistan",
        "Mumbai Dhaka Sylhet Chittagong Jaffna Lahore Amritsar",
    ),
}  # fmt: skip
OTHERS = {
    "anglo": 0.3,
    "hispanic": 0.28,
    "chinese": 0.12,
    "filipino": 0.1,
    "vietnamese": 0.1,
    "haitian": 0.05,
    "thai": 0.05,
}
NEAR = 0.3  # share of the people who are named by the listed people's rules
AS_LISTED = 0.5  # of those who appear: under one of the list's names, but for slips of the keyboard
WOMEN_LISTED, WOMEN = 0.05, 0.48
APPEARING, TWICE = 0.38, 0.05  # of the listed: who is among the people; and comes twice
RELATIVES = 0.1  # of the listed: who has a brother among the people, of the same chain of fathers and the same family
YEAR_ONLY_LISTED, SEVERAL_YEARS, NO_DATE = 0.45, 0.12, 0.05
YEAR_ONLY = 0.15  # of the people
SPELLED, SLIP = 0.3, 0.05  # per element: another spelling than the commonest; a slip of the keyboard per name
RARE = 0.6  # of the family names: on no list of common ones

Words = list[str]


@dataclass
class Person:
    """`parts`: what the name is made of, in the order in which it is said: role and the spellings of the element."""

    culture: str
    parts: dict[str, tuple[str, ...]]
    sex: str
    born: np.datetime64
    country: str
    place: str
    nicknames: Words = field(default_factory=list)  # what else the person is called: sure to have no word of the name


def sanctions(listed: int, people: int, seed: int) -> DataSet:
    """`listed` people with aliases against `people`, of whom somewhat more than a third of the listed are."""
    draw = np.random.default_rng([seed, listed, people])
    wanted = _people(
        listed, draw, {name: share for name, (share, _, _, _) in LISTED.items()}, WOMEN_LISTED, (1948, 1996)
    )
    appearing = draw.permutation(listed)[: int(listed * APPEARING)].tolist()
    appearing += appearing[: int(len(appearing) * TWICE)]
    brothers = [_brother(wanted[at], draw) for at in draw.permutation(listed)[: int(listed * RELATIVES)]]
    size = people - len(appearing) - len(brothers)
    shares = {name: share for name, (_, share, _, _) in LISTED.items()}
    near = round(size * NEAR)
    crowd = _people(near, draw, shares, WOMEN, (1935, 2004))
    left = [_entry(each, draw) for each in wanted]
    right = [_seen(wanted[at], draw, _names(left[at]) if draw.random() < AS_LISTED else ()) for at in appearing]
    right += [_seen(each, draw) for each in brothers + crowd]
    right_table = pd.concat([pd.DataFrame(right), _strangers(size - near, seed, draw)], ignore_index=True)
    order = draw.permutation(len(right_table))
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    truth = pairs(np.array(appearing, dtype=np.int64), position[: len(appearing)])
    culture = cultures([each.culture for each in wanted])
    return DataSet(table(pd.DataFrame(left)), table(right_table.iloc[order]), truth, culture=culture)


# -- people


@cache
def _elements() -> dict[str, dict[str, list[tuple[str, ...]]]]:
    texts = yaml.safe_load(ELEMENTS.read_text(encoding="utf-8"))
    return {
        culture: {
            part: [tuple(name.strip() for name in names.split("/")) for names in text.split(",")]
            for part, text in parts.items()
        }
        for culture, parts in texts.items()
    }


def _people(
    size: int, draw: np.random.Generator, shares: dict[str, float], women: float, years: tuple[int, int]
) -> list[Person]:
    names, weights = list(shares), np.array(list(shares.values()))
    cultures = draw.choice(len(names), size, p=weights / weights.sum())
    sexes = np.where(draw.random(size) < women, "F", "M")
    days = np.datetime64(f"{years[0]}-01-01") + draw.integers(0, (years[1] - years[0]) * 365, size)
    return [
        _person(names[code], sex, day, draw)
        for code, sex, day in zip(cultures.tolist(), sexes.tolist(), days, strict=True)
    ]


def _person(culture: str, sex: str, born: np.datetime64, draw: np.random.Generator) -> Person:
    _, _, countries, places = LISTED[culture]
    country, place = (_one(text.split(), draw).replace("_", " ") for text in (countries, places))
    person = Person(culture, MAKERS[culture](sex, draw), sex, born, country, place)
    person.nicknames = _nicknames(culture, sex, draw)
    return person


def _named(culture: str, part: str, draw: np.random.Generator) -> tuple[str, ...]:
    """An element of a list, the first ones oftener."""
    found = _elements()[culture][part]
    return found[int(len(found) * draw.random() ** 1.6)]


def _family(culture: str, draw: np.random.Generator) -> tuple[str, ...]:
    """A family name of the list, or one of the many that are on no list: of pieces, respelled by rules of sound."""
    if draw.random() >= RARE:
        return _named(culture, "family", draw)
    start, end = (_named(culture, "family", draw)[0] for _ in range(2))
    name = start[: 2 + len(start) // 2] + end[len(end) // 2 :].lower().strip(" -'")
    ways = [name.replace(a, b, 1) for pair in RESPELL for a, b in (pair, pair[::-1]) if a in name]
    return (name, *ways[int(draw.integers(3)) :: 4][:2])


def _given(culture: str, sex: str, draw: np.random.Generator) -> tuple[str, ...]:
    return _named(culture, "men" if sex == "M" else "women", draw)


def _chained(
    culture: str, fathers: int, family: bool
) -> Callable[[str, np.random.Generator], dict[str, tuple[str, ...]]]:
    """Own name, the father's, the grandfather's, and where there is one the family's."""

    def make(sex: str, draw: np.random.Generator) -> dict[str, tuple[str, ...]]:
        parts = {"given": _given(culture, sex, draw)}
        for nth in range(fathers if draw.random() < 0.7 else fathers - 1):
            parts[f"father{nth}"] = _named(culture, "men", draw)
        if family and draw.random() < 0.85:
            parts["family"] = _family(culture, draw)
        return _distinct(parts) if len(parts) > 1 else make(sex, draw)

    return make


def _pashto(sex: str, draw: np.random.Generator) -> dict[str, tuple[str, ...]]:
    parts = {"title": _named("pashto", "title", draw)} if sex == "M" and draw.random() < 0.25 else {}
    parts["given"] = _given("pashto", sex, draw)
    if draw.random() < 0.5:
        parts["second"] = _named("pashto", "men", draw)
    if draw.random() < 0.7 or len(parts) == 1:
        parts["family"] = _family("pashto", draw)
    return _distinct(parts)


def _western(culture: str) -> Callable[[str, np.random.Generator], dict[str, tuple[str, ...]]]:
    def make(sex: str, draw: np.random.Generator) -> dict[str, tuple[str, ...]]:
        parts = {"given": _given(culture, sex, draw)}
        if draw.random() < 0.5:
            parts["second"] = _given(culture, sex, draw)
        parts["family"] = _family(culture, draw)
        return _distinct(parts)

    return make


def _slavic(sex: str, draw: np.random.Generator) -> dict[str, tuple[str, ...]]:
    (father,) = _named("slavic", "roots", draw)
    stem = father[:-1] if father.endswith("y") else father
    soft = "ye" if father.endswith("y") else "o"
    endings = (
        [soft + "vich", soft.replace("ye", "e") + "vich", soft.replace("ye", "ie") + "vitch"]
        if sex == "M"
        else [soft + "vna", soft.replace("ye", "e") + "vna"]
    )
    family = _family("slavic", draw)
    if sex == "F":
        family = tuple(name + "a" if name.endswith(("v", "w", "ff")) else name for name in family)
    return {"given": _given("slavic", sex, draw), "patronymic": tuple(stem + end for end in endings), "family": family}


def _korean(sex: str, draw: np.random.Generator) -> dict[str, tuple[str, ...]]:
    del sex
    parts = {
        "family": _named("korean", "family", draw),
        "first": _named("korean", "first", draw),
        "last": _named("korean", "second", draw),
    }
    return parts if parts["first"][0] != parts["last"][0] else _korean("M", draw)


MAKERS = {
    "arab": _chained("arab", 2, True),
    "maghreb": _chained("maghreb", 1, True),
    "persian": _western("persian"),
    "pashto": _pashto,
    "horn": _chained("horn", 2, False),
    "african": _western("african"),
    "slavic": _slavic,
    "korean": _korean,
    "asian": _western("asian"),
    "indian": _western("indian"),
}


def _distinct(parts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Nobody bears his father's name or his own twice here: it would be the same word to every matcher."""
    first: dict[str, str] = {}
    for role, names in parts.items():
        first.setdefault(names[0], role)
    return {role: names for role, names in parts.items() if first[names[0]] == role}


def _nicknames(culture: str, sex: str, draw: np.random.Generator) -> Words:
    if culture in ("arab", "maghreb", "pashto", "horn"):
        found = [("Abu " if sex == "M" else "Umm ") + _one(_named("arab", "men", draw), draw)]
        if draw.random() < 0.5:
            found[0] += " " + _one(_named("arab", "nisba", draw), draw)
        return found
    return [_one(_named(culture, "men" if "men" in _elements()[culture] else "first", draw), draw)]


def _brother(person: Person, draw: np.random.Generator) -> Person:
    role = "first" if person.culture == "korean" else "given"
    other = _person(
        person.culture,
        person.sex,
        person.born + np.timedelta64(draw.integers(400, 4000), "D") * (1 if draw.random() < 0.5 else -1),
        draw,
    )
    return Person(
        person.culture,
        person.parts | {role: other.parts[role]},
        person.sex,
        other.born,
        person.country,
        person.place,
        other.nicknames,
    )


# -- how they are written


def _written(person: Person, draw: np.random.Generator, harm: float, drop: float) -> str:
    """The name in one spelling, perhaps without the parts that come and go, as it is said or as a form wants it."""
    culture, parts = person.culture, dict(person.parts)
    for role in [role for role in parts if role.startswith("father") or role in ("title", "second", "patronymic")]:
        if len(parts) > 2 and draw.random() < (0.85 if role == "title" else drop):
            del parts[role]
    if len(parts) > 2 and "family" in parts and culture in ("arab", "pashto") and draw.random() < drop / 2:
        del parts["family"]
    words = {role: _spelled(names, draw, harm) for role, names in parts.items()}
    if culture == "korean":
        return _korean_order(words, draw, harm)
    if culture in ("arab", "maghreb", "horn") and "father0" in words and draw.random() < 0.15:
        son = {"arab": ("bin", "ibn", "Bin"), "maghreb": ("Ould", "ben", "Ag"), "horn": ("bin",)}[culture]
        words["father0"] = f"{_one(son, draw)} {words['father0']}"
    if "family" in words and len(words) > 1 and draw.random() < 0.12 * harm:
        first = words.pop("family")
        return _slipped(
            f"{first}, {' '.join(words.values())}" if draw.random() < 0.5 else f"{first} {' '.join(words.values())}",
            draw,
            harm,
        )
    return _slipped(" ".join(words.values()), draw, harm)


def _korean_order(words: dict[str, str], draw: np.random.Generator, harm: float) -> str:
    given = {0: "{first} {last}", 1: "{first}-{last}", 2: "{first}{last}"}[int(draw.integers(3))].format(
        first=words["first"], last=words["last"].lower()
    )
    given = given.title() if draw.random() < 0.5 else given
    return _slipped(
        f"{words['family']} {given}" if draw.random() < 1 - 0.3 * harm else f"{given} {words['family']}", draw, harm
    )


def _spelled(names: tuple[str, ...], draw: np.random.Generator, harm: float) -> str:
    return _one(names, draw) if draw.random() < SPELLED * harm else names[0]


def _slipped(text: str, draw: np.random.Generator, harm: float) -> str:
    text = text.upper() if draw.random() < 0.4 else text
    if draw.random() >= SLIP * harm:
        return text
    at, kind = int(draw.integers(1, len(text))), int(draw.integers(3))
    if kind == 0:
        return text[:at] + text[at + 1 :]
    return text[:at] + (text[at - 1] if kind == 1 else chr(97 + int(draw.integers(26)))) + text[at + (kind == 2) :]


def _names(entry: dict[str, str | None]) -> Words:
    return [str(entry["full_name"]), *(name for name in str(entry["other_names"]).split(";") if name)]


def _seen(person: Person, draw: np.random.Generator, listed: Sequence[str] = ()) -> dict[str, str | None]:
    """Among the people: one name, of the list's if any are given; mostly a whole date."""
    born = person.born
    luck = draw.random()
    if luck < 0.06:
        born = born + np.timedelta64(draw.choice([-730, -365, 365, 31, 9, 1]), "D")
    text = str(born)
    if 0.06 <= luck < 0.09 and int(text[8:]) <= 12:
        text = f"{text[:4]}-{text[8:]}-{text[5:7]}"
    name = _slipped(_one(listed, draw), draw, 1.0) if listed else _written(person, draw, 1.0, drop=0.3)
    return {
        "full_name": name,
        "dob": None if draw.random() < 0.02 else text[:4] if draw.random() < YEAR_ONLY else text,
        "sex": person.sex if draw.random() < 0.9 else None,
        "country": person.country if draw.random() < 0.85 else None,
        "birth_place": person.place if draw.random() < 0.5 else None,
    }


def _entry(person: Person, draw: np.random.Generator) -> dict[str, str | None]:
    """On the list: the name with all its parts, aliases of good and of low quality, a date, a year or several years."""
    good = [_written(person, draw, 1.0, drop=0.35) for _ in range(min(int(draw.geometric(0.35)) - 1, 6))]
    low = person.nicknames if draw.random() < 0.4 else []
    main = _written(person, draw, 0.0, drop=0.05)
    aliases = [name for name in dict.fromkeys([*good, *low]) if name.upper() != main.upper()]
    born, luck = str(person.born), draw.random()
    year = int(born[:4])
    if luck < NO_DATE:
        date = None
    elif luck < NO_DATE + SEVERAL_YEARS:
        others = {year, year + int(draw.integers(-3, 4)), year + int(draw.integers(-3, 4))}
        date = ";".join(str(each) for each in sorted(others))
    elif luck < NO_DATE + SEVERAL_YEARS + YEAR_ONLY_LISTED:
        date = str(year + (0 if draw.random() < 0.85 else int(draw.choice([-2, -1, 1, 2]))))
    else:
        date = born if draw.random() < 0.93 else f"{born}"[:8] + "01"
    return {
        "full_name": main,
        "other_names": ";".join(aliases),
        "dob": date,
        "sex": person.sex if draw.random() < 0.5 else None,
        "country": person.country if draw.random() < 0.8 else None,
        "birth_place": person.place if draw.random() < 0.6 else None,
    }


def _strangers(size: int, seed: int, draw: np.random.Generator) -> pd.DataFrame:
    """People of other cultures, by the simulator's lists."""
    luck, frames = Draw(seed, "sanctions/strangers"), []
    names = list(OTHERS)
    counts = np.bincount(draw.choice(len(names), size, p=list(OTHERS.values())), minlength=len(names))
    countries = load_places().countries
    for name, count in zip(names, counts.tolist(), strict=True):
        culture, stream = load_cultures()[name], luck.child(name)
        sex = np.where(stream.chance(WOMEN, count), "F", "M").astype(object)
        community = pick_communities(stream, culture, count)
        family, given, middle = name_people(stream, culture, sex, community)
        codes, places = birth_homes(stream, culture, community)
        order = [family, given, middle] if culture.family_first else [given, middle, family]
        whole = pd.Series([" ".join(word for word in words if word) for words in zip(*order, strict=True)])
        born = (np.datetime64("1935-01-01") + draw.integers(0, 69 * 365, count)).astype(str)
        frames.append(
            pd.DataFrame(
                {
                    "full_name": whole.where(draw.random(count) > 0.4, whole.str.upper()),
                    "dob": np.where(draw.random(count) < YEAR_ONLY, [day[:4] for day in born], born),
                    "sex": np.where(draw.random(count) < 0.9, sex, None),
                    "country": np.where(draw.random(count) < 0.85, [countries[code].name for code in codes], None),
                    "birth_place": np.where(draw.random(count) < 0.5, places, None),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _one(values: object, draw: np.random.Generator) -> str:
    return str(values[int(draw.integers(len(values)))])
