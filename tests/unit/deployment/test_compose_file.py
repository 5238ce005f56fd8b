"""What docker-compose.yaml promises can be read off it; that it works is `make test-compose`."""

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from include.local import dotenv
from include.local.postgres import SETTINGS
from include.simulator.scenario import load as load_scenario

CHECKOUT = Path(__file__).parents[3]
TEXT = (CHECKOUT / "docker-compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
ONE_SHOT = {"init", "databases", "world"}
LASTING = sorted(set(SERVICES) - ONE_SHOT)
SIMULATED = {"world", "gateway-tecs", "gateway-uscis"}
SECRET_WORDS = ("PASSWORD", "SECRET", "TOKEN", "KEY")
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def env_values(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


def test_the_services_are_those_of_the_deployment():
    assert set(SERVICES) == {
        *("api-server", "scheduler", "dag-processor", "triggerer", "worker", "postgres", "redis"),
        *ONE_SHOT,
        *SIMULATED,
    }
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["simulated"]} == SIMULATED


@every_service
def test_is_hardened(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert "privileged" not in service
    assert "docker.sock" not in str(service)


@every_service
def test_is_not_root(name):
    service = SERVICES[name]
    if service["image"] == "crosscheck:local":
        users = re.findall(r"^USER (.+)$", (CHECKOUT / "Dockerfile").read_text(), re.M)
        assert users == ["crosscheck"]
        assert "user" not in service
    else:
        assert service["user"] in ("postgres", "redis")


@every_service
def test_has_limits(name):
    limits = SERVICES[name]["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}


@every_service
def test_image_is_pinned_and_no_registry_is_asked_without_need(name):
    service = SERVICES[name]
    assert re.fullmatch(r"crosscheck:local|(postgres|redis):\d+(\.\d+)?-bookworm", service["image"])
    assert service.get("pull_policy") != "always"
    assert ("build" in service) == (name == "init"), "one service builds the image of all"


@pytest.mark.parametrize("name", LASTING)
def test_lasting_service_has_a_healthcheck_and_restarts(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_one_shot_service_ends_and_somebody_waits_for_it(name):
    assert SERVICES[name]["restart"] == "no"
    waiting = [s for s in SERVICES.values() if name in s.get("depends_on", {})]
    assert any(s["depends_on"][name]["condition"] == "service_completed_successfully" for s in waiting)


@every_service
def test_waits_until_what_it_needs_is_ready_not_only_started(name):
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if needed in ONE_SHOT else "service_healthy"
        assert how["condition"] == expected


@pytest.mark.parametrize("name", ["scheduler", "dag-processor", "triggerer", "worker"])
def test_the_api_server_comes_before_everything_that_calls_it(name):
    assert SERVICES[name]["depends_on"]["api-server"]["condition"] == "service_healthy"


def test_only_the_api_is_published_and_only_on_loopback():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api-server": ["127.0.0.1:${CROSSCHECK_PORT:-8080}:8080"]}


def test_only_who_talks_to_the_world_has_a_way_out():
    assert yaml.safe_load(TEXT)["networks"]["inside"]["internal"] is True
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {"api-server", "worker"}


def test_secrets_are_required_and_have_no_default():
    for name, rule in VARIABLE.findall(TEXT):
        if name.endswith(SECRET_WORDS):
            assert rule == ":?run `make env`", name
    for service in SERVICES.values():  # nor is one written out
        for key, value in (service.get("environment") or {}).items():
            assert not key.endswith(SECRET_WORDS) or value.startswith("${"), key
    assert all(password.startswith("${") for password in re.findall(r"://[^:/\s]*:([^@\s]+)@", TEXT))


def test_env_has_every_secret_that_compose_asks_for_and_no_other_name():
    asked = set(VARIABLE.findall(TEXT))
    written = env_values(dotenv.render())
    assert {name for name, rule in asked if rule.startswith(":?")} <= set(written)
    assert set(written) - {"COMPOSE_PROFILES"} <= {name for name, _ in asked}


def test_connections_are_known_only_where_they_are_used():
    def knowing(connection: str) -> set[str]:
        return {name for name, service in SERVICES.items() if connection in (service.get("environment") or {})}

    assert knowing("AIRFLOW_CONN_WAREHOUSE_OWNER") == {"init"}
    assert knowing("AIRFLOW_CONN_WAREHOUSE") == {"init", "worker"}
    assert knowing("AIRFLOW_CONN_DESK") == {"init", "api-server"}
    assert knowing("CROSSCHECK_AUDIT_KEY") == {"api-server"}
    assert knowing("AIRFLOW_CONN_TECS_GATEWAY") == knowing("AIRFLOW_CONN_USCIS_GATEWAY") == {"init", "worker"}


def test_postgres_keeps_personal_data_out_of_its_log_as_on_one_machine():
    given = dict(option[2:].split("=", 1) for option in SERVICES["postgres"]["command"] if option.startswith("-c"))
    private = {key: value for key, value in SETTINGS.items() if key.startswith("log_")}
    assert private
    assert {key: given.get(key) for key in private} == private


def test_data_lies_on_named_volumes():
    named = set(yaml.safe_load(TEXT)["volumes"])
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert mounted == named == {"postgres", "landing", "staging", "logs", "world"}


def test_build_context_is_a_list_of_what_goes_in():
    lines = [line for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    assert {line for line in lines if line.startswith("!")} == {"!dags", "!include", "!plugins", "!requirements.txt"}


def test_build_asks_no_registry_for_a_frontend():
    assert not (CHECKOUT / "Dockerfile").read_text().startswith("# syntax")


def test_env_dates_are_those_of_its_scenario():
    values = env_values(dotenv.render())
    scenario = load_scenario(values["CROSSCHECK_SCENARIO"])
    assert values["CROSSCHECK_WORLD_START"] == scenario.first_day.isoformat()
    assert values["CROSSCHECK_WORLD_END"] == scenario.last_night.isoformat()


def test_env_secrets_are_long_distinct_fresh_and_safe_in_urls_json_and_sql():
    first, second = (
        {k: v for k, v in env_values(dotenv.render()).items() if k.endswith(SECRET_WORDS)} for _ in range(2)
    )
    assert len(first) == len(dotenv.SECRETS)
    assert len(set(first.values()) | set(second.values())) == 2 * len(first)
    for name, value in first.items():
        assert len(value) >= 43, name  # 32 bytes in base 64
        assert re.fullmatch(r"[A-Za-z0-9_=-]+", value), name
    Fernet(first["CROSSCHECK_FERNET_KEY"])


def make_env(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    script = CHECKOUT / "include/local/dotenv.py"  # -I: as on a machine where nothing is installed
    return subprocess.run([sys.executable, "-I", script, *arguments], capture_output=True, text=True, check=False)


def test_env_is_its_owners_alone_and_no_secret_is_shown(tmp_path):
    path = tmp_path / ".env"
    done = make_env(path)
    assert done.returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [".env"]
    for value in env_values(path.read_text()).values():
        assert len(value) < 32 or value not in done.stdout + done.stderr


def test_env_that_is_there_is_left_alone_unless_forced(tmp_path):
    path = tmp_path / ".env"
    path.write_text("CROSSCHECK_ADMIN_PASSWORD=mine\n")
    refused = make_env(path)
    assert refused.returncode == 1
    assert "was left alone" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert path.read_text() == "CROSSCHECK_ADMIN_PASSWORD=mine\n"
    assert make_env(path, "--force").returncode == 0
    assert "=mine" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_env_into_a_folder_that_is_not_there_is_one_line(tmp_path):
    refused = make_env(tmp_path / "nowhere" / ".env")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
