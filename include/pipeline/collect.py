"""One dataset of a run, from the agency into the warehouse."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.contracts import load_contract
from include.pipeline.attempts import measure_attempts, parts, write_ledger
from include.pipeline.runs import Run, staging_folder, timed
from include.settings import Settings

if TYPE_CHECKING:
    from include.quality.history import Past


def extract(settings: Settings, run: Run, dataset: str, *, last_try: bool) -> dict[str, Any]:
    """One attempt at an export. Raises the classes of `extraction.errors`; the ledger learns of it either way.

    Unless it is the `last_try`, raises `IncompleteExport` while what all attempts hold together falls short, of the
    control totals or of the contract, and another attempt can help. Where one that was asked for beside a complete one
    fails for good, the complete one stands.
    """
    from include.extraction.errors import ExtractionError, IncompleteExport, NotReady, Refusal
    from include.extraction.extract import extract as one_attempt
    from include.extraction.landing import Landing

    contract = load_contract(dataset)
    landing = Landing(settings.landing)
    with timed(settings, run, "extract", dataset):
        try:
            receipt = one_attempt(
                contract,
                run.interval,
                gateway=settings.gateways[contract.agency],
                limits=settings.extraction,
                landing=landing,
                run_id=run.run_id,
                last_try=last_try,
            )
        except ExtractionError as error:
            whole = [each for each in landing.receipts(dataset, run.interval, run_id=run.run_id) if each.complete]
            is_final = (last_try or isinstance(error, Refusal)) and not isinstance(error, NotReady)
            if not whole or not is_final:
                raise
            receipt, last_try = whole[-1], True
        finally:
            write_ledger(settings, run, landing, dataset)
            wanted = measure_attempts(settings, run, landing, dataset)
        if wanted and not last_try:
            raise IncompleteExport(
                f"dataset [{dataset}], interval [{run.interval}]: attempt [{receipt.attempt}] is whole, and all "
                f"attempts fall short in [{len(wanted)}] things, first: {wanted[0]}; the task's next try asks again"
            )
    return {"path": receipt.path, "attempt": receipt.attempt, "rows": receipt.rows, "complete": receipt.complete}


def stage(settings: Settings, run: Run, dataset: str) -> dict[str, Any]:
    """All attempts that the run landed, typed and merged into one table.

    Raises `StagingError` or `LandingError` if they cannot be: then the dataset is held, and the books say why.
    """
    import pyarrow.parquet as pq

    from include.extraction.errors import LandingError
    from include.extraction.landing import Landing
    from include.quality.errors import StagingError
    from include.quality.gate import Decision
    from include.quality.staging import stage as merge
    from include.warehouse import books
    from include.warehouse.connection import transaction
    from include.warehouse.quarantine import keep
    from include.warehouse.vault import Vault

    contract = load_contract(dataset)
    landing = Landing(settings.landing)
    with timed(settings, run, "stage", dataset):
        receipts = landing.receipts(dataset, run.interval, run_id=run.run_id)
        if not receipts:
            raise LookupError(
                f"dataset [{dataset}], interval [{run.interval}]: nothing landed; clear its task `extract`"
            )
        complete = [receipt.attempt for receipt in receipts if receipt.complete]
        try:
            for receipt in receipts:
                landing.verify(receipt)
            staged = merge(contract, parts(settings, receipts), staging_folder(settings, run, dataset), complete)
        except (StagingError, LandingError) as error:
            books.record_gate(settings.warehouse_dsn, run.run_id, dataset, Decision.HOLD, [str(error)], [])
            raise
        counts = {key: getattr(staged, key) for key in ("received", "duplicate", "quarantined", "accepted")}
        refused = pq.read_table(staged.quarantined_path)
        with transaction(settings.warehouse_dsn) as cursor:  # kept whatever the gate says of the others
            books.record_staged(cursor, run.run_id, {"dataset": dataset, **counts})
            keep(cursor, Vault(settings.quarantine_secrets), run.run_id, contract, refused)
    whole = any(staged.is_whole(attempt) for attempt in complete)
    return {**staged.to_dict(), "complete": whole, "attempt": receipts[-1].attempt}


def validate(settings: Settings, run: Run, dataset: str, staged: dict[str, Any]) -> dict[str, Any]:
    """Expectations on the staged table, and the gate's decision."""
    from include.quality.gate import decide
    from include.quality.history import bands
    from include.quality.staging import Staged
    from include.quality.suite import validate as check
    from include.warehouse import books

    contract = load_contract(dataset)
    with timed(settings, run, "validate", dataset):
        delivery_complete = staged["complete"]
        table = Staged.from_dict({key: value for key, value in staged.items() if key not in ("complete", "attempt")})
        outcomes = check(contract, Path(table.accepted_path))
        outcomes += bands(contract, outcomes, table.accepted, _past(settings, run, dataset))
        decision = decide(contract, table, outcomes, delivery_complete=delivery_complete)
        books.record_gate(
            settings.warehouse_dsn,
            run.run_id,
            dataset,
            decision.decision,
            decision.reasons,
            [{**asdict(outcome), "attempt": staged["attempt"]} for outcome in outcomes],
        )
    return {"decision": str(decision.decision), "reasons": list(decision.reasons)}


def _past(settings: Settings, run: Run, dataset: str) -> "Past":
    """A quarter of the nights like the run's."""
    from include.quality.history import Past
    from include.quality.rules import Rule
    from include.warehouse import books

    found = books.past_results(settings.warehouse_dsn, dataset, run.interval, weeks=13)
    return Past(
        shares={row.column_name: row.observed for row in found if row.rule == Rule.COMPLETENESS},
        rows=next((row.observed for row in found if row.rule == Rule.ROW_COUNT), ()),
    )


def load(settings: Settings, run: Run, dataset: str, staged: dict[str, Any]) -> dict[str, Any]:
    """Append the record versions. The caller asks the gate's decision first: see `lets_through`."""
    from include.quality.totals import day_totals
    from include.warehouse.connection import transaction
    from include.warehouse.load import load as append

    accepted = Path(staged["accepted_path"])
    if not accepted.exists():
        raise LookupError(f"dataset [{dataset}], interval [{run.interval}]: its staging folder is gone; clear `stage`")
    with timed(settings, run, "load", dataset), transaction(settings.warehouse_dsn) as cursor:
        days = [
            (total.day, total.rows, total.non_blank)
            for total in day_totals(accepted.parent / "days.parquet", run.interval)
        ]
        loaded = append(cursor, run.run_id, load_contract(dataset), accepted, days)
    return asdict(loaded)


def lets_through(decision: dict[str, Any]) -> bool:
    """Whether the gate lets a dataset flow on."""
    return decision["decision"] in ("pass", "warn")
