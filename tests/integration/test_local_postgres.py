"""The private server after what people do to it: two commands at once, `kill -9`, a process number that is reused."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest
from nights import CHECKOUT, NO_FSYNC

from include.local import postgres
from include.local.postgres import Postgres

pytestmark = pytest.mark.integration

# holds the server until its standard input ends
HOLD = """
import sys
from pathlib import Path
from include.local.postgres import Postgres
with Postgres(Path(sys.argv[1]), {"fsync": "off"}).running() as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("private_server")


def hold(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(folder)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def told_port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def one(server: Postgres, question: str = "select 1") -> int:
    connection = psycopg2.connect(server.dsn("postgres"))
    with connection, connection.cursor() as cursor:
        cursor.execute(question)
        (value,) = cursor.fetchone()
    connection.close()
    return value


def checkpointer_of(server: Postgres) -> int:
    return one(server, "select pid from pg_stat_activity where backend_type = 'checkpointer'")


def kill_server(server: Postgres) -> None:
    number = int((server.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(number, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while server.port is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_two_commands_at_once_set_up_one_server_and_the_last_one_stops_it(folder: Path) -> None:
    server = Postgres(folder, NO_FSYNC)
    assert server.port is None
    first, second = hold(folder), hold(folder)
    assert told_port(first) == told_port(second) == server.port
    first.communicate()
    assert one(server) == 1
    second.communicate()
    assert server.port is None
    assert first.returncode == second.returncode == 0


def test_a_killed_command_leaves_a_server_that_the_next_one_uses_and_stops(folder: Path) -> None:
    killed = hold(folder)
    port = told_port(killed)
    killed.kill()
    killed.wait()
    with Postgres(folder, NO_FSYNC).running() as server:
        assert server.port == port
        assert one(server) == 1
    assert server.port is None


@pytest.fixture(params=["dead", "zombie", "stranger"])
def owner(request: pytest.FixtureRequest) -> Iterator[int | None]:
    """What the process number in the lock file of a killed server belongs to by now."""
    if request.param == "dead":
        yield None
        return
    process = subprocess.Popen(["sleep", "0" if request.param == "zombie" else "60"])
    if request.param == "zombie":
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has asked how
    yield process.pid
    process.kill()
    process.wait()


def test_a_killed_server_is_started_again(folder: Path, owner: int | None) -> None:
    with Postgres(folder, NO_FSYNC).running() as server:
        kill_server(server)
        if owner is not None:
            lock = server.data / "postmaster.pid"
            _number, *rest = lock.read_text().splitlines(keepends=True)
            lock.write_text("".join([f"{owner}\n", *rest]))
        with Postgres(folder, NO_FSYNC).running() as again:
            assert one(again) == 1
    assert server.port is None


def test_an_empty_lock_file_is_repaired(folder: Path) -> None:
    """As a machine that lost power in the middle of a write leaves it."""
    server = Postgres(folder, NO_FSYNC)
    (server.data / "postmaster.pid").write_text("")
    with server.running():
        assert one(server) == 1


def test_a_slow_end_is_no_reason_to_delete_anything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gives up waiting for what is still written to disk is told to go on, and the next command waits for it."""
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 1)
    server = Postgres(folder, NO_FSYNC)
    command = ExitStack()
    command.enter_context(server.running())
    checkpointer = checkpointer_of(server)
    os.kill(checkpointer, signal.SIGSTOP)
    with pytest.raises(postgres.PostgresError, match="the same command goes on"):
        command.close()
    assert server.port is not None
    monkeypatch.undo()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: (time.sleep(0.5), os.kill(checkpointer, signal.SIGCONT)))
        with server.running():
            assert one(server) == 1
            assert checkpointer_of(server) != checkpointer
    assert server.port is None


def test_passwords_that_are_drawn_at_once_are_all_kept(tmp_path: Path) -> None:
    """Two first commands: a role's password that one has given to the server must be the one that the other finds."""
    server = Postgres(tmp_path)
    roles = [f"role_{number % 8}" for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(server.password, roles))
    assert drawn == [server.password(role) for role in roles]
