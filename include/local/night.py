"""A night, watched: history first if the warehouse has none, then the night's own run, then its summary."""

import json
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from include.local.home import Home, World
from include.local.stack import Say, Stack
from include.reporting.summary import RunSummary, summarise
from include.warehouse.connection import fetch, query

POLL_SECONDS = 0.5  # how often Airflow is asked; each question costs its API server some 10 ms
FINAL = ("success", "failed")


class NightSummary(RunSummary):
    """A run's summary with what Airflow cost, in seconds. `wall_seconds` is the whole command;
    `airflow_overhead_seconds` is what of it the pipeline's own code was not at work: starting the components, scheduling,
    task processes. `history_seconds` of it went into the run that loads all nights before, the first time."""

    wall_seconds: float
    airflow_overhead_seconds: float
    start_seconds: float
    history_seconds: float
    log: str


class NightError(RuntimeError):
    """A run ended red. One line."""


def check_day(world: World, day: date | None) -> None:
    """Raise `ValueError` if the agencies of this world cannot export that day."""
    if day is not None and not world.first_day <= day <= world.last_night:
        raise ValueError(
            f"night [{day}] is outside scenario [{world.scenario}], which runs from [{world.first_day}] to "
            f"[{world.last_night}]; choose a night between them"
        )


def screen(home: Home, stack: Stack, day: date, say: Say, began: float) -> NightSummary:
    """Run the night of `day` under the scheduler and write `summary.json`; `began` is the command's monotonic start."""
    ready = time.monotonic()
    night = datetime.combine(day, clock(), UTC)
    spent_before = 0.0
    if day > stack.world.first_day and not _has_history(stack, night):
        start = datetime.combine(stack.world.first_day, clock(), UTC)
        say(f"the warehouse has no history yet: loading [{start:%Y-%m-%d} .. {night:%Y-%m-%d}) first")
        run_id = follow(stack, f"history__{start:%Y-%m-%d}", start, night, "all nights before the first screened", say)
        spent_before = summarise(stack.settings.warehouse_dsn, run_id)["pipeline_seconds"]
    history_done = time.monotonic()
    say(f"screening the night of {day}")
    run_id = follow(stack, f"night__{day}", night, night + timedelta(days=1), "started by `make nightly`", say)
    summary = summarise(stack.settings.warehouse_dsn, run_id)
    wall = time.monotonic() - began
    result = NightSummary(
        **summary,
        wall_seconds=round(wall, 1),
        airflow_overhead_seconds=round(wall - summary["pipeline_seconds"] - spent_before, 1),
        start_seconds=round(ready - began, 1),
        history_seconds=round(history_done - ready, 1),
        log=str(stack.world.logs),
    )
    home.summary.write_text(json.dumps(result, indent=2) + "\n")
    return result


def follow(stack: Stack, name: str, start: datetime, end: datetime, note: str, say: Say) -> int:
    """Run the DAG over an interval and tell its progress; the number of the run in the books.

    Raises `NightError` if Airflow ended the run before its books were opened.
    """
    known = _last_run(stack, start, end)
    run = stack.airflow.run_interval(name, start, end, note)
    told = ""
    while True:
        state = stack.airflow.run(run)["state"]
        line = _progress(stack.airflow.tasks(run))
        if line != told:
            say(line)
            told = line
        if state in FINAL:
            break
        time.sleep(POLL_SECONDS)
    number = _last_run(stack, start, end)
    if number is None or number == known:
        raise NightError(
            f"run [{run}] ended [{state}] before its books were opened; see its task `open_books` at {stack.url}"
        )
    return number


def _progress(tasks: list[dict[str, object]]) -> str:
    """`extract 7/9 (1 to retry) · stage 5/9 · ...` of what has begun."""
    total: Counter[str] = Counter()
    done: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for task in tasks:
        name = str(task["task_id"]).rsplit(".", 1)[-1]
        total[name] += 1
        done[name] += task["state"] in ("success", "failed", "skipped", "upstream_failed")
        again[name] += task["state"] == "up_for_retry"
    order = ["open_books", "extract", "stage", "validate", "load", "match", "resolve", "close_books"]
    begun = [name for name in order if done[name] or again[name]]
    return " · ".join(
        f"{name} {done[name]}/{total[name]}" + (f" ({again[name]} to retry)" if again[name] else "") for name in begun
    )


def _has_history(stack: Stack, night: datetime) -> bool:
    rows = fetch(stack.settings.warehouse_dsn, query("has_run_before"), {"moment": night})
    return bool(rows[0][0])


def _last_run(stack: Stack, start: datetime, end: datetime) -> int | None:
    rows = fetch(stack.settings.warehouse_dsn, query("last_run"), {"start": start, "end": end})
    return rows[0][0] if rows and rows[0][0] is not None else None
