"""Gateways, warehouse and Airflow of one world, started and stopped in order."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from include.contracts.model import Agency
from include.local.airflow_api import DAG, AirflowApi
from include.local.home import CHECKOUT, Home, World
from include.local.postgres import free_port, locked
from include.local.processes import Child, stop_all
from include.local.usage import Usage
from include.settings import Settings
from include.simulator.scenario import load as load_scenario
from include.simulator.source import WorldOnDisk
from include.warehouse.connection import as_role

USER = "admin"
AGENCIES = [agency.value for agency in Agency]
START_SECONDS = 180.0  # two busy cores need 60 to 90 s to import Airflow four times
UI_PORT = 8080  # Airflow's usual port, if it is free; CROSSCHECK_UI_PORT asks for another, 0 for any
# Exports at one time from two gateways, which are shared systems, and as many tasks: an export is mostly waited for, so
# that four left a fifth of two cores idle; a sixth takes some 90 MiB, with which all processes together exceeded 2 GB
POOL_SLOTS = PARALLELISM = 5
# What the scheduler sleeps when nothing has happened. The default of 1 s is most of a short task's time; in a backfill
# nobody waits for the next task, and to look at all of its runs ten times a second took a fifth of all CPU time
WATCHED_SECONDS, BACKFILL_SECONDS = 0.1, 0.5
OWNER, PIPELINE, PAGES = "warehouse", "crosscheck_etl", "desk"  # logins of the warehouse: schema, stages, pages
ROLES = ["analyst", "investigator", "reviewer", "privacy_officer", PIPELINE, "owner"]  # as whom one may ask it here
RETENTION = ("CROSSCHECK_LANDING_DAYS", "CROSSCHECK_STAGING_DAYS")  # the user's to set
# glibc gives each of the API server's forty threads a heap of its own; Arrow's own allocator keeps what is freed: a
# gateway held 180 to 280 MB after two minutes, with the system's 95 to 135, at no more CPU time
FRUGAL = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
# A gateway makes tables of some megabytes and drops them. glibc raises its limits to the largest piece that was freed;
# if they stay at the first, a gateway holds 125 MB instead of 150 to 175, at 8 % more of its CPU time, which is 3 % of
# a backfill's
GIVES_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}  # bytes
Say = Callable[[str], None]


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
            _run(
                [
                    *[sys.executable, "-m", "include.simulator", "generate", "--scenario", world.scenario],
                    *["--seed", str(world.seed), "--out", str(world.agencies)],
                ],
                env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
                log=world.logs / "simulator.log",
            )
    WorldOnDisk.open(world.agencies)  # raises if it is of another version
    return world


@contextmanager
def warehouse(home: Home, world: World) -> Iterator[str]:
    """The warehouse of a world, migrated; the connection string of the pipeline's login.

    PostgreSQL runs as long as the block does.
    """
    with home.postgres.running() as server:
        database = _warehouse(world)
        server.ensure_database(database, OWNER)
        dsn = server.dsn(database, PIPELINE)
        stamp = world.folder / "warehouse.stamp"
        wanted = _fingerprint(*(CHECKOUT / "include" / room for room in ("warehouse", "reporting/sql", "contracts")))
        if not stamp.exists() or stamp.read_text() != wanted:
            _migrate_warehouse(home, world, dsn)
            stamp.write_text(wanted)
        yield dsn


def connection_string(home: Home, world: World, role: str) -> str:
    """To ask the warehouse of a world as `role`: one of `ROLES`."""
    if role not in ROLES:
        raise ValueError(f"role [{role}] is none of {', '.join(ROLES)}")
    login = {PIPELINE: PIPELINE, "owner": OWNER}.get(role)
    if login:
        return home.postgres.dsn(_warehouse(world), login)
    return as_role(home.postgres.dsn(_warehouse(world), PAGES), role)


def pipeline_settings(home: Home, world: World, dsn: str) -> Settings:
    """What the stages need that call no gateway: no gateway runs."""
    return Settings.from_env(_pipeline_env(home, world, dsn, dict.fromkeys(AGENCIES, 0)))


@contextmanager
def gateways(home: Home, world: World, dsn: str) -> Iterator[Settings]:
    """Both gateways alone, and the settings to use them without Airflow."""
    ports: dict[str, int | str] = {"tecs": free_port(), "uscis": free_port()}
    env = _pipeline_env(home, world, dsn, ports)
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
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            ports, components, check, usage = _wait_for(place), dict[str, Child](), _nothing, Usage({})
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
            settings=Settings.from_env(_pipeline_env(home, world, dsn, ports)),
            url=str(ports["url"]),
            password=home.secret("airflow_password"),
        )


@contextmanager
def _start(
    home: Home, world: World, dsn: str, say: Say, triggerer: bool, idle_seconds: float
) -> Iterator[tuple[dict[str, int | str], dict[str, Child], Callable[[], None], Usage]]:
    children: list[Child] = []
    api_port = _usable(_ui_port())
    ports: dict[str, int | str] = {
        "tecs": free_port(),
        "uscis": free_port(),
        "api": api_port,
        "logs": free_port(),
        "url": f"http://127.0.0.1:{api_port}",
    }
    _prepare_airflow(home, world)
    env = {
        **_airflow_env(home, world, ports),
        **_pipeline_env(home, world, dsn, ports),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": str(idle_seconds),
    }

    def start(name: str, *command: str) -> None:
        children.append(Child(name, [sys.executable, "-m", *command], env, world.logs / f"{name}.log", CHECKOUT))

    try:
        children += _start_gateways(world, env, ports)
        _migrate_airflow(home, world, env, say)
        say("starting Airflow")
        for component in ("api-server", "scheduler", "dag-processor", *(["triggerer"] if triggerer else [])):
            start(component, "airflow", component)

        def check() -> None:
            for child in children:
                child.check()
            if home.postgres.port is None:
                raise RuntimeError(f"[PostgreSQL] ended; see [{home.postgres.log}]; the next command repairs it")

        _wait_until_ready(home, ports, check, world.logs)
        components = {child.name: child for child in children}
        processes = {name: child.process.pid for name, child in components.items()}
        processes |= {"PostgreSQL": home.postgres.pid or 0, "this command": os.getpid()}
        yield ports, components, check, Usage(processes, split="scheduler")
    finally:
        stop_all(children)


def _start_gateways(world: World, env: Mapping[str, str], ports: Mapping[str, int | str]) -> list[Child]:
    serve = [sys.executable, "-m", "include.simulator", "serve", "--world", str(world.agencies)]
    return [
        Child(
            f"gateway-{agency}",
            [
                *serve,
                "--agency",
                agency,
                "--port",
                str(ports[agency]),
                "--token-env",
                f"CROSSCHECK_{agency.upper()}_TOKEN",
            ],
            {**env, **GIVES_BACK, "PYTHONPATH": str(CHECKOUT)},
            world.logs / f"gateway-{agency}.log",
            CHECKOUT,
        )
        for agency in AGENCIES
    ]


def _wait_until_ready(home: Home, ports: Mapping[str, int | str], check: Callable[[], None], logs: Path) -> None:
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
    api.ensure_pool("gateways", POOL_SLOTS, "exports at one time: the gateways are shared systems")


def _airflow_env(home: Home, world: World, ports: Mapping[str, int | str]) -> dict[str, str]:
    """What Airflow's components find: our code, their configuration, connections, and what the pages are told."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "CROSSCHECK", "PYTHON"))}
    return inherited | {
        "PYTHONPATH": str(CHECKOUT),
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
        "AIRFLOW_HOME": str(world.airflow),
        "CROSSCHECK_DESK_ROLES": os.environ.get("CROSSCHECK_DESK_ROLES", f"{USER}=reviewer"),
        "CROSSCHECK_AUDIT_KEY": home.secret("audit_key"),
        **_airflow_options(home, world, ports),
        **_airflow_connections(home, world, ports),
    }


