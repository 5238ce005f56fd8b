"""The closed month: each dataset is compared with the agency by control totals, and only what differs is fetched.

A month of which nothing is held is fetched whole: a backfill over years is a run a month.
"""

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import CronDataIntervalTimetable, dag, task_group

from dags.tasks import (
    DEFAULT_ARGS,
    WORLD_END,
    WORLD_START,
    ask,
    close_books,
    compare,
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
    schedule=CronDataIntervalTimetable("0 0 1 * *", timezone="UTC"),
    start_date=pendulum.parse(WORLD_START),
    end_date=pendulum.parse(WORLD_END) if WORLD_END else None,
    catchup=False,  # a backfill is asked for, never a surprise
    max_active_runs=2,  # a month that is fetched whole takes the room of many nights
    dagrun_timeout=timedelta(hours=24),
    default_args=DEFAULT_ARGS,
    tags=["crosscheck", "monthly"],
    doc_md=__doc__,
)
def screen_monthly() -> None:
    """See `docs/operations.md`: a closed month."""

    @task_group
    def collect(run: dict[str, Any], dataset: str) -> None:
        differing = compare(run, dataset)
        landed = extract(differing, dataset)
        staged = stage(differing, dataset, landed)
        decision = validate(differing, dataset, staged)
        load(differing, dataset, staged, decision)
        ask(differing, dataset, staged, decision)

    run = open_books()
    collected = collect.partial(run=run).expand(dataset=dataset_names())
    matched = match(run)
    resolved = resolve(run)
    collected >> matched >> resolved >> close_books(run)


screen_monthly()
