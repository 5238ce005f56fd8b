"""Command line: `python -m include.simulator --help`.

Each command imports what it needs: a gateway without pandas and the name lists takes 35 MB less.
"""

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from include.simulator import scenario as scenarios
from include.simulator.source import WorldError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

# When the gateway is told to stop, answers under way get this long: stalls are meant to hang.
GRACE_SECONDS = 2

LOOK_WIDTH = 160  # a name in three spellings needs it, also where the output is no terminal


def _load(name: str) -> scenarios.Scenario:
    try:
        return scenarios.load(name)
    except scenarios.ScenarioError as error:
        raise _refuse(str(error)) from None


def _refuse(reason: str) -> typer.Exit:
    typer.echo(reason, err=True)
    return typer.Exit(2)


@app.command("generate")
def generate_command(
    out: Annotated[Path, typer.Option(help="Folder of the world; a world that is there already is replaced.")],
    scenario: Annotated[str, typer.Option(help="Name of a scenario.")] = "nightly",
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the scenario's own.")] = None,
) -> None:
    """Draw a world and write it to disk."""
    from include.simulator.world import generate

    chosen = _load(scenario)
    try:
        world = generate(chosen, chosen.seed if seed is None else seed, out)
    except WorldError as error:
        raise _refuse(str(error)) from None
    for dataset, counts in world["counts"].items():
        typer.echo(f"{dataset:22}{counts['records']:9} records{counts['versions']:9} versions{counts['rows']:9} rows")


@app.command()
def describe(scenario: Annotated[str, typer.Option(help="Name of a scenario.")] = "nightly") -> None:
    """Show what a scenario holds: size, period, mix and rates."""
    chosen = _load(scenario)
    table = Table(title=f"{chosen.name}: {chosen.meaning}", show_header=False)
    for key, value in chosen.model_dump(mode="json", exclude={"name", "meaning"}).items():
        if isinstance(value, dict):
            for inner, rate in value.items():
                table.add_row(key, inner, str(rate))
            table.add_section()
        else:
            table.add_row(key, "", str(value))
    Console().print(table)


@app.command("look")
def look_command(
    culture: Annotated[str, typer.Option(help="Name of a culture, as in `describe`.")],
    number: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    petitions: Annotated[bool, typer.Option("--petitions", help="Their petitions instead.")] = False,
) -> None:
    """Show random people of a culture, as each system writes them, or petitions of such people."""
    from include.simulator.population.cultures import culture_names
    from include.simulator.population.look import look
    from include.simulator.records.look import look_at_petitions

    if culture not in culture_names():
        raise _refuse(f"unknown culture [{culture}]; known: {', '.join(culture_names())}")
    Console(width=max(Console().width, LOOK_WIDTH)).print(
        (look_at_petitions if petitions else look)(culture, number, seed)
    )


@app.command("truth")
def truth_command(
    world: Annotated[Path, typer.Option(help="Folder of a generated world.")],
    as_json: Annotated[bool, typer.Option("--json", help="The headline alone, as JSON.")] = False,
) -> None:
    """Show what is true of a world: the audit's headline, the true pairs, the faults in its records."""
    from include.simulator import truth

    try:
        counted = truth.headline(world)
        if as_json:
            typer.echo(json.dumps(counted, indent=2))
            return
        shown = {"Headline": counted, "True pairs by route": truth.pairs_by_route(world)}
        shown["Faults in the records, by dataset"] = truth.faults(world)
    except WorldError as error:
        raise _refuse(str(error)) from None
    for title, counts in shown.items():
        table = Table(title=title, show_header=False)
        for what, count in counts.items():
            parts = ", ".join(f"{name} {n}" for name, n in count.items()) if isinstance(count, dict) else str(count)
            table.add_row(what, parts)
        Console().print(table)


@app.command()
def serve(
    world: Annotated[Path, typer.Option(help="Folder of a generated world.")],
    agency: Annotated[str, typer.Option(help="tecs or uscis.")],
    token_env: Annotated[str, typer.Option(help="Environment variable that holds the bearer token.")],
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 0,
) -> None:
    """Serve an agency's gateway until SIGTERM or SIGINT; says `ready http://...` when it listens."""
    import uvicorn

    from include.simulator.gateways.app import create_app

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            typer.echo(f"ready http://{host}:{listener.getsockname()[1]}")
            sys.stdout.flush()

    token = os.environ.get(token_env, "")
    if not token:
        raise _refuse(f"environment variable [{token_env}] is empty; put the gateway's bearer token there")
    if agency not in ("tecs", "uscis"):
        raise _refuse(f"unknown agency [{agency}]; known: tecs, uscis")
    try:
        gateway = create_app(world, agency, token)
        listener = socket.create_server((host, port))
    except WorldError as error:
        raise _refuse(str(error)) from None
    except OSError as error:
        raise _refuse(f"cannot listen on [{host}:{port}]: {error.strerror}; choose another port") from None
    # uvicorn raises the signal again after its shutdown; without a handler that would end in a traceback or status -15.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        gateway, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE_SECONDS
    )
    Announcing(config).run(sockets=[listener])


if __name__ == "__main__":
    app()
