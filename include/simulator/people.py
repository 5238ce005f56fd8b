"""The people of a world, as they really are: what the agencies' records are faulty copies of."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from include.simulator.cultures import birth_countries, load_cultures, name_people, pick_communities
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.places import birth_places, load_places
from include.simulator.scenario import Scenario

Days = NDArray[np.datetime64]

DAYS_PER_YEAR = 365.2425


@dataclass
class People:
    """One array per fact; a person is a position. An empty text means "has none". Numbers are impossible ones where any
    are set aside: SSN area 9xx with a group that ITINs do not use, telephone 555-0100..0199."""

    culture: Texts
    community: Ints  # position in the culture's communities
    sex: Texts  # F or M
    family: Texts
    given: Texts
    middle: Texts
    born: Days
    country: Texts  # of birth, alpha-2
    place: Texts  # of birth
    citizenship: Texts
    a_number: Texts  # digits
    other_a_number: Texts
    ssn: Texts  # nine digits
    passport: Texts
    fbi: Texts
    street: Texts
    city: Ints  # position in the gazetteer
    zip_code: Texts
    old_street: Texts  # before the move
    old_city: Ints
    old_zip_code: Texts
    phone: Texts  # ten digits
    relation: Texts  # twin, namesake: of the person in `relative`
    relative: Ints  # -1: of nobody

    def __len__(self) -> int:
        return len(self.sex)

    def take(self, index: Ints) -> "People":
        """These people, in this order."""
        return People(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    def forget(self, who: Bools, *facts: str) -> None:
        """These facts of these people are not told. Use it on people that were taken, not on the world's."""
        for fact in facts:
            getattr(self, fact)[who] = np.datetime64("NaT") if fact == "born" else ""


def join(groups: list[People]) -> People:
    """The groups as one, in this order."""
    return People(**{f.name: np.concatenate([getattr(group, f.name) for group in groups]) for f in fields(People)})


def populate(draw: Draw, culture: Texts, sex: Texts, born: Days, first: int, community: Ints | None = None) -> People:
    """People of these cultures, sexes and birth days; `first` is the position of the first of them in the world, from
    which the numbers that must be unique follow. `community`: of each (-1, or none given: drawn by its share)."""
    n = len(sex)
    family, given, middle, country = (np.full(n, "", dtype=object) for _ in range(4))
    community = np.full(n, -1, dtype=np.int64) if community is None else community.copy()
    for name, entry in load_cultures().items():
        mine = culture == name
        stream = draw.child(name)
        drawn = pick_communities(stream, entry, int(mine.sum()))
        belongs = np.where(community[mine] < 0, drawn, community[mine])
        community[mine] = belongs
        family[mine], given[mine], middle[mine] = name_people(stream, entry, sex[mine], belongs, born[mine])
        country[mine] = birth_countries(stream, entry, belongs)
    street, city, zip_code = addresses(draw.child("home"), n)
    old_street, old_city, old_zip_code = addresses(draw.child("old home"), n)
    area = np.array([c.area_code for c in load_places().cities], dtype=object)
    native = country == "US"
    return People(
        culture=culture,
        community=community,
        sex=sex,
        family=family,
        given=given,
        middle=middle,
        born=born,
        country=country,
        place=birth_places(draw.child("birth place"), country),
        citizenship=np.where(draw.chance(0.25, n), "US", country),  # a quarter have naturalised (ours)
        a_number=np.where(native, "", _a_numbers(first, n)),
        other_a_number=np.where(native, "", _a_numbers(first + 50_000_000, n)),
        ssn=_ssns(first, n),
        passport=_coded(draw.child("passport"), n, letters=1, digits=8),
        fbi=_coded(draw.child("fbi"), n, letters=2, digits=7),
        street=street,
        city=city,
        zip_code=zip_code,
        old_street=old_street,
        old_city=old_city,
        old_zip_code=old_zip_code,
        phone=_phones(draw.child("phone"), area[city]),
        relation=np.full(n, "", dtype=object),
        relative=np.full(n, -1, dtype=np.int64),
    )


def grown_ups(
    draw: Draw, scenario: Scenario, n: int, first: int, *, ages: tuple[int, int] = (21, 62), foreign: bool = False
) -> People:
    """People of these ages (years) on the first day of the scenario, in its mix of cultures; `foreign`: leave out the
    culture of those who are mostly born in the United States, unless there is no other."""
    mix = {name: share for name, share in scenario.cultures.items() if not (foreign and name == "anglo")}
    mix = mix or scenario.cultures
    culture = draw.pick(list(mix), n, list(mix.values()))
    age = draw.between(int(ages[0] * DAYS_PER_YEAR), int(ages[1] * DAYS_PER_YEAR), n)
    born = np.datetime64(scenario.first_day, "D") - age.astype("timedelta64[D]")
    return populate(draw, culture, draw.pick(["F", "M"], n), born, first)


