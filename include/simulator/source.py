"""A world on disk as a gateway reads it: never its truth."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from include.contracts.model import load_all
from include.interval import Interval
from include.simulator.rates import Files, Transport

UPDATED = "_updated_at"  # column of the source files by which exports are cut; it is not exported

# Rows that are in memory at once: some megabytes of text, and few enough that a batch takes milliseconds.
BATCH_ROWS = 20_000


# Raised when worlds of earlier versions can no longer be served; a change of a contract's version shows by itself.
FORMAT = 2


def made_by() -> dict[str, Any]:
    """What a world depends on beside its scenario and seed: written into it, and compared when it is opened."""
    return {"format": FORMAT, "contracts": {name: contract.version for name, contract in load_all().items()}}


class WorldError(ValueError):
    """A world that cannot be written or read. One line: the folder and what to do."""


@dataclass(frozen=True)
class Source:
    """The rows of one dataset in the order of their update time. Only row groups that overlap a period are read."""

    path: Path

    def _open(self) -> pq.ParquetFile:
        # Without pre_buffer, which holds all chosen groups in memory at once: 460 MB instead of 200 MB for 8 M rows.
        return pq.ParquetFile(self.path, pre_buffer=False)

    def rows(self, period: Interval) -> Iterator[pa.Table]:
        """The rows whose update time lies in the period, in tables of `BATCH_ROWS` or fewer; the last column is
        `UPDATED`."""
        with self._open() as file:
            groups = [number for number, _ in _overlapping(file, period)]
            for batch in file.iter_batches(BATCH_ROWS, row_groups=groups):
                table = pa.Table.from_batches([batch])
                first, last = _bounds(table.column(UPDATED), period)
                if first < last:
                    yield table.slice(first, last - first)

    def count(self, period: Interval) -> int:
        """How many rows `rows` gives, without reading what the statistics tell already."""
        rows = 0
        with self._open() as file:
            for number, inside in _overlapping(file, period):
                if inside:
                    rows += file.metadata.row_group(number).num_rows
                else:
                    first, last = _bounds(file.read_row_group(number, [UPDATED]).column(UPDATED), period)
                    rows += last - first
        return rows


@dataclass(frozen=True)
class WorldOnDisk:
    """What a gateway needs of a world. It never opens `truth/`."""

    folder: Path
    scenario: str
    seed: int
    first_day: date
    last_night: date
    transport: Transport
    files: Files
    plan: str | None  # name of a written fault plan

    @classmethod
    def open(cls, folder: Path) -> "WorldOnDisk":
        """Raises `WorldError` if the folder does not hold a whole world."""
        try:
            raw = json.loads((folder / "world.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise WorldError(f"folder [{folder}] holds no world; run `python -m include.simulator generate`") from None
        if raw.get("made_by") != made_by():
            raise WorldError(
                f"folder [{folder}] holds a world of another version of the simulator or the contracts; generate it "
                "anew (`make clean` deletes the worlds of `make nightly` with their warehouses)"
            )
        return cls(
            folder=folder,
            scenario=raw["scenario"],
            seed=raw["seed"],
            first_day=date.fromisoformat(raw["first_day"]),
            last_night=date.fromisoformat(raw["last_night"]),
            transport=Transport.model_validate(raw["transport"]),
            files=Files.model_validate(raw["files"]),
            plan=raw["plan"],
        )

    def source(self, dataset: str) -> Source:
        """The rows of a dataset."""
        return Source(self.folder / "source" / f"{dataset}.parquet")


def _overlapping(file: pq.ParquetFile, period: Interval) -> Iterator[tuple[int, bool]]:
    """Numbers of the row groups that may hold rows of the period, and whether all their rows are of the period."""
    column = file.schema_arrow.get_field_index(UPDATED)
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        statistics = group.column(column).statistics
        if statistics is None or not statistics.has_min_max:
            yield number, False
        elif statistics.max >= period.start and statistics.min < period.end:
            yield number, statistics.min >= period.start and statistics.max < period.end


def _bounds(times: pa.ChunkedArray, period: Interval) -> tuple[int, int]:
    """Positions of the first row of the period and of the first behind it."""
    bounds = [np.datetime64(at.replace(tzinfo=None), "us") for at in (period.start, period.end)]
    first, last = np.searchsorted(times.to_numpy(), np.array(bounds), side="left").tolist()
    return first, last
