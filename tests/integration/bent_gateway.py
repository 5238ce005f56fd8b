"""Gateways of a real world whose exports are bent on their way out: what a broken or hostile agency would answer."""

import gzip
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from include.settings import Gateway
from include.simulator.gateways.app import create_app
from include.simulator.rates import Transport

TOKEN = "token-that-must-not-be-printed"
SENTINEL = "SENTINEL-VALUE-OF-A-ROW"


@dataclass
class Delivery:
    """An export as it is about to be served."""

    manifest: dict[str, Any]
    parts: dict[str, bytes]

    def replace_first(self, text: bytes) -> None:
        """Another text for the first part, announced truthfully in size and hash."""
        entry = self.manifest["parts"][0]
        packed = gzip.compress(text, 9)
        self.parts[entry["name"]] = packed
        entry.update(bytes=len(packed), sha256=hashlib.sha256(packed).hexdigest())

    def first(self) -> bytes:
        return gzip.decompress(self.parts[self.manifest["parts"][0]["name"]])


Bend = Callable[[Delivery], None]


@contextmanager
def serve_bent(world: Path, bends: Mapping[str, Bend]) -> Iterator[dict[str, Gateway]]:
    """Both gateways in threads, without faults on the wire. `bends`: by dataset."""
    with ExitStack() as running:
        yield {agency: running.enter_context(serve_app(_app(world, agency, bends))) for agency in ("tecs", "uscis")}


def _app(world: Path, agency: str, bends: Mapping[str, Bend]) -> Starlette:
    honest = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(world, agency, TOKEN, Transport())),
        base_url="http://honest",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    bent: dict[str, Delivery] = {}

    async def as_it_is(request: Request) -> Response:
        answer = await honest.request(request.method, request.url.path, content=await request.body())
        return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])

    async def manifest(request: Request) -> Response:
        export_id = request.path_params["export_id"]
        body = (await honest.get(request.url.path)).json()
        urls = {part["name"]: f"/v1/exports/{export_id}/parts/{part['name']}" for part in body["parts"]}
        delivery = Delivery(body, {name: (await honest.get(url)).content for name, url in urls.items()})
        bends.get(body["dataset"], _leave)(delivery)
        bent[export_id] = delivery
        return Response(json.dumps(delivery.manifest), media_type="application/json")

    async def part(request: Request) -> Response:
        return Response(bent[request.path_params["export_id"]].parts[request.path_params["name"]])

    return Starlette(
        routes=[
            Route("/v1/exports", as_it_is, methods=["POST"]),
            Route("/v1/exports/{export_id}", as_it_is),
            Route("/v1/exports/{export_id}/manifest", manifest),
            Route("/v1/exports/{export_id}/parts/{name}", part),
        ]
    )


@contextmanager
def serve_app(app: Starlette) -> Iterator[Gateway]:
    """An application in a thread, on a free port of the loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Gateway(f"http://127.0.0.1:{listener.getsockname()[1]}", TOKEN)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def _leave(_: Delivery) -> None:
    """An honest export."""
