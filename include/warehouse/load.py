"""Record versions: loaded once, never changed."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from psycopg2 import sql

from include.contracts import Contract
from include.warehouse.books import record_loaded
from include.warehouse.connection import Cursor, query, row
from include.warehouse.copy import copy_in, lists_as_text

SOURCE = ["source_attempt", "source_part", "source_row"]


@dataclass(frozen=True)
class Loaded:
    """Accepted rows that this run brought, and those that the warehouse held already."""

    loaded: int
    already_held: int


def load(cursor: Cursor, run_id: int, contract: Contract, accepted: Path) -> Loaded:
    """Append the versions of a staged table, and enter the count.

    Idempotent and commutative: a version is identified by source key and content hash.
    """
    columns = [*contract.names, "content_hash", "breaches", *SOURCE]
    versions = pq.read_table(accepted).select(columns)
    names = identifiers(contract, columns)
    cursor.execute(query("open_load"), {"run_id": run_id, "dataset": contract.dataset})
    load_id = row(cursor).load_id
    cursor.execute(sql.SQL(query("create_incoming")).format(**names))
    copy_in(cursor, sql.SQL(query("copy_incoming")).format(**names).as_string(cursor), lists_as_text(versions))
    cursor.execute(sql.SQL(query("insert_versions")).format(**names), {"load_id": load_id})
    cursor.execute(sql.SQL(query("count_held")).format(**names), {"run_id": run_id})
    counted = Loaded(*row(cursor))
    record_loaded(cursor, run_id, contract.dataset, counted.loaded, counted.already_held)
    return counted


def identifiers(contract: Contract, columns: list[str]) -> dict[str, sql.Composable]:
    """Identifiers for the statement files, quoted by the driver."""
    return {
        "table": sql.Identifier("record", contract.record),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "identity": sql.SQL(", ").join(map(sql.Identifier, [*contract.key, "content_hash"])),
        "version_key": sql.SQL(", ").join(map(sql.Identifier, contract.version_key)),
    }
