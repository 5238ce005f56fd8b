"""A closed month under a real scheduler: rows that came late are fetched, and nothing else."""

from datetime import UTC, datetime

import httpx
import psycopg2
import pytest

from include.contracts import dataset_names
from include.local.night import FINAL
from include.local.stack import Stack
from include.warehouse.connection import fetch
from tests.dags.machine import Machine, until

pytestmark = [pytest.mark.night, pytest.mark.timeout(1200)]

START, END = datetime(2014, 9, 1, tzinfo=UTC), datetime(2014, 9, 28, tzinfo=UTC)  # its last nights are of other tests
DATASET, DAY = "uscis_petitions", "2014-09-26"
FETCHED = """select dataset, interval_start::date::text as first, interval_end::date::text as until
             from ops.attempt where run_id = %s order by dataset"""


def test_a_month_with_late_rows_fetches_only_what_differs(shared: Machine, stack: Stack) -> None:
    for gateway in stack.settings.gateways.values():  # no faults: totals differ only where something happened
        headers = {"Authorization": f"Bearer {gateway.token}"}
        httpx.put(f"{gateway.url}/v1/plan", json={}, headers=headers).raise_for_status()
    dates = {"logical_date": START, "data_interval_start": START, "data_interval_end": END}
    body = {"dag_run_id": "month", **{key: f"{at:%Y-%m-%dT%H:%M:%SZ}" for key, at in dates.items()}}
    stack.airflow.call("POST", "/dags/screen_monthly/dagRuns", json=body)
    assert run_of(stack, 1) == {(name, "2014-09-01", "2014-09-28") for name in dataset_names()}

    before = held(stack)
    forget_a_row(shared)
    assert held(stack) == before - 1
    again = {"dry_run": False, "only_failed": False}
    stack.airflow.call("POST", "/dags/screen_monthly/dagRuns/month/clear", json=again)
    assert run_of(stack, 2) == {(DATASET, DAY, "2014-09-27")}
    assert held(stack) == before


def run_of(stack: Stack, number: int) -> set[tuple[str, str, str]]:
    """What the first or the second pass over the month fetched, once its books are closed."""
    books = "select run_id, state from ops.run where external_id = 'month' order by run_id"
    until(
        lambda: [row.state for row in fetch(stack.settings.warehouse_dsn, books)],
        lambda states: len(states) == number and states[-1] != "open",
    )
    until(lambda: stack.airflow.call("GET", "/dags/screen_monthly/dagRuns/month")["state"], FINAL.__contains__)
    run = fetch(stack.settings.warehouse_dsn, books)[-1]
    assert run.state == "closed"
    return {tuple(row) for row in fetch(stack.settings.warehouse_dsn, FETCHED, [run.run_id])}


def held(stack: Stack) -> int:
    count: int = fetch(stack.settings.warehouse_dsn, "select count(*) as n from record.uscis_petition")[0].n
    return count


def forget_a_row(machine: Machine) -> None:
    """As if the month had been fetched before a row of the day was entered."""
    connection = psycopg2.connect(machine.home.postgres.dsn(f"warehouse_{machine.world.name}"))
    with connection, connection.cursor() as cursor:
        cursor.execute(
            """delete from record.uscis_petition where version_id =
               (select max(version_id) from record.uscis_petition where updated_at::date = %s)""",
            [DAY],
        )
        assert cursor.rowcount == 1
        cursor.execute(
            "update ops.day_total set row_count = row_count - 1 where dataset = %s and updated_on = %s", [DATASET, DAY]
        )
    connection.close()
