"""How fast a landed part is read: without a fault, beside what its bytes cost at least, and with each fault.

    python -m benchmarks.reading [--rows 200000] [--rounds 5]

The rows are those of a small world without faults, over and over. `floor` is unpacking and Arrow's CSV reader alone.
"""

import gzip
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import typer

from include.contracts.model import load_contract
from include.quality.reading import Part, read_part
from include.simulator.gateways.damage import Applied, Damage, FileFault, Planned
from include.simulator.gateways.damaged_parts import spoil_part
from include.simulator.scenario import load
from include.simulator.source import UPDATED
from include.simulator.world import generate

DATASET = "uscis_petitioners"
FAULTS = {
    FileFault.BOM: (),
    FileFault.UTF16: (),
    FileFault.PREAMBLE: (),
    FileFault.COLUMNS_REORDERED: (),
    FileFault.COLUMN_TWICE: ("CITY",),
    FileFault.HEADER_REPEATED: (),
    FileFault.DOUBLE_ENCODED: (),
    FileFault.CP1252: (),
    FileFault.NUL_BYTES: ("CITY",),
    FileFault.COLUMNS_SHIFTED: ("CITY",),
}


def main(rows: int = 200_000, rounds: int = 5) -> None:
    contract = load_contract(DATASET)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.csv.gz"
        table = real_rows(Path(folder) / "world", rows)

        def seconds(damage: Damage, read: Callable[[], object]) -> float:
            path.write_bytes(gzip.compress(spoil_part(damage, table, Applied()), 1))
            return min(timed(read) for _ in range(rounds))

        floor = seconds(Damage(), lambda: bare(path))
        print(f"{rows} rows of {DATASET}, {path.stat().st_size / 1e6:.1f} MB packed; best of {rounds}")
        print(f"{'floor':20} {floor:6.2f} s")
        for fault, columns in {None: (), **FAULTS}.items():
            damage = Damage((Planned(fault, columns),) if fault else ())
            took = seconds(damage, lambda: read_part(contract, Part(1, "part", path)))
            print(f"{fault or 'no fault':20} {took:6.2f} s, {took / floor:5.2f} times the floor")


def real_rows(world: Path, rows: int) -> pa.Table:
    """So many rows as they are exported."""
    scenario = load("clean")
    generate(scenario, scenario.seed, world)
    some = pq.read_table(world / "source" / f"{DATASET}.parquet").drop_columns([UPDATED])
    return pa.concat_tables([some] * (rows // len(some) + 1)).slice(0, rows).combine_chunks()


def bare(path: Path) -> pa.Table:
    body = gzip.decompress(path.read_bytes())
    names = body.partition(b"\n")[0].decode().replace('"', "").split(",")
    options = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    parsing = pa.csv.ParseOptions(newlines_in_values=True)
    return pa.csv.read_csv(
        pa.BufferReader(body),
        read_options=pa.csv.ReadOptions(block_size=1 << 24),
        parse_options=parsing,
        convert_options=options,
    )


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    typer.run(main)
