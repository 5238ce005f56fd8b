"""Before a month is fetched: what of it the agency's control totals say is held already."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from include.contracts import load_contract
from include.interval import Interval, midnight
from include.pipeline.runs import Run, timed
from include.settings import Settings

if TYPE_CHECKING:
    from include.contracts import Contract


def compare(settings: Settings, run: Run, dataset: str) -> dict[str, Any] | None:
    """What of the run's interval has to be fetched: the whole if nothing of it is held, nothing (`None`) if the
    agency's control totals agree with what is held, else the shortest period with all days that differ.

    Returns the run over that interval, as `Run.to_dict`. Raises the classes of `extraction.errors`.
    """
    from include.quality.totals import DAY, whole_days
    from include.warehouse import books

    contract = load_contract(dataset)
    days = whole_days(run.interval)
    held = books.day_totals(settings.warehouse_dsn, dataset, days)
    if not held or run.interval != _of_days(days[0], days[-1] + DAY):
        return run.to_dict()

    with timed(settings, run, "compare", dataset):
        is_same = len(held) == len(days) and _agrees(settings, contract, run, list(held.values()))
        differing = [
            day
            for day in (() if is_same else days)
            if day not in held
            or not _agrees(settings, contract, Run(run.run_id, _of_days(day, day + DAY)), [held[day]])
        ]
        if not differing:
            rows = sum(total[0] for total in held.values())
            reason = f"the agency's control totals of [{len(days)}] days agree with the [{rows}] rows that are held"
            books.record_agreement(settings.warehouse_dsn, run.run_id, dataset, reason)
            return None
    return Run(run.run_id, _of_days(differing[0], differing[-1] + DAY)).to_dict()


def _agrees(settings: Settings, contract: "Contract", run: Run, held: Sequence[tuple[int, dict[str, int]]]) -> bool:
    """Whether the agency's control totals of an interval are the sum of what is held of its days."""
    from include.extraction.landing import Landing
    from include.extraction.probe import control_totals

    totals = control_totals(
        contract,
        run.interval,
        gateway=settings.gateways[contract.agency],
        limits=settings.extraction,
        landing=Landing(settings.landing),
        run_id=run.run_id,
    )
    rows = sum(rows for rows, _ in held)
    names = [column.source for column in contract.columns]
    non_blank = {name: sum(values.get(name, 0) for _, values in held) for name in names}
    return totals.rows == rows and (not rows or non_blank == {name: totals.non_blank.get(name) for name in names})


def _of_days(first: date, end: date) -> Interval:
    return Interval(midnight(first), midnight(end))
