"""Fetching an export beside `curl`: throughput without faults, with failing connections, and the memory of an attempt.

    python -m benchmarks.transport [--megabytes 1024] [--line 50 100 0] [--times 3]

A small server sends the same file as many parts, by the gateway's protocol. All downloads share one line of so many
megabytes a second (0: as fast as the loopback goes, where Python's own work shows), so that fetching parts side by side
gains nothing that a real line would not give. One run after the other, all in this one command; the medians of so many
times:

- for each line curl, four parts at a time, nothing verified; what `sha256sum` takes for the same parts afterwards;
  ours, four at a time, every part hashed. CPU seconds are the client's own.
- ours on the first line with one connection in five reset in mid-body.
- a whole attempt (fetched, hashed, unpacked, counted, landed) in a process of its own, for its highest memory.
"""

import argparse
import gzip
import hashlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from include.contracts.model import Column, Contract
from include.extraction.client import GatewayClient
from include.extraction.extract import extract
from include.extraction.landing import Landing
from include.interval import Interval
from include.settings import Extraction, Gateway

NIGHT = Interval(datetime(2014, 9, 30, tzinfo=UTC), datetime(2014, 10, 1, tzinfo=UTC))
AT_ONCE = 4  # as many parts as the settings fetch; curl is told the same
PART_MEGABYTES = 32  # small enough to be made in seconds, large enough that a part is no matter of its first packets
FAILING = 0.2  # of the connections
CHUNK = 256 << 10
SPAWN = multiprocessing.get_context("spawn")  # a child that has imported nothing but what it needs
LIMITS = Extraction(parts_at_once=AT_ONCE)
IDENTITY = {"meaning": "identity", "required": True, "severity": "critical"}
CONTRACT = Contract(
    dataset="tecs_bulk",
    record="tecs_bulk",
    agency="tecs",
    version="1.0",
    meaning="bulk",
    key=("row_id",),
    updated_at="updated_at",
    quarantine_limit=0.05,
    quarantine_limit_why="as everywhere",
    columns=(
        Column(name="row_id", source="ID", **IDENTITY),
        Column(name="text", source="TEXT", meaning="text"),
        Column(name="updated_at", source="UPDATED", type="timestamp", formats=("%Y-%m-%dT%H:%M:%SZ",), **IDENTITY),
    ),
)


def make_part(path: Path, megabytes: int) -> tuple[int, str]:
    """Gzip CSV of about so many megabytes; its rows and its SHA-256."""
    luck, rows = random.Random(1), 0
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) as file:
        file.write(b"ID,TEXT,UPDATED\n")
        while path.stat().st_size < megabytes << 20:
            lines = (
                b"%d,%s,2014-09-30T12:00:00Z\n" % (rows + n, luck.randbytes(200).hex().encode()) for n in range(2000)
            )
            file.write(b"".join(lines))
            rows += 2000
    return rows, hashlib.sha256(path.read_bytes()).hexdigest()


class Line:
    """So many bytes a second for all connections together."""

    def __init__(self, rate: float) -> None:
        self.rate, self._free_at, self._lock = rate, 0.0, threading.Lock()

    def take(self, size: int) -> None:
        if not self.rate:
            return
        with self._lock:
            begin = max(self._free_at, time.monotonic() - 0.05)  # a line keeps no more than a moment
            self._free_at = begin + size / self.rate
        time.sleep(max(0.0, self._free_at - time.monotonic()))


