"""Records in two times: as the source stood at a moment, and as we knew it at one."""

from collections import Counter
from itertools import pairwise
from uuid import UUID

import psycopg2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nights import collect, night, settings_for
from psycopg2 import errors

from include import pipeline
from include.contracts import load_all
from include.contracts.model import references
from include.local.postgres import Postgres
from include.settings import Gateway, Settings
from include.warehouse.connection import fetch, with_settings

pytestmark = pytest.mark.integration

DATASETS = ["uscis_petitions", "uscis_beneficiaries", "tecs_aliases"]
MOMENTS = ["2014-09-05 12:00+00", "2014-09-20 00:00+00", "2014-10-01 00:00+00"]


@pytest.fixture(scope="module")
def held(
    server: Postgres, shared_warehouse: str, gateways: dict[str, Gateway], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, str, list]:
    """Later nights loaded first, then earlier ones; the moment between, and what was the latest then."""
    settings = settings_for(server, shared_warehouse, tmp_path_factory.mktemp("times"), gateways)
    for dataset in DATASETS:
        collect(settings, pipeline.open_books(settings, night(20, 11), "second half"), dataset)
    between = fetch(settings.owner_dsn, "select clock_timestamp()::text as t")[0].t
    then = petitions(settings)
    for dataset in DATASETS:
        collect(settings, pipeline.open_books(settings, night(1, 19), "first half"), dataset)
    return settings, between, then


def at(settings: Settings, **moments: str) -> str:
    """The connection string of sessions that look at a moment."""
    return with_settings(settings.warehouse_dsn, **{f"crosscheck.{name}": moment for name, moment in moments.items()})


def petitions(settings: Settings, **moments: str) -> list:
    chosen = "select receipt_number, content_hash from latest.uscis_petition order by 1"
    return fetch(at(settings, **moments), chosen)


def test_the_source_s_time_is_held_to_the_microsecond_and_in_utc(held: tuple) -> None:
    settings, _, _ = held
    staged = pa.concat_tables(
        pq.read_table(path, columns=["receipt_number", "updated_at", "content_hash"])
        for path in (settings.staging / "uscis_petitions").rglob("accepted.parquet")
    )
    loaded = fetch(settings.owner_dsn, "select receipt_number, updated_at, content_hash from record.uscis_petition")
    found = {(row.receipt_number, row.updated_at, UUID(row.content_hash).bytes) for row in loaded}
    assert found == {tuple(row.values()) for row in staged.to_pylist()}


@pytest.mark.parametrize("moment", MOMENTS)
def test_as_the_source_stood(held: tuple, moment: str) -> None:
    settings, _, _ = held
    wanted = fetch(
        settings.owner_dsn,
        """select receipt_number, (array_agg(content_hash order by updated_at desc, content_hash desc))[1]
           from record.uscis_petition where updated_at <= %s group by 1 order by 1""",
        [moment],
    )
    found = petitions(settings, source_at=moment)
    assert [tuple(row) for row in found] == [tuple(row) for row in wanted]
    assert len(found) > 0
    assert (found == petitions(settings)) == (moment == MOMENTS[-1])


def test_as_we_knew_it(held: tuple) -> None:
    settings, between, then = held
    assert petitions(settings, known_at=between) == then != petitions(settings)
    assert petitions(settings, known_at="2001-01-01") == []
    assert petitions(settings, known_at=between, source_at="2014-09-05 12:00+00") != petitions(
        settings, source_at="2014-09-05 12:00+00"
    )


def test_reports_stand_at_the_same_moments(held: tuple) -> None:
    settings, between, then = held
    history = "select count(distinct receipt_number) as n from report.petition_status_history"
    assert fetch(at(settings, known_at=between), history)[0].n == len(then)
    assert fetch(settings.warehouse_dsn, history)[0].n == len(petitions(settings))


