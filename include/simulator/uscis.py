"""USCIS: petitions, who filed them and for whom, in the habits of two systems. Formats as in the contracts `uscis_*`.

CLAIMS 3 keeps paper filings (upper case, five-letter countries, 06/30/2012, F and M), ELIS electronic ones (full names,
2012-06-30, Female and Male).
"""

from dataclasses import dataclass

import numpy as np

from include.simulator.cultures import load_cultures
from include.simulator.dataset import Dataset, blanked, dates, days_of, fold, key_of, timestamps
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.faults import null_texts
from include.simulator.people import Days, People
from include.simulator.petitioning import Filing
from include.simulator.places import load_places
from include.simulator.scenario import PersonFaults
from include.simulator.setting import Setting
from include.simulator.timeline import NEVER, Calendar, follow, shortly_after, unroll

ELIS_BEGAN = np.datetime64("2012-05-22")  # first release of ELIS; one filing in four from then on (the share is ours)
ELIS_SHARE = 0.25

OFFICES = ["EAC", "WAC", "LIN", "SRC", "MSC", "VSC", "NBC"]
OFFICE_WEIGHTS = [25, 25, 18, 17, 10, 3, 2]


@dataclass(frozen=True)
class Habit:
    """How the two systems write the same things; `elis` says per record which one it is."""

    elis: Bools

    def take(self, row: Ints) -> "Habit":
        """The habit of these records."""
        return Habit(self.elis[row])

    def text(self, values: Texts) -> Texts:
        """ELIS as it is; CLAIMS 3 upper case without accents."""
        upper = np.array([fold(value).upper() for value in values], dtype=object)
        return np.where(self.elis, values, upper)

    def date(self, days: Days) -> Texts:
        """Dates."""
        return np.where(self.elis, dates(days, "%Y-%m-%d"), dates(days, "%m/%d/%Y"))

    def country(self, codes: Texts) -> Texts:
        """Countries; an empty code stays empty."""
        known = load_places().countries
        full = np.array([known[code].name if code else "" for code in codes], dtype=object)
        short = np.array([known[code].claims if code else "" for code in codes], dtype=object)
        return np.where(self.elis, full, short)

    def sex(self, sex: Texts) -> Texts:
        """Sex; an empty one stays empty."""
        words = {"F": "Female", "M": "Male", "U": "Unknown", "": ""}
        return np.where(self.elis, np.array([words[s] for s in sex], dtype=object), sex)

    def a_number(self, digits: Texts) -> Texts:
        """A-numbers: `A` and nine digits, or nine digits alone."""
        padded = np.array([number.zfill(9) if number else "" for number in digits], dtype=object)
        with_a = np.array([f"A{number}" if number else "" for number in padded], dtype=object)
        return np.where(self.elis, padded, with_a)

    def code(self, values: Texts) -> Texts:
        """Codes: `I-129F`, `approved` in ELIS, `I129F`, `APPROVED` in CLAIMS 3."""
        return np.where(self.elis, values, np.array([v.replace("-", "").upper() for v in values], dtype=object))


@dataclass(frozen=True)
class Received:
    """Filings with their receipts."""

    numbers: Texts
    on: Days
    habit: Habit


def receive(draw: Draw, calendar: Calendar, start: Ints, lots: str) -> Received:
    """Receipts of filings entered at these times: office, fiscal year, computer workday, sequence; ELIS just counts.
    `lots`: first digit of the sequences and counters, so that two series never meet."""
    n = len(start)
    delay = draw.skewed(20 * calendar.pace, n).astype(np.int64).astype("timedelta64[D]")
    on = days_of(start) - delay
    elis = draw.chance(ELIS_SHARE, n) & (on >= ELIS_BEGAN)
    months = on.astype("datetime64[M]").astype(np.int64)
    fiscal = 1970 + (months + 3) // 12  # a fiscal year begins on 1 October
    begins = (fiscal - 1971).astype("datetime64[Y]").astype("datetime64[M]") + np.timedelta64(9, "M")
    workday = np.busday_count(begins.astype("datetime64[D]"), on) + 1
    prefix = np.array(
        [
            "IOE" if e else f"{office}{year % 100:02d}{day:03d}"
            for e, office, year, day in zip(
                elis, draw.pick(OFFICES, n, OFFICE_WEIGHTS), fiscal.tolist(), workday.tolist(), strict=True
            )
        ],
        dtype=object,
    )
    order = np.argsort(start, kind="stable")
    seen: dict[str, int] = {}
    numbers = np.empty(n, dtype=object)
    for i in order.tolist():
        serial = seen[prefix[i]] = seen.get(prefix[i], 0) + 1
        numbers[i] = f"{prefix[i]}{lots}{serial:0{9 if prefix[i] == 'IOE' else 4}d}"
    return Received(numbers, on, Habit(elis))


