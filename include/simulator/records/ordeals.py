"""Which victims apply for T status, whom they accuse, and how they came."""

import numpy as np

from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.people import People, grown_ups, join
from include.simulator.records.petitioning import relatives
from include.simulator.records.plants import Cast
from include.simulator.records.t_applications import Ordeal
from include.simulator.records.tecs import Tecs
from include.simulator.records.timeline import Calendar
from include.simulator.scenario import Scenario

BROUGHT_IN = 0.6  # of those whom known traffickers brought in by visa: apply later (ours)
RECORDED = 0.25  # of the applicants: TECS records them as victims as well (ours)

# How the other applicants came (ours); the 15 of the audit's 32 who used no work or fiancé visa brought theirs in by
# illegal entry and on visitor visas (OIG-16-17).
MEANS = {"illegal_entry": 45, "overstayed_visit": 25, "work_visa": 22, "fiance_visa": 8}


def ordeals(draw: Draw, scenario: Scenario, known: Cast, tecs: Tecs) -> tuple[People, Ordeal]:
    """The applicants' cases, and the people who are in no other record: they follow the cast in the people."""
    n, cases = scenario.size.t_applications, tecs.cases
    accusable = np.isin(cases.roles.astype(str), ["TARGET", "SUSPECT"]) & (cases.category[cases.case] != "")
    accusable &= known.roster.kind[cases.subject] == "investigated"
    brought, visa, not_before, by = _brought_in(draw.child("brought in"), known, tecs, accusable, n)
    recorded, with_them = _recorded(draw.child("recorded"), known, tecs, accusable, round(n * RECORDED))
    recorded, with_them = recorded[: n - len(brought)], with_them[: n - len(brought)]
    others = n - len(brought) - len(recorded)
    strangers = grown_ups(draw.child("strangers"), scenario, others, len(known.people), ages=(19, 40), foreign=True)
    candidates = np.flatnonzero(accusable)
    involvement = np.concatenate([by, with_them, candidates[draw.between(0, len(candidates), others)]])
    victim = np.concatenate([brought, recorded, len(known.people) + np.arange(others)])
    trafficker = known.roster.persons[cases.subject[involvement]]
    usual = draw.pick(list(MEANS), n, list(MEANS.values()))
    means = np.where(known.means[trafficker] == "", usual, known.means[trafficker])
    people = join([known.people, strangers])
    of_application, relationship = _families(draw.child("families"), scenario.t_visa.family, n)
    # Supplement A is for family that the victim had before; the youngest were born before the period.
    before = np.full(len(of_application), np.datetime64(scenario.first_day, "D"))
    victims = people.take(victim[of_application])
    family = relatives(draw.child("relatives"), scenario, victims, relationship, len(people), on=before)
    return join([strangers, family]), Ordeal(
        victim=victim,
        trafficker=trafficker,
        subject=cases.subject[involvement],
        case_number=cases.numbers[cases.case[involvement]],
        means=means,
        category=cases.category[cases.case[involvement]],
        visa=np.concatenate([visa, np.full(n - len(brought), "", dtype=object)]),
        business=_businesses(known, trafficker),
        not_before=np.concatenate([not_before, np.full(n - len(brought), Calendar.of(scenario).start, dtype=np.int64)]),
        family=len(people) + np.arange(len(family)),
        of_application=of_application,
        relationship=relationship,
    )


def _businesses(known: Cast, traffickers: Ints) -> Texts:
    """The organisations for which these people signed petitions; empty: none."""
    filing = known.filing
    signed = np.flatnonzero(filing.organisation >= 0)
    names = dict(
        zip(filing.petitioner[signed].tolist(), filing.organisation_names[filing.organisation[signed]], strict=True)
    )
    return np.array([names.get(person, "") for person in traffickers.tolist()], dtype=object)


def _brought_in(draw: Draw, known: Cast, tecs: Tecs, accusable: Bools, n: int) -> tuple[Ints, Texts, Ints, Ints]:
    """Beneficiaries of known traffickers' petitions: who, in which class, when the petition was filed, the trafficker's
    involvement."""
    filing, cases = known.filing, tecs.cases
    of = filing.petitioner[filing.of_petition]
    brought = (known.means[of] != "") & (filing.beneficiary >= 0)
    brought &= np.isin(filing.relationship.astype(str), ["worker", "fiance"])
    slots = np.flatnonzero(brought & draw.chance(BROUGHT_IN, len(brought)))[: n // 2]
    involved = {int(known.roster.persons[cases.subject[i]]): i for i in np.flatnonzero(accusable).tolist()}
    by = np.array([involved[person] for person in of[slots].tolist()], dtype=np.int64)
    of_petition = filing.of_petition[slots]
    return filing.beneficiary[slots], filing.visa[of_petition], filing.start[of_petition], by


def _recorded(draw: Draw, known: Cast, tecs: Tecs, accusable: Bools, n: int) -> tuple[Ints, Ints]:
    """Victims whom TECS records, and in each one's case the involvement of one who is accused."""
    cases = tecs.cases
    accused = dict(zip(cases.case[accusable].tolist(), np.flatnonzero(accusable).tolist(), strict=True))
    abroad = known.people.country[known.roster.persons[cases.subject]] != "US"  # a citizen needs no visa
    victims = np.flatnonzero((cases.roles == "VICTIM") & abroad)
    victims = victims[np.isin(cases.case[victims], list(accused))]
    persons, first = np.unique(known.roster.persons[cases.subject[victims]], return_index=True)
    chosen = draw.order(len(persons))[:n]
    involvement = [accused[case] for case in cases.case[victims[first[chosen]]].tolist()]
    return persons[chosen], np.array(involvement, dtype=np.int64)


def _families(draw: Draw, rate: float, n: int) -> tuple[Ints, Texts]:
    """Supplement A: for which application, and which relationship."""
    count = np.where(draw.chance(rate, n), 1 + draw.index([55, 30, 15], n), 0)
    of_application = np.repeat(np.arange(n), count).astype(np.int64)
    relationship = draw.pick(["child", "spouse", "parent", "sibling"], len(of_application), [60, 18, 12, 10])
    number = np.arange(len(of_application)) - np.repeat(np.cumsum(count) - count, count)
    return of_application, np.where((number > 0) & (relationship == "spouse"), "child", relationship).astype(object)
