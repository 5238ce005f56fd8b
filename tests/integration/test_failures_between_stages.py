"""What fails between the stages, what it says, and how the next try repairs it."""

import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from nights import NO_FSYNC, Screen, collect, night, serve, settings_for
from psycopg2.extensions import make_dsn

from include import pipeline
from include.contracts import dataset_names
from include.extraction.errors import Refusal, TransportError
from include.extraction.landing import Landing
from include.interval import Interval
from include.local.postgres import Postgres
from include.settings import Gateway, Settings
from include.warehouse.connection import WarehouseError, fetch

pytestmark = pytest.mark.integration


def one_line(error: BaseException) -> str:
    text = str(error)
    assert text
    assert "\n" not in text
    return text


def staged_petitions(settings: Settings) -> tuple[pipeline.Run, dict]:
    run = pipeline.open_books(settings, night(30), "test")
    for attempt in range(4):
        try:
            pipeline.extract(settings, run, "uscis_petitions", last_try=attempt == 3)
            break
        except TransportError:
            continue
    return run, pipeline.stage(settings, run, "uscis_petitions")


def test_a_run_whose_opening_was_killed_is_gone_on_with(settings: Settings) -> None:
    """Its task learned no number, and is tried again; a run that is closed or another one is not taken for it."""
    first = pipeline.open_books(settings, night(30), "killed")
    assert pipeline.open_books(settings, night(30), "killed") == first
    others = [pipeline.open_books(settings, night(29), "killed"), pipeline.open_books(settings, night(30), "other")]
    with pytest.raises(pipeline.BooksError):
        pipeline.close_books(settings, first)
    cleared = pipeline.open_books(settings, night(30), "killed")
    assert len({run.run_id for run in (first, *others, cleared)}) == 4


def test_a_wrong_token_is_refused_and_never_shown(settings: Settings) -> None:
    wrong = {agency: Gateway(gateway.url, "not-the-token") for agency, gateway in settings.gateways.items()}
    run = pipeline.open_books(settings, night(30), "test")
    with pytest.raises(Refusal) as refused:
        pipeline.extract(replace(settings, gateways=wrong), run, "tecs_subjects", last_try=False)
    text = one_line(refused.value)
    assert "[tecs_subjects]" in text
    assert "[401]" in text
    assert "not-the-token" not in text
    assert fetch(settings.warehouse_dsn, "select cause from ops.attempt")[0].cause == "401"


def test_a_period_that_the_agency_does_not_export_is_refused(settings: Settings) -> None:
    start = datetime(2031, 1, 1, tzinfo=UTC)
    run = pipeline.open_books(settings, Interval(start, start + timedelta(days=1)), "test")
    with pytest.raises(Refusal, match=r"\[422\]") as refused:
        pipeline.extract(settings, run, "tecs_subjects", last_try=False)
    assert "2031-01-01" in one_line(refused.value)


def test_a_gateway_that_is_down_is_tried_again_and_the_next_try_works(settings: Settings, world: Path) -> None:
    with serve(world) as both:
        pass
    patient = replace(settings, gateways=both, extraction=replace(settings.extraction, resumes=2))
    run = pipeline.open_books(settings, night(30), "test")
    with pytest.raises(TransportError) as down:
        pipeline.extract(patient, run, "tecs_arrests", last_try=False)
    assert "[tecs_arrests]" in one_line(down.value)
    assert Landing(settings.landing).receipts("tecs_arrests", run.interval) == []
    collect(settings, run, "tecs_arrests")
    states = [row.state for row in fetch(settings.warehouse_dsn, "select state from ops.attempt order by attempt")]
    assert states[0] == "failed"
    assert states[-1] == "landed"


