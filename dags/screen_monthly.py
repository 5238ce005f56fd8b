"""The closed month: each dataset is compared with the agency by control totals, and only what differs is fetched.

A month of which nothing is held is fetched whole: a backfill over years is a run a month.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import CronDataIntervalTimetable, dag

from dags.shared import DEFAULT_ARGS
from dags.tasks import (
    WORLD_END,
    WORLD_START,
    close_books,
    collect,
    match,
    open_books,
    resolve,
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

    run = open_books()
    # of a mapped task Airflow does not take the docstring by itself
    each = collect.override(doc_md=collect.function.__doc__).partial(run=run)
    collected = each.expand(dataset=dataset_names())
    matched = match(run)
    resolved = resolve(run)
    collected >> matched >> resolved >> close_books(run)


screen_monthly()
