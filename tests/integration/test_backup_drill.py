"""The drill of docs/operations.md: the warehouse is lost with its server, and comes back on another from the dump."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from nights import NO_FSYNC, Screen, night, run_night
from psycopg2.extensions import parse_dsn

from include import pipeline
from include.contracts import load_all
from include.local.postgres import Postgres
from include.reporting.review import Trail, decide, show
from include.reporting.summary import summarise
from include.settings import Settings
from include.warehouse.audit import Reader, read, verify
from include.warehouse.connection import as_role, fetch
from include.warehouse.decisions import unrecorded

pytestmark = pytest.mark.integration

KEY = "kept elsewhere"


def run(server: Postgres, program: str, *arguments: str, stdin: str | None = None) -> str:
    """One of PostgreSQL's own programs, as the superuser."""
    env = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "postgres"}
    env["PGPASSWORD"] = server.password("postgres")
    command = [str(server.bin / program), *arguments]
    done = subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def held(settings: Settings) -> dict[str, list]:
    found = {
        contract.record: fetch(
            settings.owner_dsn, f"select version_id, content_hash from record.{contract.record} order by 1"
        )
        for contract in load_all().values()
    }
    found["lead"] = fetch(
        settings.owner_dsn, "select subject_id, receipt_number, weight from report.lead order by 1, 2"
    )
    found["decision"] = fetch(settings.owner_dsn, "select subject_id, outcome, state from report.decision")
    found["secret"] = fetch(settings.owner_dsn, "select key from access.secret")
    return found


def test_a_dump_restored_on_a_new_server_goes_on_as_if_nothing_had_been(
    server: Postgres, settings: Settings, tmp_path: Path, screened: Screen
) -> None:
    screened(settings, night(29, 2))
    read(settings.desk_dsn, KEY, Reader("ana", "investigator"), "x", {}, "select 1 as x", {})
    lead = fetch(settings.owner_dsn, "select subject_id, receipt_number from report.lead limit 1")[0]._asdict()
    reviewed = Trail(settings.desk_dsn, KEY, Reader("bob", "reviewer"))
    shown = show(reviewed, lead)
    assert shown is not None
    decide(reviewed, lead, "reject", "another person", shown.seal)
    before, database = held(settings), parse_dsn(settings.owner_dsn)["dbname"]
    head, _ = verify(as_role(settings.desk_dsn, "privacy_officer"), KEY)
    roles = run(server, "pg_dumpall", "--roles-only", "--no-role-passwords")
    run(server, "pg_dump", "--format=custom", f"--file={tmp_path / 'warehouse.dump'}", database)

    other = Postgres(tmp_path / "postgres", NO_FSYNC)
    with other.running():
        other.ensure_database("warehouse", "warehouse")
        run(other, "psql", "--quiet", "postgres", stdin=roles)
        run(other, "pg_restore", "--exit-on-error", "--dbname=warehouse", str(tmp_path / "warehouse.dump"))
        restored = replace(
            settings,
            warehouse_dsn=other.dsn("warehouse", "crosscheck_etl"),
            owner_dsn=other.dsn("warehouse", "warehouse"),
            desk_dsn=other.dsn("warehouse", "desk"),
        )
        pipeline.migrate(restored)
        assert held(restored) == before
        assert verify(as_role(restored.desk_dsn, "privacy_officer"), KEY, head) == (head, [])
        assert unrecorded(as_role(restored.desk_dsn, "privacy_officer")) == []
        again = run_night(restored, night(29, 2), "again")
        assert sum(row["loaded"] for row in summarise(restored.warehouse_dsn, again.run_id)["datasets"]) == 0
