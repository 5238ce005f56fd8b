"""A gateway that speaks protocol version 1 over real sockets and misbehaves by script, request by request."""

import csv
import gzip
import hashlib
import io
import json
import re
import socket
import ssl
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from include.contracts import Contract
from include.interval import Interval
from include.settings import Extraction, Gateway

TOKEN = "token-that-must-not-be-printed"
SENTINEL = "SENTINEL-VALUE-OF-A-ROW"
NIGHT = Interval(datetime(2014, 9, 30, tzinfo=UTC), datetime(2014, 10, 1, tzinfo=UTC))
LIMITS = Extraction(  # a busy machine keeps a gateway silent for a second: that is no stall, which would be counted
    connect_seconds=2, read_seconds=2, poll_seconds=0.001, job_seconds=5, backoff_seconds=0.001, backoff_max_seconds=2
)
CONTRACT = Contract.model_validate(
    {
        "dataset": "tecs_things",
        "record": "tecs_thing",
        "agency": "tecs",
        "version": "1.2",
        "meaning": "things",
        "key": ["thing_id"],
        "updated_at": "updated_at",
        "quarantine_limit": 0.5,
        "quarantine_limit_why": "a test",
        "columns": [
            {"name": "thing_id", "source": "ID", "meaning": "id", "required": True, "severity": "critical"},
            {"name": "label", "source": "LABEL", "meaning": "label"},
            {
                "name": "updated_at",
                "source": "UPD",
                "meaning": "update time",
                "type": "timestamp",
                "formats": ["%Y-%m-%d"],
                "required": True,
                "severity": "critical",
            },
        ],
    }
)
COLUMNS = [column.source for column in CONTRACT.columns]

Row = Sequence[str]
Fault = Callable[["Answer"], None]  # changes an answer before it is sent


def rows(count: int, start: int = 0) -> list[Row]:
    """Rows with a blank label each third time, a comma and a line break in others."""
    labels = ["", "one, two", f'{SENTINEL} "quoted"\nsecond line']
    return [(str(n), labels[n % 3], "2014-09-30") for n in range(start, start + count)]


