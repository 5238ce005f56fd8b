"""The real things: an embedded PostgreSQL, two gateways as processes, a small world."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from include import pipeline
from include.contracts import dataset_names
from include.extraction.errors import IncompleteExport, TransportError
from include.interval import Interval
from include.local.postgres import Postgres
from include.settings import Extraction, Gateway, Settings

CHECKOUT = Path(__file__).parents[2]
TRIES = 4  # as in the DAG: one try and three retries
NO_FSYNC = {"fsync": "off", "synchronous_commit": "off"}  # a test's data need not survive a power cut


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    postgres = Postgres(tmp_path_factory.mktemp("postgres"), NO_FSYNC)
    with postgres.running():
        yield postgres


@pytest.fixture(scope="session")
def template(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated warehouse, copied for each test: a copy takes 50 ms."""
    server.ensure_database("template_warehouse", "warehouse")
    pipeline.migrate(_settings(server, "template_warehouse", tmp_path_factory.mktemp("unused"), {}))
    return "template_warehouse"


@pytest.fixture
def warehouse(server: Postgres, template: str) -> Iterator[str]:
    """Name of a fresh warehouse."""
    name = f"w_{secrets.token_hex(6)}"
    _superuser(server, sql.SQL("create database {} template {} owner warehouse"), name, template)
    yield name
    _superuser(server, sql.SQL("drop database {} with (force)"), name)


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
    return _settings(server, warehouse, tmp_path, gateways)


@pytest.fixture
def screen() -> Callable[..., pipeline.Run]:
    return run_night


def run_night(settings: Settings, interval: Interval, name: str = "test") -> pipeline.Run:
    """All stages over an interval, with the retries that the DAG gives them; raises `BooksError` if it ends red."""
    run = pipeline.open_books(settings, interval, name)
    for dataset in dataset_names():
        collect(settings, run, dataset)
    pipeline.match(settings, run)
    pipeline.resolve(settings, run)
    pipeline.close_books(settings, run)
    return run


def collect(settings: Settings, run: pipeline.Run, dataset: str) -> None:
    """Extract to load of one dataset."""
    for attempt in range(1, TRIES + 1):
        try:
            pipeline.extract(settings, run, dataset, last_try=attempt == TRIES)
        except (TransportError, IncompleteExport):
            if attempt == TRIES:
                raise
        else:
            break
    staged = pipeline.stage(settings, run, dataset)
    if pipeline.lets_through(pipeline.validate(settings, run, dataset, staged)):
        pipeline.load(settings, run, dataset, staged)


def night(day: int, days: int = 1) -> Interval:
    """Nights of September 2014."""
    start = datetime(2014, 9, day, tzinfo=UTC)
    return Interval(start, start + timedelta(days=days))


def make_world(folder: Path, scenario: str, seed: int | None = None) -> Path:
    command = [sys.executable, "-m", "include.simulator", "generate", "--scenario", scenario, "--out", str(folder)]
    subprocess.run(command + (["--seed", str(seed)] if seed is not None else []), cwd=CHECKOUT, check=True)
    return folder


class serve:  # noqa: N801 -- reads as `with serve(world)`
    """Both gateways of a world as processes."""

    def __init__(self, world: Path) -> None:
        self.world = world
        self.processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> dict[str, Gateway]:
        found = {}
        for agency in ("tecs", "uscis"):
            token = secrets.token_urlsafe(16)
            command = [sys.executable, "-m", "include.simulator", "serve", "--world", str(self.world)]
            options = ["--agency", agency, "--port", "0", "--token-env", "GATEWAY_TOKEN"]
            process = subprocess.Popen(
                command + options,
                cwd=CHECKOUT,
                env={**os.environ, "GATEWAY_TOKEN": token},
                stdout=subprocess.PIPE,
                text=True,
            )
            self.processes.append(process)
            assert process.stdout is not None
            line = process.stdout.readline().split()
            assert line[:1] == ["ready"], f"gateway {agency} did not start"
            found[agency] = Gateway(url=line[1], token=token)
        return found

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(20)


def _settings(server: Postgres, database: str, folder: Path, gateways: dict[str, Gateway]) -> Settings:
    return Settings(
        warehouse_dsn=server.dsn(database, "warehouse"),
        landing=folder / "landing",
        staging=folder / "staging",
        gateways=gateways,
        extraction=Extraction(read_seconds=2.0, backoff_seconds=0.02, backoff_max_seconds=1.0, poll_seconds=0.02),
        world_start=date(2014, 9, 1),
        world_end=date(2014, 9, 30),
    )


def _superuser(server: Postgres, statement: sql.SQL, *names: str) -> None:
    connection = psycopg2.connect(server.dsn("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement.format(*map(sql.Identifier, names)))
    connection.close()
