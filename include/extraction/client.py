"""The gateway's side of an attempt, over HTTP: what may pass is survived here, what will not is told apart.

Two layers, since a library's retry ends when the headers are in: tenacity repeats single requests, and around it the
body of a part is resumed by Range from the bytes that are on disk, until they are the announced bytes.
"""

import hashlib
import logging
import re
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, partial
from http import HTTPStatus
from io import FileIO
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.request import getproxies, proxy_bypass

from pydantic import BaseModel, Field, ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential
from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ProxyError,
    SSLError,
    TimeoutError,
)
from urllib3.util import Url, make_headers, parse_url

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

AGAIN = "the task's next try asks again"

# 409: not ready, though the job said so. The others: the server itself says "later" or "my fault".
TEMPORARY = {408, 409, 425, 429, 500, 502, 503, 504}
UNREACHABLE = (NewConnectionError, ConnectTimeoutError, ProxyError, SSLError)
READABLE = {HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}
REMEDIES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "renew the token of its connection",
    HTTPStatus.FORBIDDEN: "ask the agency to open the dataset to this token",
    HTTPStatus.UNPROCESSABLE_ENTITY: "choose a period that the agency can export",
}

Answer = TypeVar("Answer", bound=BaseModel)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Export:
    """An export job at a gateway. Its text names it in messages."""

    gateway: str  # host and port
    dataset: str
    interval: Interval
    export_id: str = ""

    def __str__(self) -> str:
        return f"dataset [{self.dataset}], interval [{self.interval}], gateway [{self.gateway}]"


class _Job(BaseModel):
    export_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]  # becomes part of a URL
    state: Literal["queued", "running", "ready", "failed"]


class _Fault(Exception):  # noqa: N818  # a fault is not yet an error; it never leaves this module
    """May pass. `wait`: seconds that the gateway asked for."""

    def __init__(self, cause: str, wait: float | None = None) -> None:
        super().__init__(cause)
        self.cause, self.wait = cause, wait


class _Absent(Exception):  # noqa: N818  # what a 404 means depends on who asked
    """404."""


