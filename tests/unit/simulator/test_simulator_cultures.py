"""Names are those of the cultures: as frequent, as varied, of the right time, and never of two communities at once."""

import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from hashlib import sha256
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from include.simulator.draw import Draw, Texts
from include.simulator.population.cultures import (
    PARTICLES,
    birth_homes,
    child_family,
    child_middle,
    culture_names,
    feminine,
    for_sex,
    load_cultures,
    married,
    name_people,
    patronymic,
    pick_communities,
    surnames,
    ukrainian_patronymic,
)
from include.simulator.population.look import look
from include.simulator.population.namelists import read_names
from include.simulator.population.places import load_places
from include.simulator.records.name_faults import NAME_FAULTS, Name

CULTURES = load_cultures()
NAMES = sorted(CULTURES)
MANY = 20_000
LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿł]+([ '.-]{1,2}[A-Za-zÀ-ÖØ-öø-ÿł]+)*\.?")


def texts(*values: str) -> Texts:
    return np.array(values, dtype=object)


@cache
def drawn(culture: str, first: int = 1943, last: int = 1993, n: int = MANY) -> tuple[Texts, ...]:
    """Sex, community, family, given and middle names of people born in these years."""
    draw, entry = Draw(11, f"{culture} {first}"), CULTURES[culture]
    sex = draw.pick(["F", "M"], n)
    community = pick_communities(draw, entry, n)
    days = draw.between(0, (last - first) * 365, n).astype("timedelta64[D]")
    born = np.datetime64(f"{first}-01-01", "D") + days
    return sex, community, *name_people(draw, entry, sex, community, born)


def share(names: Texts, *wanted: str) -> float:
    return float(np.isin(names.astype(str), wanted).mean() * 100)


# Per cent of the people of a culture, after the statistics the lists were written from; within a third of it, or a
# quarter of a point: 20,000 people are three standard errors more precise than that.
@pytest.mark.parametrize(
    ("culture", "family", "expected"),
    [
        ("vietnamese", ("Nguyen",), 37.0),
        ("vietnamese", ("Tran",), 12.1),
        ("korean", ("Kim",), 22.0),
        ("korean", ("Lee",), 15.0),
        ("korean", ("Park",), 8.6),
        ("chinese", ("Wang", "Li", "Zhang", "Liu", "Chen"), 28.0),
        ("anglo", ("Smith",), 1.7),
        ("filipino", ("Dela Cruz",), 3.3),
        ("filipino", ("Santos", "Reyes"), 4.4),
        ("haitian", ("Jean", "Pierre", "Joseph"), 11.0),
        ("slavic", ("Ivanov", "Ivanova"), 1.5),
        ("west_african", ("Mensah",), 1.4),
        ("south_asian", ("Patel",), 10.4),
        ("south_asian", ("Singh", "Kaur"), 17.6),
    ],
)
def test_family_names_are_as_frequent_as_in_life(culture: str, family: tuple[str, ...], expected: float) -> None:
    measured = share(drawn(culture)[2], *family)
    assert abs(measured - expected) < max(expected / 3, 0.25)


def test_hernandez_and_garcia_lead_the_first_surnames() -> None:
    first = Counter(surnames(name)[0] for name in drawn("hispanic")[2])
    leaders = {"Hernández", "García", "Martínez", "López", "González", "Rodríguez", "Pérez"}
    assert {name for name, _ in first.most_common(5)} <= leaders
    assert 0.025 < first["Hernández"] / MANY < 0.05


# How many of 20,000 people may share their full name with nobody before them. Least where life is so: with 37 % Nguyen
# and one given name of a hundred, strangers do collide; Sikhs have one family name per sex; the rest are mostly alone.
FLOORS = {"vietnamese": 0.35, "south_asian": 0.60, "korean": 0.70, "haitian": 0.70, "chinese": 0.80}


@pytest.mark.parametrize("culture", NAMES)
def test_strangers_seldom_share_a_full_name(culture: str) -> None:
    _, _, family, given_name, middle = drawn(culture)
    distinct = len(set(zip(family, given_name, middle, strict=True)))
    assert distinct > FLOORS.get(culture, 0.85) * MANY
    commonest = Counter(zip(family, given_name, middle, strict=True)).most_common(1)[0][1]
    assert commonest < 0.01 * MANY


@pytest.mark.parametrize("culture", NAMES)
def test_names_are_latin_capitalised_and_of_plausible_length(culture: str) -> None:
    _, _, family, given_name, middle = drawn(culture)
    for names, may_lack in ((family, False), (given_name, True), (middle, True)):
        for name in sorted(set(names.tolist())):
            assert (name == "" and may_lack) or LATIN.fullmatch(name), name
            words = [word for word in re.split("[ -]", name) if word]
            assert all(word[0].isupper() or word in PARTICLES for word in words), name
            assert not re.search("[a-z][A-Z]", re.sub(r"\bMa?c(?=[A-Z])|\bDe(?=[A-Z])", "", name)), name
            assert len(name) <= 45, name
    lengths = np.array([len(f"{f}, {g} {m}") for f, g, m in zip(family, given_name, middle, strict=True)])
    assert 8 < lengths.mean() < 30


@pytest.mark.parametrize("culture", NAMES)
def test_nobody_mixes_the_names_of_two_communities(culture: str) -> None:
    entry = CULTURES[culture]
    sex, community, family, given_name, _ = (column[:2000] for column in drawn(culture))
    stocks = [
        ({sex: set(c.family[sex].names) for sex in "FM"}, {sex: set(c.given[sex].names) for sex in "FM"})
        for c in entry.communities
    ]
    for s, c, f, g in zip(sex, community, family, given_name, strict=True):
        families, givens = stocks[c]
        if g:
            assert all(part in families[s] for part in (surnames(f) if entry.double_surname else [f])) or " " in f
            assert g in givens[s]
        else:
            assert f in givens[s]


def test_one_name_only_where_custom_has_it() -> None:
    for culture in NAMES:
        has_one = (drawn(culture)[3] == "").mean()
        expected = sum(c.share * c.single_name for c in CULTURES[culture].communities)
        expected /= sum(c.share for c in CULTURES[culture].communities)
        assert abs(has_one - expected) < 0.003
    assert (drawn("south_asian")[3] == "").any()


def test_given_names_are_of_their_time() -> None:
    old, young = drawn("anglo", 1943, 1950, 5000)[3], drawn("anglo", 1985, 1993, 5000)[3]
    new, gone = ("Brittany", "Ashley", "Kayla", "Tyler"), ("Judith", "Larry", "Shirley")
    assert share(old, *new) < 0.1
    assert share(young, *new) > 2
    assert share(young, *gone) < 0.4
    assert share(old, *gone) > 1.5
    daughters = [drawn("korean", *years, 5000)[3] for years in ((1943, 1950), (1985, 1993))]
    of_ja = [float(np.mean([name.lower().endswith("ja") for name in names])) for names in daughters]
    assert of_ja[0] > 0.05
    assert of_ja[1] < 0.01


def test_spellings_and_nicknames_belong_to_names_that_exist() -> None:
    for entry in CULTURES.values():
        lists = [stock[sex] for c in entry.communities for stock in (c.given, c.family, c.middles) for sex in "FM"]
        stock = {name for names in lists for name in names.names}
        words = stock | {word for name in stock for word in re.split("[ -]", name)}
        known = {name for name in entry.nicknames if name in words}
        assert known == set(entry.nicknames), (entry.name, set(entry.nicknames) - known)
        for spelling, others in entry.variants.items():
            assert spelling in words or any(other in words for other in others), (entry.name, spelling)
            assert spelling not in others
        assert all(name not in short for name, short in entry.nicknames.items())


@pytest.mark.parametrize("culture", NAMES)
def test_other_spellings_of_any_name_are_other_names(culture: str) -> None:
    _, _, family, given_name, _ = (column[:1500] for column in drawn(culture))
    for name in {*family.tolist(), *given_name.tolist()} - {""}:
        for word in re.split("[ -]", name):
            for other in CULTURES[culture].spellings(word):
                assert other != word
                assert LATIN.fullmatch(other), (word, other)
                assert other[0].isupper() or word[0].islower()


@pytest.mark.parametrize("culture", NAMES)
def test_people_are_born_where_their_community_lives(culture: str) -> None:
    entry, known = CULTURES[culture], load_places().countries
    draw = Draw(5, culture)
    community = pick_communities(draw, entry, 3000)
    country, place = birth_homes(draw, entry, community)
    for c, code, town in zip(community, country, place, strict=True):
        assert (code, town) in entry.communities[c].homes
    assert set(country) <= set(known)
    assert len(set(place)) >= 15


def test_every_place_has_a_code_of_its_own() -> None:
    countries = load_places().countries.values()
    assert len({c.claims for c in countries}) == len({c.name for c in countries}) == len(countries)
    assert all(re.fullmatch("[A-Z]{3,5}", c.claims) and re.fullmatch("[A-Z]{2}", c.code) for c in countries)
    assert all(len(c.places) == len(set(c.places)) for c in countries)
    assert {c.code: c.claims for c in countries}["SV"] == "ELSAL"


DIGEST = """
from hashlib import sha256
from include.simulator.population.cultures import load_cultures, name_people
from include.simulator.draw import Draw
digest = sha256()
for name, culture in load_cultures().items():
    draw = Draw(3, name)
    for part in name_people(draw, culture, draw.pick(["F", "M"], 1000)):
        digest.update("|".join(part).encode())
print(digest.hexdigest())
"""


def test_the_same_names_in_every_process() -> None:
    def elsewhere(seed: int) -> str:
        env = os.environ | {"PYTHONHASHSEED": str(seed)}
        return subprocess.run(
            [sys.executable, "-c", DIGEST], env=env, capture_output=True, text=True, check=True
        ).stdout

    assert elsewhere(1) == elsewhere(2)
    digest = sha256()
    for name, culture in CULTURES.items():
        draw = Draw(3, name)
        for part in name_people(draw, culture, draw.pick(["F", "M"], 1000)):
            digest.update("|".join(part).encode())
    assert elsewhere(3).strip() == digest.hexdigest()


def test_children_are_named_as_custom_says() -> None:
    both = texts("F", "M")
    father, mother = texts("De la Cruz López", "García Ruiz"), texts("Montes de Oca Paz", "De León Sic")
    assert child_family(CULTURES["hispanic"], father, mother, both).tolist() == [
        "De la Cruz Montes de Oca",
        "García De León",
    ]
    ivan = texts("Ivanov", "Ivanov")
    assert child_family(CULTURES["slavic"], ivan, texts("Popova", "Popova"), both).tolist() == ["Ivanova", "Ivanov"]
    assert for_sex(CULTURES["slavic"], texts("Ivanova", "Shevchenko"), texts("M", "F")).tolist() == [
        "Ivanov",
        "Shevchenko",
    ]
    singh = texts("Singh", "Singh")
    assert child_family(CULTURES["south_asian"], singh, singh, both).tolist() == ["Kaur", "Singh"]
    nguyen = texts("Nguyen", "Nguyen")
    assert child_family(CULTURES["vietnamese"], nguyen, texts("Le", "Le"), both).tolist() == ["Nguyen", "Nguyen"]


@pytest.mark.parametrize(
    ("culture", "community", "father", "expected"),
    [
        ("slavic", "russian", "Nikita", ["Nikitichna", "Nikitich"]),
        ("slavic", "ukrainian", "Serhii", ["Serhiivna", "Serhiiovych"]),
        ("filipino", "christian", "Jose", ["Reyes", "Reyes"]),
        ("arabic", "iraqi", "Hassan", ["Hassan", "Hassan"]),
        ("korean", "korean", "Sung-Ho", ["drawn", "drawn"]),
    ],
)
def test_middle_names_that_children_inherit(culture: str, community: str, father: str, expected: list[str]) -> None:
    entry = CULTURES[culture]
    position = [c.name for c in entry.communities].index(community)
    where, mother, drawn_ones = np.full(2, position), texts("Reyes", "Reyes"), texts("drawn", "drawn")
    inherited = child_middle(entry, where, texts(father, father), mother, texts("F", "M"), drawn_ones)
    assert inherited.tolist() == expected
    none = child_middle(entry, where, texts(father, father), mother, texts("F", "M"), texts("", ""))
    assert none.tolist() == ["", ""]


def test_wives_who_take_the_name_take_it_by_custom() -> None:
    own, middle, his = texts("García Ruiz"), texts("Elena"), texts("De la Cruz López")
    assert [part[0] for part in married(CULTURES["hispanic"], own, middle, his)] == ["García de De la Cruz", "Elena"]
    assert [p[0] for p in married(CULTURES["filipino"], texts("Santos"), texts("Lim"), texts("Tan"))] == [
        "Tan",
        "Santos",
    ]
    assert married(CULTURES["slavic"], texts("Popova"), texts(""), texts("Petrovsky"))[0][0] == "Petrovskaya"
    assert married(CULTURES["south_asian"], texts("Kaur"), texts(""), texts("Singh"))[0][0] == "Kaur"


@pytest.mark.parametrize(
    ("father", "son", "daughter"),
    [
        ("Ivan", "Ivanovich", "Ivanovna"),
        ("Sergey", "Sergeyevich", "Sergeyevna"),
        ("Alexander", "Alexandrovich", "Alexandrovna"),
        ("Ilya", "Ilyich", "Ilyinichna"),
        ("Lev", "Lvovich", "Lvovna"),
        ("Pavel", "Pavlovich", "Pavlovna"),
        ("Igor", "Igorevich", "Igorevna"),
        ("Vasily", "Vasilyevich", "Vasilyevna"),
        ("Nikolai", "Nikolayevich", "Nikolayevna"),
    ],
)
def test_russian_patronymics(father: str, son: str, daughter: str) -> None:
    assert (patronymic(father, False), patronymic(father, True)) == (son, daughter)


@pytest.mark.parametrize(
    ("father", "son", "daughter"),
    [
        ("Ivan", "Ivanovych", "Ivanivna"),
        ("Mykola", "Mykolaiovych", "Mykolaivna"),
        ("Petro", "Petrovych", "Petrivna"),
        ("Andrii", "Andriiovych", "Andriivna"),
        ("Illia", "Illich", "Illivna"),
    ],
)
def test_ukrainian_patronymics(father: str, son: str, daughter: str) -> None:
    assert (ukrainian_patronymic(father, False), ukrainian_patronymic(father, True)) == (son, daughter)


def test_feminine_forms() -> None:
    forms = {
        "Petrovsky": "Petrovskaya",
        "Kovalskyi": "Kovalska",
        "Kowalski": "Kowalska",
        "Ilyin": "Ilyina",
        "Boyko": "Boyko",
    }
    assert {name: feminine(name) for name in forms} == forms


def test_a_list_of_names_is_read_as_written() -> None:
    parts = {"front": "Ji 3, Min 1", "back": "Ho 1, Min 1"}
    stock = read_names("Kim 20, Lee, @1945, Ja 2, @, {front}-{back} 60, -Lee", parts)
    weights = dict(zip(stock.names, stock.weights[:, 3].tolist(), strict=True))
    assert list(stock.names) == ["Kim", "Ja", "Ji-Ho", "Ji-Min", "Min-Ho"]  # nobody is called Min-Min
    assert weights["Kim"] == 20
    assert weights["Ji-Ho"] == pytest.approx(60 * 3 / 7)
    assert stock.weights[1].argmax() == 1
    with pytest.raises(KeyError):
        read_names("{nothing} 3", parts)


luck = st.floats(0, 1, exclude_max=True)


@given(st.sampled_from(NAMES), st.sampled_from(sorted(set(NAME_FAULTS) - {"spelling"})), luck, luck)
def test_faults_of_a_single_name_leave_a_name(culture: str, fault: str, at: float, number: float) -> None:
    entry = CULTURES[culture]
    changed = NAME_FAULTS[fault](Name(entry.given["M"].at(at), "", ""), entry, "M", number)
    assert changed is None or changed.family


def test_clerks_err_as_the_culture_lets_them() -> None:
    hispanic, arabic, filipino = CULTURES["hispanic"], CULTURES["arabic"], CULTURES["filipino"]

    def all_ways(fault: str, name: Name, culture: str, sex: str = "F") -> set[Name | None]:
        return {NAME_FAULTS[fault](name, CULTURES[culture], sex, i / 97) for i in range(97)}

    particle = {n.family for n in all_ways("particle", Name("De la Cruz", "Ana", ""), hispanic.name) if n}
    assert {"Delacruz", "Cruz", "Dela Cruz"} <= {family.replace("DeLa", "Dela") for family in particle}
    assert {"Alhassan", "Al Hassan", "Hassan"} <= {
        n.family for n in all_ways("particle", Name("Al-Hassan", "Ali", ""), arabic.name) if n
    }
    given_names = {n.given for n in all_ways("particle", Name("Saleh", "Abdul Rahman", ""), arabic.name) if n}
    assert "Abdulrahman" in given_names
    wives = {n for n in all_ways("married_name", Name("Santos", "Ana", "Lim"), filipino.name) if n}
    assert wives
    assert all(n.middle == "Santos" for n in wives)
    assert any(" de " in n.family for n in all_ways("married_name", Name("Paz Ruiz", "Ana", ""), hispanic.name) if n)
    husbands = {n.family for n in all_ways("married_name", Name("Kaur", "Jasjit", ""), "south_asian") if n}
    assert not husbands & {"Khan", "Patel", "Begum"}
    assert Name("Kim", "Yeong-Hee", "") in all_ways("transliteration", Name("Kim", "Young-Hee", ""), "korean")
    kim = Name("Kim", "Ho", "")
    assert None in all_ways("swapped_order", kim, "slavic", "M")
    assert all_ways("swapped_order", kim, "korean") == {Name("Ho", "Kim", "")}  # the family name comes first at home


def test_a_look_shows_people_as_each_system_writes_them() -> None:
    for culture in culture_names():
        table = look(culture, 30, 3)
        assert table.row_count == 30
        columns = {str(column.header): list(column.cells) for column in table.columns}
        assert all(len(str(name)) <= 30 and str(name).isupper() for name in columns["TECS"])
        assert all(str(name).isascii() for name in columns["CLAIMS 3"])
        assert sum(bool(also) for also in columns["also"]) > 20
        shown = StringIO()
        Console(width=200, file=shown).print(table)
        assert "SIMULATED" in shown.getvalue()
    with pytest.raises(KeyError):
        look("martian", 1, 1)
