"""Who petitions for whom, on which form: the facts behind the records of USCIS."""

from dataclasses import dataclass

import numpy as np

from include.simulator.cultures import feminine, load_cultures
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.people import Days, People, grown_ups, populate
from include.simulator.places import load_places
from include.simulator.scenario import Scenario
from include.simulator.timeline import NEVER, Calendar, entries, office_time

# Shares of forms and classes, ours, in the spirit of USCIS's yearly figures: I-130 leads by far.
FORMS = {"I-130": 0.74, "I-129F": 0.13, "I-129": 0.13}
VISAS = {
    "I-129F": {"K-1": 93, "K-3": 7},
    "I-130": {"CR1": 25, "IR1": 25, "IR2": 8, "IR5": 15, "F1": 4, "F2A": 12, "F3": 3, "F4": 8},
    "I-129": {"H-1B": 38, "H-2A": 18, "H-2B": 16, "L-1": 12, "O": 5, "P": 4, "B-1": 3, "A-3": 2, "G-5": 2},
}
HOUSEHOLDS = ("B-1", "A-3", "G-5")  # domestic workers: the employer is a person
UNNAMED = ("H-2A", "H-2B")  # these petitions need not name the workers
RELATIONSHIPS = {
    "K-1": "fiance", "K-3": "spouse", "CR1": "spouse", "IR1": "spouse", "IR2": "child", "IR5": "parent",
    "F1": "child", "F2A": "child", "F3": "child", "F4": "sibling",
}  # fmt: skip

PETITIONS_PER_PERSON = 1.2  # most people petition once


@dataclass
class Filing:
    """Petitions and their parties. Positions are in the people of the world; -1: none."""

    form: Texts
    visa: Texts
    start: Ints  # when first entered, seconds
    petitioner: Ints  # the person, or the signatory of the organisation
    organisation: Ints  # -1: a person petitions
    organisation_names: Texts  # by organisation
    feins: Texts  # by organisation
    subject_files: Bools  # the petitioner is, or resembles, a subject
    of_petition: Ints  # by beneficiary
    beneficiary: Ints  # by beneficiary: the person; -1: unnamed
    beneficiary_number: Ints  # by beneficiary, from 1
    relationship: Texts  # by beneficiary


def plan_forms(draw: Draw, n: int) -> tuple[Texts, Texts, Bools]:
    """Form and visa class of `n` petitions, and whether an organisation files."""
    form = draw.pick(list(FORMS), n, list(FORMS.values()))
    visa = np.full(n, "", dtype=object)
    for name, classes in VISAS.items():
        mine = form == name
        visa[mine] = draw.child(name).pick(list(classes), int(mine.sum()), list(classes.values()))
    household = np.isin(visa.astype(str), HOUSEHOLDS)
    return form, visa, (form == "I-129") & ~household & draw.chance(0.95, n)


def assign(draw: Draw, slots: int, pool: Ints) -> Ints:
    """Who of the pool takes each slot: everyone once, as long as slots last, then anyone again. In no order."""
    if slots <= len(pool):
        takers = pool[:slots]
    else:
        takers = np.concatenate([pool, pool[draw.between(0, len(pool), slots - len(pool))]])
    return takers[draw.order(slots)]


def start_times(draw: Draw, scenario: Scenario, petitioner: Ints, night_of_person: Ints) -> Ints:
    """When petitions are entered; those of a person planted in a busy night, in that night."""
    start = entries(draw, Calendar.of(scenario), len(petitioner))
    night = night_of_person[petitioner]
    return np.where(night == NEVER, start, office_time(draw, night))


def organisations(draw: Draw, signatories: People) -> tuple[Texts, Texts]:
    """Names and employer numbers of organisations, one per signatory, some of whom gave theirs to it. The IRS does not
    issue numbers with the prefix 00."""
    n = len(signatories)
    streets = [street.rsplit(" ", 1)[0] for street in load_places().streets]
    own = draw.chance(0.4, n)
    first = np.where(own, signatories.family, draw.pick(streets, n))
    name = first + " " + draw.pick(load_places().trades, n) + " " + draw.pick(["LLC", "Inc.", "Corp.", "Ltd"], n)
    feins = np.array([f"00-{1_000_003 + 17 * i % 8_999_000:07d}" for i in range(n)], dtype=object)
    return name, feins


