"""Nights on which everything goes wrong, often: what was injected, what became of it, and what the warehouse holds.

    python -m benchmarks.reliability.hostile --nights 60

The nights of the scenario `hostile`, in one process, with the tries that the DAG gives each task. A person is on duty:
where a token has expired or a dataset is held, the task is cleared, twice at most, as `docs/operations.md` says; what
is held even so because the source itself is broken or short is released. At the end the record tables are compared
with what the agencies hold, version by version and value by value.
"""

import argparse
import json
import os
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from benchmarks.reliability.agency import Held, recoverable
from include import pipeline
from include.contracts import dataset_names, load_contract
from include.extraction.errors import ExtractionError, IncompleteExport, Refusal
from include.interval import Interval
from include.local.postgres import Postgres
from include.settings import Extraction, Gateway, Settings
from include.simulator import scenario, world
from include.simulator.gateways.app import create_app
from include.simulator.gateways.damage import FileFault
from include.warehouse.connection import fetch

TRIES = 4  # as in the DAG
CLEARED = 2  # times that the person on duty clears a task of one dataset and night before it is left red
CONTENT = (
    *map(str, FileFault),
    "empty_export",
)  # faults of what is delivered; those of the way are survived or retried
LET_THROUGH = ("pass", "warn", "release")
DAY = timedelta(days=1)

# What says that a fault was noticed although the attempt agreed with its totals: labels of repairs and reasons of
# quarantine, as the gate and the account of staging show them.
SIGNS = {
    "bom": ("file:bom",),
    "utf16": ("file:utf16",),
    "preamble": ("file:preamble",),
    "columns_reordered": ("file:reordered_columns",),
    "columns_renamed": ("file:renamed_column", "file:missing_column", "file:unknown_column"),
    "columns_dropped": ("file:missing_column",),
    "column_twice": ("file:same_column_twice", "file:disputed_column"),
    "header_repeated": ("row:repeated_header",),
    "columns_shifted": ("row:stray_comma", "row:unquoted_comma", "row:surplus_field", "row:too_many_fields"),
    "extra_fields": ("row:surplus_field", "row:stray_comma", "row:unquoted_comma", "row:too_many_fields"),
    "cp1252": ("row:cp1252", "row:not_utf8"),
    "double_encoded": ("row:double_encoded",),
    "nul_bytes": ("row:nul_padding", "row:nul_byte"),
    "mixed_dates": ("another form",),
}


@dataclass
class Night:
    """What became of a dataset in a night."""

    staged: dict[str, Any] | None = None
    decision: str = "missing"
    reasons: list[str] = field(default_factory=list)
    cleared: int = 0
    run_id: int = 0


Nights = dict[tuple[str, date], Night]  # by dataset and day
Injected = tuple[str, date, int, str]  # dataset, day, attempt, fault
Say = Callable[[str], None]


@contextmanager
def gateways(folder: Path) -> Iterator[dict[str, Gateway]]:
    """Both gateways in threads, with the plan of the world."""
    found, token = {}, secrets.token_urlsafe(16)
    with ExitStack() as running:
        for agency in ("tecs", "uscis"):
            listener = socket.create_server(("127.0.0.1", 0))
            server = uvicorn.Server(
                uvicorn.Config(create_app(folder, agency, token), log_level="error", lifespan="off")
            )
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            running.callback(thread.join, 20)
            running.callback(setattr, server, "should_exit", True)
            found[agency] = Gateway(f"http://127.0.0.1:{listener.getsockname()[1]}", token)
        yield found


def go_through(settings: Settings, nights: list[Interval], say: Say) -> Nights:
    """All nights in their order; what became of each dataset."""
    found: Nights = {}
    for interval in nights:
        began = time.monotonic()
        run = pipeline.open_books(settings, interval, f"hostile__{interval.start:%Y-%m-%d}")
        for dataset in dataset_names():
            found[dataset, interval.start.date()] = _collect(settings, run, dataset)
        pipeline.match(settings, run)
        pipeline.resolve(settings, run)
        state = "closed"
        try:
            pipeline.close_books(settings, run)
        except pipeline.BooksError as red:
            state = "RED " + "; ".join(str(red).splitlines()[1:])
        say(f"{interval.start:%Y-%m-%d}   {time.monotonic() - began:.1f} s   {state}")
    return found


def _collect(settings: Settings, run: pipeline.Run, dataset: str) -> Night:
    night = Night(run_id=run.run_id)
    while True:
        try:
            _extract(settings, run, dataset)
            night.staged = pipeline.stage(settings, run, dataset)
            decided = pipeline.validate(settings, run, dataset, night.staged)
            night.decision, night.reasons = decided["decision"], decided["reasons"]
            if pipeline.lets_through(decided):
                pipeline.load(settings, run, dataset, night.staged)
                return night
        except Exception as error:
            night.decision, night.reasons = "failed", [str(error)]
        if night.cleared == CLEARED:
            return _released(settings, run, dataset, night)
        night.cleared += 1


