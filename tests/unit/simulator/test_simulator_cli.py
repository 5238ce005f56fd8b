"""The command line, as a person and a Makefile use it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "include.simulator", *arguments]
    return subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=False)


def test_an_unknown_scenario_is_one_line_and_exit_2(tmp_path: Path) -> None:
    result = run("generate", "--scenario", "nope", "--out", str(tmp_path / "w"))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("unknown scenario [nope]; known: ")
    assert result.stderr.count("\n") == 1


def test_describe_shows_the_scenario() -> None:
    result = run("describe", "--scenario", "nightly", COLUMNS="120")
    assert result.returncode == 0
    for word in ("20140930", "petitions", "20000", "vietnamese", "dropped_surname", "job_failed"):
        assert word in result.stdout


@pytest.mark.parametrize("what", [(), ("--petitions",)])
def test_a_look_at_people_and_petitions_of_a_culture(what: tuple[str, ...]) -> None:
    result = run("look", "--culture", "thai", "--number", "3", *what)
    assert result.returncode == 0
    assert "culture thai, seed 0: SIMULATED" in result.stdout
    refused = run("look", "--culture", "klingon", *what)
    assert refused.returncode == 2
    assert refused.stderr.startswith("unknown culture [klingon]; known: anglo, arabic")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_when_it_is_ready_and_stops_cleanly(clean: Path, stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "include.simulator", "serve", "--world", str(clean), "--agency", "tecs"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--token-env", "GATEWAY_TOKEN"],
        env=os.environ | {"GATEWAY_TOKEN": "secret"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    word, url = process.stdout.readline().split()
    assert word == "ready"
    assert httpx.get(f"{url}/health").json() == {"status": "ok"}
    assert httpx.get(f"{url}/v1/datasets", headers={"Authorization": "Bearer secret"}).status_code == 200
    process.send_signal(stop)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--token-env": "NO_SUCH_TOKEN"}, "environment variable [NO_SUCH_TOKEN] is empty"),
        ({"--agency": "fbi"}, "unknown agency [fbi]"),
        ({"--world": "/nonexistent"}, "holds no world"),
    ],
)
def test_serve_refuses_in_one_line(clean: Path, change: dict[str, str], message: str) -> None:
    options = {"--world": str(clean), "--agency": "tecs", "--token-env": "GATEWAY_TOKEN"} | change
    result = run("serve", *(word for pair in options.items() for word in pair), GATEWAY_TOKEN="secret")
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
