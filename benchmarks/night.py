"""Seconds of each stage of a night without Airflow: one process, one stage after the other.

    python benchmarks/night.py [--scenario nightly]

Prints CPU and wall seconds by stage for the history and for the last night, and rows per second of the whole.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from include import pipeline
from include.contracts import dataset_names
from include.extraction.errors import IncompleteExport, TransportError
from include.interval import Interval
from include.local.home import Home
from include.local.stack import gateways, prepare, warehouse
from include.reporting.summary import summarise

TRIES = 4  # as in the DAG


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


def report(label: str, settings: pipeline.Settings, interval: Interval) -> None:
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def timed(stage: str, *arguments: object, **options: object) -> object:
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            return getattr(pipeline, stage)(settings, *arguments, **options)
        finally:
            spent[stage][0] += time.process_time() - cpu
            spent[stage][1] += time.perf_counter() - wall

    run = timed("open_books", interval, "benchmark")
    for dataset in dataset_names():
        for attempt in range(1, TRIES + 1):
            try:
                timed("extract", run, dataset, last_try=attempt == TRIES)
                break
            except (TransportError, IncompleteExport):
                continue
        staged = timed("stage", run, dataset)
        if pipeline.lets_through(timed("validate", run, dataset, staged)):
            timed("load", run, dataset, staged)
    for stage in ("match", "resolve", "close_books"):
        timed(stage, run)
    summary = summarise(settings.warehouse_dsn, run.run_id)
    rows = sum(row["received"] for row in summary["datasets"])
    wall = sum(seconds for _, seconds in spent.values())
    print(f"{label}: {rows:,} rows, {summary['pairs']:,} pairs, {wall:.1f} s, {rows / wall:,.0f} rows/s")
    for stage, (cpu, seconds) in spent.items():
        print(f"  {stage:12s} cpu {cpu:6.2f} s   wall {seconds:6.2f} s")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def midnight(day: date) -> datetime:
    return datetime.combine(day, clock(), UTC)


if __name__ == "__main__":
    main()
