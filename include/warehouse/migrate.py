"""Migrations of the warehouse, up and down, and the views that stand on its tables."""

from collections.abc import Iterable
from pathlib import Path

import psycopg2
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from include.warehouse.connection import query

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(dsn: str, revision: str = "head", views: Iterable[Path] = ()) -> None:
    """Bring the warehouse to a revision: `head`, `base` or an id; in one transaction, one caller at a time.

    Views are code, not state: the schemas `latest` and `report` are dropped before and made anew from the files
    `views`, in their order, after the migration (not on the way down: older tables may lack their columns).
    """
    engine = create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(dsn), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(hashtext('crosscheck.migrate'))"))
        connection.exec_driver_sql(query("drop_views"))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        if revision == "head":
            command.upgrade(config, revision)
            connection.exec_driver_sql(query("create_view_schemas"))
            for view in views:
                connection.exec_driver_sql(view.read_text(encoding="utf-8").replace("%", "%%"))
            connection.exec_driver_sql(query("grant_reader"))
        else:
            command.downgrade(config, revision)
    engine.dispose()
