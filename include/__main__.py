"""The command line: `python -m include COMMAND`. Each make target is a thin line over one of these."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from include.local.home import Home, World
    from include.settings import Settings

app = typer.Typer(
    help="Crosscheck on one machine: simulated agencies, a warehouse and Airflow, all below .crosscheck/.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Scenario = Annotated[str, typer.Option(help="Simulated world: a file in include/simulator/scenarios/.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the world; the scenario's own if not given.")]
Day = Annotated[str | None, typer.Option("--date", help="The night, YYYY-MM-DD; the scenario's last if not given.")]
Role = Annotated[str, typer.Option(help="As whom: the roles of include/warehouse/access/grants.sql, or owner.")]
SourceAt = Annotated[str, typer.Option(help="As the sources stood at this moment: 2014-06-30, or with a time, UTC.")]
KnownAt = Annotated[str, typer.Option(help="As we knew it at this moment.")]
Raw = Annotated[
    bool, typer.Option("--raw", help="Text as it is, for programs: a spreadsheet may take it for formulas.")
]
# What ends a statement that is copied from a page: COPY takes none. A comment with a quote may be the end of a text.
AT_END = re.compile(r"\s*;[\s;]*(--[^\n']*\s*)*$")
talk = Console(stderr=True, highlight=False)


@app.command()
def nightly(scenario: Scenario = "nightly", seed: Seed = None, day: Day = None) -> None:
    """Run `screen_nightly` for one night under a real scheduler, and print what happened."""
    from include.local.home import Home
    from include.local.night import check_day, screen
    from include.local.screen import show
    from include.local.stack import prepare, running

    began = time.monotonic()
    chosen = _day("DATE", day) if day else None
    with _one_line_errors():
        home = Home()
        world = prepare(home, scenario, seed, _say)
        check_day(world, chosen)
        with running(home, world, _say) as stack:
            summary = screen(home, stack, chosen or world.last_night, _say, began)
            show(summary, _page())  # before all is stopped: that can take a while, and can fail
    raise typer.Exit(0 if summary["books_closed"] else 1)


@app.command()
def up(scenario: Scenario = "nightly", seed: Seed = None) -> None:
    """Airflow's UI, the gateways and the warehouse, until Ctrl-C."""
    from include.local.environment import USER
    from include.local.home import Home
    from include.local.stack import prepare, running

    with _one_line_errors():
        home = Home()
        world = prepare(home, scenario, seed, _say)
        with running(home, world, _say, triggerer=True) as stack:
            typer.echo(f"Airflow    {stack.url}   login {USER} / {stack.password}")
            typer.echo(f"gateways   {'   '.join(f'{a} {g.url}' for a, g in stack.settings.gateways.items())}")
            typer.echo(f"warehouse  make sql Q='table report.run'   scenario {world.scenario}, seed {world.seed}")
            typer.echo("Ctrl-C stops all of it.")
            while not threading.Event().wait(5):
                stack.check()


@app.command()
def backfill(
    first: Annotated[str, typer.Option("--from", help="First night, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Last night, YYYY-MM-DD, included.")],
    scenario: Scenario = "nightly",
    seed: Seed = None,
    runs_at_once: Annotated[int, typer.Option(min=1, help="Nights at one time.")] = 3,
    again: Annotated[bool, typer.Option(help="Repeat nights that have run.")] = False,
) -> None:
    """Airflow's own backfill over nights; waits for it and prints a line for each."""
    from include.local.backfill import backfill_nights
    from include.local.home import Home
    from include.local.night import check_day
    from include.local.stack import BACKFILL_SECONDS, prepare, running

    with _one_line_errors():
        home = Home()
        world = prepare(home, scenario, seed, _say)
        days = _day("FROM", first), _day("TO", last)
        for day in days:
            check_day(world, day)
        if days[0] > days[1]:
            raise ValueError(f"backfill from [{first}] to [{last}] is empty; FROM must not be after TO")
        with running(home, world, _say, idle_seconds=BACKFILL_SECONDS) as stack:
            red = backfill_nights(stack, *days, runs_at_once, again, _say, typer.echo)
    raise typer.Exit(1 if red else 0)


