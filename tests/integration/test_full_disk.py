"""PostgreSQL on disks that are full: what a person reads, and that nothing is lost once there is room."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from nights import NO_FSYNC

from benchmarks.reliability.small_disk import JOURNAL, PostgresOnSmallDisks, SmallDisk, small_disks
from include.warehouse.connection import WarehouseError, fetch

pytestmark = pytest.mark.integration

Place = tuple[PostgresOnSmallDisks, SmallDisk, SmallDisk]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A server, the disk of the tables of its database `small`, and that of its journal."""
    with small_disks(tmp_path / "tables", tmp_path / "journal") as disks:
        if not disks:
            pytest.skip("the kernel gives no namespaces here")
        tables, journal = disks
        server = PostgresOnSmallDisks(tmp_path / "postgres", {**NO_FSYNC, **JOURNAL})
        server.keep_journal_on(journal)
        with server.running():
            execute(server.dsn("postgres"), f"create tablespace small location '{tables.folder}'")
            execute(server.dsn("postgres"), "create database small tablespace small")
            yield server, tables, journal


def execute(dsn: str, statement: str) -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def test_a_connection_that_a_full_disk_refuses_says_so(place: Place) -> None:
    server, tables, _ = place
    tables.fill(0)
    with pytest.raises(WarehouseError, match=r"takes no connection for a full disk \[53100\]; make room"):
        fetch(server.dsn("small"), "select 1")
    tables.free()
    assert fetch(server.dsn("small"), "select 1") == [(1,)]


def test_a_server_whose_journal_is_full_stops_and_keeps_what_was_committed(place: Place) -> None:
    server, _, journal = place
    dsn = server.dsn("small")
    execute(dsn, "create table kept as select generate_series(1, 1000) as n")
    journal.fill(0)
    with pytest.raises(psycopg2.OperationalError):
        execute(dsn, "create table lost as select generate_series(1, 1000000) as n")
    while server.pid is not None:  # it tries to recover by itself first, for which there is no room either
        time.sleep(0.05)
    journal.free()
    with server.running():
        again = server.dsn("small")
        assert fetch(again, "select count(*) from kept") == [(1000,)]
        assert fetch(again, "select to_regclass('lost')") == [(None,)]
