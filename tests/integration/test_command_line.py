"""Bad input at the command line: one line that names the thing, an exit status that is not 0, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "CROSSCHECK_HOME": str(home)}
    command = [sys.executable, "-m", "include", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nightly", "--scenario", "smoke", "--date", "2031-01-01"], "[2031-01-01]"),
        (["nightly", "--scenario", "smoke", "--date", "nonsense"], "[nonsense]"),
        (["nightly", "--scenario", "nope"], "[nope]"),
        (["backfill", "--scenario", "smoke", "--from", "2014-09-12", "--to", "2014-09-10"], "[2014-09-12]"),
        (["backfill", "--scenario", "smoke", "--from", "", "--to", "2014-09-10"], "[]"),
        (["sql", "--scenario", "smoke", "select nonsense"], "nonsense"),
    ],
)
def test_it_says_what_is_wrong_in_one_line(home: Path, arguments: list[str], named: str) -> None:
    done = run(home, *arguments)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    complaints = [line for line in done.stderr.splitlines() if line.startswith("crosscheck: ")]
    assert len(complaints) == 1, done.stderr
    assert named in complaints[0]
    assert done.stdout == ""


def test_sql_answers_as_csv(home: Path) -> None:
    done = run(home, "sql", "--scenario", "smoke", "select 'é, \"x\"' as one, null as two")
    assert done.returncode == 0, done.stderr
    assert done.stdout == 'one,two\n"é, ""x""",\n'


def test_clean_leaves_nothing(home: Path) -> None:
    assert run(home, "sql", "--scenario", "smoke", "select 1").returncode == 0
    assert any(home.iterdir())
    assert run(home, "clean").returncode == 0
    assert not home.exists()
