"""Faults of the job and the parts as they look on the wire, and what a gateway tells about itself."""

import gzip
import socket
import time
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from include.simulator.gateways.plan import Rules, load
from include.simulator.gateways.spool import Spool
from include.simulator.rates import Transport
from tests.unit.simulator.conftest import TOKEN, Serve, client, fetch

START, END = "2014-09-30T00:00:00Z", "2014-10-01T00:00:00Z"
DATASET, PART = "uscis_petitions", "part-0001.csv.gz"


def ask(http: httpx.Client, attempt: int = 1) -> httpx.Response:
    body = {"dataset": DATASET, "attempt": attempt, "updated_from": START, "updated_until": END}
    return http.post("/v1/exports", json=body)


def ready(http: httpx.Client, attempt: int = 1) -> str:
    path = f"/v1/exports/{ask(http, attempt).json()['export_id']}"
    assert [http.get(path).json()["state"] for _ in range(2)] == ["running", "ready"]
    return path


def faulty(serve: Serve, world: Path, **rates: float) -> httpx.Client:
    return client(serve(world, "uscis", Transport.model_validate(rates)))


def noted(http: httpx.Client) -> list[tuple[int, str, str]]:
    return [(each["attempt"], each["request"], each["fault"]) for each in http.get("/v1/faults").json()]


def send(url: str, request: str) -> tuple[bytes, OSError | None]:
    """What comes back on a socket of its own, and the error that ended it."""
    address = urlsplit(url)
    received = b""
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(
            f"{request}\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n".encode()
        )
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except OSError as error:
            return received, error
    return received, None


def test_refused_is_a_reset_before_the_first_byte_and_the_request_was_not_heard(clean: Path, serve: Serve) -> None:
    url = serve(clean, "uscis", Transport(refused=1.0))
    with client(url) as http:
        for _ in range(2):
            with pytest.raises(httpx.ReadError):
                ask(http)
        path = f"/v1/exports/{DATASET}-20140930T000000Z_20141001T000000Z-1"
        assert http.get(path).status_code == 404
        assert ask(http).status_code == 202
        for _ in range(2):
            received, error = send(url, f"GET {path} HTTP/1.1")
            assert received == b""
            assert isinstance(error, ConnectionResetError)
        assert noted(http) == [(1, "create", "refused")] * 2 + [(1, "status", "refused")] * 2