class GatewayClient:
    """One gateway, for one attempt; several threads may fetch its parts. Counts what it survived: `resumed` requests,
    and `retried` faults by cause."""

    def __init__(self, gateway: Gateway, limits: Extraction, sleep: Callable[[float], None] = time.sleep) -> None:
        url = _address(gateway)
        self.host = url.netloc or ""  # without user and password, should there be any
        self.resumed = 0
        self.retried: Counter[str] = Counter()
        self._limits, self._sleep, self._counting = limits, sleep, Lock()
        self._jitter = wait_random_exponential(multiplier=limits.backoff_seconds, max=limits.backoff_max_seconds)
        self._url = f"{url.scheme}://{self.host}{(url.path or '').rstrip('/')}"
        # identity: a body that HTTP itself unpacks would be a bomb before it could be measured
        self._headers = {"Authorization": f"Bearer {gateway.token}", "Accept-Encoding": "identity"}
        self._http = _connections(url, limits)

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
        except _Absent:
            raise Refusal(f"{export}: the gateway does not know the dataset [404]; compare the contract") from None
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
            raise Refusal(f"{export}: the manifest of [{export.export_id}] is of another export; tell the agency")
        if excess := manifest.excess(self._limits):
            raise Refusal(f"{export}: the manifest {excess}; ask the agency, or raise the limit in settings")
        return manifest

    def download_part(self, export: Export, part: PartEntry, sink: Path) -> None:
        """Write a part to `sink`: exactly the announced bytes, with the announced SHA-256.

        Raises `TransportError` when `limits.resumes` tries in a row bring nothing new, `IncompleteExport` if the
        gateway does not have the part, `Refusal`, `LandingError`.
        """
        with storage(sink.parent, str(export)):
            handle = sink.open("w+b", buffering=0)  # unbuffered: what is counted as received is in the file
        with handle:
            download = _Download(export, part, sink, handle)
            while not download.verified:
                self._persist(export, partial(self._advance, download))

    def _advance(self, download: "_Download") -> None:
        """One request for what is missing. Returns if the part is verified or came nearer; raises `_Fault` if not."""
        before = download.furthest
        try:
            self._receive(download)
            download.verify()
        except _Fault as fault:
            if download.furthest - before < PROGRESS_BYTES:
                raise
            self._survived(download.export, fault)

    def _receive(self, download: "_Download") -> None:
        """Append what one request brings; a break after the last byte is none."""
        export, url = download.export, f"{_path(download.export)}/parts/{download.part.name}"
        try:
            with self._answer(export, "GET", url, headers=download.range_headers()) as response:
                goes_on = download.begin(response)
                with self._counting:
                    self.resumed += goes_on
                while download.missing and (chunk := response.read1(min(READ_BYTES, download.missing))):
                    download.append(chunk)  # longer than announced: the rest is not even read
        except _Absent:
            raise IncompleteExport(f"{export}: [{download.part.name}] is not on the gateway [404]; {AGAIN}") from None
        except _Fault:
            if download.missing:
                raise

    def _look(self, export: Export, model: type[Answer], what: str) -> Answer:
        try:
            return self._ask(export, model, "GET", f"{_path(export)}{what}")
        except _Absent:
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
                        raise Refusal(f"{export}: an answer of more than [{ANSWER_BYTES}] bytes; tell the agency")
            return bytes(answer)

        return self._persist(export, lambda: _parse(export, model, ask()))

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
                _check_status(export, response)
                yield response
        except UNREACHABLE:
            raise _Fault("unreachable") from None
        except TimeoutError:
            raise _Fault("stall") from None
        except HTTPError:
            raise _Fault("reset") from None

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
        except _Fault as fault:
            asked = "" if fault.wait is None else f", which asks to wait [{fault.wait:.0f}] s"
            tries = retrying.statistics["attempt_number"]
            raise TransportError(
                f"{export}: gave up after [{tries}] tries at [{fault.cause}]{asked}; {AGAIN}", fault.cause
            ) from None

    def _may_wait(self, error: BaseException) -> bool:
        return isinstance(error, _Fault) and (error.wait or 0) <= self._limits.backoff_max_seconds

    def _pause(self, state: RetryCallState) -> float:
        return max(self._jitter(state), _fault(state).wait or 0)

    def _survived(self, export: Export, fault: _Fault) -> None:
        with self._counting:
            self.retried[fault.cause] += 1
        log.warning("%s: [%s], trying again", export, fault.cause)


class _Download:
    """A part on its way to disk: how far it got, of which state of the gateway's file, and whether it is whole."""

    def __init__(self, export: Export, part: PartEntry, sink: Path, handle: FileIO) -> None:
        self.export, self.part = export, part
        self.furthest = 0  # most bytes that were ever there: getting again what was thrown away is no progress
        self.verified = False
        self._handle = handle
        self._where = (sink.parent, str(export))
        self._size = 0
        self._etag = ""

    @property
    def missing(self) -> int:
        """Bytes still to come."""
        return self.part.bytes - self._size

    def range_headers(self) -> dict[str, str]:
        """For the next request: from where, and of which state of the file."""
        if not self._size:
            return {}
        # RFC 9110, 13.1.5: If-Range takes a strong validator only. Without one the hash decides.
        strong = {"If-Range": self._etag} if self._etag.startswith('"') else {}
        return {"Range": f"bytes={self._size}-", **strong}

    def begin(self, response: BaseHTTPResponse) -> bool:
        """Take the answer's headers. True: it goes on where we are; false: from the first byte. `_Fault`: neither."""
        etag = response.headers.get("etag", "")
        span = re.match(r"bytes ([0-9]+)-", response.headers.get("content-range", ""))
        is_rest = response.status == HTTPStatus.PARTIAL_CONTENT and span is not None and int(span[1]) == self._size
        is_same = not (etag and self._etag) or etag == self._etag
        if is_rest and is_same:
            return True
        self._restart()
        if response.status != HTTPStatus.OK:
            raise _Fault("range")
        self._etag = etag
        return False

    def append(self, chunk: bytes) -> None:
        """Write a chunk of at most the missing bytes."""
        rest = memoryview(chunk)
        with storage(*self._where):
            while rest:  # an unbuffered write may stop short
                written = self._handle.write(rest)
                self._size += written
                rest = rest[written:]
        self.furthest = max(self.furthest, self._size)

    def verify(self) -> None:
        """Raise `_Fault` unless the bytes on disk are the announced ones; wrong bytes are thrown away."""
        if self.missing:
            raise _Fault("truncated")
        with storage(*self._where):
            self._handle.seek(0)
            digest = hashlib.file_digest(self._handle, "sha256").hexdigest()  # of the disk's bytes, not of the line's
        self.verified = digest == self.part.sha256
        if not self.verified:
            self._restart()
            raise _Fault("checksum")

    def _restart(self) -> None:
        with storage(*self._where):
            self._handle.seek(0)
            self._handle.truncate()
        self._size = 0