def _airflow_options(home: Home, world: World, ports: Mapping[str, int | str]) -> dict[str, str]:
    """Airflow's configuration: environment only, no airflow.cfg to keep in step."""
    return {
        "AIRFLOW__CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(PARALLELISM),  # idle workers are forked at once
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_airflow_users(world)),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": home.postgres.uri(_metadata(world), "airflow", "postgresql+psycopg2"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(ports["api"]),
        "AIRFLOW__API__BASE_URL": str(ports["url"]),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": home.secret("airflow_api"),
        "AIRFLOW__API_AUTH__JWT_SECRET": home.secret("airflow_jwt"),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_HOST": "127.0.0.1",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(ports["logs"]),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        # a DAG file that changed is parsed at the next look all the same; parsing all each 30 s takes 3 % of a core
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
        # a task whose process was killed is tried again after half a minute, not after five
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
        # and one that a killed scheduler had queued is taken up after 20 s, not after five minutes
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "20",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def _airflow_connections(home: Home, world: World, ports: Mapping[str, int | str]) -> dict[str, str]:
    """What DAGs and pages find by name."""
    gateways = {
        f"AIRFLOW_CONN_{agency.upper()}_GATEWAY": json.dumps(
            {
                "conn_type": "http",
                "host": "127.0.0.1",
                "port": ports[agency],
                "password": home.secret(f"{agency}_token"),
            }
        )
        for agency in AGENCIES
    }
    return {
        "AIRFLOW_CONN_WAREHOUSE": home.postgres.uri(_warehouse(world), PIPELINE, "postgres"),
        "AIRFLOW_CONN_DESK": home.postgres.uri(_warehouse(world), PAGES, "postgres"),
        **gateways,
    }


