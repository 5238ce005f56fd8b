"""What an attempt leaves in writing: a receipt if it landed, a ledger entry if it did not."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from include.extraction.manifest import PartEntry
from include.interval import Interval


class Receipt(BaseModel):
    """Written last: an attempt without a receipt does not exist for a reader."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    interval_start: AwareDatetime
    interval_end: AwareDatetime
    attempt: int
    run_id: int
    path: str  # folder of the attempt, relative to the landing zone's root
    parts: tuple[PartEntry, ...]  # rows as counted here, not as announced
    rows: int
    announced: int | None = None  # rows by the control totals; receipts of old do not say
    bytes: int
    contract_version: str  # of the export
    started_at: AwareDatetime
    finished_at: AwareDatetime
    resumed: int  # requests that continued a part after a break
    retried: dict[str, int]  # cause -> faults that were survived inside the attempt
    complete: bool
    shortfalls: tuple[str, ...]  # column names, part names and counts only

    @property
    def interval(self) -> Interval:
        """The period that was exported."""
        return Interval(self.interval_start, self.interval_end)


class Failure(BaseModel):
    """Ledger entry of an attempt that landed nothing: numbers, a time and a word, never a message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    attempt: int
    run_id: int
    cause: str  # `stall`, `503`, `401`, ...; `unfinished` for one at work or killed, `waiting` for its agency
    export_id: str = ""  # of the export that it waits for
    started_at: AwareDatetime
