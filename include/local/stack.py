"""Gateways, warehouse and Airflow of one world, started and stopped in order."""

import fcntl
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from include.local.airflow_api import DAG, AirflowApi
from include.local.environment import AGENCIES, GIVES_BACK, POOL_SLOTS, USER, airflow_env, pipeline_env
from include.local.home import CHECKOUT, Home, World
from include.local.postgres import free_port, locked
from include.local.processes import Child, run, stop_all
from include.local.usage import Usage
from include.local.warehouse import warehouse
from include.settings import Settings
from include.simulator.scenario import load as load_scenario
from include.simulator.source import WorldOnDisk

START_SECONDS = 180.0  # two busy cores need 60 to 90 s to import Airflow four times
UI_PORT = 8080  # Airflow's usual port, if it is free; CROSSCHECK_UI_PORT asks for another, 0 for any
# What the scheduler sleeps when nothing has happened. The default of 1 s is most of a short task's time; in a backfill
# nobody waits for the next task, and to look at all of its runs ten times a second took a fifth of all CPU time
WATCHED_SECONDS, BACKFILL_SECONDS = 0.1, 0.5
Say = Callable[[str], None]
Ports = dict[str, int | str]  # by component; `url`: of Airflow's UI


@dataclass(frozen=True)
class Stack:
    """A running world."""

    world: World
    airflow: AirflowApi
    settings: Settings
    components: Mapping[str, Child]  # by name, if this command started them
    check: Callable[[], None]  # raises `RuntimeError` if a component has ended
    usage: Usage  # of the components, if this command started them
    url: str
    password: str


def prepare(home: Home, scenario: str, seed: int | None, say: Say) -> World:
    """Generate the world unless it is there."""
    world = home.world(scenario, load_scenario(scenario).seed if seed is None else seed)
    world.folder.mkdir(parents=True, exist_ok=True)
    with locked(world.folder / "agencies.lock"):
        if not (world.agencies / "world.json").exists():
            say(f"simulating the agencies: scenario {world.scenario}, seed {world.seed}")
            shutil.rmtree(world.agencies, ignore_errors=True)
            run(
                [
                    *[sys.executable, "-m", "include.simulator", "generate", "--scenario", world.scenario],
                    *["--seed", str(world.seed), "--out", str(world.agencies)],
                ],
                env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
                log=world.logs / "simulator.log",
                cwd=CHECKOUT,
            )
    WorldOnDisk.open(world.agencies)  # raises if it is of another version
    return world


@contextmanager
def gateways(home: Home, world: World, dsn: str) -> Iterator[Settings]:
    """Both gateways alone, and the settings to use them without Airflow."""
    ports: Ports = {"tecs": free_port(), "uscis": free_port()}
    env = pipeline_env(home, world, dsn, ports)
    children: list[Child] = []
    try:
        children += _start_gateways(world, {**os.environ, **env}, ports)
        while not all(_answers(f"http://127.0.0.1:{ports[agency]}/health") for agency in AGENCIES):
            for child in children:
                child.check()
            time.sleep(0.1)
        yield Settings.from_env(env)
    finally:
        stop_all(children)


@contextmanager
def running(
    home: Home, world: World, say: Say, *, triggerer: bool = False, idle_seconds: float = WATCHED_SECONDS
) -> Iterator[Stack]:
    """The whole stack of a world; joins the one that runs already, if another command holds it.

    `idle_seconds`: what the scheduler sleeps when nothing has happened.
    """
    world.folder.mkdir(parents=True, exist_ok=True)
    place = world.folder / "stack.json"
    with (world.folder / "stack.lock").open("w") as lock, ExitStack() as things:
        dsn = things.enter_context(warehouse(home, world))
        if other := _stack_of_another(lock, place, say):
            ports, components, check, usage = other, dict[str, Child](), _nothing, Usage({})
            say(f"joining the stack that runs at {ports['url']}")
        else:
            place.unlink(missing_ok=True)
            started = things.enter_context(_start(home, world, dsn, say, triggerer, idle_seconds))
            ports, components, check, usage = started
            place.write_text(json.dumps(ports))
            things.callback(place.unlink, missing_ok=True)
        yield Stack(
            world=world,
            airflow=AirflowApi(str(ports["url"]), USER, home.secret("airflow_password")),
            components=components,
            check=check,
            usage=usage,
            settings=Settings.from_env(pipeline_env(home, world, dsn, ports)),
            url=str(ports["url"]),
            password=home.secret("airflow_password"),
        )


@contextmanager
def _start(
    home: Home, world: World, dsn: str, say: Say, triggerer: bool, idle_seconds: float
) -> Iterator[tuple[Ports, dict[str, Child], Callable[[], None], Usage]]:
    ports = _free_ports()
    _prepare_airflow(home, world)
    env = {
        **airflow_env(home, world, ports),
        **pipeline_env(home, world, dsn, ports),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": str(idle_seconds),
    }
    children: list[Child] = []

    def check() -> None:
        for child in children:
            child.check()
        if home.postgres.port is None:
            raise RuntimeError(f"[PostgreSQL] ended; see [{home.postgres.log}]; the next command repairs it")

    try:
        children += _start_gateways(world, env, ports)
        _migrate_airflow(home, world, env, say)
        say("starting Airflow")
        for component in ("api-server", "scheduler", "dag-processor", *(["triggerer"] if triggerer else [])):
            command = [sys.executable, "-m", "airflow", component]
            children.append(Child(component, command, env, world.logs / f"{component}.log", CHECKOUT))
        _wait_until_ready(home, ports, check, world.logs)
        _make_pool(home, ports, say)
        components = {child.name: child for child in children}
        processes = {name: child.process.pid for name, child in components.items()}
        processes |= {"PostgreSQL": home.postgres.pid or 0, "this command": os.getpid()}
        yield ports, components, check, Usage(processes, split="scheduler")
    finally:
        stop_all(children)