def _address(gateway: Gateway) -> Url:
    try:
        url = parse_url(gateway.url)
    except LocationParseError:
        url = Url()
    host = url.netloc or ""
    if url.scheme not in ("http", "https") or not url.host:
        raise Refusal(f"gateway [{host}]: its address is no http or https URL; correct the setting")
    if not re.fullmatch(r"[\x21-\x7e]+", gateway.token):  # else the HTTP library's own error would print it
        raise Refusal(f"gateway [{host}]: its token is empty or holds what no header can; correct the setting")
    return url


def _connections(url: Url, limits: Extraction) -> PoolManager:
    """Connections to a gateway, one for each part that is fetched at once; through a proxy where the environment names
    one. They retry nothing and follow nothing: that is the client's business."""
    scheme, host = url.scheme or "", url.host or ""
    options: dict[str, Any] = {
        "maxsize": limits.parts_at_once,
        "timeout": Timeout(connect=limits.connect_seconds, read=limits.read_seconds),
        "retries": False,
        "ssl_context": _certificates() if scheme == "https" else None,
    }
    proxy = None if proxy_bypass(host) else getproxies().get(scheme)
    if proxy is None:
        return PoolManager(**options)
    return ProxyManager(proxy, proxy_headers=make_headers(proxy_basic_auth=parse_url(proxy).auth), **options)


def _check_status(export: Export, response: BaseHTTPResponse) -> None:
    status = response.status
    if status == HTTPStatus.NOT_FOUND:
        raise _Absent
    if status in TEMPORARY:
        raise _Fault(str(status), _retry_after(response.headers))
    if status not in READABLE:
        remedy = REMEDIES.get(status, "compare the protocol with the agency")
        raise Refusal(f"{export}: the gateway answers [{status}]; {remedy}")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from either form of Retry-After (RFC 9110, 10.2.3); `None` if there is none that can be read."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    now = _http_date(headers.get("date", "")) or datetime.now(UTC)  # by the clock that wrote it, if it says so
    return max(0.0, (until - now).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parse(export: Export, model: type[Answer], answer: bytes) -> Answer:
    try:
        return model.model_validate_json(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise _Fault("unreadable") from None
        key = ".".join(str(step) for step in first["loc"][:2])  # deeper steps may be the other side's own words
        raise Refusal(f"{export}: answer breaks the protocol at [{key}]: {first['msg']}; tell the agency") from None


def _fault(state: RetryCallState) -> _Fault:
    fault = state.outcome.exception() if state.outcome else None
    assert isinstance(fault, _Fault)  # noqa: S101  # only faults are retried
    return fault


def warm_up() -> None:
    """Read the certificates, in a process that is about to fork."""
    _certificates()


@cache
def _certificates() -> ssl.SSLContext:
    """One for all clients of a process: reading the certificates takes longer than a small export."""
    return ssl.create_default_context()  # the system's, or what SSL_CERT_FILE names


def _path(export: Export) -> str:
    return f"v1/exports/{export.export_id}"


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
