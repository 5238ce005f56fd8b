"""How fast a gateway makes and serves exports, without faults, over the loopback.

    python benchmarks/gateway.py [--rows 3000000] [--levels]

The rows are those of the scenario `nightly`, repeated. Prints, for a dataset of short rows and one of long ones: CSV
bytes a second from the request of an export that is not made yet to the last byte of its last part (cold), and bytes
on the wire a second of parts that are made (warm); the gateway's CPU seconds and its highest memory. `--levels`: what
zlib's levels would cost and save.
"""

import argparse
import gzip
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from include.simulator import scenario
from include.simulator.gateways.damaged_parts import write_csv
from include.simulator.rates import Files, Transport
from include.simulator.source import UPDATED
from include.simulator.time_order import ROW_GROUP
from include.simulator.world import generate

TOKEN = "benchmark"  # noqa: S105 -- of a gateway that lives for seconds
DATASETS = ("uscis_petitions", "uscis_petitioners")
BUFFER = bytearray(1 << 20)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--levels", action="store_true")
    chosen = parser.parse_args()
    nightly = scenario.load("nightly")
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        faultless = nightly.model_copy(update={"transport": Transport(), "files": Files()})
        generate(faultless, nightly.seed, world)
        for dataset in DATASETS:
            enlarge(world / "source" / f"{dataset}.parquet", chosen.rows)
        if chosen.levels:
            levels(world)
        for dataset in DATASETS:
            measure(world, dataset, nightly.start.isoformat(), nightly.end.isoformat())


def enlarge(path: Path, rows: int) -> None:
    """Repeat the rows, all of them each time (zlib looks back 32 KB and does not see it), at rising update times."""
    table = pq.read_table(path)
    first, last = (table.column(UPDATED)[at].value for at in (0, -1))
    times = pa.array(np.linspace(first, last, rows).astype(np.int64)).cast(table.schema.field(UPDATED).type)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for start in range(0, rows, ROW_GROUP):
            numbers = np.arange(start, min(start + ROW_GROUP, rows))
            group = table.take(pa.array(numbers % table.num_rows))
            at = group.schema.get_field_index(UPDATED)
            writer.write_table(group.set_column(at, UPDATED, times.slice(start, len(numbers))))


def levels(world: Path) -> None:
    for dataset in DATASETS:
        text = write_csv(
            pq.read_table(world / "source" / f"{dataset}.parquet").drop_columns([UPDATED]).slice(0, 100_000)
        )
        for level in (1, 2, 3, 4, 6, 9):
            started = time.perf_counter()
            packed = zlib.compress(text, level)
            speed = len(text) / 1e6 / (time.perf_counter() - started)
            print(f"{dataset:18} level {level}: {speed:6.0f} MB/s a core, {len(text) / len(packed):.1f} times smaller")


def measure(world: Path, dataset: str, start: str, end: str) -> None:
    command = [sys.executable, "-m", "include.simulator", "serve", "--world", str(world), "--agency", "uscis"]
    process = subprocess.Popen(  # noqa: S603 -- a program of ours
        [*command, "--token-env", "T"], env=os.environ | {"T": TOKEN}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    host = process.stdout.readline().split()[1].removeprefix("http://")
    line = http.client.HTTPConnection(host)
    for label, attempt in (("cold", 1), ("warm", 2)):
        before, started = cpu(process.pid), time.perf_counter()
        wire, parts, path = fetch(line, dataset, start, end, attempt)
        seconds, spent = time.perf_counter() - started, cpu(process.pid) - before
        if label == "cold":
            text = unpacked(line, path, parts)
            print(f"{dataset}: {text / 1e6:.0f} MB of CSV, {wire / 1e6:.0f} MB on the wire, {len(parts)} parts")
        measured = f"{text / 1e6 / seconds:7.0f} MB/s of CSV, {wire / 1e6 / seconds:7.0f} MB/s on the wire"
        print(f"  {label}: {measured}; {seconds:.1f} s, the gateway's CPU {spent:.1f} s")
    print(f"  highest memory {highest_memory(process.pid) / 1024:.0f} MB")
    process.terminate()
    process.wait()


def fetch(
    line: http.client.HTTPConnection, dataset: str, start: str, end: str, attempt: int
) -> tuple[int, list[str], str]:
    body = {"dataset": dataset, "updated_from": start, "updated_until": end, "attempt": attempt}
    export_id = json.loads(ask(line, "POST", "/v1/exports", json.dumps(body)))["export_id"]
    path = f"/v1/exports/{export_id}"
    while json.loads(ask(line, "GET", path))["state"] != "ready":
        pass  # the gateway itself waits
    parts = [part["name"] for part in json.loads(ask(line, "GET", f"{path}/manifest"))["parts"]]
    return sum(swallow(line, f"{path}/parts/{name}") for name in parts), parts, path


def unpacked(line: http.client.HTTPConnection, path: str, parts: list[str]) -> int:
    """Bytes of CSV, from the trailers."""
    return sum(len(gzip.decompress(ask(line, "GET", f"{path}/parts/{name}"))) for name in parts)


def ask(line: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> bytes:
    line.request(method, path, body, {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    return line.getresponse().read()


def swallow(line: http.client.HTTPConnection, path: str) -> int:
    """Read a body and keep nothing: the client must not be what is measured."""
    line.request("GET", path, None, {"Authorization": f"Bearer {TOKEN}"})
    answer = line.getresponse()
    size = 0
    while count := answer.readinto(BUFFER):
        size += count
    return size


def highest_memory(pid: int) -> int:
    """Kilobytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
