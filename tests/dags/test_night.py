"""Nights as the user runs them: the command, a real scheduler, faults on, components killed in mid-night."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg2
import pyarrow.parquet as pq
import pytest

from include.contracts import dataset_names, load_all
from include.contracts.model import Pii
from include.local.home import World
from include.warehouse.connection import fetch
from tests.dags.machine import CHECKOUT, Machine

pytestmark = [pytest.mark.night, pytest.mark.timeout(1800)]

BEGAN = time.monotonic()  # of this file's tests: no command of theirs can have taken longer


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def first_night(machine: Machine) -> tuple[int, str, str]:
    return machine.run("nightly")


def test_the_command_screens_the_last_night(machine: Machine, first_night: tuple[int, str, str]) -> None:
    status, out, err = first_night
    assert status == 0, err + out
    assert "books closed" in out
    assert "\x1b[" not in out, "colours belong on a terminal only"
    assert "screening the night of 2014-09-30" in err
    for name in dataset_names():
        assert name in out


def test_the_summary_follows_its_schema_and_adds_up(machine: Machine, first_night: tuple[int, str, str]) -> None:
    checked = subprocess.run(
        [
            Path(sys.executable).with_name("check-jsonschema"),
            "--schemafile",
            "docs/summary.schema.json",
            machine.home.summary,
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    summary = machine.summary()
    assert summary["books_closed"] is True
    assert summary["leads_in_warehouse"] > 0
    for row in summary["datasets"]:
        assert row["received"] == row["loaded"] + row["duplicate"] + row["quarantined"]
    assert summary["wall_seconds"] >= summary["pipeline_seconds"] + summary["airflow_overhead_seconds"] - 0.2
    assert summary["start_seconds"] + summary["history_seconds"] <= summary["wall_seconds"] + 0.2  # each is rounded
    assert summary["wall_seconds"] <= time.monotonic() - BEGAN
    assert set(summary["stages"]) == {"extract", "stage", "validate", "load", "match", "resolve", "report"}


def test_faults_were_met_and_overcome(machine: Machine, first_night: tuple[int, str, str]) -> None:
    failed = machine.sql("select dataset, attempt, cause from ops.attempt where state = 'failed'")
    landed = {row["dataset"] for row in machine.sql("select dataset from ops.attempt where state = 'landed'")}
    assert failed, "the scenario lets an export job fail on the last night: a red try, then a green one"
    assert landed == set(dataset_names())


def test_nights_repeated_on_a_stack_that_is_up_change_no_row(
    machine: Machine, first_night: tuple[int, str, str]
) -> None:
    before = contents(machine)
    with machine.up():
        status, out, err = machine.run("nightly")
        assert status == 0, err + out
        assert "joining the stack that runs at" in err
        assert "no history" not in err
        assert contents(machine) == before
        assert sum(row["loaded"] for row in machine.summary()["datasets"]) == 0
        status, out, err = machine.run("backfill", "--from", "2014-09-10", "--to", "2014-09-11")
        assert status == 0, err + out
    assert re.findall(r"^(2014-09-\d\d)  closed", out, re.MULTILINE) == ["2014-09-10", "2014-09-11"]
    assert contents(machine) == before


def test_an_audit_of_a_month_that_the_nights_hold_changes_no_row(
    machine: Machine, first_night: tuple[int, str, str]
) -> None:
    before = contents(machine)
    status, out, err = machine.run("audit")
    found = json.loads(machine.home.audit.read_text())
    assert status == (0 if found["agrees"] else 1), err
    assert [line["line"] for line in found["headline"]] == [1, 3, 4, 5, 6, 7]
    assert found["headline"][0]["truth"] > 0
    assert found["months"] == 1
    assert found["months_not_closed"] == []
    assert found["cpu_seconds"]["tasks"] > 0
    assert 0 < found["start_seconds"] + found["backfill_seconds"] <= found["wall_seconds"] + 0.2  # each is rounded
    held = found["peak_mib_by_component"]
    assert {"tasks", "scheduler", "api-server", "dag-processor", "PostgreSQL", "this command"} < set(held)
    assert abs(sum(held.values()) - found["peak_mib"]) < len(held)  # each is rounded
    assert 0 < found["peak_mib"] < 2048
    assert "subjects of trafficking investigations" in out
    assert contents(machine) == before


def test_no_personal_data_in_logs_or_xcom(machine: Machine, first_night: tuple[int, str, str]) -> None:
    """Every value of a direct identifier that the agencies hold is looked for in every log and in every XCom."""
    secret = personal_values(machine.world.agencies)
    assert len(secret) > 1000
    texts = {path: path.read_text(errors="replace") for path in log_files(machine.world)}
    texts[Path("xcom")] = xcoms(machine)
    texts[Path("screen")] = first_night[1] + first_night[2]
    assert len(texts) > 50
    leaks = [(path.name, len(found)) for path, text in texts.items() if (found := words(text) & secret)]
    assert leaks == []
    for token in ("tecs_token", "uscis_token", "airflow_password", "airflow_jwt"):
        assert not [path.name for path, text in texts.items() if machine.home.secret(token) in text]


def test_killed_in_mid_night_nothing_is_lost_or_doubled(
    machine: Machine, first_night: tuple[int, str, str], tmp_path: Path
) -> None:
    """The scheduler killed in the run that loads history, PostgreSQL in what goes on after it."""
    other = Machine(tmp_path / "home")
    for victim, loaded in (("scheduler", 3), ("postgres", 12)):
        process = other.start("nightly")
        wait_until(lambda enough=loaded: loads(other) >= enough, process)
        kill(process, other, victim)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 1, err + out
        assert re.search(r"^crosscheck: .*(ended|does not answer|Airflow refused)", err, re.MULTILINE), err
        assert "Traceback" not in err
    status, out, err = other.run("nightly")
    assert status == 0, err + out
    assert "going on with run" in err
    assert contents(other) == contents(machine)


def contents(machine: Machine) -> dict[str, list[tuple]]:
    """The warehouse without surrogate keys, run numbers and clocks."""
    statements = {
        "lead": """select subject_id, receipt_number, band, round(weight::numeric, 9) as weight, entity from report.lead
                   order by subject_id, receipt_number""",
        "pairs": "select count(*), round(sum(weight)::numeric, 6) as weight from match.pair",
        "quarantine": "select dataset, reasons, count(*) as rows from quarantine.row group by 1, 2 order by 1, 2",
    }
    for contract in load_all().values():
        key = ", ".join(contract.key)
        statements[contract.record] = (
            f"select {key}, content_hash from record.{contract.record} order by {key}, content_hash"
        )
    with machine.warehouse() as dsn:
        return {name: fetch(dsn, statement) for name, statement in statements.items()}


def personal_values(agencies: Path) -> set[str]:
    """Words of names and whole identifiers, of eight letters and more: shorter ones stand in logs by chance."""
    found: set[str] = set()
    for contract in load_all().values():
        columns = [c.source for c in contract.columns if c.pii is Pii.DIRECT and c.name != "narrative"]
        table = pq.read_table(agencies / "source" / f"{contract.dataset}.parquet", columns=columns)
        for column in table.columns:
            for value in column.to_pylist():
                found |= words(value or "")
    return found - words("UNKNOWN REDACTED organisation organization")


def words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", text.upper()) if len(word) >= 8}


def log_files(world: World) -> list[Path]:
    logs = [path for folder in (world.logs, world.airflow / "logs") for path in folder.rglob("*") if path.is_file()]
    assert any("collect.extract" in str(path) for path in logs)
    return logs


def xcoms(machine: Machine) -> str:
    with machine.home.postgres.running() as server:
        connection = psycopg2.connect(server.dsn(f"airflow_{machine.world.name}"))
        with connection.cursor() as cursor:
            cursor.execute("select string_agg(value::text, ' ') from xcom")
            text: str = cursor.fetchone()[0]
        connection.close()
    assert "run_id" in text
    return text


def loads(machine: Machine) -> int:
    if machine.home.postgres.port is None:
        return 0
    try:
        connection = psycopg2.connect(machine.home.postgres.dsn(f"warehouse_{machine.world.name}"))
    except psycopg2.OperationalError:
        return 0
    try:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from ops.load")
            return cursor.fetchone()[0]
    except psycopg2.Error:
        return 0
    finally:
        connection.close()


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 600
    while not condition():
        assert process.poll() is None, "the command ended too early"
        assert time.monotonic() < deadline
        time.sleep(0.1)


def kill(process: subprocess.Popen[str], machine: Machine, victim: str) -> None:
    if victim == "postgres":
        pid = int((machine.home.postgres.data / "postmaster.pid").read_text().splitlines()[0])
    else:
        children = psutil.Process(process.pid).children()
        pid = next(child.pid for child in children if victim in " ".join(child.cmdline()))
    os.kill(pid, signal.SIGKILL)