@app.command()
def audit(
    scenario: Scenario = "oig",
    seed: Seed = None,
    runs_at_once: Annotated[int, typer.Option(min=1, help="Months at one time.")] = 6,
) -> None:
    """Backfill all months of a world and print the audit's headline beside the audit's figures and the truth.

    Exit status 0: the truth lies within the headline's bounds, line by line.
    """
    from include.local.audit import audit as run
    from include.local.home import Home
    from include.local.screen import show_audit
    from include.local.stack import BACKFILL_SECONDS, prepare, running

    def truth() -> dict[str, Any]:
        from include.simulator.truth import headline

        return headline(world.agencies)

    began = time.monotonic()
    with _one_line_errors():
        home = Home()
        world = prepare(home, scenario, seed, _say)
        with running(home, world, _say, idle_seconds=BACKFILL_SECONDS) as stack:
            summary = run(home, stack, truth, runs_at_once, _say, began)
            show_audit(summary, _page())  # as above
    raise typer.Exit(0 if summary["agrees"] else 1)


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="One statement.")],
    scenario: Scenario = "nightly",
    seed: Seed = None,
    role: Role = "analyst",
    source_at: SourceAt = "",
    known_at: KnownAt = "",
    raw: Raw = False,
) -> None:
    """Ask the warehouse; the answer as CSV on standard output. An apostrophe stands before a text that a spreadsheet
    would take for a formula."""
    import psycopg2
    from psycopg2 import sql as compose

    from include.local.sheet import Sheet
    from include.local.warehouse import ROLES
    from include.warehouse.connection import with_settings

    if not statement.strip():
        typer.echo("crosscheck: nothing is asked; make sql Q='table report.run'", err=True)
        raise typer.Exit(2)
    with _warehouse(scenario, seed, role) as (_home, _world, dsn):
        settings = {"crosscheck.source_at": source_at, "crosscheck.known_at": known_at}
        settings |= {"timezone": "UTC", "default_transaction_read_only": "on"}  # whoever asks changes nothing
        connection = psycopg2.connect(with_settings(dsn, **settings), client_encoding="UTF8")
        try:
            with connection, connection.cursor() as cursor:
                copy = compose.SQL("copy (\n{}\n) to stdout with (format csv, header)")
                to = sys.stdout.buffer if raw else Sheet(sys.stdout.buffer)
                cursor.copy_expert(copy.format(compose.SQL(AT_END.sub("", statement))), to)
        except psycopg2.errors.InsufficientPrivilege as error:
            others = ", ".join(each for each in ROLES if each != role)
            raise RuntimeError(
                f"[{role}] may not: {str(error).splitlines()[0]}; docs/access.md says who may, ROLE= asks as another: "
                f"{others}"
            ) from None
        except psycopg2.Error as error:
            unknown = isinstance(error, psycopg2.errors.UndefinedTable | psycopg2.errors.UndefinedColumn)
            hint = "; docs/reports.md lists the reports and their columns" if unknown else ""
            raise RuntimeError(f"PostgreSQL refused: {str(error).splitlines()[0]}{hint}") from None
        finally:
            connection.close()


@app.command()
def psql(scenario: Scenario = "nightly", seed: Seed = None, role: Role = "analyst") -> None:
    """A psql session in the warehouse."""
    with _warehouse(scenario, seed, role) as (home, _world, dsn):
        program = home.postgres.bin / "psql"
        command = str(program) if program.exists() else shutil.which("psql")
        if command is None:
            raise RuntimeError("[psql] is not here; `make sql Q='...'` needs none")
        environment = {**os.environ, "PGSERVICEFILE": os.devnull, **_libpq(dsn)}
        with _left_to_child(signal.SIGINT):
            subprocess.run([command], env=environment, check=False)


@app.command("verify-audit")
def verify_audit(
    scenario: Scenario = "nightly",
    seed: Seed = None,
    known: Annotated[str | None, typer.Option("--head", help="A head that was noted down: NUMBER:SEAL.")] = None,
) -> None:
    """Check every seal of the audit trail, and that each decision is what its entry says; prints the trail's head, to
    be noted down outside the warehouse.

    Where the pages' own connection and key are in the environment (`CROSSCHECK_DESK_DSN`, `CROSSCHECK_AUDIT_KEY`) it
    asks there, else in the warehouse of a world on this machine.
    """
    from include.warehouse.audit import Head, verify
    from include.warehouse.connection import as_role
    from include.warehouse.decisions import unrecorded

    with _one_line_errors():
        noted = Head.parse(known) if known else None
        if os.environ.get("CROSSCHECK_DESK_DSN"):
            dsn = as_role(os.environ["CROSSCHECK_DESK_DSN"], "privacy_officer")
            head, wrong = verify(dsn, os.environ.get("CROSSCHECK_AUDIT_KEY", ""), noted)
            wrong += unrecorded(dsn)
        else:
            with _warehouse(scenario, seed, "privacy_officer") as (home, _world, dsn):
                head, wrong = verify(dsn, home.secret("audit_key"), noted)
                wrong += unrecorded(dsn)
    for line in wrong:
        typer.echo(f"BROKEN: {line}")
    typer.echo(f"head {head}" if head.number else "no entry yet")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def replay(
    dataset: Annotated[str | None, typer.Option(help="One dataset; all of them if not given.")] = None,
    scenario: Scenario = "nightly",
    seed: Seed = None,
) -> None:
    """Judge the rows in quarantine again, after a contract or the parser was mended, and load what passes."""
    from include import pipeline
    from include.contracts import load_contract

    with _stages(scenario, seed) as settings:
        if dataset is not None:
            load_contract(dataset)
        done = pipeline.replay(settings, dataset)
    for row in done:
        typer.echo(
            f"{row['dataset']:22}  judged {row['judged']}  loaded {row['loaded']}  held {row['held']}  "
            f"duplicate {row['duplicate']}  refused {row['refused']}"
        )
    if not done:
        typer.echo("no row waits in quarantine")