def petitions(setting: Setting, filing: Filing, received: Received) -> Dataset:
    """The petitions: received, perhaps a request for evidence, decided; a few approvals are revoked."""
    draw, n = setting.draw.child("uscis_petitions"), len(received.numbers)
    times = follow(draw, setting.calendar, filing.start, [(0.25, 300), (0.92, 900), (0.02, 900)])
    outcome = draw.pick(["approved", "denied", "withdrawn"], n, [82, 14, 4])
    outcome = np.where(
        filing.subject_files, "approved", outcome
    )  # the audit counted those who petitioned *successfully*
    times[(outcome != "approved") | (times[:, 2] == NEVER), 3] = NEVER
    row, step, when = unroll(times)
    status = np.array(["received", "rfe", "", "revoked"], dtype=object)[step]
    status = np.where(step == 2, outcome[row], status)
    habit = received.habit.take(row)
    decided = days_of(np.where(step >= 2, times[row, 2], NEVER))
    kind = np.where(filing.organisation >= 0, "organisation", "person")[row]
    columns = {
        "receipt_number": received.numbers[row],
        "form": habit.code(filing.form[row]),
        "visa_class": habit.code(filing.visa[row]),
        "petitioner_kind": np.where(habit.elis, kind, np.where(kind == "person", "I", "O")),
        "status": habit.code(status),
        "received_on": habit.date(received.on[row]),
        "decided_on": blanked(habit.date(decided)),
        "updated_at": timestamps(when),
    }
    nobody = np.full(len(row), -1, dtype=np.int64)
    return Dataset("uscis_petitions", columns, received.numbers[row], when, nobody, "")


def petitioners(setting: Setting, filing: Filing, received: Received) -> Dataset:
    """Who filed: a person, or an organisation and its signatory, who gives a name and a telephone but no birth date."""
    dataset, calendar, keys, habit = "uscis_petitioners", setting.calendar, received.numbers, received.habit
    draw, people, n = setting.draw.child(dataset), setting.people.take(filing.petitioner), len(keys)
    signs = filing.organisation >= 0
    people.forget(signs, "born", "sex", "country", "a_number", "ssn")
    people.forget(draw.chance(0.2, n), "a_number")
    people.forget(draw.chance(0.25, n), "ssn")
    clerk = setting.clerk(dataset, keys)
    written = clerk.record(people)
    start = shortly_after(draw.child("entry"), calendar, filing.start)
    row, step, when = unroll(follow(draw.child("updates"), calendar, start, [(0.18, 700)]))
    facts = {
        "receipt_number": keys,
        "family_name": habit.text(written.family),
        "given_name": habit.text(written.given),
        "middle_name": habit.text(written.middle),
        "other_names": habit.text(_other_names(draw.child("other names"), people, signs)),
        "organisation_name": habit.text(np.append(filing.organisation_names, "")[filing.organisation]),
        "fein": np.append(filing.feins, "")[filing.organisation],
        "date_of_birth": habit.date(written.born),
        "sex": habit.sex(people.sex),
        "a_number": habit.a_number(written.a_number),
        "ssn": _ssn(people.ssn),
        "birth_country": clerk.countries("birth_country", habit.country(people.country), people.place),
    }
    columns = {name: values[row] for name, values in facts.items()}
    columns |= _home(draw.child("home"), habit, people, row, step)
    columns = _with_nulls(draw.child("null"), clerk.rates, habit.take(row), columns, ("middle_name", "other_names"))
    columns["updated_at"] = timestamps(when)
    who = np.where(written.is_person, filing.petitioner, -1)[row]
    return Dataset(dataset, columns, keys[row], when, who, "petitioner")