def twins(draw: Draw, of: People, whose: Ints, first: int) -> People:
    """A twin of each of these people: same family name, birth day and place."""
    twin = populate(draw, of.culture, of.sex, of.born, first, of.community)
    twin.family, twin.country, twin.place = of.family.copy(), of.country.copy(), of.place.copy()
    again = twin.given == of.given  # two children of one family are not given one name
    twin.given[again] = of.middle[again]
    twin.given[twin.given == ""] = "Adrian"
    _live_together(twin, of, draw.chance(0.5, len(of)))
    twin.relation[:], twin.relative = "twin", whose
    return twin


def namesakes(draw: Draw, scenario: Scenario, of: People, whose: Ints, first: int) -> People:
    """Of each of these people a parent of the same name, 20 to 36 years older; of those over 45 a grown-up child."""
    n = len(of)
    child = of.born < np.datetime64(scenario.first_day, "D") - np.timedelta64(45 * 365, "D")
    older = -draw.between(20 * 365, 36 * 365, n)
    younger = draw.between(20 * 365, 24 * 365, n)
    gap = np.where(child, younger, older).astype("timedelta64[D]")
    parent = populate(draw, of.culture, of.sex, of.born + gap, first, of.community)
    for fact in ("family", "given", "country", "place"):
        setattr(parent, fact, getattr(of, fact).copy())
    _live_together(parent, of, draw.chance(0.5, n))
    parent.relation[:], parent.relative = "namesake", whose
    return parent


def addresses(draw: Draw, n: int) -> tuple[Texts, Ints, Texts]:
    """Street with number, position of the city, ZIP code."""
    places = load_places()
    number = draw.between(1, 9900, n)
    street = draw.pick(places.streets, n)
    unit = np.where(draw.chance(0.3, n), draw.between(1, 40, n), 0)
    city = draw.index([c.weight for c in places.cities], n)
    tail = draw.between(1, 60, n)
    streets = [
        f"{h} {s} Apt {u}" if u else f"{h} {s}" for h, s, u in zip(number.tolist(), street, unit.tolist(), strict=True)
    ]
    zips = [f"{places.cities[c].zip3}{t:02d}" for c, t in zip(city.tolist(), tail.tolist(), strict=True)]
    return np.array(streets, dtype=object), city, np.array(zips, dtype=object)


def _live_together(one: People, other: People, who: Bools) -> None:
    for fact in ("street", "city", "zip_code"):
        getattr(one, fact)[who] = getattr(other, fact)[who]


def _a_numbers(first: int, n: int) -> Texts:
    # Eight and nine digits, as in the years of the audit. The multiplier is prime to the range, so no two are alike.
    numbers = 21_000_000 + (np.arange(first, first + n, dtype=np.int64) * 48_271) % 199_000_000
    return np.array([str(number) for number in numbers.tolist()], dtype=object)


def _ssns(first: int, n: int) -> Texts:
    # Area 900-999 was never issued as an SSN, and its groups 01-49 not as ITINs (IRS: 50-65, 70-88, 90-92, 94-99).
    numbers = (np.arange(first, first + n, dtype=np.int64) * 48_271) % 49_000_000
    texts = [f"{900 + v // 490_000}{1 + v // 10_000 % 49:02d}{v % 10_000:04d}" for v in numbers.tolist()]
    return np.array(texts, dtype=object)


def _phones(draw: Draw, area: Texts) -> Texts:
    line = draw.between(100, 200, len(area))
    return np.array([f"{code}5550{number}" for code, number in zip(area, line.tolist(), strict=True)], dtype=object)


def _coded(draw: Draw, n: int, letters: int, digits: int) -> Texts:
    alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ"
    code = draw.between(0, len(alphabet) ** letters, n).tolist()
    number = draw.between(0, 10**digits, n).tolist()
    texts = []
    for c, v in zip(code, number, strict=True):
        head = "".join(alphabet[c // len(alphabet) ** k % len(alphabet)] for k in range(letters))
        texts.append(f"{head}{v:0{digits}d}")
    return np.array(texts, dtype=object)
