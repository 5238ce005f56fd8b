"""Small worlds, generated once per session, and gateways on free ports of the loopback."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from include.simulator import scenario, world
from include.simulator.gateways.app import create_app
from include.simulator.gateways.plan import Rules
from include.simulator.rates import Transport

TOKEN = "test-token"


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _generated("smoke", tmp_path_factory)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _generated("clean", tmp_path_factory)


@pytest.fixture(scope="session")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without faults, over three fiscal years."""
    return _generated("clean", tmp_path_factory, first_day=date(2011, 10, 1))


def _generated(name: str, factory: pytest.TempPathFactory, **changes: object) -> Path:
    chosen = scenario.load(name).model_copy(update=changes)
    folder = factory.mktemp("worlds") / name
    world.generate(chosen, chosen.seed, folder)
    return folder


@dataclass
class Delivery:
    """An export as it came."""

    path: str
    manifest: dict[str, Any]
    parts: dict[str, bytes]  # gzip

    def texts(self) -> list[bytes]:
        """The parts, unpacked."""
        return [gzip.decompress(part) for part in self.parts.values()]


def client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)


def fetch(http: httpx.Client, dataset: str, start: str, end: str, attempt: int = 1) -> Delivery:
    """An export from a gateway that does not fail on the way."""
    body = {"dataset": dataset, "updated_from": start, "updated_until": end, "attempt": attempt}
    path = f"/v1/exports/{http.post('/v1/exports', json=body).json()['export_id']}"
    while http.get(path).json()["state"] != "ready":
        pass
    manifest = http.get(f"{path}/manifest").json()
    urls = {part["name"]: f"{path}/parts/{part['name']}" for part in manifest["parts"]}
    return Delivery(path, manifest, {name: http.get(url).content for name, url in urls.items()})


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(world, agency, faults=...)` starts a gateway and returns its address; all are stopped after the test."""
    with ExitStack() as running:

        def start(folder: Path, agency: str, faults: Transport | Rules | None = None, loop: str = "auto") -> str:
            return running.enter_context(served(folder, agency, faults or Transport(), loop))

        yield start


@contextmanager
def served(folder: Path, agency: str, faults: Transport | Rules, loop: str = "auto") -> Iterator[str]:
    app = create_app(folder, agency, TOKEN, faults)
    config = uvicorn.Config(
        app,
        port=0,
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=1,
        loop=loop,  # type: ignore[arg-type]  # a Literal
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the gateway did not start"
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()
