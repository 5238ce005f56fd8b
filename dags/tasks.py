"""The tasks that the DAGs are made of: each calls one stage of the pipeline. Which run when, a DAG file says."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import (
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    TriggerRule,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    DagRunTriggerException,
)

from dags.shared import LEADS, RECORDS, RETRY_SECONDS
from include.contracts import dataset_names

# what would fail the same way again; anything else is worth the task's retries, further and further apart
NO_SECOND_TRY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception="include.quality.errors.StagingError",
            action=RetryAction.FAIL,
            reason="landed bytes never change: they would be read the same again",
        ),
        RetryRule(
            exception="include.extraction.errors.Refusal",
            action=RetryAction.FAIL,
            reason="the gateway refused: another try would be refused too",
        ),
    ]
)
# At an export job that takes longer than a worker waits for it. Longer than a busy scheduler needs to hear that the
# process ended: if the task is queued again by then, Airflow 3.3 takes it for lost, and a try is used up.
LOOK_AGAIN_SECONDS = 60
TASK = re.compile(r"(.+\.)?(?P<name>.+?)(_(?P<index>\d+))?")  # as Airflow names the state of one: `collect.extract_3`
WORLD_START = os.environ.get("CROSSCHECK_WORLD_START", "2004-10-01")  # the audit's window opens
WORLD_END = os.environ.get("CROSSCHECK_WORLD_END")  # simulated agencies end with their scenario; real ones do not


@task(multiple_outputs=False)
def open_books(
    run_id: str, data_interval_start: datetime | None = None, data_interval_end: datetime | None = None
) -> dict[str, Any]:
    """Opens the books of the run over its data interval: every later task writes its counts into them."""
    from dags.connections import settings
    from include import pipeline
    from include.interval import Interval

    if data_interval_start is None or data_interval_end is None:
        raise AirflowFailException(f"run [{run_id}] has no data interval: trigger it with a logical date")
    interval = Interval(data_interval_start, data_interval_end)
    return pipeline.open_books(settings(), interval, run_id).to_dict()


@task(
    pool="gateways",
    retries=3,
    retry_delay=timedelta(seconds=RETRY_SECONDS),
    retry_exponential_backoff=2.0,
    max_retry_delay=timedelta(minutes=30),
    retry_policy=NO_SECOND_TRY,
    execution_timeout=timedelta(hours=2),
    map_index_template="{{ dataset }}",
    multiple_outputs=False,
)
def extract(run: dict[str, Any], dataset: str, ti: Any = None) -> dict[str, Any]:
    """One attempt at the export: request, poll, download with resume, verify, land. Each try is an attempt.

    While the agency is at work on a long job the task is rescheduled: it holds no worker and costs no try.
    """
    pipeline, settings, opened = _begin(run, dataset)
    with _worker_given_back():
        return pipeline.extract(settings, opened, dataset, last_try=ti.try_number > ti.max_tries)


@task(
    pool="gateways",
    retries=3,
    retry_delay=timedelta(seconds=RETRY_SECONDS),
    retry_exponential_backoff=2.0,
    max_retry_delay=timedelta(minutes=30),
    retry_policy=NO_SECOND_TRY,
    execution_timeout=timedelta(hours=4),
    outlets=[RECORDS],
    map_index_template="{{ dataset }}",
    multiple_outputs=False,
)
def collect(run: dict[str, Any], dataset: str, ti: Any = None) -> dict[str, Any]:
    """All stages of one dataset in one task: what differs from what is held is extracted, staged, validated, loaded.

    Each try is an attempt at the export, as with `extract`; where the gate holds, a person is asked, as with `ask`.
    Skipped where what is held agrees with the agency's control totals.
    """
    pipeline, settings, opened = _begin(run, dataset)
    with _worker_given_back():
        differing = pipeline.compare(settings, opened, dataset)
        if differing is None:
            raise AirflowSkipException(f"dataset [{dataset}]: what is held agrees with the agency's control totals")
        part = pipeline.Run.from_dict(differing)
        pipeline.extract(settings, part, dataset, last_try=ti.try_number > ti.max_tries)
    staged = pipeline.stage(settings, part, dataset)
    decision = pipeline.validate(settings, part, dataset, staged)
    if decision["decision"] == "hold":
        raise _question(ti, differing, dataset, staged)
    if not pipeline.lets_through(decision):
        raise AirflowSkipException(f"dataset [{dataset}]: {decision['decision']}: {'; '.join(decision['reasons'])}")
    loaded: dict[str, Any] = pipeline.load(settings, part, dataset, staged)
    return loaded


@task(
    retry_policy=NO_SECOND_TRY,
    map_index_template="{{ dataset }}",
    multiple_outputs=False,
    execution_timeout=timedelta(hours=1),
)
def stage(run: dict[str, Any], dataset: str, landed: dict[str, Any]) -> dict[str, Any]:
    """Reads what the run's attempts landed, types it by the contract, merges the attempts, sets bad rows aside."""
    pipeline, settings, opened = _begin(run, dataset)
    return pipeline.stage(settings, opened, dataset)


