"""An agency's gateway: exports of its datasets over HTTP, as unreliable as the scenario wants it.

The protocol, version 1, is what the endpoints of `Gateway` say. A bad request gets a 4xx and `{"error": "<one line>"}`.
"""

import hmac
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.contracts.model import Agency, load_all
from include.interval import Interval
from include.simulator.exports import Export, Part, export
from include.simulator.rates import Transport
from include.simulator.source import WorldOnDisk
from include.simulator.transport import TURNED_AWAY, Fault, FaultPlan
from include.simulator.wire import BrokenResponse, TransportAware, come_back

# A night has nine exports on two gateways; more than these at once are asked for only by a backfill, which can wait the
# milliseconds that an export takes to be made again.
EXPORTS_IN_MEMORY = 16


class ExportRequest(BaseModel):
    """Body of `POST /v1/exports`."""

    model_config = ConfigDict(extra="forbid")

    dataset: str
    updated_from: AwareDatetime
    updated_until: AwareDatetime
    attempt: Annotated[int, Field(ge=1, le=10_000)]


@dataclass
class Job:
    """One attempt to export a period."""

    export_id: str
    dataset: str
    period: Interval
    attempt: int
    accepted: bool = False  # the client was told so; a request that was turned away has started nothing
    polled: bool = False  # a job is queued, running at the first look, and done at the second
    asked: Counter[str] = field(default_factory=Counter)  # how often each request was made since it last went through

    def start_over(self) -> None:
        """Asked for again: the same story from the beginning."""
        self.polled = False
        self.asked.clear()


@dataclass
class Injected:
    """A fault that the gateway injected."""

    dataset: str
    updated_from: str
    updated_until: str
    attempt: int
    request: str
    fault: str


Endpoint = Callable[["Gateway", Request], Awaitable[Response]]


