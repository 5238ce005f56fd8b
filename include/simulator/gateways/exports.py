"""Exports: the versions of a period, cut into compressed parts, with control totals."""

import os
import struct
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from include.simulator.gateways.damage import NO_DAMAGE, Applied, Asked, Damage, FileFault
from include.simulator.gateways.damaged_parts import spoil_part, write_csv
from include.simulator.gateways.damaged_rows import spoil_rows
from include.simulator.source import UPDATED

# Small enough that a busy week comes in several parts, so that clients meet them; large enough that a part takes
# milliseconds. A large export comes in larger parts: ten million rows would be five thousand requests otherwise.
PART_ROWS, LARGE_PART_ROWS = 2_000, 20_000
LARGE = 100_000  # rows

# Level 1 of zlib: 130 to 200 MB/s a core on such rows and 3 to 4 times smaller; level 6 takes four times as long and
# saves another fifth. See `benchmarks/gateway.py`.
FAST, SMALL = 1, 9

# gzip header without a time or a name, so that the same rows are the same bytes; the last but one byte tells the level.
HEADER = b"\x1f\x8b\x08" + bytes(5)
LEVEL_MARK = {FAST: b"\x04\xff", SMALL: b"\x02\xff"}

# Parts that are compressed or wait for it: two a core keep all cores busy and the memory at some dozen megabytes.
AT_ONCE = 2 * (os.cpu_count() or 1)


@dataclass(frozen=True)
class Part:
    """One file of an export."""

    name: str  # in the manifest
    path: Path
    rows: int
    bytes: int  # gzip of CSV
    sha256: str

    def listed(self) -> dict[str, Any]:
        """The part as a manifest describes it."""
        return {"name": self.name, "rows": self.rows, "bytes": self.bytes, "sha256": self.sha256}


@dataclass(frozen=True)
class Export:
    """What was exported for a period."""

    parts: tuple[Part, ...]
    rows: int  # control total
    non_blank: dict[str, int]  # control totals by source column
    applied: dict[FileFault, int]  # by fault of the file, how many rows it hit

    def part(self, name: str) -> Part | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name == name), None)

    @property
    def bytes(self) -> int:
        """Of all parts."""
        return sum(part.bytes for part in self.parts)


class Totals:
    """Control totals of rows that pass by."""

    def __init__(self, columns: list[str]) -> None:
        self.rows = 0
        self.non_blank = dict.fromkeys(columns, 0)

    def counting(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The same tables, counted."""
        for table in tables:
            self.rows += table.num_rows
            for name in self.non_blank:
                self.non_blank[name] += table.num_rows - table.column(name).null_count
            yield table


def export(asked: Asked, folder: Path, pool: Executor, damage: Damage = NO_DAMAGE) -> Export:
    """Export a period to an empty folder. The bytes are the same whenever and wherever it is asked for.

    Rows are in memory by the batch; the pool compresses parts side by side.
    """
    applied = Applied()
    totals = Totals([column.source for column in asked.contract.columns])
    tables = asked.source.rows(asked.period)
    if damage.totals_of_file:
        tables = totals.counting(spoil_rows(damage, asked, tables, applied))
    else:
        tables = spoil_rows(damage, asked, totals.counting(tables), applied)
    cut = _cut(tables, LARGE_PART_ROWS if asked.rows > LARGE else PART_ROWS)
    parts = []
    for part, hit in _written(cut, folder, pool, damage):
        parts.append(part)
        applied.rows.update(hit.rows)
    rows = totals.rows
    if any(planned.fault is FileFault.TOTALS_DISAGREE for planned in damage.faults):
        applied.note(FileFault.TOTALS_DISAGREE, 0)
        rows += 1 + rows // 100
    return Export(tuple(parts), rows, totals.non_blank, dict(applied.rows))


def pack_again(part: Part) -> Part:
    """The same rows in other bytes: a file that was made anew."""
    text = zlib.decompress(part.path.read_bytes(), wbits=31)
    return _save(part.name, part.path.with_suffix(".again"), _packed(text, SMALL), part.rows)


def _cut(tables: Iterator[pa.Table], size: int) -> Iterator[pa.Table]:
    """The rows in tables of `size`, the last one shorter, without their update time."""
    held: list[pa.Table] = []
    missing = size
    for table in tables:
        rest = table.drop_columns([UPDATED])
        while rest.num_rows:
            held.append(rest.slice(0, missing))
            rest = rest.slice(missing)
            missing -= held[-1].num_rows
            if not missing:
                yield pa.concat_tables(held)
                held, missing = [], size
    if held:
        yield pa.concat_tables(held)


def _written(
    tables: Iterator[pa.Table], folder: Path, pool: Executor, damage: Damage
) -> Iterator[tuple[Part, Applied]]:
    """The parts in their order, a few of them at work at a time."""
    at_work: deque[Future[tuple[Part, Applied]]] = deque()
    for number, rows in enumerate(tables, start=1):
        at_work.append(pool.submit(_write, folder / f"part-{number:04d}.csv.gz", rows, damage))
        if len(at_work) >= AT_ONCE:
            yield at_work.popleft().result()
    while at_work:
        yield at_work.popleft().result()


def _write(path: Path, rows: pa.Table, damage: Damage) -> tuple[Part, Applied]:
    applied = Applied()
    text = spoil_part(damage, rows, applied) if damage.faults else write_csv(rows)
    return _save(path.name, path, _packed(text, FAST), rows.num_rows), applied


def _save(name: str, path: Path, content: bytes, rows: int) -> Part:
    """Write and rename: a part that is sent is whole."""
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
    return Part(name, path, rows, len(content), sha256(content).hexdigest())


def _packed(text: bytes, level: int) -> bytes:
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF)
    return b"".join([HEADER, LEVEL_MARK[level], squeeze.compress(text), squeeze.flush(), tail])
