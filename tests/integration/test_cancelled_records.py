"""What leads and the headline say of records that their agency has cancelled."""

import psycopg2
import pytest
from nights import Screen, night

from include.settings import Settings
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

CONVICTED, BROUGHT, ARRESTED = 3, 6, 7  # lines of the headline
OF_OTHERS = {1, 2, 5, 8, 13, 14}  # lines that ask neither for arrests nor for beneficiaries
OF_PETITIONS = 14


def test_a_cancelled_record_stays_a_lead_and_shows_its_state(settings: Settings, screened: Screen) -> None:
    screened(settings, night(1, 30))
    before = leads(settings)
    cancel(settings, "tecs_subject", "uscis_petitioner")
    states = fetch(
        settings.warehouse_dsn,
        "select distinct subject_record_state, petitioner_record_state, petition_record_state from report.lead",
    )
    assert [tuple(row) for row in states] == [("cancelled", "cancelled", "active")]
    assert leads(settings) == before


def test_a_cancelled_arrest_is_none_and_a_cancelled_beneficiary_nobody(settings: Settings, screened: Screen) -> None:
    screened(settings, night(1, 30))
    before, counted = headline(settings), "select max(arrest_count) as a, max(beneficiary_count) as b from report.lead"
    assert min(before[CONVICTED], before[BROUGHT], before[ARRESTED], *fetch(settings.warehouse_dsn, counted)[0]) > 0
    cancel(settings, "tecs_arrest", "uscis_beneficiary")
    assert tuple(fetch(settings.warehouse_dsn, counted)[0]) == (0, 0)
    after = headline(settings)
    assert (after[CONVICTED], after[BROUGHT], after[ARRESTED]) == (0, 0, 0)
    assert {line: after[line] for line in OF_OTHERS} == {line: before[line] for line in OF_OTHERS}


def test_who_was_taken_out_of_every_case_is_nobodys_lead(settings: Settings, screened: Screen) -> None:
    screened(settings, night(1, 30))
    assert leads(settings)
    cancel(settings, "tecs_involvement")
    assert {line for line, value in headline(settings).items() if value} <= {OF_PETITIONS}


def cancel(settings: Settings, *tables: str) -> None:
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"update record.{table} set record_state = 'cancelled'")
            assert cursor.rowcount > 0


def leads(settings: Settings) -> list[tuple]:
    """Who leads to what, and how strongly."""
    rows = fetch(
        settings.warehouse_dsn,
        "select subject_id, receipt_number, band, weight, arrest_count from report.lead order by 1, 2",
    )
    assert rows
    return [tuple(row) for row in rows]


def headline(settings: Settings) -> dict[int, int]:
    return {
        row.line: row.value for row in fetch(settings.warehouse_dsn, "select line, value from report.audit_headline")
    }
