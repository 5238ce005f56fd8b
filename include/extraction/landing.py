"""The landing zone: immutable attempts on disk.

    <root>/<dataset>/<interval>/attempt-0001.open/         being written, or left by a process that was killed
                                attempt-0001/              part-0001.csv.gz ..., manifest.json, receipt.json
                                attempt-0001.failed.json   ledger of an attempt that landed nothing
                                attempt-0001.purged.json   receipt of one whose bytes were removed: see `purge`

Making `attempt-0001.open` is the lock on the number: only one process can. Its ledger is written at once and says
`unfinished`, so that a killed attempt keeps its number and is counted; landing removes it, failing rewrites it. An
attempt whose export is not ready says `waiting`: the next one that its run opens is the same.
The rename to `attempt-0001` comes when every byte is on the disk, the receipt after that: a reader looks for receipts.
"""

import hashlib
import os
import re
import shutil
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pydantic import ValidationError

from include.extraction.errors import ExtractionError, LandingError, NotReady, storage
from include.extraction.manifest import Manifest
from include.extraction.receipt import Failure, Receipt
from include.interval import Interval

# Whether the process that left a folder still runs cannot be asked: it may be on another host that shares the zone.
# So only by age, and longer than a task is ever left running.
ABANDONED_SECONDS = 24 * 3600

READ_ONLY = 0o440  # landed bytes never change, and personal data is not for every user of the host
FOLDER = 0o770  # workers of one group share the zone; the umask may narrow it

Record = TypeVar("Record", Receipt, Failure)

ENTRY = re.compile(r"attempt-(\d{4,})(\.open|\.failed\.json|\.purged\.json)?")
WAITING = "waiting"  # cause in the ledger of an attempt that goes on when the agency is ready
COMPARED = "compared"  # cause in the ledger of an attempt that asked for control totals only
NO_FAILURE = (WAITING, COMPARED)
UNFINISHED = "unfinished"  # cause in the ledger of an attempt that is at work, or was killed


