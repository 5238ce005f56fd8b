"""Who petitions for whom, on which form: the facts behind the records of USCIS."""

from dataclasses import dataclass, fields

import numpy as np

from include.simulator.days import Days, days_of
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.kinship import name_kin
from include.simulator.population.people import DAYS_PER_YEAR, People, grown_ups, join, populate
from include.simulator.population.places import load_places
from include.simulator.records.timeline import NEVER, Calendar, entries
from include.simulator.scenario import Scenario

# Shares of forms and classes, ours, in the spirit of USCIS's yearly figures: I-130 leads by far.
FORMS = {"I-130": 0.74, "I-129F": 0.13, "I-129": 0.13}
VISAS = {
    "I-129F": {"K-1": 93, "K-3": 7},
    "I-130": {"CR1": 25, "IR1": 25, "CR2": 3, "IR2": 5, "IR5": 15, "F1": 4, "F2A": 10, "F2B": 2, "F3": 3, "F4": 8},
    "I-129": {"H-1B": 38, "H-2A": 18, "H-2B": 16, "L-1": 12, "O": 5, "P": 4, "B-1": 3, "A-3": 2, "G-5": 2},
}
HOUSEHOLDS = ("B-1", "A-3", "G-5")  # domestic workers: the employer is a person
UNNAMED = ("H-2A", "H-2B")  # these petitions need not name the workers
RELATIONSHIPS = {
    "K-1": "fiance", "K-3": "spouse", "CR1": "spouse", "IR1": "spouse", "CR2": "child", "IR2": "child",
    "IR5": "parent", "F1": "child", "F2A": "child", "F2B": "child", "F3": "child", "F4": "sibling",
}  # fmt: skip

# 8 U.S.C. 1151, 1153, 1184: citizens alone petition for fiancé(e)s, parents, siblings and married children; a permanent
# resident for a spouse (F2A) and unmarried children (F2A, F2B).
RESIDENTS_TOO = ("F2A", "F2B")
GROWN_CHILD = {"F1": "IR2", "F2B": "F2A", "F3": "CR2"}  # children of 21 and over; the class of younger ones
OF_AGE_YEARS = 21  # a citizen petitions for parents and siblings from then on; a child of that age is no child
YOUNGEST_PARENT_YEARS = 17  # (ours)

PETITIONS_PER_PERSON = 1.2  # most people petition once
PETITIONS_PER_ORGANISATION = 3  # on average
AMENDED = 0.15  # of an organisation's later petitions: they amend its last one (ours)
OUTCOMES = {"approved": 82, "denied": 14, "withdrawn": 4}  # in per cent of what is decided (ours)


@dataclass
class Filing:
    """Petitions and their parties. Positions are in the people; -1: none.

    `outcome`: approved, denied, withdrawn; empty: not decided within the period. `settled`: the decision falls into the
    period for certain. `copy_of`: the petition that this one was entered for a second time, in error.
    """

    form: Texts
    visa: Texts
    start: Ints  # when first entered, seconds
    outcome: Texts
    settled: Bools
    night: Ints  # midnight of the busy night in which the petitioner's record changes; NEVER: none
    petitioner: Ints  # the person, or the signatory of the organisation
    organisation: Ints  # position in `organisation_names`; -1: a person petitions
    asked: Ints  # how many beneficiaries are asked for, named or not
    amends: Ints  # position of the petition that this one amends; -1: none
    copy_of: Ints  # -1: none
    organisation_names: Texts  # by organisation
    feins: Texts  # by organisation
    of_petition: Ints  # by beneficiary
    beneficiary: Ints  # by beneficiary: the person; -1: unnamed
    beneficiary_number: Ints  # by beneficiary, from 1
    relationship: Texts  # by beneficiary

    def __len__(self) -> int:
        return len(self.form)


BY_PETITION = ("form", "visa", "start", "outcome", "settled", "night", "petitioner", "organisation", "asked", "amends")