def _airflow_users(world: World) -> Path:
    """Where Airflow's simple login finds its passwords."""
    return world.airflow / "passwords.json"


def _pipeline_env(home: Home, world: World, dsn: str, ports: Mapping[str, int | str]) -> dict[str, str]:
    return {
        "CROSSCHECK_WAREHOUSE_DSN": dsn,
        "CROSSCHECK_LANDING": str(world.folder / "landing"),
        "CROSSCHECK_STAGING": str(world.folder / "staging"),
        "CROSSCHECK_QUARANTINE_KEY": home.secret("quarantine_key"),
        "CROSSCHECK_WORLD_START": world.first_day.isoformat(),
        "CROSSCHECK_WORLD_END": world.last_night.isoformat(),
        "CROSSCHECK_RETRY_SECONDS": "2",  # simulated gateways recover at once
        "CROSSCHECK_HOLD_LOOK_SECONDS": "15",  # on one machine somebody is watching
        **FRUGAL,
        **{name: os.environ[name] for name in RETENTION if name in os.environ},
        **{f"CROSSCHECK_{agency.upper()}_URL": f"http://127.0.0.1:{ports[agency]}" for agency in AGENCIES},
        **{f"CROSSCHECK_{agency.upper()}_TOKEN": home.secret(f"{agency}_token") for agency in AGENCIES},
    }


def _prepare_airflow(home: Home, world: World) -> None:
    """Its folder: who may log in, and what workers find imported. They are forked from the scheduler, so that what that
    has imported costs a task nothing (docs/performance.md)."""
    config = world.airflow / "config"
    config.mkdir(parents=True, exist_ok=True)
    if not (users := _airflow_users(world)).exists():
        users.touch(mode=0o600)
        users.write_text(json.dumps({USER: home.secret("airflow_password")}))
    shutil.copyfile(Path(__file__).with_name("airflow_local_settings.py"), config / "airflow_local_settings.py")


def _migrate_warehouse(home: Home, world: World, dsn: str) -> None:
    """In a process of its own: a command that runs for minutes would keep what migrating takes, 50 MB."""
    env = {
        **os.environ,
        **_pipeline_env(home, world, dsn, dict.fromkeys(AGENCIES, 0)),
        "CROSSCHECK_OWNER_DSN": home.postgres.dsn(_warehouse(world), OWNER),
        "CROSSCHECK_DESK_DSN": home.postgres.dsn(_warehouse(world), PAGES),
        "PYTHONPATH": str(CHECKOUT),
    }
    migrate = "from include import pipeline, settings; pipeline.migrate(settings.Settings.from_env())"
    _run([sys.executable, "-c", migrate], env=env, log=world.logs / "migrate.log")


def _migrate_airflow(home: Home, world: World, env: Mapping[str, str], say: Say) -> None:
    from importlib.metadata import version

    stamp = world.airflow / f"metadata-{version('apache-airflow')}.stamp"
    if not stamp.exists():
        say("setting up Airflow's metadata database")
        home.postgres.ensure_database(_metadata(world), "airflow")
        _run([sys.executable, "-m", "airflow", "db", "migrate"], env=env, log=world.logs / "airflow-migrate.log")
        stamp.touch()


def _metadata(world: World) -> str:
    return f"airflow_{world.name}"


def _warehouse(world: World) -> str:
    return f"warehouse_{world.name}"


def _run(command: list[str], env: Mapping[str, str], log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(
            command, env=dict(env), cwd=CHECKOUT, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise RuntimeError(f"[{' '.join(command[1:4])}] failed: {last[0] if last else done.returncode}; see [{log}]")


def _nothing() -> None:
    """The components are another command's to watch."""


def _wait_for(place: Path) -> dict[str, int | str]:
    deadline = time.monotonic() + START_SECONDS
    while not place.exists():
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"another command holds this world but is not ready after [{START_SECONDS:.0f}] s; stop it"
            )
        time.sleep(0.2)
    ports: dict[str, int | str] = json.loads(place.read_text())
    return ports


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


def _fingerprint(*folders: Path) -> str:
    """Changes when a file of the folders does."""
    from hashlib import sha256

    digest = sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".sql", ".py", ".yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
