"""Rows in the order of their update time, however many there are."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from include.simulator.draw import Ints
from include.simulator.source import UPDATED

# Rows that are sorted at once; more are parted by time first and wait on disk. Half a million of the widest rows take
# some 300 MB, twice that while they are sorted.
AT_ONCE = 500_000

# Rows that a reader must take to get at any of them: a night's are a few thousand.
ROW_GROUP = 20_000


class TimeOrderedWriter:
    """A Parquet file of rows that come in any order and are written in the order of `UPDATED`; rows of one time keep
    the order in which they came. `expected`: about how many rows will come in all."""

    def __init__(self, path: Path, schema: pa.Schema, expected: int) -> None:
        self._path, self._schema = path, schema
        self._slices = -(-expected // AT_ONCE)
        self._edges: Ints | None = None
        self._held: list[pa.Table] = []
        self._waiting: list[pa.ipc.RecordBatchStreamWriter] = []
        self.rows = 0

    def add(self, rows: pa.Table) -> None:
        """More rows, of the schema."""
        self.rows += len(rows)
        self._held.append(rows)
        if self._slices > 1 and sum(map(len, self._held)) >= AT_ONCE:
            self._part()

    def close(self) -> None:
        """Sort and write."""
        with pq.ParquetWriter(self._path, self._schema, compression="zstd") as out:
            if self._edges is None:
                _write(out, self._held, self._schema)
                return
            self._part()
            for number, waiting in enumerate(self._waiting):
                waiting.close()
                with pa.ipc.open_stream(self._scratch(number).read_bytes()) as stream:
                    _write(out, [stream.read_all()], self._schema)
                self._scratch(number).unlink()

    def _part(self) -> None:
        """Move what is held to disk, parted by time. The first rows say where the slices of time begin."""
        held = pa.concat_tables([self._schema.empty_table(), *self._held])
        times = _times(held)
        if self._edges is None:
            share = np.arange(1, self._slices) / self._slices
            self._edges = np.sort(times)[(share * len(times)).astype(np.int64)]
            self._waiting = [pa.ipc.new_stream(self._scratch(n), self._schema) for n in range(self._slices)]
        part = np.searchsorted(self._edges, times, side="right")
        order = np.argsort(part, kind="stable")
        bounds = np.searchsorted(part[order], np.arange(self._slices + 1))
        sorted_rows = held.take(order)
        for number, waiting in enumerate(self._waiting):
            waiting.write_table(sorted_rows.slice(bounds[number], bounds[number + 1] - bounds[number]))
        self._held = []

    def _scratch(self, number: int) -> Path:
        return self._path.with_suffix(f".{number}.arrows")


def _times(rows: pa.Table) -> Ints:
    times: Ints = rows.column(UPDATED).cast(pa.int64()).to_numpy()
    return times


def _write(out: pq.ParquetWriter, held: list[pa.Table], schema: pa.Schema) -> None:
    rows = pa.concat_tables([schema.empty_table(), *held])
    out.write_table(rows.take(np.argsort(_times(rows), kind="stable")), ROW_GROUP)
