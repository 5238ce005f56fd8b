"""Record versions: loaded once, never changed."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg2 import sql

from include.contracts import Contract
from include.contracts.model import Protection
from include.warehouse.books import record_loaded
from include.warehouse.connection import Cursor, query, row, transaction
from include.warehouse.copy import copy_in

SOURCE = ["source_attempt", "source_part", "source_row"]


@dataclass(frozen=True)
class Loaded:
    """Accepted rows that this run brought, and those that the warehouse held already."""

    loaded: int
    already_held: int


def load(dsn: str, run_id: int, contract: Contract, accepted: Path, quarantined: Path) -> Loaded:
    """Append the versions of a staged table, keep its refused rows, and enter the count: one transaction.

    Idempotent and commutative: a version is identified by source key and content hash.
    """
    columns = [*contract.names, "content_hash", "breaches", *SOURCE]
    versions = pq.read_table(accepted, columns=columns)
    with transaction(dsn) as cursor:
        cursor.execute(query("lock_loading"), {"dataset": contract.dataset})
        cursor.execute(query("open_load"), {"run_id": run_id, "dataset": contract.dataset})
        load_id = row(cursor).load_id
        held = _held(cursor, run_id, contract, versions)
        is_fresh = np.ones(len(versions), np.bool_)
        is_fresh[list(held)] = False
        fresh = versions.filter(pa.array(is_fresh))
        _append(cursor, contract, fresh.append_column("load_id", pa.repeat(load_id, len(fresh))))
        of_run = sum(held.values())
        counted = Loaded(len(fresh) + of_run, len(held) - of_run)
        _keep_refused(cursor, run_id, contract, pq.read_table(quarantined))
        record_loaded(cursor, run_id, contract.dataset, counted.loaded, counted.already_held)
    return counted


def _held(cursor: Cursor, run_id: int, contract: Contract, versions: pa.Table) -> dict[int, bool]:
    """Positions of the versions that the warehouse holds, and whether it was this run that brought them."""
    identity = [*contract.key, "content_hash"]
    names = {"table": sql.Identifier("record", contract.record), "identity": _listed(identity)}
    cursor.execute(sql.SQL(query("create_incoming")).format(**names))
    numbered = versions.select(identity).append_column("position", pa.array(np.arange(len(versions))))
    copy_in(cursor, sql.SQL(query("copy_incoming")).format(**names).as_string(cursor), numbered)
    cursor.execute(sql.SQL(query("find_held")).format(**names), {"run_id": run_id})
    return {found[0]: found[1] for found in cursor.fetchall()}


def _append(cursor: Cursor, contract: Contract, fresh: pa.Table) -> None:
    """By COPY into the table itself, which costs half of an insert; PostgreSQL refuses that under row security."""
    sealed = contract.protection is not Protection.NONE
    table = sql.Identifier("record", contract.record)
    columns = _listed(fresh.column_names[:-1])
    names = {"table": table, "columns": columns, "target": sql.Identifier("sealed") if sealed else table}
    if sealed:
        cursor.execute(sql.SQL(query("create_sealed")).format(**names))
    copy_in(cursor, sql.SQL(query("copy_versions")).format(**names).as_string(cursor), _lists_as_text(fresh))
    if sealed:
        cursor.execute(sql.SQL(query("insert_sealed")).format(**names))


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _keep_refused(cursor: Cursor, run_id: int, contract: Contract, refused: pa.Table) -> None:
    cursor.execute(query("create_refused"))
    copy_in(cursor, query("copy_refused"), _lists_as_text(refused.select(["raw", "reasons", *SOURCE])))
    about = {"run_id": run_id, "dataset": contract.dataset, "protection": contract.protection.value}
    cursor.execute(query("insert_refused"), about)


def _lists_as_text(table: pa.Table) -> pa.Table:
    """Lists of plain words in PostgreSQL's array notation: `{a:b,c:d}`."""
    for index, field in enumerate(table.schema):
        if pa.types.is_list(field.type) or pa.types.is_large_list(field.type):
            joined = pc.binary_join(table[field.name].cast(pa.list_(pa.string())), ",")
            text = pc.binary_join_element_wise("{", pc.fill_null(joined, ""), "}", "")
            table = table.set_column(index, field.name, text)
    return table
