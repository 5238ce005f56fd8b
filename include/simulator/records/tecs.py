"""TECS: investigations, their subjects, and what clerks made of them. Formats as in the contracts `tecs_*.yaml`.

Two systems record: the mainframe, and from 2012 on, case by case, its modernised successor (the share is ours), with
wider names, one date format and new codes.
"""

from dataclasses import dataclass

import numpy as np

from include.simulator.days import Days, dates, days_of, fiscal_year, timestamps
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.cultures import load_cultures
from include.simulator.population.people import People
from include.simulator.population.places import load_places
from include.simulator.records.clerk import Clerk, Recorded
from include.simulator.records.dataset import Dataset, choose, fold, key_of, last_of_each, lookup, numbers, texts, upper
from include.simulator.records.name_faults import ONE_NAME
from include.simulator.records.setting import Setting
from include.simulator.records.timeline import (
    DAY,
    NEVER,
    Calendar,
    entries,
    follow,
    office_time,
    refresh,
    shortly_after,
    unroll,
)

NAME_WIDTH = {False: 30, True: 60}  # the mainframe cuts names at 30 (domain fact); its successor at 60 (ours)

OFFENSES = ["18 USC 1581", "18 USC 1584", "18 USC 1589", "18 USC 1590", "18 USC 1591", "18 USC 1592", "18 USC 1594"]
OFFENSE_WEIGHTS = [2, 4, 20, 10, 50, 4, 10]  # sex trafficking (1591) and forced labor (1589) lead (ours)

MODERN_BEGAN = np.datetime64("2012-06-01")  # TECS Modernization put its first parts into use in 2012 (the day is ours)
MODERN_SHARE = 0.4  # of what is entered from then on (ours)
PROGRAMS_RENAMED = np.datetime64("2010-10-01")  # HT1 became HTS and HT2 became HTL (ours)
CODES = {  # of the mainframe -> of its successor
    "TARGET": "TGT", "SUSPECT": "SUS", "ASSOCIATE": "ASC", "VICTIM": "VIC", "WITNESS": "WIT",
    "OPEN": "OP", "PENDING": "PN", "CLOSED": "CL", "REOPENED": "RO",
}  # fmt: skip
DISPOSITIONS = {"PENDING": "PEND", "DISMISSED": "DISM", "ACQUITTED": "ACQ", "CONVICTED": "CONV"}

PLANNED = ["convicted", "arrested"]  # fates that a scenario prescribes
ARRESTED = 0.17  # of the targets and suspects whose fate the scenario leaves to luck (ours)
RETRACTED = 0.01  # of aliases, involvements and arrests: entered in error and cancelled (ours)
SMUGGLING_CASES = 0.05  # beside the trafficking cases (ours): TECS's extracts held them too
CROSSED = 0.05  # of the subjects of trafficking cases: in a smuggling case as well (ours)


@dataclass(frozen=True)
class Roster:
    """Whom TECS records: one position per subject record.

    `kind`: investigated (for trafficking), smuggling (for that only), bystander (victim or witness), error (entered in
    error, cancelled). `fate`: convicted, arrested, free, or empty: as luck has it.
    """

    persons: Ints
    kind: Texts
    fate: Texts
    superseded: Bools  # the record was given up for another one of the same person
    nights: Ints  # midnight of the busy night in which it must be updated; NEVER: none

    def __len__(self) -> int:
        return len(self.persons)


@dataclass(frozen=True)
class Cases:
    """The investigations and who is in them; what USCIS's Supplement B refers to."""

    numbers: Texts  # by case
    category: Texts  # by case: sex, labor; empty: smuggling
    case: Ints  # by involvement
    subject: Ints  # by involvement: position among the subjects
    roles: Texts  # by involvement


@dataclass(frozen=True)
class Tecs:
    """Everything TECS holds."""

    datasets: list[Dataset]
    subject_ids: Texts  # by subject record
    cases: Cases
    arrested: Bools  # by subject record: within the period


