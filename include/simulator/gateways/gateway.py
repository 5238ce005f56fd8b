"""An agency's gateway: exports of its datasets over HTTP, as unreliable as the scenario wants it.

The protocol, version 1, is what the endpoints of `Gateway` say; `GET /openapi.json` describes it. A bad request gets a
4xx and `{"error": "<one line>"}`.
"""

import asyncio
import hmac
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from include.contracts.model import Agency, load_all
from include.interval import Interval, midnight
from include.simulator.gateways.answers import (
    ExportRequest,
)
from include.simulator.gateways.damage import Asked
from include.simulator.gateways.exports import Export, Part, export, pack_again
from include.simulator.gateways.jobs import Job, Record
from include.simulator.gateways.page import render
from include.simulator.gateways.plan import Attempt, FaultPlan, Rules
from include.simulator.gateways.spool import Spool
from include.simulator.gateways.transport import TURNED_AWAY, UNHEARD, Fault
from include.simulator.gateways.wire import Answer, Span, come_back, json_answer, one_line
from include.simulator.source import WorldOnDisk

# A look at a job waits so long for it to be done: a night's export is ready at the second look, always, and only that
# of a long history is seen at work. Shorter than any client's patience with a silent line.
LOOK_SECONDS = 2.0

# A token that was right until now (RFC 6750, 3.1).
EXPIRED = "the token expired; renew it"
EXPIRED_CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token", error_description="the token expired"'}

BEARER = HTTPBearer(auto_error=False, description="The token of the gateway.")


