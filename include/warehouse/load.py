"""Record versions: loaded once, never changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg2 import sql
from psycopg2.errors import UniqueViolation

from include.contracts import Contract
from include.contracts.model import Protection
from include.warehouse import copy
from include.warehouse.binary import as_binary
from include.warehouse.books import DayTotal, record_day_totals, record_loaded
from include.warehouse.connection import Cursor, WarehouseError, query, row

SOURCE = ["source_attempt", "source_part", "source_row"]
Identifiers = dict[str, sql.Composable]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Loaded:
    """Accepted rows that this run brought, and those that the warehouse held already."""

    loaded: int
    already_held: int


def load(cursor: Cursor, run_id: int, contract: Contract, accepted: Path, days: Sequence[DayTotal] = ()) -> Loaded:
    """Append the versions of a staged table, and enter the counts, those of its days too.

    Idempotent and commutative: a version is identified by source key and content hash. Where nothing of the days is
    held, all versions are taken to be new until the table's unique index says otherwise: to look first for those
    that are held costs a quarter of a load. Raises `WarehouseError` for a table that older code staged.
    """
    columns = [*contract.names, "content_hash", "breaches", *SOURCE]
    versions = pq.ParquetFile(accepted, memory_map=True)
    if not pa.types.is_fixed_size_binary(versions.schema_arrow.field("content_hash").type):
        raise WarehouseError(
            f"dataset [{contract.dataset}]: its table was staged by an older release, not to be loaded; clear `stage`"
        )
    cursor.execute(query("take_turn"), {"what": contract.dataset})  # two runs may bring the same versions at once
    cursor.execute(query("open_load"), {"run_id": run_id, "dataset": contract.dataset})
    load_id = row(cursor).load_id
    names = identifiers(contract, columns)
    is_fresh = np.ones(versions.metadata.num_rows, np.bool_)
    held = dict[int, bool]()
    looks_new = not _is_inserted(contract) and bool(days) and not _holds_any(cursor, contract.dataset, days)
    if not looks_new or not _append_all(cursor, names, load_id, _pieces(versions, columns, is_fresh)):
        held = _held(cursor, run_id, contract, names, versions)
        is_fresh[list(held)] = False
        append = _insert if _is_inserted(contract) else _append
        append(cursor, names, load_id, _pieces(versions, columns, is_fresh))
    of_run = sum(held.values())
    counted = Loaded(int(is_fresh.sum()) + of_run, len(held) - of_run)
    record_day_totals(cursor, run_id, contract.dataset, days)
    record_loaded(cursor, run_id, contract.dataset, counted.loaded, counted.already_held)
    return counted


def _pieces(versions: pq.ParquetFile, columns: list[str], is_fresh: Mask) -> Iterator[pa.Table]:
    """The fresh versions, as many at a time as one statement copies: a staged table is never held whole."""
    end = 0
    for batch in versions.iter_batches(copy.ROWS, columns=columns):
        rows = is_fresh[end : end + len(batch)]
        end += len(batch)
        if rows.any():
            piece = pa.Table.from_batches([batch if rows.all() else batch.filter(pa.array(rows))])
            yield piece.select(columns)


def identifiers(contract: Contract, columns: list[str]) -> Identifiers:
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


def _append_all(cursor: Cursor, names: Identifiers, load_id: int, versions: Iterator[pa.Table]) -> bool:
    """Append versions unless one of them is held: then none is, and the answer is no."""
    cursor.execute("savepoint all_are_new")
    try:
        _append(cursor, names, load_id, versions)
    except UniqueViolation:
        cursor.execute("rollback to savepoint all_are_new")
        return False
    cursor.execute("release savepoint all_are_new")
    return True


def _held(
    cursor: Cursor, run_id: int, contract: Contract, names: Identifiers, versions: pq.ParquetFile
) -> dict[int, bool]:
    """Positions of the versions that the warehouse holds, and whether it was this run that brought them."""
    numbered = versions.read(columns=identity(contract)).select(identity(contract))
    numbered = numbered.append_column("position", pa.array(np.arange(len(numbered))))
    cursor.execute(sql.SQL(query("create_probe")).format(**names))
    copy.copy_in(cursor, sql.SQL(query("copy_probe")).format(**names).as_string(cursor), numbered)
    cursor.execute(sql.SQL(query("find_held")).format(**names), {"run_id": run_id})
    return {found[0]: found[1] for found in cursor.fetchall()}


def _append(cursor: Cursor, names: Identifiers, load_id: int, versions: Iterator[pa.Table]) -> None:
    """By COPY into the table itself, which costs half of an insert; in its binary format, which costs PostgreSQL a
    fifth less (decision 0061)."""
    of_load = (piece.append_column("load_id", pa.repeat(load_id, len(piece))) for piece in versions)
    cursor.execute(sql.SQL(query("version_types")).format(**names))
    types = [column.type_code for column in cursor.description or ()]
    statement = sql.SQL(query("copy_versions")).format(**names).as_string(cursor)
    copy.copy_pieces(cursor, statement, of_load, lambda piece: as_binary(piece, types))


def _insert(cursor: Cursor, names: Identifiers, load_id: int, versions: Iterator[pa.Table]) -> None:
    """By way of a temporary table."""
    cursor.execute(sql.SQL(query("create_incoming")).format(**names))
    statement = sql.SQL(query("copy_incoming")).format(**names).as_string(cursor)
    copy.copy_pieces(cursor, statement, versions)
    cursor.execute(sql.SQL(query("insert_versions")).format(**names), {"load_id": load_id})
