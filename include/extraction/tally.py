"""Is what came what was announced? Each part is unpacked and counted once, in bounded memory, without understanding it.

Counting must not fail where reading later may be tolerant: whatever the bytes are, fields are split and counted.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from pathlib import Path

from include.extraction.errors import Refusal
from include.extraction.manifest import Manifest, PartEntry
from include.settings import Extraction

BATCH_ROWS = 256
BATCH_BYTES = 8 << 20  # that many rows hold 0.1 MB as a rule; a hundred times that is a row that never ends
HARMLESS_BYTES = 1 << 20  # unpacking this much harms nobody; a handful of like rows packs better than any ratio allows
BOM = b"\xef\xbb\xbf"
# UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
HEADER_WITHIN = 20  # records; staging looks no further for a header either


@dataclass
class Tally:
    """Counts of one part: rows without the header, and values that are not blank by column."""

    rows: int = 0
    non_blank: dict[str, int] = field(default_factory=dict)
    is_packed: bool = True  # False: not gzip, or cut off; nobody can read it, nothing is counted
    is_split: bool = True  # False: a row that cannot be split into fields; the counts end there


def tally(path: Path, columns: Sequence[str], limits: Extraction, where: str) -> Tally:
    """Count a gzip CSV file by source column. Raises `Refusal` for a gzip bomb or for more rows than the limit."""
    result = Tally()
    with gzip.open(path) as unpacked:
        try:
            lines = _Lines(unpacked, max(HARMLESS_BYTES, path.stat().st_size * limits.max_unpacked_ratio))
            _count(lines, columns, limits.max_rows, result)
        except _BeyondLimitError as excess:
            raise Refusal(
                f"{where}: [{path.name}] {excess}; it is not read, ask the agency what it exports", "limit"
            ) from None
        except (gzip.BadGzipFile, EOFError, zlib.error):
            return Tally(is_packed=False)
    return result


class _BeyondLimitError(Exception):
    """Unpacks to more than anybody announced."""


class _Lines:
    """Lines of a part as they are unpacked, never more in memory than one batch may hold."""

    def __init__(self, unpacked: gzip.GzipFile, allowed: int) -> None:
        self._unpacked, self._allowed = _of_one_width(unpacked), allowed
        self._total = self._batch = 0

    def begin_batch(self) -> None:
        self._batch = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._unpacked.readline(BATCH_BYTES):
            self._total += len(line)
            self._batch += len(line)
            if self._total > self._allowed:
                raise _BeyondLimitError(f"unpacks to more than [{self._allowed}] bytes")
            if self._batch >= BATCH_BYTES:
                raise _BeyondLimitError(f"holds [{BATCH_BYTES}] bytes in [{BATCH_ROWS}] rows or fewer")
            yield line if isinstance(line, str) else line.removeprefix(BOM).decode("utf-8", "surrogateescape")


def _count(lines: _Lines, columns: Sequence[str], max_rows: int, result: Tally) -> None:
    try:
        _count_rows(lines, columns, max_rows, result)
    except csv.Error:
        result.is_split = False
        for _ in lines:  # whether the rest can be unpacked, and is no bomb, still matters
            lines.begin_batch()


def _count_rows(lines: _Lines, columns: Sequence[str], max_rows: int, result: Tally) -> None:
    header, reader = _after_header(csv.reader(lines), columns)
    present = [(position, name) for position, name in enumerate(header) if name in columns]
    result.non_blank = {name: 0 for _, name in present}
    batch: list[list[str]] = [header]
    while batch:
        batch = []
        lines.begin_batch()
        try:
            batch.extend(islice(reader, BATCH_ROWS))
        finally:  # rows before one that cannot be split count
            rows = [row for row in batch if row]  # an empty line is no row
            result.rows += len(rows)
            values = list(islice(zip_longest(*rows, fillvalue=""), len(header)))
            for position, name in present:
                if position < len(values):
                    result.non_blank[name] += len(rows) - values[position].count("")
        if result.rows > max_rows:
            raise _BeyondLimitError(f"has more than [{max_rows}] rows")


def _of_one_width(unpacked: gzip.GzipFile) -> gzip.GzipFile | io.TextIOWrapper:
    """The file as it is, or as text if its characters have two bytes or four: a spreadsheet saved it."""
    head = unpacked.peek(4)[:4]
    for mark, codec in WIDE:
        if head.startswith(mark):
            unpacked.read(len(mark))
            return io.TextIOWrapper(unpacked, codec, errors="replace", newline="")
    return unpacked


def _after_header(reader: "Iterator[list[str]]", columns: Sequence[str]) -> tuple[list[str], "Iterator[list[str]]"]:
    """The first record that names most columns, or else the first, and the records behind it: a title above a header
    is no row."""
    head: list[list[str]] = []
    broken: csv.Error | None = None
    try:
        head.extend(islice(reader, HEADER_WITHIN))
    except csv.Error as error:
        broken = error
    named = [len({name.strip("\ufeff \t") for name in record} & {*columns}) for record in head]
    at = next((place for place, names in enumerate(named) if names >= len(columns) / 2), 0)
    header = [name.strip("\ufeff \t") for name in head[at]] if head else []
    return header, chain(head[at + 1 :], reader if broken is None else map(_raise, [broken]))


def _raise(error: csv.Error) -> list[str]:
    raise error


def shortfalls(manifest: Manifest, columns: Sequence[str], tallies: dict[str, Tally]) -> list[str]:
    """What was announced and did not come; empty if the delivery is complete. Names and counts only.

    tallies: by part name; a part that could not be fetched has none.
    """
    found = [f"part [{name}] is listed more than once" for name in manifest.repeated]
    for part in manifest.unique_parts:
        found += _part_shortfalls(part, tallies.get(part.name))
    totals = manifest.control_totals
    rows = sum(each.rows for each in tallies.values())
    if rows != totals.rows:
        found.append(f"[{rows}] rows of [{totals.rows}]")
    for column in columns if totals.rows else ():
        values = sum(each.non_blank.get(column, 0) for each in tallies.values())
        announced = totals.non_blank.get(column)
        if any(column not in each.non_blank for each in tallies.values() if each.is_packed):
            found.append(f"column [{column}] is not in every part")
        if announced is None:
            found.append(f"column [{column}] has no control total")
        elif values != announced:
            found.append(f"column [{column}] has [{values}] values of [{announced}]")
    return found


def _part_shortfalls(part: PartEntry, counted: Tally | None) -> Iterator[str]:
    if counted is None:
        yield f"part [{part.name}] is not on the gateway"
    elif not counted.is_packed:
        yield f"part [{part.name}] is not readable gzip and was left out"
    elif not counted.is_split:
        yield f"part [{part.name}] cannot be split into fields after row [{counted.rows}]"
    elif counted.rows != part.rows:
        yield f"part [{part.name}] has [{counted.rows}] rows of [{part.rows}]"
