"""What the processes of a world are told: all of it by the environment."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from include.contracts.model import Agency
from include.local.home import CHECKOUT, Home, World
from include.local.warehouse import PAGES, PIPELINE
from include.settings import Settings

USER = "admin"
AGENCIES = [agency.value for agency in Agency]
# Exports at one time from two gateways, which are shared systems, and as many tasks: an export is mostly waited for, so
# that four left a fifth of two cores idle; with seven and six runs the ten years of `audit` hold 1,832 MiB of 2,048
POOL_SLOTS = PARALLELISM = 7
RETENTION = ("CROSSCHECK_LANDING_DAYS", "CROSSCHECK_STAGING_DAYS")  # the user's to set
# glibc gives each of the API server's forty threads a heap of its own; Arrow's own allocator keeps what is freed: a
# gateway held 180 to 280 MB after two minutes, with the system's 95 to 135, at no more CPU time
FRUGAL = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
# A gateway makes tables of some megabytes and drops them. glibc raises its limits to the largest piece that was freed;
# if they stay at the first, a gateway holds 125 MB instead of 150 to 175, at 8 % more of its CPU time, which is 3 % of
# a backfill's
GIVES_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}  # bytes


def airflow_env(home: Home, world: World, ports: Mapping[str, int | str]) -> dict[str, str]:
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
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(world.passwords),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": home.postgres.uri(world.metadata, "airflow", "postgresql+psycopg2"),
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
        "AIRFLOW_CONN_WAREHOUSE": home.postgres.uri(world.warehouse, PIPELINE, "postgres"),
        "AIRFLOW_CONN_DESK": home.postgres.uri(world.warehouse, PAGES, "postgres"),
        **gateways,
    }


def pipeline_env(home: Home, world: World, dsn: str, ports: Mapping[str, int | str]) -> dict[str, str]:
    """What the stages find."""
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


def pipeline_settings(home: Home, world: World, dsn: str) -> Settings:
    """What the stages need that call no gateway: no gateway runs."""
    return Settings.from_env(pipeline_env(home, world, dsn, dict.fromkeys(AGENCIES, 0)))
