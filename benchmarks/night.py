"""Seconds of each stage of a night without Airflow: one process, one stage after the other.

    python -m benchmarks.night [--scenario nightly]

Prints CPU and wall seconds by stage for the history and for the last night, and rows per second of the whole.
"""

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.stages import screen
from include import pipeline
from include.interval import Interval, midnight
from include.local.home import Home
from include.local.stack import gateways, prepare
from include.local.warehouse import warehouse
from include.reporting.summary import run_summary
from include.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="nightly")
    scenario = parser.parse_args().scenario
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        world = prepare(home, scenario, None, print)
        pipeline.preload()
        with warehouse(home, world) as dsn, gateways(home, world, dsn) as settings:
            night = midnight(world.last_night)
            for label, interval in (
                ("history", Interval(midnight(world.first_day), night)),
                ("night", Interval(night, night + timedelta(days=1))),
            ):
                report(label, settings, interval)


def report(label: str, settings: Settings, interval: Interval) -> None:
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    @contextmanager
    def meter(stage: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        spent[stage][0] += time.process_time() - cpu
        spent[stage][1] += time.perf_counter() - wall

    run = screen(settings, interval, "benchmark", meter=meter)
    summary = run_summary(settings.warehouse_dsn, run.run_id)
    rows = sum(row["received"] for row in summary["datasets"])
    wall = sum(seconds for _, seconds in spent.values())
    print(f"{label}: {rows:,} rows, {summary['pairs']:,} pairs, {wall:.1f} s, {rows / wall:,.0f} rows/s")
    for stage, (cpu, seconds) in spent.items():
        print(f"  {stage:12s} cpu {cpu:6.2f} s   wall {seconds:6.2f} s")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