def test_a_missing_part_is_listed_and_not_found(clean: Path, serve: Serve) -> None:
    with faulty(serve, clean, part_missing=1.0) as http:
        path = ready(http)
        (listed,) = http.get(f"{path}/manifest").json()["parts"]
        answers = [http.get(f"{path}/parts/{listed['name']}") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert noted(http) == [(1, PART, "part_missing")]
        assert fetch(http, DATASET, START, END, attempt=4).parts


def test_a_part_listed_twice(clean: Path, serve: Serve) -> None:
    with faulty(serve, clean, part_twice=1.0) as http:
        path = ready(http)
        manifest = http.get(f"{path}/manifest").json()
        assert [part["name"] for part in manifest["parts"]] == [PART, PART]
        assert manifest["control_totals"]["rows"] == manifest["parts"][0]["rows"]
        assert noted(http) == [(1, PART, "part_twice")]


def test_a_late_part_is_there_from_the_second_manifest_on(clean: Path, serve: Serve) -> None:
    with faulty(serve, clean, part_late=1.0) as http:
        path = ready(http)
        first = http.get(f"{path}/manifest").json()
        assert (first["parts"], first["control_totals"]["rows"] > 0) == ([], True)
        assert http.get(f"{path}/parts/{PART}").status_code == 409
        (listed,) = http.get(f"{path}/manifest").json()["parts"]
        content = http.get(f"{path}/parts/{PART}").content
        assert sha256(content).hexdigest() == listed["sha256"]
        assert noted(http) == [(1, PART, "part_late")]


def test_a_file_that_changes_in_mid_download(clean: Path, serve: Serve) -> None:
    url = serve(clean, "uscis", Transport(etag_changed=1.0))
    with client(url) as http:
        path = ready(http)
        (before,) = http.get(f"{path}/manifest").json()["parts"]
        received, error = send(url, f"GET {path}/parts/{PART} HTTP/1.1")
        assert isinstance(error, ConnectionResetError)
        head, _, half = received.partition(b"\r\n\r\n")
        assert f'"{before["sha256"]}"'.encode() in head
        rest = http.get(f"{path}/parts/{PART}", headers={"Range": "bytes=100-", "If-Range": f'"{before["sha256"]}"'})
        assert rest.status_code == 200  # not the file any more of which the client has the first bytes
        assert not rest.content.startswith(half[:100])
        (after,) = http.get(f"{path}/manifest").json()["parts"]
        assert (after["sha256"], after["bytes"]) == (sha256(rest.content).hexdigest(), len(rest.content))
        assert after["sha256"] != before["sha256"]
        assert after["rows"] == gzip.decompress(rest.content).count(b"\n") - 1 == before["rows"]
        goes_on = {"Range": "bytes=100-", "If-Range": f'"{after["sha256"]}"'}
        assert http.get(f"{path}/parts/{PART}", headers=goes_on).content == rest.content[100:]
        assert noted(http) == [(1, PART, "etag_changed")]


def test_a_job_that_never_ends(clean: Path, serve: Serve) -> None:
    with faulty(serve, clean, job_never_ends=1.0) as http:
        path = f"/v1/exports/{ask(http).json()['export_id']}"
        assert {http.get(path).json()["state"] for _ in range(5)} == {"running"}
        assert http.get(f"{path}/manifest").status_code == 409
        assert noted(http) == [(1, "status", "job_never_ends")]
        ready(http, attempt=4)


def test_an_empty_export_says_that_there_is_nothing(clean: Path, serve: Serve) -> None:
    with faulty(serve, clean, empty_export=1.0) as http:
        empty = fetch(http, DATASET, START, END)
        assert empty.manifest["parts"] == []
        totals = empty.manifest["control_totals"]
        assert {totals["rows"], *totals["non_blank"].values()} == {0}
        assert http.get(f"{empty.path}/parts/{PART}").status_code == 404
        (record,) = http.get("/v1/faults").json()
        whole = fetch(http, DATASET, START, END, attempt=4).manifest["control_totals"]["rows"]
        assert (record["fault"], record["rows"]) == ("empty_export", whole)


def test_a_token_that_expires_stays_expired_for_the_attempt(clean: Path, serve: Serve) -> None:
    first = set()
    with faulty(serve, clean, expired_token=1.0) as http:
        for attempt in range(1, 4):
            for day in range(1, 11):
                body = {"dataset": DATASET, "attempt": attempt, "updated_until": END}
                created = http.post("/v1/exports", json={**body, "updated_from": f"2014-09-{day:02d}T00:00:00Z"})
                answers = [created]
                if created.status_code == 202:
                    path = f"/v1/exports/{created.json()['export_id']}"
                    for what in ("", "", "/manifest", f"/parts/{PART}", "", "/manifest"):
                        answers.append(http.get(f"{path}{what}"))
                codes = [answer.status_code for answer in answers]
                at = codes.index(401)
                assert set(codes[at:]) == {401}
                assert answers[at].headers["www-authenticate"].startswith('Bearer error="invalid_token"')
                first.add(at)
        assert first == {0, 1, 3, 4}  # at any kind of request
        assert fetch(http, DATASET, START, END, attempt=4).parts
        assert {fault for _, _, fault in noted(http)} == {"expired_token"}


def test_served_counts_what_was_asked_for(clean: Path, serve: Serve) -> None:
    with client(serve(clean, "uscis")) as http:
        delivery = fetch(http, DATASET, START, END)
        (served,) = http.get("/v1/served").json()
        parts = delivery.manifest["parts"]
        assert served == {
            "export_id": delivery.manifest["export_id"],
            "dataset": DATASET,
            "updated_from": START,
            "updated_until": END,
            "attempt": 1,
            "state": "ready",
            "asked_for": 1,
            "parts": len(parts),
            "rows": delivery.manifest["control_totals"]["rows"],
            "bytes": sum(part["bytes"] for part in parts),
            "requests": 4 + len(parts),
        }


def test_the_plan_changes_for_attempts_that_begin_later(clean: Path, serve: Serve) -> None:
    with client(serve(clean, "uscis", Transport(unavailable=1.0))) as http:
        assert http.get("/v1/plan").json()["transport"]["unavailable"] == 1.0
        assert ask(http).status_code == 503
        changed = http.put("/v1/plan", json={"files": {"utf16": 1.0}, "written": "tecs_attempts"})
        assert changed.status_code == 200
        assert changed.json() == http.get("/v1/plan").json()
        assert changed.json()["written"]["name"] == "tecs_attempts"
        assert changed.json()["transport"]["unavailable"] == 0.0
        assert ask(http).status_code == 503  # this attempt began under the old plan
        assert fetch(http, DATASET, START, END, attempt=2).texts()[0].startswith(b"\xff\xfe")
        assert http.put("/v1/plan", json=changed.json()).json() == changed.json()
        assert http.put("/v1/plan", json={}).json() == Rules().model_dump(mode="json")


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ({"transport": {"reset": 1.5}}, "transport.reset"),
        ({"transport": {"reset": 0.7, "stall": 0.7}}, "add up to more than 1"),
        ({"transport": {"job_failed_last_night": ["nope"]}}, "nope"),
        ({"files": {"utf8": 0.1}}, "files.utf8"),
        ({"written": "nope"}, "known: never_whole, tecs_attempts"),
        ({"written": {"name": "x", "meaning": "x", "attempts": [{"datasets": "x", "attempt": 1, "why": "x"}]}}, "[x]"),
        ([], "body"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(clean: Path, serve: Serve, plan: object, reason: str) -> None:
    with client(serve(clean, "uscis")) as http:
        before = http.get("/v1/plan").json()
        answer = http.put("/v1/plan", json=plan)
        assert answer.status_code == 422
        assert reason in answer.json()["error"]
        assert "\n" not in answer.json()["error"]
        assert http.get("/v1/plan").json() == before


def test_the_page_shows_counts_and_the_plan_and_nobodys_data(clean: Path, serve: Serve) -> None:
    rules = Rules(transport=Transport(part_twice=0.5), written=load("tecs_attempts"))
    with client(serve(clean, "tecs", rules)) as http:
        empty = httpx.get(http.base_url).text  # without a token
        assert "None yet." in empty
        delivery = fetch(http, "tecs_subjects", START, END)
        page = httpx.get(http.base_url).text
    for expected in ("TECS gateway", "SIMULATED", "part_twice 0.5", "tecs_attempts", "column_blank", "SUBJ_NAME"):
        assert expected in page
    values = {
        value for row in gzip.decompress(delivery.parts[PART]).decode().split("\n")[1:] for value in row.split('","')
    }
    assert not [value for value in values if len(value) > 8 and value in page]
    assert TOKEN not in page


def test_the_spool_keeps_what_was_used_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def make(size: int):  # type: ignore[no-untyped-def]
        def export(folder: Path, _pool: object):  # type: ignore[no-untyped-def]
            made.append(size)
            (folder / "file").write_bytes(bytes(size))
            return type("Made", (), {"bytes": size, "path": folder / "file"})()

        return export

    spool = Spool(limit=100)
    first = spool.get("a", make(40)).result()
    spool.get("b", make(41)).result()
    assert spool.get("a", make(40)).result() is first  # held, and now the newest
    spool.get("c", make(42)).result()
    spool.get("c", make(42)).result()
    assert first.path.exists()
    assert made == [40, 41, 42]
    spool.get("b", make(41)).result()  # was thrown away for `c`
    assert made == [40, 41, 42, 41]
    spool.get("huge", make(1000)).result()
    huge = spool.get("huge", make(1000)).result()
    assert huge.path.exists()  # larger than all the room, but in use
    assert not first.path.exists()


def test_an_export_that_could_not_be_made_is_made_again(tmp_path: Path) -> None:
    def fail(folder: Path, _pool: object):  # type: ignore[no-untyped-def]
        raise OSError("disk full")

    spool = Spool()
    assert isinstance(spool.get("a", fail).exception(), OSError)
    time.sleep(0.01)
    assert spool.get("a", lambda _folder, _pool: type("Made", (), {"bytes": 1})()).result().bytes == 1


def test_a_gateway_without_room_fails_the_job_and_not_itself(
    clean: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with client(serve(clean, "uscis")) as http:
        with monkeypatch.context() as broken:
            broken.setattr("include.simulator.gateways.gateway.export", full)
            path = f"/v1/exports/{ask(http).json()['export_id']}"
            http.get(path)
            answer = http.get(path).json()
        assert answer["state"] == "failed"
        assert "disk" in answer["reason"]
        assert fetch(http, DATASET, START, END, attempt=2).parts
