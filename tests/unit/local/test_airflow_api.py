import json

import httpx
import pytest

from include.local.airflow_api import AirflowApi


@pytest.mark.parametrize(
    ("held", "sent"),
    [
        (None, [("POST", {"name": "gateways", "slots": 7, "description": "why"})]),
        (5, [("PATCH", {"pool": "gateways", "slots": 7, "include_deferred": False})]),
        (7, []),
    ],
)
def test_a_pool_has_the_slots_that_are_wanted_whatever_it_had(monkeypatch, held, sent):
    changed = []

    def airflow(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/auth/token":
            return httpx.Response(201, json={"access_token": "t"})
        if request.method == "GET":
            return httpx.Response(404) if held is None else httpx.Response(200, json={"slots": held})
        changed.append((request.method, json.loads(request.content)))
        return httpx.Response(200, json={})

    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **kind: client(transport=httpx.MockTransport(airflow), **kind))
    assert AirflowApi("http://airflow", "admin", "secret").ensure_pool("gateways", 7, "why") == (held or 0)
    assert changed == sent
