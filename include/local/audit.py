"""The audit again: ten fiscal years as a backfill of months, and its headline beside the audit's figures and the truth.

The audit is OIG-16-17; its window is fiscal years 2005 to 2014. A held dataset waits for a person (docs/operations.md):
this command releases nothing, and says which months lack it.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypedDict

from include.interval import midnight
from include.local.backfill import watch
from include.local.home import Home
from include.local.stack import Say, Stack
from include.local.warehouse import connection_string
from include.reporting.summary import SQL
from include.warehouse.connection import fetch, query

DAG = "screen_monthly"
LOOK_SECONDS = 5.0  # a month takes about as long
ASKED_AS = "analyst"  # the headline is counts; who reads no more sees it


VISAS = ("work_visa", "fiance_visa")  # the means that the audit calls work or fiancé visas


class Finding(NamedTuple):
    """A figure of the audit: the line of `report.audit_headline` that answers it, what the audit said, and what is true
    of a world in the terms of its truth."""

    line: int
    audit: str
    truth: Callable[[Mapping[str, Any]], int]


FINDINGS = (
    Finding(1, "> 10,500", lambda truth: truth["subjects"]),
    Finding(3, "32", lambda truth: truth["known_traffickers"]),
    Finding(4, "17", lambda truth: sum(truth["known_traffickers_by_means"].get(means, 0) for means in VISAS)),
    Finding(5, "274", lambda truth: truth["petitioning_subjects"]),
    Finding(6, "425", lambda truth: truth["beneficiaries"]),
    Finding(7, "18", lambda truth: truth["arrested_petitioners"]),
)


class Line(TypedDict):
    """A figure three times: the audit's, the truth of this world, ours. `agrees`: the truth lies within our bounds."""

    line: int
    question: str
    audit: str
    truth: int
    value: int
    lower: int
    upper: int
    agrees: bool


class Month(TypedDict):
    """A month whose books did not close. `held`: datasets that wait for a person, or were rejected."""

    month: str
    state: str
    held: list[str]
    reasons: list[str]


class AuditSummary(TypedDict):
    """`audit.json`. `cpu_seconds` while the backfill ran, `peak_mib` until the headline is there: of the components and
    this command; empty and 0 if another command had started them. `tasks` are the processes of Airflow's tasks, the
    pipeline's work in them included."""

    scenario: str
    seed: int
    months: int
    agrees: bool
    headline: list[Line]
    caveat: str
    months_not_closed: list[Month]
    wall_seconds: float
    start_seconds: float
    backfill_seconds: float
    cpu_seconds: dict[str, float]
    peak_mib: int
    peak_mib_by_component: dict[str, int]


def audit(
    home: Home, stack: Stack, truth: Callable[[], Mapping[str, Any]], runs_at_once: int, say: Say, began: float
) -> AuditSummary:
    """Backfill every month of the world, ask for the headline, write `audit.json`. `began`: the command's monotonic
    start. `truth` is asked for at the end: what reading it takes is not held while the months run.

    Months whose run failed before are run again, and months that are done are left: a second call goes on.
    """
    world = stack.world
    months = months_between(world.first_day, world.last_night)
    ready = time.monotonic()
    say(f"backfilling [{len(months)}] months of {DAG}, [{runs_at_once}] at a time")
    stack.usage.look()
    told = 0
    for done in watch(stack, DAG, months, runs_at_once, "failed", LOOK_SECONDS):
        stack.usage.look()
        if done // 6 > told // 6:
            say(f"{done} of {len(months)} months, {time.monotonic() - ready:.0f} s")
            told = done
    ended = time.monotonic()
    cpu_seconds = stack.usage.cpu_seconds()
    say("asking for the headline")
    headline, caveat = compared(connection_string(home, world, ASKED_AS), truth(), months)
    stack.usage.look()
    result = AuditSummary(
        scenario=world.scenario,
        seed=world.seed,
        months=len(months),
        agrees=all(line["agrees"] for line in headline),
        headline=headline,
        caveat=caveat,
        months_not_closed=not_closed(stack.settings.warehouse_dsn, months),
        wall_seconds=round(time.monotonic() - began, 1),
        start_seconds=round(ready - began, 1),
        backfill_seconds=round(ended - ready, 1),
        cpu_seconds=cpu_seconds,
        peak_mib=round(stack.usage.peak_mib),
        peak_mib_by_component={name: round(mib) for name, mib in stack.usage.at_peak.items()},
    )
    home.audit.write_text(json.dumps(result, indent=2) + "\n")
    return result


def compared(dsn: str, truth: Mapping[str, Any], months: list[date]) -> tuple[list[Line], str]:
    """The headline over petitions of those months beside audit and truth, and its caveat."""
    window = {"start": months[0], "end": add_month(months[-1])}
    ours = {row.line: row for row in fetch(dsn, query("audit_headline", SQL), window)}
    lines = []
    for finding in FINDINGS:
        row, true = ours[finding.line], finding.truth(truth)
        lines.append(
            Line(
                line=finding.line,
                question=row.question,
                audit=finding.audit,
                truth=true,
                value=row.value,
                lower=row.lower,
                upper=row.upper,
                agrees=row.lower <= true <= row.upper,
            )
        )
    return lines, str(ours[1].caveat)


def not_closed(dsn: str, months: list[date]) -> list[Month]:
    """Months whose last run is red or whose books were never opened."""
    span = {"start": midnight(months[0]), "end": midnight(add_month(months[-1]))}
    runs = {row.interval_start.date(): row for row in fetch(dsn, query("months", SQL), span)}
    found = []
    for month in months:
        run = runs.get(month)
        if run is None:
            found.append(
                Month(month=f"{month:%Y-%m}", state="missing", held=[], reasons=["its books were never opened"])
            )
        elif run.state != "closed":
            found.append(Month(month=f"{month:%Y-%m}", state=run.state, held=run.held, reasons=run.reasons))
    return found


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from that of one day to that of another, both included."""
    days = [first.replace(day=1)]
    while (day := add_month(days[-1])) <= last:
        days.append(day)
    return days


def add_month(day: date) -> date:
    """The first day of the next month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
