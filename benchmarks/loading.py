"""What it costs to load petitions, beside the least that it could cost: a bare COPY of the same rows.

    python -m benchmarks.loading [--rows 1000000] [--rounds 3]

`stage`: from the landed gzip CSV to the staged Parquet file. `load`: from there to committed versions, with all
constraints, indexes and row counts on. `bare`: COPY of the same columns, as text that is ready, into an unlogged table
without any index. CPU is that of this process and of the server's; on a busy machine trust it more than the wall clock.
"""

import io
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psutil
import psycopg2
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import typer

from include import pipeline
from include.contracts import load_contract
from include.interval import Interval
from include.local.postgres import Postgres
from include.quality.reading import Part
from include.quality.staging import Staged, stage
from include.settings import Settings
from include.simulator.scenario import load as load_scenario
from include.simulator.source import UPDATED
from include.simulator.world import generate
from include.warehouse.connection import transaction
from include.warehouse.copy import as_text
from include.warehouse.load import SOURCE, Loaded, load

T = TypeVar("T")
Cost = tuple[float, float]  # wall and CPU seconds
DATASET = "uscis_petitions"
INTERVAL = Interval(datetime(2014, 1, 1, tzinfo=UTC), datetime(2014, 1, 1, tzinfo=UTC) + timedelta(days=1))


def main(rows: int = 1_000_000, rounds: int = 3) -> None:
    contract = load_contract(DATASET)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        part = exported(home, rows)
        server = Postgres(home / "postgres")
        with server.running():
            settings = settings_for(server, home)
            ratios: list[Cost] = []
            for number in range(rounds):
                staged, staging = measured(
                    server, lambda: stage(contract, [Part(1, "part", part, rows)], home / "staged")
                )
                bare = copied(server, settings, ready(staged))
                loading = loaded(server, home, staged)
                whole = (staging[0] + loading[0], staging[1] + loading[1])
                show(f"bare COPY, round {number + 1}", bare, None)
                show("stage (parse, judge, merge, hash)", staging, bare)
                show("load", loading, bare)
                show("parse to committed", whole, bare)
                ratios.append((whole[0] / bare[0], whole[1] / bare[1]))
            wall, spent = (min(each) for each in zip(*ratios, strict=True))
            print(f"least ratio of parse to committed to bare COPY: wall {wall:.2f}, CPU {spent:.2f}")


def exported(home: Path, rows: int) -> Path:
    """Petitions as they are exported, so many of them, each with a receipt number of its own."""
    scenario = load_scenario("clean")
    generate(scenario, scenario.seed, home / "world")
    some = pq.read_table(home / "world" / "source" / f"{DATASET}.parquet").drop_columns([UPDATED])
    table = pa.concat_tables([some] * (rows // len(some) + 1)).slice(0, rows).combine_chunks()
    numbers = pa.array([f"IOE{number:010}" for number in range(rows)])
    table = table.set_column(table.schema.get_field_index("RECEIPT_NUMBER"), "RECEIPT_NUMBER", numbers)
    path = home / "part.csv.gz"
    with pa.CompressedOutputStream(str(path), "gzip") as file:
        pyarrow.csv.write_csv(table, file)
    return path


def settings_for(server: Postgres, home: Path) -> Settings:
    server.ensure_database("loading", "warehouse")
    settings = Settings(
        warehouse_dsn=server.dsn("loading", "crosscheck_etl"),
        owner_dsn=server.dsn("loading", "warehouse"),
        landing=home,
        staging=home,
        gateways={},
        quarantine_secrets=(),
    )
    pipeline.migrate(settings)
    return settings


def ready(staged: Staged) -> bytes:
    """The rows as the text that COPY reads."""
    return as_text(pq.read_table(staged.accepted_path, columns=_columns())).getvalue()


def _columns() -> list[str]:
    return [*load_contract(DATASET).names, "content_hash", "breaches", *SOURCE]


def copied(server: Postgres, settings: Settings, text: bytes) -> Cost:
    names = ", ".join(_columns())
    connection = psycopg2.connect(settings.owner_dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop table if exists public.bare")
        like = f"select {names} from record.uscis_petition with no data"  # noqa: S608 -- our own names
        cursor.execute(f"create unlogged table public.bare as {like}")

    def work() -> None:
        with connection, connection.cursor() as cursor:
            cursor.copy_expert("copy public.bare from stdin with (format csv)", io.BytesIO(text), 1 << 20)

    _, cost = measured(server, work)
    connection.close()
    return cost


def loaded(server: Postgres, home: Path, staged: Staged) -> Cost:
    """Into a warehouse that holds nothing yet."""
    settings = settings_for(server, home)
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("truncate record.uscis_petition cascade")
        cursor.execute("truncate ops.day_total")
        cursor.execute("update ops.account set loaded = null")
    run = pipeline.open_books(settings, INTERVAL, "benchmark")
    contract = load_contract(DATASET)
    days = [(INTERVAL.start.date(), staged.accepted, dict[str, int]())]

    def work() -> Loaded:
        with transaction(settings.warehouse_dsn) as cursor:
            return load(cursor, run.run_id, contract, staged.accepted_path, days)

    counted, cost = measured(server, work)
    assert counted.loaded == staged.accepted, counted
    return cost


def measured(server: Postgres, work: Callable[[], T]) -> tuple[T, Cost]:
    """What it gives, and its wall and CPU seconds."""
    before, began = cpu(server), time.perf_counter()
    found = work()
    wall = time.perf_counter() - began
    time.sleep(0.3)  # a backend that has ended is counted by the postmaster
    return found, (wall, cpu(server) - before)


def cpu(server: Postgres) -> float:
    """CPU seconds of this process and of the server with all its processes, living and dead."""
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().splitlines()[0]))
    total = 0.0
    for process in (psutil.Process(), postmaster, *postmaster.children()):
        with suppress(psutil.NoSuchProcess):  # it ended meanwhile: the postmaster counts it
            times = process.cpu_times()
            total += times.user + times.system
            if process == postmaster:
                total += times.children_user + times.children_system
    return total


def show(what: str, cost: Cost, beside: Cost | None) -> None:
    wall, spent = cost
    ratio = f"   {wall / beside[0]:5.2f} x wall, {spent / beside[1]:5.2f} x CPU" if beside else ""
    print(f"{what:36} {wall:7.2f} s wall {spent:7.2f} s CPU{ratio}", flush=True)


if __name__ == "__main__":
    typer.run(main)