def build(setting: Setting, roster: Roster) -> Tecs:
    """TECS's records of these people."""
    subject_ids = numbers(10_000_001 + 7 * np.arange(len(roster)), prefix="S")
    start = entries(setting.draw.child("tecs entries"), setting.calendar, len(roster))
    # Who is to be arrested within the period is entered in its first half.
    since = (start - setting.calendar.start) // DAY
    start = np.where(np.isin(roster.fate.astype(str), PLANNED), start - since // 2 * DAY, start)
    modern = (days_of(start) >= MODERN_BEGAN) & setting.draw.child("tecs systems").chance(MODERN_SHARE, len(roster))
    records = _Records(setting, roster, subject_ids, start, modern)
    cases, investigations, involvements = _investigate(records)
    arrests, arrested = _arrests(records, cases)
    return Tecs(
        [investigations, _subjects(records), involvements, _aliases(records), arrests], subject_ids, cases, arrested
    )


@dataclass(frozen=True)
class _Records:
    """The subject records: what the other tables refer to."""

    setting: Setting
    roster: Roster
    ids: Texts
    start: Ints  # when entered
    modern: Bools  # in the successor of the mainframe


def tecs_dates(clerk: Clerk, column: str, days: Days, modern: Bools) -> Texts:
    """Dates as ccyymmdd; on the mainframe some of them as mmddyy."""
    short = clerk.short_years(column, np.where(modern, np.datetime64("NaT", "D"), days))
    return np.where(short, dates(days, "%m%d%y"), dates(days, "%Y%m%d"))


def tecs_name(family: str, given: str, middle: str, width: int = NAME_WIDTH[False]) -> str:
    """`LAST, FIRST MIDDLE`, upper case without accents, cut off."""
    return fold(f"{family}, {given or ONE_NAME} {middle}").upper()[:width].strip()


def _state(draw: Draw, record: Ints, n: int, always: Bools | None = None) -> Texts:
    """Record states by version: the last version of a few records cancels them."""
    gone = draw.chance(RETRACTED, n) if always is None else always
    return choose([(gone[record] & last_of_each(record), "X")], "A")


def _investigate(records: _Records) -> tuple[Cases, Dataset, Dataset]:
    """Subjects entered one after the other share cases; one in four turns up in another case as well."""
    setting, roster, start = records.setting, records.roster, records.start
    draw, calendar = setting.draw.child("tecs_involvements"), setting.calendar
    smuggled = roster.kind == "smuggling"
    trafficking, smuggling = np.flatnonzero(~smuggled), np.flatnonzero(smuggled)
    crossed = trafficking[draw.chance(CROSSED, len(trafficking)) & (roster.kind[trafficking] == "investigated")]
    cases = setting.scenario.size.investigations
    first, opened = _share_cases(draw.child("trafficking"), start, roster.kind, trafficking, cases)
    wanted = max(1, round(cases * SMUGGLING_CASES))
    other, other_opened = _share_cases(draw.child("smuggling"), start, roster.kind, smuggling, wanted)
    again = trafficking[draw.chance(0.25, len(trafficking))]
    more = draw.between(0, len(opened), len(again))
    crossing = len(opened) + draw.between(0, len(other_opened), len(crossed))
    subject = np.concatenate([trafficking, smuggling, again, crossed])
    case = np.concatenate([first, len(opened) + other, more, crossing])
    _, once = np.unique(subject * (len(opened) + len(other_opened)) + case, return_index=True)
    subject, case = subject[np.sort(once)], case[np.sort(once)]
    case_start = np.maximum(np.concatenate([opened, other_opened]) - 600, calendar.start + 1)
    roles = np.where(
        roster.kind[subject] == "bystander",
        draw.pick(["VICTIM", "WITNESS"], len(case), [60, 40]),
        draw.pick(["TARGET", "SUSPECT", "ASSOCIATE"], len(case), [40, 38, 22]),
    )
    roles = np.where(np.isin(roster.fate[subject].astype(str), PLANNED), "TARGET", roles)
    numbers = _case_numbers(draw, case_start)
    category = np.where(draw.chance(0.65, len(numbers)), "sex", "labor")
    category = np.where(np.arange(len(numbers)) < len(opened), category, "").astype(object)
    known = Cases(numbers, category, case, subject, roles)
    return known, _investigations(setting, known, case_start), _involvements(records, known, case_start)


def _share_cases(draw: Draw, start: Ints, kind: Texts, who: Ints, cases: int) -> tuple[Ints, Ints]:
    """Which case each of these subjects is in, and when each case was opened: by a subject who is no bystander."""
    order = np.argsort(start[who], kind="stable")
    able = np.flatnonzero(kind[who[order]] != "bystander")
    count = min(cases, len(able))
    leaders = able[np.sort(np.concatenate([[0], 1 + draw.sample(len(able) - 1, count - 1)]))]
    case = np.empty(len(who), dtype=np.int64)
    case[order] = np.maximum(np.searchsorted(leaders, np.arange(len(who)), side="right") - 1, 0)
    return case, start[who[order[leaders]]]


def _involvements(records: _Records, cases: Cases, case_start: Ints) -> Dataset:
    setting, n = records.setting, len(cases.case)
    draw, calendar = setting.draw.child("tecs_involvements/versions"), setting.calendar
    since = shortly_after(draw, calendar, np.maximum(records.start[cases.subject], case_start[cases.case]))
    row, step, when = unroll(follow(draw, calendar, since, [(0.15, 400)]))
    role = cases.roles[row]
    promoted = choose(
        [((step == 1) & (role == "ASSOCIATE"), "SUSPECT"), ((step == 1) & (role == "SUSPECT"), "TARGET")], role
    )
    error = records.roster.kind[cases.subject] == "error"
    columns = {
        "case_number": cases.numbers[cases.case][row],
        "subject_id": records.ids[cases.subject][row],
        "role": np.where(records.modern[cases.subject][row], lookup(promoted, CODES), promoted),
        "involved_on": dates(days_of(since), "%Y%m%d")[row],
        "record_state": _state(draw, row, n, error | (draw.chance(RETRACTED, n) & (cases.roles == "WITNESS"))),
        "updated_at": timestamps(when),
    }
    keys = key_of([cases.numbers[cases.case], records.ids[cases.subject]])
    return Dataset("tecs_involvements", columns, row, when, keys, np.full(n, -1, dtype=np.int64), "")


def _case_numbers(draw: Draw, opened: Ints) -> Texts:
    """Office (2), fiscal year (2), HT, counter (6): a format of ours."""
    office = draw.pick(list(_offices()), len(opened)).tolist()
    year = fiscal_year(days_of(opened)) % 100
    return texts([f"{o}{y:02d}HT{i:06d}" for i, (o, y) in enumerate(zip(office, year.tolist(), strict=True), 1)])


def _offices() -> dict[str, str]:
    """The field offices: their letters in case numbers (first and last, which no two share), their three letters."""
    offices = sorted({city.office for city in load_places().cities})
    return {office[0] + office[-1]: office for office in offices}


def _investigations(setting: Setting, cases: Cases, start: Ints) -> Dataset:
    draw, n = setting.draw.child("tecs_investigations"), len(start)
    times = follow(draw, setting.calendar, start, [(0.3, 500), (0.6, 1500), (0.04, 700)])
    times[times[:, 2] == NEVER, 3] = NEVER  # only a closed case can be reopened
    row, step, when = unroll(times)
    modern = ((days_of(start) >= MODERN_BEGAN) & draw.chance(MODERN_SHARE, n))[row]
    renamed = days_of(start) >= PROGRAMS_RENAMED
    sex = cases.category == "sex"
    trafficking = choose([(sex & renamed, "HTS"), (sex, "HT1"), (renamed, "HTL")], "HT2")
    program = np.where(cases.category == "", "SM1", trafficking)
    status = np.array(["OPEN", "PENDING", "CLOSED", "REOPENED"], dtype=object)[step]
    offices = _offices()
    columns = {
        "case_number": cases.numbers[row],
        "program_code": program[row],
        "category": upper(cases.category)[row],
        "status": np.where(modern, lookup(status, CODES), status),
        "opened_on": dates(days_of(start), "%Y%m%d")[row],
        "closed_on": np.where(step == 2, dates(days_of(times[:, 2]), "%Y%m%d")[row], ""),
        "field_office": texts([offices[number[:2]] for number in cases.numbers.tolist()])[row],
        "updated_at": timestamps(when),
    }
    return Dataset("tecs_investigations", columns, row, when, cases.numbers, np.full(n, -1, dtype=np.int64), "")


def _subjects(records: _Records) -> Dataset:
    setting, roster, ids = records.setting, records.roster, records.ids
    dataset, calendar, clerk, n = "tecs_subjects", setting.calendar, setting.clerk("tecs_subjects", ids), len(roster)
    draw, people = setting.draw.child(dataset), setting.people.take(roster.persons)
    kept = np.isin(roster.persons, roster.persons[roster.superseded]) & ~roster.superseded
    # Thin at first, filled in later: known at all in most records, from the start in a part of them. The record that
    # stays of two says less than the one that was given up.
    early = {"ssn": 0.35, "passport": 0.25, "fbi": 0.3, "phone": 0.5, "a_number": 0.7}
    for fact in early:
        people.forget((draw.child(fact).chance(0.3, n) & ~roster.superseded) | (kept & draw.chance(0.5, n)), fact)
    written = clerk.record(people, days_of(records.start), setting.planted[roster.persons])
    times = follow(draw.child("updates"), calendar, records.start, [(0.6, 600), (0.3, 1200)])
    row, step, when = unroll(refresh(draw.child("refresh"), times, roster.nights))
    facts = _subject_facts(clerk, draw.child("sex"), people, written, records.modern)
    columns = {name: values[row] for name, values in facts.items()}
    for fact, share in early.items():
        name = {"passport": "passport_number", "fbi": "fbi_number"}.get(fact, fact)
        known = draw.child(f"{fact} early").chance(share, n)[row] | (step > 0)
        columns[name] = np.where(known, columns[name], "")
    columns["passport_country"] = np.where(columns["passport_number"] == "", "", columns["passport_country"])
    columns |= _home(draw.child("home"), people, row, step)
    columns["record_state"] = _state(draw, row, n, roster.superseded | (roster.kind == "error"))
    columns["updated_at"] = timestamps(when)
    who = np.where(written.is_person, roster.persons, -1)
    return Dataset(dataset, columns, row, when, ids, who, "subject")


def _subject_facts(clerk: Clerk, draw: Draw, people: People, written: Recorded, modern: Bools) -> dict[str, Texts]:
    parts = zip(written.family, written.given, written.middle, modern.tolist(), strict=True)
    return {
        "subject_id": clerk.keys,
        "system": np.where(modern, "TM", "T2").astype(object),
        "name": texts([tecs_name(f, g, m, NAME_WIDTH[new]) if f or g else "" for f, g, m, new in parts]),
        "date_of_birth": tecs_dates(clerk, "date_of_birth", written.born, modern),
        "sex": np.where(draw.chance(0.02, len(people)), "U", people.sex),
        "birth_place": upper(people.place),
        "birth_country": clerk.countries("birth_country", people.country, people.place),
        "citizenship": clerk.countries("citizenship", people.citizenship, people.place),
        "a_number": np.where(modern & (written.a_number != ""), "A" + written.a_number, written.a_number),
        "ssn": people.ssn,
        "passport_number": people.passport,
        "passport_country": people.country,
        "fbi_number": people.fbi,
        "phone": texts([f"{p[:3]}-{p[3:6]}-{p[6:]}" if p else "" for p in people.phone.tolist()]),
    }


def _home(draw: Draw, people: People, row: Ints, step: Ints) -> dict[str, Texts]:
    """Addresses by version: a third lived elsewhere when the record was entered; a tenth is not known at first."""
    moved, unknown = draw.chance(0.33, len(people)), draw.chance(0.1, len(people))
    before, nothing = (step == 0) & moved[row], (step == 0) & unknown[row]
    cities = load_places().cities
    city = np.where(before, people.old_city[row], people.city[row])
    written = {
        "address": np.where(before, upper(people.old_street)[row], upper(people.street)[row]),
        "city": texts([c.name.upper() for c in cities])[city],
        "state": texts([c.state for c in cities])[city],
        "postal_code": np.where(before, people.old_zip_code[row], people.zip_code[row]),
    }
    return {name: np.where(nothing, "", values) for name, values in written.items()}


def _aliases(records: _Records) -> Dataset:
    """45 in 100 subjects have an alias, a third of them two: a nickname, another spelling, another name altogether."""
    dataset, setting = "tecs_aliases", records.setting
    draw, calendar = setting.draw.child(dataset), setting.calendar
    one = np.flatnonzero(draw.chance(0.45, len(records.ids)))
    subject = np.sort(np.concatenate([one, one[draw.chance(0.33, len(one))]]))
    n = len(subject)
    ids = numbers(500_000_001 + 3 * np.arange(n), prefix="L")
    people = setting.people.take(records.roster.persons[subject])
    names = _alias_names(draw.child("names"), people)
    born = np.where(draw.chance(0.6, n), people.born, np.datetime64("NaT", "D"))
    other = draw.chance(0.15, n)
    born = np.where(other, born + draw.between(-900, 900, n).astype("timedelta64[D]"), born)
    row, _, when = unroll(follow(draw, calendar, shortly_after(draw, calendar, records.start[subject]), [(0.06, 500)]))
    columns = {
        "alias_id": ids[row],
        "subject_id": records.ids[subject][row],
        "name": names[row],
        "date_of_birth": tecs_dates(setting.clerk(dataset, ids), "date_of_birth", born, records.modern[subject])[row],
        "record_state": _state(draw, row, n),
        "updated_at": timestamps(when),
    }
    return Dataset(dataset, columns, row, when, ids, records.roster.persons[subject], "alias")


def _alias_names(draw: Draw, people: People) -> Texts:
    cultures = load_cultures()
    luck = draw.uniform(len(people))
    names = []
    for i in range(len(people)):
        culture, given, family = cultures[people.culture[i]], people.given[i], people.family[i]
        short = culture.nickname(given, family, people.sex[i], float(luck[i]) / 0.35 % 1)
        spelled = culture.spellings(family)
        if luck[i] < 0.35 and short:
            names.append(tecs_name(family, short, ""))
        elif luck[i] < 0.5 and people.maiden[i]:
            names.append(tecs_name(people.maiden[i], given, ""))
        elif luck[i] < 0.6 and spelled:
            names.append(tecs_name(spelled[0], given, ""))
        elif luck[i] < 0.8:
            names.append(tecs_name(family, people.middle[i] or given, ""))
        else:
            stranger = int(luck[i] * 1e6) % len(people)
            names.append(tecs_name(people.family[stranger].split()[0], given, ""))
    return texts(names)


def _arrests(records: _Records, cases: Cases) -> tuple[Dataset, Bools]:
    """Arrests, and which subject records have one: those whom the scenario says, and as many others as luck has it."""
    dataset, setting, fate = "tecs_arrests", records.setting, records.roster.fate
    draw, calendar = setting.draw.child(dataset), setting.calendar
    accused = np.zeros(len(fate), dtype=bool)
    accused[cases.subject[np.isin(cases.roles.astype(str), ["TARGET", "SUSPECT"])]] = True
    planned = np.isin(fate.astype(str), PLANNED)
    lucky = accused & (fate == "") & (records.roster.kind == "investigated") & draw.chance(ARRESTED, len(fate))
    subject = np.flatnonzero(planned | lucky)
    arrest = follow(draw.child("arrest"), calendar, records.start[subject], [(1.0, 400)])[:, 1]
    arrest = _within(draw.child("late arrest"), calendar, records.start[subject], arrest, planned[subject])
    subject, arrest = subject[arrest != NEVER], arrest[arrest != NEVER]
    n, convicted = len(subject), fate[subject] == "convicted"
    ids = numbers(20_000_001 + 11 * np.arange(n), prefix="R")
    times = follow(draw.child("outcome"), calendar, arrest, [(0.8, 1000)])
    times[:, 1] = _within(draw.child("late outcome"), calendar, arrest, times[:, 1], convicted)
    row, step, when = unroll(times)
    outcome = np.where(convicted, "CONVICTED", draw.pick(["DISMISSED", "ACQUITTED"], n, [80, 20]))
    disposition = np.where(step == 1, outcome[row], "PENDING")
    modern = records.modern[subject]
    columns = {
        "arrest_id": ids[row],
        "subject_id": records.ids[subject][row],
        "arrested_on": tecs_dates(setting.clerk(dataset, ids), "arrested_on", days_of(arrest), modern)[row],
        "offense": draw.pick(OFFENSES, n, OFFENSE_WEIGHTS)[row],
        "disposition": np.where(modern[row], lookup(disposition, DISPOSITIONS), disposition),
        "disposed_on": np.where(step == 1, dates(days_of(times[:, 1]), "%Y%m%d")[row], ""),
        "record_state": _state(draw, row, n, draw.chance(RETRACTED, n) & (fate[subject] == "")),
        "updated_at": timestamps(when),
    }
    arrested = np.zeros(len(fate), dtype=bool)
    arrested[subject] = True
    return Dataset(dataset, columns, row, when, ids, records.roster.persons[subject], "arrested"), arrested


def _within(draw: Draw, calendar: Calendar, after: Ints, when: Ints, must: Bools) -> Ints:
    """The times, of which those that `must` happen do so before the end of the period."""
    day = after // DAY * DAY
    left = np.maximum((calendar.end - day) // DAY, 2)
    certain = office_time(draw, day + DAY * draw.between(1, left, len(after)))
    return np.where(must & (when == NEVER), np.minimum(certain, calendar.end - 1), when)
