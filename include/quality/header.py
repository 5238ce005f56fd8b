"""The header of a part: where it is, and which field of a row is which column of the contract."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from include.contracts.model import Contract
from include.quality.repairs import Repair

# Above a header there may be a title, a marking, who ran the export and when, and blank lines: a page head, not a page.
HEADER_WITHIN = 20
LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\n|\r|\Z)")

# A header that is no column of ours is shown only if it looks like a column's name: it might be a value.
LIKE_A_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,39}")


class HeaderError(ValueError):
    """A header that cannot be used: what is wrong with it, and what to do."""


@dataclass(frozen=True)
class Header:
    """`fields` as delivered. `end`: where the records begin. `above`: lines above it that are not blank."""

    fields: list[str]
    end: int
    above: int


@dataclass(frozen=True)
class Layout:
    """`header`: as delivered; a row has as many fields. `places`: by column of the contract the fields that hold it,
    none for a column that is not there. `marks`: by label, how often."""

    header: list[str]
    places: dict[str, list[int]]
    marks: Counter[str]

    @property
    def width(self) -> int:
        """Fields of a row."""
        return len(self.header)

    @property
    def used(self) -> list[int]:
        """Fields that hold a column, in the order of the file."""
        return sorted(at for places in self.places.values() for at in places)


def find_header(contract: Contract, text: bytes) -> Header:
    """The first line that has most columns of the contract. Raises `HeaderError`."""
    known = _known(contract)
    above = 0
    for fields, end in _first_lines(text):
        # A line that lacks most names is no header: it may be a row.
        if len({known[name] for name in map(_plain, fields) if name in known}) >= len(contract.columns) / 2:
            return Header(fields, end, above)
        above += any(fields)
    raise HeaderError(
        f"none of the first [{HEADER_WITHIN}] lines is a header with most of [{len(contract.columns)}] columns; "
        "ask the agency, or correct the contract"
    )


def lay_out(contract: Contract, header: Header) -> Layout:
    """Find the columns of the contract. Raises `HeaderError` if one that every row needs is not there."""
    known = _known(contract)
    names = [_plain(field) for field in header.fields]
    places: dict[str, list[int]] = {name: [] for name in contract.names}
    marks = Counter({Repair.PREAMBLE.value: 1} if header.above else {})
    for at, name in enumerate(names):
        if name in known:
            places[known[name]].append(at)
        else:
            marks[Repair.UNKNOWN_COLUMN.of(name if LIKE_A_NAME.fullmatch(name) else "not shown")] += 1
    for column in contract.columns:
        if not places[column.name]:
            marks[Repair.MISSING_COLUMN.of(column.source)] += 1
        elif column.source not in names:
            marks[Repair.RENAMED.of(column.source)] += 1
    lacking = [c.source for c in contract.columns if not places[c.name] and needs(contract, c.name)]
    if lacking:
        raise HeaderError(
            f"header missing [{', '.join(lacking)}], which every row needs; ask the agency, or correct the contract"
        )
    order = [place[0] for place in places.values() if place]
    if order != sorted(order):
        marks[Repair.REORDERED] += 1
    return Layout(header.fields, places, marks)


def needs(contract: Contract, name: str) -> bool:
    """Whether a part without this column is of no use."""
    return name in contract.version_key or contract.column(name).required


def _known(contract: Contract) -> dict[str, str]:
    """Every header that a column may have."""
    return {header: column.name for column in contract.columns for header in (column.source, *column.also)}


def _plain(field: str) -> str:
    # A file glued together from others has a byte order mark further down as well.
    return field.strip("\ufeff \t")


def _first_lines(text: bytes) -> Iterator[tuple[list[str], int]]:
    """Fields of the first lines, and where each line ends; an unusable line has no fields."""
    at = 0
    for _ in range(HEADER_WITHIN):
        line = LINE.match(text, at)
        if line is None or line.end() == at:
            return
        at = line.end()
        try:
            yield next(csv.reader([line[1].decode("utf-8", "surrogateescape")]), []), at
        except csv.Error:
            yield [], at