def ordinary(draw: Draw, scenario: Scenario, n: int, first: int) -> tuple[People, Filing]:
    """`n` petitions of people whom nobody investigates; `first`: position of the first of them in the world. Positions
    in the filing count from there."""
    form, visa, organised = plan_forms(draw.child("forms"), n)
    persons, signers, petitioner, organisation = _petitioners(draw, scenario, organised, first)
    people = join([persons, signers])
    start = entries(draw.child("start"), Calendar.of(scenario), n)
    come_of_age(people, petitioner, start)
    fit(people, petitioner, form, visa, start)
    petition, number, relationship, named, asked = beneficiary_slots(draw.child("slots"), scenario, visa, organised)
    family = relatives(
        draw.child("relatives"),
        scenario,
        people.take(petitioner[petition[named]]),
        relationship[named],
        first + len(people),
        on=days_of(start)[petition[named]],
        grown=(grown(visa)[petition] & (number == 1))[named],
    )
    names, feins = organisations(draw.child("organisations"), signers, first + len(persons))
    beneficiary = np.full(len(petition), -1, dtype=np.int64)
    beneficiary[named] = len(people) + np.arange(len(family))
    filing = Filing(
        form=form,
        visa=visa,
        start=start,
        outcome=draw.child("outcome").pick(list(OUTCOMES), n, list(OUTCOMES.values())),
        settled=np.zeros(n, dtype=bool),
        night=np.full(n, NEVER, dtype=np.int64),
        petitioner=petitioner,
        organisation=organisation,
        asked=asked,
        amends=amendments(draw.child("amendments"), organisation, start),
        copy_of=np.full(n, -1, dtype=np.int64),
        organisation_names=names,
        feins=feins,
        of_petition=petition,
        beneficiary=beneficiary,
        beneficiary_number=number,
        relationship=relationship,
    )
    return join([people, family]), filing


def _petitioners(draw: Draw, scenario: Scenario, organised: Bools, first: int) -> tuple[People, People, Ints, Ints]:
    """Who petitions for themselves, who signs for an organisation; by petition: position in both together, and the
    organisation, -1: none."""
    filing_persons, filing_organisations = int((~organised).sum()), int(organised.sum())
    persons = grown_ups(
        draw.child("petitioners"), scenario, max(1, round(filing_persons / PETITIONS_PER_PERSON)), first
    )
    signers = signatories(draw.child("signatories"), scenario, filing_organisations, first + len(persons))
    petitioner = np.empty(len(organised), dtype=np.int64)
    petitioner[~organised] = assign(draw.child("persons"), filing_persons, np.arange(len(persons)))
    signer = assign(draw.child("organised"), filing_organisations, np.arange(len(signers)))
    petitioner[organised] = len(persons) + signer
    organisation = np.full(len(organised), -1, dtype=np.int64)
    organisation[organised] = signer
    return persons, signers, petitioner, organisation


def numbered(count: Ints) -> tuple[Ints, Ints]:
    """So many beneficiaries of each petition: by beneficiary, position of the petition, number on it from 1."""
    petition = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(petition)) - np.repeat(np.cumsum(count) - count, count) + 1
    return petition.astype(np.int64), number.astype(np.int64)


def grown(visa: Texts) -> Bools:
    """Is the first beneficiary of a petition of this class a grown-up child?"""
    return np.isin(visa.astype(str), list(GROWN_CHILD))


def come_of_age(people: People, petitioner: Ints, start: Ints) -> None:
    """Who would petition before coming of age was born ten years earlier, in place."""
    young = (days_of(start) - people.born[petitioner]).astype(np.int64) < OF_AGE_YEARS * DAYS_PER_YEAR
    people.born[np.unique(petitioner[young])] -= np.timedelta64(round(10 * DAYS_PER_YEAR), "D")


