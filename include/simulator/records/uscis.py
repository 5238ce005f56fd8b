"""USCIS: petitions, who filed them and for whom, in the habits of two systems. Formats as in the contracts `uscis_*`.

CLAIMS 3 keeps paper filings (upper case, five-letter countries, 06/30/2012, F and M), ELIS electronic ones (full names,
2012-06-30, Female and Male).
"""

from dataclasses import dataclass

import numpy as np

from include.simulator.days import Days, dates, days_of, fiscal_year, timestamps
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.cultures import load_cultures
from include.simulator.population.people import People
from include.simulator.population.places import load_places
from include.simulator.records.dataset import Dataset, choose, key_of, lookup, numbers, texts, upper
from include.simulator.records.petitioning import Filing
from include.simulator.records.row_faults import null_texts
from include.simulator.records.setting import Setting
from include.simulator.records.timeline import DAY, NEVER, Calendar, follow, office_time, refresh, shortly_after, unroll

ELIS_BEGAN = np.datetime64("2012-05-22")  # first release of ELIS
ELIS_SHARE = 0.25  # of the filings from then on (ours)

OFFICES = {"EAC": 25, "WAC": 25, "LIN": 18, "SRC": 17, "MSC": 10, "VSC": 3, "NBC": 2}  # shares of the filings (ours)
SCATTER = 48_271  # spreads the days over where their sequences begin: prime to any range used

TRANSFERRED = 0.08  # of the petitions: another office decides them (ours)

# CLAIMS 3 wrote CR6 for CR1, which the official list does not hold, until the code was dropped (the year is ours).
CR6_UNTIL = np.datetime64("2008-10-01")
CR6_SHARE = 0.5  # of the CR1 until then (ours)


@dataclass(frozen=True)
class Habit:
    """How the two systems write the same things; `elis` says per record which one it is."""

    elis: Bools

    def take(self, row: Ints) -> "Habit":
        """The habit of these records."""
        return Habit(self.elis[row])

    def text(self, values: Texts) -> Texts:
        """ELIS as it is; CLAIMS 3 upper case without accents."""
        return np.where(self.elis, values, upper(values))

    def date(self, days: Days) -> Texts:
        """Dates."""
        return np.where(self.elis, dates(days, "%Y-%m-%d"), dates(days, "%m/%d/%Y"))

    def country(self, codes: Texts) -> Texts:
        """Countries; an empty code stays empty."""
        known = load_places().countries
        full = {"": ""} | {code: country.name for code, country in known.items()}
        short = {"": ""} | {code: country.claims for code, country in known.items()}
        return np.where(self.elis, lookup(codes, full), lookup(codes, short))

    def sex(self, sex: Texts) -> Texts:
        """Sex; an empty one stays empty."""
        return np.where(self.elis, lookup(sex, {"F": "Female", "M": "Male", "U": "Unknown", "": ""}), sex)

    def a_number(self, digits: Texts) -> Texts:
        """A-numbers: `A` and nine digits, or nine digits alone."""
        padded = texts([number.zfill(9) if number else "" for number in digits.tolist()])
        return np.where(self.elis | (padded == ""), padded, "A" + padded)

    def code(self, values: Texts) -> Texts:
        """Codes: `I-129F`, `approved` in ELIS, `I129F`, `APPROVED` in CLAIMS 3."""
        known = dict.fromkeys(values.tolist())
        return np.where(self.elis, values, lookup(values, {v: v.replace("-", "").upper() for v in known}))

    def system(self) -> Texts:
        """Which system it is."""
        return np.where(self.elis, "ELIS", "C3").astype(object)

    def state(self, cancelled: Bools) -> Texts:
        """Whether the record counts."""
        return choose(
            [(cancelled & self.elis, "CANCELLED"), (cancelled, "C"), (self.elis, "ACTIVE")],
            "A",
        )


@dataclass(frozen=True)
class Received:
    """Filings with their receipts."""

    numbers: Texts
    on: Days
    office: Texts
    habit: Habit


@dataclass(frozen=True)
class Series:
    """Every `step`-th number from `first` to `last`: several series share a counter and never meet."""

    first: int
    step: int
    last: int
    elis: str  # two digits with which ELIS's counters begin
    spread: int = 1  # a day's sequence begins at `first` or up to so much later: all forms of an office share it


