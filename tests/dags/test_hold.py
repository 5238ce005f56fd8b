"""A hold under a real scheduler: it waits in Airflow's own list, stops nobody, and ends by an answer or by a cure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from include.contracts import dataset_names
from include.local.night import FINAL
from include.local.stack import Stack
from include.simulator.gateways.plan import Rules
from include.warehouse.connection import fetch
from tests.dags.machine import until

pytestmark = [pytest.mark.night, pytest.mark.timeout(1200)]

DATASET = "tecs_subjects"
LOADED = "select dataset from ops.load join ops.run using (run_id) where starts_with(external_id, 'night__')"
BLANK = [
    {
        "datasets": DATASET,
        "attempt": number,
        "why": "on trial",
        "files": [{"fault": "column_blank", "columns": ["DOB"]}],
    }
    for number in range(1, 5)
]


def plan(stack: Stack, attempts: list[dict[str, Any]]) -> None:
    """What goes wrong at the gateway of TECS from now on."""
    written = {"name": "trial", "meaning": "a dataset that never comes whole", "attempts": attempts}
    rules = Rules.model_validate({"written": written} if attempts else {})
    gateway = stack.settings.gateways["tecs"]
    answer = httpx.put(
        f"{gateway.url}/v1/plan",
        json=rules.model_dump(mode="json"),
        headers={"Authorization": f"Bearer {gateway.token}"},
    )
    answer.raise_for_status()


def screened(stack: Stack, day: int) -> tuple[str, str]:
    """The night's run, and how it ended."""
    start = datetime(2014, 9, day, tzinfo=UTC)
    run, _ = stack.airflow.run_interval(f"night__{date(2014, 9, day)}", start, start + timedelta(days=1), "on trial")
    return run, until(lambda: stack.airflow.run(run)["state"], lambda state: state in FINAL)


def requests(stack: Stack) -> list[dict[str, Any]]:
    """Open requests, as the UI lists them under Required Actions."""
    found = stack.airflow.call("GET", "/dags/~/dagRuns/~/hitlDetails", params={"response_received": False})
    return [detail for detail in found["hitl_details"] if detail["task_instance"]["state"] == "awaiting_input"]


def decided(stack: Stack, run: str) -> str:
    """How the run that asked ended."""
    path = f"/dags/decide_hold/dagRuns/{run}__{DATASET}"
    return until(lambda: stack.airflow.call("GET", path)["state"], lambda state: state in FINAL)


def books(stack: Stack) -> list[tuple[str, str]]:
    rows = fetch(
        stack.settings.warehouse_dsn,
        "select interval_start, state from ops.run where starts_with(external_id, 'night__') order by run_id",
    )
    return [(f"{row.interval_start:%d}", row.state) for row in rows]


def ledger(stack: Stack) -> list[tuple[str, str, str]]:
    rows = fetch(stack.settings.warehouse_dsn, "select outcome, decided_by, reason from ops.gate_decision order by 1")
    return [tuple(row) for row in rows]


def test_a_hold_is_answered_by_a_person_and_another_is_cured_by_a_later_attempt(stack: Stack) -> None:
    plan(stack, BLANK)
    first, state = screened(stack, 30)
    assert state == "failed"
    second, state = screened(stack, 29)  # the first request is open, and another night runs to its end
    assert state == "failed"
    loaded = {row.dataset for row in fetch(stack.settings.warehouse_dsn, LOADED)}
    assert loaded == {*dataset_names()} - {DATASET}

    found = until(lambda: requests(stack), lambda seen: len(seen) == 2)
    asked = {detail["task_instance"]["dag_run_id"]: detail for detail in found}
    detail = asked[f"{first}__{DATASET}"]
    assert detail["subject"] == f"{DATASET}, night of 2014-09-30: held"
    assert "the delivery is incomplete" in detail["body"]
    assert "**Release** loads the" in detail["body"]
    pools = stack.airflow.call("GET", "/pools")["pools"]
    assert all(pool["occupied_slots"] == 0 for pool in pools), "a hold that waits takes no slot"

    answer = {"chosen_options": ["Release"], "params_input": {"reason": "the dates are not recorded"}}
    path = f"/dags/decide_hold/dagRuns/{first}__{DATASET}/taskInstances/decide/-1/hitlDetails"
    stack.airflow.call("PATCH", path, json=answer)
    assert decided(stack, first) == "success"
    assert ledger(stack) == [("release", "admin", "the dates are not recorded")]
    assert books(stack) == [("30", "closed"), ("29", "red")]

    plan(stack, [])
    body = {
        "dry_run": False,
        "dag_run_id": second,
        "task_ids": [["collect.extract", dataset_names().index(DATASET)]],
        "include_downstream": True,
        "only_failed": False,
        "reset_dag_runs": True,
    }
    stack.airflow.call("POST", "/dags/screen_nightly/clearTaskInstances", json=body)
    until(lambda: books(stack)[1], lambda seen: seen == ("29", "closed"))
    assert decided(stack, second) == "success"
    assert [outcome for outcome, _, _ in ledger(stack)] == ["cured", "release"]
    assert requests(stack) == []
