"""Applications of victims for T status (Form I-914): the trafficker is named, if at all, in the personal statement."""

from dataclasses import dataclass

import numpy as np

from include.simulator.days import Days, days_of, fiscal_year, timestamps
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.people import People
from include.simulator.records.dataset import Dataset, choose, texts
from include.simulator.records.setting import Setting
from include.simulator.records.t_supplements import family, law_enforcement
from include.simulator.records.timeline import DAY, NEVER, Calendar, entries, follow, office_time, unroll
from include.simulator.records.uscis import Habit, Received, Series, receive
from include.simulator.statements.mentions import TOLD, Mentions, mentions
from include.simulator.statements.narratives import statements
from include.simulator.statements.stories import Cases, course

OUTCOMES = {"approved": 78, "denied": 18, "withdrawn": 4}  # shares (ours)
STEPS = [(0.4, 300), (0.9, 800), (0.04, 900)]  # request for evidence, decision, revocation: see `follow` (ours)

# Nobody applies before this age: everything happened to grown-ups, and takes some months to be told.
OF_AGE = np.timedelta64(19 * 365, "D")

# What victims told was typed into fields three times as often in the last year as in the first, and three times as
# often by some offices as by others (ours; relative to the scenario's rate).
TYPING_OFFICES = {"EAC": 1.5, "VSC": 1.5, "IOE": 1.5}
OTHER_OFFICES = 0.5  # three times as often: 1.5 to 0.5


@dataclass(frozen=True)
class Ordeal:
    """Cases of victims who apply, one position each; the last three by family member. People by position."""

    victim: Ints
    trafficker: Ints
    subject: Ints  # among the subject records of TECS
    case_number: Texts
    means: Texts
    category: Texts
    visa: Texts  # of the trafficker's petition for the victim; empty: there is none
    business: Texts  # of the trafficker; empty: there is none
    not_before: Ints
    family: Ints
    of_application: Ints
    relationship: Texts


@dataclass(frozen=True)
class Named:
    """Who is meant in which application, and what it says."""

    receipts: Texts
    subject: Ints  # position among the subjects of TECS
    mention: Texts  # how: name, nickname, nobody
    said: Texts  # name or nickname, as it stands in the statement
    told: list[list[str]]  # which identifiers stand in it
    typed: Bools  # USCIS typed the name, and what else was told, into fields


@dataclass(frozen=True)
class Applications:
    """What USCIS holds of them, and the truth."""

    datasets: list[Dataset]
    named: Named


def build(setting: Setting, ordeals: Ordeal, series: Series) -> Applications:
    """The applications."""
    dataset, calendar, n = "uscis_t_applications", setting.calendar, len(ordeals.victim)
    draw = setting.draw.child(dataset)
    of_age = (setting.people.born[ordeals.victim] + OF_AGE).astype("datetime64[s]").astype(np.int64)
    start = _starts(draw.child("entry"), calendar, np.maximum(ordeals.not_before, of_age))
    received = receive(draw.child("receipts"), calendar, start, series)
    keys, habit, people = received.numbers, received.habit, setting.people.take(ordeals.victim)
    people.forget(draw.chance(0.4, n), "a_number")
    written = setting.clerk(dataset, keys).record(people, received.on, np.ones(n, dtype=bool))
    outcome = draw.pick(list(OUTCOMES), n, list(OUTCOMES.values()))
    times = follow(draw.child("updates"), calendar, start, STEPS)
    times[(outcome != "approved") | (times[:, 2] == NEVER), 3] = NEVER
    row, step, when = unroll(times)
    agency, number = law_enforcement(
        draw.child("supplement b"), setting.scenario.t_visa, ordeals.case_number, step, row
    )
    spoken, narrative = _told(draw.child("statements"), setting, ordeals, received.on)
    typed = _typed(draw.child("typed"), setting.scenario.t_visa.identifiers_typed, spoken, received)
    traffickers = setting.people.take(ordeals.trafficker)
    facts = {
        "receipt_number": keys,
        "system": habit.system(),
        "family_name": habit.text(written.family),
        "given_name": habit.text(written.given),
        "date_of_birth": habit.date(written.born),
        "a_number": habit.a_number(written.a_number),
        "received_on": habit.date(received.on),
        "narrative": narrative,
    } | _fields(habit, spoken, traffickers, typed)
    columns = {name: values[row] for name, values in facts.items()}
    columns |= {"agency_name": agency, "agency_case_number": number, "updated_at": timestamps(when)}
    columns["status"] = habit.take(row).code(
        choose([(step == 0, "received"), (step == 1, "rfe"), (step == 3, "revoked")], outcome[row])
    )
    who = np.where(written.is_person, ordeals.victim, -1)
    applications = Dataset(dataset, columns, row, when, keys, who, "victim")
    decided = np.where(times[:, 2] == NEVER, "", outcome)
    members = family(
        setting, ordeals.family, ordeals.of_application, ordeals.relationship, received, start, times[:, 2], decided
    )
    told = [[what for what in TOLD if spoken.told[what][i]] for i in range(n)]
    return Applications([applications, members], Named(keys, ordeals.subject, spoken.kind, spoken.said, told, typed))


