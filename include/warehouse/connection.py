"""Connections to the warehouse, and the queries of `.sql` files."""

import errno
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import errorcodes
from psycopg2.extensions import connection as Connection  # noqa: N812 -- a class that psycopg2 spells in lower case
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- the same
from psycopg2.extras import NamedTupleCursor

__all__ = [
    "Cursor",
    "ForbiddenError",
    "WarehouseError",
    "as_role",
    "fetch",
    "query",
    "row",
    "session",
    "transaction",
    "with_settings",
]

SQL = Path(__file__).parent / "sql"
CONNECT_SECONDS = 10  # a server that does not answer on loopback or a local network within this is down
# What PostgreSQL says of these names roles, tables and columns, never a value
OTHER_SCHEMA = {
    errorcodes.INSUFFICIENT_PRIVILEGE,
    errorcodes.UNDEFINED_TABLE,
    errorcodes.UNDEFINED_COLUMN,
    errorcodes.UNDEFINED_FUNCTION,
    errorcodes.INVALID_SCHEMA_NAME,
}


class WarehouseError(RuntimeError):
    """The warehouse cannot be used. One line; never holds a row or a password."""


class ForbiddenError(WarehouseError):
    """It can, and the role that asked has no right to what it asked for."""


@cache
def query(name: str, folder: Path = SQL) -> str:
    """Text of `<folder>/<name>.sql`."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def session(dsn: str) -> Iterator[None]:
    """Transactions of the block share one connection: to log in costs both sides more than most of what is asked."""
    held = _Held(dsn)
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
        held.close()


@contextmanager
def transaction(dsn: str) -> Iterator[Cursor]:
    """One connection, one transaction: committed at the end, rolled back on an exception.

    Database errors are re-raised as `WarehouseError` with their SQLSTATE only: PostgreSQL quotes rows in its messages.
    """
    held = _held.get()
    keeper = held if held is not None and held.dsn == dsn else None
    connection = (keeper.take() if keeper else None) or _connect(dsn)
    try:
        with connection, connection.cursor(cursor_factory=NamedTupleCursor) as cursor:
            yield cursor
    except psycopg2.Error as error:
        connection.close()
        raise _without_values(error) from None
    finally:
        if keeper:
            keeper.give(connection)
        else:
            connection.close()


class _Held:
    """The connection that a session keeps between its transactions; while one uses it, another opens its own."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._idle: Connection | None = None

    def take(self) -> Connection | None:
        """The connection if it is there and still answers: the server may have been restarted meanwhile."""
        connection, self._idle = self._idle, None
        if connection is None:
            return None
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("select")
        except psycopg2.Error:
            connection.close()
            return None
        return connection

    def give(self, connection: Connection) -> None:
        """Keep it for the next transaction, unless one is kept or it is of no more use."""
        if self._idle is None and not connection.closed:
            self._idle = connection
        else:
            connection.close()

    def close(self) -> None:
        if self._idle is not None:
            self._idle.close()


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


def fetch(dsn: str, statement: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
    """All rows of a query, as named tuples."""
    with transaction(dsn) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def row(cursor: Cursor) -> Any:
    """The one row of an aggregate or of an insert that returns, as a named tuple."""
    found = cursor.fetchone()
    if found is None:
        raise WarehouseError("a statement that gives one row gave none; see the `.sql` file that the trace names")
    return found


def as_role(dsn: str, role: str) -> str:
    """The connection string of a login that takes a role as it connects."""
    return with_settings(dsn, role=role)


def with_settings(dsn: str, **settings: str) -> str:
    """The connection string of sessions that begin with these settings."""
    before = psycopg2.extensions.parse_dsn(dsn).get("options", "")
    escaped = {name: value.replace("\\", "\\\\").replace(" ", "\\ ") for name, value in settings.items()}
    options = " ".join([before, *(f"-c {name}={value}" for name, value in escaped.items())]).strip()
    return psycopg2.extensions.make_dsn(dsn, options=options)


def _connect(dsn: str) -> Connection:
    options = f"{psycopg2.extensions.parse_dsn(dsn).get('options', '')} -c timezone=UTC"
    try:
        return psycopg2.connect(dsn, connect_timeout=CONNECT_SECONDS, options=options, application_name="crosscheck")
    except psycopg2.OperationalError as error:
        host = psycopg2.extensions.parse_dsn(dsn)
        where = f"{host.get('host', '')}:{host.get('port', '5432')}/{host.get('dbname', '')}"
        if os.strerror(errno.ENOSPC) in str(error):  # a new connection writes as well; psycopg2 knows no SQLSTATE here
            raise WarehouseError(
                f"warehouse [{where}] takes no connection for a full disk [{errorcodes.DISK_FULL}]; "
                "make room on PostgreSQL's disk, then clear the task"
            ) from None
        if said := re.search(r"FATAL:\s+(.*)", str(error)):  # of roles, databases and settings: no password
            raise WarehouseError(
                f"warehouse [{where}] answers and lets nobody in: [{said[1]}]; mend that, or the connection "
                "`warehouse`, then clear the task"
            ) from None
        raise WarehouseError(
            f"warehouse [{where}] does not answer ({type(error).__name__}); "
            "see whether PostgreSQL runs and the connection `warehouse` is right, then clear the task"
        ) from None


def _without_values(error: psycopg2.Error) -> WarehouseError:
    diagnosis = error.diag
    place = ".".join(p for p in (diagnosis.schema_name, diagnosis.table_name, diagnosis.constraint_name) if p)
    kind, way_on = WarehouseError, "clear the task to repeat it"
    if error.pgcode in OTHER_SCHEMA:
        place = diagnosis.message_primary or ""
        way_on = "migrate again, which brings the schema to what this version expects, then clear the task"
    if error.pgcode == errorcodes.INSUFFICIENT_PRIVILEGE:
        kind = ForbiddenError
    return kind(
        f"warehouse refused with SQLSTATE [{error.pgcode or 'connection lost'}] {type(error).__name__}"
        f"{f' at [{place}]' if place else ''}; nothing of the transaction was kept; {way_on}"
    )
