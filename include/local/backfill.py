"""Airflow's own backfill, watched."""

import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from include.interval import midnight
from include.local.airflow_api import DAG
from include.local.night import POLL_SECONDS
from include.local.stack import Say, Stack
from include.reporting.summary import RunSummary, run_summary
from include.warehouse.connection import fetch, query


def backfill_nights(
    stack: Stack, first: date, last: date, runs_at_once: int, again: bool, say: Say, tell: Say
) -> list[date]:
    """Backfill both nights and all between, tell one line for each, and why it is red; the nights that ended red."""
    nights = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    told = -1
    for done in watch(stack, DAG, nights, runs_at_once, "completed" if again else "failed"):
        if done != told:
            say(f"{done} of {len(nights)} nights done")
            told = done
    red = []
    for night in nights:
        summary = _summary(stack, night)
        if summary is None or not summary["books_closed"]:
            red.append(night)
        tell(_line(night, summary))
        for reason in summary["reasons"] if summary else ():
            tell(f"            {reason}")
    return red


def watch(
    stack: Stack, dag: str, days: Sequence[date], runs_at_once: int, reprocess: str, pause: float = POLL_SECONDS
) -> Iterator[int]:
    """Have Airflow backfill the intervals that begin on these days; how many are done, at every look, until all are."""
    stack.airflow.backfill(dag, days[0], days[-1], runs_at_once, reprocess)
    while True:
        stack.check()
        done, there = stack.airflow.runs_done(dag, days[0], days[-1])
        yield done
        if done == there >= len(days):
            return
        time.sleep(pause)


def _summary(stack: Stack, night: date) -> RunSummary | None:
    start = midnight(night)
    bounds = {"start": start, "end": start + timedelta(days=1)}
    number = fetch(stack.settings.warehouse_dsn, query("last_run"), bounds)[0].run_id
    return run_summary(stack.settings.warehouse_dsn, number) if number is not None else None


def _line(night: date, summary: RunSummary | None) -> str:
    if summary is None:
        return f"{night}  RED     its books were never opened"
    rows = summary["datasets"]
    counts = (
        f"received {sum(row['received'] for row in rows):,}  duplicate {sum(row['duplicate'] for row in rows):,}  "
        f"quarantined {sum(row['quarantined'] for row in rows):,}  loaded {sum(row['loaded'] for row in rows):,}"
    )
    state = "closed" if summary["books_closed"] else "RED   "
    return f"{night}  {state}  {counts}  leads {summary['leads']:,}  review {summary['review']:,}"
