"""A dataset that the gate holds: what a person is asked, and what became of it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from include.pipeline.runs import Run
from include.settings import Settings

if TYPE_CHECKING:
    from include.reporting.holds import Hold


def hold(settings: Settings, run: Run, dataset: str, patience: timedelta) -> "Hold":
    """What a person is asked about a held dataset; see `reporting.holds`."""
    from include.reporting.holds import hold as of_books

    return of_books(settings.warehouse_dsn, run.run_id, dataset, patience)


def decide(settings: Settings, run: Run, held: "Hold", outcome: str, decided_by: str, reason: str) -> dict[str, Any]:
    """Enter what became of a hold (`release`, `reject`, `cured`), by whom, and why.

    Raises `ValueError` for a release where there is nothing to release.
    """
    from include.warehouse import books

    if outcome == "release" and not held.can_release:
        raise ValueError(f"dataset [{held.dataset}], run [{run.run_id}]: there is nothing that could be released")
    decision = {"outcome": outcome, "decided_by": decided_by, "reason": reason}
    about = {"run_id": run.run_id, "dataset": held.dataset, "held_at": held.held_at, "shown": held.shown}
    books.record_gate_decision(settings.warehouse_dsn, {**about, **decision})
    return decision
