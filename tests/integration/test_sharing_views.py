"""The reports on what sharing would have told, held against the truth of a simulated world."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg2
import pytest

from include.settings import Settings
from include.simulator import truth
from include.warehouse.connection import WarehouseError, as_role, fetch

pytestmark = pytest.mark.integration

SUSPECTED = {"target", "suspect", "associate"}
TRAFFICKING = {"HT1", "HT2"}
ENTERED = (
    "select receipt_number from latest.uscis_t_application where coalesce(trafficker_name, trafficker_phone) <> ''"
)


@pytest.fixture(scope="module")
def held(month: Settings) -> Settings:
    """A month in one run."""
    return month


@pytest.fixture(scope="module")
def true_pairs(world: Path) -> set[tuple[str, str]]:
    """Which subject is the petitioner of which petition, signatories among them."""
    pairs = truth.read(world, "pairs").query("route in ('person', 'signatory')")
    return set(zip(pairs["subject_id"], pairs["receipt_number"], strict=True))


def ask(settings: Settings, statement: str) -> list:
    return fetch(settings.warehouse_dsn, statement)


def since(settings: Settings) -> dict[str, date]:
    """Since when each subject is one, reckoned row by row."""
    cases = {row.case_number: row for row in ask(settings, "table latest.tecs_investigation")}
    found: dict[str, list[date]] = defaultdict(list)
    for row in ask(settings, "select * from latest.tecs_involvement where record_state is distinct from 'cancelled'"):
        case = cases.get(row.case_number)
        if case is not None and row.role in SUSPECTED and case.program_code in TRAFFICKING:
            found[row.subject_id].append(max(filter(None, (row.involved_on, case.opened_on))))
    return {subject: min(days) for subject, days in found.items()}


def timings(settings: Settings, pairs: set[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
    """What the petitions of true pairs were when the subject became one; nothing of those decided before."""
    subject_since = since(settings)
    petitions = {row.receipt_number: row for row in ask(settings, "table latest.uscis_petition")}
    for subject, receipt in pairs:
        petition, day = petitions.get(receipt), subject_since.get(subject)
        if petition is None or day is None or petition.record_state == "cancelled":
            continue
        if petition.received_on >= day:
            yield (subject, receipt), "filed after"
        elif petition.decided_on is None:
            yield (subject, receipt), "pending"
        elif petition.decided_on >= day:
            yield (subject, receipt), "decided after"


def test_what_sharing_would_have_caught_is_what_was_still_open(
    held: Settings, true_pairs: set[tuple[str, str]]
) -> None:
    found = {
        (row.subject_id, row.receipt_number): row for row in ask(held, "table report.petition_after_investigation")
    }
    leads = {(row.subject_id, row.receipt_number) for row in ask(held, "table report.lead")}
    wanted = {pair: timing for pair, timing in timings(held, true_pairs) if pair in leads}
    assert set(wanted.values()) >= {"filed after", "decided after"}
    assert {pair: row.timing for pair, row in found.items() if pair in true_pairs} == wanted
    assert found.keys() <= leads
    for row in found.values():
        assert row.catchable_on == max(row.received_on, row.subject_since_on)
        assert row.days_to_decision is None or row.days_to_decision >= 0
        assert (row.days_after_investigation >= 0) == (row.timing == "filed after")
    assert {row.is_case_open for row in found.values()} == {True, False}


def test_who_entered_a_case_late_was_not_known_before(held: Settings) -> None:
    late = ask(
        held,
        """select subject_since_on > first_investigated_on as is_late from report.petition_after_investigation
           join report.lead using (subject_id, receipt_number)""",
    )
    assert {row.is_late for row in late} == {True, False}


def test_an_organisation_links_its_signatory_to_petitions_that_another_signed(
    held: Settings, true_pairs: set[tuple[str, str]]
) -> None:
    """In this world each organisation has one signatory; so one petition that nobody of interest signed is given the
    employer's number of another organisation, and one organisation the address of a subject."""
    organised = {
        row.receipt_number: row for row in ask(held, "select * from latest.uscis_petitioner where fein is not null")
    }
    rows = ask(held, "table report.organisation_link_petition")
    found = {(row.subject_id, row.receipt_number) for row in rows}
    assert found == {pair for pair in true_pairs if pair[1] in organised}, "no planted link yet: signatories alone"
    assert all(row.is_lead for row in rows)
    linked = {receipt for _, receipt in found}
    here = next(receipt for receipt in linked if len({r for r in rows if r.receipt_number == receipt}) == 1)
    subject = next(row.subject_id for row in rows if row.receipt_number == here)
    free = [
        receipt
        for receipt, row in organised.items()
        if receipt not in linked and sum(other.fein == row.fein for other in organised.values()) == 1
    ]
    at_home, signed_there = free[:2]
    stranger = ask(
        held,
        """select subject_id, address, postal_code from latest.tecs_subject join latest.screened_subject
           using (subject_id) where address is not null and postal_code is not null
           and subject_id not in (select subject_id from report.lead) limit 1""",
    )[0]
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        change = "update record.uscis_petitioner set {} where receipt_number = %s"
        cursor.execute(change.format("fein = %s"), [organised[here].fein, signed_there])
        cursor.execute(
            change.format("address = %s, postal_code = %s"), [stranger.address, stranger.postal_code, at_home]
        )
    more = {(row.subject_id, row.receipt_number): row for row in ask(held, "table report.organisation_link_petition")}
    assert more.keys() - found == {(subject, signed_there), (stranger.subject_id, at_home)}
    by_number, by_address = more[subject, signed_there], more[stranger.subject_id, at_home]
    assert (by_number.is_by_signatory, by_number.is_lead) == (True, False)
    assert (by_address.is_by_signatory, by_address.is_by_address, by_address.is_lead) == (False, True, False)
    assert by_address.band == "review"
    counted = {
        (row.organisation_key, row.subject_id): (row.petition_count, row.lead_count)
        for row in ask(held, "table report.organisation_link")
    }
    behind: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in more.values():
        behind[row.organisation_key, row.subject_id].append(row.is_lead)
    assert counted == {key: (len(leads), sum(leads)) for key, leads in behind.items()}


