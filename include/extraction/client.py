"""The gateway's side of an attempt, over HTTP: what may pass is survived here, what will not is told apart.

Two layers, since a library's retry ends when the headers are in: tenacity repeats single requests, and around it the
body of a part is resumed by Range from the bytes that are on disk, until they are the announced bytes.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, Field
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    SSLError,
    TimeoutError,
)

from include.extraction.answers import Absent, Answer, Export, Fault, check_status, parse
from include.extraction.connections import address, connections
from include.extraction.download import Download
from include.extraction.errors import IncompleteExport, NotReady, Refusal, TransportError, storage
from include.extraction.manifest import Manifest, PartEntry
from include.interval import Interval
from include.settings import Extraction, Gateway

log = logging.getLogger(__name__)

POLL_MAX_SECONDS = 5.0  # between two looks at an export job, see settings.Extraction.poll_seconds
ANSWER_BYTES = 4 << 20  # a manifest of 9,999 parts, the most that names can tell apart, takes 2 MB
# A break after this many new bytes is a step forward and not a failed try: a long part passes over a line that breaks
# often, and a gateway that drips single bytes still comes to an end.
PROGRESS_BYTES = 64 << 10
READ_BYTES = 256 << 10  # at most, of a body: smaller pieces cost Python more than the kernel, larger ones gain nothing
AGAIN = "the task's next try asks again; after the last one, clear it"
UNREACHABLE = (NewConnectionError, ConnectTimeoutError, ProxyError, SSLError)

Result = TypeVar("Result")


class _Job(BaseModel):
    export_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]  # becomes part of a URL
    state: Literal["queued", "running", "ready", "failed"]


class GatewayClient:
    """One gateway, for one attempt; several threads may fetch its parts. Counts what it survived: `resumed` requests,
    and `retried` faults by cause."""

    def __init__(self, gateway: Gateway, limits: Extraction, sleep: Callable[[float], None] = time.sleep) -> None:
        url = address(gateway)
        self.host = url.netloc or ""  # without user and password, should there be any
        self.resumed = 0
        self.retried: Counter[str] = Counter()
        self._limits, self._sleep, self._counting = limits, sleep, Lock()
        self._jitter = wait_random_exponential(multiplier=limits.backoff_seconds, max=limits.backoff_max_seconds)
        self._url = f"{url.scheme}://{self.host}{(url.path or '').rstrip('/')}"
        # identity: a body that HTTP itself unpacks would be a bomb before it could be measured
        self._headers = {"Authorization": f"Bearer {gateway.token}", "Accept-Encoding": "identity"}
        self._http = connections(url, limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._http.clear()

    def request_export(self, dataset: str, interval: Interval, attempt: int) -> Export:
        """Ask for an export; asking again for the same attempt is harmless. Raises `TransportError`, `Refusal`."""
        export = Export(self.host, dataset, interval)
        period = {"updated_from": _iso(interval.start), "updated_until": _iso(interval.end)}
        body = {"dataset": dataset, **period, "attempt": attempt}
        try:
            job = self._ask(export, _Job, "POST", "v1/exports", body)
        except Absent:
            raise Refusal(
                f"{export}: the gateway does not know the dataset [404]; compare the contract", "404"
            ) from None
        return Export(self.host, dataset, interval, job.export_id)

    def known_export(self, dataset: str, interval: Interval, export_id: str) -> Export:
        """An export that was asked for before: asking again would make some gateways begin anew."""
        return Export(self.host, dataset, interval, export_id)

    def wait_ready(self, export: Export, waited: float = 0.0) -> None:
        """Return when the export job is done. `waited`: seconds since the attempt began.

        Raises `NotReady` when the worker has waited long enough, `TransportError` if the job fails or never ends,
        `Refusal`.
        """
        began = time.monotonic()
        deadline = began + self._limits.job_seconds - waited
        pause = self._limits.poll_seconds
        while (job := self._look(export, _Job, "")).state != "ready":
            if job.state == "failed":
                raise TransportError(f"{export}: export job [{export.export_id}] failed; {AGAIN}", "job_failed")
            if time.monotonic() + pause > deadline:
                limit = f"[{self._limits.job_seconds:g}] s"
                raise TransportError(
                    f"{export}: export job not done after {limit} [{job.state}]; {AGAIN}", "job_timeout"
                )
            if time.monotonic() + pause > began + self._limits.wait_seconds:
                raise NotReady(
                    f"{export}: export job [{export.export_id}] is [{job.state}]; go on with it later", export.export_id
                )
            self._sleep(pause)
            pause = min(2 * pause, POLL_MAX_SECONDS)

    def manifest(self, export: Export) -> Manifest:
        """What the export consists of. Raises `TransportError`; `Refusal` if it is not of this export, or absurd."""
        manifest = self._look(export, Manifest, "/manifest")
        period = (manifest.updated_from, manifest.updated_until)
        asked = (export.export_id, export.dataset, (export.interval.start, export.interval.end))
        if (manifest.export_id, manifest.dataset, period) != asked:
            raise Refusal(
                f"{export}: the manifest of [{export.export_id}] is of another export; tell the agency", "protocol"
            )
        if excess := manifest.excess(self._limits):
            raise Refusal(f"{export}: the manifest {excess}; ask the agency, or raise the limit in settings", "limit")
        return manifest

    def download_part(self, export: Export, part: PartEntry, sink: Path) -> None:
        """Write a part to `sink`: exactly the announced bytes, with the announced SHA-256.

        Raises `TransportError` when `limits.resumes` tries in a row bring nothing new, `IncompleteExport` if the
        gateway does not have the part, `Refusal`, `LandingError`.
        """
        with storage(sink.parent, str(export)):
            handle = sink.open("w+b", buffering=0)  # unbuffered: what is counted as received is in the file
        with handle:
            download = Download(export, part, sink, handle)
            while not download.verified:
                self._persist(export, partial(self._advance, download))

    def _advance(self, download: "Download") -> None:
        """One request for what is missing. Returns if the part is verified or came nearer; raises `Fault` if not."""
        before = download.furthest
        try:
            self._receive(download)
            download.verify()
        except Fault as fault:
            if download.furthest - before < PROGRESS_BYTES:
                raise
            self._survived(download.export, fault)

    def _receive(self, download: "Download") -> None:
        """Append what one request brings; a break after the last byte is none."""
        export, url = download.export, f"{_path(download.export)}/parts/{download.part.name}"
        try:
            with self._answer(export, "GET", url, headers=download.range_headers()) as response:
                goes_on = download.begin(response)
                with self._counting:
                    self.resumed += goes_on
                while download.missing and (chunk := response.read1(min(READ_BYTES, download.missing))):
                    download.append(chunk)  # longer than announced: the rest is not even read
        except Absent:
            raise IncompleteExport(f"{export}: [{download.part.name}] is not on the gateway [404]; {AGAIN}") from None
        except Fault:
            if download.missing:
                raise

    def _look(self, export: Export, model: type[Answer], what: str) -> Answer:
        try:
            return self._ask(export, model, "GET", f"{_path(export)}{what}")
        except Absent:
            raise TransportError(
                f"{export}: the gateway lost export [{export.export_id}] [404]; {AGAIN}", "lost"
            ) from None

    def _ask(self, export: Export, model: type[Answer], method: str, path: str, body: object = None) -> Answer:
        """A JSON answer, as the model that it must fit."""

        def ask() -> bytes:
            with self._answer(export, method, path, json=body) as response:
                answer = bytearray()
                while chunk := response.read1(READ_BYTES):
                    answer += chunk
                    if len(answer) > ANSWER_BYTES:
                        raise Refusal(
                            f"{export}: an answer of more than [{ANSWER_BYTES}] bytes; tell the agency", "limit"
                        )
            return bytes(answer)

        return self._persist(export, lambda: parse(export, model, ask()))

    @contextmanager
    def _answer(
        self, export: Export, method: str, path: str, *, json: object = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[BaseHTTPResponse]:
        """The answer to one request, its body still to be read inside the block: a break there is a fault as well."""
        try:
            response = self._http.request(
                method,
                f"{self._url}/{path}",
                json=json,
                headers={**self._headers, **(headers or {})},
                preload_content=False,
                decode_content=False,
            )
            with closing(response):  # one that was read to its end has given its connection back before
                check_status(export, response)
                yield response
        except UNREACHABLE:
            raise Fault("unreachable") from None
        except TimeoutError:
            raise Fault("stall") from None
        except HTTPError:
            raise Fault("reset") from None

    def _persist(self, export: Export, call: Callable[[], Result]) -> Result:
        """Repeat a call through its faults. Raises `TransportError` when patience ends."""
        retrying = Retrying(
            retry=retry_if_exception(self._may_wait),
            stop=stop_after_attempt(self._limits.resumes),
            wait=self._pause,
            before_sleep=lambda state: self._survived(export, _fault(state)),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(call)
        except Fault as fault:
            asked = "" if fault.wait is None else f", which asks to wait [{fault.wait:.0f}] s"
            tries = retrying.statistics["attempt_number"]
            raise TransportError(
                f"{export}: gave up after [{tries}] tries at [{fault.cause}]{asked}; {AGAIN}", fault.cause
            ) from None

    def _may_wait(self, error: BaseException) -> bool:
        return isinstance(error, Fault) and (error.wait or 0) <= self._limits.backoff_max_seconds

    def _pause(self, state: RetryCallState) -> float:
        return max(self._jitter(state), _fault(state).wait or 0)

    def _survived(self, export: Export, fault: Fault) -> None:
        with self._counting:
            self.retried[fault.cause] += 1
        log.warning("%s: [%s], trying again", export, fault.cause)


def _fault(state: RetryCallState) -> Fault:
    fault = state.outcome.exception() if state.outcome else None
    assert isinstance(fault, Fault)  # noqa: S101  # only faults are retried
    return fault


def _path(export: Export) -> str:
    return f"v1/exports/{export.export_id}"


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
