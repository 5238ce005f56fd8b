"""Which engine Great Expectations should run the contracts' suites on: pandas, or PostgreSQL.

    python -m benchmarks.expectations [--rows 500 --rows 100000 --rows 1000000]

The same staged petitions and the same suite. `pandas`: the frame made and judged. `postgresql`: the same columns copied
to an unlogged table, since what is staged is not in the warehouse yet, and judged there. Each in a process of its own
after the import and one small validation; CPU is that of the process and of the server's. Both must say the same.
"""

import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import psycopg2
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from benchmarks.loading import DATASET, exported, measured
from include.contracts import load_contract
from include.local.postgres import Postgres
from include.quality import suite
from include.quality.reading import Part
from include.quality.staging import stage
from include.quality.usable import usable
from include.warehouse.copy import copy_in

SQL_TYPES = {
    pa.string(): "text",
    pa.large_string(): "text",
    pa.date32(): "date",
    pa.int64(): "bigint",
    pa.int32(): "int",
    pa.float64(): "float8",
}
Said = dict[tuple[str | None, str], tuple[int, int]]  # column and rule -> rows judged, rows that do not meet it


def main(rows: Annotated[list[int] | None, typer.Option()] = None) -> None:
    for count in rows or [500, 100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            part = Part(1, "part", exported(home, count), count)
            accepted = stage(load_contract(DATASET), [part], home / "staged").accepted_path
            server = Postgres(home / "postgres")
            with server.running():
                server.ensure_database("scratch", "warehouse")
                said = [apart(engine, accepted, server) for engine in (pandas, postgresql)]
            same = "the same" if said[0] == said[1] else f"NOT THE SAME: {differing(*said)}"
            print(f"{count:9,} rows   {len(said[0])} checks of values: {same}", flush=True)


def apart(engine: Callable[[Path, Postgres], tuple[list[str], Said]], accepted: Path, server: Postgres) -> Said:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        lines, said = process.submit(engine, accepted, server).result()
    print("\n".join(lines), flush=True)
    return said


def pandas(accepted: Path, server: Postgres) -> tuple[list[str], Said]:
    contract = load_contract(DATASET)
    suite.warm_up(contract)
    table = pq.read_table(accepted)
    of_use = usable(contract, table)
    found, cost = measured(server, lambda: suite._run(contract, table, of_use))
    return [line("pandas", cost)], counts(found)


def postgresql(accepted: Path, server: Postgres) -> tuple[list[str], Said]:
    contract = load_contract(DATASET)
    suite.warm_up(contract)
    table = pq.read_table(accepted)
    frame = suite._frame(table, usable(contract, table))  # the columns that the suite is about
    wide = pa.Table.from_pandas(frame, preserve_index=False)
    _, copying = measured(server, lambda: copied(wide, server))
    found, judging = measured(server, lambda: judged(server))
    return [line("postgresql: copied", copying), line("postgresql: judged", judging)], counts(found)


def copied(table: pa.Table, server: Postgres) -> None:
    kinds = [(field.name, SQL_TYPES.get(field.type, "timestamp")) for field in table.schema]
    columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds)
    connection = psycopg2.connect(server.dsn("scratch", "warehouse"))
    with connection, connection.cursor() as cursor:
        cursor.execute("drop schema if exists staged cascade")
        cursor.execute("create schema staged")
        cursor.execute(f"create unlogged table staged.accepted ({columns})")
        copy_in(cursor, "copy staged.accepted from stdin with (format csv)", table)
    connection.close()


def judged(server: Postgres) -> dict[int, Any]:
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    uri = server.uri("scratch", "warehouse", "postgresql+psycopg2")
    source = context.data_sources.add_postgres("staged", connection_string=uri, create_temp_table=False)
    asset = source.add_table_asset("accepted", table_name="accepted", schema_name="staged")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    results = batch.validate(suite.build_suite(load_contract(DATASET)), result_format=suite.COUNTS_ONLY).results
    return {one.expectation_config.meta["check"]: one for one in results}


def counts(found: dict[int, Any]) -> Said:
    said: Said = {}
    for one in found.values():
        if one.exception_info.get("raised_exception", True):
            said[one.expectation_config.meta["column"], one.expectation_config.meta["rule"]] = (-1, -1)
        elif "element_count" in one.result:
            evaluated = one.result["element_count"] - (one.result.get("missing_count") or 0)
            key = one.expectation_config.meta["column"], one.expectation_config.meta["rule"]
            said[key] = (int(evaluated), int(one.result["unexpected_count"]))
    return said


def differing(left: Said, right: Said) -> list[str]:
    keys = [key for key in {*left, *right} if left.get(key) != right.get(key)]
    return [f"{column}:{rule} {left.get((column, rule))} {right.get((column, rule))}" for column, rule in keys]


def line(what: str, cost: tuple[float, float]) -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{what:22} {cost[0]:7.2f} s wall {cost[1]:7.2f} s CPU   peak of the process {peak:6.0f} MB"


if __name__ == "__main__":
    typer.run(main)