class Gateway:
    """The endpoints of one agency and what they remember."""

    def __init__(self, world: WorldOnDisk, agency: Agency, token: str, rules: Rules) -> None:
        self.agency = agency
        self._token = token
        self._world = world
        self._contracts = {name: c for name, c in load_all().items() if c.agency is agency}
        start = midnight(world.first_day)
        last_night = midnight(world.last_night)
        self._covered = Interval(start, last_night + timedelta(days=1))
        self._plan = FaultPlan(world.scenario, world.seed, Interval(last_night, self._covered.end), rules)
        self._spool = Spool()
        self._jobs: dict[str, Job] = {}
        self._record = Record()

    def authorise(self, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> None:
        """401 without the token."""
        if given is None or not hmac.compare_digest(given.credentials.encode(), self._token.encode()):
            raise HTTPException(401, "missing or wrong bearer token", {"WWW-Authenticate": "Bearer"})

    async def health(self) -> Response:
        """Is the gateway up?"""
        return json_answer({"status": "ok"})

    async def page(self) -> Response:
        """What it served, what it injected and the plan in force, for people.

        Open like `/health`: a browser sends no bearer token, one in the address would end in histories and logs, and
        the page holds counts and names of datasets and columns only.
        """
        injected = list(self._record.injected)
        return HTMLResponse(render(self.agency, self._world, self._served()[::-1], injected[::-1], self._plan.rules))

    async def datasets(self) -> Response:
        """What can be exported, and by which contract."""
        return json_answer(
            {"datasets": [{"name": c.dataset, "contract_version": c.version} for c in self._contracts.values()]}
        )

    async def faults(self) -> Response:
        """What this gateway injected since it was started."""
        return json_answer(list(self._record.injected))

    async def served(self) -> Response:
        """Which export jobs it accepted since it was started."""
        return json_answer(self._served())

    async def plan(self) -> Response:
        """The rates and the written plan in force."""
        return json_answer(self._plan.rules.model_dump(mode="json"))

    async def change_plan(self, rules: Rules) -> Response:
        """Other rates, another written plan, for attempts that begin later. The whole of it: `{}` ends all faults."""
        known = load_all()
        unknown = [name for name in rules.transport.job_failed_last_night if name not in known]
        if unknown:
            raise HTTPException(422, f"request [transport.job_failed_last_night]: unknown datasets {unknown}")
        self._plan = FaultPlan(self._plan.scenario, self._plan.seed, self._plan.last_night, rules)
        return await self.plan()

    async def create(self, wanted: ExportRequest) -> Response:
        """Start an export job. The same request gets the same export."""
        job = self._job(wanted)
        fault = job.strike("create")
        if fault in UNHEARD:
            return self._turn_away(job, "create", fault)
        job.accepted = True
        job.asked_for += 1
        if fault is None:
            job.start_over()
        if job.fault not in (Fault.JOB_FAILED, Fault.JOB_NEVER_ENDS):
            self._making(job)
        return self._send(job, "create", fault, {"export_id": job.export_id, "state": "queued"}, 202)

    async def status(self, export_id: str) -> Response:
        """The state of a job."""
        job = self._known(export_id)
        fault = job.strike("status")
        if fault in UNHEARD:
            return self._turn_away(job, "status", fault)
        state, reason = await self._look(job)
        if fault is None:
            if job.polled and job.fault in (Fault.JOB_FAILED, Fault.JOB_NEVER_ENDS, Fault.JOB_SLOW):
                self._record.note_once(job, "status", job.fault)
            job.polled = True
        return self._send(job, "status", fault, {"export_id": export_id, "state": state, "reason": reason})

    async def manifest(self, export_id: str) -> Response:
        """Parts and control totals of an export that is ready."""
        job = self._known(export_id)
        made = await self._ready(job)
        fault = job.strike("manifest")
        if fault in UNHEARD:
            return self._turn_away(job, "manifest", fault)
        listing = self._listing(job, made, is_heard=fault is None)
        job.manifests += fault is None
        version = self._contracts[job.attempt.dataset].version
        body = {"export_id": export_id, "contract_version": version, **job.head(), **listing}
        return self._send(job, "manifest", fault, body)

    async def part(
        self,
        export_id: str,
        name: str,
        wanted: Annotated[str, Header(alias="Range", description="One range of bytes; anything else is ignored.")] = "",
        unless: Annotated[str, Header(alias="If-Range", description="Strong ETag of what the client has.")] = "",
    ) -> Response:
        """One part, whole or from an offset."""
        job = self._known(export_id)
        made = await self._ready(job)
        part = None if job.is_empty else made.part(name)
        if part is None:
            raise HTTPException(404, f"export [{export_id}] has no part [{name}]")
        fault = job.strike(name)
        if fault in UNHEARD:
            return self._turn_away(job, name, fault)
        match job.plan.of_part(job.attempt, name):
            case Fault.PART_MISSING:
                self._record.note_once(job, name, Fault.PART_MISSING)
                raise HTTPException(404, f"part [{name}] of export [{export_id}] is not on the disk")
            case Fault.PART_LATE if job.manifests < 2:
                raise HTTPException(409, f"part [{name}] of export [{export_id}] is still being written")
            case Fault.ETAG_CHANGED if name not in job.changed:
                job.changed[name] = await run_in_threadpool(pack_again, part)
                return self._send_part(job, part, wanted, unless, Fault.ETAG_CHANGED)
        if name in job.changed:
            if not job.changed[name].path.exists():  # the export was made anew meanwhile
                job.changed[name] = await run_in_threadpool(pack_again, part)
            part = job.changed[name]
        return self._send_part(job, part, wanted, unless, fault)

    def _job(self, wanted: ExportRequest) -> Job:
        if wanted.dataset not in self._contracts:
            known = ", ".join(self._contracts)
            raise HTTPException(404, f"unknown dataset [{one_line(wanted.dataset)}]; known: {known}")
        try:
            period = Interval(wanted.updated_from, wanted.updated_until)
        except ValueError as error:
            raise HTTPException(422, f"{error}; updated_from must lie before updated_until") from None
        if period.start.microsecond or period.end.microsecond:
            raise HTTPException(422, f"period [{period}] has fractions of a second; update times have whole ones")
        if period.start < self._covered.start or period.end > self._covered.end:
            raise HTTPException(422, f"period [{period}] is outside what can be exported [{self._covered}]")
        export_id = f"{wanted.dataset}-{period.slug}-{wanted.attempt}"
        attempt = Attempt(wanted.dataset, period, wanted.attempt)
        return self._jobs.setdefault(export_id, Job(export_id, attempt, self._plan))

    def _known(self, export_id: str) -> Job:
        job = self._jobs.get(export_id)
        if job is None or not job.accepted:
            raise HTTPException(404, f"unknown export [{one_line(export_id)}]; ask for it with POST /v1/exports")
        if job.expired:
            raise HTTPException(401, EXPIRED, EXPIRED_CHALLENGE)
        return job

    def _served(self) -> list[dict[str, Any]]:
        return [job.served() for job in self._jobs.values() if job.accepted]

    def _making(self, job: Job) -> Future[Export]:
        """Its export, made or in the making. Attempts without damage share one."""
        dataset, period, number = job.attempt
        damage = job.damage
        key = (dataset, period, damage, number if damage.faults else 0)
        source = self._world.source(dataset)

        def make(folder: Path, pool: Any) -> Export:
            asked = Asked(self._contracts[dataset], period, source, source.count(period))
            return export(asked, folder, pool, damage)

        return self._spool.get(key, make)

    async def _look(self, job: Job) -> tuple[str, str | None]:
        """State of the job, and the reason if it failed."""
        if not job.polled or job.is_slow or job.fault is Fault.JOB_NEVER_ENDS:
            return "running", None
        if job.fault is Fault.JOB_FAILED:
            number = job.attempt.number
            return "failed", f"export job of attempt [{number}] ended abnormally; ask again with the next attempt"
        making = asyncio.wrap_future(self._making(job))
        await asyncio.wait([making], timeout=LOOK_SECONDS)
        if not making.done():
            return "running", None
        if isinstance(making.exception(), OSError):
            return "failed", "the gateway cannot read its world or write its temporary files; see to its disk"
        job.made = making.result()
        return "ready", None

    async def _ready(self, job: Job) -> Export:
        """The export of a job that is ready; 409 if it is not."""
        state, _ = await self._look(job)
        if state != "ready" or job.made is None:
            raise HTTPException(409, f"export [{job.export_id}] is [{state}], not ready")
        return job.made

    def _listing(self, job: Job, made: Export, *, is_heard: bool) -> dict[str, Any]:
        """Parts and totals as the manifest of this moment has them. What is wrong with them is noted if it is heard."""
        found: list[tuple[str, str, int | None, tuple[str, ...]]] = []
        entries, totals = [], {"rows": made.rows, "non_blank": made.non_blank}
        if job.is_empty and made.parts:
            found.append(("manifest", Fault.EMPTY_EXPORT, sum(part.rows for part in made.parts), ()))
            totals = {"rows": 0, "non_blank": dict.fromkeys(made.non_blank, 0)}
        else:
            columns = {planned.fault: planned.columns for planned in job.damage.faults}
            found += [("manifest", fault, rows, columns[fault]) for fault, rows in made.applied.items()]
            for part in made.parts:
                fault = job.plan.of_part(job.attempt, part.name)
                if fault is Fault.PART_LATE and not job.manifests:
                    found.append((part.name, fault, part.rows, ()))
                    continue
                entries.append(job.changed.get(part.name, part).listed())
                if fault is Fault.PART_TWICE:
                    found.append((part.name, fault, part.rows, ()))
                    entries.append(entries[-1])
        for what in found if is_heard else ():
            self._record.note_once(job, *what)
        return {"parts": entries, "control_totals": totals}

    def _turn_away(self, job: Job, request: str, fault: Fault | None) -> Response:
        """The answer to a request that was not heard."""
        assert fault is not None  # noqa: S101 -- for the type checker; the caller found it in `UNHEARD`
        self._record.note(job, request, fault)
        if fault is Fault.EXPIRED_TOKEN:
            return json_answer({"error": EXPIRED}, 401, EXPIRED_CHALLENGE)
        if fault in TURNED_AWAY:
            seconds, as_date = job.plan.retry_after(job.attempt, request)
            return come_back(fault, seconds, as_date=as_date)
        return Answer(b"", fault=fault)

    def _send(self, job: Job, request: str, fault: Fault | None, body: object, status: int = 200) -> Response:
        if fault is not None:
            self._record.note(job, request, fault)
        return json_answer(body, status, fault=fault, stall_seconds=job.plan.rules.transport.stall_seconds)

    def _send_part(self, job: Job, part: Part, wanted: str, unless: str, fault: Fault | None) -> Response:
        """The part, or the bytes that a single `Range` asks for, if it still is the part that `If-Range` names."""
        etag = f'"{part.sha256}"'
        headers = {"ETag": etag, "Accept-Ranges": "bytes"}
        first, last, status = 0, part.bytes - 1, 200
        span = _range(wanted)
        if span is not None and unless in ("", etag):
            first, last, status = span[0], min(last if span[1] is None else span[1], last), 206
            if first >= part.bytes:
                text = {"error": f"range [{first}-] begins behind the last of [{part.bytes}] bytes"}
                return json_answer(text, 416, headers | {"Content-Range": f"bytes */{part.bytes}"})
            headers["Content-Range"] = f"bytes {first}-{last}/{part.bytes}"
        if fault is not None:
            self._record.note(job, part.name, fault)
        body = Span(part.path, first, last - first + 1)
        stall = job.plan.rules.transport.stall_seconds
        return Answer(body, status, headers, "application/gzip", fault=fault, stall_seconds=stall)


def _range(header: str) -> tuple[int, int | None] | None:
    """First and last byte of `bytes=a-` or `bytes=a-b`; None for anything else, which RFC 9110 lets a server ignore."""
    unit, _, span = header.partition("=")
    first, _, last = span.partition("-")
    if unit != "bytes" or not first.isdecimal() or not (last == "" or last.isdecimal()):
        return None
    if last and int(last) < int(first):
        return None
    return int(first), int(last) if last else None
