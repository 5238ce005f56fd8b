"""Small worlds, generated once per session, and gateways on free ports of the loopback."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn

from include.simulator import scenario, world
from include.simulator.gateway import create_app
from include.simulator.rates import Transport

TOKEN = "test-token"


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _generated("smoke", tmp_path_factory)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _generated("clean", tmp_path_factory)


def _generated(name: str, factory: pytest.TempPathFactory) -> Path:
    chosen = scenario.load(name)
    folder = factory.mktemp("worlds") / name
    world.generate(chosen, chosen.seed, folder)
    return folder


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(world, agency, faults=...)` starts a gateway and returns its address; all are stopped after the test."""
    with ExitStack() as running:

        def start(folder: Path, agency: str, faults: Transport | None = None, loop: str = "auto") -> str:
            return running.enter_context(_served(folder, agency, faults or Transport(), loop))

        yield start


@contextmanager
def _served(folder: Path, agency: str, faults: Transport, loop: str) -> Iterator[str]:
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