@dataclass(frozen=True)
class _Place:
    """Where the attempts of one interval are."""

    root: Path
    dataset: str
    interval: Interval

    def __str__(self) -> str:
        return f"dataset [{self.dataset}], interval [{self.interval}]"

    @property
    def folder(self) -> Path:
        return self.root / self.dataset / self.interval.slug

    def guard(self) -> AbstractContextManager[None]:
        return storage(self.root, str(self))

    def entries(self) -> list[tuple[int, str, Path]]:
        """What is there: number, suffix (`""`, `.open`, `.failed.json`), path. Temporary names are not seen."""
        try:
            found = [(ENTRY.fullmatch(path.name), path) for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        return [(int(match[1]), match[2] or "", path) for match, path in found if match]


class Attempt:
    """One try at an export. As a context manager: at its end, what was not landed is gone and the ledger says why."""

    def __init__(self, place: _Place, run_id: int, number: int, started_at: datetime, export_id: str = "") -> None:
        self.run_id, self.number, self.started_at, self.export_id = run_id, number, started_at, export_id
        self._place = place
        self._final = place.folder / f"attempt-{number:04d}"
        self._ledger = place.folder / f"attempt-{number:04d}.failed.json"
        self._landed = False
        self.cause = UNFINISHED  # in the ledger, if nothing lands and nothing fails
        self.folder = place.folder / f"attempt-{number:04d}.open"  # where the parts go

    @property
    def path(self) -> str:
        """Folder it has once landed, relative to the root."""
        return self._final.relative_to(self._place.root).as_posix()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._landed:
            return
        if isinstance(error, NotReady):
            self.record(WAITING, error.export_id)
            return
        with suppress(OSError):
            (self.folder / "receipt.json").unlink(missing_ok=True)  # first: no reader may see an attempt half removed
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(LandingError):  # a disk that is full is why we are here; the ledger still says "unfinished"
            self.record(error.cause if isinstance(error, ExtractionError) else kind.__name__ if kind else self.cause)

    def age(self) -> float:
        """Seconds since it began, on the clock of the wall: it may have begun in another process."""
        return max(0.0, (datetime.now(UTC) - self.started_at).total_seconds())

    def record(self, cause: str, export_id: str = "") -> None:
        """Write the ledger of an attempt that has landed nothing: numbers, a time, a word. Raises `LandingError`."""
        entry = Failure(
            attempt=self.number, run_id=self.run_id, cause=cause, started_at=self.started_at, export_id=export_id
        )
        with self._place.guard():
            _write(self._ledger, entry.model_dump_json())

    def require(self, size: int) -> None:
        """Raise `LandingError` if `size` bytes will not fit: better now than in an hour, with the disk full for all."""
        with self._place.guard():
            free = shutil.disk_usage(self.folder).free
        if size > free:
            raise LandingError(
                f"{self._place}: needs [{size}] bytes in landing zone [{self._place.root}], [{free}] are free; "
                "free space there, then run the task again"
            )

    def land(self, manifest: Manifest, receipt: Receipt) -> None:
        """Make the attempt visible, for good. Raises `LandingError`, and then nothing is visible."""
        with self._place.guard():
            for part in receipt.parts:
                (self.folder / part.name).chmod(READ_ONLY)
                _sync(self.folder / part.name)
            _write(self.folder / "manifest.json", manifest.model_dump_json(indent=1))
            self.folder = self.folder.rename(self._final)
            _sync(self._place.folder)
            _write(self.folder / "receipt.json", receipt.model_dump_json(indent=1))
            self._landed = True
            self._ledger.unlink(missing_ok=True)


class Landing:
    """The landing zone under `root`; several processes and hosts may share it. Every method raises `LandingError`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open_attempt(self, dataset: str, interval: Interval, run_id: int) -> Attempt:
        """Reserve the next number of the interval, or go on with the attempt of this run that waits."""
        place = _Place(self.root, dataset, interval)
        with place.guard():
            place.folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
            _sync(place.folder.parent)
            _sync(self.root)
            _sweep(place)
            waiting = [entry for entry in _ledgers(place) if entry.run_id == run_id and entry.cause == WAITING]
            if waiting:
                last = waiting[-1]
                attempt = Attempt(place, run_id, last.attempt, last.started_at, last.export_id)
                attempt.folder.mkdir(mode=FOLDER, exist_ok=True)
            else:
                attempt = Attempt(place, run_id, _reserve(place), datetime.now(UTC))
        attempt.record(UNFINISHED)
        return attempt

    def receipts(self, dataset: str, interval: Interval, run_id: int | None = None) -> list[Receipt]:
        """Landed attempts of the interval (of one run, if given), by number."""
        place = _Place(self.root, dataset, interval)
        with place.guard():
            paths = [path / "receipt.json" for _, suffix, path in sorted(place.entries()) if not suffix]
            receipts = [_read(place, path, Receipt) for path in paths if path.exists()]
        return [receipt for receipt in receipts if run_id is None or receipt.run_id == run_id]

    def failures(self, dataset: str, interval: Interval, run_id: int) -> list[Failure]:
        """Attempts of a run that landed nothing, by number: failed, killed, or at work right now."""
        place = _Place(self.root, dataset, interval)
        with place.guard():
            found = [entry for entry in _ledgers(place) if entry.run_id == run_id and entry.cause not in NO_FAILURE]
        landed = {receipt.attempt for receipt in self.receipts(dataset, interval)}  # killed between receipt and ledger
        return [failure for failure in found if failure.attempt not in landed]

    def attempts(self, dataset: str, interval: Interval, run_id: int) -> int:
        """How many attempts a run made at the interval: landed, failed and killed."""
        return len(self.failures(dataset, interval, run_id)) + len(self.receipts(dataset, interval, run_id))

    def verify(self, receipt: Receipt) -> list[Path]:
        """The paths of the parts, each hashed again: a byte that changed since the landing is an error."""
        place = _Place(self.root, receipt.dataset, receipt.interval)
        paths = [self.root / receipt.path / part.name for part in receipt.parts]
        for part, path in zip(receipt.parts, paths, strict=True):
            with place.guard(), path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != part.sha256:
                raise LandingError(
                    f"{place}: [{part.name}] of attempt [{receipt.attempt}] changed after it was landed; "
                    f"restore [{receipt.path}] from a copy, or remove it and extract again"
                )
        return paths


def _ledgers(place: _Place) -> list[Failure]:
    found = []
    for _, suffix, path in sorted(place.entries()):
        with suppress(FileNotFoundError):  # landed since we looked: it has a receipt now
            if suffix == ".failed.json":
                found.append(_read(place, path, Failure))
    return found


def _reserve(place: _Place) -> int:
    while True:
        number = 1 + max((number for number, _, _ in place.entries()), default=0)
        base = place.folder / f"attempt-{number:04d}"
        lock = base.with_name(f"{base.name}.open")
        try:
            lock.mkdir(mode=FOLDER)
        except FileExistsError:
            continue
        # A neighbour may have ended while we listed: then its lock is gone, but what it left is there.
        left = [base, *(base.with_name(f"{base.name}.{why}.json") for why in ("failed", "purged"))]
        if not any(path.exists() for path in left):
            return number
        lock.rmdir()


def _sweep(place: _Place) -> None:
    """Remove what killed processes left long ago. Their ledgers stay, and with them their numbers."""
    for _, suffix, folder in place.entries():
        if suffix.endswith(".json") or (folder / "receipt.json").exists():
            continue
        with suppress(FileNotFoundError):  # a neighbour sweeps too, or has just landed it
            touched = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
            if time.time() - touched > ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _read(place: _Place, path: Path, model: type[Record]) -> Record:
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError:
        name = path.relative_to(place.folder)
        raise LandingError(f"{place}: [{name}] cannot be read; restore it from a copy, or remove the attempt") from None


def _write(path: Path, text: str) -> None:
    """All or nothing, and on the disk when it returns."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.chmod(READ_ONLY)
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
