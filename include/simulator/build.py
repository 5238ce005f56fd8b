"""A world in memory: who is really who, and what both agencies hold of them."""

from dataclasses import dataclass

import numpy as np

from include.simulator import t_applications, tecs, uscis
from include.simulator.dataset import Dataset
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.faults import FaultLog
from include.simulator.people import People, grown_ups, join, namesakes, twins
from include.simulator.petitioning import (
    PETITIONS_PER_PERSON,
    Filing,
    assign,
    beneficiary_slots,
    organisations,
    plan_forms,
    relatives,
    signatory_pool,
    start_times,
)
from include.simulator.scenario import Scenario
from include.simulator.setting import Setting
from include.simulator.timeline import Calendar, planted_nights

SECOND_RECORD = 0.02  # subjects whom TECS holds twice, under two numbers (ours)
SIGNATORY_SHARE = 0.15  # of the subjects who petition: as signatory of an organisation (ours)


@dataclass(frozen=True)
class Pair:
    """A subject record and a USCIS record that belong together.

    `route`: `person`, `signatory` (both: one person), or how a T visa statement speaks of the subject: `name`,
    `nickname`, `nobody`.
    """

    subject_id: str
    receipt_number: str
    route: str
    person_id: int  # the subject


@dataclass(frozen=True)
class World:
    """Everything, in memory."""

    people: People
    datasets: list[Dataset]
    pairs: list[Pair]
    log: FaultLog


@dataclass(frozen=True)
class Crowd:
    """The grown-ups of a world and their parts. Positions in the people."""

    people: People
    subjects: Ints  # by subject record
    petitioners: Ints  # those who petition as persons
    signatories: Ints  # those who sign for an organisation
    known: int  # positions below are subjects, the next ones their lookalikes
    nights: Ints  # by person: midnight of the busy night in which his or her records are updated


def _crowd(draw: Draw, scenario: Scenario, persons: int, organised: int) -> Crowd:
    """Subjects; those of them who petition; their lookalikes; everybody else who petitions."""
    records = scenario.size.subjects
    unique = records - round(records * SECOND_RECORD)
    subjects = grown_ups(draw.child("subjects"), scenario, unique, 0)
    mixed = draw.order(unique)
    filing, twinned, named = (
        round(unique * share)
        for share in (scenario.subjects_who_petition, scenario.lookalikes.twins, scenario.lookalikes.namesakes)
    )
    both, with_twin, with_namesake = np.split(mixed[: filing + twinned + named], [filing, filing + twinned])
    like = join(
        [
            twins(draw.child("twins"), subjects.take(with_twin), with_twin, unique),
            namesakes(draw.child("namesakes"), scenario, subjects.take(with_namesake), with_namesake, unique + twinned),
        ]
    )
    signing = round(filing * SIGNATORY_SHARE)
    grown = unique + len(like)
    fresh = max(round(persons / PETITIONS_PER_PERSON) - (filing - signing) - len(like), 1)
    others = grown_ups(draw.child("petitioners"), scenario, fresh, grown)
    signers = signatory_pool(draw.child("signatories"), scenario, organised, grown + fresh)
    people = join([subjects, like, others, signers])
    involved = np.zeros(len(people), dtype=bool)
    involved[np.concatenate([both, with_twin, with_namesake])] = True
    nights = planted_nights(draw.child("nights"), Calendar.of(scenario), involved)
    nights[unique:grown] = nights[like.relative]
    return Crowd(
        people=people,
        subjects=np.concatenate([np.arange(unique), draw.between(0, unique, records - unique)]),
        petitioners=np.concatenate([both[signing:], np.arange(unique, grown + fresh)]),
        signatories=np.concatenate([both[:signing], np.arange(grown + fresh, len(people))]),
        known=grown,
        nights=nights,
    )


