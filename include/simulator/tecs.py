"""TECS: investigations, their subjects, and what clerks made of them. Formats as in the contracts `tecs_*.yaml`."""

from dataclasses import dataclass

import numpy as np

from include.simulator.cultures import load_cultures
from include.simulator.dataset import Dataset, blanked, dates, days_of, fold, key_of, timestamps
from include.simulator.draw import Draw, Ints, Texts
from include.simulator.faults import Clerk, Recorded
from include.simulator.people import Days, People
from include.simulator.places import load_places
from include.simulator.setting import Setting
from include.simulator.timeline import NEVER, entries, follow, refresh, shortly_after, unroll

NAME_WIDTH = 30  # TECS cuts names there

OFFENSES = ["18 USC 1581", "18 USC 1584", "18 USC 1589", "18 USC 1590", "18 USC 1591", "18 USC 1592", "18 USC 1594"]
OFFENSE_WEIGHTS = [2, 4, 20, 10, 50, 4, 10]  # sex trafficking (1591) and forced labor (1589) lead (ours)


@dataclass(frozen=True)
class Cases:
    """The investigations and who is in them; what USCIS's Supplement B refers to."""

    numbers: Texts  # by case
    case: Ints  # by involvement
    subject: Ints  # by involvement: position among the subjects
    roles: Texts  # by involvement


@dataclass(frozen=True)
class Tecs:
    """Everything TECS holds."""

    datasets: list[Dataset]
    subject_ids: Texts  # by subject record
    cases: Cases


def build(setting: Setting, persons: Ints, nights: Ints) -> Tecs:
    """TECS's records. `persons`: of whom each subject record is; `nights`: midnight of the busy night in which it must
    be updated (`NEVER`: none)."""
    subject_ids = np.array([f"S{10_000_001 + 7 * i}" for i in range(len(persons))], dtype=object)
    start = entries(setting.draw.child("tecs entries"), setting.calendar, len(persons))
    cases, case_start, involvements = _investigate(setting, subject_ids, start)
    datasets = [
        _investigations(setting, cases.numbers, case_start),
        _subjects(setting, persons, subject_ids, start, nights),
        involvements,
        _aliases(setting, persons, subject_ids, start),
        _arrests(setting, persons, subject_ids, start, cases),
    ]
    return Tecs(datasets, subject_ids, cases)


def tecs_dates(clerk: Clerk, column: str, days: Days) -> Texts:
    """Dates as ccyymmdd, some of them as mmddyy."""
    return np.where(clerk.short_years(column, days), dates(days, "%m%d%y"), dates(days, "%Y%m%d"))


def tecs_name(family: str, given: str, middle: str) -> str:
    """`LAST, FIRST MIDDLE`, upper case without accents, cut off."""
    return fold(f"{family}, {given} {middle}").upper()[:NAME_WIDTH].strip()


def _investigate(setting: Setting, subject_ids: Texts, start: Ints) -> tuple[Cases, Ints, Dataset]:
    """Subjects entered one after the other share cases; one in four turns up in another case as well."""
    draw, calendar = setting.draw.child("tecs_involvements"), setting.calendar
    subjects, count = len(start), min(setting.scenario.size.investigations, len(start))
    order = np.argsort(start, kind="stable")
    leaders = np.sort(np.concatenate([[0], 1 + draw.sample(subjects - 1, count - 1)]))  # who opens a case
    own_case = np.empty(subjects, dtype=np.int64)
    own_case[order] = np.searchsorted(leaders, np.arange(subjects), side="right") - 1
    case_start = np.maximum(start[order[leaders]] - 600, calendar.start + 1)
    again = np.flatnonzero(draw.chance(0.25, subjects))
    other_case = draw.between(0, count, len(again))
    again, other_case = again[other_case != own_case[again]], other_case[other_case != own_case[again]]
    case = np.concatenate([own_case, other_case])
    subject = np.concatenate([np.arange(subjects), again])
    roles = draw.pick(["target", "suspect", "associate", "victim", "witness"], len(case), [30, 30, 20, 12, 8])
    numbers = _case_numbers(draw, case_start)
    since = shortly_after(draw, calendar, np.maximum(start[subject], case_start[case]))
    times = follow(draw, calendar, since, [(0.15, 400)])
    row, step, when = unroll(times)
    promoted = np.where((step == 1) & (roles[row] == "associate"), "suspect", roles[row])
    promoted = np.where((step == 1) & (roles[row] == "suspect"), "target", promoted)
    columns = {
        "case_number": numbers[case][row],
        "subject_id": subject_ids[subject][row],
        "role": np.array([role.upper() for role in promoted], dtype=object),
        "involved_on": dates(days_of(since), "%Y%m%d")[row],
        "updated_at": timestamps(when),
    }
    keys = key_of([columns["case_number"], columns["subject_id"]])
    dataset = Dataset("tecs_involvements", columns, keys, when, np.full(len(row), -1, dtype=np.int64), "")
    return Cases(numbers, case, subject, roles), case_start, dataset


