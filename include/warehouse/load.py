"""Record versions: loaded once, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg2 import sql

from include.contracts import Contract
from include.warehouse.books import DayTotal, record_day_totals, record_loaded
from include.warehouse.connection import Cursor, query, row, transaction
from include.warehouse.copy import copy_in

SOURCE = ["source_attempt", "source_part", "source_row"]


@dataclass(frozen=True)
class Loaded:
    """Accepted rows that this run brought, and those that the warehouse held already."""

    loaded: int
    already_held: int


def load(
    dsn: str, run_id: int, contract: Contract, accepted: Path, quarantined: Path, days: Sequence[DayTotal] = ()
) -> Loaded:
    """Append the versions of a staged table, keep its refused rows, and enter the counts, those of its days too: one
    transaction.

    Idempotent and commutative: a version is identified by source key and content hash.
    """
    columns = [*contract.names, "content_hash", "breaches", *SOURCE]
    versions = pq.read_table(accepted).select(columns)
    names = _names(contract, columns)
    with transaction(dsn) as cursor:
        cursor.execute(query("open_load"), {"run_id": run_id, "dataset": contract.dataset})
        load_id = row(cursor).load_id
        cursor.execute(sql.SQL(query("create_incoming")).format(**names))
        copy_in(cursor, sql.SQL(query("copy_incoming")).format(**names).as_string(cursor), _lists_as_text(versions))
        cursor.execute(sql.SQL(query("insert_versions")).format(**names), {"load_id": load_id})
        cursor.execute(sql.SQL(query("count_held")).format(**names), {"run_id": run_id})
        counted = Loaded(*row(cursor))
        _keep_refused(cursor, run_id, contract, pq.read_table(quarantined))
        record_day_totals(cursor, run_id, contract.dataset, days)
        record_loaded(cursor, run_id, contract.dataset, counted.loaded, counted.already_held)
    return counted


def _names(contract: Contract, columns: list[str]) -> dict[str, sql.Composable]:
    """Identifiers for the statement files, quoted by the driver."""
    return {
        "table": sql.Identifier("record", contract.record),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "identity": sql.SQL(", ").join(map(sql.Identifier, [*contract.key, "content_hash"])),
    }


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
