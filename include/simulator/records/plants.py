"""The subjects who petition, and everybody around them: what a scenario counts on, exactly."""

from dataclasses import dataclass

import numpy as np

from include.simulator.days import days_of
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.people import People, grown_ups, join, namesakes, twins
from include.simulator.records.petitioning import (
    HOUSEHOLDS,
    OUTCOMES,
    RELATIONSHIPS,
    VISAS,
    Filing,
    amendments,
    come_of_age,
    fit,
    grown,
    numbered,
    organisations,
    relatives,
)
from include.simulator.records.tecs import Roster
from include.simulator.records.timeline import DAY, NEVER, Calendar, entries, office_time, planted_nights
from include.simulator.scenario import Scenario

BYSTANDERS = 0.2  # victims and witnesses whom TECS records, per investigated subject (ours)
SMUGGLERS = 0.03  # subjects of smuggling cases only, per investigated subject (ours)
ERRORS = 0.01  # records of people who have nothing to do with it, cancelled later, per investigated subject (ours)
SECOND_RECORD = 0.02  # subjects whom TECS holds twice, under two numbers (ours)
SUPERSEDED = 0.5  # of them: the richer one of the two was cancelled (ours)
OTHERS_PETITION = 0.03  # of those whom TECS records, but not for trafficking: as many as of its subjects (OIG-16-17)

WORK_VISAS = ["H-2A", "H-2B", "B-1", "A-3", "G-5"]  # by which traffickers brought workers in (domain fact)
FAMILY_FORMS = {"I-130": 75, "I-129F": 25}  # of the petitions for family members and fiancé(e)s (the split is ours)
SAME_PETITION = 0.6  # of further beneficiaries: come along on a petition; the others have one of their own (ours)


@dataclass(frozen=True)
class Cast:
    """The people of an investigated world, by position, and what they do.

    `part`, by person: what the person was planted for, or empty; `means`: by which a known trafficker brought victims.
    """

    people: People
    part: Texts
    means: Texts
    kind: Texts  # by person: as in `Roster`; empty: TECS does not know the person
    roster: Roster
    filing: Filing


@dataclass
class _Plan:
    """Petitions to be filed, a row each."""

    petitioner: list[int]
    form: list[str]
    visa: list[str]
    named: list[int]  # how many beneficiaries
    outcome: list[str]

    def add(self, petitioner: int, form: str, visa: str, named: int, outcome: str) -> None:
        self.petitioner.append(petitioner)
        self.form.append(form)
        self.visa.append(visa)
        self.named.append(named)
        self.outcome.append(outcome)


def cast(draw: Draw, scenario: Scenario) -> Cast:
    """Everybody whom TECS records, their lookalikes, and the petitions of all of them."""
    known, kind, part, means = _known(draw.child("subjects"), scenario)
    like, similar = _lookalikes(draw.child("lookalikes"), scenario, known, part)
    people = join([known, like])
    kind, part, means = (np.append(values, np.full(len(like), "", dtype=object)) for values in (kind, part, means))
    part[len(known) :] = "lookalike"
    part[similar] = "resembled"
    involved = part != ""
    nights = planted_nights(draw.child("nights"), Calendar.of(scenario), involved)
    nights[len(known) :] = nights[like.relative]
    roster = _roster(draw.child("records"), scenario, kind, part, means, nights)
    plan = _plan(draw.child("petitions"), scenario, kind, part, means)
    filing, family = _file(draw.child("filing"), scenario, people, plan, part, nights)
    blank = np.full(len(family), "", dtype=object)
    return Cast(
        people=join([people, family]),
        part=np.append(part, blank),
        means=np.append(means, blank),
        kind=np.append(kind, blank),
        roster=roster,
        filing=filing,
    )


def _known(draw: Draw, scenario: Scenario) -> tuple[People, Texts, Texts, Texts]:
    """The people whom TECS records: kind, part and means of each."""
    subjects, plants = scenario.size.subjects, scenario.plants
    counts = {
        "investigated": subjects,
        "smuggling": max(2, round(subjects * SMUGGLERS)),
        "bystander": round(subjects * BYSTANDERS),
        "error": round(subjects * ERRORS),
    }
    kind = np.repeat(np.array(list(counts), dtype=object), list(counts.values()))
    people = grown_ups(draw.child("people"), scenario, len(kind), 0)
    part, means = (np.full(len(kind), "", dtype=object) for _ in range(2))
    chosen = draw.order(subjects)
    parts = [
        ("petitioning", "fiance_visa", plants.fiance_visa),
        ("petitioning", "", plants.petitioning_subjects - plants.fiance_visa),
        ("trafficker", "work_visa", plants.work_visa),
        ("trafficker", "illegal_entry", plants.illegal_entry),
        ("trafficker", "overstayed_visit", plants.overstayed_visit),
        ("denied", "", plants.denied_subjects),
        ("pending", "", plants.pending_subjects),
        ("signing", "", plants.signing_subjects),
    ]
    at = 0
    for name, by, count in parts:
        part[chosen[at : at + count]], means[chosen[at : at + count]] = name, by
        at += count
    return people, kind, part, means


