"""The night: every dataset from export to record versions, then matching, entities and the closing of the books."""

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import CronDataIntervalTimetable, dag, task_group

from dags.shared import DEFAULT_ARGS
from dags.tasks import (
    WORLD_END,
    WORLD_START,
    ask,
    close_books,
    extract,
    load,
    match,
    open_books,
    resolve,
    stage,
    validate,
)
from include.contracts import dataset_names


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=pendulum.parse(WORLD_START),
    end_date=pendulum.parse(WORLD_END) if WORLD_END else None,
    catchup=False,  # a backfill is asked for, never a surprise
    max_active_runs=4,
    dagrun_timeout=timedelta(hours=12),
    default_args=DEFAULT_ARGS,
    tags=["crosscheck", "nightly"],
    doc_md=__doc__,
)
def screen_nightly() -> None:
    """See `docs/operations.md` for what to do when a night is red."""

    @task_group
    def collect(run: dict[str, Any], dataset: str) -> None:
        landed = extract(run, dataset)
        staged = stage(run, dataset, landed)
        decision = validate(run, dataset, staged)
        load(run, dataset, staged, decision)
        ask(run, dataset, staged, decision)

    run = open_books()
    collected = collect.partial(run=run).expand(dataset=dataset_names())
    matched = match(run)
    resolved = resolve(run)
    collected >> matched >> resolved >> close_books(run)


screen_nightly()
