"""Chunks of a Parquet file as separate tasks, and one after them: what a scheduler maps over; bounds in, counts out."""

from pathlib import Path

import pandas as pd

from include.matching.files.tables import CHUNK, File
from include.matching.files.writing import Writer
from include.matching.link import PAIR, Linker, lowest
from include.matching.model import load_model
from include.matching.settling.settle import settle

Bounds = tuple[int, int]  # first row, and the row after the last


def chunk_bounds(right: Path, rows: int = CHUNK) -> list[Bounds]:
    """Bounds of chunks of at most so many rows that cover a Parquet file; only its footer is read."""
    total = File(right, {}).rows or 0
    return [(start, min(start + rows, total)) for start in range(0, total, rows)]


def link_chunk(left: Path, right: Path, bounds: Bounds, model: Path, folder: Path, floor: float | None = None) -> int:
    """Link all of `left` with the rows of `right` within the bounds; how many pairs were written.

    left, right: files with columns named after `fields.FIELDS`; model: a file. The pairs go to
    `<folder>/pairs-<first row>.parquet`, which a repetition writes anew; `settle_chunks` makes those of `link` of them.
    Raises `TableError`, `ModelError`.
    """
    chosen = load_model(model)
    linker = Linker(File(left, {}).read(), chosen, lowest(floor, chosen))
    found = linker.link(File(right, {}).between(*bounds))
    with Writer(folder / f"pairs-{bounds[0]:012}.parquet") as out:
        out.write(found.pairs)
    return len(found.pairs)


def settle_chunks(left: Path, right: Path, model: Path, folder: Path, out: Path, floor: float | None = None) -> int:
    """Weigh the pairs of all chunks in `folder` beside each other, once all are there; how many were written to `out`.

    The other arguments as for `link_chunk`. All pairs are held in memory. Raises `TableError`, `ModelError`.
    """
    found = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("pairs-*.parquet"))])
    rows = len(File(left, {}).read()), File(right, {}).rows or 0
    settled = settle(found.sort_values(PAIR, ignore_index=True), rows, load_model(model), floor)
    with Writer(out) as pairs:
        pairs.write(settled)
    return len(settled)