def beneficiary_slots(
    draw: Draw, scenario: Scenario, visa: Texts, organisation: Bools
) -> tuple[Ints, Ints, Texts, Bools]:
    """For whom each petition is: position of the petition, number on it, relationship, whether he or she is named."""
    n = len(visa)
    household = np.isin(visa.astype(str), HOUSEHOLDS)
    works = organisation | household | np.isin(visa.astype(str), list(VISAS["I-129"]))
    seasonal = np.isin(visa.astype(str), UNNAMED)
    extra = draw.index([72, 17, 8, 3], n)
    several = draw.between(1, 6, n)
    unnamed = seasonal & draw.chance(scenario.person_faults.unnamed_worker, n)
    count = np.where(unnamed, 1, np.where(seasonal, several, np.where(works, 1, 1 + extra)))
    petition = np.repeat(np.arange(n), count)
    number = np.arange(len(petition)) - np.repeat(np.cumsum(count) - count, count) + 1
    first = np.array([RELATIONSHIPS.get(v, "worker") for v in visa], dtype=object)
    # Those who come along with a spouse, fiancé or sibling are children.
    relationship = np.where((number == 1) | works[petition], first[petition], "child")
    return petition.astype(np.int64), number.astype(np.int64), relationship, ~unnamed[petition]


def relatives(draw: Draw, scenario: Scenario, petitioners: People, relationship: Texts, first: int) -> People:
    """The beneficiaries, one for each petitioner given: age, sex and family name fit the relationship."""
    n = len(relationship)
    luck, couple = draw.uniform(n), np.isin(relationship.astype(str), ["spouse", "fiance"])
    stranger = couple & (luck < np.where(petitioners.culture == "anglo", 0.75, 0.2))
    mix = draw.pick(list(scenario.cultures), n, list(scenario.cultures.values()))
    culture = np.where(stranger | (relationship == "worker"), mix, petitioners.culture)
    opposite = np.where(petitioners.sex == "F", "M", "F")
    sex = np.where(couple & draw.chance(0.99, n), opposite, draw.pick(["F", "M"], n))
    kin = np.where(stranger | (relationship == "worker"), -1, petitioners.community)  # relatives share a stock of names
    people = populate(draw, culture, sex, _birth_days(draw, scenario, petitioners.born, relationship), first, kin)
    people.family = _family_names(draw, petitioners, people, relationship)
    _move_birth_abroad(draw, people)
    return people


def _family_names(draw: Draw, petitioners: People, people: People, relationship: Texts) -> Texts:
    """Children and siblings bear the petitioner's family name, and half of the wives."""
    wife = (relationship == "spouse") & (people.sex == "F") & draw.chance(0.5, len(people))
    shares = wife | np.isin(relationship.astype(str), ["child", "sibling"])
    endings = np.array([load_cultures()[name].slavic_endings for name in petitioners.culture], dtype=bool)
    same = petitioners.sex == people.sex
    # Ivanov's daughter is Ivanova; a mother's form does not tell the father's, so her son keeps the name he has.
    women = np.array([feminine(name) for name in petitioners.family], dtype=object)
    shared = np.where(endings & (people.sex == "F") & ~same, women, petitioners.family)
    return np.where(shares & ~(endings & (people.sex == "M") & ~same), shared, people.family)


def _move_birth_abroad(draw: Draw, people: People) -> None:
    """Nobody petitions for a citizen: those born in the United States were born in Canada or Britain instead."""
    native = people.country == "US"
    people.country = np.where(native, draw.pick(["CA", "GB"], len(people)), people.country)
    places = load_places().countries
    people.place[native] = np.array([places[code].places[0] for code in people.country[native]], dtype=object)
    people.citizenship = people.country.copy()


def _birth_days(draw: Draw, scenario: Scenario, petitioner: Days, relationship: Texts) -> Days:
    """By relationship, from the petitioner's birth (kin) or from the first day of the period (children, workers)."""
    n, today = len(relationship), np.datetime64(scenario.first_day, "D")
    years = 365

    def after(low: int, high: int) -> Days:
        born: Days = petitioner + draw.between(low * years, high * years, n).astype("timedelta64[D]")
        return born

    adult = today - draw.between(18 * years, 50 * years, n).astype("timedelta64[D]")
    child = np.maximum(today - draw.between(200, 19 * years, n).astype("timedelta64[D]"), after(17, 20))
    return np.select(
        [relationship == kind for kind in ("spouse", "fiance", "child", "parent", "sibling")],
        [
            np.minimum(after(-6, 9), adult),
            adult,
            np.minimum(child, today - np.timedelta64(30, "D")),
            after(-36, -19),
            after(-9, 9),
        ],
        default=adult,
    )


def signatory_pool(draw: Draw, scenario: Scenario, petitions: int, first: int) -> People:
    """New signatories: an organisation files three petitions on average."""
    return grown_ups(draw, scenario, max(1, petitions // 3), first, ages=(28, 64))
