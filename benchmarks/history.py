"""What a night costs on top of a history, beside the same night on an empty warehouse.

    python -m benchmarks.history [--scenario scale-1m] [--years 10] [--home FOLDER] [--rounds 2] [--anew]

The history is screened year by year through all stages, as a backfill would; then the books of every night before are
written, copied from those of the last year, so that the tables of counts are as long as ten years of nights make them.
The statistics that autovacuum would gather within minutes are gathered at once, and the table of the latest nights'
keys is filled half, as it is on average. Then the last night of the scenario is screened on a copy of that warehouse
and on a copy of an empty one, in turn. CPU is that of this process and of PostgreSQL's with all its processes, a
checkpoint after the night included. Autovacuum rests meanwhile: whether it wakes within a night is chance. Of each
stage the least of the rounds counts; the ratio of each round, and their median, say how much of it is chance. Then the
keys of the latest nights move, on another copy. With `--anew`, at last everything is compared anew, as after a change
of the model. A home that is given keeps world and history: a second call goes on where the first one stopped, and
measures. A history that another model has compared is compared anew first.
"""

import dataclasses
import resource
import secrets
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import psycopg2
import typer
from psycopg2 import sql

from benchmarks.stages import TRIES
from benchmarks.stages import screen as screen_all
from include import pipeline
from include.desk.nights import SHOWN
from include.desk.nights import SQL as DESK
from include.interval import Interval, midnight
from include.local.home import Home
from include.local.postgres import Postgres
from include.local.stack import gateways, prepare
from include.matching.model import load_model
from include.settings import Settings
from include.warehouse.connection import fetch, query
from include.warehouse.matches import MANY_KEYS

DAY = timedelta(days=1)
BOOKS = [
    *("ops.attempt", "ops.attempt_yield", "ops.account", "ops.expectation_result", "ops.gate", "ops.stage_time"),
    *("ops.load", "match.run"),
]
OF_RUN = {  # what of a copied row is the night's own
    "run_id": "night.run_id",
    "interval_start": "night.interval_start",
    "interval_end": "night.interval_end",
}
SHOWN_TABLES = [
    *("record.uscis_petition", "record.uscis_petitioner", "record.tecs_subject"),
    *("match.petitioner_key", "match.recent_petitioner_key", "match.pair"),
]
KEYS_OF_VERSION = 27  # of a petitioner under the shipped model
UNMOVE_KEYS = """
with moved as (
    delete from match.petitioner_key
    where petitioner_version_id > (
        select version_id from record.uscis_petitioner order by version_id desc offset %(versions)s limit 1
    )
    returning *
)
insert into match.recent_petitioner_key select * from moved order by petitioner_version_id, key
"""
FORGET = """
truncate match.consumed, match.persona_key, match.petitioner_key, match.recent_petitioner_key, match.pair,
    match.evidence, match.resolved, match.link, match.cut, match.entity, match.entity_change, match.group_weight,
    match.group_pair, match.subsumed_subject
"""
# a table without a number of the run has that of its interval
COPY_BOOK = """
insert into {table} ({columns})
select {values}
from (select held.*, run.run_id from {table} as held inner join ops.run as run using (interval_start, interval_end)
      where run.run_id = %(run)s) as held
cross join ops.run as night
where night.external_id = 'a night'
on conflict do nothing
"""
COPY_BOOK_OF_RUN = """
insert into {table} ({columns})
select {values}
from (select * from {table} where run_id = %(run)s) as held
cross join ops.run as night
where night.external_id = 'a night'
on conflict do nothing
"""


@dataclasses.dataclass(frozen=True)
class Cost:
    """Seconds."""

    wall: float
    python: float
    postgres: float

    @property
    def cpu(self) -> float:
        """Of both."""
        return self.python + self.postgres

    def __add__(self, other: "Cost") -> "Cost":
        pairs = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return Cost(*(one + another for one, another in pairs))


Costs = dict[str, Cost]


