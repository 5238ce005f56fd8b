"""A look at random people of one culture, as each system writes them: would an officer believe it?"""

import numpy as np
from rich.table import Table

from include.simulator.draw import Bools, Draw, Texts
from include.simulator.population.cultures import load_cultures
from include.simulator.population.people import People, populate
from include.simulator.population.places import load_places
from include.simulator.records.name_faults import NAME_FAULTS, Name
from include.simulator.records.tecs import tecs_name
from include.simulator.records.uscis import Habit

# Grown-ups of the audit's years, 2005-2014, and some of their children.
FIRST_BIRTH, LAST_BIRTH = np.datetime64("1943-01-01", "D"), np.datetime64("2000-01-01", "D")

COLUMNS = ("TECS", "CLAIMS 3", "ELIS", "also", "sex", "born", "place", "country")


def look(culture: str, n: int, seed: int) -> Table:
    """`n` people of a culture: the name as TECS, CLAIMS 3 and ELIS write it, one way in which a clerk gets it wrong or
    the person is called, sex, birth day, place and country. Raises KeyError for a culture that is not described."""
    draw = Draw(seed, f"look/{culture}")
    days = draw.between(0, int((LAST_BIRTH - FIRST_BIRTH).astype(np.int64)), n).astype("timedelta64[D]")
    names = np.full(n, load_cultures()[culture].name, dtype=object)
    people = populate(draw.child("people"), names, draw.pick(["F", "M"], n), FIRST_BIRTH + days, 0)
    table = Table(*COLUMNS, title=f"{n} people of culture {culture}, seed {seed}: SIMULATED")
    for row in zip(*_columns(draw.child("also"), people), strict=True):
        table.add_row(*row)
    return table


def _columns(draw: Draw, people: People) -> list[Texts]:
    parts = list(zip(people.family, people.given, people.middle, strict=True))
    written = np.array([", ".join((family, f"{given or 'FNU'} {middle}".strip())) for family, given, middle in parts])
    paper, electronic = (Habit(_all(people, elis)) for elis in (False, True))
    names = load_places().countries
    return [
        np.array([tecs_name(family, given or "FNU", middle) for family, given, middle in parts], dtype=object),
        paper.text(written.astype(object)),
        electronic.text(written.astype(object)),
        _otherwise(draw, people),
        people.sex,
        np.datetime_as_string(people.born).astype(object),
        people.place,
        np.array([f"{code} {names[code].claims}" for code in people.country], dtype=object),
    ]


def _all(people: People, elis: bool) -> Bools:
    return np.full(len(people), elis, dtype=bool)


def _otherwise(draw: Draw, people: People) -> Texts:
    """One fault of the clerk's per person; those that say nothing about the culture are left out."""
    kinds = ["transliteration", "nickname", "particle", "dropped_surname", "married_name", "swapped_order"]
    first, luck, cultures = draw.between(0, len(kinds), len(people)), draw.uniform(len(people)), load_cultures()
    texts = []
    for i in range(len(people)):
        name, culture = Name(people.family[i], people.given[i], people.middle[i]), cultures[people.culture[i]]
        faults = (kinds[(first[i] + k) % len(kinds)] for k in range(len(kinds)))
        tried = ((kind, NAME_FAULTS[kind](name, culture, people.sex[i], float(luck[i]))) for kind in faults)
        found = next(((kind, other) for kind, other in tried if other), None)
        texts.append(f"{found[1].family}, {found[1].given} ({found[0]})" if found else "")
    return np.array(texts, dtype=object)