def receive(draw: Draw, calendar: Calendar, start: Ints, series: Series) -> Received:
    """Receipts of filings entered at these times: office, fiscal year, computer workday, sequence of five digits in the
    order of entry; in ELIS a counter."""
    n = len(start)
    delay = draw.skewed(20 * calendar.pace, n).astype(np.int64).astype("timedelta64[D]")
    on = np.busday_offset(days_of(start) - delay, 0, roll="backward")  # mail is opened on workdays
    elis = draw.chance(ELIS_SHARE, n) & (on >= ELIS_BEGAN)
    fiscal = fiscal_year(on)
    begins = (fiscal - 1971).astype("datetime64[Y]").astype("datetime64[M]") + np.timedelta64(9, "M")
    workday = np.busday_count(begins.astype("datetime64[D]"), on) + 1
    office = draw.index(list(OFFICES.values()), n)
    counter = np.where(elis, -1, (office * 100 + fiscal % 100) * 1000 + workday)
    begin = np.where(elis, 0, counter * SCATTER % series.spread)
    serial = series.first + series.step * _count_within(counter, start) + begin
    written = [
        f"IOE{series.elis}{s:08d}" if e else f"{o}{y % 100:02d}{d:03d}{s:05d}"
        for e, o, y, d, s in zip(
            elis.tolist(), np.array(list(OFFICES), dtype=object)[office].tolist(), fiscal.tolist(), workday.tolist(),
            serial.tolist(), strict=True,
        )
    ]  # fmt: skip
    if (highest := int(serial[~elis].max(initial=0))) >= series.last:
        raise ValueError(f"receipt sequence [{highest}] of an office and day is too long; make the nights less busy")
    return Received(texts(written), on, np.array(list(OFFICES), dtype=object)[office], Habit(elis))


def _count_within(group: Ints, start: Ints) -> Ints:
    """The how-manieth of its group each one is, from 0, in the order of `start`."""
    order = np.lexsort((start, group))
    new = np.append(True, group[order[1:]] != group[order[:-1]]) if len(order) else np.zeros(0, dtype=bool)
    begins = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0)) if len(order) else order
    count = np.empty(len(order), dtype=np.int64)
    count[order] = np.arange(len(order)) - begins
    return count


def petitions(setting: Setting, filing: Filing, received: Received, void: Ints) -> Dataset:
    """The petitions: received, perhaps a request for evidence, decided; a few approvals are revoked. `void`: when a
    copy entered in error was cancelled."""
    draw, n = setting.draw.child("uscis_petitions"), len(filing)
    times, decided = _decisions(draw, setting.calendar, filing, void)
    row, step, when = unroll(times)
    status = np.array(["received", "rfe", "", "revoked", "received"], dtype=object)[step]
    status = np.where(step == 2, filing.outcome[row], status)
    habit = received.habit.take(row)
    kind = np.where(filing.organisation >= 0, "organisation", "person")[row]
    visa = filing.visa.copy()
    old = (received.on < CR6_UNTIL) & ~received.habit.elis & (visa == "CR1")
    visa[old & draw.chance(CR6_SHARE, n)] = "CR6"
    elsewhere = draw.pick(list(OFFICES), n, list(OFFICES.values()))
    moved = draw.chance(TRANSFERRED, n)[row] & (step >= 1)
    columns = {
        "receipt_number": received.numbers[row],
        "system": habit.system(),
        "form": received.habit.code(filing.form)[row],
        "visa_class": received.habit.code(visa)[row],
        "petitioner_kind": choose([(habit.elis, kind), (kind == "person", "I")], "O"),
        "status": habit.code(status),
        "office": np.where(moved, elsewhere[row], received.office[row]),
        "amends_receipt_number": np.where(filing.amends >= 0, received.numbers[filing.amends], "")[row],
        "beneficiary_count": numbers(filing.asked)[row],
        "received_on": received.habit.date(received.on)[row],
        "decided_on": np.where((step == 2) | (step == 3), received.habit.date(decided)[row], ""),
        "record_state": habit.state(step == 4),
        "updated_at": timestamps(when),
    }
    return Dataset("uscis_petitions", columns, row, when, received.numbers, np.full(n, -1, dtype=np.int64), "")


