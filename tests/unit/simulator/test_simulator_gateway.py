"""The gateway's protocol over real HTTP, and its faults as they look on the wire."""

import gzip
import json
import socket
import time
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from include.contracts.model import load_all
from include.simulator.rates import Transport
from tests.unit.simulator.conftest import TOKEN, Serve, client

NIGHT = {"updated_from": "2014-09-30T00:00:00Z", "updated_until": "2014-10-01T00:00:00Z"}


def ask(http: httpx.Client, dataset: str = "uscis_petitions", attempt: int = 1, **period: str) -> httpx.Response:
    return http.post("/v1/exports", json={"dataset": dataset, "attempt": attempt, **(NIGHT | period)})


def ready(http: httpx.Client, dataset: str = "uscis_petitions", attempt: int = 1) -> str:
    """Ask for the last night and wait; returns the path of the export."""
    path = f"/v1/exports/{ask(http, dataset, attempt).json()['export_id']}"
    states = [http.get(path).json()["state"] for _ in range(2)]
    assert states == ["running", "ready"]
    return path


def test_an_export_from_request_to_bytes(smoke: Path, serve: Serve) -> None:
    with client(serve(smoke, "uscis")) as http:
        assert http.get("/health", headers={"Authorization": ""}).json() == {"status": "ok"}
        names = [d["name"] for d in http.get("/v1/datasets").json()["datasets"]]
        assert names == [name for name, contract in load_all().items() if contract.agency == "uscis"]
        created = ask(http)
        assert (created.status_code, created.json()["state"]) == (202, "queued")
        path = f"/v1/exports/{created.json()['export_id']}"
        assert http.get(f"{path}/manifest").status_code == 409
        assert [http.get(path).json()["state"] for _ in range(3)] == ["running", "ready", "ready"]
        manifest = http.get(f"{path}/manifest").json()
        assert manifest["contract_version"] == load_all()["uscis_petitions"].version
        assert {key: manifest[key] for key in NIGHT} == NIGHT
        rows = 0
        for part in manifest["parts"]:
            got = http.get(f"{path}/parts/{part['name']}")
            assert got.headers["content-type"] == "application/gzip"
            assert got.headers["etag"] == f'"{part["sha256"]}"'
            assert sha256(got.content).hexdigest() == part["sha256"]
            assert len(got.content) == part["bytes"]
            rows += gzip.decompress(got.content).count(b"\n") - 1
        assert rows == manifest["control_totals"]["rows"] > 100
        assert http.get("/v1/faults").json() == []


def test_exports_are_the_same_in_another_gateway_and_another_order(smoke: Path, serve: Serve) -> None:
    answers = []
    for order in (["uscis_petitions", "uscis_petitioners"], ["uscis_petitioners", "uscis_petitions"]):
        with client(serve(smoke, "uscis")) as http:
            paths = {dataset: ready(http, dataset) for dataset in order}
            answers.append({d: (p, http.get(f"{p}/manifest").content) for d, p in sorted(paths.items())})
    assert answers[0] == answers[1]


def test_requests_without_the_token_are_refused(smoke: Path, serve: Serve) -> None:
    url = serve(smoke, "uscis")
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        for method, path in (("GET", "/v1/datasets"), ("POST", "/v1/exports"), ("GET", "/v1/faults")):
            answer = httpx.request(method, url + path, headers=header)
            assert answer.status_code == 401
            assert TOKEN not in answer.text


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"dataset": "tecs_subjects"}, 404, "unknown dataset [tecs_subjects]"),
        ({"updated_until": NIGHT["updated_from"]}, 422, "is empty"),
        ({"updated_until": "2014-09-29T00:00:00Z"}, 422, "is empty"),
        ({"updated_from": "2014-08-31T00:00:00Z"}, 422, "outside what can be exported"),
        ({"updated_until": "2014-10-01T00:00:01Z"}, 422, "outside what can be exported"),
        ({"updated_from": "2014-09-30T00:00:00"}, 422, "updated_from"),
        ({"updated_from": "2014-09-30T00:00:00.5Z"}, 422, "fractions of a second"),
        ({"updated_from": "yesterday"}, 422, "updated_from"),
        ({"attempt": 0}, 422, "attempt"),
        ({"attempt": None}, 422, "attempt"),
        ({"colour": "blue"}, 422, "colour"),
    ],
)
def test_bad_requests_get_a_clear_reason(
    smoke: Path, serve: Serve, change: dict[str, Any], status: int, reason: str
) -> None:
    with client(serve(smoke, "uscis")) as http:
        body = {"dataset": "uscis_petitions", "attempt": 1, **NIGHT} | change
        answer = http.post("/v1/exports", json=body)
        assert answer.status_code == status
        assert reason in answer.json()["error"]
        assert "\n" not in answer.json()["error"]