def _lookalikes(draw: Draw, scenario: Scenario, known: People, part: Texts) -> tuple[People, Ints]:
    """Twins and namesakes of subjects who have no part, and whom they resemble."""
    free = np.flatnonzero((part == "") & (known.maiden == ""))[: scenario.size.subjects]
    free = free[free < scenario.size.subjects]
    free = free[draw.order(len(free))]
    twinned = free[: round(scenario.size.subjects * scenario.lookalikes.twins)]
    rest = free[len(twinned) :]
    men = rest[known.sex[rest] == "M"]  # fathers and sons
    named = men[: round(scenario.size.subjects * scenario.lookalikes.namesakes)]
    first = len(known)
    like = join(
        [
            twins(draw.child("twins"), known.take(twinned), twinned, first),
            namesakes(draw.child("namesakes"), scenario, known.take(named), named, first + len(twinned)),
        ]
    )
    return like, np.concatenate([twinned, named])


def _roster(draw: Draw, scenario: Scenario, kind: Texts, part: Texts, means: Texts, nights: Ints) -> Roster:
    """The records of those whom TECS knows; of some people two."""
    persons = np.flatnonzero(kind != "")
    twice = np.flatnonzero((kind == "investigated") & draw.chance(SECOND_RECORD, len(kind)))
    fate = np.full(len(kind), "", dtype=object)
    fate[np.isin(part.astype(str), ["petitioning", "denied", "pending", "signing"])] = "free"
    fate[means != ""] = "convicted"
    others = np.flatnonzero((part == "petitioning") & (means == ""))
    arrested = scenario.plants.arrested_petitioners - scenario.plants.fiance_visa
    fate[others[draw.order(len(others))[:arrested]]] = "arrested"
    superseded = np.zeros(len(persons) + len(twice), dtype=bool)
    superseded[len(persons) :] = draw.chance(SUPERSEDED, len(twice))
    return Roster(
        persons=np.concatenate([persons, twice]),
        kind=np.concatenate([kind[persons], kind[twice]]),
        fate=np.concatenate([fate[persons], np.full(len(twice), "free", dtype=object)]),
        superseded=superseded,
        nights=np.concatenate([nights[persons], nights[twice]]),
    )


def _plan(draw: Draw, scenario: Scenario, kind: Texts, part: Texts, means: Texts) -> _Plan:
    """Who files which petitions."""
    plan = _Plan([], [], [], [], [])
    _family_petitions(draw.child("family"), scenario, plan, part, means)
    for name in ("denied", "pending"):
        outcome = "denied" if name == "denied" else ""
        people = np.flatnonzero(part == name)
        for person, (form, visa) in zip(people.tolist(), _forms(draw.child(name), len(people)), strict=True):
            plan.add(person, form, visa, 1, outcome)
    signing = np.flatnonzero((part == "signing") | (means == "work_visa"))
    often, visas = draw.between(1, 3, len(signing)), draw.pick(WORK_VISAS, 2 * len(signing))
    usual = draw.pick(list(VISAS["I-129"]), 2 * len(signing), list(VISAS["I-129"].values()))
    crews = draw.between(1, 5, 2 * len(signing))
    for number, person in enumerate(signing.tolist()):
        for at in range(2 * number, 2 * number + int(often[number])):
            visa = visas[at] if means[person] else usual[at]
            plan.add(person, "I-129", visa, int(crews[at]) if visa.startswith("H-2") else 1, "approved")
    chance = draw.chance(OTHERS_PETITION, len(kind))
    others = np.flatnonzero((part == "lookalike") | (np.isin(kind.astype(str), ["smuggling", "bystander"]) & chance))
    outcomes = draw.pick(list(OUTCOMES), len(others), list(OUTCOMES.values()))
    forms = _forms(draw.child("others"), len(others))
    for person, outcome, (form, visa) in zip(others.tolist(), outcomes, forms, strict=True):
        plan.add(person, form, visa, 1, outcome)
    return plan


