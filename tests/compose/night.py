"""History and one night through Celery, and what the warehouse holds then. `run.sh` runs this inside the API server's
container: it has the login, the warehouse and the project, and the machine outside needs no Python packages."""

import os
import socket
import sys
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from include.contracts import dataset_names
from include.local.airflow_api import DAG, AirflowApi, AirflowError
from include.reporting.summary import summarise
from include.warehouse.connection import as_role, fetch, query

SECONDS = 1800.0  # for each of the two runs; a slow machine needs some 300


def main() -> None:
    api = AirflowApi("http://localhost:8080", "admin", os.environ["CROSSCHECK_ADMIN_PASSWORD"])
    wait_for("the DAG", lambda: api.find(f"/dags/{DAG}") is not None)
    start, night = (
        datetime.combine(date.fromisoformat(os.environ[f"CROSSCHECK_WORLD_{end}"]), clock(), UTC)
        for end in ("START", "END")
    )
    run(api, "history", start, night)
    last = run(api, "night", night, night + timedelta(days=1))
    log = api.call("GET", f"/dags/{DAG}/dagRuns/{last}/taskInstances/close_books/logs/1")
    check(bool(log["content"]), "the API server reads the log that the worker wrote")


def run(api: AirflowApi, name: str, start: datetime, end: datetime) -> str:
    """Run the DAG over an interval and check its books; the run's id."""
    began = time.monotonic()
    run_id, _joined = api.run_interval(f"{name}__test", start, end, "started by tests/compose/run.sh")
    wait_for(f"the run [{run_id}]", lambda: api.run(run_id)["state"] in ("success", "failed"))
    state = api.run(run_id)["state"]
    tasks = api.tasks(run_id)
    for task in tasks:
        if task["state"] not in ("success", "skipped"):
            say(f"{task['task_id']}[{task['map_index']}] {task['state']}, try {task['try_number']}")
    hosts = {task["hostname"] for task in tasks if task["hostname"]}
    say(f"{name}: {state} after {time.monotonic() - began:.0f} s, {len(tasks)} tasks on {len(hosts)} worker(s)")

    dsn = as_role(os.environ["AIRFLOW_CONN_DESK"], "analyst")
    number = fetch(dsn, query("last_run"), {"start": start, "end": end})[0].run_id
    check(number is not None, "the books were opened")
    summary = summarise(dsn, number)
    for row in summary["datasets"]:
        counts = "  ".join(f"{key} {row[key]:,}" for key in ("received", "duplicate", "quarantined", "loaded"))
        say(f"  {row['name']:22} {counts}  attempts {row['attempts']}  gate {row['decision']}")
    for reason in summary["reasons"]:
        say(f"  {reason}")
    say(f"  leads {summary['leads']:,}, in the warehouse {summary['leads_in_warehouse']:,}")
    check(state == "success", "the run is green")
    check(hosts and socket.gethostname() not in hosts, "the tasks ran on a Celery worker")
    check(summary["books_closed"], "the books are closed")
    check([row["name"] for row in summary["datasets"]] == dataset_names(), "every dataset is in them")
    open_rows = fetch(dsn, "select dataset from report.run where run_id = %s and is_closed is not true", [number])
    check(not open_rows, "report.run accounts for every row")
    check(summary["leads_in_warehouse"] > 0, "there are leads")
    return run_id


def wait_for(what: str, is_so) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            sys.exit(f"{what} was not there after {SECONDS:.0f} s")
        time.sleep(2)


def check(is_so: object, what: str) -> None:
    if not is_so:
        sys.exit(f"not so: {what}")
    say(f"  ok: {what}")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 -- its output is the test's report


if __name__ == "__main__":
    try:
        main()
    except AirflowError as error:
        sys.exit(str(error))
