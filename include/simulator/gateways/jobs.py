"""An export job of a gateway, and the record of what the gateway did to it."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from include.simulator.gateways.damage import Damage
from include.simulator.gateways.exports import Export, Part
from include.simulator.gateways.plan import Attempt, FaultPlan
from include.simulator.gateways.transport import Fault

# Faults that are remembered: a backfill of ten years under the rates of `nightly` has about as many.
REMEMBERED = 50_000


@dataclass
class Job:
    """One attempt to export a period, under the plan that was in force when it began."""

    export_id: str
    attempt: Attempt
    plan: FaultPlan
    asked_for: int = 0  # how often
    began: float = 0.0  # when it was asked for, by this process's clock
    accepted: bool = False  # the client was told so; a request that was turned away has started nothing
    polled: bool = False  # a job is queued, running at the first look, and done at a later one
    expired: bool = False  # the token
    manifests: int = 0  # how often the manifest went out
    asked: Counter[str] = field(default_factory=Counter)  # how often each request was made in this story
    changed: dict[str, Part] = field(default_factory=dict)  # parts that were made anew, by name
    noted: set[tuple[str, str]] = field(default_factory=set)  # request and fault that are of the attempt, not of a try
    requests: int = 0
    made: Export | None = None

    @property
    def fault(self) -> Fault | None:
        """The fault of the job as a whole."""
        return self.plan.of_attempt(self.attempt)

    @property
    def damage(self) -> Damage:
        """What is wrong with its file."""
        return self.plan.of_file(self.attempt)

    @property
    def is_slow(self) -> bool:
        """Does it still take its time?"""
        return self.fault is Fault.JOB_SLOW and monotonic() < self.began + self.plan.rules.transport.job_slow_seconds

    @property
    def is_empty(self) -> bool:
        """Does it pretend that there are no rows?"""
        return self.fault is Fault.EMPTY_EXPORT

    @property
    def state(self) -> str:
        """As far as the client could know it."""
        if self.polled and self.fault is Fault.JOB_FAILED:
            return "failed"
        return "ready" if self.polled and self.made is not None else "running"

    def start_over(self) -> None:
        """Asked for again: the same story from the beginning; what has expired stays so."""
        self.began = monotonic()
        self.polled = False
        self.manifests = 0
        self.asked.clear()
        self.changed.clear()
        self.noted.clear()

    def strike(self, request: str) -> Fault | None:
        """Which fault hits this request?"""
        self.requests += 1
        kind = "part" if request.startswith("part-") else request
        self.expired |= self.fault is Fault.EXPIRED_TOKEN and self.plan.expires_at(self.attempt) == kind
        if self.expired:
            return Fault.EXPIRED_TOKEN
        self.asked[request] += 1
        return self.plan.of_request(self.attempt, request, self.asked[request])

    def head(self) -> dict[str, Any]:
        """What of which period it exports."""
        period = self.attempt.period
        return {
            "dataset": self.attempt.dataset,
            "updated_from": iso(period.start),
            "updated_until": iso(period.end),
        }

    def served(self) -> dict[str, Any]:
        """What it delivers, in counts."""
        parts = () if self.made is None or self.is_empty else self.made.parts
        return {
            "export_id": self.export_id,
            **self.head(),
            "attempt": self.attempt.number,
            "state": self.state,
            "parts": len(parts),
            "rows": sum(part.rows for part in parts),
            "bytes": sum(part.bytes for part in parts),
            "asked_for": self.asked_for,
            "requests": self.requests,
        }


class Record:
    """The faults that a gateway injected, the last `REMEMBERED` of them."""

    def __init__(self) -> None:
        self.injected: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)

    def note(self, job: Job, request: str, fault: str, rows: int | None = None, columns: Sequence[str] = ()) -> None:
        """A fault struck a request."""
        head = {**job.head(), "attempt": job.attempt.number, "request": request, "fault": fault}
        self.injected.append({**head, "rows": rows, "columns": list(columns)})

    def note_once(
        self, job: Job, request: str, fault: str, rows: int | None = None, columns: Sequence[str] = ()
    ) -> None:
        """A fault of the attempt as a whole shows; it is noted the first time."""
        if (request, fault) not in job.noted:
            job.noted.add((request, fault))
            self.note(job, request, fault, rows, columns)


def iso(at: datetime) -> str:
    """`2014-09-30T00:00:00Z`"""
    return at.isoformat().replace("+00:00", "Z")
