"""Bad input at the command line: one line that names the thing, an exit status that is not 0, no traceback."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from include.__main__ import app

pytestmark = pytest.mark.integration

CHECKOUT = Path(__file__).parents[2]
PROGRESS = re.compile(r"\d\d:\d\d:\d\d ")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def run(home: Path, *arguments: str, checkout: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "CROSSCHECK_HOME": str(home)}
    command = [sys.executable, "-m", "include", *arguments]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, timeout=500, check=False)


def run_here(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same in this process: a new one takes longer to import everything than the command to say what is wrong."""
    ended_by = signal.getsignal(signal.SIGTERM)
    done = CliRunner().invoke(app, arguments, env={"CROSSCHECK_HOME": str(home)}, catch_exceptions=False)
    signal.signal(signal.SIGTERM, ended_by)
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error that is not progress (which begins with the time)."""
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = [line for line in done.stderr.splitlines() if not PROGRESS.match(line)]
    assert line.startswith("crosscheck: ")
    return line


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nightly", "--scenario", "smoke", "--date", "2031-01-01"], "[2031-01-01]"),
        (["nightly", "--scenario", "smoke", "--date", "nonsense"], "[nonsense]"),
        (["nightly", "--scenario", "nope"], "[nope]"),
        (["backfill", "--scenario", "smoke", "--from", "2014-09-12", "--to", "2014-09-10"], "[2014-09-12]"),
        (["backfill", "--scenario", "smoke", "--from", "", "--to", "2014-09-10"], "FROM []"),
        (["sql", "--scenario", "smoke", " "], "nothing is asked"),
        (["sql", "--scenario", "smoke", "select nonsense"], "nonsense"),
        (["sql", "--scenario", "smoke", "--role", "nobody", "select 1"], "[nobody]"),
        (["sql", "--scenario", "smoke", "select * from quarantine.row"], "[analyst] may not"),
        (["sql", "--scenario", "smoke", "select * from quarantine.row"], "ROLE= asks as another: investigator, "),
        (["sql", "--scenario", "smoke", "select * from report.leads"], "docs/reports.md lists the reports"),
        (["sql", "--scenario", "smoke", "--role", "owner", "delete from ops.run returning 1"], "read-only transaction"),
        (["sql", "--scenario", "smoke", "--known-at", "soon", "select * from report.reference"], '"soon"'),
        (["verify-audit", "--scenario", "smoke", "--head", "7"], "[7]"),
    ],
)
def test_it_says_what_is_wrong_in_one_line(home: Path, arguments: list[str], named: str) -> None:
    assert named in complaint(run_here(home, *arguments))


def test_a_purge_without_a_policy_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CROSSCHECK_LANDING_DAYS", raising=False)
    monkeypatch.delenv("CROSSCHECK_STAGING_DAYS", raising=False)
    done = run_here(home, "purge", "--scenario", "smoke")
    assert (done.returncode, "neither CROSSCHECK_LANDING_DAYS nor" in done.stdout) == (0, True)
    monkeypatch.setenv("CROSSCHECK_STAGING_DAYS", "1")
    assert "removed 0 landed" in run_here(home, "purge", "--scenario", "smoke").stdout


def test_sql_answers_as_csv(home: Path) -> None:
    done = run(home, "sql", "--scenario", "smoke", "select 'é, \"x\"' as one, null as two")
    assert done.returncode == 0, done.stderr
    assert done.stdout == 'one,two\n"é, ""x""",\n'


@pytest.mark.parametrize(("options", "shown"), [([], "'=1+1"), (["--raw"], "=1+1")])
def test_sql_is_safe_for_a_spreadsheet_unless_it_is_for_a_program(home: Path, options: list[str], shown: str) -> None:
    done = run_here(home, "sql", "--scenario", "smoke", *options, "select '=1+1' as one, 'é' as two, -1 as three")
    assert done.stdout == f"one,two,three\n{shown},é,-1\n", done.stderr


@pytest.mark.parametrize("end", [";", " ;; ", "; -- as it stands in the documents", " -- without", ";\n-- a\n-- b\n"])
def test_sql_takes_a_statement_as_it_is_copied(home: Path, end: str) -> None:
    done = run_here(home, "sql", "--scenario", "smoke", f"select '; -- no end' as one{end}")
    assert done.stdout == "one\n; -- no end\n", done.stderr


@pytest.mark.parametrize(
    ("role", "current"),
    [
        *((role, role) for role in ("analyst", "investigator", "reviewer", "privacy_officer", "crosscheck_etl")),
        ("owner", "warehouse"),
    ],
)
def test_one_asks_as_whom_one_says(home: Path, role: str, current: str) -> None:
    done = run_here(home, "sql", "--scenario", "smoke", "--role", role, "select current_user as me")
    assert done.stdout.split() == ["me", current], done.stderr


def test_an_untouched_trail_ends_with_status_0(home: Path) -> None:
    done = run(home, "verify-audit", "--scenario", "smoke")
    assert (done.returncode, done.stdout) == (0, "no entry yet\n")


def test_a_lost_password_is_one_line(home: Path) -> None:
    assert run(home, "sql", "--scenario", "smoke", "select 1").returncode == 0
    passwords = home / "postgres/passwords.json"
    known = passwords.read_text()
    passwords.write_text("{}")
    said = complaint(run(home, "sql", "--scenario", "smoke", "select 1"))
    assert "password authentication failed" in said
    assert "`make clean` starts afresh" in said
    passwords.write_text(known)


def test_clean_refuses_while_a_command_runs_and_leaves_what_is_not_ours(home: Path) -> None:
    assert run(home, "sql", "--scenario", "smoke", "select 1").returncode == 0
    (home / "thesis.txt").write_text("years of work")
    (home / "hostile.json").write_text("{}")
    hold = "import sys; from pathlib import Path; from include.local.home import Home\n"
    hold += "with Home(Path(sys.argv[1])).postgres.running(): print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(home)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout is not None
        user.stdout.readline()
        refused = run(home, "clean")
        user.communicate()
    assert refused.returncode == 1
    assert refused.stderr == f"crosscheck: a command still uses [{home}]; stop it first (Ctrl-C in `make up`)\n"
    assert len(list(home.iterdir())) > 1
    assert run(home, "clean").returncode == 0
    assert [path.name for path in home.iterdir()] == ["thesis.txt"]
    (home / "thesis.txt").unlink()
    assert run(home, "clean").returncode == 0
    assert not home.exists()


def test_a_home_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for arguments in (["clean"], ["sql", "select 1"], ["nightly", "--scenario", "smoke"]):
        assert str(tmp_path / "file") in complaint(run(tmp_path / "file" / "home", *arguments))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda text: text.replace("agency: tecs", "agency: nobody"), "key [agency]"),
        (lambda text: text + "\nkey: [\n", "line ["),
        (lambda text: text.replace("dataset: tecs_arrests", "dataset: tecs_fines"), "describes dataset [tecs_fines]"),
    ],
    ids=["value", "YAML", "name"],
)
def test_a_malformed_contract_is_named(tmp_path: Path, spoil: Callable[[str], str], named: str) -> None:
    shutil.copytree(CHECKOUT / "include", tmp_path / "include", ignore=shutil.ignore_patterns("__pycache__"))
    contract = tmp_path / "include/contracts/tecs_arrests.yaml"
    before = contract.read_text()
    contract.write_text(spoil(before))
    assert contract.read_text() != before
    said = complaint(run(tmp_path / "home", "nightly", "--scenario", "smoke", checkout=tmp_path))
    assert said.startswith("crosscheck: contract [tecs_arrests.yaml]")
    assert named in said
