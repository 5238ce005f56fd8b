"""A world on disk.

    source/<dataset>.parquet    what the gateway exports: text columns named as in the contract, and the update time
    truth/people.parquet        everybody
    truth/records.parquet       of which person each record is
    truth/pairs.parquet         which subject and which USCIS record belong together, and by which route
    truth/faults.parquet        every fault that was injected into the data
    world.json                  written last: a folder without it is not a world

Only tests, benchmarks and evaluations may read `truth/`.
"""

import json
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from include.contracts.model import load_contract
from include.simulator.build import Pair, World, build
from include.simulator.dataset import Dataset
from include.simulator.draw import Draw
from include.simulator.faults import FaultLog, spoil_rows
from include.simulator.people import People
from include.simulator.scenario import RowFaults, Scenario
from include.simulator.source import UPDATED, WorldError

# A night of a world of ten million petitions has some thousand rows: a gateway reads one or two groups for it.
GROUP_ROWS = 1 << 16


def generate(scenario: Scenario, seed: int, out: Path) -> dict[str, Any]:
    """Write the world of this scenario and seed to the folder `out` and return its `world.json`.

    The folder appears whole or not at all. A world that is there is replaced; raises `WorldError` for anything else.
    """
    if out.exists() and not (out / "world.json").is_file() and (not out.is_dir() or any(out.iterdir())):
        raise WorldError(f"folder [{out}] is not a simulated world; choose an empty or new one")
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        description = _write(build(scenario, seed), scenario, seed, folder)
        (folder / "world.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        folder.chmod(0o755)  # mkdtemp is private; a world is simulated and may be read by all
        if out.exists():
            shutil.rmtree(out)
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return description


def _write(world: World, scenario: Scenario, seed: int, folder: Path) -> dict[str, Any]:
    (folder / "source").mkdir()
    (folder / "truth").mkdir()
    draw = Draw(seed, f"{scenario.name}/rows")
    counts = {}
    for dataset in world.datasets:
        table = _source_table(draw.child(dataset.name), world.log, scenario.row_faults, dataset)
        _save(table, folder / "source" / f"{dataset.name}.parquet")
        counts[dataset.name] = {
            "records": len(set(dataset.keys)), "versions": len(dataset.keys), "rows": table.num_rows
        }  # fmt: skip
    for name, truth in _truth(world).items():
        _save(truth, folder / "truth" / f"{name}.parquet")
    return {
        "scenario": scenario.name,
        "seed": seed,
        "first_day": scenario.first_day.isoformat(),
        "last_night": scenario.last_night.isoformat(),
        "counts": counts,
        "pairs": len(world.pairs),
        "transport": scenario.transport.model_dump(mode="json"),
        "files": scenario.files.model_dump(mode="json"),
        "plan": scenario.plan,
    }


def _source_table(draw: Draw, log: FaultLog, rates: RowFaults, dataset: Dataset) -> pa.Table:
    """The versions as they are exported: in the order of their update time, with the faults of rows."""
    contract = load_contract(dataset.name)
    order = np.lexsort((dataset.keys.astype(str), dataset.times))
    columns = {name: values[order] for name, values in dataset.columns.items()}
    keys, times = dataset.keys[order], dataset.times[order]
    rows = spoil_rows(draw, log, rates, contract=contract, columns=columns, keys=keys, times=times)
    arrays = {c.source: pa.array(columns[c.name][rows].tolist(), pa.string()) for c in contract.columns}
    arrays[UPDATED] = pa.array(times[rows] * 1_000_000, pa.int64()).cast(pa.timestamp("us", "UTC"))
    return pa.table(arrays)


def _truth(world: World) -> dict[str, pa.Table]:
    people = {"person_id": pa.array(range(len(world.people)), pa.int64())}
    for field in fields(People):
        values = getattr(world.people, field.name)
        people[field.name] = pa.array(values) if values.dtype.kind in "iM" else pa.array(values.tolist(), pa.string())
    records: dict[str, list[Any]] = {name: [] for name in ("dataset", "key", "person_id", "role", "versions")}
    for dataset in world.datasets:
        keys, first, versions = np.unique(dataset.keys.astype(str), return_index=True, return_counts=True)
        records["dataset"] += [dataset.name] * len(keys)
        records["key"] += keys.tolist()
        records["person_id"] += [p if p >= 0 else None for p in dataset.persons[first].tolist()]
        records["role"] += [dataset.role] * len(keys)
        records["versions"] += versions.tolist()
    faults = sorted(world.log.entries, key=lambda e: (e.dataset, e.key, e.updated_at or 0, e.column or "", e.fault))
    return {
        "people": pa.table(people),
        "records": pa.table(records),
        "pairs": pa.table({field.name: [getattr(p, field.name) for p in world.pairs] for field in fields(Pair)}),
        "faults": pa.table(
            {
                "dataset": pa.array([e.dataset for e in faults], pa.string()),
                "key": pa.array([e.key for e in faults], pa.string()),
                "updated_at": pa.array(
                    [None if e.updated_at is None else e.updated_at * 1_000_000 for e in faults],
                    pa.timestamp("us", "UTC"),
                ),
                "column": pa.array([e.column for e in faults], pa.string()),
                "fault": pa.array([e.fault for e in faults], pa.string()),
            }
        ),
    }


def _save(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", row_group_size=GROUP_ROWS)
