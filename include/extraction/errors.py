"""Why an attempt ended, or does not go on: five kinds, told apart by what to do next.

Every message is one line: dataset, interval, gateway, the value in brackets, what to do next. Never a token, and never
text of the other side: what a gateway writes into an error may quote a row.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ExtractionError(Exception):
    """An attempt that did not end in a complete, verified delivery. `cause`: one word for the ledger."""

    def __init__(self, message: str, cause: str = "") -> None:
        super().__init__(message)
        self.cause = cause or type(self).__name__


class TransportError(ExtractionError):
    """Temporary: the way was broken or the export job failed. The task's next try may succeed.

    Causes: `reset`, `stall`, `503`, `checksum`, `job_failed`, ...
    """


class NotReady(ExtractionError):  # noqa: N818  # nothing is wrong
    """The export job still runs, and its worker is wanted elsewhere: go on with the same attempt and job later."""

    def __init__(self, message: str, export_id: str = "") -> None:  # unpickled from the message, then its attributes
        super().__init__(message)
        self.export_id = export_id


class IncompleteExport(ExtractionError):  # noqa: N818  # says what the export is; nobody made an error
    """Content: what arrived is verified, and is not what the control totals promise. Ask for another attempt."""


class Refusal(ExtractionError):  # noqa: N818  # a decision of one of the sides, not an error
    """Final: one of the two sides will not do this. Trying again changes nothing.

    Causes: the gateway's status (`401`, `403`, `404`, `422`, ...); `protocol` (an answer that is none of it);
    `contract` (another major version); `limit` (more than anybody would export); `setting` (our address or token).
    """


class LandingError(ExtractionError):
    """This side's storage failed: full, not writable, or landed bytes that are no longer what was landed."""


REMEDIES = {
    errno.ENOSPC: "free space there",
    errno.EDQUOT: "free space there or raise the quota",
    errno.EFBIG: "raise the file size limit (ulimit -f)",
    errno.EACCES: "mount it writable for this user",
    errno.EPERM: "mount it writable for this user",
    errno.EROFS: "mount it writable",
}


@contextmanager
def storage(root: Path, where: str) -> Iterator[None]:
    """Turn an `OSError` of the block into a `LandingError` that says what to free or mount."""
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        remedy = REMEDIES.get(error.errno or 0, "check that volume")
        raise LandingError(
            f"{where}: cannot use landing zone [{root}] [{name}]; {remedy}, then run the task again"
        ) from None
