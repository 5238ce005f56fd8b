"""The real things: an embedded PostgreSQL, two gateways as processes, a small world."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from nights import NO_FSYNC, make_world, serve, settings_for
from psycopg2 import sql

from include import pipeline
from include.local.postgres import Postgres
from include.settings import Gateway, Settings


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


@contextmanager
def _copy(server: Postgres, template: str) -> Iterator[str]:
    name = f"w_{secrets.token_hex(6)}"
    _superuser(server, sql.SQL("create database {} template {} owner warehouse"), name, template)
    yield name
    _superuser(server, sql.SQL("drop database {} with (force)"), name)


def _superuser(server: Postgres, statement: sql.SQL, *names: str) -> None:
    connection = psycopg2.connect(server.dsn("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement.format(*map(sql.Identifier, names)))
    connection.close()