def test_the_sharing_gap_is_what_one_agency_holds_and_the_other_does_not(held: Settings, world: Path) -> None:
    statements = truth.read(world, "statements").set_index("receipt_number")
    entered = {row.receipt_number for row in ask(held, ENTERED)}
    records = ask(held, "table report.sharing_gap_record")
    gaps: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in records:
        assert row.receipt_number not in gaps[row.gap], "an application counts once"
        gaps[row.gap][row.receipt_number] = row.is_gap
    unknown, named, cited = (gaps[kind] for kind in sorted(gaps))
    assert unknown.keys() == entered <= set(statements.index[statements["typed"]])
    assert set(unknown.values()) == {True, False}, "a name that was misspelled is known to nobody"
    told = {receipt for receipt in named if statements.loc[receipt, "mention"] == "name"}
    assert len(told) >= len(named) - 1, "but for a namesake"
    assert len(told) > len(statements.query("mention == 'name'")) / 3, "a lower bound, letter by letter"
    assert all(is_gap for receipt, is_gap in (named | cited).items() if receipt not in entered)
    assert not all(named.values())
    counted = {
        (row.fiscal_year, row.gap): (row.application_count, row.gap_count)
        for row in ask(held, "table report.sharing_gap")
    }
    behind: dict[tuple[int, str], list[bool]] = defaultdict(list)
    for row in records:
        behind[row.fiscal_year, row.gap].append(row.is_gap)
    assert counted == {key: (len(found), sum(found)) for key, found in behind.items()}


def test_a_statement_leads_to_whom_it_means(held: Settings, world: Path) -> None:
    """The third route, as far as its clues go: the statements of a month that can be told are told rightly."""
    records = truth.read(world, "records").query("dataset == 'tecs_subjects'")
    person = dict(zip(records["key"], records["person_id"], strict=True))
    statements = truth.read(world, "statements").set_index("receipt_number")["subject_id"].map(person)
    entity = {row.entity: person[row.subject_id] for row in fetch(held.owner_dsn, "table unmasked.subject")}
    found = ask(held, "table report.statement_route")
    assert len({row.application_receipt_number for row in found}) == len(found), "an application leads to one person"
    right = {
        band: [entity[row.entity] == statements[row.application_receipt_number] for row in found if row.band == band]
        for band in ("lead", "review")
    }
    assert len(right["lead"]) > 10
    assert sum(right["lead"]) >= 0.9 * len(right["lead"])
    assert {row.band for row in found if ", " in row.clues} == {"lead"}
    assert all("," not in row.clues for row in found if row.band == "review")


def test_who_reads_the_third_route_sees_whom_it_means_and_no_application(held: Settings) -> None:
    statement = "table report.statement_route"
    whole = {row.entity: row for row in ask(held, statement)}
    for row in fetch(as_role(held.desk_dsn, "investigator"), statement):
        assert row.application_receipt_number.startswith("~"), "a pseudonym"
        assert row.entity in whole
    with pytest.raises(WarehouseError, match="42501"):
        fetch(as_role(held.desk_dsn, "analyst"), statement)


def test_a_victim_leads_from_whom_the_statement_means_to_the_petition_that_brought_her(held: Settings) -> None:
    [told] = ask(
        held,
        """select application_receipt_number, entity, family_name, given_name, date_of_birth, received_on
           from report.statement_route join latest.uscis_t_application as application
           on application.receipt_number = application_receipt_number
           where band = 'lead' and family_name is not null and given_name is not null and date_of_birth is not null
           and application_receipt_number not in (select application_receipt_number from report.statement_petition)
           order by 1 limit 1""",
    )
    [(brought,)] = ask(
        held,
        """select receipt_number from latest.uscis_beneficiary join latest.uscis_petition using (receipt_number)
           where uscis_beneficiary.record_state is distinct from 'cancelled'
           and uscis_petition.record_state is distinct from 'cancelled'
           group by receipt_number having count(*) = 1 order by 1 limit 1""",
    )
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            """update record.uscis_beneficiary set family_name = %s, given_name = %s, date_of_birth = %s
               where receipt_number = %s""",
            [told.family_name, told.given_name, told.date_of_birth, brought],
        )
        cursor.execute(
            "update record.uscis_petition set received_on = %s where receipt_number = %s", [told.received_on, brought]
        )
    found = ask(held, "table report.statement_petition")
    assert (told.entity, told.application_receipt_number, brought) in [tuple(row[:3]) for row in found]
