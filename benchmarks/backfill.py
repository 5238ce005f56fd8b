"""What a backfill of `screen_monthly` costs under the real scheduler: CPU seconds by component, and by task instance.

    python -m benchmarks.backfill [--scenario oig] [--months 6] [--runs-at-once 4] [--alone]

`--alone` runs the same months without Airflow, one stage after the other, in one process: what is left of the cost is
the pipeline's own. Each call begins with an empty warehouse, in a home that it deletes.
"""

import argparse
import json
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks.stages import screen
from include import pipeline
from include.interval import Interval, midnight
from include.local.audit import add_month, months_between
from include.local.backfill import watch
from include.local.home import Home
from include.local.stack import BACKFILL_SECONDS, gateways, prepare, running
from include.local.usage import Usage
from include.local.warehouse import warehouse
from include.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="oig")
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--runs-at-once", type=int, default=4)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder that stays")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(arguments.keep or Path(folder))
        world = prepare(home, arguments.scenario, None, print)
        months = months_between(world.first_day, world.last_night)[: arguments.months]
        if arguments.alone:
            with warehouse(home, world) as dsn, gateways(home, world, dsn) as settings:
                alone(home, settings, months)
        else:
            with running(home, world, print, idle_seconds=BACKFILL_SECONDS) as stack:
                under_airflow(stack, months, arguments.runs_at_once)


def under_airflow(stack, months: list[date], runs_at_once: int) -> None:
    stack.usage.look()
    began = time.monotonic()
    for done in watch(stack, "screen_monthly", months, runs_at_once, "failed"):
        stack.usage.look()
        print(f"{time.monotonic() - began:6.1f} s  {done} of {len(months)}", flush=True)
    wall = time.monotonic() - began
    instances = states(stack)
    seconds = stack.usage.cpu_seconds()
    ran = sum(n for state, n in instances.items() if state in ("success", "failed"))
    total = sum(seconds.values())
    print(json.dumps({"wall": round(wall, 1), "cpu": seconds, "total": round(total, 1), "states": instances}, indent=1))
    print(
        f"{total / sum(instances.values()):.2f} CPU s a task instance, {total / len(months):.1f} a month, "
        f"{ran} ran, peak {stack.usage.peak_mib:.0f} MiB"
    )


def alone(home: Home, settings: Settings, months: list[date]) -> None:
    pipeline.preload()
    usage = Usage({"PostgreSQL": home.postgres.pid or 0})
    usage.look()
    spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def meter(stage: str) -> Iterator[None]:
        began = time.process_time()
        yield
        spent[stage] += time.process_time() - began

    for first, last in zip(months, [*months[1:], add_month(months[-1])], strict=True):
        interval = Interval(midnight(first), midnight(last))
        screen(settings, interval, f"month {first:%Y-%m}", compares=True, meter=meter)
        usage.look()
    print(f"{len(months)} months: " + "   ".join(f"{stage} {cpu:.2f}" for stage, cpu in spent.items()))
    own, server = sum(spent.values()) / len(months), usage.cpu_seconds()["PostgreSQL"] / len(months)
    print(f"CPU s a month: pipeline {own:.2f}, PostgreSQL {server:.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def states(stack) -> dict[str, int]:
    """Task instances by state, over all months."""
    found: dict[str, int] = {}
    answer = stack.airflow.call("GET", "/dags/screen_monthly/dagRuns", params={"limit": 100})
    for run in answer["dag_runs"]:
        tasks = stack.airflow.call(
            "GET", f"/dags/screen_monthly/dagRuns/{run['dag_run_id']}/taskInstances", params={"limit": 100}
        )["task_instances"]
        for task in tasks:
            found[task["state"]] = found.get(task["state"], 0) + 1
    return found


if __name__ == "__main__":
    main()