class Server(ThreadingHTTPServer):
    """One part under every name, and its manifest, over one line. `failing`: share of connections that are reset."""

    def __init__(self, part: Path, manifest: dict[str, Any], line: Line, failing: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.part, self.size, self.manifest = part, part.stat().st_size, manifest
        self.line, self.failing, self.luck = line, failing, random.Random(7)

    def handle_error(self, *_: object) -> None:
        """A connection that we reset ourselves."""


class Handler(BaseHTTPRequestHandler):
    """The gateway's protocol."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._say({"export_id": "export-1", "state": "ready"})

    def do_GET(self) -> None:
        if self.path.endswith("/manifest"):
            self._say(self.server.manifest)
        elif "/parts/" in self.path:
            self._send()
        else:
            self._say({"export_id": "export-1", "state": "ready"})

    def _say(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send(self) -> None:
        size, luck = self.server.size, self.server.luck
        start = int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(size - start))
        self.send_header("ETag", '"one"')
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        end = start + luck.randrange(size - start) if luck.random() < self.server.failing else size
        with self.server.part.open("rb") as file:
            while start < end:
                count = min(CHUNK, end - start)
                self.server.line.take(count)
                try:
                    start += os.sendfile(self.connection.fileno(), file.fileno(), start, count)
                except OSError:
                    return
        if end < size:
            self._reset()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # 0: close says reset
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def log_message(self, *_: object) -> None:
        pass


def serve(part: Path, manifest: dict[str, Any], rate: float, failing: float, ready: Any) -> None:
    server = Server(part, manifest, Line(rate), failing)
    ready.put(server.server_address[1])
    server.serve_forever()


@dataclass(frozen=True)
class Took:
    """Wall and CPU seconds."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s (CPU {self.cpu:.2f} s)"


def medians(many: list[Took]) -> Took:
    return Took(median(took.wall for took in many), median(took.cpu for took in many))


@contextmanager
def taking(who: int) -> Iterator[Callable[[], Took]]:
    """What the block takes, of this process or of children that have ended; asked for once it is over."""

    def now() -> tuple[float, float]:
        used = resource.getrusage(who)
        return time.perf_counter(), used.ru_utime + used.ru_stime

    began, ended = now(), [(0.0, 0.0)]
    yield lambda: Took(*(after - before for before, after in zip(began, ended[0], strict=True)))
    ended[0] = now()


def by_curl(url: str, names: list[str], folder: Path) -> tuple[Took, Took]:
    """Fetched; then hashed, by as many processes as there were connections."""
    pairs = [argument for name in names for argument in ("-o", str(folder / name), f"{url}/v1/exports/x/parts/{name}")]
    command = ["curl", "--no-progress-meter", "--fail", "--parallel", "--parallel-max", str(AT_ONCE), *pairs]
    with taking(resource.RUSAGE_CHILDREN) as fetched:
        subprocess.run(command, check=True)  # noqa: S603 -- a fixed program
    with taking(resource.RUSAGE_CHILDREN) as hashed:
        paths = "\n".join(str(folder / name) for name in names)
        command = ["xargs", "-P", str(AT_ONCE), "-n", "1", "sha256sum"]
        subprocess.run(command, input=paths, text=True, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 -- the same
    return fetched(), hashed()


def by_us(url: str, folder: Path) -> tuple[Took, int, int]:
    """What it took, parts whose bytes are right, requests that continued a part."""
    with (
        taking(resource.RUSAGE_SELF) as took,
        GatewayClient(Gateway(url, "token"), LIMITS) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        export = client.request_export(CONTRACT.dataset, NIGHT, 1)
        client.wait_ready(export)
        parts = client.manifest(export).parts
        list(pool.map(lambda part: client.download_part(export, part, folder / part.name), parts))
    right = sum(hashlib.sha256((folder / part.name).read_bytes()).hexdigest() == part.sha256 for part in parts)
    return took(), right, client.resumed


def attempt(url: str, root: Path, result: Any) -> None:
    began = time.perf_counter()
    receipt = extract(
        CONTRACT, NIGHT, gateway=Gateway(url, "token"), limits=LIMITS, landing=Landing(root), run_id=1, last_try=True
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result.put((time.perf_counter() - began, receipt.bytes, receipt.complete, peak))


@dataclass(frozen=True)
class Export:
    """What the server serves: one part under many names, and the manifest of that."""

    part: Path
    names: list[str]
    manifest: dict[str, Any]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return self.part.stat().st_size * len(self.names)

    def served(self, failing: float, rate: float, work: Callable[[str, Path], Any]) -> Any:
        """What `work` makes of the address of a server of its own and an empty folder. `rate`: MB a second."""
        ready = SPAWN.Queue()
        server = SPAWN.Process(target=serve, args=(self.part, self.manifest, rate * 1e6, failing, ready), daemon=True)
        server.start()
        target = Path(tempfile.mkdtemp(dir=self.part.parent))
        try:
            return work(f"http://127.0.0.1:{ready.get(timeout=60)}", target)
        finally:
            server.kill()
            server.join()
            shutil.rmtree(target)


def make_export(folder: Path, megabytes: int) -> Export:
    part = folder / "part.csv.gz"
    rows, digest = make_part(part, PART_MEGABYTES)
    names = [f"part-{number:04d}.csv.gz" for number in range(1, max(1, megabytes // PART_MEGABYTES) + 1)]
    total = rows * len(names)
    manifest = {
        "export_id": "export-1",
        "dataset": CONTRACT.dataset,
        "contract_version": "1.0",
        "updated_from": "2014-09-30T00:00:00Z",
        "updated_until": "2014-10-01T00:00:00Z",
        "parts": [{"name": name, "rows": rows, "bytes": part.stat().st_size, "sha256": digest} for name in names],
        "control_totals": {"rows": total, "non_blank": dict.fromkeys(("ID", "TEXT", "UPDATED"), total)},
    }
    return Export(part, names, manifest)


def beside_curl(export: Export, line: float, times: int) -> Took:
    """Ours and curl's on one line, in turns: what else runs on the machine meets both. What ours takes."""
    fetched, checked, by_client, intact = [], [], [], 0
    for _ in range(times):
        curl, hashed = export.served(0.0, line, lambda url, target: by_curl(url, export.names, target))
        ours, right, _ = export.served(0.0, line, by_us)
        fetched.append(curl)
        checked.append(hashed)
        by_client.append(ours)
        intact += right
    curl, hashed, ours = medians(fetched), medians(checked), medians(by_client)
    print(
        f"line {line:g} MB/s (0: none): curl {curl}, sha256sum {hashed}, ours {ours}; throughput "
        f"{curl.wall / ours.wall:.2f} of curl, {(curl.wall + hashed.wall) / ours.wall:.2f} of curl and "
        f"sha256sum; parts intact {intact}/{len(export.names) * times}"
    )
    return ours


def with_resets(export: Export, line: float, faultless: Took) -> None:
    broken, right, resumed = export.served(FAILING, line, by_us)
    print(
        f"line {line:g} MB/s, {FAILING:.0%} of connections reset: {broken}, "
        f"{broken.wall / faultless.wall:.2f} times; resumed {resumed}; intact {right}/{len(export.names)}"
    )


def whole_attempt(url: str, target: Path) -> None:
    """In a process of its own, which has imported nothing but what it needs."""
    result = SPAWN.Queue()
    process = SPAWN.Process(target=attempt, args=(url, target, result))
    process.start()
    seconds, fetched, complete, peak = result.get(timeout=3600)
    process.join()
    print(
        f"whole attempt, no line: {fetched / 1e6:.0f} MB in {seconds:.0f} s, complete {complete}, "
        f"peak memory {peak:.0f} MB"
    )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--megabytes", type=int, default=1024)
    arguments.add_argument(
        "--line", type=float, nargs="+", default=[50.0, 100.0, 0.0], help="megabytes a second; 0: no limit"
    )
    arguments.add_argument("--times", type=int, default=3)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="crosscheck-transport-") as folder:
        export = make_export(Path(folder), chosen.megabytes)
        print(f"{len(export.names)} parts, {export.size / 1e6:.0f} MB")
        faultless = [beside_curl(export, line, chosen.times) for line in chosen.line]
        with_resets(export, chosen.line[0], faultless[0])
        export.served(0.0, 0.0, whole_attempt)
    return 0


if __name__ == "__main__":
    sys.exit(main())
