"""A state folder, and the commands that a user runs on it."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from include.local.home import Home, World
from include.local.stack import Stack, prepare, running
from include.simulator.scenario import load as load_scenario

CHECKOUT = Path(__file__).parents[2]
SCENARIO = "smoke"


class Machine:
    """A state folder, and the commands run on it."""

    def __init__(self, folder: Path) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
        self.env = {**inherited, "CROSSCHECK_HOME": str(folder)}
        self.home = Home(folder)
        self.world: World = self.home.world(SCENARIO, load_scenario(SCENARIO).seed)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "include", *arguments, "--scenario", SCENARIO]
        return subprocess.Popen(
            command, cwd=CHECKOUT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=600)
        return process.returncode, out, err

    def sql(self, statement: str) -> list[dict[str, str]]:
        status, out, err = self.run("sql", "--raw", "--role", "crosscheck_etl", statement)
        assert status == 0, err
        return list(csv.DictReader(io.StringIO(out)))

    @contextmanager
    def up(self) -> Iterator[None]:
        """`make up`, until the end of the block."""
        process = self.start("up")
        assert process.stdout is not None
        said = process.stdout.readline()  # once all is ready
        assert said.startswith("Airflow "), process.communicate()
        yield
        process.terminate()
        _, err = process.communicate(timeout=120)
        assert process.returncode == 130, err
        assert "crosscheck: stopped" in err

    @contextmanager
    def warehouse(self) -> Iterator[str]:
        """Connection string of the pipeline's login, for as long as PostgreSQL runs."""
        with self.home.postgres.running() as server:
            yield server.dsn(f"warehouse_{self.world.name}", "crosscheck_etl")

    def summary(self) -> dict:
        return json.loads(self.home.summary.read_text())

    @contextmanager
    def stack(self) -> Iterator[Stack]:
        """Airflow, gateways and warehouse, until the end of the block."""
        world = prepare(self.home, self.world.scenario, self.world.seed, print)
        with running(self.home, world, print) as started:
            yield started


def until(look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    """What is seen once it is enough."""
    deadline = time.monotonic() + 300
    while not enough(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.5)
    return seen
