"""Rows in quarantine: judged again, and shown."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from include.contracts import load_contract
from include.interval import Interval
from include.pipeline.matching import match, resolve
from include.pipeline.runs import Run, close_books, timed
from include.settings import Settings


def replay(settings: Settings, dataset: str | None = None) -> list[dict[str, Any]]:
    """Judge the rows in quarantine again, of one dataset or of all, and load, match and account for what passes now.

    A run of its own, over the hull of the intervals that the rows came from; no run if no row waits. One entry a
    dataset: how many rows were judged, loaded, held already, duplicate, and refused again.
    """
    from include.warehouse import books
    from include.warehouse.connection import fetch, query

    waiting = [
        found for found in fetch(settings.warehouse_dsn, query("waiting_datasets")) if dataset in (None, found.dataset)
    ]
    if not waiting:
        return []
    hull = Interval(min(found.interval_start for found in waiting), max(found.interval_end for found in waiting))
    name = f"replay__{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    run = Run(books.open_run(settings.warehouse_dsn, name, hull, kind="replay"), hull)
    done = [_replay(settings, run, found.dataset) for found in waiting]
    match(settings, run)
    resolve(settings, run)
    close_books(settings, run, datasets=[found.dataset for found in waiting])
    return done


def _replay(settings: Settings, run: Run, dataset: str) -> dict[str, Any]:
    """One dataset, in one transaction."""
    from include.quality.gate import Decision
    from include.quality.replay import Refused, rejudge
    from include.warehouse import books
    from include.warehouse.connection import transaction
    from include.warehouse.quarantine import settle, waiting
    from include.warehouse.vault import Vault

    contract = load_contract(dataset)
    with timed(settings, run, "load", dataset), transaction(settings.warehouse_dsn) as cursor:
        rows = [Refused(*found) for found in waiting(cursor, Vault(settings.quarantine_secrets), dataset)]
        judged = rejudge(contract, rows)
        done = settle(cursor, run.run_id, contract, judged.accepted, judged.refused, judged.duplicate)
    reason = f"replay: [{done.refused}] of [{done.judged}] rows are refused again by contract [{contract.version}]"
    decision = Decision.WARN if done.refused else Decision.PASS
    books.record_gate(settings.warehouse_dsn, run.run_id, dataset, decision, [reason] if done.refused else [], [])
    return asdict(done)


def show_quarantined(settings: Settings, quarantine_id: int) -> dict[str, str]:
    """A row in quarantine as it came, by the header of its file: personal data, for the eyes of who mends a contract.

    What cannot be split by the header is under one name. Raises `LookupError` for a number that is not there.
    """
    from include.quality.reading import Raw
    from include.warehouse.connection import fetch, query
    from include.warehouse.vault import Vault

    found = fetch(settings.warehouse_dsn, query("quarantined_row"), {"quarantine_id": quarantine_id})
    if not found:
        raise LookupError(f"row [{quarantine_id}] is not in quarantine; `quarantine.row` lists the numbers")
    return Raw.from_json(Vault(settings.quarantine_secrets).open(found[0].sealed)).by_header()
