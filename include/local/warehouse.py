"""The warehouse of a world: made, brought up to date, asked."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from include.local.home import CHECKOUT, Home, World
from include.local.processes import run
from include.warehouse.connection import as_role

OWNER, PIPELINE, PAGES = "warehouse", "crosscheck_etl", "desk"  # logins of the warehouse: schema, stages, pages
ROLES = ["analyst", "investigator", "reviewer", "privacy_officer", PIPELINE, "owner"]  # as whom one may ask it here


@contextmanager
def warehouse(home: Home, world: World) -> Iterator[str]:
    """The warehouse of a world, migrated; the connection string of the pipeline's login.

    PostgreSQL runs as long as the block does.
    """
    with home.postgres.running() as server:
        database = world.warehouse
        server.ensure_database(database, OWNER)
        stamp = world.folder / "warehouse.stamp"
        wanted = _fingerprint(*(CHECKOUT / "include" / room for room in ("warehouse", "reporting/sql", "contracts")))
        if not stamp.exists() or stamp.read_text() != wanted:
            # in a process of its own: a command that runs for minutes would keep the 50 MB that migrating takes
            logins = {login: server.dsn(database, login) for login in (OWNER, PIPELINE, PAGES)}
            environment = {**os.environ, **logins, "PYTHONPATH": str(CHECKOUT)}
            run([sys.executable, "-m", __name__], environment, world.logs / "migrate.log", CHECKOUT)
            stamp.write_text(wanted)
        yield server.dsn(database, PIPELINE)


def connection_string(home: Home, world: World, role: str) -> str:
    """To ask the warehouse of a world as `role`: one of `ROLES`."""
    if role not in ROLES:
        raise ValueError(f"role [{role}] is none of {', '.join(ROLES)}")
    login = {PIPELINE: PIPELINE, "owner": OWNER}.get(role)
    if login:
        return home.postgres.dsn(world.warehouse, login)
    return as_role(home.postgres.dsn(world.warehouse, PAGES), role)


def _fingerprint(*folders: Path) -> str:
    """Changes when a file of the folders does."""
    from hashlib import sha256

    digest = sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".sql", ".py", ".yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _migrate() -> None:
    """What this module does as a command; it finds the connection strings in its environment, by login."""
    from include.reporting.views import VIEWS
    from include.warehouse.migrate import migrate

    migrate(os.environ[OWNER], views=VIEWS, logins=[os.environ[PIPELINE], os.environ[PAGES]])


if __name__ == "__main__":
    _migrate()