def main(
    scenario: str = "scale-1m", years: int = 10, home: Path | None = None, rounds: int = 2, anew: bool = False
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Home(home or Path(folder))
        world = prepare(place, scenario, None, print)
        first = midnight(world.first_day)
        last = min(midnight(world.last_night), first.replace(year=first.year + years))
        with place.postgres.running() as server, gateways(place, world, "unused") as settings:
            pipeline.preload()
            fresh(server, settings, "empty")
            if not has_database(server, "history"):
                fill(server, at_or_fresh(server, settings, "history_building"), first, last)
                superuser(server, "alter database {} rename to {}", "history_building", "history")
            history, night = at(settings, server, "history"), Interval(last, last + DAY)
            pipeline.migrate(history)
            if not is_of_model(history):
                run = compare_anew(server, history, Interval(first, last))
                pipeline.resolve(history, run)
            settle(history)
            show_sizes(history)
            found: dict[str, list[Costs]] = {"empty": [], "history": []}
            with resting_autovacuum(server):
                screen_copy(server, settings, "empty", night)  # what is imported and compiled at first is no night's
                for _ in range(rounds):
                    for name, costs in found.items():
                        costs.append(screen_copy(server, settings, name, night))
            show(found)
            show_rounds(found)
            show_move(server, settings)
            print(f"peak memory of this process {memory():,.0f} MB", flush=True)
            if anew:
                compare_anew(server, copied(server, settings, "history"), night)


def fill(server: Postgres, settings: Settings, first: datetime, last: datetime) -> None:
    """The years before the last night that are not there yet, then the books of their nights."""
    [done] = fetch(settings.owner_dsn, "select max(interval_end) as until from ops.run where state <> 'open'")
    start = done.until or first
    while start < last:
        end = min(last, start.replace(year=start.year + 1))
        costs = screen(server, settings, Interval(start, end), tries=1)
        total = sum(costs.values(), Cost(0, 0, 0))
        matched = costs["match"]
        print(
            f"history {start:%Y-%m-%d} .. {end:%Y-%m-%d}: {total.cpu:.1f} s CPU, of which match {matched.python:.1f} + "
            f"PostgreSQL {matched.postgres:.1f}; peak memory so far {memory():,.0f} MB",
            flush=True,
        )
        start = end
    copy_books(settings, first, last)


def settle(settings: Settings) -> None:
    """Statistics, and half as many keys of latest nights as there may be."""
    connection = psycopg2.connect(settings.owner_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select count(*) < %s from match.recent_petitioner_key", [MANY_KEYS // 3])
        if cursor.fetchone() == (True,):
            cursor.execute(UNMOVE_KEYS, {"versions": MANY_KEYS // 2 // KEYS_OF_VERSION})
        cursor.execute("vacuum analyze")
    connection.close()


def show_move(server: Postgres, settings: Settings) -> None:
    """What it costs when the keys of the latest nights have become many, and move."""
    here = copied(server, settings, "history")
    connection = psycopg2.connect(here.owner_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(UNMOVE_KEYS, {"versions": MANY_KEYS // KEYS_OF_VERSION})
        cursor.execute("vacuum analyze match.recent_petitioner_key")
        superuser(server, "checkpoint")
        before = cpu(server)
        cursor.execute(query("move_recent_petitioner_keys"), {"many": 1})
        moved = cursor.rowcount
        superuser(server, "checkpoint")
        spent = cpu(server) - before
    connection.close()
    print(f"to move {moved:,} keys of latest nights to those of all years: {spent:.2f} s PostgreSQL", flush=True)


def compare_anew(server: Postgres, settings: Settings, interval: Interval) -> pipeline.Run:
    """Everything compared as if nothing had been, as the first night under another model does; says what it cost."""
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(FORGET)
    run = pipeline.open_books(settings, interval, f"compared anew {secrets.token_hex(4)}")
    began, python, postgres = time.perf_counter(), time.process_time(), cpu(server)
    matched = pipeline.match(settings, run)
    wall, python = time.perf_counter() - began, time.process_time() - python
    time.sleep(0.2)
    print(
        f"all anew: {matched['compared']:,} pairs compared, {python:.1f} s Python, {cpu(server) - postgres:.1f} s "
        f"PostgreSQL, {wall:.1f} s wall; peak memory of this process {memory():,.0f} MB",
        flush=True,
    )
    return run


def copy_books(settings: Settings, first: datetime, last: datetime) -> None:
    """The books of the last run as those of every night between two days."""
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select max(run_id) from ops.run where state <> 'open'")
        [run_id] = cursor.fetchone() or [None]
        cursor.execute(
            """insert into ops.run (external_id, interval_start, interval_end, closed_at, state)
               select 'a night', night, night + interval '1 day', night + interval '1 day', 'closed'
               from generate_series(%s, %s::timestamptz - interval '1 day', interval '1 day') as night""",
            [first, last],
        )
        for table in BOOKS:
            cursor.execute(
                """select attname from pg_attribute
                   where attrelid = %s::regclass and attnum > 0 and attidentity = '' and not attisdropped""",
                [table],
            )
            columns = [row[0] for row in cursor.fetchall()]
            values = [sql.SQL(OF_RUN.get(name, f'held."{name}"')) for name in columns]
            cursor.execute(
                sql.SQL(COPY_BOOK_OF_RUN if "run_id" in columns else COPY_BOOK).format(
                    table=sql.Identifier(*table.split(".")),
                    columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                    values=sql.SQL(", ").join(values),
                ),
                {"run": run_id},
            )
        cursor.execute(
            """insert into match.consumed (load_id, model_version, run_id)
               select load_id, (select model_version from match.consumed limit 1), run_id from ops.load
               on conflict do nothing"""
        )
        # what is compared is linked and resolved, too: else the night would have to enter that of ten years of loads
        cursor.execute(
            """insert into match.resolved (load_id, model_version, run_id)
               select load_id, model_version, run_id from match.consumed
               on conflict do nothing"""
        )


@contextmanager
def resting_autovacuum(server: Postgres) -> Iterator[None]:
    """No vacuum but what is asked for."""
    superuser(server, "alter system set autovacuum = off")
    superuser(server, "select pg_reload_conf()")
    try:
        yield
    finally:
        superuser(server, "alter system reset autovacuum")
        superuser(server, "select pg_reload_conf()")


def copied(server: Postgres, settings: Settings, name: str) -> Settings:
    """A copy of a warehouse."""
    copy = f"{name}_copy"
    superuser(server, "drop database if exists {} with (force)", copy)
    superuser(server, "create database {} template {} owner warehouse strategy file_copy", copy, name)
    superuser(server, "checkpoint")
    return at(settings, server, copy)


def screen_copy(server: Postgres, settings: Settings, name: str, night: Interval) -> Costs:
    """The night on a copy of a warehouse."""
    here = copied(server, settings, name)
    with tempfile.TemporaryDirectory(dir=settings.landing) as landing:  # what other rounds landed is not this one's
        costs = screen(server, dataclasses.replace(here, landing=Path(landing)), night, tries=TRIES)
        for path in Path(landing).rglob("*"):
            path.chmod(0o700)  # landed attempts are read-only
    return costs


def screen(server: Postgres, settings: Settings, interval: Interval, tries: int) -> Costs:
    """All stages over an interval; what each cost."""
    costs: Costs = defaultdict(lambda: Cost(0, 0, 0))

    @contextmanager
    def meter(stage: str) -> Iterator[None]:
        began, python, postgres = time.perf_counter(), time.process_time(), cpu(server)
        try:
            yield
        finally:
            wall, python = time.perf_counter() - began, time.process_time() - python
            time.sleep(0.2)  # a backend that has ended is counted by the postmaster
            costs[stage] += Cost(wall, python, cpu(server) - postgres)

    screen_all(settings, interval, secrets.token_hex(4), tries=tries, meter=meter)
    with meter("page of nights"):
        fetch(settings.warehouse_dsn, query("nights", DESK), {"shown": SHOWN})
    with meter("checkpoint"):
        superuser(server, "checkpoint")
    return costs


def at(settings: Settings, server: Postgres, database: str) -> Settings:
    return dataclasses.replace(
        settings,
        warehouse_dsn=server.dsn(database, "crosscheck_etl"),
        owner_dsn=server.dsn(database, "warehouse"),
    )


def fresh(server: Postgres, settings: Settings, database: str) -> Settings:
    """A migrated warehouse that holds nothing."""
    superuser(server, "drop database if exists {} with (force)", database)
    server.ensure_database(database, "warehouse")
    new = at(settings, server, database)
    pipeline.migrate(new)
    return new


def at_or_fresh(server: Postgres, settings: Settings, database: str) -> Settings:
    """A warehouse that is there, else one that holds nothing."""
    return at(settings, server, database) if has_database(server, database) else fresh(server, settings, database)


def is_of_model(settings: Settings) -> bool:
    """Whether the current model has compared what is there, and no other."""
    found = fetch(settings.owner_dsn, "select distinct model_version from match.consumed")
    return [row.model_version for row in found] == [load_model().version]


def has_database(server: Postgres, name: str) -> bool:
    return bool(fetch(server.dsn("postgres"), "select from pg_database where datname = %s", [name]))


def superuser(server: Postgres, statement: str, *names: str) -> None:
    connection = psycopg2.connect(server.dsn("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    connection.close()


def cpu(server: Postgres) -> float:
    """CPU seconds of the server with all its processes, living and dead."""
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().splitlines()[0]))
    total = 0.0
    for process in (postmaster, *postmaster.children()):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        total += times.children_user + times.children_system if process == postmaster else 0
    return total


def memory() -> float:
    """Most that this process ever held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show_sizes(settings: Settings) -> None:
    for table in SHOWN_TABLES:
        [found] = fetch(
            settings.owner_dsn,
            f"select count(*) as n, pg_total_relation_size('{table}') / 1e6 as mb from {table}",  # noqa: S608 -- ours
        )
        print(f"history holds {found.n:,} rows of {table}, {found.mb:,.0f} MB")


def show(found: dict[str, list[Costs]]) -> None:
    """The least of the rounds by stage, and how much more it is with a history."""
    least = {
        name: {stage: min((c[stage] for c in costs), key=lambda c: c.cpu) for stage in costs[0]}
        for name, costs in found.items()
    }
    print(
        f"{'stage':16}{'empty: Python':>14}{'PostgreSQL':>11}{'wall':>7}{'history: Python':>17}{'PostgreSQL':>11}"
        f"{'wall':>7}{'CPU ratio':>11}"
    )
    totals = {name: sum(costs.values(), Cost(0, 0, 0)) for name, costs in least.items()}
    for stage in [*least["empty"], "all"]:
        one, other = (totals[name] if stage == "all" else least[name][stage] for name in ("empty", "history"))
        print(
            f"{stage:16}{one.python:14.2f}{one.postgres:11.2f}{one.wall:7.2f}{other.python:17.2f}"
            f"{other.postgres:11.2f}{other.wall:7.2f}{other.cpu / max(one.cpu, 0.01):11.2f}"
        )


def show_rounds(found: dict[str, list[Costs]]) -> None:
    """The night on a history beside the one on an empty warehouse that went before it."""
    totals = {name: [sum(each.values(), Cost(0, 0, 0)) for each in costs] for name, costs in found.items()}
    pairs = list(zip(totals["history"], totals["empty"], strict=True))
    for measure in ("cpu", "wall"):
        ratios = [getattr(one, measure) / getattr(other, measure) for one, other in pairs]
        shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"{measure} ratio of each round: {shown}; median {statistics.median(ratios):.2f}", flush=True)


if __name__ == "__main__":
    typer.run(main)