def _case_numbers(draw: Draw, opened: Ints) -> Texts:
    """Office (2), fiscal year (2), HT, counter (6): a format of ours."""
    office = draw.pick(list(_offices()), len(opened))
    days = days_of(opened)
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    fiscal = year + (days.astype("datetime64[M]").astype(np.int64) % 12 >= 9)
    return np.array(
        [f"{o}{y % 100:02d}HT{i:06d}" for i, (o, y) in enumerate(zip(office, fiscal.tolist(), strict=True), 1)],
        dtype=object,
    )


def _offices() -> dict[str, str]:
    """The field offices: their letters in case numbers (first and last, which no two share), their three letters."""
    offices = sorted({city.office for city in load_places().cities})
    return {office[0] + office[-1]: office for office in offices}


def _investigations(setting: Setting, numbers: Texts, start: Ints) -> Dataset:
    draw, n = setting.draw.child("tecs_investigations"), len(start)
    times = follow(draw, setting.calendar, start, [(0.3, 500), (0.6, 1500), (0.04, 700)])
    closed = times[:, 2] != NEVER
    times[~closed, 3] = NEVER  # only a closed case can be reopened
    row, step, when = unroll(times)
    sex = draw.chance(0.65, n)
    smuggling = draw.chance(0.05, n)
    offices = _offices()
    columns = {
        "case_number": numbers[row],
        "program_code": np.where(smuggling, "SM1", np.where(sex, "HT1", "HT2"))[row],
        "category": np.where(smuggling, "", np.where(sex, "SEX", "LABOR"))[row],
        "status": np.array(["OPEN", "PENDING", "CLOSED", "REOPENED"], dtype=object)[step],
        "opened_on": dates(days_of(start), "%Y%m%d")[row],
        "closed_on": np.where(step == 2, dates(days_of(times[:, 2]), "%Y%m%d")[row], ""),
        "field_office": np.array([offices[number[:2]] for number in numbers], dtype=object)[row],
        "updated_at": timestamps(when),
    }
    columns = {name: blanked(values) for name, values in columns.items()}
    return Dataset("tecs_investigations", columns, numbers[row], when, np.full(len(row), -1, dtype=np.int64), "")


def _subjects(setting: Setting, persons: Ints, ids: Texts, start: Ints, nights: Ints) -> Dataset:
    dataset, calendar, clerk = "tecs_subjects", setting.calendar, setting.clerk("tecs_subjects", ids)
    draw, people = setting.draw.child(dataset), setting.people.take(persons)
    # Thin at first, filled in later: known at all in most records, from the start in a part of them.
    early = {"ssn": 0.35, "passport": 0.25, "fbi": 0.3, "phone": 0.5, "a_number": 0.7}
    for fact in early:
        people.forget(draw.child(fact).chance(0.3, len(ids)), fact)
    written = clerk.record(people)
    times = follow(draw.child("updates"), calendar, start, [(0.6, 600), (0.3, 1200)])
    times = refresh(draw.child("refresh"), calendar, times, nights)
    row, step, when = unroll(times)
    facts = _subject_facts(clerk, draw.child("sex"), people, written)
    columns = {name: values[row] for name, values in facts.items()}
    for fact, share in early.items():
        name = {"passport": "passport_number", "fbi": "fbi_number"}.get(fact, fact)
        known = draw.child(f"{fact} early").chance(share, len(ids))[row] | (step > 0)
        columns[name] = np.where(known, columns[name], "")
    columns["passport_country"] = np.where(columns["passport_number"] == "", "", columns["passport_country"])
    columns |= _home(draw.child("home"), people, row, step)
    columns = {name: blanked(values) for name, values in columns.items()}
    columns["updated_at"] = timestamps(when)
    who = np.where(written.is_person, persons, -1)
    return Dataset(dataset, columns, ids[row], when, who[row], "subject")


def _subject_facts(clerk: Clerk, draw: Draw, people: People, written: Recorded) -> dict[str, Texts]:
    names = [tecs_name(*parts) for parts in zip(written.family, written.given, written.middle, strict=True)]
    return {
        "subject_id": clerk.keys,
        "name": np.array(names, dtype=object),
        "date_of_birth": tecs_dates(clerk, "date_of_birth", written.born),
        "sex": np.where(draw.chance(0.02, len(people)), "U", people.sex),
        "birth_place": np.array([fold(place).upper() for place in people.place], dtype=object),
        "birth_country": clerk.countries("birth_country", people.country, people.place),
        "citizenship": clerk.countries("citizenship", people.citizenship, people.place),
        "a_number": written.a_number,
        "ssn": people.ssn,
        "passport_number": people.passport,
        "passport_country": people.country,
        "fbi_number": people.fbi,
        "phone": np.array([f"{p[:3]}-{p[3:6]}-{p[6:]}" if p else "" for p in people.phone], dtype=object),
    }