def packed(part: Sequence[Row], header: Row = COLUMNS) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *part])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def manifest_of(parts: dict[str, bytes], counts: dict[str, int], totals: Sequence[Row]) -> dict[str, Any]:
    return {
        "export_id": "export-1",
        "dataset": CONTRACT.dataset,
        "contract_version": CONTRACT.version,
        "updated_from": "2014-09-30T00:00:00Z",
        "updated_until": "2014-10-01T00:00:00Z",
        "parts": [
            {"name": name, "rows": counts[name], "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
            for name, body in parts.items()
        ],
        "control_totals": {
            "rows": len(totals),
            "non_blank": {c: sum(1 for row in totals if row[i]) for i, c in enumerate(COLUMNS)},
        },
    }


@dataclass
class Answer:
    """What the gateway is about to send, and how."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    send: int | None = None  # bytes of the body that are sent before `end`
    end: str = "well"  # or "reset", "close", "stall"


def reset_after(count: int) -> Fault:
    def fault(answer: Answer) -> None:
        answer.send, answer.end = count, "reset"

    return fault


def close_after(count: int) -> Fault:
    def fault(answer: Answer) -> None:
        answer.send, answer.end = count, "close"

    return fault


def stall_after(count: int) -> Fault:
    def fault(answer: Answer) -> None:
        answer.send, answer.end = count, "stall"

    return fault


def truncated_to(count: int) -> Fault:
    """In order as far as HTTP can tell: fewer bytes than announced in the manifest, with a fitting Content-Length."""

    def fault(answer: Answer) -> None:
        answer.body = answer.body[:count]

    return fault


def status(code: int, **headers: str) -> Fault:
    def fault(answer: Answer) -> None:
        answer.status, answer.body = code, json.dumps({"error": SENTINEL}).encode()
        answer.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    return fault


def flipped(answer: Answer) -> None:
    answer.body = answer.body[:-1] + bytes([answer.body[-1] ^ 1])


def body(data: bytes) -> Fault:
    def fault(answer: Answer) -> None:
        answer.body = data

    return fault


def well(answer: Answer) -> None:
    pass


class ScriptedGateway:
    """Serves one export. `faults[kind]` is used up one per request; kinds: export, job, manifest, part."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.manifest: dict[str, Any] = {}
        self.states = deque(["queued", "running"])  # then ready for ever
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.always: dict[str, Fault] = {}
        self.etag = '"v1"'
        self.honours_range = True
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.attempts: list[int] = []
        self.released = threading.Event()  # ends every stall
        self.reached_stall = threading.Event()
        self.offer([rows(7)])

    def offer(self, parts: Sequence[Sequence[Row]]) -> None:
        """Export these rows, one list a part."""
        self.parts = {f"part-{n:04d}.csv.gz": packed(part) for n, part in enumerate(parts, start=1)}
        counts = {name: len(part) for name, part in zip(self.parts, parts, strict=True)}
        self.manifest = manifest_of(self.parts, counts, [row for part in parts for row in part])

    def replace_part(self, name: str, data: bytes) -> None:
        """Other bytes for a part, announced truthfully in size and hash."""
        self.parts[name] = data
        for entry in self.manifest["parts"]:
            if entry["name"] == name:
                entry.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    @contextmanager
    def running(self, tls: ssl.SSLContext | None = None) -> Iterator[Gateway]:
        server = _Server(("127.0.0.1", 0), _handler(self))
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield Gateway(url=f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}", token=TOKEN)
        finally:
            self.released.set()
            server.shutdown()
            server.server_close()
            thread.join()

    def paths(self, ending: str) -> list[dict[str, str]]:
        """Headers of the requests whose path ends so."""
        return [headers for _, path, headers in self.requests if path.endswith(ending)]

    def answer(self, method: str, path: str, headers: dict[str, str], sent: bytes) -> Answer:
        self.requests.append((method, path, headers))
        kind, answer = self._plain(path, headers, sent)
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, b'{"error": "token"}')
        fault = self.faults[kind].popleft() if self.faults[kind] else self.always.get(kind, well)
        fault(answer)
        return answer

    def _plain(self, path: str, headers: dict[str, str], sent: bytes) -> tuple[str, Answer]:
        if path == "/v1/exports":
            self.attempts.append(json.loads(sent)["attempt"])
            return "export", _json(202, {"export_id": "export-1", "state": "queued"})
        if path == "/v1/exports/export-1":
            state = self.states.popleft() if self.states else "ready"
            return "job", _json(200, {"export_id": "export-1", "state": state, "reason": SENTINEL})
        if path == "/v1/exports/export-1/manifest":
            return "manifest", _json(200, self.manifest)
        name = path.removeprefix("/v1/exports/export-1/parts/")
        if name not in self.parts:
            return "part", _json(404, {"error": SENTINEL})
        return "part", self._part(self.parts[name], headers)

    def _part(self, data: bytes, headers: dict[str, str]) -> Answer:
        base = {"ETag": self.etag, "Accept-Ranges": "bytes"}
        span = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
        if not span or not self.honours_range or headers.get("if-range", self.etag) != self.etag:
            return Answer(200, data, base)
        start = int(span[1])
        if start >= len(data):
            return Answer(416, b"", base | {"Content-Range": f"bytes */{len(data)}"})
        return Answer(206, data[start:], base | {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})


def _json(code: int, content: object) -> Answer:
    return Answer(code, json.dumps(content).encode(), {"Content-Type": "application/json"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what many a test wants."""


def _handler(gateway: ScriptedGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else head and body, sent apart, wait 40 ms for each other

        def _serve(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(gateway.answer(self.command, self.path, headers, sent))

        do_GET = do_POST = _serve  # noqa: N815  # names that http.server looks for

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body if answer.send is None else answer.body[: answer.send])
            self.wfile.flush()
            if answer.end == "stall":
                gateway.reached_stall.set()
                gateway.released.wait(60)
            if answer.end == "reset":  # linger 0: close sends RST instead of FIN
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.rfile.close()  # the last other reference to the socket: now close closes
                self.connection.close()
            if answer.end != "well":
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler
