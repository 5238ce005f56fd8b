"""An export job that takes longer than a worker waits for it, and a scheduler that dies meanwhile."""

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from include.contracts import dataset_names
from include.local.night import FINAL
from include.local.stack import Stack
from include.warehouse.connection import fetch
from tests.dags.machine import until

pytestmark = [pytest.mark.night, pytest.mark.timeout(1200)]

DATASET, AGENCY = "tecs_subjects", "tecs"
START = datetime(2014, 9, 28, tzinfo=UTC)
SLOW = {
    "transport": {"job_slow_seconds": 40.0},
    "written": {
        "name": "trial",
        "meaning": "one job takes twice as long as a worker waits for it",
        "attempts": [{"datasets": DATASET, "attempt": 1, "why": "on trial", "job": "job_slow"}],
    },
}
ATTEMPTS = """select attempt, a.state from ops.attempt a join ops.run using (run_id)
              where dataset = %s and external_id = %s"""


def gateway(stack: Stack, method: str, path: str, agency: str = AGENCY, **arguments: Any) -> Any:
    where = stack.settings.gateways[agency]
    headers = {"Authorization": f"Bearer {where.token}"}
    return httpx.request(method, f"{where.url}{path}", headers=headers, **arguments).raise_for_status().json()


def of_this_night(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["dataset"] == DATASET and line["updated_from"].startswith(f"{START:%F}")]


def extracting(stack: Stack, run: str) -> dict[str, Any]:
    """The task that fetches the dataset."""
    number = dataset_names().index(DATASET)
    path = f"/dags/screen_nightly/dagRuns/{run}/taskInstances/collect.extract/{number}"
    return stack.airflow.find(path) or {"state": None}


def fetching(stack: Stack) -> int:
    """How many tasks that fetch have a worker, or are promised one."""
    taken: int = stack.airflow.call("GET", "/pools/gateways")["occupied_slots"]
    return taken


def test_a_job_is_waited_for_without_a_worker_and_outlives_the_scheduler(stack: Stack) -> None:
    gateway(stack, "PUT", "/v1/plan", json=SLOW)
    gateway(stack, "PUT", "/v1/plan", "uscis", json={})
    run, _ = stack.airflow.run_interval("slow__2014-09-28", START, START + timedelta(days=1), "on trial")
    until(lambda: extracting(stack, run)["state"], lambda state: state == "up_for_reschedule")
    until(lambda: fetching(stack), lambda taken: taken == 0)  # the other datasets are there, and this one holds none
    assert extracting(stack, run)["state"] == "up_for_reschedule"

    scheduler = stack.components["scheduler"]
    os.killpg(scheduler.process.pid, signal.SIGKILL)  # with its workers
    scheduler.process.wait()
    scheduler.start()
    assert until(lambda: stack.airflow.run(run)["state"], lambda state: state in FINAL) == "success"

    assert extracting(stack, run)["try_number"] == 1, "waiting costs no try"
    [job] = of_this_night(gateway(stack, "GET", "/v1/served"))
    assert (job["attempt"], job["asked_for"], job["state"]) == (1, 1, "ready")
    assert [fault["fault"] for fault in of_this_night(gateway(stack, "GET", "/v1/faults"))] == ["job_slow"]
    assert [tuple(row) for row in fetch(stack.settings.warehouse_dsn, ATTEMPTS, [DATASET, run])] == [(1, "landed")]
