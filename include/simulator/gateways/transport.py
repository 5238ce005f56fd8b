"""What goes wrong on the way between a gateway and its client."""

from enum import StrEnum

from include.simulator.rates import PER_ATTEMPT, PER_PART, PER_PART_REQUEST, PER_REQUEST


class Fault(StrEnum):
    """A fault on the way, as the client meets it."""

    TOO_MANY_REQUESTS = "too_many_requests"  # 429 with Retry-After
    UNAVAILABLE = "unavailable"  # 503 with Retry-After
    RESET = "reset"  # TCP reset in the middle of the body
    STALL = "stall"  # silence in the middle of the body, then cut off
    REFUSED = "refused"  # TCP reset before the first byte of the answer; the request was not heard
    TRUNCATED = "truncated"  # 200 and a body that ends early, with the length to match
    FLIPPED = "flipped"  # a body of the right length with wrong bytes
    PART_MISSING = "part_missing"  # listed in the manifest, 404 when it is fetched
    PART_TWICE = "part_twice"  # listed twice in the manifest
    PART_LATE = "part_late"  # not in the first manifest and 409 until then, there from the second one on
    ETAG_CHANGED = "etag_changed"  # TCP reset in the middle of the body; the file behind it is another one from then on
    JOB_FAILED = "job_failed"  # the export job ends in state `failed`
    JOB_NEVER_ENDS = "job_never_ends"  # the export job stays in state `running`
    JOB_SLOW = "job_slow"  # the export job stays in state `running` for a while, and then is ready
    EMPTY_EXPORT = "empty_export"  # a manifest without parts and with totals of 0, though there are rows
    EXPIRED_TOKEN = "expired_token"  # noqa: S105  # 401 from one request of the attempt on, though the token is right


ANY_REQUEST = tuple(map(Fault, PER_REQUEST))
PART_REQUEST = ANY_REQUEST + tuple(map(Fault, PER_PART_REQUEST))
PART = tuple(map(Fault, PER_PART))
ATTEMPT = tuple(map(Fault, PER_ATTEMPT))

TURNED_AWAY = (Fault.TOO_MANY_REQUESTS, Fault.UNAVAILABLE)
UNHEARD = (*TURNED_AWAY, Fault.REFUSED, Fault.EXPIRED_TOKEN)  # the request changes nothing at the gateway

# A request that was hit this often in a row goes through: a client that resumes always arrives.
IN_A_ROW = 2

# Later attempts are free of faults of the job, the parts and the files: a task with the usual three retries, four
# attempts, always arrives. Faults of single requests stay.
FAULTY_ATTEMPTS = 3
