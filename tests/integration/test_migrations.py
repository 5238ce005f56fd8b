"""Migrations up and down, and tables that say what the contracts say."""

import subprocess
import sys

import psycopg2
import pytest
from nights import collect, night, run_night

from include import pipeline
from include.contracts import load_all
from include.settings import Settings
from include.warehouse.connection import fetch
from include.warehouse.migrate import migrate

pytestmark = pytest.mark.integration

TYPES = {"string": "text", "date": "date", "timestamp": "timestamp with time zone", "integer": "bigint"}


def tables(settings: Settings) -> set[str]:
    rows = fetch(
        settings.warehouse_dsn,
        """select table_schema || '.' || table_name as name from information_schema.tables
           where table_schema in ('ops', 'record', 'quarantine', 'match', 'latest', 'report')""",
    )
    return {row.name for row in rows}


def test_down_and_up_again_gives_the_same_tables_ready_to_load(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(30), "before")
    collect(settings, run, "uscis_petitions")
    held = count(settings)
    before = tables(settings)
    assert {"ops.run", "record.tecs_subject", "quarantine.row", "match.pair", "report.lead"} <= before
    migrate(settings.warehouse_dsn, "base")
    assert tables(settings) == set()
    pipeline.migrate(settings)
    assert tables(settings) == before
    assert count(settings) == 0
    collect(settings, pipeline.open_books(settings, night(30), "after"), "uscis_petitions")
    assert count(settings) == held > 0


def count(settings: Settings) -> int:
    return int(fetch(settings.warehouse_dsn, "select count(*) from record.uscis_petition")[0][0])


def test_a_warehouse_that_is_up_to_date_keeps_its_data(settings: Settings) -> None:
    run_night(settings, night(30))
    held = count(settings)
    leads = fetch(settings.warehouse_dsn, "select count(*) from report.lead")[0][0]
    assert held > 0
    pipeline.migrate(settings)
    assert count(settings) == held
    assert fetch(settings.warehouse_dsn, "select count(*) from report.lead")[0][0] == leads


def test_two_migrations_at_once_wait_for_each_other(settings: Settings) -> None:
    migrate(settings.warehouse_dsn, "base")
    program = (
        "import sys; from include.reporting.views import VIEWS; from include.warehouse.migrate import migrate; "
        "migrate(sys.stdin.read(), views=VIEWS)"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        assert process.stdin is not None
        process.stdin.write(settings.warehouse_dsn)
        process.stdin.close()
    assert [process.wait(60) for process in both] == [0, 0]
    assert "report.lead" in tables(settings)


@pytest.mark.parametrize("dataset", sorted(load_all()))
def test_a_record_table_has_the_columns_of_its_contract(settings: Settings, dataset: str) -> None:
    contract = load_all()[dataset]
    rows = fetch(
        settings.warehouse_dsn,
        """select column_name, data_type, is_nullable from information_schema.columns
           where table_schema = 'record' and table_name = %s order by ordinal_position""",
        [contract.record],
    )
    found = [tuple(row) for row in rows][1 : 1 + len(contract.columns)]
    wanted = [
        (column.name, TYPES[column.type], "NO" if column.required and column.severity == "critical" else "YES")
        for column in contract.columns
    ]
    assert found == wanted


def test_readers_are_granted_the_reports_only(settings: Settings) -> None:
    rows = fetch(
        settings.warehouse_dsn,
        "select distinct table_schema from information_schema.role_table_grants where grantee = 'crosscheck_reader'",
    )
    assert [row.table_schema for row in rows] == ["report"]


def test_no_report_shows_a_protected_column(settings: Settings) -> None:
    """A view of schema `report` that read `uscis_t_applications` would show that an application exists."""
    rows = fetch(
        settings.warehouse_dsn,
        "select view_name from information_schema.view_table_usage where table_name = 'uscis_t_application'",
    )
    assert rows == []


def test_versions_are_unique_by_key_and_content(settings: Settings) -> None:
    run_night(settings, night(30))
    with psycopg2.connect(settings.warehouse_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select receipt_number, content_hash from record.uscis_petition limit 1")
        receipt, digest = cursor.fetchone()
        with pytest.raises(psycopg2.errors.UniqueViolation):
            cursor.execute(
                """insert into record.uscis_petition (receipt_number, form, updated_at, content_hash, breaches,
                       source_attempt, source_part, source_row, load_id)
                   select %s, 'I-130', now(), %s, '{}', 1, 'p', 1, min(load_id) from ops.load""",
                [receipt, digest],
            )
