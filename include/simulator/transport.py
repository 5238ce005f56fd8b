"""What goes wrong on the wire, and when: a pure function of the seed, the dataset, the period and the attempt.

The same attempt always fails the same way, and a later attempt differs.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from include.interval import Interval
from include.simulator.rates import Transport


class Fault(StrEnum):
    """A fault on the wire, as the client meets it."""

    TOO_MANY_REQUESTS = "too_many_requests"  # 429 with Retry-After
    UNAVAILABLE = "unavailable"  # 503 with Retry-After
    RESET = "reset"  # TCP reset in the middle of the body
    STALL = "stall"  # silence in the middle of the body, then cut off
    TRUNCATED = "truncated"  # 200 and a body that ends early, with the length to match
    FLIPPED = "flipped"  # a body of the right length with wrong bytes
    JOB_FAILED = "job_failed"  # the export job ends in state `failed`


TURNED_AWAY = (Fault.TOO_MANY_REQUESTS, Fault.UNAVAILABLE)
ANY_REQUEST = (*TURNED_AWAY, Fault.RESET, Fault.STALL)
PARTS_ONLY = (Fault.TRUNCATED, Fault.FLIPPED)

# A request that was hit this often in a row goes through: a client that resumes always arrives.
IN_A_ROW = 2

# A client whose attempt failed this often is served: an Airflow task with its usual retries always arrives.
FAILED_ATTEMPTS = 2


@dataclass(frozen=True)
class FaultPlan:
    """The faults of one world. `last_night` is the period whose first attempts may be told to fail."""

    seed: int
    rates: Transport
    last_night: Interval

    def job_fails(self, dataset: str, period: Interval, attempt: int) -> bool:
        """Does the export job of this attempt fail?"""
        if attempt > FAILED_ATTEMPTS:
            return False
        planned = period == self.last_night and dataset in self.rates.job_failed_last_night
        if planned:
            return attempt == 1
        return self._luck(dataset, period, attempt, "job", 0) < self.rates.job_failed

    def fault(self, dataset: str, period: Interval, attempt: int, request: str, time: int) -> Fault | None:
        """The fault that hits a request (`create`, `status`, `manifest` or the name of a part) when it is made for the
        `time`-th time, from 1; None: it goes through."""
        if time > IN_A_ROW:
            return None
        luck = self._luck(dataset, period, attempt, request, time)
        candidates = ANY_REQUEST + PARTS_ONLY if request.startswith("part-") else ANY_REQUEST
        for fault in candidates:
            luck -= float(getattr(self.rates, fault.value))
            if luck < 0:
                return fault
        return None

    def retry_after(self, dataset: str, period: Interval, attempt: int, request: str) -> tuple[int, bool]:
        """Seconds to wait (0 or 1), and whether to say so by a date."""
        choice = int(self._luck(dataset, period, attempt, f"{request}/retry-after", 0) * 4)
        return choice % 2, choice >= 2

    def _luck(self, dataset: str, period: Interval, attempt: int, what: str, time: int) -> float:
        name = f"{self.seed}/{dataset}/{period.slug}/{attempt}/{what}/{time}"
        return int.from_bytes(blake2b(name.encode(), digest_size=7).digest(), "big") / 2**56
