"""Every Sunday at noon: landed bytes and staged tables that the retention lets go are removed, each with its line in
`ops.purge`. Without `CROSSCHECK_LANDING_DAYS` and `CROSSCHECK_STAGING_DAYS` nothing is."""

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task

from dags.shared import DEFAULT_ARGS


@task(execution_timeout=timedelta(hours=6))
def purge() -> dict[str, Any]:
    """Removes what is done with and old enough; how many attempts and staged tables."""
    from dags.connections import settings
    from include import pipeline

    return pipeline.purge(settings())


@dag(
    schedule=CronTriggerTimetable("0 12 * * 0", timezone="UTC"),  # when no night runs
    start_date=pendulum.datetime(2004, 10, 1),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["crosscheck"],
    doc_md=__doc__,
)
def purge_landing() -> None:
    """See `docs/operations.md`, Free space."""
    purge()


purge_landing()
