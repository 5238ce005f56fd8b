"""The few calls of Airflow's REST API that the local commands make."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from include.interval import midnight

DAG = "screen_nightly"
FINAL = ("success", "failed")  # states of a run that has ended
BACKFILL_SECONDS = 900.0  # it answers when all runs are made and failed ones cleared: a second each if busy
SECONDS = 60.0  # the first request builds the app, which takes 10 s on a busy machine


class AirflowError(RuntimeError):
    """Airflow refused. One line. `status`: of its answer, 0 if there was none."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class AirflowApi:
    """A session at the API server of a stack."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._login = {"username": user, "password": password}
        self._client = httpx.Client(base_url=url, timeout=SECONDS)

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return self._client.get("/api/v2/monitor/health").is_success
        except httpx.TransportError:
            return False

    def warm(self) -> None:
        """Have the execution API built before a task asks for it: a task's own client waits only 5 s."""
        self._client.get("/execution/health")

    def health(self) -> dict[str, Any]:
        """State of scheduler, dag processor, triggerer, metadata database."""
        state: dict[str, Any] = self._client.get("/api/v2/monitor/health").json()
        return state

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """One authenticated call; its JSON. Raises `AirflowError`."""
        if "authorization" not in self._client.headers:
            answer = self._send("POST", "/auth/token", json=self._login)
            if not answer.is_success:
                raise AirflowError(f"Airflow at [{self.url}] refused the login with [{answer.status_code}]")
            self._client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        answer = self._send(method, f"/api/v2{path}", **arguments)
        if not answer.is_success:
            said = f"Airflow refused [{method} {path}] with [{answer.status_code}]: {answer.text[:300]}"
            raise AirflowError(said, answer.status_code)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise AirflowError(
                f"Airflow at [{self.url}] does not answer ({type(error).__name__}); the same command goes on"
            ) from None

    def find(self, path: str) -> Any | None:
        """GET that may find nothing."""
        try:
            return self.call("GET", path)
        except AirflowError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def ensure_pool(self, name: str, slots: int, why: str) -> int:
        """Have a pool of so many slots; how many it had, 0 if it was not there."""
        held = self.find(f"/pools/{name}")
        if held is None:
            self.call("POST", "/pools", json={"name": name, "slots": slots, "description": why})
            return 0
        if held["slots"] != slots:
            # Airflow 3.3 refuses a part of a pool; of the whole, the mask has it take the slots alone
            whole = {"pool": name, "slots": slots, "include_deferred": False}
            self.call("PATCH", f"/pools/{name}", params={"update_mask": "slots"}, json=whole)
        return int(held["slots"])

    def run_interval(self, run_id: str, start: datetime, end: datetime, note: str) -> tuple[str, bool]:
        """Start the DAG over an interval, repeat its run over it, or go on with one that was interrupted.

        The run's id, and whether it goes on.

        Airflow allows one run per logical date (the interval's start): a night that has run is cleared and runs again.
        """
        held = self.call(
            "GET", f"/dags/{DAG}/dagRuns", params={"logical_date_gte": _iso(start), "logical_date_lte": _iso(start)}
        )
        if held["dag_runs"]:
            found: str = held["dag_runs"][0]["dag_run_id"]
            if held["dag_runs"][0]["state"] in ("queued", "running"):
                return found, True
            self.call("POST", f"/dags/{DAG}/dagRuns/{found}/clear", json={"dry_run": False, "only_failed": False})
            return found, False
        body = {
            "dag_run_id": run_id,
            "logical_date": _iso(start),
            "data_interval_start": _iso(start),
            "data_interval_end": _iso(end),
            "note": note,
        }
        return str(self.call("POST", f"/dags/{DAG}/dagRuns", json=body)["dag_run_id"]), False

    def run(self, run_id: str) -> dict[str, Any]:
        """State of a run."""
        state: dict[str, Any] = self.call("GET", f"/dags/{DAG}/dagRuns/{run_id}")
        return state

    def tasks(self, run_id: str) -> list[dict[str, Any]]:
        """Task instances of a run."""
        found: list[dict[str, Any]] = self.call(
            "GET", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances", params={"limit": 200}
        )["task_instances"]
        return found

    def backfill(self, dag: str, first: date, last: date, max_active_runs: int, reprocess: str) -> int:
        """Airflow's own backfill over intervals that begin on these days and between; its id.

        Airflow allows one a DAG: one over the same days that was interrupted goes on as it was asked for.
        """
        span = {"from_date": _iso(midnight(first)), "to_date": _iso(midnight(last) + timedelta(hours=23))}
        for held in self.call("GET", "/backfills", params={"dag_id": dag, "order_by": "-id"})["backfills"]:
            if held["completed_at"] is None and {key: held[key] for key in span} == span:
                return int(held["id"])
        body = {
            "dag_id": dag,
            **span,
            "max_active_runs": max_active_runs,
            "reprocess_behavior": reprocess,
            "run_backwards": False,
            "dag_run_conf": {},
        }
        return int(self.call("POST", "/backfills", json=body, timeout=BACKFILL_SECONDS)["id"])

    def runs_done(self, dag: str, first: date, last: date) -> tuple[int, int]:
        """How many of the runs over intervals that begin on these days and between have ended, and how many there are.

        Counted by Airflow: a list of a hundred runs takes its API server 50 times as long as their number.
        """
        bounds = {"logical_date_gte": _iso(midnight(first)), "logical_date_lte": _iso(midnight(last)), "limit": 1}
        ended, there = (
            self.call("GET", f"/dags/{dag}/dagRuns", params={**bounds, **states})["total_entries"]
            for states in ({"state": FINAL}, {})
        )
        return int(ended), int(there)


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