def _starts(draw: Draw, calendar: Calendar, not_before: Ints) -> Ints:
    """When the applications are entered: at any time, but after `not_before`."""
    n = len(not_before)
    start = entries(draw, calendar, n)
    day = not_before // DAY * DAY
    left = np.maximum((calendar.end - day) // DAY, 2)
    later = np.minimum(office_time(draw, day + DAY * draw.between(1, left, n)), calendar.end - 1)
    return np.where(start < not_before, later, start)


def _told(draw: Draw, setting: Setting, ordeals: Ordeal, filed: Days) -> tuple[Mentions, Texts]:
    """What the victims say of the traffickers, and their statements."""
    n = len(filed)
    victims, traffickers = setting.people.take(ordeals.victim), setting.people.take(ordeals.trafficker)
    victims.family = np.where(filed < victims.married, victims.maiden, victims.family)
    petitioned = np.where(ordeals.visa == "", np.datetime64("NaT", "D"), days_of(ordeals.not_before))
    when = course(draw.child("course"), victims, ordeals.means, filed, petitioned)
    spoken = mentions(draw.child("mentions"), setting.scenario.t_visa, traffickers, when.met_on, ordeals.business != "")
    members = setting.people.take(ordeals.family)
    # A child born after the victim left home is none to speak of in the story.
    at_home = (ordeals.relationship == "child") & (members.born < when.met_on[ordeals.of_application])
    children, married = (np.full(n, "", dtype=object) for _ in range(2))
    np.add.at(children, ordeals.of_application[at_home], members.sex[at_home])
    married[ordeals.of_application[ordeals.relationship == "spouse"]] = "spouse"
    cases = Cases(
        victims=victims,
        traffickers=traffickers,
        mentions=spoken,
        course=when,
        means=ordeals.means,
        category=ordeals.category,
        visa=ordeals.visa,
        business=ordeals.business,
        children=children,
        married=married,
    )
    return spoken, statements(draw.child("told"), cases)


def _typed(draw: Draw, rate: float, spoken: Mentions, received: Received) -> Bools:
    """In which applications the trafficker's name was typed into a field: at this rate among those that name one, more
    often in later years and by some offices."""
    named, year = spoken.kind == "name", fiscal_year(received.on)
    office = texts([number[:3] for number in received.numbers.tolist()])
    span = np.maximum(year.max(initial=0) - year.min(initial=9999), 1)
    weight = 0.5 + (year - year.min(initial=9999)) / span
    weight = weight * np.array([TYPING_OFFICES.get(name, OTHER_OFFICES) for name in office.tolist()])
    usual = weight[named].mean() if named.any() else 1.0
    typed: Bools = named & (draw.uniform(len(named)) < rate * weight / usual)
    return typed


def _fields(habit: Habit, spoken: Mentions, traffickers: People, typed: Bools) -> dict[str, Texts]:
    """The fields for the trafficker: name as told, birth day and telephone if they were. CLAIMS 3 has the family name
    first and a comma after it."""
    given, family = spoken.given, spoken.family
    comma = np.where((given != "") & (family != ""), ", ", "")
    space = np.where(comma == "", "", " ")
    name = np.where(habit.elis, given + space + family, family + comma + given)
    born = np.where(typed & spoken.told["date_of_birth"], traffickers.born, np.datetime64("NaT", "D"))
    phones = traffickers.phone.tolist()
    elis = texts([f"({p[:3]}) {p[3:6]}-{p[6:]}" for p in phones])
    paper = texts([f"{p[:3]}-{p[3:6]}-{p[6:]}" for p in phones])
    return {
        "trafficker_name": np.where(typed, habit.text(name), ""),
        "trafficker_date_of_birth": habit.date(born),
        "trafficker_phone": np.where(typed & spoken.told["phone"], np.where(habit.elis, elis, paper), ""),
    }