def _forms(draw: Draw, n: int) -> list[tuple[str, str]]:
    """Form and class of petitions for family members and fiancé(e)s."""
    form = draw.pick(list(FAMILY_FORMS), n, list(FAMILY_FORMS.values()))
    visas = {name: draw.child(name).pick(list(VISAS[name]), n, list(VISAS[name].values())) for name in FAMILY_FORMS}
    return [(name, visas[name][i]) for i, name in enumerate(form)]


def _family_petitions(draw: Draw, scenario: Scenario, plan: _Plan, part: Texts, means: Texts) -> None:
    """Of the petitioning subjects: as many beneficiaries as the scenario says, one at least for each."""
    people = np.flatnonzero(part == "petitioning")
    further = draw.between(0, len(people), scenario.plants.beneficiaries - len(people))
    along = draw.chance(SAME_PETITION, len(further))
    with_them = np.bincount(further[along], minlength=len(people))
    apart = np.bincount(further[~along], minlength=len(people))
    forms = _forms(draw.child("first"), len(people))
    later = iter(_forms(draw.child("later"), int(apart.sum())))
    for i, person in enumerate(people.tolist()):
        form, visa = ("I-129F", "K-1") if means[person] == "fiance_visa" else forms[i]
        plan.add(person, form, visa, 1 + int(with_them[i]), "approved")
        for _ in range(int(apart[i])):
            plan.add(person, *next(later), 1, "approved")


def _file(
    draw: Draw, scenario: Scenario, people: People, plan: _Plan, part: Texts, nights: Ints
) -> tuple[Filing, People]:
    """The petitions as planned, and the beneficiaries, who follow the others in the people."""
    n, calendar = len(plan.petitioner), Calendar.of(scenario)
    petitioner = np.array(plan.petitioner, dtype=np.int64)
    form, visa, outcome = (np.array(values, dtype=object) for values in (plan.form, plan.visa, plan.outcome))
    named = np.array(plan.named, dtype=np.int64)
    start, settled = _starts(draw.child("start"), calendar, part[petitioner], outcome, nights[petitioner])
    come_of_age(people, petitioner, start)
    fit(people, petitioner, form, visa, start)
    owners, at = _owned(form, visa, petitioner)
    names, feins = organisations(draw.child("organisations"), people.take(owners), 0)
    of_petition, number = numbered(named)
    first = np.array([RELATIONSHIPS.get(v, "worker") for v in visa], dtype=object)[of_petition]
    relationship = np.where((number == 1) | (first == "worker"), first, "child").astype(object)
    family = relatives(
        draw.child("relatives"),
        scenario,
        people.take(petitioner[of_petition]),
        relationship,
        len(people),
        on=days_of(start)[of_petition],
        grown=grown(visa)[of_petition] & (number == 1),
    )
    filing = Filing(
        form=form,
        visa=visa,
        start=start,
        outcome=outcome,
        settled=settled,
        night=nights[petitioner],
        petitioner=petitioner,
        organisation=at,
        asked=named,
        amends=amendments(draw.child("amendments"), at, start),
        copy_of=np.full(n, -1, dtype=np.int64),
        organisation_names=names,
        feins=feins,
        of_petition=of_petition,
        beneficiary=len(people) + np.arange(len(family)),
        beneficiary_number=number,
        relationship=relationship,
    )
    return filing, family


def _owned(form: Texts, visa: Texts, petitioner: Ints) -> tuple[Ints, Ints]:
    """Who petitions by an organisation of their own; by petition: position of the organisation, -1: none."""
    organised = (form == "I-129") & ~np.isin(visa.astype(str), HOUSEHOLDS)
    owners, organisation = np.unique(petitioner[organised], return_inverse=True)
    at = np.full(len(form), -1, dtype=np.int64)
    at[organised] = organisation
    return owners, at


def _starts(draw: Draw, calendar: Calendar, part: Texts, outcome: Texts, nights: Ints) -> tuple[Ints, Bools]:
    """When the petitions are entered, and whether they must be decided within the period: what the scenario counts on
    begins in the first half; what is to be pending, in a busy night."""
    n = len(part)
    start = entries(draw, calendar, n)
    settled = np.isin(part.astype(str), ["petitioning", "trafficker", "denied", "signing"]) & (outcome != "")
    early = start - (start - calendar.start) // DAY // 2 * DAY
    tonight = office_time(draw, np.where(nights == NEVER, calendar.busy_days[-1], nights))
    return np.where(part == "pending", tonight, np.where(settled, early, start)), settled
