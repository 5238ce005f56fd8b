"""Runs take turns at what they load and at matching, and nobody else is in their way."""

from contextlib import closing

import psycopg2
import pytest
from psycopg2 import errors

from include.settings import Settings
from include.warehouse.connection import Cursor, as_role, query, transaction

pytestmark = pytest.mark.integration

NO_WAIT = "set local lock_timeout = 50"  # ms; a lock that is held is held for as long as the test looks
MODES = [
    *("row share", "row exclusive", "share update exclusive"),
    *("share", "share row exclusive", "exclusive", "access exclusive"),
]


def take(cursor: Cursor, what: str) -> None:
    cursor.execute(query("take_turn"), {"what": what})


@pytest.mark.parametrize("was_there", [False, True], ids=["the first time", "again"])
def test_a_turn_is_held_until_its_transaction_ends(settings: Settings, was_there: bool) -> None:
    if was_there:
        with transaction(settings.warehouse_dsn) as cursor:
            take(cursor, "match")
    with closing(psycopg2.connect(settings.warehouse_dsn)) as holder, holder.cursor() as first:
        take(first, "match")
        take(first, "match")
        with closing(psycopg2.connect(settings.warehouse_dsn)) as other, other.cursor() as second:
            second.execute(NO_WAIT)
            take(second, "uscis_petitions")
            with pytest.raises(errors.LockNotAvailable):
                take(second, "match")
        holder.rollback()  # a run that dies
    with transaction(settings.warehouse_dsn) as cursor:
        cursor.execute(NO_WAIT)
        take(cursor, "match")


@pytest.mark.parametrize("role", ["analyst", "investigator", "reviewer", "privacy_officer", "desk"])
def test_no_other_login_can_keep_runs_waiting(settings: Settings, role: str) -> None:
    with transaction(settings.warehouse_dsn) as cursor:
        take(cursor, "match")
    dsn = settings.desk_dsn if role == "desk" else as_role(settings.desk_dsn, role)
    with closing(psycopg2.connect(dsn)) as reader, reader.cursor() as held:
        for way in [
            "insert into ops.turn (what) values ('match')",
            "update ops.turn set what = what",
            "delete from ops.turn",
            "select * from ops.turn for update",
            "select * from ops.turn for key share",
            *(f"lock table ops.turn in {mode} mode" for mode in MODES),
        ]:
            with pytest.raises(errors.InsufficientPrivilege):
                held.execute(way)
            reader.rollback()
        if role in ("analyst", "investigator", "reviewer"):
            held.execute("lock table ops.turn in access share mode; select * from ops.turn")
        with transaction(settings.warehouse_dsn) as cursor:
            cursor.execute(NO_WAIT)
            take(cursor, "match")
