"""The attempts at an export, in the books: what each met, brought and was worth."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include.contracts import load_contract
from include.pipeline.runs import Run
from include.settings import Settings

if TYPE_CHECKING:
    from include.extraction.landing import Landing
    from include.extraction.receipt import Receipt
    from include.quality.reading import Part


USUAL = 91  # intervals that say what is usual: a quarter of nights, as the gate looks at
SOME_DAYS = 7  # that are held before a day without a row is a surprise: a week has a Sunday


def write_ledger(settings: Settings, run: Run, landing: "Landing", dataset: str) -> None:
    """Copy the attempts of the run from the landing zone, which is the truth, into the books."""
    from include.warehouse import books

    place = {
        "dataset": dataset,
        "interval_start": run.interval.start,
        "interval_end": run.interval.end,
        "run_id": run.run_id,
    }
    landed = [
        {
            **place,
            "attempt": receipt.attempt,
            "state": "landed" if receipt.complete else "incomplete",
            "cause": None,
            "row_count": receipt.rows,
            "byte_count": receipt.bytes,
            "part_count": len(receipt.parts),
            "resumed_count": receipt.resumed,
            "retried": receipt.retried,
            "shortfalls": list(receipt.shortfalls),
            "path": receipt.path,
            "started_at": receipt.started_at,
            "finished_at": receipt.finished_at,
        }
        for receipt in landing.receipts(dataset, run.interval, run_id=run.run_id)
    ]
    nothing = {"row_count": 0, "byte_count": 0, "part_count": 0, "resumed_count": 0, "retried": {}, "shortfalls": []}
    failed = [
        {
            **place,
            **nothing,
            "attempt": failure.attempt,
            "state": "failed",
            "cause": failure.cause,
            "path": None,
            "started_at": failure.started_at,
            "finished_at": datetime.now(UTC),
        }
        for failure in landing.failures(dataset, run.interval, run.run_id)
    ]
    books.record_attempts(settings.warehouse_dsn, [*landed, *failed])


def measure_attempts(settings: Settings, run: Run, landing: "Landing", dataset: str) -> list[str]:
    """Enter what the attempts of the run were worth; what they lack that another attempt may bring, in words."""
    from include.quality.yields import DAMAGE, measure, shortfalls
    from include.warehouse import books

    contract = load_contract(dataset)
    receipts = landing.receipts(dataset, run.interval, run_id=run.run_id)
    yields = measure(contract, parts(settings, receipts), [each.attempt for each in receipts if each.complete])
    place = {"dataset": dataset, "interval_start": run.interval.start, "interval_end": run.interval.end}
    books.record_yields(settings.warehouse_dsn, [{**place, **asdict(field)} for field in yields.fields])
    usual = books.usual_shares(settings.warehouse_dsn, dataset, run.interval, USUAL)
    short = shortfalls(contract, run.interval, yields, usual)
    if receipts and not any(receipt.rows for receipt in receipts):
        days, quiet = books.quiet_days(settings.warehouse_dsn, dataset, run.interval.start.date())
        # two attempts may run too early: where no day was ever quiet, the last try has to say so as well
        return [f"no row, as on none of [{days}] days before"] if days >= SOME_DAYS and not quiet else []
    if len(receipts) >= settings.extraction.content_attempts:
        return []
    if len(receipts) > 1:  # the source does not have what another attempt at it did not bring
        brought = {DAMAGE, *(field.field for field in yields.last() if field.new)}
        short = {field: why for field, why in short.items() if field in brought or (not field and len(brought) > 1)}
    return list(short.values())


def parts(settings: Settings, receipts: "Sequence[Receipt]") -> "list[Part]":
    """The files of the attempts, in the landing zone."""
    from include.quality.reading import Part

    return [
        Part(receipt.attempt, part.name, settings.landing / receipt.path / part.name, part.rows)
        for receipt in receipts
        for part in receipt.parts
    ]
