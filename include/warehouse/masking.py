"""Who may see which column of which report: derived from the PII classes and the protection flags of the contracts.

A view file makes `report.x`, whole. Its columns are traced to the table columns they stand on; then the view moves to
schema `unmasked`, which nobody is granted, and `report.x` is made anew in front of it, with a mask on every column that
needs one. A new view is masked without anybody having to think of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from psycopg2 import sql

from include.contracts import Column, Contract, load_all
from include.contracts.model import ColumnType, Pii, Protection
from include.warehouse.connection import Cursor, query
from include.warehouse.lineage import Catalog, LineageError, Source, Table, read_catalog

ACCESS = Path(__file__).parent / "access"
IDENTITY = "investigator"  # sees what points at a person
PROTECTED = "crosscheck_etl"  # sees facts under 8 U.S.C. 1367: no person does
EVERYBODY = ("analyst", IDENTITY)  # a reviewer is an investigator
OURS = {
    "breaches",
    "source_part",
}  # of the texts that the warehouse adds to a contract's columns, those that name nobody


class Mask(IntEnum):
    """What an analyst sees instead of a value, from nothing hidden to everything."""

    OPEN = 0
    PSEUDONYM = 1  # the same for the same record number: it joins and counts, and leads nowhere
    YEAR = 2
    WITHHELD = 3


FITS = {Mask.PSEUDONYM: "text", Mask.YEAR: "date"}  # the type that a mask can give


@dataclass(frozen=True)
class Sensitivity:
    """What must be hidden of a column, and whether a fact under 8 U.S.C. 1367 is in it."""

    mask: Mask
    protected: bool = False

    def __or__(self, other: "Sensitivity") -> "Sensitivity":
        """Of a value made of two: the stricter; two kinds of mask have no common one."""
        masks = {self.mask, other.mask} - {Mask.OPEN} or {Mask.OPEN}
        mask = masks.pop() if len(masks) == 1 else Mask.WITHHELD
        return Sensitivity(mask, self.protected or other.protected)


@dataclass(frozen=True)
class Report:
    """A view of schema `report`: what each column needs, and whether it stands on protected records."""

    name: str
    columns: Mapping[str, Sensitivity]
    types: Mapping[str, str]
    sources: Mapping[str, frozenset[Source]]
    tables: frozenset[Table]
    protected: bool

    @property
    def readers(self) -> tuple[str, ...]:
        """The roles that may ask it; none if nothing of it was released: that a row is there is a protected fact."""
        if not self.protected:
            return EVERYBODY
        return () if all(needs.protected for needs in self.columns.values()) else (IDENTITY,)


def reports(cursor: Cursor, schema: str) -> list[Report]:
    """Every view of a schema, classified."""
    catalog = read_catalog(cursor)
    return [_report(catalog, view) for view in sorted(catalog.views) if view[0] == schema]


def put_masks_on(cursor: Cursor) -> None:
    """Move every report out of sight, and make its masked view in front of it."""
    for report in reports(cursor, "report"):
        names = {
            "view": sql.Identifier(report.name),
            "columns": sql.SQL(", ").join(map(sql.Identifier, report.columns)),
            "masked": sql.SQL(", ").join(_masked(report.name, name, needs) for name, needs in report.columns.items()),
            "reader": sql.Literal(PROTECTED if report.protected else IDENTITY),
            "places": sql.SQL(", ").join(sql.Literal(place) for place, _ in enumerate(report.columns, 1)),
        }
        cursor.execute(query("view_comment"), {"view": f"report.{report.name}"})
        about = cursor.fetchone()
        is_open = all(needs == Sensitivity(Mask.OPEN) for needs in report.columns.values())
        _run(cursor, "hide_view", **names)
        _run(cursor, "seal_view" if report.protected else "show_view" if is_open else "mask_view", **names)
        if about is not None and about[0] is not None:
            _run(cursor, "comment_view", comment=sql.Literal(about[0]), **names)


def grant(cursor: Cursor) -> None:
    """Row security on protected tables, then every privilege anew."""
    for contract in load_all().values():
        if contract.protection is not Protection.NONE:
            for statement in ("protect_table", "drop_policy", "create_policy"):
                _run(cursor, statement, table=sql.Identifier(contract.record))
    cursor.execute(query("grants", ACCESS))
    for report in reports(cursor, "unmasked"):
        for reader in report.readers:
            _run(cursor, "grant_view", view=sql.Identifier(report.name), reader=sql.Identifier(reader))


def sensitivity(table: Table, column: str, data_type: str) -> Sensitivity:
    """Of a column of a table."""
    schema, name = table
    if schema == "record":
        contract = _by_record()[name]
        protected = contract.protection is not Protection.NONE
        if column in contract.names:
            held = contract.column(column)
            return Sensitivity(_mask(held), protected or held.protection is not Protection.NONE)
        is_withheld = _can_name(data_type) and column not in OURS
        return Sensitivity(Mask.WITHHELD if is_withheld else Mask.OPEN, protected)
    known: Any = _read("derived").get(schema, "withheld")
    if not isinstance(known, str):
        known = known.get(name, {}).get(column, "withheld" if _can_name(data_type) else "open")
    return Sensitivity(Mask[known.upper()])


def _report(catalog: Catalog, view: Table) -> Report:
    tables = catalog.tables(view)
    protected = any(_is_protected(table) for table in tables)
    released = _read("released").get(view[1], {}).get("columns", []) if protected else []
    sources = catalog.sources(view)
    found = {}
    for column, origin in sources.items():
        needs = Sensitivity(Mask.OPEN)
        for schema, table, name in origin:
            needs |= sensitivity((schema, table), name, catalog.types[schema, table, name])
        data_type = catalog.types[(*view, column)]
        if FITS.get(needs.mask, data_type) != data_type:
            needs = Sensitivity(Mask.WITHHELD, needs.protected)
        if protected:
            needs = Sensitivity(Mask.OPEN) if column in released else Sensitivity(needs.mask, protected=True)
        found[column] = needs
    if not set(released) <= set(found):
        raise LineageError(f"view [{view[1]}]: released.yaml lets out {released}, which are not all columns of it")
    origins = {column: frozenset(origin) for column, origin in sources.items()}
    types = {column: catalog.types[(*view, column)] for column in sources}
    return Report(view[1], found, types, origins, frozenset(tables), protected)


def _masked(view: str, column: str, needs: Sensitivity) -> sql.Composed:
    """What stands in the place of a column of a report for whoever may not see it."""
    mask = needs.mask.name.lower()
    if needs.protected:
        mask = "sealed" if needs.mask is Mask.PSEUDONYM else "withheld"
    return sql.SQL(query(f"mask_{mask}", ACCESS)).format(column=sql.Identifier(column), view=sql.Literal(view))


def _mask(column: Column) -> Mask:
    if column.pii is Pii.NONE:
        return Mask.OPEN
    if column.pii is Pii.INDIRECT and column.name.endswith(_record_numbers()):
        return Mask.PSEUDONYM
    return Mask.YEAR if column.type is ColumnType.DATE else Mask.WITHHELD


def _is_protected(table: Table) -> bool:
    return table[0] == "record" and _by_record()[table[1]].protection is not Protection.NONE


def _can_name(data_type: str) -> bool:
    """Whether a column of that type could hold a name or a number of a person."""
    return not data_type.startswith(("bigint", "integer", "smallint", "double", "numeric", "boolean", "timestamp"))


@cache
def _by_record() -> dict[str, Contract]:
    return {contract.record: contract for contract in load_all().values()}


@cache
def _record_numbers() -> tuple[str, ...]:
    """Columns that identify a record somewhere: `subject_id`, `receipt_number`; also as the end of a longer name."""
    return tuple({name for contract in load_all().values() for name in contract.key})


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ACCESS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def _run(cursor: Cursor, name: str, **names: sql.Composable) -> None:
    cursor.execute(sql.SQL(query(name, ACCESS)).format(**names))
