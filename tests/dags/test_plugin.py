"""The plugin as Airflow's API server loads it: nothing of it without a login."""

import httpx
import pytest

from include.local.environment import USER
from include.local.stack import Stack

PAGES = {  # route -> what only the warehouse can tell
    "/crosscheck/nights": (200, "SIMULATED"),
    "/crosscheck/nights/999999999": (404, "[999999999]"),
    "/crosscheck/nights/of?external_id=x": (200, "has not opened its books"),
    "/crosscheck/leads": (200, "SIMULATED"),
    "/crosscheck/leads?list=reopened": (200, "SIMULATED"),
    "/crosscheck/lead?subject_id=S00000000&receipt_number=EAC0699999999": (404, "no such lead"),
}

pytestmark = [pytest.mark.night, pytest.mark.timeout(1200)]


def test_without_a_login_nothing_is_shown_and_nothing_decided(stack: Stack) -> None:
    for route in PAGES:
        assert httpx.get(stack.url + route).status_code == 401, route
    form = {"subject_id": "S", "receipt_number": "R", "outcome": "reject", "reason": "x", "seal": "x"}
    assert httpx.post(f"{stack.url}/crosscheck/lead", data=form).status_code == 401
    for route in ("/crosscheck/docs", "/crosscheck/redoc", "/crosscheck/openapi.json"):
        assert httpx.get(stack.url + route).status_code == 404, route


def test_with_a_login_the_pages_ask_the_warehouse(stack: Stack) -> None:
    login = httpx.post(f"{stack.url}/auth/token", json={"username": USER, "password": stack.password})
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    for route, (status, words) in PAGES.items():
        answer = httpx.get(stack.url + route, headers=headers)
        assert (answer.status_code, words in answer.text) == (status, True), route
    logged = (stack.world.logs / "api-server.log").read_text()
    assert "/crosscheck/lead" in logged, "Airflow logs requests"
    assert "EAC0699999999" not in logged, "and not whom they were about"
    plugins = httpx.get(f"{stack.url}/api/v2/plugins/importErrors", headers=headers).json()
    assert plugins["total_entries"] == 0
