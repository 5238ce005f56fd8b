"""One run in one object: for the last screen, for `summary.json`, for the page in the Airflow UI.

Schema of the object: `docs/summary.schema.json`. Counts, seconds and names only; nothing of a person.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from include.warehouse.connection import fetch, query

SQL = Path(__file__).parent / "sql"
STAGES = ["extract", "stage", "validate", "load", "match", "resolve", "report"]


class DatasetSummary(TypedDict):
    """What one dataset brought in one run. `completeness` is the worst column's share of what its contract asks, 0..1;
    `None` if no row was checked."""

    name: str
    received: int
    duplicate: int
    quarantined: int
    loaded: int
    attempts: int
    failed_attempts: int
    completeness: float | None
    decision: str | None
    reasons: list[str]


class RunSummary(TypedDict):
    """One run.

    `pairs`: candidate pairs of record versions compared. `leads`, `review`: a subject and a petition joined by a pair
    that this run found. `stages`, `pipeline_seconds`: wall seconds in which at least one task of the stage, or of any
    stage, was at work in the pipeline's own code.
    """

    run_id: int
    external_id: str
    interval_start: str
    interval_end: str
    state: str
    reasons: list[str]
    books_closed: bool
    datasets: list[DatasetSummary]
    pairs: int
    leads: int
    review: int
    stages: dict[str, float]
    pipeline_seconds: float


class Summary(RunSummary):
    """One run, and what the warehouse holds of all runs."""

    leads_in_warehouse: int
    review_in_warehouse: int


def summarise(dsn: str, run_id: int) -> Summary:
    """One run and the leads of all runs: the warehouse counts those anew. Raises `LookupError` for an unknown run."""
    of_run = run_summary(dsn, run_id)
    [held] = fetch(dsn, query("leads_held", SQL))
    return Summary(**of_run, leads_in_warehouse=held.leads, review_in_warehouse=held.review)


def run_summary(dsn: str, run_id: int) -> RunSummary:
    """One run, at a cost that does not grow with what is held. Raises `LookupError` for an unknown run."""
    runs = fetch(dsn, query("run", SQL), {"run_id": run_id})
    if not runs:
        raise LookupError(f"run [{run_id}] is not in the books")
    run = runs[0]
    datasets = fetch(dsn, query("run_datasets", SQL), {"run_id": run_id})
    times = fetch(dsn, query("run_times", SQL), {"run_id": run_id})
    return RunSummary(
        run_id=run_id,
        external_id=run.external_id,
        interval_start=run.interval_start.isoformat(),
        interval_end=run.interval_end.isoformat(),
        state=run.state,
        reasons=run.reasons,
        books_closed=run.state == "closed" and bool(datasets) and all(row.is_closed for row in datasets),
        datasets=[_dataset(row) for row in datasets],
        pairs=run.pairs,
        leads=run.leads,
        review=run.review,
        stages={
            stage: covered([(row.started_at, row.finished_at) for row in times if row.stage == stage])
            for stage in STAGES
        },
        pipeline_seconds=covered([(row.started_at, row.finished_at) for row in times]),
    )


def _dataset(row: Any) -> DatasetSummary:
    return DatasetSummary(
        name=row.name,
        received=row.received,
        duplicate=row.duplicate,
        quarantined=row.quarantined,
        loaded=row.loaded,
        attempts=row.attempts,
        failed_attempts=row.failed_attempts,
        completeness=row.completeness,
        decision=row.decision,
        reasons=row.reasons,
    )


def covered(spans: list[tuple[datetime, datetime]]) -> float:
    """Seconds covered by at least one of the spans."""
    total, until = 0.0, None
    for start, end in sorted(spans):
        begin = start if until is None or start > until else until
        if end > begin:
            total += (end - begin).total_seconds()
            until = end
    return round(total, 3)
