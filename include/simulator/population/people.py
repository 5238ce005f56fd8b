"""The people of a world, as they really are: what the agencies' records are faulty copies of."""

from dataclasses import dataclass, fields
from itertools import product

import numpy as np

from include.simulator.days import Days
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.cultures import birth_homes, load_cultures, married, name_people, pick_communities
from include.simulator.population.places import load_places
from include.simulator.scenario import Scenario

DAYS_PER_YEAR = 365.2425  # of the Gregorian calendar


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
    maiden: Texts  # family name before marriage, if it was another
    maiden_middle: Texts  # middle name before marriage
    married: Days  # since when `family` and `middle` are borne; NaT: always
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
            getattr(self, fact)[who] = np.datetime64("NaT", "D") if fact == "born" else ""


def join(groups: list[People]) -> People:
    """The groups as one, in this order."""
    return People(**{f.name: np.concatenate([getattr(group, f.name) for group in groups]) for f in fields(People)})


def populate(
    draw: Draw,
    culture: Texts,
    sex: Texts,
    born: Days,
    first: int,
    *,
    community: Ints | None = None,
    resident: bool = True,
) -> People:
    """People of these cultures, sexes and birth days; `first` is the position of the first of them in the world, from
    which the numbers that must be unique follow. `community`: of each (-1, or none given: drawn by its share). Who is
    not `resident` has no address, telephone or number of this country yet."""
    n = len(sex)
    community = np.full(n, -1, dtype=np.int64) if community is None else community.copy()
    family, given, middle, country, place = _by_culture(draw, culture, sex, born, community)
    native = country == "US"
    people = People(
        culture=culture,
        community=community,
        sex=sex,
        family=family,
        given=given,
        middle=middle,
        maiden=np.full(n, "", dtype=object),
        maiden_middle=middle.copy(),
        married=np.full(n, np.datetime64("NaT", "D")),
        born=born,
        country=country,
        place=place,
        citizenship=np.where(draw.chance(0.25, n), "US", country),  # a quarter have naturalised (ours)
        a_number=np.where(native, "", _a_numbers(first, n)),
        other_a_number=np.full(n, "", dtype=object),
        **{fact: np.full(n, "", dtype=object) for fact in RESIDENT},
        city=np.zeros(n, dtype=np.int64),
        old_city=np.zeros(n, dtype=np.int64),
        relation=np.full(n, "", dtype=object),
        relative=np.full(n, -1, dtype=np.int64),
    )
    if resident:
        _settle(draw, people, first)
    return people


def _by_culture(
    draw: Draw, culture: Texts, sex: Texts, born: Days, community: Ints
) -> tuple[Texts, Texts, Texts, Texts, Texts]:
    """Family, given and middle names, country and place of birth; fills in communities that are -1, in place."""
    family, given, middle, country, place = (np.full(len(sex), "", dtype=object) for _ in range(5))
    for name, entry in load_cultures().items():
        mine = culture == name
        stream = draw.child(name)
        drawn = pick_communities(stream, entry, int(mine.sum()))
        belongs = np.where(community[mine] < 0, drawn, community[mine])
        community[mine] = belongs
        family[mine], given[mine], middle[mine] = name_people(stream, entry, sex[mine], belongs, born[mine])
        country[mine], place[mine] = birth_homes(stream, entry, belongs)
    return family, given, middle, country, place


RESIDENT = ("ssn", "passport", "fbi", "street", "zip_code", "old_street", "old_zip_code", "phone")


def _settle(draw: Draw, people: People, first: int) -> None:
    """Give people what those have who live here: addresses, a telephone, numbers."""
    n = len(people)
    people.other_a_number = np.where(people.country == "US", "", _a_numbers(first + 50_000_000, n))
    people.ssn = _ssns(first, n)
    people.passport = _coded(draw.child("passport"), n, letters=1, digits=8)
    people.fbi = _coded(draw.child("fbi"), n, letters=2, digits=7)
    people.street, people.city, people.zip_code = addresses(draw.child("home"), n)
    people.old_street, people.old_city, people.old_zip_code = addresses(draw.child("old home"), n)
    area = np.array([c.area_code for c in load_places().cities], dtype=object)
    people.phone = _phones(draw.child("phone"), area[people.city])


