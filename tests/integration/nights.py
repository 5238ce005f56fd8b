"""Running nights without Airflow: what the tests of the real pipeline share."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from include import pipeline
from include.contracts import dataset_names
from include.extraction.errors import IncompleteExport, TransportError
from include.interval import Interval
from include.local.postgres import Postgres
from include.settings import Extraction, Gateway, Settings

CHECKOUT = Path(__file__).parents[2]
TRIES = 4  # as in the DAG: one try and three retries
Screen = Callable[..., pipeline.Run]  # of the fixture `screened`, called as `run_night`
NO_FSYNC = {"fsync": "off", "synchronous_commit": "off"}  # a test's data need not survive a power cut


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


def settings_for(server: Postgres, database: str, folder: Path, gateways: dict[str, Gateway]) -> Settings:
    return Settings(
        warehouse_dsn=server.dsn(database, "crosscheck_etl"),
        owner_dsn=server.dsn(database, "warehouse"),
        desk_dsn=server.dsn(database, "desk"),
        landing=folder / "landing",
        staging=folder / "staging",
        gateways=gateways,
        quarantine_secrets=("a-secret-of-a-test-that-is-long-enough",),
        extraction=Extraction(read_seconds=2.0, backoff_seconds=0.02, backoff_max_seconds=1.0, poll_seconds=0.02),
        world_start=date(2014, 9, 1),
        world_end=date(2014, 9, 30),
    )
