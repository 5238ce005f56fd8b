"""Refused rows: kept sealed, opened to be judged again, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from psycopg2 import sql
from psycopg2.extras import execute_batch

from include.contracts import Contract
from include.warehouse.books import record_loaded, record_staged
from include.warehouse.connection import Cursor, query, row
from include.warehouse.copy import copy_in
from include.warehouse.load import SOURCE, identifiers
from include.warehouse.vault import Vault


@dataclass(frozen=True)
class Replayed:
    """What became of refused rows that were judged again.

    `held`: the warehouse holds their version already, from another row. `duplicate`: another row of the replay brought
    their version.
    """

    dataset: str
    judged: int
    loaded: int
    held: int
    duplicate: int
    refused: int


def keep(cursor: Cursor, vault: Vault, run_id: int, contract: Contract, refused: pa.Table) -> None:
    """Keep refused rows (`raw`, `reasons`, `why` and where they came from), each once, in whatever runs it comes."""
    raw = refused["raw"].to_pylist()
    sealed = {
        "sealed": pa.array([vault.seal(text) for text in raw], pa.string()),
        "fingerprint": pa.array([vault.fingerprint(text) for text in raw], pa.string()),
    }
    table = pa.table({**sealed, **{name: refused[name] for name in ("reasons", "why", *SOURCE)}})
    cursor.execute(query("create_refused"))
    copy_in(cursor, query("copy_refused"), table)
    about = {"dataset": contract.dataset, "contract_version": contract.version, "protection": contract.protection.value}
    cursor.execute(query("insert_refused"), {**about, "run_id": run_id})


def waiting(cursor: Cursor, vault: Vault, dataset: str) -> list[tuple[int, int, str, int, str]]:
    """Rows that wait, locked until the transaction ends: number, attempt, part, row, and the row itself."""
    cursor.execute(query("waiting_rows"), {"dataset": dataset})
    return [
        (number, attempt, part, place, vault.open(sealed)) for number, sealed, attempt, part, place in cursor.fetchall()
    ]


def settle(
    cursor: Cursor,
    run_id: int,
    contract: Contract,
    accepted: pa.Table,
    refused: Mapping[int, tuple[list[str], str]],
    duplicate: Sequence[int],
) -> Replayed:
    """Load what passes, and enter what became of every row: into the history of each, and into the books of the run.

    `accepted`: record versions with `quarantine_id`. A version that the warehouse holds, even with other content, is
    not loaded: values of one version are merged when its interval is staged, not here.
    """
    loaded, held = _load(cursor, run_id, contract, accepted)
    outcomes: list[dict[str, Any]] = [
        {"quarantine_id": number, "outcome": outcome, "reasons": [], "why": why}
        for outcome, why, numbers in (
            ("loaded", "it passes.", loaded),
            ("held", "it passes, and the warehouse holds this version from another row.", held),
            ("duplicate", "it passes, and another row of this replay brought the version.", duplicate),
        )
        for number in numbers
    ]
    outcomes += [
        {"quarantine_id": number, "outcome": "refused", "reasons": reasons, "why": why}
        for number, (reasons, why) in refused.items()
    ]
    about = {"run_id": run_id, "contract_version": contract.version}
    execute_batch(cursor, query("record_replay"), [{**about, **outcome} for outcome in outcomes], page_size=500)
    cursor.execute(query("leave_quarantine"), {"run_id": run_id})
    done = Replayed(contract.dataset, len(outcomes), len(loaded), len(held), len(duplicate), len(refused))
    counts = {"received": done.judged, "duplicate": done.duplicate, "quarantined": done.refused}
    record_staged(cursor, run_id, {"dataset": contract.dataset, **counts, "accepted": len(accepted)})
    record_loaded(cursor, run_id, contract.dataset, done.loaded, done.held)
    return done


def _load(cursor: Cursor, run_id: int, contract: Contract, accepted: pa.Table) -> tuple[list[int], list[int]]:
    """Append the versions that the warehouse does not hold: numbers of the rows that are loaded, and of those held."""
    columns = [*contract.names, "content_hash", "breaches", *SOURCE]
    names = identifiers(contract, columns)
    cursor.execute(query("open_load"), {"run_id": run_id, "dataset": contract.dataset})
    load_id = row(cursor).load_id
    cursor.execute(sql.SQL(query("create_incoming")).format(**names))
    cursor.execute(query("number_incoming"))
    with_number = identifiers(contract, [*columns, "quarantine_id"])
    copy = sql.SQL(query("copy_incoming")).format(**with_number).as_string(cursor)
    copy_in(cursor, copy, accepted.select([*columns, "quarantine_id"]))
    cursor.execute(sql.SQL(query("drop_held")).format(**names))
    held = [number for (number,) in cursor.fetchall()]
    cursor.execute(sql.SQL(query("insert_versions")).format(**names), {"load_id": load_id})
    return sorted({*accepted["quarantine_id"].to_pylist()} - {*held}), held