def test_postgresql_down_at_load_keeps_nothing_and_the_next_try_loads_once(
    gateways: dict[str, Gateway], tmp_path: Path
) -> None:
    server = Postgres(tmp_path / "server", NO_FSYNC)
    with server.running():
        server.ensure_database("warehouse", "warehouse")
        settings = settings_for(server, "warehouse", tmp_path, gateways)
        pipeline.migrate(settings)
        run, staged = staged_petitions(settings)
    with pytest.raises(WarehouseError) as down:
        pipeline.load(settings, run, "uscis_petitions", staged)
    text = one_line(down.value)
    assert "does not answer" in text
    assert server.password("warehouse") not in text
    with server.running():
        settings = settings_for(server, "warehouse", tmp_path, gateways)
        first = pipeline.load(settings, run, "uscis_petitions", staged)
        again = pipeline.load(settings, run, "uscis_petitions", staged)
        assert first["loaded"] == staged["accepted"] > 0
        assert again == first, "a repeated task counts what its run loaded"
        assert fetch(settings.warehouse_dsn, "select count(*) from record.uscis_petition")[0][0] == first["loaded"]


@pytest.mark.parametrize("stage", ["load", "match"])
def test_killed_in_mid_transaction_nothing_is_kept_and_the_next_try_counts_the_same(
    settings: Settings, stage: str
) -> None:
    run, staged = staged_petitions(settings)
    arguments = (settings, run, "uscis_petitions", staged) if stage == "load" else (settings, run)
    if stage == "match":
        for dataset in dataset_names():
            collect(settings, run, dataset)
    lock = "record.uscis_petition" if stage == "load" else "match.evidence"
    blocker = psycopg2.connect(settings.owner_dsn)
    blocker.cursor().execute(f"lock table {lock} in access exclusive mode")
    program = f"import pickle, sys; from include import pipeline; pipeline.{stage}(*pickle.load(sys.stdin.buffer))"
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(pickle.dumps(arguments))
    process.stdin.close()
    wait_until(lambda: waiting(settings, lock))
    process.send_signal(signal.SIGKILL)
    process.wait()
    blocker.rollback()
    blocker.close()
    table = "record.uscis_petition" if stage == "load" else "match.pair"
    if stage == "match":
        assert fetch(settings.warehouse_dsn, f"select count(*) from {table}")[0][0] == 0
        assert pipeline.match(settings, run)["leads"] > 0
    else:
        assert fetch(settings.warehouse_dsn, f"select count(*) from {table}")[0][0] == 0
        assert pipeline.load(settings, run, "uscis_petitions", staged)["loaded"] == staged["accepted"]


def test_a_database_error_shows_no_value(settings: Settings, screened: Screen) -> None:
    screened(settings, night(30))
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "alter table record.uscis_petitioner add constraint nobody check (family_name is null) not valid"
        )
        cursor.execute("delete from match.evidence; delete from match.pair; delete from record.uscis_petitioner")
    run = pipeline.open_books(settings, night(30), "test")
    with pytest.raises(WarehouseError) as refused:
        collect(settings, run, "uscis_petitioners")
    text = one_line(refused.value)
    assert "23514" in text
    assert "uscis_petitioner.nobody" in text
    names = {
        row[0] for row in fetch(settings.warehouse_dsn, "select name from record.tecs_subject where name is not null")
    }
    assert names
    assert not any(name in text for name in names)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "not-the-password"}, "password authentication failed"),
        ({"dbname": "nowhere"}, 'database "nowhere" does not exist'),
    ],
)
def test_a_login_that_postgresql_refuses_is_not_a_server_that_is_down(
    settings: Settings, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(WarehouseError) as refused:
        pipeline.open_books(replace(settings, warehouse_dsn=make_dsn(settings.warehouse_dsn, **wrong)), night(30), "x")
    text = one_line(refused.value)
    assert said in text
    assert "does not answer" not in text
    assert "not-the-password" not in text


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ("revoke insert on ops.run from crosscheck_etl", "42501", "table run"),
        ("alter table ops.run rename column external_id to other", "42703", '"external_id"'),
        ("alter table ops.run rename to other", "42P01", '"ops.run"'),
    ],
)
def test_a_schema_that_is_not_ours_is_named_and_sent_to_the_migration(
    settings: Settings, change: str, code: str, named: str
) -> None:
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(WarehouseError) as refused:
        pipeline.open_books(settings, night(30), "test")
    text = one_line(refused.value)
    assert f"[{code}]" in text
    assert named in text
    assert "migrate again" in text


def waiting(settings: Settings, table: str) -> bool:
    rows = fetch(
        settings.warehouse_dsn,
        "select count(*) from pg_locks where not granted and relation = to_regclass(%s)",
        [table],
    )
    return rows[0][0] > 0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
