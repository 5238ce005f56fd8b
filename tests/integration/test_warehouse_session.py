"""Transactions of a session share a connection, and none of them notices."""

import pytest

from include.settings import Settings
from include.warehouse.connection import WarehouseError, fetch, session, transaction

pytestmark = pytest.mark.integration


def backend(dsn: str) -> int:
    return fetch(dsn, "select pg_backend_pid() as pid")[0].pid


def test_a_session_logs_in_once(settings: Settings) -> None:
    dsn = settings.warehouse_dsn
    with session(dsn):
        assert backend(dsn) == backend(dsn)
    assert backend(dsn) != backend(dsn)


def test_a_transaction_inside_another_is_its_own(settings: Settings) -> None:
    dsn = settings.warehouse_dsn
    with session(dsn), transaction(dsn) as outer:
        outer.execute("create temporary table seen_by_one on commit drop as select 1 as one")
        with transaction(dsn) as inner:
            inner.execute("select to_regclass('pg_temp.seen_by_one') as it")
            assert inner.fetchone().it is None


def test_a_session_logs_in_again_after_the_server_cut_it_off(settings: Settings) -> None:
    dsn = settings.warehouse_dsn
    with session(dsn):
        before = backend(dsn)
        # as another connection of the same login, which may end its own
        fetch(f"{dsn} application_name=cutter", "select pg_terminate_backend(%s, 5000)", [before])
        assert backend(dsn) != before


@pytest.mark.parametrize(("statement", "error"), [("select 1 / 0", WarehouseError), ("select 1", ValueError)])
def test_what_failed_is_rolled_back_and_the_session_goes_on(
    settings: Settings, statement: str, error: type[Exception]
) -> None:
    dsn = settings.warehouse_dsn
    with session(dsn):
        with pytest.raises(error):
            leave_half_done(dsn, statement)
        assert fetch(dsn, "select to_regclass('pg_temp.half_done') as it")[0].it is None


def leave_half_done(dsn: str, statement: str) -> None:
    with transaction(dsn) as cursor:
        cursor.execute("create temporary table half_done as select 1 as one")
        cursor.execute(statement)
        raise ValueError("an error that is not the database's")