EVER_MARRIED = 0.7  # of grown-ups in 2005-2014 (Census, roughly); married at 19 to 35, mostly in their twenties (ours)


def marry(draw: Draw, people: People) -> None:
    """Some of the women married, and by the custom of their culture took the husband's name."""
    n, cultures = len(people), load_cultures()
    takes = np.zeros(n)
    for name, culture in cultures.items():
        takes[people.culture == name] = culture.wife_takes
    who = np.flatnonzero((people.sex == "F") & (draw.uniform(n) < EVER_MARRIED * takes))
    day = people.born[who] + (19 * 365 + draw.skewed(16 * 365, len(who)).astype(np.int64)).astype("timedelta64[D]")
    for name, culture in cultures.items():
        mine = people.culture[who] == name
        wives, men = who[mine], np.full(int(mine.sum()), "M", dtype=object)
        husband = name_people(draw.child(name), culture, men, people.community[wives])[0]
        take_name(people, wives, husband, day[mine])


def take_name(people: People, wives: Ints, husband: Texts, day: Days) -> None:
    """These women, of one culture, take the family names of their husbands on these days."""
    if len(wives) == 0:
        return
    culture = load_cultures()[people.culture[wives[0]]]
    family, middle = married(culture, people.family[wives], people.middle[wives], husband)
    other = family != people.family[wives]
    wives = wives[other]
    people.maiden[wives], people.maiden_middle[wives] = people.family[wives], people.middle[wives]
    people.family[wives], people.middle[wives], people.married[wives] = family[other], middle[other], day[other]


def grown_ups(
    draw: Draw, scenario: Scenario, n: int, first: int, *, ages: tuple[int, int] = (21, 62), foreign: bool = False
) -> People:
    """People of these ages (years) on some day of the scenario's first half, in its mix of cultures. `foreign`: leave
    out the culture of those who are mostly born in the United States, unless there is no other."""
    mix = {name: share for name, share in scenario.cultures.items() if not (foreign and name == "anglo")}
    mix = mix or scenario.cultures
    culture = draw.pick(list(mix), n, list(mix.values()))
    age = draw.between(int(ages[0] * DAYS_PER_YEAR), int(ages[1] * DAYS_PER_YEAR), n)
    some_day = draw.between(0, (scenario.last_night - scenario.first_day).days // 2 + 1, n)
    born = np.datetime64(scenario.first_day, "D") + (some_day - age).astype("timedelta64[D]")
    people = populate(draw, culture, draw.pick(["F", "M"], n), born, first)
    marry(draw.child("marriages"), people)
    return people


def twins(draw: Draw, of: People, whose: Ints, first: int) -> People:
    """A twin of each of these people: same family name, birth day and place."""
    twin = populate(draw, of.culture, of.sex, of.born, first, community=of.community)
    twin.country, twin.place = of.country.copy(), of.place.copy()
    twin.family = np.where(of.maiden == "", of.family, of.maiden)  # her married name is not her twin's
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
    parent = populate(draw, of.culture, of.sex, of.born + gap, first, community=of.community)
    for fact in ("given", "country", "place"):
        setattr(parent, fact, getattr(of, fact).copy())
    parent.family = np.where(of.maiden == "", of.family, of.maiden)
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
    values = 21_000_000 + (np.arange(first, first + n, dtype=np.int64) * 48_271) % 199_000_000
    return np.array(list(map(str, values.tolist())), dtype=object)


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
    heads = ["".join(code) for code in product(alphabet, repeat=letters)]
    code, number = draw.between(0, len(heads), n).tolist(), draw.between(0, 10**digits, n).tolist()
    return np.array([f"{heads[c]}{v:0{digits}d}" for c, v in zip(code, number, strict=True)], dtype=object)