def beneficiaries(setting: Setting, filing: Filing, received: Received) -> Dataset:
    """For whom the petitions are. Of an unnamed worker nothing is known but that he or she is to work."""
    dataset, calendar = "uscis_beneficiaries", setting.calendar
    draw = setting.draw.child(dataset)
    petition, named = filing.of_petition, filing.beneficiary >= 0
    n = len(petition)
    numbers = received.numbers[petition]
    keys = key_of([numbers, np.array([str(i) for i in filing.beneficiary_number.tolist()], dtype=object)])
    habit, people = received.habit.take(petition), setting.people.take(filing.beneficiary)
    people.forget(~named, "family", "given", "middle", "born", "sex", "country", "a_number")
    people.forget(draw.chance(0.7, n), "a_number")
    clerk = setting.clerk(dataset, keys)
    written = clerk.record(people)
    start = shortly_after(draw.child("entry"), calendar, filing.start[petition])
    row, step, when = unroll(follow(draw.child("updates"), calendar, start, [(0.1, 700)]))
    facts = {
        "receipt_number": numbers,
        "beneficiary_number": np.array([str(i) for i in filing.beneficiary_number.tolist()], dtype=object),
        "family_name": habit.text(written.family),
        "given_name": habit.text(written.given),
        "date_of_birth": habit.date(written.born),
        "sex": habit.sex(people.sex),
        "birth_country": clerk.countries("birth_country", habit.country(people.country), people.place),
        "a_number": habit.a_number(written.a_number),
        "relationship": habit.code(filing.relationship),
    }
    columns = {name: values[row] for name, values in facts.items()}
    columns["a_number"] = np.where(step > 0, columns["a_number"], "")  # given out with the decision
    columns = _with_nulls(draw.child("null"), clerk.rates, habit.take(row), columns, ("given_name", "sex"))
    columns["updated_at"] = timestamps(when)
    who = np.where(named & written.is_person, filing.beneficiary, -1)[row]
    return Dataset(dataset, columns, keys[row], when, who, "beneficiary")


def _other_names(draw: Draw, people: People, signs: Bools) -> Texts:
    """A former name of one person in eight: the given name with another family name of the same stock."""
    has = draw.chance(0.12, len(people)) & ~signs
    cultures, luck, names = load_cultures(), draw.uniform(len(people)), np.full(len(people), "", dtype=object)
    for i in np.flatnonzero(has).tolist():
        family = cultures[people.culture[i]].family.at(float(luck[i]))
        names[i] = f"{people.given[i]} {family}"
        if luck[i] < 0.15:
            names[i] += f"; {people.given[i]} {people.middle[i] or family} {people.family[i]}"
    return names


def _home(draw: Draw, habit: Habit, people: People, row: Ints, step: Ints) -> dict[str, Texts]:
    """Address and telephone by version; half of those whose record changes have moved."""
    moved, cities = draw.chance(0.5, len(people)), load_places().cities
    before = (step == 0) & moved[row]
    city = np.where(before, people.old_city[row], people.city[row])
    phones = np.array([f"({p[:3]}) {p[3:6]}-{p[6:]}" for p in people.phone], dtype=object)
    return {
        "address": habit.take(row).text(np.where(before, people.old_street[row], people.street[row])),
        "city": habit.take(row).text(np.array([c.name for c in cities], dtype=object)[city]),
        "state": np.array([c.state for c in cities], dtype=object)[city],
        "postal_code": np.where(before, people.old_zip_code[row], people.zip_code[row]),
        "phone": np.where(draw.chance(0.3, len(people)), "", phones)[row],
    }


def _ssn(digits: Texts) -> Texts:
    return np.array([f"{d[:3]}-{d[3:5]}-{d[5:]}" if d else "" for d in digits], dtype=object)


def _with_nulls(
    draw: Draw, rates: PersonFaults, habit: Habit, columns: dict[str, Texts], where: tuple[str, ...]
) -> dict[str, Texts]:
    """Blanks become None, or in CLAIMS 3 sometimes the text `null`."""
    columns = {name: blanked(values) for name, values in columns.items()}
    for name in where:
        columns[name] = np.where(habit.elis, columns[name], null_texts(draw, rates.null_text, columns[name]))
    return columns
