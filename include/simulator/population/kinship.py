"""What relatives are called, by the custom of their culture."""

import numpy as np

from include.simulator.days import Days
from include.simulator.draw import Draw, Ints, Texts
from include.simulator.population.cultures import Culture, child_family, child_middle, for_sex, load_cultures
from include.simulator.population.people import People, take_name

MARRIED_DAYS = 5 * 365  # a spouse is petitioned for within so many days of the wedding, mostly soon after it (ours)


def name_kin(draw: Draw, petitioners: People, people: People, relationship: Texts, on: Days) -> None:
    """Give the relatives of these petitioners, one each, the names that go with the relationship, in place. The names
    that they were drawn with become those of the parent whom nobody mentions. `on`: day of the petition."""
    luck = draw.uniform(len(people))
    wedding = on - (30 + draw.skewed(MARRIED_DAYS, len(people)).astype(np.int64)).astype("timedelta64[D]")
    blood = np.isin(relationship.astype(str), ["sibling", "parent"])
    for name, culture in load_cultures().items():
        same = (people.culture == name) & (petitioners.culture == name)
        _name_children(culture, petitioners, people, np.flatnonzero(same & (relationship == "child")))
        _name_blood(
            culture,
            petitioners,
            people,
            np.flatnonzero(same & blood),
        )
        wives = (people.culture == name) & (relationship == "spouse") & (people.sex == "F")
        wives = np.flatnonzero(wives & (luck < culture.wife_takes))
        take_name(people, wives, petitioners.family[wives], wedding[wives])


def _name_children(culture: Culture, petitioners: People, people: People, who: Ints) -> None:
    """Of a father, or of a mother: her husband's name, if she took it, is the father's. The children of one petitioner
    have one other parent."""
    parent = petitioners.take(who)
    _, first, same = np.unique(parent.ssn.astype(str), return_index=True, return_inverse=True)
    other = people.family[who][first[same]]
    father = parent.sex == "M"
    birth_name = np.where(parent.maiden == "", parent.family, parent.maiden)
    husband = np.where((parent.maiden == "") | culture.double_surname, other, parent.family)
    fathers, mothers = np.where(father, birth_name, husband), np.where(father, other, birth_name)
    people.family[who] = child_family(culture, fathers, mothers, people.sex[who])
    given = np.where(father, parent.given, "")  # of a mother's husband nobody knows the given name
    people.middle[who] = child_middle(
        culture, people.community[who], given, mothers, people.sex[who], people.middle[who]
    )
    people.maiden_middle[who] = people.middle[who]


def _name_blood(culture: Culture, petitioners: People, people: People, who: Ints) -> None:
    """Brothers, sisters and parents bear the name that the petitioner was born with."""
    kin = petitioners.take(who)
    birth_name = np.where(kin.maiden == "", kin.family, kin.maiden)
    people.family[who] = for_sex(culture, birth_name, people.sex[who])