@task(
    map_index_template="{{ dataset }}",
    multiple_outputs=False,
    execution_timeout=timedelta(hours=1),
)
def validate(run: dict[str, Any], dataset: str, staged: dict[str, Any]) -> dict[str, Any]:
    """Great Expectations suite of the contract, then the gate: pass, warn, hold or block."""
    pipeline, settings, opened = _begin(run, dataset)
    return pipeline.validate(settings, opened, dataset, staged)


@task(
    map_index_template="{{ dataset }}",
    multiple_outputs=False,
    outlets=[RECORDS],
    execution_timeout=timedelta(hours=1),
)
def load(run: dict[str, Any], dataset: str, staged: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    """Appends the record versions and counts them. Skipped when the gate holds the dataset."""
    pipeline, settings, opened = _begin(run, dataset)
    if not pipeline.lets_through(decision):
        raise AirflowSkipException(f"dataset [{dataset}]: {decision['decision']}: {'; '.join(decision['reasons'])}")
    return pipeline.load(settings, opened, dataset, staged)


@task(map_index_template="{{ dataset }}", multiple_outputs=False)
def ask(run: dict[str, Any], dataset: str, staged: dict[str, Any], decision: dict[str, Any], ti: Any = None) -> None:
    """Starts `decide_hold`, which asks a person, when the gate holds the dataset. Skipped otherwise."""
    get_current_context()["dataset"] = dataset
    if decision["decision"] != "hold":
        raise AirflowSkipException(f"dataset [{dataset}]: {decision['decision']}, nothing to ask")
    raise _question(ti, run, dataset, staged)


@task(
    multiple_outputs=False,
    trigger_rule=TriggerRule.ALL_DONE,  # a dataset that is missing or held does not stop the others' matching
    execution_timeout=timedelta(hours=2),
)
def match(run: dict[str, Any]) -> dict[str, Any]:
    """Compares what no run has compared yet with all that is loaded; runs take turns."""
    pipeline, settings, opened = _begin(run)
    return pipeline.match(settings, opened)


@task(
    multiple_outputs=False,
    execution_timeout=timedelta(hours=1),
)
def resolve(run: dict[str, Any]) -> dict[str, Any]:
    """Joins records that lead to each other into entities."""
    pipeline, settings, opened = _begin(run)
    return pipeline.resolve(settings, opened)


@task(
    multiple_outputs=False,
    trigger_rule=TriggerRule.ALL_DONE,  # the books are closed whatever happened, in red if need be
    retries=1,
    outlets=[LEADS],
)
def close_books(run: dict[str, Any], ti: Any = None) -> dict[str, Any]:
    """Accounts for every row. Fails, and so turns the run red, when a dataset is missing, held or does not add up."""
    pipeline, settings, opened = _begin(run)
    try:
        return pipeline.close_books(settings, opened, _failed(ti))
    except pipeline.BooksError as error:
        raise AirflowFailException(str(error)) from None


def _question(ti: Any, run: dict[str, Any], dataset: str, staged: dict[str, Any]) -> DagRunTriggerException:
    """Raised, it starts `decide_hold`."""
    return DagRunTriggerException(
        trigger_dag_id="decide_hold",
        dag_run_id=f"{ti.run_id}__{dataset}",
        conf={"run": run, "dataset": dataset, "staged": staged},
        reset_dag_run=True,  # held again: asked about again
        skip_when_already_exists=False,
        wait_for_completion=False,
        allowed_states=[],
        failed_states=[],
        poke_interval=60,
        deferrable=False,
    )


def _begin(run: dict[str, Any] | None, dataset: str = "") -> tuple[Any, Any, Any]:
    """The pipeline, its settings and the open run; labels a mapped task with its dataset."""
    from dags.connections import settings
    from include import pipeline

    if not run:  # `match` and `close_books` run whatever happened before them
        raise AirflowFailException(
            "this run has no books: its `open_books` failed; see its log, clear it with Downstream"
        )
    get_current_context()["dataset"] = dataset
    return pipeline, settings(), pipeline.Run.from_dict(run)


@contextmanager
def _worker_given_back() -> Iterator[None]:
    """A job that is not ready reschedules the task instead of failing it."""
    from include.extraction.errors import NotReady

    try:
        yield
    except NotReady:
        raise AirflowRescheduleException(datetime.now(UTC) + timedelta(seconds=LOOK_AGAIN_SECONDS)) from None


def _failed(ti: Any) -> list[Any]:
    """Failed tasks of this run, each with its dataset if it is a mapped one: the books alone may still hold what an
    earlier try of a cleared task left."""
    from include.pipeline import FailedTask

    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
    failed = [TASK.fullmatch(task) for task, state in sorted(states.items()) if state == "failed"]
    datasets = {str(index): dataset for index, dataset in enumerate(dataset_names())}
    return [FailedTask(task["name"], datasets.get(task["index"], "")) for task in failed if task]
