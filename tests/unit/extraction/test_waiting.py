"""An export job that takes long gives its worker back, and the same attempt goes on later; parts come side by side."""

import pickle
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scripted_gateway import CONTRACT, LIMITS, NIGHT, Answer, ScriptedGateway, rows, status

from include.extraction.client import GatewayClient
from include.extraction.errors import NotReady, Refusal, TransportError
from include.extraction.extract import extract
from include.extraction.landing import Landing
from include.extraction.receipt import Failure, Receipt
from include.settings import Extraction, Gateway

HASTY = replace(LIMITS, wait_seconds=0.0)


def test_what_waits_is_the_same_behind_a_pipe_between_processes():
    error = pickle.loads(pickle.dumps(NotReady("export job [export-1] is [running]", "export-1")))  # noqa: S301 -- what it pickled itself
    assert (str(error), error.export_id) == ("export job [export-1] is [running]", "export-1")


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path / "landing")


def attempt(where: Gateway, landing: Landing, limits: Extraction = HASTY, run_id: int = 1) -> Receipt:
    return extract(CONTRACT, NIGHT, gateway=where, limits=limits, landing=landing, run_id=run_id, last_try=False)


def test_a_long_job_gives_the_worker_back_and_the_attempt_goes_on(landing):
    gateway = ScriptedGateway()
    gateway.states.clear()
    gateway.states.extend(["running"] * 3)
    with gateway.running() as where:
        for _ in range(3):
            with pytest.raises(NotReady, match=r"export job \[export-1\] is \[running\]; go on with it later"):
                attempt(where, landing)
        assert landing.receipts(CONTRACT.dataset, NIGHT) == []
        assert landing.failures(CONTRACT.dataset, NIGHT, 1) == [], "an attempt that waits has not failed"
        receipt = attempt(where, landing)
    assert (receipt.attempt, receipt.complete) == (1, True)
    assert gateway.attempts == [1], "asked for once: a gateway may begin anew when it is asked again"
    assert landing.attempts(CONTRACT.dataset, NIGHT, 1) == 1


def test_another_run_does_not_take_an_attempt_that_waits(landing):
    gateway = ScriptedGateway()
    gateway.states.clear()
    gateway.states.extend(["running"])
    with gateway.running() as where:
        with pytest.raises(NotReady):
            attempt(where, landing)
        assert attempt(where, landing, run_id=2).attempt == 2
        assert attempt(where, landing).attempt == 1


def test_a_job_that_never_ends_is_given_up_however_often_its_worker_was_given_back(landing):
    gateway = ScriptedGateway()
    gateway.states.extend(["running"] * 10)
    with gateway.running() as where:
        with pytest.raises(NotReady):
            attempt(where, landing)
        [ledger] = (landing.root / CONTRACT.dataset / NIGHT.slug).glob("*.failed.json")
        entry = Failure.model_validate_json(ledger.read_bytes())
        long_ago = datetime.now(UTC) - timedelta(seconds=HASTY.job_seconds + 1)
        ledger.chmod(0o600)
        ledger.write_text(entry.model_copy(update={"started_at": long_ago}).model_dump_json())
        with pytest.raises(TransportError) as given_up:
            attempt(where, landing)
    assert given_up.value.cause == "job_timeout"
    assert [failure.cause for failure in landing.failures(CONTRACT.dataset, NIGHT, 1)] == ["job_timeout"]


def test_a_job_is_looked_at_less_and_less_often_and_every_few_seconds_at_least():
    gateway, slept = ScriptedGateway(), []
    gateway.states.clear()
    gateway.states.extend(["running"] * 6)
    patient = Extraction(poll_seconds=1, wait_seconds=600, job_seconds=600)
    with gateway.running() as where, GatewayClient(where, patient, slept.append) as client:
        client.wait_ready(client.request_export(CONTRACT.dataset, NIGHT, 1))
    assert slept == [1, 2, 4, 5, 5, 5]


def test_parts_come_side_by_side(landing):
    """Each of four parts is sent when all four were asked for."""
    gateway = ScriptedGateway()
    gateway.offer([rows(2, start) for start in range(0, 8, 2)])
    together = threading.Barrier(4, timeout=30)

    def wait(_: Answer) -> None:
        together.wait()

    gateway.always["part"] = wait
    with gateway.running() as where:
        receipt = attempt(where, landing, replace(LIMITS, parts_at_once=4, read_seconds=30.0))
    assert (receipt.complete, receipt.rows, len(receipt.parts)) == (True, 8, 4)


def test_faults_of_parts_that_come_side_by_side_are_all_counted(landing):
    gateway = ScriptedGateway()
    gateway.offer([rows(2, start) for start in range(0, 16, 2)])
    gateway.faults["part"].extend([status(503)] * 8)
    with gateway.running() as where:
        receipt = attempt(where, landing, replace(LIMITS, parts_at_once=4))
    assert (receipt.complete, receipt.retried) == (True, {"503": 8})


def test_a_part_that_fails_for_good_is_noticed_while_one_before_it_is_on_its_way(landing):
    gateway = ScriptedGateway()
    gateway.offer([rows(2, start) for start in range(0, 40, 2)])
    first, second, *_, last = gateway.parts.values()
    was_asked_for_all = threading.Event()

    def by_part(answer: Answer) -> None:
        if answer.body == first:
            was_asked_for_all.wait(1)
        elif answer.body == second:
            status(403)(answer)
        elif answer.body == last:
            was_asked_for_all.set()

    gateway.always["part"] = by_part
    with gateway.running() as where, pytest.raises(Refusal):
        attempt(where, landing, replace(LIMITS, parts_at_once=2))
    assert not was_asked_for_all.is_set()


def test_one_part_that_fails_for_good_ends_the_attempt(landing):
    gateway = ScriptedGateway()
    gateway.offer([rows(2, start) for start in range(0, 40, 2)])
    gateway.always["part"] = status(503)
    with gateway.running() as where, pytest.raises(TransportError):
        attempt(where, landing, replace(LIMITS, parts_at_once=2, resumes=2))
    assert landing.receipts(CONTRACT.dataset, NIGHT) == []
    asked = len(gateway.paths(".csv.gz"))
    assert asked <= 8, "parts that had not begun were not asked for"
