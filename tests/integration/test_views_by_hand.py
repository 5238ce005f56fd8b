"""The reports at several moments, reckoned a second time from the versions, without the views."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pandas as pd
import psycopg2
import pytest

from include.contracts import load_contract
from include.settings import Settings
from include.warehouse.connection import fetch, with_settings

pytestmark = pytest.mark.integration

EVER = datetime(9000, 1, 1, tzinfo=UTC)
SUSPECTED = {"target", "suspect", "associate"}


class Held(NamedTuple):
    """Every version of each dataset, and what matching left."""

    settings: Settings
    versions: dict[str, pd.DataFrame]
    leads: list  # of report.lead now, with the entities that it has


class Moment(NamedTuple):
    source: datetime = EVER
    known: datetime = EVER


@pytest.fixture(scope="module")
def held(month: Settings) -> Held:
    versions = {}
    with psycopg2.connect(month.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'record'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"table record.{table}")
            names = [column.name for column in cursor.description or ()]
            versions[table] = pd.DataFrame(cursor.fetchall(), columns=names, dtype=object)
    return Held(month, versions, fetch(month.warehouse_dsn, "table report.lead"))


@pytest.fixture(scope="module")
def moments(held: Held) -> dict[str, Moment]:
    petitions = held.versions["uscis_petition"]
    changed = sorted(petitions["updated_at"])
    cancelled = petitions[petitions["record_state"] == "cancelled"]["updated_at"].min()
    loaded = sorted({at for table in held.versions.values() for at in table["loaded_at"]})
    return {
        "now": Moment(),
        "before all": Moment(source=changed[0] - timedelta(seconds=1)),
        "the first second": Moment(source=changed[0]),
        "halfway": Moment(source=changed[len(changed) // 2]),
        "before the first retraction": Moment(source=cancelled - timedelta(seconds=1)),
        "the first retraction": Moment(source=cancelled),
        "before the first load": Moment(known=loaded[0] - timedelta(microseconds=1)),
        "between the loads": Moment(known=loaded[len(loaded) // 2]),
        "both": Moment(changed[len(changed) // 2], loaded[len(loaded) // 2]),
    }


def latest(held: Held, dataset: str, moment: Moment) -> list:
    """Of each record the last version that the source had and we knew."""
    contract = load_contract(dataset)
    table = held.versions[contract.record]
    known = table[(table["updated_at"] <= moment.source) & (table["loaded_at"] <= moment.known)]
    last = known.sort_values(["updated_at", "content_hash"]).drop_duplicates(list(contract.key), keep="last")
    return list(last.itertuples(index=False))


def ask(held: Held, statement: str, moment: Moment) -> list[tuple]:
    told = {f"crosscheck.{name}_at": at.isoformat() for name, at in moment._asdict().items() if at != EVER}
    return [tuple(row) for row in fetch(with_settings(held.settings.warehouse_dsn, **told), statement)]


def digits(text: str | None) -> str:
    return "".join(letter for letter in text or "" if letter.isdigit())


def least(days: Iterator[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def cases(held: Held, moment: Moment) -> dict[str, list[tuple]]:
    """Of each suspect: when the case was opened, when he was in it, when it was closed."""
    opened = {
        case.case_number: case
        for case in latest(held, "tecs_investigations", moment)
        if case.program_code in ("HT1", "HT2")
    }
    found = defaultdict(list)
    for part in latest(held, "tecs_involvements", moment):
        case = opened.get(part.case_number)
        if case and part.role in SUSPECTED and part.record_state != "cancelled":
            since = max(day for day in (case.opened_on, part.involved_on) if day is not None)
            found[part.subject_id].append((case.opened_on, since, case.closed_on))
    return found


def petitioners(held: Held, moment: Moment) -> list[tuple]:
    """Petition, and basis and value by which its petitioner is told."""
    petitions = {
        one.receipt_number: one
        for one in latest(held, "uscis_petitions", moment)
        if one.record_state != "cancelled" and one.amends_receipt_number is None
    }
    found = []
    for one in latest(held, "uscis_petitioners", moment):
        petition = petitions.get(one.receipt_number)
        if petition and one.record_state != "cancelled":
            a_number = digits(one.a_number)
            told = {"ssn": digits(one.ssn), "a_number": a_number and a_number.zfill(9), "fein": digits(one.fein)}
            found.append((petition, *next(((basis, value) for basis, value in told.items() if value), (None, None))))
    return found


def test_suspects_are_whom_a_case_suspects(held: Held, moments: dict[str, Moment]) -> None:
    seen = set()
    for name, moment in moments.items():
        arrests = defaultdict(list)
        for arrest in latest(held, "tecs_arrests", moment):
            if arrest.record_state != "cancelled":
                arrests[arrest.subject_id].append(arrest.disposition)
        said = {one.subject_id: one for one in latest(held, "tecs_subjects", moment)}
        wanted = []
        for subject, of in cases(held, moment).items():
            one = said.get(subject)
            is_unmatchable = one is None or one.name is None or one.date_of_birth is None
            first = least(opened for opened, _, _ in of)
            wanted.append((subject, first, is_unmatchable, subject in arrests, "convicted" in arrests.get(subject, [])))
        columns = "subject_id, first_investigated_on, is_unmatchable, is_arrested, is_convicted"
        assert Counter(ask(held, f"select {columns} from report.subject", moment)) == Counter(wanted), name
        seen.add(len(wanted))
    assert len(seen) > 3, "the moments differ"


def test_states_of_petitions_follow_each_other(held: Held, moments: dict[str, Moment]) -> None:
    for name, moment in moments.items():
        table = held.versions["uscis_petition"].sort_values(["receipt_number", "updated_at", "content_hash"])
        table = table[(table["updated_at"] <= moment.source) & (table["loaded_at"] <= moment.known)]
        wanted: list[tuple] = []
        for version in table.itertuples(index=False):
            new = (version.receipt_number, version.status, version.record_state)
            if wanted and wanted[-1][0] == version.receipt_number and wanted[-1][3] is None:
                if wanted[-1][:3] == new:
                    continue
                wanted[-1] = (*wanted[-1][:3], version.updated_at, wanted[-1][4])
            wanted.append((*new, None, version.updated_at))
        found = ask(
            held,
            "select receipt_number, status, record_state, until, since from report.petition_status_history",
            moment,
        )
        assert Counter(found) == Counter(wanted), name


def test_who_petitions_twice_is_told_by_the_first_number_there_is(held: Held, moments: dict[str, Moment]) -> None:
    for name, moment in moments.items():
        beneficiaries = Counter(
            one.receipt_number for one in latest(held, "uscis_beneficiaries", moment) if one.record_state != "cancelled"
        )
        of = defaultdict(list)
        for petition, basis, value in petitioners(held, moment):
            of[basis, value].append(petition)
        wanted = [
            (
                min(one.receipt_number for one in petitions),
                basis,
                len(petitions),
                sum(one.form == "I-129F" for one in petitions),
                sum(one.status == "approved" for one in petitions),
                sum(beneficiaries[one.receipt_number] for one in petitions),
                least(one.received_on for one in petitions),
            )
            for (basis, _), petitions in of.items()
            if basis and len(petitions) > 1
        ]
        columns = "petitioner_key, basis, petition_count, fiance_petition_count, approved_count, beneficiary_count"
        found = ask(held, f"select {columns}, first_received_on from report.serial_petitioner", moment)
        assert Counter(found) == Counter(wanted), name


def test_what_sharing_would_have_caught_and_when(held: Held) -> None:
    """Of the leads of now."""
    moment = Moment()
    suspects = cases(held, moment)
    petitions = {one.receipt_number: one for one in latest(held, "uscis_petitions", moment)}
    wanted = []
    for lead in held.leads:
        petition = petitions.get(lead.receipt_number)
        if lead.band not in ("lead", "review") or petition is None or petition.record_state == "cancelled":
            continue
        since = min(since for _, since, _ in suspects[lead.subject_id])
        received, decided = petition.received_on, petition.decided_on
        if received < since and decided is not None and decided < since:
            continue
        caught = max(received, since)
        timing = "filed after" if received >= since else "pending" if decided is None else "decided after"
        is_open = any(
            began <= caught and (closed is None or closed >= caught) for _, began, closed in suspects[lead.subject_id]
        )
        after, left = (received - since).days, (decided - caught).days if decided else None
        wanted.append((lead.subject_id, lead.receipt_number, timing, is_open, caught, after, left))
    columns = (
        "subject_id, receipt_number, timing, is_case_open, catchable_on, days_after_investigation, days_to_decision"
    )
    found = ask(held, f"select {columns} from report.petition_after_investigation", moment)
    assert Counter(found) == Counter(wanted)
    assert len({timing for _, _, timing, *_ in wanted}) > 1


def test_the_capture_gap_is_of_the_fiscal_year_in_which_the_application_came(
    held: Held, moments: dict[str, Moment]
) -> None:
    for name, moment in moments.items():
        counted: dict[tuple, Counter] = defaultdict(Counter)
        for one in latest(held, "uscis_t_applications", moment):
            year = one.received_on.year + (one.received_on.month >= 10)
            has_name = one.trafficker_name is not None
            counted[year, one.receipt_number[:3]].update(
                statements=one.narrative is not None, names=has_name, gap=one.narrative is not None and not has_name
            )
        wanted = [(*place, of["statements"], of["names"], of["gap"]) for place, of in counted.items()]
        columns = "fiscal_year, office, statement_count, name_count, gap_count"
        assert Counter(ask(held, f"select {columns} from report.capture_gap", moment)) == Counter(wanted), name


def test_the_headline_counts_people_whose_petition_came_in_the_period(held: Held) -> None:
    """From its first day until before its end; nobody if it ends before it begins."""
    moment = Moment()
    petitions = {one.receipt_number: one for one in latest(held, "uscis_petitions", moment)}
    people = defaultdict(list)
    for row in fetch(held.settings.owner_dsn, "table unmasked.subject"):
        people[row.entity].append(row)
    led = {(lead.entity, lead.receipt_number) for lead in held.leads if lead.band == "lead"}
    joined = (
        "select entity, split_part(member, ':', 2) from match.entity where starts_with(member, 'uscis_petitioners:')"
    )
    led |= {pair for pair in ask(held, joined, moment) if pair[0] in people}
    led = {pair for pair in led if pair[1] in petitions and petitions[pair[1]].record_state != "cancelled"}
    brought = Counter(
        one.receipt_number for one in latest(held, "uscis_beneficiaries", moment) if one.record_state != "cancelled"
    )
    days = sorted(petitions[receipt].received_on for _, receipt in led)
    day = days[len(days) // 2]  # on which one came
    later = day + timedelta(days=1)
    for begin, end in [(None, None), (None, day), (day, None), (day, later), (day, day), (later, day)]:
        counted: dict[int, set] = defaultdict(set)
        for entity, receipt in led:
            petition = petitions[receipt]
            if (begin and petition.received_on < begin) or (end and petition.received_on >= end):
                continue
            counted[13].add(entity)
            if any(row.is_convicted for row in people[entity]) and petition.form in ("I-129F", "I-129"):
                counted[4].add(entity)
            if petition.form in ("I-129F", "I-130") and petition.status == "approved":
                counted[5].add(entity)
                counted[6].add(receipt)
                if any(row.is_arrested for row in people[entity]):
                    counted[7].add(entity)
        wanted = {line: len(counted[line]) for line in (4, 5, 7, 13)}
        wanted[6] = sum(brought[receipt] for receipt in counted[6])
        told = fetch(held.settings.warehouse_dsn, "select * from report.audit_headline(%s, %s)", [begin, end])
        assert {row.line: row.value for row in told if row.line in wanted} == wanted, (begin, end)
        assert (wanted[13] == 0) == (end is not None and begin is not None and begin >= end)
