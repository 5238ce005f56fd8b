"""Connections to the warehouse, and the queries of `.sql` files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 -- a class that psycopg2 spells in lower case
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- the same
from psycopg2.extras import NamedTupleCursor

__all__ = ["Cursor", "WarehouseError", "as_role", "fetch", "query", "row", "transaction", "with_settings"]

SQL = Path(__file__).parent / "sql"
CONNECT_SECONDS = 10  # a server that does not answer on loopback or a local network within this is down


class WarehouseError(RuntimeError):
    """The warehouse cannot be used. One line; never holds a row or a password."""


@cache
def query(name: str, folder: Path = SQL) -> str:
    """Text of `<folder>/<name>.sql`."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def transaction(dsn: str) -> Iterator[Cursor]:
    """One connection, one transaction: committed at the end, rolled back on an exception.

    Database errors are re-raised as `WarehouseError` with their SQLSTATE only: PostgreSQL quotes rows in its messages.
    """
    connection = _connect(dsn)
    try:
        with connection, connection.cursor(cursor_factory=NamedTupleCursor) as cursor:
            yield cursor
    except psycopg2.Error as error:
        raise _without_values(error) from None
    finally:
        connection.close()


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
        raise WarehouseError(
            f"warehouse [{where}] does not answer ({type(error).__name__}); "
            "see whether PostgreSQL runs and the connection `warehouse` is right, then clear the task"
        ) from None


def _without_values(error: psycopg2.Error) -> WarehouseError:
    diagnosis = error.diag
    place = ".".join(p for p in (diagnosis.schema_name, diagnosis.table_name, diagnosis.constraint_name) if p)
    return WarehouseError(
        f"warehouse refused with SQLSTATE [{error.pgcode or 'connection lost'}] {type(error).__name__}"
        f"{f' at [{place}]' if place else ''}; nothing of the transaction was kept; clear the task to repeat it"
    )