def _released(settings: Settings, run: pipeline.Run, dataset: str, night: Night) -> Night:
    """A hold that no attempt can cure: complete attempts brought the same broken rows each time. The person lets the
    others go on. What is not complete, or empty, stays held."""
    staged = night.staged or {}
    if night.decision == "hold" and staged.get("complete") and staged.get("accepted"):
        hold = pipeline.hold(settings, run, dataset, timedelta(days=1))
        pipeline.decide(settings, run, hold, "release", "the person on duty", "so at the source, in every attempt")
        pipeline.load(settings, run, dataset, staged)
        night.decision = "release"
    return night


def _extract(settings: Settings, run: pipeline.Run, dataset: str) -> None:
    for number in range(1, TRIES + 1):
        try:
            pipeline.extract(settings, run, dataset, last_try=number == TRIES)
        except Refusal:
            raise
        except ExtractionError as error:
            if number == TRIES and not isinstance(error, IncompleteExport):
                raise
        else:
            return


# -- what came of it


def injected(where: dict[str, Gateway]) -> set[Injected]:
    """Faults of content that the gateways injected: dataset, night, attempt, fault."""
    found = set()
    for gateway in where.values():
        answer = httpx.get(f"{gateway.url}/v1/faults", headers={"Authorization": f"Bearer {gateway.token}"}, timeout=60)
        for entry in answer.json():
            if entry["fault"] in CONTENT:
                night = datetime.fromisoformat(entry["updated_from"]).date()
                found.add((entry["dataset"], night, entry["attempt"], entry["fault"]))
    return found


def held(settings: Settings, dataset: str) -> tuple[Held, int]:
    """What the warehouse holds by version, and how many versions it holds more than once."""
    contract = load_contract(dataset)
    rows = fetch(settings.owner_dsn, f"table record.{contract.record}")
    by_version = {tuple(getattr(row, name) for name in contract.version_key): row._asdict() for row in rows}
    return by_version, len(rows) - len(by_version)


@dataclass
class Values:
    """A dataset at the end, counted in versions, and wrong values by column."""

    recoverable: int
    loaded: int
    not_loaded: int  # their night is held or failed
    missing: int
    surplus: int
    twice: int
    wrong: dict[str, int]


def compare(
    settings: Settings, folder: Path, period: Interval, nights: dict[tuple[str, date], Night]
) -> dict[str, Any]:
    """Every dataset against its agency; and the (dataset, night) whose versions are not as they should be."""
    result, bad = {}, Counter()
    for dataset in dataset_names():
        contract = load_contract(dataset)
        truth = recoverable(folder, dataset, period)
        found, twice = held(settings, dataset)
        let_through = {
            night for (name, night), became in nights.items() if name == dataset and became.decision in LET_THROUGH
        }
        expected = {key: row for key, row in truth.items() if key[-1].date() in let_through}
        wrong: Counter[str] = Counter()
        for key in expected.keys() & found.keys():
            differing = [name for name in contract.names if found[key][name] != expected[key][name]]
            wrong.update(differing)
            bad[dataset, key[-1].date()] += len(differing)
        for key in (expected.keys() - found.keys()) | (found.keys() - truth.keys()):
            bad[dataset, key[-1].date()] += 1
        result[dataset] = Values(
            recoverable=len(truth),
            loaded=len(found),
            not_loaded=len(truth) - len(expected),
            missing=len(expected.keys() - found.keys()),
            surplus=len(found.keys() - truth.keys()),
            twice=twice,
            wrong=dict(wrong),
        )
    return result, +bad


