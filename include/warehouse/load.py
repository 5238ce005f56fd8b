"""Record versions: loaded once, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg2 import sql
from psycopg2.errors import UniqueViolation

from include.contracts import Contract
from include.contracts.model import Protection
from include.warehouse.books import DayTotal, record_day_totals, record_loaded
from include.warehouse.connection import Cursor, query, row
from include.warehouse.copy import copy_in, lists_as_text

SOURCE = ["source_attempt", "source_part", "source_row"]


@dataclass(frozen=True)
class Loaded:
    """Accepted rows that this run brought, and those that the warehouse held already."""

    loaded: int
    already_held: int


def load(cursor: Cursor, run_id: int, contract: Contract, accepted: Path, days: Sequence[DayTotal] = ()) -> Loaded:
    """Append the versions of a staged table, and enter the counts, those of its days too.

    Idempotent and commutative: a version is identified by source key and content hash. Where nothing of the days is
    held, all versions are taken to be new until the table's unique index says otherwise: to look first for those
    that are held costs a quarter of a load.
    """
    columns = [*contract.names, "content_hash", "breaches", *SOURCE]
    versions = pq.read_table(accepted, columns=columns)
    cursor.execute(query("take_turn"), {"what": contract.dataset})  # two runs may bring the same versions at once
    cursor.execute(query("open_load"), {"run_id": run_id, "dataset": contract.dataset})
    load_id = row(cursor).load_id
    names = identifiers(contract, columns)
    looks_new = not _is_inserted(contract) and bool(days) and not _holds_any(cursor, contract.dataset, days)
    if looks_new and _append_all(cursor, contract, names, load_id, versions):
        held, fresh = dict[int, bool](), versions
    else:
        held = _held(cursor, run_id, contract, names, versions)
        is_fresh = np.ones(len(versions), np.bool_)
        is_fresh[list(held)] = False
        fresh = versions.filter(pa.array(is_fresh))
        _append(cursor, contract, names, load_id, fresh)
    of_run = sum(held.values())
    counted = Loaded(len(fresh) + of_run, len(held) - of_run)
    record_day_totals(cursor, run_id, contract.dataset, days)
    record_loaded(cursor, run_id, contract.dataset, counted.loaded, counted.already_held)
    return counted


def identifiers(contract: Contract, columns: list[str]) -> dict[str, sql.Composable]:
    """Identifiers for the statement files, quoted by the driver."""
    return {
        "table": sql.Identifier("record", contract.record),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "identity": sql.SQL(", ").join(map(sql.Identifier, identity(contract))),
        "version_key": sql.SQL(", ").join(map(sql.Identifier, contract.version_key)),
    }


def identity(contract: Contract) -> list[str]:
    """Columns that tell versions apart: the key and the content; the update time, which is part of it, since the index
    has it."""
    return [*contract.version_key, "content_hash"]


def _is_inserted(contract: Contract) -> bool:
    """Whether versions go in by an insert that passes over those that are held: PostgreSQL refuses COPY under row
    security."""
    return contract.protection is not Protection.NONE


def _holds_any(cursor: Cursor, dataset: str, days: Sequence[DayTotal]) -> bool:
    """Whether a load brought one of the days before."""
    cursor.execute(query("day_totals"), {"dataset": dataset, "days": [day for day, _, _ in days]})
    return bool(cursor.rowcount)


def _append_all(
    cursor: Cursor, contract: Contract, names: dict[str, sql.Composable], load_id: int, versions: pa.Table
) -> bool:
    """Append versions unless one of them is held: then none is, and the answer is no."""
    cursor.execute("savepoint all_are_new")
    try:
        _append(cursor, contract, names, load_id, versions)
    except UniqueViolation:
        cursor.execute("rollback to savepoint all_are_new")
        return False
    cursor.execute("release savepoint all_are_new")
    return True


def _held(
    cursor: Cursor, run_id: int, contract: Contract, names: dict[str, sql.Composable], versions: pa.Table
) -> dict[int, bool]:
    """Positions of the versions that the warehouse holds, and whether it was this run that brought them."""
    numbered = versions.select(identity(contract))
    numbered = numbered.append_column("position", pa.array(np.arange(len(versions))))
    cursor.execute(sql.SQL(query("create_probe")).format(**names))
    copy_in(cursor, sql.SQL(query("copy_probe")).format(**names).as_string(cursor), numbered)
    cursor.execute(sql.SQL(query("find_held")).format(**names), {"run_id": run_id})
    return {found[0]: found[1] for found in cursor.fetchall()}


def _append(
    cursor: Cursor, contract: Contract, names: dict[str, sql.Composable], load_id: int, fresh: pa.Table
) -> None:
    """By COPY into the table itself, which costs half of an insert."""
    if _is_inserted(contract):
        cursor.execute(sql.SQL(query("create_incoming")).format(**names))
        copy_in(cursor, sql.SQL(query("copy_incoming")).format(**names).as_string(cursor), lists_as_text(fresh))
        cursor.execute(sql.SQL(query("insert_versions")).format(**names), {"load_id": load_id})
    else:
        table = lists_as_text(fresh.append_column("load_id", pa.repeat(load_id, len(fresh))))
        copy_in(cursor, sql.SQL(query("copy_versions")).format(**names).as_string(cursor), table)