@app.command()
def purge(scenario: Scenario = "nightly", seed: Seed = None) -> None:
    """Remove landed bytes and staged tables by CROSSCHECK_LANDING_DAYS and CROSSCHECK_STAGING_DAYS; `ops.purge` says
    what."""
    from include import pipeline
    from include.settings import Retention

    with _stages(scenario, seed) as settings:
        done = pipeline.purge(settings)
    if settings.retention == Retention():
        typer.echo("nothing goes: neither CROSSCHECK_LANDING_DAYS nor CROSSCHECK_STAGING_DAYS is set")
        return
    typer.echo(f"removed {done['landing']} landed attempts, {done['staging']} staged tables")


@app.command()
def quarantined(
    number: Annotated[int, typer.Argument(help="`quarantine_id` of the row.")],
    scenario: Scenario = "nightly",
    seed: Seed = None,
) -> None:
    """Show one row in quarantine as it came. Personal data: on this screen only."""
    from include import pipeline

    with _stages(scenario, seed) as settings:
        shown = pipeline.show_quarantined(settings, number)
    for name, value in shown.items():
        typer.echo(f"{name:24}  {value!a}")


@app.command()
def clean() -> None:
    """Delete the state folder: every world, warehouse and log. Refuses while a command uses it."""
    from include.local.home import Home

    with _one_line_errors():
        home = Home()
        if home.postgres.port is not None:
            raise RuntimeError(f"a command still uses [{home.folder}]; stop it first (Ctrl-C in `make up`)")
        home.clean()


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        typer.echo(f"crosscheck: {name} [{text}] is not a date; write it as YYYY-MM-DD", err=True)
        raise typer.Exit(2) from None


def _page() -> Console:
    """Standard output: as wide as the terminal, else as wide as README's block."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def _say(text: str) -> None:
    talk.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] ", end="")
    talk.print(text, markup=False)


def _libpq(dsn: str) -> dict[str, str]:
    from psycopg2.extensions import parse_dsn

    names = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
    names["options"] = "PGOPTIONS"
    return {names[key]: str(value) for key, value in parse_dsn(dsn).items()}


@contextmanager
def _warehouse(scenario: str, seed: int | None, role: str) -> Iterator[tuple["Home", "World", str]]:
    """The home, a world, and the connection string of a role in its warehouse."""
    from include.local.home import Home
    from include.local.stack import prepare
    from include.local.warehouse import connection_string, warehouse

    with _one_line_errors():
        home = Home()
        world = prepare(home, scenario, seed, _say)
        with warehouse(home, world):
            yield home, world, connection_string(home, world, role)


@contextmanager
def _stages(scenario: str, seed: int | None) -> Iterator["Settings"]:
    """What the stages need that work on what is there already."""
    from include.local.environment import pipeline_settings
    from include.local.warehouse import PIPELINE

    with _warehouse(scenario, seed, PIPELINE) as (home, world, dsn):
        yield pipeline_settings(home, world, dsn)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """An expected failure is one line and exit status 1; SIGTERM ends as Ctrl-C does, with everything stopped."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("crosscheck: stopped", err=True)
        raise typer.Exit(130) from None
    except typer.Exit:
        raise
    except (RuntimeError, ValueError, LookupError, OSError) as error:
        typer.echo(f"crosscheck: {error}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def _left_to_child(number: signal.Signals) -> Iterator[None]:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


if __name__ == "__main__":
    app(prog_name="crosscheck")
