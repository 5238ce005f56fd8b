"""Chunks of a Parquet file as separate tasks: what a scheduler maps over, bounds in, a count out, rows in files."""

from pathlib import Path

from include.matching.files.tables import CHUNK, File
from include.matching.files.writing import Writer
from include.matching.link import Linker, lowest
from include.matching.model import load_model

Bounds = tuple[int, int]  # first row, and the row after the last


def chunk_bounds(right: Path, rows: int = CHUNK) -> list[Bounds]:
    """Bounds of chunks of at most so many rows that cover a Parquet file; only its footer is read."""
    total = File(right, {}).rows or 0
    return [(start, min(start + rows, total)) for start in range(0, total, rows)]


def link_chunk(left: Path, right: Path, bounds: Bounds, model: Path, folder: Path, floor: float | None = None) -> int:
    """Link all of `left` with the rows of `right` within the bounds; how many pairs were written.

    left, right: files with columns named after `fields.FIELDS`; model: a file. The pairs go to
    `<folder>/pairs-<first row>.parquet`, which a repetition writes anew; those of all chunks, sorted by ids, are what
    `settle` makes the pairs of `link` of. Raises `TableError`, `ModelError`.
    """
    chosen = load_model(model)
    linker = Linker(File(left, {}).read(), chosen, lowest(floor, chosen))
    found = linker.link(File(right, {}).between(*bounds))
    with Writer(folder / f"pairs-{bounds[0]:012}.parquet") as out:
        out.write(found.pairs)
    return len(found.pairs)
