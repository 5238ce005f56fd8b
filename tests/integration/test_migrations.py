"""Migrations up and down, and tables that say what the contracts say."""

import hashlib
import subprocess
import sys

import psycopg2
import pyarrow.parquet as pq
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from nights import Screen, collect, night, run_night

from include import pipeline
from include.contracts import load_all
from include.quality.hashing import encode
from include.settings import Settings
from include.warehouse.connection import fetch
from include.warehouse.migrate import MIGRATIONS, migrate

pytestmark = pytest.mark.integration

OURS = {"version_id", "content_hash", "breaches", "source_attempt", "source_part", "source_row", "load_id", "loaded_at"}
TYPES = {"string": "text", "date": "date", "timestamp": "timestamp with time zone", "integer": "bigint"}


def tables(settings: Settings) -> set[str]:
    rows = fetch(
        settings.owner_dsn,
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
    migrate(settings.owner_dsn, "base")
    assert tables(settings) == set()
    pipeline.migrate(settings)
    assert tables(settings) == before
    assert count(settings) == 0
    collect(settings, pipeline.open_books(settings, night(30), "after"), "uscis_petitions")
    assert count(settings) == held > 0


def count(settings: Settings) -> int:
    return int(fetch(settings.owner_dsn, "select count(*) from record.uscis_petition")[0][0])


def shape(settings: Settings) -> set[tuple]:
    """Every column, index and comment of the tables of schema `record`."""
    rows = fetch(
        settings.owner_dsn,
        """select table_name, column_name, data_type, is_nullable from information_schema.columns
               where table_schema = 'record'
           union all select tablename, indexname, indexdef, '' from pg_indexes where schemaname = 'record'
           union all select relname, obj_description(oid), '', '' from pg_class
               where relnamespace = 'record'::regnamespace and relkind = 'r'""",
    )
    return {tuple(row) for row in rows}


def versions(settings: Settings) -> dict[str, list[tuple]]:
    """The versions that are held, by record table; of their hashes the half that every revision has."""
    dsn = settings.owner_dsn
    held = fetch(dsn, "select tablename from pg_tables where schemaname = 'record'")
    half = "left(replace(content_hash::text, '-', ''), 32)"
    return {
        row.tablename: fetch(dsn, f"select version_id, {half}, load_id from record.{row.tablename} order by 1")
        for row in held
    }


def test_from_contracts_1_1_down_to_1_0_and_up_again_keeps_every_version(settings: Settings, screened: Screen) -> None:
    screened(settings, night(1, 30))
    before, shape_before = versions(settings), shape(settings)
    members = before.pop("uscis_t_family_member")
    assert all(before.values())
    migrate(settings.owner_dsn, "0001")
    assert versions(settings) == before
    went_down = shape(settings)
    pipeline.migrate(settings)
    assert versions(settings) == {**before, "uscis_t_family_member": []}
    assert shape(settings) == shape_before
    states = fetch(settings.owner_dsn, "select distinct record_state from record.tecs_subject")
    assert [row.record_state for row in states] == [None]

    run_night(settings, night(1, 30), "again")
    assert {**versions(settings), "uscis_t_family_member": []} == {**before, "uscis_t_family_member": []}
    assert len(versions(settings)["uscis_t_family_member"]) == len(members)

    migrate(settings.owner_dsn, "base")
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        for statement in sorted((MIGRATIONS / "v0001").glob("*.sql")):
            cursor.execute(statement.read_text(encoding="utf-8"))
    assert went_down == shape(settings)


def test_every_step_down_and_up_again_keeps_what_is_held(settings: Settings, screened: Screen) -> None:
    """A stairway with data in place: each revision is taken back and made again.

    What 0003 sealed cannot be read below it: it is removed, and the next run over the night brings it back.
    """
    screened(settings, night(29, 2))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert len(steps) >= 4
    kept, shaped, books = versions(settings), shape(settings), counts(settings)
    assert all(kept.values())
    assert min(books.values()) > 0
    sealed = books["quarantine.row"]
    for step in steps:
        if step.down_revision is not None:
            migrate(settings.owner_dsn, str(step.down_revision))
            there = versions(settings)
            assert there == {table: kept[table] for table in there}
            pipeline.migrate(settings)
            kept = {table: there.get(table, []) for table in kept}
            if step.revision == "0003":
                books["quarantine.row"] = 0
            assert (versions(settings), shape(settings), counts(settings)) == (kept, shaped, books), step.revision
    run_night(settings, night(29, 2), "again")
    assert {**versions(settings), "uscis_t_family_member": []} == {**kept, "uscis_t_family_member": []}
    assert counts(settings)["quarantine.row"] == sealed


def test_below_0028_versions_have_the_whole_hash_that_older_code_gave_them(
    settings: Settings, screened: Screen
) -> None:
    """SHA-256 of what was staged, in digits; of a version that was not held as it was staged, the half."""
    screened(settings, night(1, 30))
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update record.tecs_subject set sex = 'X' where version_id = 1 returning content_hash")
        [changed] = cursor.fetchone() or [""]
    migrate(settings.owner_dsn, "0025")
    for dataset, contract in load_all().items():
        wanted = set()
        for path in (settings.staging / dataset).rglob("accepted.parquet"):
            content = encode(pq.read_table(path), contract.names).to_pylist()
            wanted |= {hashlib.sha256(text.encode()).hexdigest() for text in content}
        assert wanted
        if dataset == "tecs_subjects":
            [whole] = {digits for digits in wanted if digits.startswith(changed.replace("-", ""))}
            wanted = wanted - {whole} | {whole[:32]}
        held = fetch(settings.owner_dsn, f"select content_hash from record.{contract.record}")
        assert {row.content_hash for row in held} == wanted


def counts(settings: Settings) -> dict[str, int]:
    """How much there is of what is no version."""
    tables = ["ops.run", "ops.attempt", "ops.load", "quarantine.row", "match.pair", "match.evidence", "match.entity"]
    return {table: fetch(settings.owner_dsn, f"select count(*) as n from {table}")[0].n for table in tables}


def test_a_warehouse_that_is_up_to_date_keeps_its_data(settings: Settings, screened: Screen) -> None:
    screened(settings, night(30))
    held = count(settings)
    leads = fetch(settings.owner_dsn, "select count(*) from report.lead")[0][0]
    assert held > 0
    pipeline.migrate(settings)
    assert count(settings) == held
    assert fetch(settings.owner_dsn, "select count(*) from report.lead")[0][0] == leads


def test_two_migrations_at_once_wait_for_each_other(settings: Settings) -> None:
    migrate(settings.owner_dsn, "base")
    program = (
        "import sys; from include.reporting.views import VIEWS; from include.warehouse.migrate import migrate; "
        "migrate(sys.stdin.read(), views=VIEWS)"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        assert process.stdin is not None
        process.stdin.write(settings.owner_dsn)
        process.stdin.close()
    assert [process.wait() for process in both] == [0, 0]
    assert "report.lead" in tables(settings)


@pytest.mark.parametrize("dataset", sorted(load_all()))
def test_a_record_table_has_the_columns_of_its_contract(settings: Settings, dataset: str) -> None:
    contract = load_all()[dataset]
    rows = fetch(
        settings.owner_dsn,
        """select column_name, data_type, is_nullable from information_schema.columns
           where table_schema = 'record' and table_name = %s and is_generated = 'NEVER'""",
        [contract.record],
    )
    wanted = {
        (column.name, TYPES[column.type], "NO" if column.required and column.severity == "critical" else "YES")
        for column in contract.columns
    }
    assert {tuple(row) for row in rows if row.column_name not in OURS} == wanted
    assert {row.column_name for row in rows} >= OURS


@pytest.mark.parametrize("dataset", sorted(load_all()))
def test_a_record_table_names_its_contract(settings: Settings, dataset: str) -> None:
    contract = load_all()[dataset]
    rows = fetch(settings.owner_dsn, "select obj_description(%s::regclass) as comment", [f"record.{contract.record}"])
    assert rows[0].comment.startswith(f"Contract {dataset} {contract.version}.")
    assert ("PROTECTED: 8 U.S.C. 1367." in rows[0].comment) == (contract.protection == "8_usc_1367")


def test_who_is_granted_what_schema(settings: Settings) -> None:
    rows = fetch(
        settings.owner_dsn,
        """select grantee, array_agg(distinct table_schema::text order by table_schema::text) as schemas
           from information_schema.role_table_grants
           where grantee <> 'warehouse' and table_schema not in ('pg_catalog', 'information_schema')
           group by grantee""",
    )
    assert {row.grantee: row.schemas for row in rows} == {
        "crosscheck_etl": ["latest", "match", "ops", "quarantine", "record", "report"],
        "crosscheck_steward": ["quarantine"],
        "analyst": ["ops", "report"],
        "investigator": ["ops", "report"],
        "privacy_officer": ["audit", "match"],
        "reviewer": ["match"],
        "desk": ["audit"],
    }


def test_versions_are_unique_by_key_and_content(settings: Settings, screened: Screen) -> None:
    screened(settings, night(30))
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select receipt_number, updated_at, content_hash from record.uscis_petition limit 1")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            cursor.execute(
                """insert into record.uscis_petition (receipt_number, form, updated_at, content_hash, breaches,
                       source_attempt, source_part, source_row, load_id)
                   select %s, 'I-130', %s, %s, '{}', 1, 'p', 1, min(load_id) from ops.load""",
                cursor.fetchone(),
            )
