"""Exports: the versions of a period, cut into compressed parts, with control totals."""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from include.interval import Interval
from include.simulator.source import UPDATED

# Small enough that a busy week comes in several parts, so that clients meet them; large enough that a part takes
# milliseconds.
PART_ROWS = 2_000

GZIP_LEVEL = 6  # zlib's usual compromise


@dataclass(frozen=True)
class Part:
    """One file of an export."""

    name: str
    rows: int
    content: bytes  # gzip of CSV
    sha256: str  # of `content`


@dataclass(frozen=True)
class Export:
    """What was exported for a period."""

    parts: tuple[Part, ...]
    rows: int
    non_blank: dict[str, int]  # by source column

    def part(self, name: str) -> Part | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name == name), None)

    def totals(self) -> dict[str, Any]:
        """The export as its manifest describes it."""
        return {
            "parts": [
                {"name": p.name, "rows": p.rows, "bytes": len(p.content), "sha256": p.sha256} for p in self.parts
            ],
            "control_totals": {"rows": self.rows, "non_blank": self.non_blank},
        }


def cut_out(table: pa.Table, period: Interval) -> pa.Table:
    """The rows whose update time lies in the period; `table` is in the order of update times."""
    times = table.column(UPDATED).to_numpy()
    bounds = [np.datetime64(at.replace(tzinfo=None), "us") for at in (period.start, period.end)]
    first, last = np.searchsorted(times, np.array(bounds), side="left").tolist()
    return table.slice(first, last - first).drop_columns([UPDATED])


def export(table: pa.Table, period: Interval) -> Export:
    """Export a period. The bytes are the same whenever and wherever it is asked for."""
    rows = cut_out(table, period)
    parts = tuple(
        _part(number, rows.slice(offset, PART_ROWS))
        for number, offset in enumerate(range(0, rows.num_rows, PART_ROWS), start=1)
    )
    non_blank = {name: rows.num_rows - rows.column(name).null_count for name in rows.column_names}
    return Export(parts, rows.num_rows, non_blank)


def _part(number: int, rows: pa.Table) -> Part:
    text = BytesIO()
    pa.csv.write_csv(rows, text)  # RFC 4180: every value in quotes, blanks as nothing at all
    content = gzip.compress(text.getvalue(), GZIP_LEVEL, mtime=0)
    return Part(f"part-{number:04d}.csv.gz", rows.num_rows, content, sha256(content).hexdigest())