def _decisions(draw: Draw, calendar: Calendar, filing: Filing, void: Ints) -> tuple[Ints, Days]:
    """Times of each petition (received, request for evidence, decision, revocation, cancelled); the decision day."""
    n, open_end = len(filing), filing.outcome == ""
    times = follow(draw, calendar, filing.start, [(0.25, 300), (0.92, 900), (0.02, 900)])
    late = filing.settled & (times[:, 2] == NEVER)
    day = filing.start // DAY * DAY
    span = np.maximum((calendar.end - day) // DAY, 2)
    times[late, 1] = NEVER
    times[late, 2] = office_time(draw, day + DAY * draw.between(1, span, n))[late]
    times[open_end | (filing.copy_of >= 0), 1:] = NEVER
    times[(filing.outcome != "approved") | (times[:, 2] == NEVER) | filing.settled, 3] = NEVER
    return np.column_stack([times, void]), days_of(times[:, 2])


def voided(draw: Draw, calendar: Calendar, filing: Filing) -> Ints:
    """When each petition that was entered twice was noticed and cancelled: within weeks; `NEVER` for all others."""
    when = office_time(draw, filing.start // DAY * DAY + DAY * draw.between(1, 40, len(filing)))
    return np.where((filing.copy_of >= 0) & (when < calendar.end - 3600), when, NEVER)


def petitioners(setting: Setting, filing: Filing, received: Received, void: Ints) -> Dataset:
    """Who filed: a person, or an organisation and its signatory, who gives a name and a telephone but no birth date. Of
    a petition entered twice the copy, which is cancelled, says more than the record that stays."""
    dataset, calendar, keys, habit = "uscis_petitioners", setting.calendar, received.numbers, received.habit
    draw, people, n = setting.draw.child(dataset), setting.people.take(filing.petitioner), len(filing)
    signs = filing.organisation >= 0
    copied = np.isin(np.arange(n), filing.copy_of)
    people.forget(signs, "born", "sex", "country", "a_number", "ssn")
    people.forget(draw.chance(0.2, n) | copied, "a_number")
    people.forget(draw.chance(0.25, n) | copied, "ssn")
    clerk = setting.clerk(dataset, keys)
    written = clerk.record(people, received.on, setting.planted[filing.petitioner])
    start = shortly_after(draw.child("entry"), calendar, filing.start)
    times = follow(draw.child("updates"), calendar, start, [(0.18, 700)])
    times = refresh(draw.child("refresh"), times, filing.night)
    times[filing.copy_of >= 0, 1:] = NEVER
    row, step, when = unroll(np.column_stack([times, np.where(void == NEVER, NEVER, void + 600)]))
    facts = {
        "receipt_number": keys,
        "family_name": habit.text(written.family),
        "given_name": habit.text(written.given),
        "middle_name": habit.text(written.middle),
        "other_names": habit.text(_other_names(draw.child("other names"), people, signs | copied)),
        "organisation_name": habit.text(np.append(filing.organisation_names, "")[filing.organisation]),
        "fein": np.append(filing.feins, "")[filing.organisation],
        "date_of_birth": habit.date(written.born),
        "sex": habit.sex(people.sex),
        "a_number": habit.a_number(written.a_number),
        "ssn": _ssn(people.ssn),
        "birth_country": clerk.countries("birth_country", habit.country(people.country), people.place),
    }
    for name in ("middle_name", "other_names"):
        facts[name] = _with_nulls(draw.child(f"null {name}"), clerk.rates.null_text, habit, facts[name])
    columns = {name: values[row] for name, values in facts.items()}
    columns |= _home(draw.child("home"), habit, people, row, step)
    columns["record_state"] = habit.take(row).state(step == 3)
    columns["updated_at"] = timestamps(when)
    who = np.where(written.is_person, filing.petitioner, -1)
    return Dataset(dataset, columns, row, when, keys, who, "petitioner")


def beneficiaries(setting: Setting, filing: Filing, received: Received, void: Ints) -> Dataset:
    """For whom the petitions are. Of an unnamed worker nothing is known but that he or she is to work."""
    dataset, calendar = "uscis_beneficiaries", setting.calendar
    draw = setting.draw.child(dataset)
    petition, named = filing.of_petition, filing.beneficiary >= 0
    n = len(petition)
    receipts, number = received.numbers[petition], numbers(filing.beneficiary_number)
    keys = key_of([receipts, number])
    habit, people = received.habit.take(petition), setting.people.take(filing.beneficiary)
    people.forget(~named, "family", "given", "middle", "born", "sex", "country", "a_number")
    people.forget(draw.chance(0.7, n), "a_number")
    clerk = setting.clerk(dataset, keys)
    written = clerk.record(people, received.on[petition], setting.planted[filing.petitioner[petition]])
    start = shortly_after(draw.child("entry"), calendar, filing.start[petition])
    times = follow(draw.child("updates"), calendar, start, [(0.1, 700)])
    gone = void[petition]
    times[filing.copy_of[petition] >= 0, 1:] = NEVER
    row, step, when = unroll(np.column_stack([times, np.where(gone == NEVER, NEVER, gone + 1200)]))
    facts = {
        "receipt_number": receipts,
        "beneficiary_number": number,
        "family_name": habit.text(written.family),
        "given_name": habit.text(written.given),
        "date_of_birth": habit.date(written.born),
        "sex": habit.sex(people.sex),
        "birth_country": clerk.countries("birth_country", habit.country(people.country), people.place),
        "a_number": habit.a_number(written.a_number),
        "relationship": habit.code(filing.relationship),
    }
    for name in ("given_name", "sex"):
        facts[name] = _with_nulls(draw.child(f"null {name}"), clerk.rates.null_text, habit, facts[name])
    columns = {name: values[row] for name, values in facts.items()}
    columns["a_number"] = np.where(step == 1, columns["a_number"], "")  # given out with the decision
    columns["record_state"] = habit.take(row).state(step == 2)
    columns["updated_at"] = timestamps(when)
    who = np.where(named & written.is_person, filing.beneficiary, -1)
    return Dataset(dataset, columns, row, when, keys, who, "beneficiary")


def build(setting: Setting, filing: Filing, series: Series) -> list[Dataset]:
    """The three datasets of the petitions."""
    received = receive(setting.draw.child("receipts"), setting.calendar, filing.start, series)
    void = voided(setting.draw.child("voided"), setting.calendar, filing)
    setting.log.add("uscis_petitions", received.numbers[filing.copy_of >= 0], None, "entered_twice")
    return [part(setting, filing, received, void) for part in (petitions, petitioners, beneficiaries)]


FORMER_NAME_TOLD = 0.7  # of those who bore another family name (ours)
OTHER_NAME = 0.08  # of all: a name that is nobody's maiden name (ours)


def _other_names(draw: Draw, people: People, silent: Bools) -> Texts:
    """Names used before: the maiden name; of some people another family name of the same stock."""
    n, cultures = len(people), load_cultures()
    told = draw.chance(FORMER_NAME_TOLD, n) & (people.maiden != "") & ~silent
    names = np.where(told, people.given + " " + people.maiden, "")
    luck = draw.uniform(n)
    for i in np.flatnonzero(draw.chance(OTHER_NAME, n) & ~told & ~silent).tolist():
        family = cultures[people.culture[i]].family.at(float(luck[i]))
        names[i] = f"{people.given[i]} {family}"
        if luck[i] < 0.15:
            names[i] += f"; {people.given[i]} {people.middle[i] or family} {people.family[i]}"
    return names


def _home(draw: Draw, habit: Habit, people: People, row: Ints, step: Ints) -> dict[str, Texts]:
    """Address and telephone by version; half of those whose record changes have moved."""
    n, cities = len(people), load_places().cities
    moved = draw.chance(0.5, n)
    before = (step == 0) & moved[row]
    phones = texts([f"({p[:3]}) {p[3:6]}-{p[6:]}" for p in people.phone.tolist()])
    city = habit.text(np.array([c.name for c in cities], dtype=object)[people.city])
    old_city = habit.text(np.array([c.name for c in cities], dtype=object)[people.old_city])
    states = np.array([c.state for c in cities], dtype=object)
    return {
        "address": np.where(before, habit.text(people.old_street)[row], habit.text(people.street)[row]),
        "city": np.where(before, old_city[row], city[row]),
        "state": np.where(before, states[people.old_city][row], states[people.city][row]),
        "postal_code": np.where(before, people.old_zip_code[row], people.zip_code[row]),
        "phone": np.where(draw.chance(0.3, n), "", phones)[row],
    }


def _ssn(digits: Texts) -> Texts:
    return texts([f"{d[:3]}-{d[3:5]}-{d[5:]}" if d else "" for d in digits.tolist()])


def _with_nulls(draw: Draw, rate: float, habit: Habit, values: Texts) -> Texts:
    """In CLAIMS 3 some of the blanks are the text `null`."""
    return np.where(habit.elis, values, null_texts(draw, rate, values))
