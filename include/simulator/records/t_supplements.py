"""The supplements of applications for T status: A for family members, B from law enforcement."""

import numpy as np

from include.simulator.days import days_of, timestamps
from include.simulator.draw import Draw, Ints, Texts
from include.simulator.population.places import load_places
from include.simulator.records.dataset import Dataset, key_of, lookup, numbers, texts
from include.simulator.records.name_faults import again
from include.simulator.records.setting import Setting
from include.simulator.records.timeline import DAY, NEVER, Calendar, office_time, shortly_after, unroll
from include.simulator.records.uscis import Received
from include.simulator.scenario import TVisa

CLASSES = {"spouse": "T-2", "child": "T-3", "parent": "T-4", "sibling": "T-5"}

# Children of derivative family members became eligible with the act of 7 March 2013 (Public Law 113-4, section 1221).
T6_BEGAN = np.datetime64("2013-03-07")
T6_SHARE = 0.15  # of the children from then on (ours)

LATER = 0.25  # of the Supplements A: filed after the application (ours)
FOLLOWS = 0.9  # of the families of approved applicants: approved as well (ours)

# Who signs Supplement B (shares ours): mostly ICE, under the names it writes itself.
AGENCIES = {
    "ICE": 30,
    "ICE HSI": 18,
    "Homeland Security Investigations": 14,
    "DHS/ICE/HSI": 6,
    "Immigration & Customs Enf.": 4,
    "HSI SAC {office}": 7,
    "FBI": 10,
    "FBI {office}": 3,
    "US Attorney": 3,
    "Local police": 5,
}
LATE = 0.3  # of the Supplements B: sent in upon a request for evidence (ours)

# How officers write a case number: as it is, with hyphens, with spaces, in lower case, behind a word (shares ours).
HABITS = {"plain": 50, "hyphens": 18, "spaces": 7, "lower": 12, "labelled": 13}

# What makes it another one, or less than one (shares ours).
GARBLED = {
    "digit": 22,  # one is wrong
    "year": 16,  # the fiscal year before or after
    "partial": 20,  # the counter alone
    "letter": 10,  # the letter O for a zero
    "two": 12,  # in one field
    "file": 12,  # a number of another system, invented
    "office": 8,  # the office of the agent instead
}
WHOLE = ("", "digit", "year", "letter")  # what is still written like a case number


def law_enforcement(draw: Draw, rates: TVisa, case_numbers: Texts, step: Ints, row: Ints) -> tuple[Texts, Texts]:
    """Agency and case number of Supplement B by version, as officers write them; empty where there is none (yet).
    `case_numbers`: in TECS, by application; `step` and `row`: number and application of each version."""
    n = len(case_numbers)
    has = draw.chance(rates.supplement_b, n)
    garbled = draw.chance(rates.supplement_b_garbled, n)
    how = np.where(garbled, draw.pick(list(GARBLED), n, list(GARBLED.values())), "")
    habit, luck = draw.pick(list(HABITS), n, list(HABITS.values())), draw.uniform(n)
    other = case_numbers[draw.between(0, n, n)]
    written = [
        _styled(_garbled(number, g, another, u), h if g in WHOLE else "")
        for number, g, another, h, u in zip(case_numbers, how, other, habit, luck.tolist(), strict=True)
    ]
    agency = draw.pick(list(AGENCIES), n, list(AGENCIES.values()))
    agency = texts([name.format(office=_office(number)) for name, number in zip(agency, case_numbers, strict=True)])
    there = has[row] & ((step > 0) | ~draw.chance(LATE, n)[row])
    return np.where(there, agency[row], ""), np.where(there, texts(written)[row], "")


def _office(number: str) -> str:
    """The field office of which a case number has the first and the last letter."""
    offices = {city.office[0] + city.office[-1]: city.office for city in load_places().cities}
    return offices[number[:2]]


def _styled(number: str, habit: str) -> str:
    parts = [number[:2], number[2:4], number[4:6], number[6:]]
    if habit == "labelled":
        return f"Case No. {number}"
    if habit in ("hyphens", "spaces"):
        return ("-" if habit == "hyphens" else " ").join(parts)
    return number.lower() if habit == "lower" else number