def _free_ports() -> Ports:
    api = _usable(_ui_port())
    return {
        "tecs": free_port(),
        "uscis": free_port(),
        "api": api,
        "logs": free_port(),
        "url": f"http://127.0.0.1:{api}",
    }


def _start_gateways(world: World, env: Mapping[str, str], ports: Ports) -> list[Child]:
    def serve(agency: str) -> list[str]:
        return [
            *[sys.executable, "-m", "include.simulator", "serve", "--world", str(world.agencies), "--agency", agency],
            *["--port", str(ports[agency]), "--token-env", f"CROSSCHECK_{agency.upper()}_TOKEN"],
        ]

    env = {**env, **GIVES_BACK, "PYTHONPATH": str(CHECKOUT)}
    return [
        Child(f"gateway-{agency}", serve(agency), env, world.logs / f"gateway-{agency}.log", CHECKOUT)
        for agency in AGENCIES
    ]


def _wait_until_ready(home: Home, ports: Ports, check: Callable[[], None], logs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    api = AirflowApi(str(ports["url"]), USER, home.secret("airflow_password"))
    waits: list[tuple[str, Callable[[], bool]]] = [
        ("gateway tecs", lambda: _answers(f"http://127.0.0.1:{ports['tecs']}/health")),
        ("gateway uscis", lambda: _answers(f"http://127.0.0.1:{ports['uscis']}/health")),
        ("Airflow's API", api.is_up),
        ("the DAG", lambda: api.find(f"/dags/{DAG}") is not None),
        ("the scheduler", lambda: api.health()["scheduler"]["status"] == "healthy"),
    ]
    for what, is_ready in waits:
        while not is_ready():
            check()
            if time.monotonic() > deadline:
                raise RuntimeError(f"[{what}] was not ready within [{START_SECONDS:.0f}] s; see [{logs}]")
            time.sleep(0.2)
    api.warm()


def _make_pool(home: Home, ports: Ports, say: Say) -> None:
    """A home may be older than the number of slots."""
    api = AirflowApi(str(ports["url"]), USER, home.secret("airflow_password"))
    before = api.ensure_pool("gateways", POOL_SLOTS, "exports at one time: the gateways are shared systems")
    if before not in (0, POOL_SLOTS):
        say(f"pool [gateways] had [{before}] slots, and has [{POOL_SLOTS}] now")


def _prepare_airflow(home: Home, world: World) -> None:
    """Its folder: who may log in, and what workers find imported. They are forked from the scheduler, so that what that
    has imported costs a task nothing (docs/performance.md)."""
    config = world.airflow / "config"
    config.mkdir(parents=True, exist_ok=True)
    if not (users := world.passwords).exists():
        users.touch(mode=0o600)
        users.write_text(json.dumps({USER: home.secret("airflow_password")}))
    shutil.copyfile(Path(__file__).with_name("airflow_local_settings.py"), config / "airflow_local_settings.py")


def _migrate_airflow(home: Home, world: World, env: Mapping[str, str], say: Say) -> None:
    from importlib.metadata import version

    stamp = world.airflow / f"metadata-{version('apache-airflow')}.stamp"
    if not stamp.exists():
        say("setting up Airflow's metadata database")
        home.postgres.ensure_database(world.metadata, "airflow")
        run([sys.executable, "-m", "airflow", "db", "migrate"], env, world.logs / "airflow-migrate.log", CHECKOUT)
        stamp.touch()


def _nothing() -> None:
    """The components are another command's to watch."""


def _stack_of_another(lock: IO[str], place: Path, say: Say, seconds: float = START_SECONDS) -> Ports | None:
    """Where the stack runs that another command holds, once it is ready; None if the lock is ours, now or because the
    other command has ended meanwhile."""
    deadline, told = time.monotonic() + seconds, False
    while time.monotonic() < deadline:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(FileNotFoundError, json.JSONDecodeError):  # not there yet, no more, or being written
                ports: Ports = json.loads(place.read_text())
                return ports
        else:
            return None
        if not told:
            say("another command starts or stops this world; waiting for it")
            told = True
        time.sleep(0.5)
    raise RuntimeError(f"another command holds this world but is not ready after [{seconds:.0f}] s; stop it")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0).is_success
    except httpx.TransportError:
        return False


def _ui_port() -> int:
    wanted = os.environ.get("CROSSCHECK_UI_PORT") or str(UI_PORT)
    if not (wanted.isdecimal() and int(wanted) < 1 << 16):
        raise ValueError(f"CROSSCHECK_UI_PORT [{wanted}] is no port; give a number up to 65535, 0 for any that is free")
    return int(wanted)


def _usable(port: int) -> int:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return free_port()
    return port or free_port()