def test_a_moment_that_is_none_is_an_error_and_not_now(held: tuple) -> None:
    settings, _, _ = held
    with psycopg2.connect(settings.warehouse_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("set crosscheck.source_at = 'yesterdayish'")
        with pytest.raises(errors.InvalidDatetimeFormat):
            cursor.execute("select * from latest.uscis_petition")


def test_a_history_of_states_has_no_gap_and_no_repetition(held: tuple) -> None:
    settings, _, _ = held
    rows = fetch(settings.warehouse_dsn, "select * from report.petition_status_history order by receipt_number, since")
    several = 0
    for before, after in pairwise(rows):
        if before.receipt_number == after.receipt_number:
            several += 1
            assert (before.status, before.record_state) != (after.status, after.record_state)
            assert before.until == after.since
        else:
            assert before.until is None
    assert several > 0
    last = {row.receipt_number: row.status for row in rows}
    latest = fetch(settings.warehouse_dsn, "select receipt_number, status from latest.uscis_petition")
    assert last == {row.receipt_number: row.status for row in latest}


def test_orphans_are_counted_and_named(held: tuple) -> None:
    """Of these datasets aliases came without their subjects, beneficiaries nearly all with their petitions."""
    settings, _, _ = held
    counted = {
        (row.dataset, row.column_name): (row.record_count, row.orphan_count)
        for row in fetch(settings.warehouse_dsn, "select * from report.reference")
    }
    wanted = {(c.dataset, column.name) for c, column, _ in references() if c.protection == "none"}
    assert counted.keys() == wanted
    aliases = fetch(settings.warehouse_dsn, "select count(*) as n from latest.tecs_alias")[0].n
    assert counted["tecs_aliases", "subject_id"] == (aliases, aliases)
    beneficiaries, alone = counted["uscis_beneficiaries", "receipt_number"]
    assert 0 <= alone < beneficiaries
    named = fetch(settings.warehouse_dsn, "select dataset, column_name, count(*) as n from report.orphan group by 1, 2")
    assert {(row.dataset, row.column_name): row.n for row in named} == {
        place: orphans for place, (_, orphans) in counted.items() if orphans
    }
    number = fetch(settings.warehouse_dsn, "select missing_key as k from report.orphan where dataset = 'tecs_aliases'")
    known = fetch(settings.warehouse_dsn, "select subject_id from record.tecs_alias")
    assert {row.k for row in number} == {row.subject_id for row in known}


@pytest.mark.parametrize("moment", MOMENTS)
def test_orphans_are_those_of_the_moment(held: tuple, moment: str) -> None:
    """Of each record its latest version alone refers to another, whatever its earlier ones did."""
    settings, _, _ = held
    dsn = at(settings, source_at=moment)
    wanted: Counter[tuple[str, str, str]] = Counter()
    for contract, column, other in references():
        if contract.protection == "none":
            keys = {row.key for row in fetch(dsn, f"select {other.key[0]} as key from latest.{other.record}")}
            told = fetch(dsn, f"select {column.name} as key from latest.{contract.record}")
            wanted.update(
                (contract.dataset, column.name, row.key) for row in told if row.key is not None and row.key not in keys
            )
    found = Counter(tuple(row) for row in fetch(dsn, "select dataset, column_name, missing_key from report.orphan"))
    assert found == wanted
    assert "tecs_aliases" in {dataset for dataset, _, _ in found}


def test_a_version_names_a_load_that_exists(held: tuple) -> None:
    settings, _, _ = held
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        columns = "alias_id, subject_id, updated_at, content_hash, breaches, source_attempt, source_part, source_row"
        values = "'L1', 'S1', now(), gen_random_uuid(), '{}', 1, 'p', 1, 0"
        with pytest.raises(errors.ForeignKeyViolation):
            cursor.execute(f"insert into record.tecs_alias ({columns}, load_id) values ({values})")


def test_every_version_has_both_times(held: tuple) -> None:
    settings, _, _ = held
    for contract in load_all().values():
        counted = fetch(
            settings.owner_dsn,
            f"""select count(*) as n from record.{contract.record}
                where updated_at is null or loaded_at is null or loaded_at < updated_at""",
        )
        assert counted[0].n == 0