def _home(draw: Draw, people: People, row: Ints, step: Ints) -> dict[str, Texts]:
    """Addresses by version: a third lived elsewhere when the record was entered; a tenth is not known at first."""
    moved, unknown = draw.chance(0.33, len(people)), draw.chance(0.1, len(people))
    before, nothing = (step == 0) & moved[row], (step == 0) & unknown[row]
    cities = load_places().cities
    city = np.where(before, people.old_city[row], people.city[row])
    street = np.where(before, people.old_street[row], people.street[row])
    written = {
        "address": np.array([text.upper() for text in street], dtype=object),
        "city": np.array([c.name.upper() for c in cities], dtype=object)[city],
        "state": np.array([c.state for c in cities], dtype=object)[city],
        "postal_code": np.where(before, people.old_zip_code[row], people.zip_code[row]),
    }
    return {name: np.where(nothing, "", values) for name, values in written.items()}


def _aliases(setting: Setting, persons: Ints, subject_ids: Texts, start: Ints) -> Dataset:
    """45 in 100 subjects have an alias, a third of them two: a nickname, another spelling, another name altogether."""
    dataset, calendar = "tecs_aliases", setting.calendar
    draw = setting.draw.child(dataset)
    one = np.flatnonzero(draw.chance(0.45, len(persons)))
    subject = np.sort(np.concatenate([one, one[draw.chance(0.33, len(one))]]))
    n = len(subject)
    ids = np.array([f"L{500_000_001 + 3 * i}" for i in range(n)], dtype=object)
    people = setting.people.take(persons[subject])
    names = _alias_names(draw.child("names"), people)
    born = np.where(draw.chance(0.6, n), people.born, np.datetime64("NaT"))
    other = draw.chance(0.15, n)
    born = np.where(other, born + draw.between(-900, 900, n).astype("timedelta64[D]"), born)
    times = follow(draw, calendar, shortly_after(draw, calendar, start[subject]), [(0.06, 500)])
    row, _, when = unroll(times)
    columns = {
        "alias_id": ids[row],
        "subject_id": subject_ids[subject][row],
        "name": names[row],
        "date_of_birth": blanked(tecs_dates(setting.clerk(dataset, ids), "date_of_birth", born))[row],
        "updated_at": timestamps(when),
    }
    return Dataset(dataset, columns, ids[row], when, persons[subject][row], "alias")


def _alias_names(draw: Draw, people: People) -> Texts:
    cultures = load_cultures()
    luck = draw.uniform(len(people))
    names = []
    for i in range(len(people)):
        culture, given, family = cultures[people.culture[i]], people.given[i], people.family[i]
        short, spelled = culture.nicknames.get(given), culture.variants.get(family.split()[0])
        if luck[i] < 0.35 and short:
            names.append(tecs_name(family, short[0], ""))
        elif luck[i] < 0.6 and spelled:
            names.append(tecs_name(spelled[0], given, ""))
        elif luck[i] < 0.8:
            names.append(tecs_name(family, people.middle[i] or given, ""))
        else:
            stranger = int(luck[i] * 1e6) % len(people)
            names.append(tecs_name(people.family[stranger].split()[0], given, ""))
    return np.array(names, dtype=object)


def _arrests(setting: Setting, persons: Ints, subject_ids: Texts, start: Ints, cases: Cases) -> Dataset:
    """One in six of the targets and suspects is arrested."""
    dataset, calendar = "tecs_arrests", setting.calendar
    draw = setting.draw.child(dataset)
    accused = np.unique(cases.subject[(cases.roles == "target") | (cases.roles == "suspect")])
    subject = accused[draw.chance(0.17, len(accused))]
    arrest = follow(draw.child("arrest"), calendar, start[subject], [(1.0, 400)])[:, 1]
    subject, arrest = subject[arrest != NEVER], arrest[arrest != NEVER]
    n = len(subject)
    ids = np.array([f"R{20_000_001 + 11 * i}" for i in range(n)], dtype=object)
    times = follow(draw.child("outcome"), calendar, arrest, [(0.8, 1000)])
    row, step, when = unroll(times)
    outcome = draw.pick(["CONVICTED", "DISMISSED", "ACQUITTED"], n, [65, 28, 7])
    arrested = tecs_dates(setting.clerk(dataset, ids), "arrested_on", days_of(arrest))
    columns = {
        "arrest_id": ids[row],
        "subject_id": subject_ids[subject][row],
        "arrested_on": arrested[row],
        "offense": draw.pick(OFFENSES, n, OFFENSE_WEIGHTS)[row],
        "disposition": np.where(step == 1, outcome[row], "PENDING"),
        "disposed_on": blanked(np.where(step == 1, dates(days_of(times[:, 1]), "%Y%m%d")[row], "")),
        "updated_at": timestamps(when),
    }
    return Dataset(dataset, columns, ids[row], when, persons[subject][row], "arrested")
