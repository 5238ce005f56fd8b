"""A night, watched: history first if the warehouse has none, then the night's own run, then its summary."""

import json
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from include.contracts import dataset_names
from include.interval import midnight
from include.local.airflow_api import FINAL
from include.local.home import Home, World
from include.local.stack import Say, Stack
from include.reporting.summary import RunSummary, Summary, run_summary, summarise
from include.warehouse.connection import fetch, query

POLL_SECONDS = 2.0  # how often Airflow is asked: each time its API server works 0.2 s, which the tasks need too
DONE = (*FINAL, "skipped", "upstream_failed")


class NightSummary(Summary):
    """A run's summary with what Airflow cost, in seconds.

    `wall_seconds` is the whole command; during `airflow_overhead_seconds` of it the pipeline's own code was not at work
    (starting the components, scheduling, task processes); `start_seconds` of it went by before the first run was asked
    for, `history_seconds` in the run that loads all nights before, the first time.
    """

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
    night = midnight(day)
    spent_before = 0.0
    if day > stack.world.first_day and not _has_history(stack, night):
        start = midnight(stack.world.first_day)
        say(f"the warehouse has no history yet: loading [{start:%Y-%m-%d} .. {night:%Y-%m-%d}) first")
        run_id = follow(stack, f"history__{start:%Y-%m-%d}", start, night, "all nights before the first screened", say)
        history = run_summary(stack.settings.warehouse_dsn, run_id)
        spent_before = history["pipeline_seconds"]
        for line in what_history_lacks(history):
            say(line)
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


def what_history_lacks(history: RunSummary) -> Iterator[str]:
    """Lines about a history that ended red; none if its books closed."""
    if not history["books_closed"]:
        yield (
            "RED: the books of the history did not close, so leads may be missing; `make up`, then clear the red tasks "
            f"of run [{history['external_id']}]"
        )
        yield from (f"  {reason}" for reason in history["reasons"])


def follow(stack: Stack, name: str, start: datetime, end: datetime, note: str, say: Say) -> int:
    """Run the DAG over an interval and tell its progress; the number of the run in the books.

    Raises `NightError` if Airflow ended the run before its books were opened.
    """
    known = _last_run(stack, start, end)
    run, goes_on = stack.airflow.run_interval(name, start, end, note)
    if goes_on:
        say(f"going on with run {run}, which was interrupted")
    told: set[str] = set()
    while True:
        stack.check()
        state = stack.airflow.run(run)["state"]
        for line in _news(stack.airflow.tasks(run)):
            if line not in told:
                say(line)
                told.add(line)
        if state in FINAL:
            break
        time.sleep(POLL_SECONDS)
    number = _last_run(stack, start, end)
    if number is None or (number == known and not goes_on):
        raise NightError(
            f"run [{run}] ended [{state}] before its books were opened; see its task `open_books` at {stack.url}"
        )
    return number


def _news(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """What is worth a line: a stage that is done, a task that is tried again or failed."""
    stages: dict[str, list[dict[str, Any]]] = {}
    for task in tasks:
        stages.setdefault(task["task_id"].rsplit(".", 1)[-1], []).append(task)
    for stage, instances in stages.items():  # one look may see several
        for task in instances:
            number = task["map_index"]  # Airflow renders the label of a mapped task when it has succeeded
            label = f"  {stage} {dataset_names()[number]}" if number >= 0 else f"  {stage}"
            if task["state"] == "up_for_retry":
                yield f"{label}: try {task['try_number']} failed, will be tried again"
            elif task["state"] == "failed":
                yield f"{label}: FAILED after {task['try_number']} tries"
        states = [task["state"] for task in instances]
        if all(state in DONE for state in states):
            skipped = states.count("skipped") + states.count("upstream_failed")
            if stage == "ask":
                if skipped < len(states):
                    yield f"  {len(states) - skipped} held: `make up`, then Browse, Required Actions"
                continue
            failed = states.count("failed")
            if failed < len(states):
                counts = [
                    f"{n} of {len(states)} {word}" for n, word in ((failed, "failed"), (skipped, "left out")) if n
                ]
                yield ", ".join([f"  {stage} done", *counts])


def _has_history(stack: Stack, night: datetime) -> bool:
    rows = fetch(stack.settings.warehouse_dsn, query("has_run_before"), {"moment": night})
    return bool(rows[0][0])


def _last_run(stack: Stack, start: datetime, end: datetime) -> int | None:
    rows = fetch(stack.settings.warehouse_dsn, query("last_run"), {"start": start, "end": end})
    return rows[0][0] if rows and rows[0][0] is not None else None
