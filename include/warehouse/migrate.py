"""Migrations of the warehouse, up and down; the views that stand on its tables, and who may see them."""

from collections.abc import Iterable
from pathlib import Path

import psycopg2
from alembic import command
from alembic.config import Config
from psycopg2 import sql
from psycopg2.extensions import encrypt_password, parse_dsn
from psycopg2.extras import NamedTupleCursor
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from include.warehouse.connection import Cursor, query
from include.warehouse.masking import ACCESS, grant, put_masks_on
from include.warehouse.promises import make_contract_views

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(owner_dsn: str, revision: str = "head", views: Iterable[Path] = (), logins: Iterable[str] = ()) -> None:
    """Bring the warehouse to a revision: `head`, `base` or an id; in one transaction, one caller at a time.

    Views are code, not state: their schemas are dropped before and made anew after the migration: those that follow
    from the contracts, then those of the files `views`, in their order (not on the way down: older tables may lack
    their columns). Then masks and grants are made anew.

    `logins`: connection strings whose roles may log in from now on, with the password that is in the string.
    """
    engine = create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(owner_dsn), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(hashtext('crosscheck.migrate'))"))
        connection.exec_driver_sql(query("drop_views"))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        if revision != "head":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
            plain = connection.connection.driver_connection
            assert plain is not None  # noqa: S101 -- the engine has just used it
            with plain.cursor(cursor_factory=NamedTupleCursor) as cursor:
                cursor.execute(query("create_view_schemas"))
                make_contract_views(cursor)
                for view in views:
                    cursor.execute(view.read_text(encoding="utf-8"))
                put_masks_on(cursor)
                grant(cursor)
                for login in logins:
                    _let_in(cursor, login)
    engine.dispose()


def _let_in(cursor: Cursor, login: str) -> None:
    """The password goes over the wire, and into any log, as the verifier that PostgreSQL keeps of it."""
    parts = parse_dsn(login)
    verifier = encrypt_password(parts["password"], parts["user"], cursor.connection, "scram-sha-256")
    statement = sql.SQL(query("set_login", ACCESS))
    cursor.execute(statement.format(role=sql.Identifier(parts["user"]), password=sql.Literal(verifier)))