def fit(people: People, petitioner: Ints, form: Texts, visa: Texts, start: Ints) -> None:
    """Make petitions and petitioners agree, in place: who is too young to have a grown-up child petitions for a younger
    one, and who petitions as citizens do is one."""
    on, born = days_of(start), people.born[petitioner]
    old_enough = (on - born).astype(np.int64) > (OF_AGE_YEARS + YOUNGEST_PARENT_YEARS + 1) * DAYS_PER_YEAR
    for grown_up, young in GROWN_CHILD.items():
        visa[(visa == grown_up) & ~old_enough] = young
    citizens = (form != "I-129") & ~np.isin(visa.astype(str), RESIDENTS_TOO)
    people.citizenship[petitioner[citizens]] = "US"


def with_copies(draw: Draw, rate: float, filing: Filing) -> Filing:
    """The filing, in which this share of the petitions was entered twice."""
    n = len(filing)
    twice = np.flatnonzero(draw.chance(rate, n))
    copy_at = np.full(n, -1, dtype=np.int64)
    copy_at[twice] = n + np.arange(len(twice))
    again = np.flatnonzero(copy_at[filing.of_petition] >= 0)
    copied = {name: np.concatenate([getattr(filing, name), getattr(filing, name)[twice]]) for name in BY_PETITION}
    kept = {field.name: getattr(filing, field.name) for field in fields(Filing) if field.name not in copied}
    kept["copy_of"] = np.concatenate([filing.copy_of, twice])
    kept["of_petition"] = np.concatenate([filing.of_petition, copy_at[filing.of_petition[again]]])
    for name in ("beneficiary", "beneficiary_number", "relationship"):
        kept[name] = np.concatenate([kept[name], kept[name][again]])
    return Filing(**copied, **kept)


def amendments(draw: Draw, organisation: Ints, start: Ints) -> Ints:
    """Which earlier petition of the same organisation each petition amends; -1: none."""
    order = np.lexsort((start, organisation))
    before = np.concatenate([[-1], order[:-1]])
    same = np.concatenate([[False], organisation[order[1:]] == organisation[order[:-1]]])
    amends = np.full(len(start), -1, dtype=np.int64)
    amends[order] = np.where(same & (organisation[order] >= 0) & draw.chance(AMENDED, len(start)), before, -1)
    return amends


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


def organisations(draw: Draw, signers: People, first: int) -> tuple[Texts, Texts]:
    """Names and employer numbers of organisations, one per signatory, some of whom gave theirs to it; `first`: position
    of the first signatory in the world. The IRS does not issue numbers with the prefix 00."""
    n = len(signers)
    streets = [street.rsplit(" ", 1)[0] for street in load_places().streets]
    own = draw.chance(0.4, n)
    head = np.where(own, signers.family, draw.pick(streets, n))
    name = head + " " + draw.pick(load_places().trades, n) + " " + draw.pick(["LLC", "Inc.", "Corp.", "Ltd"], n)
    serial = 1_000_003 + 17 * np.arange(first, first + n) % 8_999_000
    return name, np.array([f"00-{value:07d}" for value in serial.tolist()], dtype=object)


def beneficiary_slots(
    draw: Draw, scenario: Scenario, visa: Texts, organised: Bools
) -> tuple[Ints, Ints, Texts, Bools, Ints]:
    """For whom each petition is. By beneficiary: position of the petition, number on it, relationship, whether he or
    she is named; by petition: how many are asked for. Unnamed workers share one line."""
    n = len(visa)
    household = np.isin(visa.astype(str), HOUSEHOLDS)
    works = organised | household | np.isin(visa.astype(str), list(VISAS["I-129"]))
    seasonal = np.isin(visa.astype(str), UNNAMED)
    extra = draw.index([72, 17, 8, 3], n)
    several, crew = draw.between(1, 6, n), draw.between(2, 60, n)
    unnamed = seasonal & draw.chance(scenario.person_faults.unnamed_worker, n)
    count = np.where(unnamed, 1, np.where(seasonal, several, np.where(works, 1, 1 + extra)))
    petition, number = numbered(count)
    first = np.array([RELATIONSHIPS.get(v, "worker") for v in visa.tolist()], dtype=object)
    # Those who come along with a spouse, fiancé or sibling are children.
    relationship = np.where((number == 1) | works[petition], first[petition], "child")
    asked = np.where(unnamed, crew, count)
    return petition, number, relationship, ~unnamed[petition], asked