def _file(draw: Draw, scenario: Scenario, plan: tuple[Texts, Texts, Bools], crowd: Crowd) -> tuple[Filing, People]:
    """Who petitions for whom; returns the beneficiaries as well, who follow the crowd in the people."""
    form, visa, organised = plan
    petitioner = np.empty(len(form), dtype=np.int64)
    petitioner[~organised] = assign(draw.child("persons"), int((~organised).sum()), crowd.petitioners)
    petitioner[organised] = assign(draw.child("organised"), int(organised.sum()), crowd.signatories)
    names, feins = organisations(draw.child("organisations"), crowd.people.take(crowd.signatories))
    position = {person: i for i, person in enumerate(crowd.signatories.tolist())}
    organisation = np.array([position[p] if o else -1 for p, o in zip(petitioner.tolist(), organised, strict=True)])
    petition, number, relationship, named = beneficiary_slots(draw.child("slots"), scenario, visa, organised)
    first = len(crowd.people)
    family = relatives(
        draw.child("relatives"), scenario, crowd.people.take(petitioner[petition[named]]), relationship[named], first
    )
    beneficiary = np.full(len(petition), -1, dtype=np.int64)
    beneficiary[named] = first + np.arange(len(family))
    filing = Filing(
        form=form,
        visa=visa,
        start=start_times(draw.child("start"), scenario, petitioner, crowd.nights),
        petitioner=petitioner,
        organisation=organisation,
        organisation_names=names,
        feins=feins,
        subject_files=petitioner < crowd.known,
        of_petition=petition,
        beneficiary=beneficiary,
        beneficiary_number=number,
        relationship=relationship,
    )
    return filing, family


def build(scenario: Scenario, seed: int) -> World:
    """Draw a world. The same scenario and seed give the same world."""
    draw, log = Draw(seed, scenario.name), FaultLog()
    plan = plan_forms(draw.child("forms"), scenario.size.petitions)
    organised = int(plan[2].sum())
    crowd = _crowd(draw.child("crowd"), scenario, scenario.size.petitions - organised, organised)
    filing, family = _file(draw.child("filing"), scenario, plan, crowd)
    born = len(crowd.people) + len(family)
    victims = grown_ups(
        draw.child("victims"), scenario, scenario.size.t_applications, born, ages=(18, 45), foreign=True
    )
    people = join([crowd.people, family, victims])

    setting = Setting(scenario, draw, people, log)
    investigated = tecs.build(setting, crowd.subjects, crowd.nights[crowd.subjects])
    received = uscis.receive(draw.child("receipts"), setting.calendar, filing.start, lots="5")
    petitioners = uscis.petitioners(setting, filing, received)
    victim = np.arange(born, len(people))
    applications, named = t_applications.build(setting, victim, crowd.subjects, investigated.cases)
    datasets = [
        *investigated.datasets,
        uscis.petitions(setting, filing, received),
        petitioners,
        uscis.beneficiaries(setting, filing, received),
        applications,
    ]
    subject_table = next(dataset for dataset in datasets if dataset.name == "tecs_subjects")
    pairs = _pairs(subject_table, petitioners, filing, received.numbers)
    pairs += [
        Pair(investigated.subject_ids[subject], receipt, mention, int(crowd.subjects[subject]))
        for receipt, subject, mention in zip(named.receipts, named.subject.tolist(), named.mention, strict=True)
    ]
    return World(people, datasets, pairs, log)


def _pairs(subjects: Dataset, petitioners: Dataset, filing: Filing, receipts: Texts) -> list[Pair]:
    """Every subject record with every petitioner record of the same person. Test rows are of nobody."""
    records: dict[int, list[str]] = {}
    for key, person in dict(zip(subjects.keys, subjects.persons.tolist(), strict=True)).items():
        records.setdefault(person, []).append(key)
    records.pop(-1, None)
    organised = dict(zip(receipts, (filing.organisation >= 0).tolist(), strict=True))
    filed = dict(zip(petitioners.keys, petitioners.persons.tolist(), strict=True))
    return [
        Pair(subject, receipt, "signatory" if organised[receipt] else "person", person)
        for receipt, person in sorted(filed.items())
        for subject in records.get(person, [])
    ]