def _garbled(number: str, how: str, other: str, luck: float) -> str:
    office, year, counter, at = _office(number), int(number[2:4]), number[6:], 6 + int(again(luck) * 6)
    wrong_digit = str((int(number[at]) + 1 + int(luck * 9)) % 10)
    wrong_year = (year + (1 if luck < 0.5 else 99)) % 100
    results = {
        "digit": number[:at] + wrong_digit + number[at + 1 :],
        "year": f"{number[:2]}{wrong_year:02d}{number[4:]}",
        "partial": counter if luck < 0.5 else number[4:],
        "letter": number.replace("0", "O"),
        "two": f"{number} / {other}" if luck < 0.5 else f"{other}, {number}",
        "file": f"HSI-{office}-{2000 + year}-{int(luck * 90_000) + 10_000}",
        "office": f"{office} - see agent",
    }
    return results.get(how, number)


def family(
    setting: Setting,
    persons: Ints,
    of_application: Ints,
    relationship: Texts,
    received: Received,
    start: Ints,
    decided_at: Ints,
    outcome: Texts,
) -> Dataset:
    """Supplement A: the family members, by position in the people; they share the applicant's fate, later or as soon.
    By application: `received`, `start`, `decided_at` (`NEVER`: not yet) and `outcome`."""
    dataset, calendar, n = "uscis_t_family", setting.calendar, len(persons)
    draw, receipts = setting.draw.child(dataset), received.numbers[of_application]
    number = _count_within(of_application) + 1
    keys = key_of([receipts, numbers(number)])
    habit = received.habit.take(of_application)
    since = _entered(draw.child("entry"), calendar, start[of_application])
    times, status = _fates(draw.child("fate"), calendar, since, decided_at[of_application], outcome[of_application])
    people = setting.people.take(persons)
    written = setting.clerk(dataset, keys).record(people, days_of(since), np.ones(n, dtype=bool))
    late_child = (relationship == "child") & (days_of(since) >= T6_BEGAN) & draw.chance(T6_SHARE, n)
    visa = np.where(late_child, "T-6", lookup(relationship, CLASSES))
    row, step, when = unroll(times)
    facts = {
        "receipt_number": receipts,
        "member_number": numbers(number),
        "family_name": habit.text(written.family),
        "given_name": habit.text(written.given),
        "date_of_birth": habit.date(written.born),
        "relationship": habit.code(relationship),
        "visa_class": habit.code(visa),
    }
    columns = {name: values[row] for name, values in facts.items()}
    columns["status"] = habit.take(row).code(np.where(step == 0, "pending", status[row]))
    columns["updated_at"] = timestamps(when)
    who = np.where(written.is_person, persons, -1)
    return Dataset(dataset, columns, row, when, keys, who, "family")


def _count_within(group: Ints) -> Ints:
    """The how-manieth of its group each one is, from 0; groups come one after the other."""
    first = np.searchsorted(group, group, side="left")
    return np.arange(len(group), dtype=np.int64) - first


def _entered(draw: Draw, calendar: Calendar, start: Ints) -> Ints:
    """When the Supplements are entered: with the application, or up to a year after it."""
    n = len(start)
    later = office_time(draw, start // DAY * DAY + DAY * draw.between(1, 2 + int(365 * calendar.pace), n))
    soon = shortly_after(draw, calendar, start)
    return np.where(draw.chance(LATER, n) & (later < calendar.end), later, soon)


def _fates(draw: Draw, calendar: Calendar, since: Ints, decided_at: Ints, outcome: Texts) -> tuple[Ints, Texts]:
    """Times (entry, decision) and what is decided: nobody is approved whose applicant is not."""
    n = len(since)
    status = np.where((outcome == "approved") & draw.chance(FOLLOWS, n), "approved", "denied").astype(object)
    after = np.maximum(since, decided_at) // DAY * DAY
    when = office_time(draw, after + DAY * draw.between(1, 2 + int(120 * calendar.pace), n))
    when = np.where((decided_at == NEVER) | (when >= calendar.end), NEVER, when)
    return np.column_stack([since, when]), status
