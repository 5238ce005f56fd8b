"""The books of a run: what was received, and what became of every row."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg2.extras import Json, execute_batch

from include.interval import Interval
from include.warehouse.connection import Cursor, fetch, query, row, transaction

DayTotal = tuple[date, int, dict[str, int]]


class Breach(NamedTuple):
    """Why books do not close: what is wrong, with which dataset, if it is of one, and the task whose log says more."""

    why: str
    task: str = ""
    dataset: str = ""


def open_run(dsn: str, external_id: str, interval: Interval, kind: str = "screening") -> int:
    """Open the books of a run over an interval, unless its caller left them open; its number. `kind`: `screening` of
    exports, or `replay` of quarantined rows."""
    about = {"external_id": external_id, "kind": kind, "start": interval.start, "end": interval.end}
    with transaction(dsn) as cursor:
        cursor.execute(query("open_run"), about)
        return int(row(cursor).run_id)


def close_run(dsn: str, run_id: int, reasons: Sequence[str]) -> None:
    """Close the books: `red` if there are reasons, else `closed`."""
    with transaction(dsn) as cursor:
        state = "red" if reasons else "closed"
        cursor.execute(query("close_run"), {"run_id": run_id, "state": state, "reasons": list(reasons)})


def record_attempts(dsn: str, attempts: Sequence[dict[str, Any]]) -> None:
    """Enter attempts, each once. Keys as in `sql/record_attempt.sql`."""
    with transaction(dsn) as cursor:
        for attempt in attempts:
            cursor.execute(query("record_attempt"), {**attempt, "retried": Json(dict(attempt["retried"]))})


def record_yields(dsn: str, yields: Sequence[dict[str, Any]]) -> None:
    """Enter what attempts were worth, each field once. Keys as in `sql/record_yield.sql`."""
    with transaction(dsn) as cursor:
        execute_batch(cursor, query("record_yield"), yields, page_size=200)


def usual_shares(dsn: str, dataset: str, interval: Interval, intervals: int) -> dict[str, float]:
    """Share of the versions that have a value, by field, over the last so many intervals before that were measured."""
    about = {"dataset": dataset, "interval_start": interval.start, "intervals": intervals}
    return {found.field: float(found.share) for found in fetch(dsn, query("usual_shares"), about)}


def record_staged(cursor: Cursor, run_id: int, staged: dict[str, Any]) -> None:
    """Enter what staging counted (dataset, received, duplicate, quarantined, accepted), in the transaction that keeps
    the refused rows."""
    cursor.execute(query("record_staged"), {**staged, "run_id": run_id})


def record_gate(
    dsn: str, run_id: int, dataset: str, decision: str, reasons: Sequence[str], outcomes: Sequence[dict[str, Any]]
) -> None:
    """Enter the gate's decision and the expectation results it rests on."""
    key = {"run_id": run_id, "dataset": dataset}
    with transaction(dsn) as cursor:
        cursor.execute(query("delete_expectation_results"), key)
        rows = [{**outcome, **key, "column": outcome["column"] or ""} for outcome in outcomes]
        execute_batch(cursor, query("record_expectation_result"), rows, page_size=200)
        cursor.execute(query("record_gate"), {**key, "decision": decision, "reasons": list(reasons)})


def record_gate_decision(dsn: str, decision: dict[str, Any]) -> None:
    """Enter what became of a hold. Keys as in `sql/record_gate_decision.sql`."""
    with transaction(dsn) as cursor:
        cursor.execute(query("record_gate_decision"), decision)


def purgeable(dsn: str, kind: str, days: int) -> list[Any]:
    """What a policy of so many days lets go: attempts (`landing`) or staged tables (`staging`) that are done with."""
    name = {"landing": "purgeable_attempts", "staging": "purgeable_stagings"}[kind]
    return fetch(dsn, query(name), {"days": days})


def record_purge(dsn: str, purged: dict[str, Any]) -> None:
    """Enter what was removed. Keys as in `sql/record_purge.sql`."""
    with transaction(dsn) as cursor:
        cursor.execute(query("record_purge"), purged)


def past_results(dsn: str, dataset: str, interval: Interval, weeks: int) -> list[Any]:
    """What the nights like an interval (same length, same weekday), earlier in the data by up to so many weeks, were
    seen to have: `column_name`, `rule`, `observed` by night."""
    about = {"dataset": dataset, "start": interval.start, "end": interval.end, "weeks": weeks}
    return fetch(dsn, query("past_results"), about)