def _with_token(endpoint: Endpoint) -> Endpoint:
    @wraps(endpoint)
    async def guarded(self: "Gateway", request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            raise HTTPException(401, "missing or wrong bearer token", {"WWW-Authenticate": "Bearer"})
        return await endpoint(self, request)

    return guarded


class Gateway:
    """The endpoints of one agency and what they remember."""

    def __init__(self, world: WorldOnDisk, agency: Agency, token: str, rates: Transport) -> None:
        self.token = token
        self._world = world
        self._contracts = {name: c for name, c in load_all().items() if c.agency is agency}
        start = datetime.combine(world.first_day, time(), UTC)
        last_night = datetime.combine(world.last_night, time(), UTC)
        self._covered = Interval(start, last_night + timedelta(days=1))
        self._plan = FaultPlan(world.seed, rates, Interval(last_night, self._covered.end))
        self._stall_seconds = rates.stall_seconds
        self._tables: dict[str, Any] = {}
        self._jobs: dict[str, Job] = {}
        self._exports: OrderedDict[tuple[str, Interval], Export] = OrderedDict()
        self._injected: list[Injected] = []

    async def health(self, _request: Request) -> Response:
        """`GET /health`"""
        return JSONResponse({"status": "ok"})

    @_with_token
    async def datasets(self, _request: Request) -> Response:
        """`GET /v1/datasets`"""
        return JSONResponse(
            {"datasets": [{"name": c.dataset, "contract_version": c.version} for c in self._contracts.values()]}
        )

    @_with_token
    async def faults(self, _request: Request) -> Response:
        """`GET /v1/faults`: what this gateway injected since it was started."""
        return JSONResponse([vars(injected) for injected in self._injected])

    @_with_token
    async def create(self, request: Request) -> Response:
        """`POST /v1/exports`: start an export job. The same request gets the same export."""
        job = self._job(_parse(await request.body()))
        fault = self._strike(job, "create")
        job.accepted |= fault not in TURNED_AWAY
        if fault is None:
            job.start_over()
        return self._answer(job, "create", JSONResponse({"export_id": job.export_id, "state": "queued"}, 202), fault)

    @_with_token
    async def status(self, request: Request) -> Response:
        """`GET /v1/exports/{export_id}`: the state of a job."""
        job = self._known(request)
        fault = self._strike(job, "status")
        state, reason = self._state(job)
        if fault is None:
            job.polled = True
            if state == "failed":
                self._note(job, "status", Fault.JOB_FAILED)
        body = {"export_id": job.export_id, "state": state, "reason": reason}
        return self._answer(job, "status", JSONResponse(body), fault)

    @_with_token
    async def manifest(self, request: Request) -> Response:
        """`GET /v1/exports/{export_id}/manifest`: parts and control totals."""
        job = self._known(request)
        made = await self._export(job)
        body = {
            "export_id": job.export_id,
            "dataset": job.dataset,
            "contract_version": self._contracts[job.dataset].version,
            "updated_from": _iso(job.period.start),
            "updated_until": _iso(job.period.end),
            **made.totals(),
        }
        return self._answer(job, "manifest", JSONResponse(body), self._strike(job, "manifest"))

    @_with_token
    async def part(self, request: Request) -> Response:
        """`GET /v1/exports/{export_id}/parts/{name}`: one part, whole or from an offset."""
        job = self._known(request)
        name = request.path_params["name"]
        part = (await self._export(job)).part(name)
        if part is None:
            raise HTTPException(404, f"export [{job.export_id}] has no part [{name}]")
        return self._answer(job, name, _part_response(part, request), self._strike(job, name))

    def _job(self, wanted: ExportRequest) -> Job:
        if wanted.dataset not in self._contracts:
            raise HTTPException(404, f"unknown dataset [{wanted.dataset}]; known: {', '.join(self._contracts)}")
        try:
            period = Interval(wanted.updated_from, wanted.updated_until)
        except ValueError as error:
            raise HTTPException(422, f"{error}; updated_from must lie before updated_until") from None
        if period.start.microsecond or period.end.microsecond:
            raise HTTPException(422, f"period [{period}] has fractions of a second; update times have whole ones")
        if period.start < self._covered.start or period.end > self._covered.end:
            raise HTTPException(422, f"period [{period}] is outside what can be exported [{self._covered}]")
        export_id = f"{wanted.dataset}-{period.slug}-{wanted.attempt}"
        return self._jobs.setdefault(export_id, Job(export_id, wanted.dataset, period, wanted.attempt))

    def _known(self, request: Request) -> Job:
        export_id = request.path_params["export_id"]
        job = self._jobs.get(export_id)
        if job is None or not job.accepted:
            raise HTTPException(404, f"unknown export [{export_id}]; ask for it with POST /v1/exports")
        return job

    def _state(self, job: Job) -> tuple[str, str | None]:
        if not job.polled:
            return "running", None
        if self._plan.job_fails(job.dataset, job.period, job.attempt):
            return "failed", f"export job of attempt [{job.attempt}] ended abnormally; ask again with the next attempt"
        return "ready", None

    async def _export(self, job: Job) -> Export:
        """The export of a job that is ready; 409 if it is not."""
        state, _ = self._state(job)
        if state != "ready":
            raise HTTPException(409, f"export [{job.export_id}] is [{state}], not ready")
        key = (job.dataset, job.period)
        if key not in self._exports:
            self._exports[key] = await run_in_threadpool(self._make, job.dataset, job.period)
        self._exports.move_to_end(key)
        made = self._exports[key]
        while len(self._exports) > EXPORTS_IN_MEMORY:
            self._exports.popitem(last=False)
        return made

    def _make(self, dataset: str, period: Interval) -> Export:
        if dataset not in self._tables:
            self._tables[dataset] = self._world.source(dataset)
        return export(self._tables[dataset], period)

    def _strike(self, job: Job, request: str) -> Fault | None:
        """Which fault hits this request?"""
        job.asked[request] += 1
        return self._plan.fault(job.dataset, job.period, job.attempt, request, job.asked[request])

    def _answer(self, job: Job, request: str, whole: Response, fault: Fault | None) -> Response:
        """The answer, or what the fault makes of it."""
        if fault is None:
            return whole
        self._note(job, request, fault)
        if fault in TURNED_AWAY:
            seconds, as_date = self._plan.retry_after(job.dataset, job.period, job.attempt, request)
            return come_back(fault, seconds, as_date=as_date)
        return BrokenResponse(whole, fault, self._stall_seconds)

    def _note(self, job: Job, request: str, fault: Fault) -> None:
        period = _iso(job.period.start), _iso(job.period.end)
        self._injected.append(Injected(job.dataset, *period, job.attempt, request, fault.value))


def create_app(world: Path, agency: str, token: str, faults: Transport | None = None) -> TransportAware:
    """The gateway of one agency over the world in that folder. `faults`: rates instead of the world's own.

    Raises `WorldError` if there is no world.
    """
    opened = WorldOnDisk.open(world)
    gateway = Gateway(opened, Agency(agency), token, opened.transport if faults is None else faults)
    return TransportAware(
        routes=[
            Route("/health", gateway.health),
            Route("/v1/datasets", gateway.datasets),
            Route("/v1/faults", gateway.faults),
            Route("/v1/exports", gateway.create, methods=["POST"]),
            Route("/v1/exports/{export_id}", gateway.status),
            Route("/v1/exports/{export_id}/manifest", gateway.manifest),
            Route("/v1/exports/{export_id}/parts/{name}", gateway.part),
        ],
        exception_handlers={HTTPException: _error},
    )


async def _error(_request: Request, error: Exception) -> Response:
    known = error if isinstance(error, HTTPException) else HTTPException(500)
    return JSONResponse({"error": known.detail}, known.status_code, known.headers)


def _parse(body: bytes) -> ExportRequest:
    try:
        return ExportRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise HTTPException(422, f"request [{where}]: {first['msg']}") from None


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _part_response(part: Part, request: Request) -> Response:
    """The part, or the bytes that a single `Range` asks for, if it still is the part that `If-Range` names."""
    size, etag = len(part.content), f'"{part.sha256}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    wanted = _range(request.headers.get("range", ""))
    if wanted is None or request.headers.get("if-range", etag) != etag:
        return Response(part.content, 200, headers, "application/gzip")
    first, last = wanted[0], min(size - 1 if wanted[1] is None else wanted[1], size - 1)
    if first >= size:
        text = {"error": f"range [{first}-] begins behind the last of [{size}] bytes"}
        return JSONResponse(text, 416, headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(part.content[first : last + 1], 206, headers, "application/gzip")


def _range(header: str) -> tuple[int, int | None] | None:
    """First and last byte of `bytes=a-` or `bytes=a-b`; None for anything else, which RFC 9110 lets a server ignore."""
    unit, _, span = header.partition("=")
    first, _, last = span.partition("-")
    if unit != "bytes" or not first.isdecimal() or not (last == "" or last.isdecimal()):
        return None
    if last and int(last) < int(first):
        return None
    return int(first), int(last) if last else None
