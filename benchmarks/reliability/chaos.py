"""Any order, same warehouse: random histories of nights, with what kills them, all end in the same contents.

    python -m benchmarks.reliability.chaos --histories 200 --seed 1

A history is a permutation of the nights of a period, some of them together, some twice, some at the same time, now and
then with the comparison of the whole period in between. While they run, a process is killed, PostgreSQL is killed, a
gateway is killed, no file may grow, the disk of PostgreSQL's tables or of its journal is full, or the clock is wrong.
What was killed is tried again, as Airflow would; then the warehouse must hold what one quiet run over them leaves.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import pickle
import random
import resource
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pyarrow.parquet as pq
from psycopg2 import sql

from benchmarks.reliability.small_disk import DISK_FULL, JOURNAL, PostgresOnSmallDisks, SmallDisk, small_disks
from include import pipeline
from include.contracts import Contract, dataset_names, load_all
from include.extraction.errors import ExtractionError, IncompleteExport
from include.interval import Interval
from include.local.postgres import Postgres, PostgresError, free_port
from include.quality import suite
from include.settings import Extraction, Gateway, Settings
from include.simulator import scenario, world
from include.warehouse.connection import WarehouseError, fetch

CHECKOUT = Path(__file__).parents[2]
TRIES = 4  # as in the DAG
RECOVERY_SECONDS = 60  # a worker that survived its server ends its statement first, on a busy machine not soon
PATIENCE_SECONDS = 2 * RECOVERY_SECONDS  # of a stage that is tried again; what has not passed by then never will
BLOWS = ("task", "postgres", "gateway", "disk", "tables", "journal", "clock")
STAGES = 43  # of a run: the books opened, four a dataset, matched, resolved
NEVER = -1
AT_MATCH, AT_RESOLVE = 41.5 / STAGES, 42.5 / STAGES
LONG = 8  # times as long as one of the others these two take, so that a blow is less often among them than by the clock
MEMORY_BYTES = 2 << 30  # a trial leaves some 100 MB; a container's /dev/shm of 64 MB is too small
LEFT = (0, 8192, 20_000)  # bytes on a disk that is full: none, a block of PostgreSQL's, some
SIZES = {"disk": range(1, 20_000), "tables": LEFT, "journal": LEFT, "clock": (-100, -1, 1, 100)}
TABLES = "small_disk"  # tablespace of the warehouses
LAST = datetime(2014, 10, 1, tzinfo=UTC)  # end of the scenario `smoke`
CLOCKS = ("include.pipeline", "include.extraction", "include.warehouse")  # whose modules ask for the time
FORK = multiprocessing.get_context("fork")  # a child has imported everything when it starts

# A crash of the processes loses nothing that the kernel has, so fsync would only make 200 histories slower. Commits
# stay synchronous: what waits in PostgreSQL's own memory is lost with it.
NO_FSYNC = {"fsync": "off"}
# Its gateways break, fail and lie, and ask for no wait: a history is to be killed, not to sleep.
WAITS = {"too_many_requests": 0.0, "unavailable": 0.0, "stall": 0.0, "job_failed_last_night": ()}


@dataclass(frozen=True)
class Step:
    """Runs that begin at the same time, and what strikes the first of them when."""

    intervals: tuple[Interval, ...]
    blow: str | None
    moment: float  # share of the first run's stages that are done by then
    delay: float  # share of a usual stage that passes before something is killed
    size: int  # of the blow: bytes that a file may have or tables find, hours that the clock is wrong
    is_compared: bool = False  # as `screen_monthly` does: what is held is compared, and what differs is fetched


def history(seed: int, nights: int) -> list[Step]:
    """A history of the last nights of the world: each of them in at least one run."""
    luck = random.Random(seed)
    starts = [LAST - timedelta(days=back) for back in range(1, nights + 1)]
    luck.shuffle(starts)
    starts += luck.choices(starts, k=luck.randint(0, nights - 1))
    intervals = [Interval(at, min(LAST, at + timedelta(days=luck.choice((1, 1, 2))))) for at in starts]
    steps = []
    while intervals:
        together = 2 if len(intervals) > 1 and luck.random() < 0.3 else 1
        blow = luck.choice(BLOWS) if luck.random() < 0.7 else None
        moment, delay, size = luck.random(), luck.random(), luck.choice(SIZES.get(blow or "", (0,)))
        if blow in ("tables", "journal", "task", "postgres") and luck.random() < 0.3:
            moment, delay = luck.choice((AT_MATCH, AT_RESOLVE)), delay * LONG
        steps.append(Step(tuple(intervals.pop() for _ in range(together)), blow, moment, delay, size))
    if luck.random() < 0.3:  # the month is screened in between
        whole = Interval(LAST - timedelta(days=nights), LAST)
        steps.insert(luck.randint(0, len(steps)), Step((whole,), None, 0.0, 0.0, 0, is_compared=True))
    return steps


@dataclass
class Place:
    """A server, both gateways of a world, and where runs leave their files."""

    folder: Path
    world: Path
    server: Postgres
    tokens: dict[str, str]
    ports: dict[str, int]
    gateways: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    usual_seconds: float = 0.1  # of a stage
    blows: Counter[str] = field(default_factory=Counter)
    disk: SmallDisk | None = None  # of the tables; None where none can be had
    journal: SmallDisk | None = None  # of the journal; the same
    full: Counter[str] = field(default_factory=Counter)  # stage that PostgreSQL refused for a full disk -> how often
    stops: int = 0  # of the server, by itself

    def settings(self, database: str) -> Settings:
        """Asked for anew before each try: PostgreSQL comes back on another port."""
        return Settings(
            warehouse_dsn=self.server.dsn(database, "crosscheck_etl"),
            owner_dsn=self.server.dsn(database, "warehouse"),
            desk_dsn=self.server.dsn(database, "desk"),
            landing=self.folder / database / "landing",
            staging=self.folder / database / "staging",
            gateways={
                agency: Gateway(f"http://127.0.0.1:{port}", self.tokens[agency]) for agency, port in self.ports.items()
            },
            quarantine_secrets=("a-secret-of-a-trial-that-is-long-enough",),
            extraction=Extraction(
                read_seconds=2.0, backoff_seconds=0.02, backoff_max_seconds=0.2, poll_seconds=0.01, job_seconds=5.0
            ),
        )

    def serve(self, agency: str) -> None:
        """Start a gateway on its port, and return when it listens."""
        command = [sys.executable, "-m", "include.simulator", "serve", "--world", str(self.world), "--agency", agency]
        self.gateways[agency] = subprocess.Popen(  # noqa: S603 -- our own module
            [*command, "--port", str(self.ports[agency]), "--token-env", "GATEWAY_TOKEN"],
            cwd=CHECKOUT,
            env={**os.environ, "GATEWAY_TOKEN": self.tokens[agency], "TMPDIR": str(self.folder)},  # a killed one leaves
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.gateways[agency].stdout.readline().startswith("ready"), f"gateway [{agency}] did not start"

    def kill_gateway(self, agency: str) -> None:
        self.gateways[agency].kill()
        self.gateways[agency].wait()
        self.serve(agency)

    def kill_postgres(self) -> None:
        """SIGKILL of the server; its workers follow."""
        os.kill(int((self.server.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        self.start_postgres()

    def start_postgres(self) -> None:
        """Start it unless it runs, and return when it answers. It recovers, for which it may wait for old workers."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while time.monotonic() < deadline:
            with suppress(PostgresError, psycopg2.OperationalError), self.server.running():  # the outer one keeps it
                psycopg2.connect(self.server.dsn("postgres")).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not come back: [{self.server.log.read_text().splitlines()[-3:]}]")

    def fill(self, disk: SmallDisk, left: int) -> None:
        """Fill a disk. The next write to a journal's meets it: PostgreSQL has begun no file there that has room."""
        disk.fill(left)
        if disk is self.journal:
            with suppress(psycopg2.Error):
                self.execute("select pg_switch_wal()")

    def make_room(self) -> None:
        """Both disks are as before."""
        for disk in filter(None, (self.disk, self.journal)):
            disk.free()

    def watch(self, processes: list[Any]) -> None:
        """Until they have ended. A server that stops by itself finds no room for its journal; that may be when the run
        which filled it has ended, and another one is at work."""
        while any(process.is_alive() for process in processes):
            if self.server.pid is None:
                self.stops += 1
                self.make_room()
                self.start_postgres()
            time.sleep(0.02)
        self.make_room()
        self.start_postgres()

    @contextmanager
    def warehouse(self, name: str) -> Iterator[str]:
        """A copy of the migrated, empty warehouse."""
        self.execute(
            "create database {} template {} owner warehouse tablespace {}", name, "template_warehouse", self._tablespace
        )
        try:
            yield name
        finally:
            if self.disk:
                self.disk.free()
            self.execute("drop database {} with (force)", name)
            shutil.rmtree(self.folder / name, ignore_errors=True)

    @property
    def _tablespace(self) -> str:
        return TABLES if self.disk else "pg_default"

    def execute(self, statement: str, *names: str) -> None:
        """As the superuser."""
        connection = psycopg2.connect(self.server.dsn("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
        connection.close()


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Everything that histories need; stopped at the end."""
    chosen = scenario.load("smoke")
    chosen = chosen.model_copy(update={"transport": chosen.transport.model_copy(update=WAITS)})
    world.generate(chosen, chosen.seed, folder / "world")
    agencies = ("tecs", "uscis")
    server = PostgresOnSmallDisks(folder / "postgres", {**NO_FSYNC, **JOURNAL})
    here = Place(
        folder,
        folder / "world",
        server,
        {agency: secrets.token_urlsafe(16) for agency in agencies},
        {agency: free_port() for agency in agencies},
    )
    pipeline.preload()
    judge_each_table_once(folder / "judged")
    with small_disks(folder / "tables", folder / "journal") as disks, ExitStack() as running:
        if disks:
            here.disk, here.journal = disks
            server.keep_journal_on(here.journal)
        running.enter_context(server.running())  # sees the disks
        try:
            for agency in agencies:
                here.serve(agency)
            if here.disk:
                here.execute(f"create tablespace {{}} location '{here.disk.folder}'", TABLES)
            server.ensure_database("template_warehouse", "warehouse")
            pipeline.migrate(here.settings("template_warehouse"))
            yield here
        finally:
            for process in here.gateways.values():
                process.kill()
                process.wait()


# -- a run, in a process of its own


def work(
    here: Place, database: str, name: str, interval: Interval, journal: Path, step: Step, *, is_struck: bool
) -> None:
    """All stages of a run, each tried until it passes; what is in the journal was done before and is not repeated."""
    done: dict[str, Any] = json.loads(journal.read_text()) if journal.exists() else {}
    if is_struck and step.blow == "disk":
        resource.setrlimit(resource.RLIMIT_FSIZE, (step.size, resource.RLIM_INFINITY))
    if is_struck and step.blow == "clock":
        _shift_clock(timedelta(hours=step.size))

    full = {"tables": here.disk, "journal": here.journal}.get(step.blow or "") if is_struck else None
    fills_at = int(step.moment * STAGES) if full else NEVER

    def do(key: str, stage: Callable[[Settings, int], Any]) -> Any:
        if key not in done:
            if full and len(done) == fills_at:
                here.fill(full, step.size)
            done[key] = _persist(here, database, stage, partial(_refused, journal, key))
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)  # the journal stands for Airflow's own database
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            fresh = journal.with_suffix(".new")
            fresh.write_text(json.dumps(done, default=str))
            fresh.rename(journal)
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        return done[key]

    opened = do("run", lambda settings, _: pipeline.open_books(settings, interval, name).to_dict())
    run = pipeline.Run.from_dict(opened)
    for dataset in dataset_names():
        found = opened
        if step.is_compared:
            found = do(f"compare {dataset}", lambda settings, _, name=dataset: pipeline.compare(settings, run, name))
        if found is not None:
            _collect(pipeline.Run.from_dict(found), dataset, do)
    do("match", lambda settings, _: pipeline.match(settings, run))
    do("resolve", lambda settings, _: pipeline.resolve(settings, run))
    with suppress(pipeline.BooksError):  # the books say so themselves, and are asked at the end
        do("close", lambda settings, _: pipeline.close_books(settings, run))


def _collect(run: pipeline.Run, dataset: str, do: Callable[[str, Callable[[Settings, int], Any]], Any]) -> None:
    do(
        f"extract {dataset}",
        lambda settings, number: pipeline.extract(settings, run, dataset, last_try=number >= TRIES),
    )
    staged = do(f"stage {dataset}", lambda settings, _: pipeline.stage(settings, run, dataset))
    decided = do(f"validate {dataset}", lambda settings, _: pipeline.validate(settings, run, dataset, staged))
    if pipeline.lets_through(decided):
        do(f"load {dataset}", lambda settings, _: pipeline.load(settings, run, dataset, staged))


def _refused(journal: Path, stage: str) -> None:
    """PostgreSQL's disk was full in a stage."""
    with journal.with_suffix(".full").open("a") as file:
        file.write(f"{stage.split(maxsplit=1)[0]}\n")


def _persist(here: Place, database: str, stage: Callable[[Settings, int], Any], refused: Callable[[], None]) -> Any:
    number, last, deadline = 1, None, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            return stage(here.settings(database), number)
        except IncompleteExport:
            number += 1
        except (ExtractionError, WarehouseError, OSError) as error:
            last = error
            if here.disk and DISK_FULL in str(error):
                refused()
                here.disk.free()
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )  # space was freed
            time.sleep(0.05)
    raise RuntimeError(f"not passed in [{PATIENCE_SECONDS}] s; run the history of this seed alone") from last


def judge_each_table_once(folder: Path) -> None:
    """Three quarters of a run are Great Expectations, which says the same of the same table: histories share what the
    suite said of a table, in files, so that their time goes into what can be killed."""
    real = suite.validate
    folder.mkdir()

    def remembered(contract: Contract, accepted: Path) -> list[suite.ExpectationOutcome]:
        table = pq.read_table(accepted, columns=["content_hash", "breaches"])
        said = folder / f"{contract.dataset}-{hashlib.sha256(repr(table.to_pydict()).encode()).hexdigest()}"
        if not said.exists():
            fresh = said.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(pickle.dumps(real(contract, accepted)))
            fresh.rename(said)
        return pickle.loads(said.read_bytes())  # noqa: S301 -- written above

    suite.validate = remembered


def _shift_clock(by: timedelta) -> None:
    """The clock of this process is wrong: every module of the pipeline that asks for the time is told another."""
    right = time.time

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + by

    time.time = lambda: right() + by.total_seconds()
    for name, module in list(sys.modules.items()):
        if name.startswith(CLOCKS) and getattr(module, "datetime", None) is datetime:
            module.datetime = Shifted


# -- a history, watched from outside


def live(here: Place, database: str, name: str, steps: list[Step]) -> int:
    """Go through a history. Returns how many processes were killed."""
    kills = 0
    for number, step in enumerate(steps):
        journals = [here.folder / database / f"{number}-{at}.json" for at in range(len(step.intervals))]
        journals[0].parent.mkdir(parents=True, exist_ok=True)

        def start(
            at: int, *, is_struck: bool, number: int = number, step: Step = step, journals: Any = journals
        ) -> Any:
            arguments = (here, database, f"{name}-{number}-{at}", step.intervals[at], journals[at], step)
            process = FORK.Process(target=work, args=arguments, kwargs={"is_struck": is_struck})
            process.start()
            return process

        processes = [start(at, is_struck=at == 0) for at in range(len(step.intervals))]
        if step.blow in ("task", "postgres", "gateway"):
            _wait(processes[0], journals[0], int(step.moment * STAGES))
            processes[0].join(step.delay * here.usual_seconds)
            kills += 1
            if step.blow == "postgres":
                here.kill_postgres()
            elif step.blow == "gateway":
                here.kill_gateway("tecs" if step.moment < 0.5 else "uscis")
            else:
                processes[0].kill()
                processes[0].join()
                processes[0] = start(0, is_struck=False)
        here.blows[step.blow or "none"] += 1
        here.watch(processes)
        for process in processes:
            process.join()
            if process.exitcode != 0:
                raise RuntimeError(f"history [{name}], step [{number}], blow [{step.blow}]: a run ended in an error")
        for journal in journals:
            if (full := journal.with_suffix(".full")).exists():
                here.full.update(full.read_text().split())
    return kills


def _wait(process: Any, journal: Path, stages: int) -> None:
    """Until a run has so many stages behind it, or has ended."""
    while process.is_alive() and stages > (len(json.loads(journal.read_text())) if journal.exists() else 0):
        process.join(0.005)


def contents(dsn: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a warehouse holds, sorted; without surrogate keys, numbers of runs and clocks."""
    record = {f"record.{contract.record}": f"table record.{contract.record}" for contract in load_all().values()}
    found = {name: fetch(dsn, statement) for name, statement in {**record, **STATEMENTS}.items()}
    return {name: sorted(map(_without_ours, rows), key=repr) for name, rows in found.items()}


def _without_ours(row: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in row._asdict().items() if name not in OURS)


OURS = {
    "version_id",
    "load_id",
    "loaded_at",
    "source_attempt",
    "source_part",
    "source_row",
}  # numbers, and which delivery was first
STATEMENTS = {
    "match.pair": """
        select s.content_hash as s, a.content_hash as a, p.content_hash as p, pair.weight, pair.band,
               pair.model_version, array_agg(e.comparison || e.level || e.weight order by e.comparison) as evidence
        from match.pair
        join record.tecs_subject s on s.version_id = subject_version_id
        left join record.tecs_alias a on a.version_id = alias_version_id
        join record.uscis_petitioner p on p.version_id = petitioner_version_id
        left join match.evidence e using (pair_id)
        group by 1, 2, 3, 4, 5, 6""",
    "match.subsumed_subject": """
        select distinct on (one.version_id) one.content_hash as said, other.content_hash as by
        from match.subsumed_subject as subsumed
        join record.tecs_subject one using (version_id)
        join record.tecs_subject other on other.version_id = by_version_id
        order by one.version_id, by_updated_at, other.content_hash""",
    "match.link": "select left_member, right_member, model_version, weight, band from match.link",
    "match.cut": "select * from match.cut",
    "match.group_pair": """
        select subject_id, receipt_number, model_version, band, group_weight from match.group_pair
        where left_at is null""",
    "report.group_weight": "select * from report.group_weight",
    "match.entity": "select member, entity from match.entity",
    "quarantine.row": "select dataset, fingerprint, reasons from quarantine.row",
    "report.lead": """
        select subject_id, receipt_number, band, weight, is_by_alias, form, petition_status, received_on,
               first_investigated_on, beneficiary_count, arrest_count, entity, subject_record_state,
               petitioner_record_state from report.lead""",
    "report.subject_route": "select * from report.subject_route",
    "report.audit_headline": "select line, value, lower, upper from report.audit_headline",
}


def digest(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, tuple[int, str]]:
    """By table how many rows, and their hash: what a message may show."""
    return {name: (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()[:12]) for name, rows in found.items()}


@dataclass
class Outcome:
    """What came of histories. `differences`: seed -> tables that are not as they should be."""

    histories: int = 0
    runs: int = 0
    kills: int = 0
    unclosed: int = 0
    differences: dict[int, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"histories {self.histories}   runs {self.runs}   kills {self.kills}   "
            f"differences {len(self.differences)}   unclosed books {self.unclosed}"
        )

    @property
    def is_clean(self) -> bool:
        return not self.differences and not self.unclosed


def chaos(here: Place, seeds: list[int], nights: int, say: Callable[[str], None]) -> Outcome:
    """Live through the histories of some seeds and compare each with one quiet run over the same nights."""
    whole = Interval(LAST - timedelta(days=nights), LAST)
    quiet = Step((whole,), None, 0.0, 0.0, 0)
    with here.warehouse("reference"):
        began = time.monotonic()
        live(here, "reference", "reference", [quiet])
        here.usual_seconds = (time.monotonic() - began) / STAGES
        expected = digest(contents(here.settings("reference").owner_dsn))
    assert expected["match.pair"][0], "nothing matched: the comparison would be empty"
    outcome = Outcome()
    for seed in seeds:
        steps = history(seed, nights)
        with here.warehouse(f"history_{seed}") as database:
            began = time.monotonic()
            try:
                outcome.kills += live(here, database, f"history-{seed}", steps)
            except RuntimeError as error:  # the others still tell something
                say(f"seed {seed}   {error}")
                outcome.differences[seed] = ["a run that did not end"]
                continue
            dsn = here.settings(database).owner_dsn  # the pipeline's login does not read reports
            found = digest(contents(dsn))
            differing = [name for name in expected if found[name] != expected[name]]
            books = fetch(dsn, "select state, external_id, reasons from ops.run")
        outcome.histories += 1
        outcome.runs += len(books)
        unclosed = [book for book in books if book.state != "closed"]
        outcome.unclosed += len(unclosed)
        if differing:
            outcome.differences[seed] = differing
        for book in unclosed:
            say(f"  {book.external_id} {book.state}: {'; '.join(book.reasons)}")
        blows = ", ".join("month" if step.is_compared else step.blow or "-" for step in steps)
        verdict = f"DIFFERS in {', '.join(differing)}" if differing else "same"
        say(
            f"seed {seed}   {len(books)} runs   {blows}   {time.monotonic() - began:.1f} s   {verdict}"
            f"{f'   {len(unclosed)} UNCLOSED' if unclosed else ''}   so far: {outcome}"
        )
    return outcome


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where there is room. That bytes stay when the power goes is all that a disk adds; nothing here
    asks for it, and on a disk it takes most of a history's time (each landed file and name is synced)."""
    memory = Path("/dev/shm")  # noqa: S108 -- the folder made in it has a random name and is ours alone
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES
    with tempfile.TemporaryDirectory(prefix="crosscheck-chaos-", dir=memory if has_room else None) as folder:
        yield Path(folder)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--histories", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1, help="of the first history; the others count on from it")
    arguments.add_argument("--nights", type=int, default=3, help="how many nights a history permutes")
    chosen = arguments.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped early: PostgreSQL and the gateways end as well
    with scratch() as folder, place(folder) as here:
        seeds = list(range(chosen.seed, chosen.seed + chosen.histories))
        outcome = chaos(here, seeds, chosen.nights, lambda line: print(line, flush=True))
        print("blows: " + ", ".join(f"{blow} {count}" for blow, count in sorted(here.blows.items())))
        refused = ", ".join(f"{stage} {count}" for stage, count in sorted(here.full.items())) or "none"
        print(f"stages that PostgreSQL refused for a full disk: {refused if here.disk else 'no such disk here'}")
        print(
            f"times that PostgreSQL stopped for a full journal: {here.stops if here.journal else 'no such disk here'}"
        )
    print(outcome)
    return 0 if outcome.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