def record_agreement(dsn: str, run_id: int, dataset: str, reason: str) -> None:
    """Enter that a run fetched nothing of a dataset, since what is held agrees with the agency's control totals."""
    nothing = dict.fromkeys(("received", "duplicate", "quarantined", "accepted"), 0)
    record_gate(dsn, run_id, dataset, "pass", [reason], [])
    with transaction(dsn) as cursor:
        record_staged(cursor, run_id, {"dataset": dataset, **nothing})
        record_loaded(cursor, run_id, dataset, 0, 0)


def record_day_totals(cursor: Cursor, run_id: int, dataset: str, totals: Sequence[DayTotal]) -> None:
    """Enter what is held of days (day, rows, values by source column), in the transaction that loads."""
    about = {"run_id": run_id, "dataset": dataset}
    days, rows, non_blank = (list(column) for column in zip(*totals, strict=True)) if totals else ([], [], [])
    cursor.execute(
        query("record_day_totals"),
        {**about, "days": days, "rows": rows, "non_blank": [Json(each) for each in non_blank]},
    )


def day_totals(dsn: str, dataset: str, days: Sequence[date]) -> dict[date, tuple[int, dict[str, int]]]:
    """What is held of those days that were loaded: rows, and values by source column."""
    found = fetch(dsn, query("day_totals"), {"dataset": dataset, "days": list(days)})
    return {row.updated_on: (row.row_count, row.non_blank) for row in found}


def quiet_days(dsn: str, dataset: str, before: date) -> tuple[int, int]:
    """How many days before one are held, and how many of them without a row."""
    [found] = fetch(dsn, query("quiet_days"), {"dataset": dataset, "before": before})
    return found.days, found.quiet


def record_stage_time(
    dsn: str, run_id: int, stage: str, dataset: str, started_at: datetime, finished_at: datetime
) -> None:
    """Enter when a stage worked on a dataset (empty for all of them)."""
    with transaction(dsn) as cursor:
        times = {"started_at": started_at, "finished_at": finished_at}
        cursor.execute(query("record_stage_time"), {"run_id": run_id, "stage": stage, "dataset": dataset, **times})


def record_loaded(cursor: Cursor, run_id: int, dataset: str, loaded: int, already_held: int) -> None:
    """Enter what loading counted, in the transaction that loads."""
    counts = {"loaded": loaded, "already_held": already_held}
    cursor.execute(query("record_loaded"), {"run_id": run_id, "dataset": dataset, **counts})


def breaches(dsn: str, run_id: int, datasets: Sequence[str]) -> list[Breach]:
    """Why the books of a run do not close, one for each dataset and stage at most; empty if they do.

    They close when every dataset was staged, was let through by the gate,
    `received = loaded + duplicate + already held + quarantined`, and what was loaded was matched and resolved.
    """
    accounts = {held.dataset: held for held in fetch(dsn, query("books"), {"run_id": run_id})}
    attempts = {attempt.dataset: attempt for attempt in fetch(dsn, query("last_attempts"), {"run_id": run_id})}
    found = []
    for dataset in datasets:
        held = accounts.get(dataset)
        if held is None:
            found.append(Breach(*_why_not(attempts.get(dataset)), dataset))
        elif held.decision not in ("pass", "warn") and held.outcome != "release":
            found.append(Breach(f"{held.decision or 'not validated'}: {_why_held(held)}", dataset=dataset))
        elif held.loaded is None:
            found.append(Breach("not loaded", "load", dataset))
        elif held.received != held.loaded + held.already_held + held.duplicate + held.quarantined:
            found.append(Breach(_difference(held), dataset=dataset))
    undone = fetch(dsn, query("undone_stages"), {"run_id": run_id})
    return found + [Breach("not done", stage.stage) for stage in undone]


def _why_held(held: Any) -> str:
    why = "; ".join(held.reasons) or "no decision"
    if held.outcome is None:
        is_asked = held.decision == "hold" and held.accepted is not None  # else there is nothing to release
        return f"{why}; answer it under Browse, Required Actions" if is_asked else why
    return f"{why}; {held.outcome} by [{held.decided_by}]: {held.outcome_reason}"


def _difference(held: Any) -> str:
    rows = held.received - held.loaded - held.already_held - held.duplicate - held.quarantined
    return (
        f"received [{held.received}] is not loaded [{held.loaded}] + already held [{held.already_held}] + "
        f"duplicate [{held.duplicate}] + quarantined [{held.quarantined}]: "
        f"[{abs(rows)}] rows {'lost' if rows > 0 else 'that nobody delivered'}"
    )


def _why_not(last: Any | None) -> tuple[str, str]:
    """What the ledger knows of a dataset that was not staged, and the task that knows more."""
    if last is None:
        return "nothing was staged: no attempt was made", "extract"
    if last.state == "failed":
        return f"nothing was staged: attempt [{last.attempt}] failed with [{last.cause}]", "extract"
    return f"nothing was staged of attempt [{last.attempt}]", "stage"