def table(
    settings: Settings, faults: set[Injected], nights: Nights, bad: Counter[tuple[str, date]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Per fault: injected in attempts that landed; of these noticed or missed; what became of its dataset's night. And
    each of those missed, to be looked at."""
    attempts = {
        (row.dataset, row.interval_start.date(), row.attempt): row.state
        for row in fetch(settings.owner_dsn, "select dataset, interval_start, attempt, state from ops.attempt")
    }
    rows, missed = [], []
    for fault in CONTENT:
        count: Counter[str] = Counter()
        for dataset, night, attempt, _ in sorted(entry for entry in faults if entry[3] == fault):
            state = attempts.get((dataset, night, attempt), "failed")
            if state == "failed":
                count["never_landed"] += 1
                continue
            became = nights[dataset, night]
            count["injected"] += 1
            is_disbelieved = fault == "empty_export" and (dataset, night, attempt + 1) in attempts
            is_noticed = state == "incomplete" or is_disbelieved or _shows(became, fault)
            count["noticed" if is_noticed else "missed"] += 1
            if not is_noticed:
                missed.append(f"{fault} {dataset} {night} attempt {attempt}")
            if became.decision not in LET_THROUGH:
                count["held"] += 1
            elif bad[dataset, night]:
                count["wrong"] += 1
            elif _has_refused(became):
                count["quarantined"] += 1
            else:
                count["repaired"] += 1
        columns = ("injected", "noticed", "repaired", "quarantined", "held", "missed", "wrong", "never_landed")
        rows.append({"fault": fault, **{name: count[name] for name in columns}})
    return rows, missed


def _shows(became: Night, fault: str) -> bool:
    staged = became.staged or {}
    labels = " ".join([*staged.get("repairs", {}), *staged.get("breaches", {}), *became.reasons])
    return any(sign in labels for sign in SIGNS.get(fault, ()))


def _has_refused(became: Night) -> bool:
    return bool((became.staged or {}).get("quarantined"))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--nights", type=int, default=60)
    arguments.add_argument("--seed", type=int)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="crosscheck-hostile-") as folder:
        result = trial(Path(folder), chosen.nights, chosen.seed, lambda line: print(line, flush=True))
    home = Path(os.environ.get("CROSSCHECK_HOME", ".crosscheck"))
    home.mkdir(parents=True, exist_ok=True)
    (home / "hostile.json").write_text(json.dumps(result, indent=1) + "\n")
    show(result, home / "hostile.json")
    return 0 if result["books_closed"] == result["books"] and not result["wrong_values"] else 1


def trial(folder: Path, nights: int, seed: int | None, say: Say) -> dict[str, Any]:
    """Generate the world, go through its nights, compare."""
    base = scenario.load("hostile")
    size = base.size.model_copy(update={"petitions": base.size.petitions * max(nights, 30) // 30})
    first = base.last_night - (nights - 1) * DAY
    chosen = base.model_copy(update={"first_day": min(first, base.first_day), "size": size})
    seed = chosen.seed if seed is None else seed
    world.generate(chosen, seed, folder / "world")
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    period = Interval(start, start + nights * DAY)
    server = Postgres(folder / "postgres", {"fsync": "off"})
    pipeline.preload()
    with server.running(), gateways(folder / "world") as where:
        server.ensure_database("warehouse", "warehouse")
        settings = _settings(folder, server, where)
        pipeline.migrate(settings)
        became = go_through(settings, [Interval(start + at * DAY, start + (at + 1) * DAY) for at in range(nights)], say)
        values, bad = compare(settings, folder / "world", period, became)
        rows, missed = table(settings, injected(where), became, bad)
        books = fetch(settings.owner_dsn, "select count(*) filter (where is_closed) as closed from report.run")[0]
        attempts = fetch(
            settings.warehouse_dsn, "select state, count(*) as n from ops.attempt group by state order by 1"
        )
    unfinished = {key: night for key, night in became.items() if night.decision not in LET_THROUGH}
    return {
        "scenario": "hostile",
        "seed": seed,
        "nights": nights,
        "books": len(became),
        "books_closed": books.closed,
        "held": sorted(f"{dataset} {night}" for dataset, night in unfinished),
        "held_why": sorted({reason for night in unfinished.values() for reason in night.reasons}),
        "cleared_by_a_person": sum(night.cleared for night in became.values()),
        "released": sorted(f"{dataset} {at}" for (dataset, at), night in became.items() if night.decision == "release"),
        "attempts": {row.state: row.n for row in attempts},
        "wrong_values": sum(
            sum(each.wrong.values()) + each.missing + each.surplus + each.twice for each in values.values()
        ),
        "values": {dataset: asdict(each) for dataset, each in values.items()},
        "faults": rows,
        "missed": missed,
    }


def _settings(folder: Path, server: Postgres, where: dict[str, Gateway]) -> Settings:
    return Settings(
        warehouse_dsn=server.dsn("warehouse", "crosscheck_etl"),
        owner_dsn=server.dsn("warehouse", "warehouse"),
        desk_dsn=server.dsn("warehouse", "desk"),
        landing=folder / "landing",
        staging=folder / "staging",
        gateways=where,
        quarantine_secrets=("a-secret-of-a-trial-that-is-long-enough",),
        extraction=Extraction(
            read_seconds=2.0, backoff_seconds=0.02, backoff_max_seconds=1.0, poll_seconds=0.02, job_seconds=3.0
        ),
    )


def show(result: dict[str, Any], path: Path) -> None:
    """The tables, and one line."""
    columns = list(result["faults"][0])
    print("\n| " + " | ".join(name.replace("_", " ") for name in columns) + " |\n|" + "---|" * len(columns))
    for row in result["faults"]:
        print("| " + " | ".join(str(row[name]) for name in columns) + " |")
    print(
        "\n| dataset | recoverable | loaded | not loaded | missing | surplus | twice | wrong values |\n|" + "---|" * 8
    )
    for dataset, each in result["values"].items():
        wrong = ", ".join(f"{name} {count}" for name, count in each["wrong"].items()) or "0"
        print(f"| {dataset} | " + " | ".join(str(value) for value in list(each.values())[:-1]) + f" | {wrong} |")
    for each in result["missed"]:
        print(f"missed: {each}")
    for reason in result["held_why"]:
        print(f"held: {reason}")
    print(
        f"\nnights {result['nights']}   seed {result['seed']}   books closed {result['books_closed']} of "
        f"{result['books']}   wrong values {result['wrong_values']}   "
        f"cleared by a person {result['cleared_by_a_person']}   released {len(result['released'])}   {path}"
    )


if __name__ == "__main__":
    sys.exit(main())
