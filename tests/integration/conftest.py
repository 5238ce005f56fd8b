"""The real things: an embedded PostgreSQL, two gateways as processes, a small world."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from nights import NO_FSYNC, Screen, make_world, night, run_night, serve, settings_for
from psycopg2 import sql
from psycopg2.extensions import parse_dsn

from include import pipeline
from include.contracts import Contract
from include.interval import Interval
from include.local.postgres import Postgres
from include.quality import suite
from include.settings import Gateway, Settings
from include.warehouse.connection import fetch

CREATE = sql.SQL("create database {} template {} owner warehouse")
DROP = sql.SQL("drop database {} with (force)")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    postgres = Postgres(tmp_path_factory.mktemp("postgres"), NO_FSYNC)
    with postgres.running():
        yield postgres


@pytest.fixture(scope="session")
def template(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated warehouse, copied for each test: a copy takes 50 ms."""
    server.ensure_database("template_warehouse", "warehouse")
    pipeline.migrate(settings_for(server, "template_warehouse", tmp_path_factory.mktemp("unused"), {}))
    return "template_warehouse"


@pytest.fixture
def warehouse(server: Postgres, template: str) -> Iterator[str]:
    """Name of a fresh warehouse."""
    with _copy(server, template) as name:
        yield name


@pytest.fixture(scope="module")
def shared_warehouse(server: Postgres, template: str) -> Iterator[str]:
    """Name of a warehouse that the tests of one file share."""
    with _copy(server, template) as name:
        yield name


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scenario `smoke`: September 2014, all faults on."""
    return make_world(tmp_path_factory.mktemp("worlds") / "smoke", "smoke")


@pytest.fixture(scope="session")
def gateways(world: Path) -> Iterator[dict[str, Gateway]]:
    with serve(world) as both:
        yield both


@pytest.fixture
def settings(server: Postgres, warehouse: str, gateways: dict[str, Gateway], tmp_path: Path) -> Settings:
    return settings_for(server, warehouse, tmp_path, gateways)


@pytest.fixture(scope="session")
def screened(
    server: Postgres, template: str, gateways: dict[str, Gateway], tmp_path_factory: pytest.TempPathFactory
) -> Screen:
    """`run_night` where a warehouse has seen no run: worked once, then its warehouse and files are copied (0.1 s)."""
    kept: dict[tuple[Interval, str], tuple[Settings, pipeline.Run]] = {}

    def screen(settings: Settings, interval: Interval, name: str = "test") -> pipeline.Run:
        if (interval, name) not in kept:
            database = f"screened_{len(kept)}"
            _superuser(server, CREATE, database, template)
            own = settings_for(server, database, tmp_path_factory.mktemp("screened"), gateways)
            kept[interval, name] = own, run_night(own, interval, name)
        own, run = kept[interval, name]
        assert fetch(settings.warehouse_dsn, "select 1 from ops.run") == [], "a copy would take earlier runs away"
        database, original = (parse_dsn(each.warehouse_dsn)["dbname"] for each in (settings, own))
        _superuser(server, DROP, database)
        _superuser(server, CREATE, database, original)
        shutil.copytree(own.landing, settings.landing)
        shutil.copytree(own.staging, settings.staging)
        return run

    return screen


@pytest.fixture(scope="module")
def month(
    server: Postgres,
    shared_warehouse: str,
    gateways: dict[str, Gateway],
    tmp_path_factory: pytest.TempPathFactory,
    screened: Screen,
) -> Settings:
    """A warehouse that holds September 2014, loaded in one run; the tests of one file share it."""
    settings = settings_for(server, shared_warehouse, tmp_path_factory.mktemp("month"), gateways)
    screened(settings, night(1, 30))
    return settings


@pytest.fixture(scope="session", autouse=True)
def judged_once() -> Iterator[None]:
    """Great Expectations says the same of the same bytes and the same contract, and is half of a small night's work: it
    judges each staged table of the session once."""
    judge = suite.validate
    said: dict[tuple[str, bytes], list[suite.ExpectationOutcome]] = {}

    def remembered(contract: Contract, accepted: Path) -> list[suite.ExpectationOutcome]:
        asked = contract.model_dump_json(), accepted.read_bytes()
        if asked not in said:
            said[asked] = judge(contract, accepted)
        return list(said[asked])

    suite.validate = remembered
    yield
    suite.validate = judge


@contextmanager
def _copy(server: Postgres, template: str) -> Iterator[str]:
    name = f"w_{secrets.token_hex(6)}"
    _superuser(server, CREATE, name, template)
    yield name
    _superuser(server, DROP, name)


def _superuser(server: Postgres, statement: sql.SQL, *names: str) -> None:
    connection = psycopg2.connect(server.dsn("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement.format(*map(sql.Identifier, names)))
    connection.close()
