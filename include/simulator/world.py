"""A world on disk.

    source/<dataset>.parquet    what the gateway exports: text columns named as in the contract, and the update time
    truth/people.parquet        everybody
    truth/records.parquet       of which person each record is
    truth/pairs.parquet         which subject and which USCIS record belong together, and by which route
    truth/subjects.parquet      whom TECS records, and what the audit would have counted of them
    truth/statements.parquet    what each T visa statement says of the trafficker
    truth/faults.parquet        every fault that was injected into the data
    world.json                  written last: a folder without it is not a world

Only tests, benchmarks and evaluations may read `truth/`.
"""

import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.contracts.model import Contract, load_all
from include.simulator.build import Batch, build
from include.simulator.draw import Draw
from include.simulator.records.dataset import Dataset
from include.simulator.records.fault_log import FaultLog
from include.simulator.records.row_faults import spoil_rows
from include.simulator.scenario import Scenario
from include.simulator.source import UPDATED, WorldError, made_by
from include.simulator.time_order import TimeOrderedWriter

# What truth tells of a person; what is left out (addresses) changes, and is in the records.
IDENTITY = (
    "culture", "sex", "family", "given", "middle", "maiden", "married", "born", "country", "place", "a_number",
    "other_a_number", "ssn", "phone", "relation", "relative",
)  # fmt: skip
VERSIONS_PER_PETITION = 2.2  # about, with duplicates: how large the largest table will be


def generate(scenario: Scenario, seed: int, out: Path) -> dict[str, Any]:
    """Write the world of this scenario and seed to the folder `out` and return its `world.json`.

    The folder appears whole or not at all. A world that is there is replaced; raises `WorldError` for anything else.
    """
    if out.exists() and not (out / "world.json").is_file() and (not out.is_dir() or any(out.iterdir())):
        raise WorldError(f"folder [{out}] is not a simulated world; choose an empty or new one")
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        description = _write(scenario, seed, folder)
        (folder / "world.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        folder.chmod(0o755)  # mkdtemp is private; a world is simulated and may be read by all
        if out.exists():
            shutil.rmtree(out)
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return description


def _write(scenario: Scenario, seed: int, folder: Path) -> dict[str, Any]:
    (folder / "source").mkdir()
    (folder / "truth").mkdir()
    out = _Files(scenario, seed, folder)
    for batch in build(scenario, seed):
        out.add(batch)
    out.close()
    return {
        "made_by": made_by(),
        "scenario": scenario.name,
        "seed": seed,
        "first_day": scenario.first_day.isoformat(),
        "last_night": scenario.last_night.isoformat(),
        "counts": out.counts,
        "pairs": out.pairs,
        "transport": scenario.transport.model_dump(mode="json"),
        "files": scenario.files.model_dump(mode="json"),
        "plan": scenario.plan,
    }


class _Files:
    """The files of a world, written batch by batch."""

    def __init__(self, scenario: Scenario, seed: int, folder: Path) -> None:
        self._scenario, self._folder = scenario, folder
        self._draw = Draw(seed, f"{scenario.name}/rows")
        expected = round(scenario.size.petitions * VERSIONS_PER_PETITION)
        self._sources = {
            name: TimeOrderedWriter(folder / "source" / f"{name}.parquet", _source_schema(contract), expected)
            for name, contract in load_all().items()
        }
        self._truth: dict[str, pq.ParquetWriter] = {}
        self._counted: Counter[tuple[str, str]] = Counter()
        self._batches = self.pairs = 0

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Records, versions and rows by dataset."""
        return {
            name: {what: self._counted[name, what] for what in ("records", "versions")} | {"rows": writer.rows}
            for name, writer in self._sources.items()
        }

    def add(self, batch: Batch) -> None:
        """Append a batch: its rows, with the faults of rows, and its truth."""
        draw = self._draw.child(f"batch {self._batches}")
        self._batches += 1
        for dataset in batch.datasets:
            contract = load_all()[dataset.name]
            rows = _source_rows(draw.child(dataset.name), batch.log, self._scenario, contract, dataset)
            self._sources[dataset.name].add(rows)
            self._counted[dataset.name, "records"] += len(dataset.keys)
            self._counted[dataset.name, "versions"] += len(dataset.record)
        tables = batch.truth | {
            "people": _people(batch),
            "records": pa.concat_tables([_records(batch.first, dataset) for dataset in batch.datasets]),
            "faults": batch.log.table(),
        }
        for name, table in tables.items():
            if name not in self._truth:
                path = self._folder / "truth" / f"{name}.parquet"
                self._truth[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
            self._truth[name].write_table(table)
        self.pairs += len(tables.get("pairs", ()))

    def close(self) -> None:
        """Finish all files."""
        for writer in (*self._sources.values(), *self._truth.values()):
            writer.close()


def _source_schema(contract: Contract) -> pa.Schema:
    columns = [(column.source, pa.string()) for column in contract.columns]
    return pa.schema([*columns, (UPDATED, pa.timestamp("us", "UTC"))])


def _source_rows(draw: Draw, log: FaultLog, scenario: Scenario, contract: Contract, dataset: Dataset) -> pa.Table:
    """The versions as they are exported, with the faults of rows."""
    keys = dataset.keys[dataset.record]
    rows = spoil_rows(
        draw, log, scenario.row_faults, contract=contract, columns=dataset.columns, keys=keys, times=dataset.times
    )
    columns = [_text(dataset.columns[column.name][rows]) for column in contract.columns]
    updated = pa.array(dataset.times[rows] * 1_000_000, pa.int64()).cast(pa.timestamp("us", "UTC"))
    return pa.table([*columns, updated], schema=_source_schema(contract))


def _text(values: Any) -> pa.Array:
    """Text, in which an empty one is a blank."""
    written = pa.array(values, pa.string())
    return pc.if_else(pc.equal(written, ""), pa.scalar(None, pa.string()), written)


def _people(batch: Batch) -> pa.Table:
    columns = {"person_id": pa.array(batch.first + np.arange(len(batch.people)))}
    for name in IDENTITY:
        values = getattr(batch.people, name)
        columns[name] = pa.array(values) if values.dtype.kind in "iM" else pa.array(values, pa.string())
    return pa.table(columns)


def _records(first: int, dataset: Dataset) -> pa.Table:
    persons = np.where(dataset.persons >= 0, dataset.persons + first, -1)
    return pa.table(
        {
            "dataset": pa.repeat(pa.scalar(dataset.name), len(persons)),
            "key": pa.array(dataset.keys, pa.string()),
            "person_id": pa.array(persons, mask=persons < 0),
            "role": pa.repeat(pa.scalar(dataset.role), len(persons)),
            "versions": pa.array(np.bincount(dataset.record, minlength=len(persons))),
        }
    )
