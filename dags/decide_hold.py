"""A held dataset: a person releases or rejects it, with a reason; what is released is loaded, matched, accounted for.

Started by `screen_nightly`, one run for each hold, so that a hold stops neither the other datasets of its night nor
another night. See Browse, Required Actions.
"""

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.holds import HoldOperator
from dags.shared import DEFAULT_ARGS, LEADS, RECORDS


@task(multiple_outputs=False, outlets=[RECORDS], execution_timeout=timedelta(hours=1))
def load(decision: dict[str, Any]) -> dict[str, Any]:
    """Appends the staged rows as they are. Skipped unless they were released."""
    pipeline, settings, run, conf = _begin()
    if decision["outcome"] != "release":
        raise AirflowSkipException(f"dataset [{conf['dataset']}]: {decision['outcome']} by [{decision['decided_by']}]")
    return pipeline.load(settings, run, conf["dataset"], conf["staged"])


@task(multiple_outputs=False, execution_timeout=timedelta(hours=2))
def match() -> dict[str, Any]:
    """Compares what was released with all that is loaded; runs take turns."""
    pipeline, settings, run, _ = _begin()
    return pipeline.match(settings, run)


@task(multiple_outputs=False, execution_timeout=timedelta(hours=1))
def resolve() -> dict[str, Any]:
    """Joins records that lead to each other into entities."""
    pipeline, settings, run, _ = _begin()
    return pipeline.resolve(settings, run)


@task(multiple_outputs=False, trigger_rule=TriggerRule.NONE_FAILED, outlets=[LEADS])
def close_books() -> dict[str, Any]:
    """Closes the books of the night again, with the decision in them; they stay red for what else is missing."""
    pipeline, settings, run, _ = _begin()
    try:
        pipeline.close_books(settings, run)
    except pipeline.BooksError as error:  # the night's own task has turned it red; this one did what it is for
        return {"state": "red", "reasons": str(error).splitlines()[1:]}
    return {"state": "closed", "reasons": []}


def _begin() -> tuple[Any, Any, Any, dict[str, Any]]:
    """The pipeline, its settings, the run that holds, and the conf."""
    from dags.connections import settings
    from include import pipeline

    conf = get_current_context()["dag_run"].conf
    return pipeline, settings(), pipeline.Run.from_dict(conf["run"]), conf


@dag(
    schedule=None,
    start_date=pendulum.datetime(2004, 10, 1),
    max_active_runs=1000,  # a hold waits for a person for days and takes no slot: as many as there are
    dagrun_timeout=None,  # the hold has its own deadline
    default_args=DEFAULT_ARGS,
    tags=["crosscheck"],
    doc_md=__doc__,
)
def decide_hold() -> None:
    """See `docs/operations.md`, A hold."""
    decided = HoldOperator(task_id="decide", doc_md=HoldOperator.__doc__)
    load(decided.output) >> match() >> resolve() >> close_books()


decide_hold()