def relatives(
    draw: Draw,
    scenario: Scenario,
    petitioners: People,
    relationship: Texts,
    first: int,
    *,
    on: Days,
    grown: Bools | None = None,
) -> People:
    """The beneficiaries, one for each petitioner given: age on that day, sex and family name fit the relationship.
    `grown`: the child is a grown-up."""
    n = len(relationship)
    luck, couple = draw.uniform(n), np.isin(relationship.astype(str), ["spouse", "fiance"])
    stranger = couple & (luck < np.where(petitioners.culture == "anglo", 0.75, 0.2))
    stranger |= relationship == "worker"
    mix = draw.pick(list(scenario.cultures), n, list(scenario.cultures.values()))
    culture = np.where(stranger, mix, petitioners.culture)
    community = np.where(stranger, -1, petitioners.community)
    opposite = np.where(petitioners.sex == "F", "M", "F")
    sex = np.where(couple & draw.chance(0.99, n), opposite, draw.pick(["F", "M"], n))
    born = _birth_days(draw, petitioners.born, relationship, on, np.zeros(n, dtype=bool) if grown is None else grown)
    people = populate(draw, culture, sex, born, first, community=community, resident=False)
    name_kin(draw.child("kin"), petitioners, people, relationship, on)
    _move_birth_abroad(draw, people)
    return people


def _move_birth_abroad(draw: Draw, people: People) -> None:
    """Nobody petitions for a citizen: those born in the United States were born in Canada or Britain instead."""
    native = people.country == "US"
    people.country = np.where(native, draw.pick(["CA", "GB"], len(people)), people.country)
    places = load_places().countries
    people.place[native] = np.array([places[code].places[0] for code in people.country[native]], dtype=object)
    people.citizenship = people.country.copy()


def _birth_days(draw: Draw, petitioner: Days, relationship: Texts, on: Days, grown: Bools) -> Days:
    """By relationship, from the petitioner's birth (kin) and the day of the petition (children, workers)."""
    n, luck = len(relationship), draw.uniform(len(relationship))

    def after(day: Days, low: float, high: float) -> Days:
        days = draw.between(round(low * DAYS_PER_YEAR), round(high * DAYS_PER_YEAR), n)
        born: Days = day + days.astype("timedelta64[D]")
        return born

    def years(count: float) -> np.timedelta64:
        return np.timedelta64(round(count * DAYS_PER_YEAR), "D")

    adult = after(on, -50, -18)
    youngest = np.where(grown, on - years(OF_AGE_YEARS), on - years(0.5))
    oldest = np.maximum(petitioner + years(YOUNGEST_PARENT_YEARS), np.where(grown, on - years(45), on - years(20.5)))
    span = np.maximum((youngest - oldest).astype(np.int64), 1)
    child = oldest + (luck * span).astype(np.int64).astype("timedelta64[D]")
    return np.select(
        [relationship == kind for kind in ("spouse", "fiance", "child", "parent", "sibling")],
        [
            np.minimum(after(petitioner, -6, 9), on - years(18)),
            np.minimum(after(petitioner, -9, 16), on - years(18)),
            child,
            after(petitioner, -36, -19),
            np.minimum(after(petitioner, -9, 9), on - years(OF_AGE_YEARS)),
        ],
        default=adult,
    )


def signatories(draw: Draw, scenario: Scenario, petitions: int, first: int) -> People:
    """The signatories of the organisations that file so many petitions."""
    return grown_ups(draw, scenario, max(1, petitions // PETITIONS_PER_ORGANISATION), first, ages=(28, 64))
