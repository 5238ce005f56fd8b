"""The gateway as a web application: its paths, its description, its answers to what it cannot read.

A bad request gets a 4xx and `{"error": "<one line>"}`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Depends, HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import Request
from starlette.responses import Response

from include.contracts.model import Agency
from include.simulator.gateways.answers import Created, Datasets, Health, Injected, Manifest, Refused, Served, State
from include.simulator.gateways.gateway import Gateway
from include.simulator.gateways.plan import Rules, load
from include.simulator.gateways.wire import TransportAware, json_answer, one_line
from include.simulator.rates import Transport
from include.simulator.source import WorldOnDisk


def create_app(world: Path, agency: str, token: str, faults: Transport | Rules | None = None) -> TransportAware:
    """The gateway of one agency over the world in that folder. `faults`: these instead of all that the world says.

    Raises `WorldError` if there is no world.
    """
    opened = WorldOnDisk.open(world)
    written = None if opened.plan is None else load(opened.plan)
    rules = Rules(transport=opened.transport, files=opened.files, written=written)
    if faults is not None:
        rules = Rules(transport=faults) if isinstance(faults, Transport) else faults
    gateway = Gateway(opened, Agency(agency), token, rules)
    app = TransportAware(
        title=f"Crosscheck: simulated gateway of {agency.upper()}",
        description="Exports of simulated records, with faults. All data is SIMULATED.",
        version="1",
        docs_url=None,  # these pages fetch their scripts from elsewhere
        redoc_url=None,
        strict_content_type=False,  # a body without a Content-Type is read as JSON
    )
    _route(app, gateway)
    app.add_exception_handler(AnyHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    _describe(app)
    return app


def _route(app: TransportAware, gateway: Gateway) -> None:
    def add(
        path: str,
        endpoint: Any,
        answer: dict[str, Any],
        *errors: int,
        method: str = "GET",
        status: int = 200,
        also: Mapping[int | str, dict[str, Any]] | None = None,
    ) -> None:
        is_open = path in ("/", "/health")
        errors = errors if is_open else (401, *errors)
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            status_code=status,
            responses={status: answer, **(also or {}), **{error: {"model": Refused} for error in errors}},
            response_class=Response,
            dependencies=[] if is_open else [Depends(gateway.authorise)],
        )

    add("/", gateway.page, {"content": {"text/html": {"schema": {"type": "string"}}}})
    add("/health", gateway.health, {"model": Health})
    add("/v1/datasets", gateway.datasets, {"model": Datasets})
    add("/v1/faults", gateway.faults, {"model": list[Injected]})
    add("/v1/served", gateway.served, {"model": list[Served]})
    add("/v1/plan", gateway.plan, {"model": Rules})
    add("/v1/plan", gateway.change_plan, {"model": Rules}, 400, 422, method="PUT")
    add("/v1/exports", gateway.create, {"model": Created}, 400, 404, 422, 429, 503, method="POST", status=202)
    add("/v1/exports/{export_id}", gateway.status, {"model": State}, 404, 429, 503)
    add("/v1/exports/{export_id}/manifest", gateway.manifest, {"model": Manifest}, 404, 409, 429, 503)
    file = {"content": {"application/gzip": {"schema": {"type": "string", "format": "binary"}}}}
    add("/v1/exports/{export_id}/parts/{name}", gateway.part, file, 404, 409, 416, 429, 503, also={206: file})


def _describe(app: TransportAware) -> None:
    """The OpenAPI description, without what FastAPI adds of its own: a 422 for paths, which any text satisfies."""
    description = app.openapi()  # what is changed in it stays
    for path in description["paths"].values():
        if "get" in path:
            path["get"]["responses"].pop("422", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        description["components"]["schemas"].pop(unused, None)


async def _refused(_request: Request, error: Exception) -> Response:
    known = error if isinstance(error, AnyHTTPException) else HTTPException(500)
    return json_answer({"error": known.detail}, known.status_code, known.headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for nothing else
    first = error.errors()[0]
    where = ".".join(one_line(str(part)) for part in first["loc"][1:]) or "body"
    return json_answer({"error": f"request [{where}]: {one_line(first['msg'])}"}, 422)
