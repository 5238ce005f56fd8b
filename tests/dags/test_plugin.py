"""The plugin as Airflow's API server loads it: nothing of it without a login."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from include.local.postgres import free_port

CHECKOUT = Path(__file__).parents[2]
ROUTES = [
    *("/crosscheck/nights", "/crosscheck/nights/1", "/crosscheck/nights/of?external_id=x"),
    *("/crosscheck/leads", "/crosscheck/leads?list=reopened"),
    "/crosscheck/lead?subject_id=S00000001&receipt_number=EAC0612345678",
]

pytestmark = [pytest.mark.night, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("airflow")
    users = home / "passwords.json"
    users.write_text(json.dumps({"ana": "secret-of-ana"}))
    port = free_port()
    env = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": str(CHECKOUT),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "ana:viewer",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(users),
        "AIRFLOW__API_AUTH__JWT_SECRET": "j" * 64,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW_CONN_DESK": "postgres://nobody:x@127.0.0.1:1/none",
        "CROSSCHECK_AUDIT_KEY": "k" * 64,
        "CROSSCHECK_DESK_ROLES": "ana=investigator",
    }
    airflow = [sys.executable, "-m", "airflow"]
    subprocess.run([*airflow, "db", "migrate"], env=env, check=True, capture_output=True)
    with (home / "api-server.log").open("w") as log:
        process = subprocess.Popen([*airflow, "api-server"], env=env, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 180
        while True:
            try:
                if httpx.get(f"{url}/api/v2/monitor/health").is_success:
                    break
            except httpx.TransportError:
                pass
            assert process.poll() is None, (home / "api-server.log").read_text()[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.3)
        yield url
        process.terminate()
        process.wait(30)


def test_without_a_login_nothing_is_shown_and_nothing_decided(server: str) -> None:
    for route in ROUTES:
        assert httpx.get(server + route).status_code == 401, route
    form = {"subject_id": "S", "receipt_number": "R", "outcome": "reject", "reason": "x", "seal": "x"}
    assert httpx.post(f"{server}/crosscheck/lead", data=form).status_code == 401
    for route in ("/crosscheck/docs", "/crosscheck/redoc", "/crosscheck/openapi.json"):
        assert httpx.get(server + route).status_code == 404, route


def test_with_a_login_the_pages_ask_the_warehouse(server: str) -> None:
    """The warehouse of this test does not answer: the page says so, which it can only do after the login."""
    login = httpx.post(f"{server}/auth/token", json={"username": "ana", "password": "secret-of-ana"})
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    for route in ROUTES:
        answer = httpx.get(server + route, headers=headers)
        assert answer.status_code == 503, route
        assert "does not answer" in answer.text
    plugins = httpx.get(f"{server}/api/v2/plugins/importErrors", headers=headers).json()
    assert plugins["total_entries"] == 0
