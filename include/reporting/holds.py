"""A hold as a person is asked about it: what is short, since when, what a release would mean. Counts, never a value."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.reporting.summary import SQL
from include.warehouse.connection import fetch, query


@dataclass(frozen=True)
class Hold:
    """`cured_by`: the run that has let the dataset through for this period since. `shown`: Markdown.

    `can_release`: there is a staged table, and it does not contradict its contract.
    """

    dataset: str
    held_at: datetime
    can_release: bool
    cured_by: int | None
    subject: str
    shown: str


def hold(dsn: str, run_id: int, dataset: str, patience: timedelta) -> Hold:
    """The gate's decision on a dataset in a run. Raises `LookupError` if there is none.

    `patience`: how long after the gate's decision a person may still answer.
    """
    rows = fetch(dsn, query("hold", SQL), {"run_id": run_id, "dataset": dataset})
    if not rows:
        raise LookupError(f"dataset [{dataset}], run [{run_id}]: the gate has not decided; clear its task `validate`")
    row = rows[0]
    nights = "this night alone"
    if row.night_count > 1:
        nights = f"[{row.night_count}] nights without one let through, the first that of {row.first_start:%Y-%m-%d}"
    until = row.decided_at + patience
    lines = [
        f"Run {row.run_id} ({row.external_id}), {row.interval_start:%Y-%m-%d} .. {row.interval_end:%Y-%m-%d}.",
        "",
        "**What is short**",
        "",
        *(f"- {reason}" for reason in row.reasons),
        "",
        "| received | duplicate | quarantined | would be loaded | attempts |",
        "|---|---|---|---|---|",
        f"| {row.received} | {row.duplicate} | {row.quarantined} | {row.accepted} | {row.attempt_count} |",
        "",
        f"**Since when**: {row.decided_at:%Y-%m-%d %H:%M} UTC; {nights}.",
        "",
        f"**Release** loads the {row.accepted} rows as they are, and they are matched. What is short stays short: "
        "counts are lower bounds, and the report calls the data not sufficiently reliable. What a later attempt brings "
        "is added as newer versions.",
        "",
        "**Reject** loads nothing of this delivery. Clearing `extract` of the dataset in `screen_nightly` asks the "
        "agency again; an attempt that is whole is loaded by itself and ends this request.",
        "",
        f"Without an answer by {until:%Y-%m-%d %H:%M} UTC: rejected. The other datasets and nights go on.",
    ]
    return Hold(
        dataset=dataset,
        held_at=row.decided_at,
        can_release=row.decision == "hold" and row.accepted is not None,
        cured_by=row.cured_by,
        subject=f"{dataset}, night of {row.interval_start:%Y-%m-%d}: held",
        shown="\n".join(lines),
    )
