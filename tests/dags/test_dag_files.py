"""What the DAG files promise, read as Airflow reads them."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from include.contracts import dataset_names

CHECKOUT = Path(__file__).parents[2]
DAGS = ["decide_hold", "purge_landing", "screen_monthly", "screen_nightly"]
HEAVY = ("pandas", "great_expectations", "rapidfuzz", "numpy", "pyarrow", "psycopg2")


@pytest.fixture(scope="module")
def dags():
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    initdb()
    bag = DagBag(str(CHECKOUT / "dags"))
    assert bag.import_errors == {}
    assert sorted(bag.dags) == DAGS
    return bag.dags


@pytest.fixture(scope="module", params=[("screen_monthly", "collect"), ("screen_nightly", "collect.extract")])
def fetching(dags, request):
    """The task that asks the agency."""
    name, task = request.param
    return dags[name].get_task(task)


@pytest.mark.parametrize(("name", "days"), [("screen_nightly", 1), ("screen_monthly", 30)])
def test_the_schedule_is_a_data_interval(dags, name, days):
    import pendulum
    from airflow.sdk import CronDataIntervalTimetable

    assert isinstance(dags[name].timetable, CronDataIntervalTimetable)
    assert dags[name].catchup is False
    from airflow.serialization.serialized_objects import DagSerialization

    timetable = DagSerialization.from_dict(DagSerialization.to_dict(dags[name])).timetable
    interval = timetable.infer_manual_data_interval(run_after=pendulum.datetime(2014, 10, 1, tz="UTC"))
    assert (interval.end - interval.start).days == days


def test_a_month_is_a_task_for_each_dataset(dags):
    month = dags["screen_monthly"]
    assert list(month.task_ids) == ["open_books", "collect", "match", "resolve", "close_books"]
    assert list(month.get_task("collect").op_kwargs_expand_input.value["dataset"]) == dataset_names()


@pytest.mark.parametrize("name", DAGS)
def test_every_task_says_what_it_is_and_whose(dags, name):
    dag = dags[name]
    for task in dag.tasks:
        assert task.doc_md, task.task_id
        assert task.owner == "crosscheck"
        assert task.retries >= 1
        assert task.has_on_failure_callback, task.task_id
    assert dag.doc_md
    assert "crosscheck" in dag.tags


def test_a_hold_waits_outside_the_night_and_stops_no_other(dags):
    assert all("decide" not in task.task_id for task in dags["screen_nightly"].tasks)
    held = dags["decide_hold"]
    assert held.max_active_runs >= 1000
    assert held.dagrun_timeout is None
    decide = held.get_task("decide")
    assert decide.options == ["Release", "Reject"]
    assert decide.defaults == ["Reject"]
    assert decide.response_timeout <= timedelta(minutes=5)
    assert decide.execution_timeout is None


def test_extraction_is_bounded_by_a_pool_and_backs_off(fetching):
    assert fetching.pool == "gateways"
    assert fetching.retries == 3
    assert fetching.retry_exponential_backoff == 2.0
    assert fetching.max_retry_delay <= timedelta(hours=1)


@pytest.mark.parametrize("name", ["screen_nightly", "screen_monthly", "decide_hold"])
def test_a_task_leaves_one_xcom(dags, name):
    """Airflow would store each key of an annotated dictionary apart: five requests where one does."""
    assert not any(getattr(task, "multiple_outputs", False) for task in dags[name].tasks)


def test_what_would_fail_the_same_way_is_not_tried_again(dags, fetching):
    from airflow.sdk import RetryAction

    from include.extraction.errors import IncompleteExport, Refusal, TransportError
    from include.quality.errors import StagingError

    unread = dags["screen_nightly"].get_task("collect.stage").retry_policy
    assert unread.evaluate(StagingError("header"), try_number=1, max_tries=2).action == RetryAction.FAIL
    assert unread.evaluate(OSError("disk"), try_number=1, max_tries=2).action != RetryAction.FAIL
    policy = fetching.retry_policy
    assert policy.evaluate(StagingError("header"), try_number=1, max_tries=3).action == RetryAction.FAIL
    refused = policy.evaluate(Refusal("no"), try_number=1, max_tries=3)
    assert refused.action == RetryAction.FAIL
    for error in (TransportError("reset"), IncompleteExport("short")):
        assert policy.evaluate(error, try_number=1, max_tries=3).action != RetryAction.FAIL


def test_a_long_job_gives_the_worker_back(monkeypatch):
    """No try is used and no worker held; the task comes back by itself."""
    from airflow.sdk.exceptions import AirflowRescheduleException

    from dags import tasks
    from include.extraction.errors import NotReady

    def extract(*_, **__):
        raise NotReady("export job [1] is [running]", "1")

    stages = SimpleNamespace(extract=extract, compare=extract)
    monkeypatch.setattr(tasks, "_begin", lambda *_: (stages, None, None))
    for task in (tasks.extract, tasks.collect):
        with pytest.raises(AirflowRescheduleException) as later:
            task.function({}, "tecs_subjects", ti=SimpleNamespace(try_number=1, max_tries=3))
        assert later.value.reschedule_date > datetime.now(UTC)


PART = {"run_id": 7, "start": "2014-09-03T00:00:00+00:00", "end": "2014-09-04T00:00:00+00:00"}  # one day differs


def collected(monkeypatch, decision):
    """What `collect` returns if the gate decides so; what was staged is asked to be of the days that differ."""
    from dags import tasks
    from include import pipeline

    def stage(_settings, run, _dataset):
        assert run.to_dict() == PART
        return {"accepted_path": "a"}

    stages = SimpleNamespace(
        Run=pipeline.Run,
        compare=lambda *_: PART,
        extract=lambda *_, **__: None,
        stage=stage,
        validate=lambda *_: {"decision": decision, "reasons": ["why"]},
        lets_through=pipeline.lets_through,
        load=lambda *_: {"loaded": 1},
    )
    monkeypatch.setattr(tasks, "_begin", lambda *_: (stages, None, None))
    return tasks.collect.function({}, "tecs_subjects", ti=SimpleNamespace(run_id="m", try_number=1, max_tries=3))


def test_the_gate_decides_how_a_month_ends_for_a_dataset(monkeypatch):
    from airflow.sdk.exceptions import AirflowSkipException, DagRunTriggerException

    assert collected(monkeypatch, "pass") == collected(monkeypatch, "warn") == {"loaded": 1}
    with pytest.raises(AirflowSkipException, match="block: why"):
        collected(monkeypatch, "block")
    with pytest.raises(DagRunTriggerException) as asked:
        collected(monkeypatch, "hold")
    assert asked.value.trigger_dag_id == "decide_hold"
    assert asked.value.conf == {"run": PART, "dataset": "tecs_subjects", "staged": {"accepted_path": "a"}}


def test_a_month_that_agrees_is_not_fetched(monkeypatch):
    from airflow.sdk.exceptions import AirflowSkipException

    from dags import tasks

    monkeypatch.setattr(tasks, "_begin", lambda *_: (SimpleNamespace(compare=lambda *_: None), None, None))
    with pytest.raises(AirflowSkipException):
        tasks.collect.function({}, "tecs_subjects", ti=SimpleNamespace(try_number=1, max_tries=3))


@pytest.mark.parametrize("task", ["match", "resolve", "close_books"])
def test_without_books_a_task_says_where_to_look_and_is_not_tried_again(task):
    from airflow.sdk.exceptions import AirflowFailException

    from dags import tasks

    with pytest.raises(AirflowFailException, match="its `open_books` failed"):
        getattr(tasks, task).function(None)


def test_a_failed_task_is_told_with_its_dataset():
    from dags.tasks import _failed

    states = {"collect.extract_1": "failed", "collect_0": "failed", "collect.load_0": "skipped", "match": "failed"}
    ti = SimpleNamespace(dag_id="d", run_id="n", get_task_states=lambda **_: {"n": states})
    first, second = dataset_names()[:2]
    assert _failed(ti) == [("extract", second), ("collect", first), ("match", "")]


@pytest.mark.parametrize(("label", "named"), [("tecs_aliases", " [tecs_aliases], run n"), (None, ", run n")])
def test_an_alert_names_the_dataset_of_a_mapped_task(caplog, label, named):
    from dags.alerts import FailureNotifier

    instance = SimpleNamespace(dag_id="d", task_id="collect.extract", run_id="n", rendered_map_index=label)
    FailureNotifier().notify({"ti": instance})
    assert f"d.collect.extract{named} failed" in caplog.text


def test_every_dataset_of_the_contracts_is_collected(dags):
    group = dags["screen_nightly"].task_group.children["collect"]
    assert list(group._expand_input.value["dataset"]) == dataset_names()


def test_parsing_imports_nothing_heavy():
    """In a process of its own: what Airflow has imported by itself does not count."""
    program = (
        "import sys, airflow.sdk; before = set(sys.modules); sys.path[:0] = ['.', 'dags']\n"
        f"for name in {DAGS!r}:\n"
        f"    __import__(name); print(name, sorted(m for m in {HEAVY!r} if m in set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-len(DAGS) :] == [f"{name} []" for name in DAGS]