def test_a_body_without_a_content_type_is_read_as_json(smoke: Path, serve: Serve) -> None:
    body = json.dumps({"dataset": "uscis_petitions", "attempt": 1, **NIGHT}).encode()
    with client(serve(smoke, "uscis")) as http:
        assert http.post("/v1/exports", content=body).status_code == 202


def test_what_does_not_exist_is_not_found(smoke: Path, serve: Serve) -> None:
    with client(serve(smoke, "uscis")) as http:
        assert http.post("/v1/exports", content=b"{not json").status_code == 422
        path = ready(http)
        for missing in (
            "/v1/exports/nothing",
            "/v1/exports/nothing/manifest",
            f"{path}/parts/part-9999.csv.gz",
            "/nowhere",
        ):
            answer = http.get(missing)
            assert answer.status_code == 404
            assert answer.json()["error"]
        assert http.put("/v1/exports").status_code == 405


def test_ranges(smoke: Path, serve: Serve) -> None:
    with client(serve(smoke, "uscis")) as http:
        path = f"{ready(http)}/parts/part-0001.csv.gz"
        whole = http.get(path)
        etag, size = whole.headers["etag"], len(whole.content)
        assert whole.headers["accept-ranges"] == "bytes"
        rest = http.get(path, headers={"Range": "bytes=100-", "If-Range": etag})
        assert (rest.status_code, rest.content) == (206, whole.content[100:])
        assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
        some = http.get(path, headers={"Range": "bytes=10-19"})
        assert (some.status_code, some.content) == (206, whole.content[10:20])
        assert http.get(path, headers={"Range": f"bytes=5-{size * 2}"}).content == whole.content[5:]
        beyond = http.get(path, headers={"Range": f"bytes={size}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
        for ignored in ({"Range": "bytes=10-", "If-Range": '"old"'}, {"Range": "lines=1-2"}, {"Range": "bytes=9-3"}):
            answer = http.get(path, headers=ignored)
            assert (answer.status_code, answer.content) == (200, whole.content)


def failing(serve: Serve, smoke: Path, **rates: float) -> httpx.Client:
    return client(serve(smoke, "uscis", Transport(**rates)))  # type: ignore[arg-type]  # all of these rates are numbers


@pytest.mark.parametrize(("fault", "status"), [("too_many_requests", 429), ("unavailable", 503)])
def test_come_back_later(smoke: Path, serve: Serve, fault: str, status: int) -> None:
    forms = set()
    with failing(serve, smoke, **{fault: 1.0}) as http:
        for attempt in range(1, 9):
            answers = [ask(http, attempt=attempt) for _ in range(3)]
            assert [a.status_code for a in answers] == [status, status, 202]
            wait = answers[0].headers["retry-after"]
            if wait.isdecimal():
                assert int(wait) <= 1
            else:
                assert abs(parsedate_to_datetime(wait).timestamp() - time.time()) < 60
            forms.add(wait.isdecimal())
        assert forms == {True, False}
        noted = http.get("/v1/faults").json()
        assert len(noted) == 16
        head = {"dataset": "uscis_petitions", **NIGHT, "attempt": 1, "request": "create"}
        assert noted[0] == {**head, "fault": fault, "rows": None, "columns": []}


def test_a_job_that_was_turned_away_was_not_started(smoke: Path, serve: Serve) -> None:
    with failing(serve, smoke, unavailable=1.0) as http:
        assert ask(http).status_code == 503
        assert http.get("/v1/exports/uscis_petitions-20140930T000000Z_20141001T000000Z-1").status_code == 404


def patient(http: httpx.Client) -> str:
    """The path of an export on a gateway whose requests fail twice and then go through."""
    path = ""
    for _ in range(12):
        try:
            if not path:
                path = f"/v1/exports/{ask(http).json()['export_id']}"
            if http.get(path).json()["state"] == "ready":
                break
        except (httpx.TransportError, KeyError):
            continue
    return path


def raw_get(url: str, path: str) -> tuple[bytes, bytes, OSError | None]:
    """Head and body as they come in on a socket, and the error that ended it, if one did."""
    address = urlsplit(url)
    assert address.hostname is not None
    received = b""
    with socket.create_connection((address.hostname, address.port or 0), timeout=10) as connection:
        lines = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
        connection.sendall(lines.encode())
        error = None
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except OSError as caught:
            error = caught
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body, error


def announced(head: bytes) -> int:
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    return int(lengths[0])


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_reset_is_a_tcp_reset_in_the_middle_of_the_body(smoke: Path, serve: Serve, loop: str) -> None:
    url = serve(smoke, "uscis", Transport(reset=1.0), loop)
    with client(url) as http:
        path = f"{patient(http)}/parts/part-0001.csv.gz"
    for _ in range(2):
        head, body, error = raw_get(url, path)
        assert isinstance(error, ConnectionResetError)  # ECONNRESET: an RST came, not the orderly FIN
        assert head.startswith(b"HTTP/1.1 200")
        assert 0 < len(body) < announced(head)
    head, body, error = raw_get(url, path)
    assert (error, len(body)) == (None, announced(head))


def test_stall_is_bounded_silence_in_the_middle_of_the_body(smoke: Path, serve: Serve) -> None:
    url = serve(smoke, "uscis", Transport(stall=1.0, stall_seconds=0.2))
    with client(url) as http:
        path = f"{patient(http)}/parts/part-0001.csv.gz"
        began = time.monotonic()
        head, body, _error = raw_get(url, path)
        assert time.monotonic() - began >= 0.2
        assert 0 < len(body) < announced(head)
        with pytest.raises(httpx.ReadTimeout):
            failing(serve, smoke, stall=1.0, stall_seconds=5.0).post(
                "/v1/exports", json={"dataset": "uscis_petitions", "attempt": 1, **NIGHT}, timeout=0.3
            )


def test_truncated_looks_right_but_is_short(smoke: Path, serve: Serve) -> None:
    with failing(serve, smoke, truncated=1.0) as http:
        path = ready(http)
        (listed, *_) = http.get(f"{path}/manifest").json()["parts"]
        short, again, whole = (http.get(f"{path}/parts/{listed['name']}") for _ in range(3))
        assert short.status_code == again.status_code == 200
        assert len(short.content) == int(short.headers["content-length"]) < listed["bytes"]
        assert whole.content.startswith(short.content)
        assert sha256(whole.content).hexdigest() == listed["sha256"]


def test_flipped_has_the_length_but_not_the_checksum(smoke: Path, serve: Serve) -> None:
    with failing(serve, smoke, flipped=1.0) as http:
        path = ready(http)
        (listed, *_) = http.get(f"{path}/manifest").json()["parts"]
        wrong, _, whole = (http.get(f"{path}/parts/{listed['name']}") for _ in range(3))
        assert len(wrong.content) == listed["bytes"]
        assert sha256(wrong.content).hexdigest() != listed["sha256"]
        assert sha256(whole.content).hexdigest() == listed["sha256"]
        part_of_it = http.get(f"{path}/parts/{listed['name']}", headers={"Range": "bytes=10-"})
        assert part_of_it.content == whole.content[10:]


def test_a_failed_job_stays_failed_and_the_next_attempt_is_another(smoke: Path, serve: Serve) -> None:
    rates = Transport(job_failed_last_night=("uscis_petitions",))
    with client(serve(smoke, "uscis", rates)) as http:
        for _ in range(2):  # asked again, the same attempt fails again
            path = f"/v1/exports/{ask(http).json()['export_id']}"
            assert [http.get(path).json()["state"] for _ in range(3)] == ["running", "failed", "failed"]
        assert "next attempt" in http.get(path).json()["reason"]
        assert http.get(f"{path}/manifest").status_code == 409
        assert http.get(f"{ready(http, attempt=2)}/manifest").status_code == 200
        assert {f["fault"] for f in http.get("/v1/faults").json()} == {"job_failed"}


def test_the_same_attempt_fails_the_same_way_when_it_is_asked_again(smoke: Path, serve: Serve) -> None:
    stories = []
    with failing(serve, smoke, unavailable=0.3, truncated=0.3, flipped=0.3) as http:
        for _ in range(2):
            before = len(http.get("/v1/faults").json())
            path = patient(http)
            for request in ("manifest", "parts/part-0001.csv.gz"):
                for _ in range(3):
                    http.get(f"{path}/{request}")
            stories.append(http.get("/v1/faults").json()[before:])
    assert stories[0] == stories[1] != []
