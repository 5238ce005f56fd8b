"""A run: its books opened and closed, and what each stage does on the way."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from include.contracts import dataset_names
from include.interval import Interval
from include.settings import Settings

if TYPE_CHECKING:
    from include.warehouse.books import Breach


class BooksError(RuntimeError):
    """The books of a run do not close: the run is red. One line per reason."""


@dataclass(frozen=True)
class Run:
    """A run whose books are open."""

    run_id: int
    interval: Interval

    def to_dict(self) -> dict[str, Any]:
        """For XCom."""
        return {
            "run_id": self.run_id,
            "start": self.interval.start.isoformat(),
            "end": self.interval.end.isoformat(),
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """From XCom."""
        start, end = datetime.fromisoformat(value["start"]), datetime.fromisoformat(value["end"])
        return cls(value["run_id"], Interval(start, end))


class FailedTask(NamedTuple):
    """A task of a run that has failed for good; `dataset`: whose, if it is of one."""

    name: str
    dataset: str = ""


def open_books(settings: Settings, interval: Interval, external_id: str) -> Run:
    """Open a run over a data interval. `external_id`: what the caller calls it (Airflow's run id)."""
    from include.warehouse import books

    return Run(books.open_run(settings.warehouse_dsn, external_id, interval), interval)


def close_books(
    settings: Settings, run: Run, failed: Sequence[FailedTask] = (), datasets: Sequence[str] | None = None
) -> dict[str, Any]:
    """Account for every row, and close the run; its number. Raises `BooksError` after it has closed the books in red.

    `failed`: what the caller knows to have failed, though the books may hold an earlier result of it. `datasets`: those
    that the run should have brought; all of them if not given.
    """
    from include.warehouse import books

    with timed(settings, run, "report"):
        breaches = books.breaches(settings.warehouse_dsn, run.run_id, datasets or dataset_names())
        reasons = _reasons(breaches, failed)
        books.close_run(settings.warehouse_dsn, run.run_id, reasons)
    if reasons:
        raise BooksError(f"run [{run.run_id}], interval [{run.interval}] is red:\n" + "\n".join(reasons))
    return {"run_id": run.run_id}


def _reasons(breaches: "Sequence[Breach]", failed: Sequence[FailedTask]) -> list[str]:
    """A line for each dataset and stage that is short: what the books say, and whose log says more."""
    logs: dict[str, list[str]] = {}
    for task, dataset in failed:
        logs.setdefault(_about(task, dataset), []).append(f"see the log of its failed task `{task}`")
    lines = []
    for why, task, dataset in breaches:
        about = _about(task, dataset)
        hints = logs.pop(about, [f"see the log of its task `{task}`"] if task else [])
        lines.append("; ".join([f"{about}: {why}", *hints]))
    return lines + [f"{about}: {'; '.join(hints)}" for about, hints in logs.items()]


def _about(task: str, dataset: str) -> str:
    """What is short: a dataset, or the stage of a task that is of all of them."""
    return f"dataset [{dataset}]" if dataset else f"stage [{task}]"


@contextmanager
def timed(settings: Settings, run: Run, stage_name: str, dataset: str = "") -> Iterator[None]:
    """One session at the warehouse, and the time of the stage's work in the books, if it ended well."""
    from include.warehouse import books
    from include.warehouse.connection import session

    started_at = datetime.now(UTC)
    with session(settings.warehouse_dsn):
        yield
        books.record_stage_time(settings.warehouse_dsn, run.run_id, stage_name, dataset, started_at, datetime.now(UTC))


def staging_folder(settings: Settings, run: Run, dataset: str) -> Path:
    """Where a run stages a dataset."""
    return settings.staging / dataset / run.interval.slug / f"run-{run.run_id}"
