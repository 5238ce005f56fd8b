"""The stages, as plain functions: what a DAG task, the command line and a test all call.

Each takes the settings, the run and at most a dataset; takes its input from where the stage before left it; returns
references and counts, never data. Each may be repeated: the second time it finds its work done.
"""

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from include.contracts import dataset_names, load_contract
from include.interval import Interval, midnight
from include.settings import Settings, SettingsError

if TYPE_CHECKING:
    from include.contracts import Contract
    from include.extraction.landing import Landing
    from include.extraction.receipt import Receipt
    from include.quality.history import Past
    from include.quality.reading import Part
    from include.reporting.holds import Hold


USUAL = 91  # intervals that say what is usual: a quarter of nights, as the gate looks at
SOME_DAYS = 7  # that are held before a day without a row is a surprise: a week has a Sunday


class BooksError(RuntimeError):
    """The books of a run do not close: the run is red. One line per reason."""


@dataclass(frozen=True)
class Run:
    """A run whose books are open."""

    run_id: int
    interval: Interval

    def to_dict(self) -> dict[str, Any]:
        """For XCom."""
        return {
            "run_id": self.run_id,
            "start": self.interval.start.isoformat(),
            "end": self.interval.end.isoformat(),
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """From XCom."""
        start, end = datetime.fromisoformat(value["start"]), datetime.fromisoformat(value["end"])
        return cls(value["run_id"], Interval(start, end))


def migrate(settings: Settings) -> None:
    """Bring the warehouse up to date: tables, views, masks, grants, and the logins of the pipeline and the pages.

    Raises `SettingsError` where the owner's connection is not known.
    """
    from include.reporting.views import VIEWS
    from include.warehouse.migrate import migrate as to_revision

    if not settings.owner_dsn:
        raise SettingsError("the owner's connection to the warehouse is not known here; migrate where it is")
    logins = [dsn for dsn in (settings.warehouse_dsn, settings.desk_dsn) if dsn]
    to_revision(settings.owner_dsn, views=VIEWS, logins=logins)


def open_books(settings: Settings, interval: Interval, external_id: str) -> Run:
    """Open a run over a data interval. `external_id`: what the caller calls it (Airflow's run id)."""
    from include.warehouse import books

    return Run(books.open_run(settings.warehouse_dsn, external_id, interval), interval)


def compare(settings: Settings, run: Run, dataset: str) -> dict[str, Any] | None:
    """What of the run's interval has to be fetched: the whole if nothing of it is held, nothing (`None`) if the
    agency's control totals agree with what is held, else the shortest period with all days that differ.

    Returns the run over that interval, as `Run.to_dict`. Raises the classes of `extraction.errors`.
    """
    from include.quality.totals import DAY, whole_days
    from include.warehouse import books

    contract = load_contract(dataset)
    days = whole_days(run.interval)
    held = books.day_totals(settings.warehouse_dsn, dataset, days)
    if not held or run.interval != _of_days(days[0], days[-1] + DAY):
        return run.to_dict()

    with _timed(settings, run, "compare", dataset):
        is_same = len(held) == len(days) and _agrees(settings, contract, run, list(held.values()))
        differing = [
            day
            for day in (() if is_same else days)
            if day not in held
            or not _agrees(settings, contract, Run(run.run_id, _of_days(day, day + DAY)), [held[day]])
        ]
        if not differing:
            rows = sum(total[0] for total in held.values())
            reason = f"the agency's control totals of [{len(days)}] days agree with the [{rows}] rows that are held"
            books.record_agreement(settings.warehouse_dsn, run.run_id, dataset, reason)
            return None
    return Run(run.run_id, _of_days(differing[0], differing[-1] + DAY)).to_dict()


def extract(settings: Settings, run: Run, dataset: str, *, last_try: bool) -> dict[str, Any]:
    """One attempt at an export. Raises the classes of `extraction.errors`; the ledger learns of it either way.

    Unless it is the `last_try`, raises `IncompleteExport` while what all attempts hold together falls short, of the
    control totals or of the contract, and another attempt can help. Where one that was asked for beside a complete one
    fails for good, the complete one stands.
    """
    from include.extraction.errors import ExtractionError, IncompleteExport, NotReady, Refusal
    from include.extraction.extract import extract as one_attempt
    from include.extraction.landing import Landing

    contract = load_contract(dataset)
    landing = Landing(settings.landing)
    with _timed(settings, run, "extract", dataset):
        try:
            receipt = one_attempt(
                contract,
                run.interval,
                gateway=settings.gateways[contract.agency],
                limits=settings.extraction,
                landing=landing,
                run_id=run.run_id,
                last_try=last_try,
            )
        except ExtractionError as error:
            whole = [each for each in landing.receipts(dataset, run.interval, run_id=run.run_id) if each.complete]
            is_final = (last_try or isinstance(error, Refusal)) and not isinstance(error, NotReady)
            if not whole or not is_final:
                raise
            receipt, last_try = whole[-1], True
        finally:
            _write_ledger(settings, run, landing, dataset)
            wanted = _measure(settings, run, landing, dataset)
        if wanted and not last_try:
            raise IncompleteExport(
                f"dataset [{dataset}], interval [{run.interval}]: attempt [{receipt.attempt}] is whole, and all "
                f"attempts fall short in [{len(wanted)}] things, first: {wanted[0]}; the task's next try asks again"
            )
    return {"path": receipt.path, "attempt": receipt.attempt, "rows": receipt.rows, "complete": receipt.complete}


def stage(settings: Settings, run: Run, dataset: str) -> dict[str, Any]:
    """All attempts that the run landed, typed and merged into one table.

    Raises `StagingError` or `LandingError` if they cannot be: then the dataset is held, and the books say why.
    """
    import pyarrow.parquet as pq

    from include.extraction.errors import LandingError
    from include.extraction.landing import Landing
    from include.quality.errors import StagingError
    from include.quality.gate import Decision
    from include.quality.staging import stage as merge
    from include.warehouse import books
    from include.warehouse.connection import transaction
    from include.warehouse.quarantine import keep
    from include.warehouse.vault import Vault

    contract = load_contract(dataset)
    landing = Landing(settings.landing)
    with _timed(settings, run, "stage", dataset):
        receipts = landing.receipts(dataset, run.interval, run_id=run.run_id)
        if not receipts:
            raise LookupError(
                f"dataset [{dataset}], interval [{run.interval}]: nothing landed; clear its task `extract`"
            )
        complete = [receipt.attempt for receipt in receipts if receipt.complete]
        try:
            for receipt in receipts:
                landing.verify(receipt)
            staged = merge(contract, _parts(settings, receipts), staging_folder(settings, run, dataset), complete)
        except (StagingError, LandingError) as error:
            books.record_gate(settings.warehouse_dsn, run.run_id, dataset, Decision.HOLD, [str(error)], [])
            raise
        counts = {key: getattr(staged, key) for key in ("received", "duplicate", "quarantined", "accepted")}
        refused = pq.read_table(staged.quarantined_path)
        with transaction(settings.warehouse_dsn) as cursor:  # kept whatever the gate says of the others
            books.record_staged(cursor, run.run_id, {"dataset": dataset, **counts})
            keep(cursor, Vault(settings.quarantine_secrets), run.run_id, contract, refused)
    whole = any(staged.is_whole(attempt) for attempt in complete)
    return {**staged.to_dict(), "complete": whole, "attempt": receipts[-1].attempt}


def validate(settings: Settings, run: Run, dataset: str, staged: dict[str, Any]) -> dict[str, Any]:
    """Expectations on the staged table, and the gate's decision."""
    from include.quality.gate import decide
    from include.quality.history import bands
    from include.quality.staging import Staged
    from include.quality.suite import validate as check
    from include.warehouse import books

    contract = load_contract(dataset)
    with _timed(settings, run, "validate", dataset):
        delivery_complete = staged["complete"]
        table = Staged.from_dict({key: value for key, value in staged.items() if key not in ("complete", "attempt")})
        outcomes = check(contract, Path(table.accepted_path))
        outcomes += bands(contract, outcomes, table.accepted, _past(settings, run, dataset))
        decision = decide(contract, table, outcomes, delivery_complete=delivery_complete)
        books.record_gate(
            settings.warehouse_dsn,
            run.run_id,
            dataset,
            decision.decision,
            decision.reasons,
            [{**asdict(outcome), "attempt": staged["attempt"]} for outcome in outcomes],
        )
    return {"decision": str(decision.decision), "reasons": list(decision.reasons)}


def _past(settings: Settings, run: Run, dataset: str) -> "Past":
    """A quarter of the nights like the run's."""
    from include.quality.history import Past
    from include.quality.rules import Rule
    from include.warehouse import books

    found = books.past_results(settings.warehouse_dsn, dataset, run.interval, weeks=13)
    return Past(
        shares={row.column_name: row.observed for row in found if row.rule == Rule.COMPLETENESS},
        rows=next((row.observed for row in found if row.rule == Rule.ROW_COUNT), ()),
    )


def load(settings: Settings, run: Run, dataset: str, staged: dict[str, Any]) -> dict[str, Any]:
    """Append the record versions. The caller asks the gate's decision first: see `lets_through`."""
    from include.quality.totals import day_totals
    from include.warehouse.connection import transaction
    from include.warehouse.load import load as append

    accepted = Path(staged["accepted_path"])
    if not accepted.exists():
        raise LookupError(f"dataset [{dataset}], interval [{run.interval}]: its staging folder is gone; clear `stage`")
    with _timed(settings, run, "load", dataset), transaction(settings.warehouse_dsn) as cursor:
        days = [
            (total.day, total.rows, total.non_blank)
            for total in day_totals(accepted.parent / "days.parquet", run.interval)
        ]
        loaded = append(cursor, run.run_id, load_contract(dataset), accepted, days)
    return asdict(loaded)


def lets_through(decision: dict[str, Any]) -> bool:
    """Whether the gate lets a dataset flow on."""
    return decision["decision"] in ("pass", "warn")


def hold(settings: Settings, run: Run, dataset: str, patience: timedelta) -> "Hold":
    """What a person is asked about a held dataset; see `reporting.holds`."""
    from include.reporting.holds import hold as of_books

    return of_books(settings.warehouse_dsn, run.run_id, dataset, patience)


def decide(settings: Settings, run: Run, held: "Hold", outcome: str, decided_by: str, reason: str) -> dict[str, Any]:
    """Enter what became of a hold (`release`, `reject`, `cured`), by whom, and why.

    Raises `ValueError` for a release where there is nothing to release.
    """
    from include.warehouse import books

    if outcome == "release" and not held.can_release:
        raise ValueError(f"dataset [{held.dataset}], run [{run.run_id}]: there is nothing that could be released")
    decision = {"outcome": outcome, "decided_by": decided_by, "reason": reason}
    about = {"run_id": run.run_id, "dataset": held.dataset, "held_at": held.held_at, "shown": held.shown}
    books.record_gate_decision(settings.warehouse_dsn, {**about, **decision})
    return decision


def match(settings: Settings, run: Run) -> dict[str, Any]:
    """Compare what no run has compared yet with all that is loaded: one transaction, one run at a time."""
    from include.matching.blocking import folded_keys
    from include.matching.explain import explain
    from include.matching.groups import floor
    from include.matching.link import Linker
    from include.matching.model import load_model
    from include.warehouse.connection import transaction
    from include.warehouse.matches import end_turn, leave_pairs, take_turn, uncompared

    model = load_model()
    compared, candidates = 0, Counter[str]()
    with _timed(settings, run, "match"), transaction(settings.warehouse_dsn) as cursor:
        turn = take_turn(cursor, run.run_id, model.version)
        for personas, petitioners in uncompared(turn, partial(folded_keys, model=model)):
            found = Linker(personas, model, floor(model)).link(petitioners)
            leave_pairs(turn, personas, found.pairs, explain(personas, petitioners, found.pairs, model))
            compared += found.compared
            candidates.update(dict(zip(found.keys["rule"], found.keys["pairs"].tolist(), strict=True)))
        matched = end_turn(turn, compared, candidates)
    return asdict(matched)


def resolve(settings: Settings, run: Run) -> dict[str, Any]:
    """Which records are one person: link the records of each system, then join all that the current model links.

    Entities follow from all that is loaded and decided: where nothing was compared or decided since, they are as they
    would be.
    """
    import pandas as pd

    from include.matching.blocking import folded_keys
    from include.matching.groups import lift, weigh_groups
    from include.matching.link import Linker
    from include.matching.model import load_model
    from include.matching.resolve import changes
    from include.matching.resolve import resolve as join
    from include.warehouse import entities
    from include.warehouse.connection import transaction

    model = load_model()
    with _timed(settings, run, "resolve"), transaction(settings.warehouse_dsn) as cursor:
        unresolved = entities.take_unresolved(cursor, model.version)
        if unresolved is None:
            return {"changed": 0}
        found = entities.take_unlinked(cursor, unresolved, partial(folded_keys, model=model))
        linked = []
        for records in (found.personas, found.petitioners):
            new, known = records[records["is_new"]], records[~records["is_new"]]
            linker = Linker(new, model)
            linked.append(pd.concat([linker.link(new, within=True).pairs, linker.link(known).pairs]))
        entities.leave_links(cursor, run.run_id, model.version, found, *linked)
        entities.find_suspects(cursor)
        groups = weigh_groups(entities.convicted_counts(cursor, model.version))
        lifted = lift(entities.convicted_pairs(cursor, model.version), groups, model)
        by_group = entities.replace_groups(cursor, run.run_id, model.version, groups, lifted)
        accepted = entities.accepted_links(cursor, model.version, by_group)
        resolved = join(accepted.members, accepted.links, model, accepted.decided)
        held = entities.held_entities(cursor)
        changed = changes(held, resolved, accepted.decided, same_model=unresolved.same_model)
        entities.leave_entities(cursor, run.run_id, changed, resolved.cut)
        entities.record_resolved(cursor, run.run_id, unresolved)
    return {
        "members": len(resolved.entities),
        "entities": int(resolved.entities["entity"].nunique()),
        "cut": len(resolved.cut),
        "changed": len(changed),
    }


def close_books(
    settings: Settings, run: Run, failed: Sequence[str] = (), datasets: Sequence[str] | None = None
) -> dict[str, Any]:
    """Account for every row, and close the run; its number. Raises `BooksError` after it has closed the books in red.

    `failed`: what the caller knows to have failed although the books hold an earlier result of it. `datasets`: those
    that the run should have brought; all of them if not given.
    """
    from include.warehouse import books

    with _timed(settings, run, "report"):
        reasons = books.breaches(settings.warehouse_dsn, run.run_id, datasets or dataset_names())
        reasons += [f"task [{task}] failed; see its log" for task in failed]
        books.close_run(settings.warehouse_dsn, run.run_id, reasons)
    if reasons:
        raise BooksError(f"run [{run.run_id}], interval [{run.interval}] is red:\n" + "\n".join(reasons))
    return {"run_id": run.run_id}


def replay(settings: Settings, dataset: str | None = None) -> list[dict[str, Any]]:
    """Judge the rows in quarantine again, of one dataset or of all, and load, match and account for what passes now.

    A run of its own, over the hull of the intervals that the rows came from; no run if no row waits. One entry a
    dataset: how many rows were judged, loaded, held already, duplicate, and refused again.
    """
    from include.warehouse import books
    from include.warehouse.connection import fetch, query

    waiting = [
        found for found in fetch(settings.warehouse_dsn, query("waiting_datasets")) if dataset in (None, found.dataset)
    ]
    if not waiting:
        return []
    hull = Interval(min(found.interval_start for found in waiting), max(found.interval_end for found in waiting))
    name = f"replay__{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    run = Run(books.open_run(settings.warehouse_dsn, name, hull, kind="replay"), hull)
    done = [_replay(settings, run, found.dataset) for found in waiting]
    match(settings, run)
    resolve(settings, run)
    close_books(settings, run, datasets=[found.dataset for found in waiting])
    return done


def _replay(settings: Settings, run: Run, dataset: str) -> dict[str, Any]:
    """One dataset, in one transaction."""
    from include.quality.gate import Decision
    from include.quality.replay import Refused, rejudge
    from include.warehouse import books
    from include.warehouse.connection import transaction
    from include.warehouse.quarantine import settle, waiting
    from include.warehouse.vault import Vault

    contract = load_contract(dataset)
    with _timed(settings, run, "load", dataset), transaction(settings.warehouse_dsn) as cursor:
        rows = [Refused(*found) for found in waiting(cursor, Vault(settings.quarantine_secrets), dataset)]
        judged = rejudge(contract, rows)
        done = settle(cursor, run.run_id, contract, judged.accepted, judged.refused, judged.duplicate)
    reason = f"replay: [{done.refused}] of [{done.judged}] rows are refused again by contract [{contract.version}]"
    decision = Decision.WARN if done.refused else Decision.PASS
    books.record_gate(settings.warehouse_dsn, run.run_id, dataset, decision, [reason] if done.refused else [], [])
    return asdict(done)


def show_quarantined(settings: Settings, quarantine_id: int) -> dict[str, str]:
    """A row in quarantine as it came, by the header of its file: personal data, for the eyes of who mends a contract.

    What cannot be split by the header is under one name. Raises `LookupError` for a number that is not there.
    """
    from include.quality.reading import Raw
    from include.warehouse.connection import fetch, query
    from include.warehouse.vault import Vault

    found = fetch(settings.warehouse_dsn, query("quarantined_row"), {"quarantine_id": quarantine_id})
    if not found:
        raise LookupError(f"row [{quarantine_id}] is not in quarantine; `quarantine.row` lists the numbers")
    return Raw.from_json(Vault(settings.quarantine_secrets).open(found[0].sealed)).by_header()


def purge(settings: Settings) -> dict[str, int]:
    """Remove the landed bytes and staged tables that the settings' retention lets go, each with its line in the ledger;
    how many of each.

    Bytes first, ledger second: killed between the two, the next purge finds them gone and writes the line.
    """
    import shutil

    from include.extraction.purge import purge_attempt
    from include.warehouse import books

    dsn, kept = settings.warehouse_dsn, settings.retention
    done = {"landing": 0, "staging": 0}
    for found in books.purgeable(dsn, "landing", kept.landing_days) if kept.landing_days else ():
        purge_attempt(settings.landing, found.path)
        policy = f"loaded, and landed more than {kept.landing_days} days ago"
        books.record_purge(dsn, {**found._asdict(), "kind": "landing", "policy": policy})
        done["landing"] += 1
    for found in books.purgeable(dsn, "staging", kept.staging_days) if kept.staging_days else ():
        run = Run(found.run_id, Interval(found.interval_start, found.interval_end))
        folder = staging_folder(settings, run, found.dataset)
        shutil.rmtree(folder, ignore_errors=True)
        policy = f"of a run whose books closed more than {kept.staging_days} days ago"
        about = {"kind": "staging", "policy": policy, "row_count": None, "byte_count": None}
        books.record_purge(dsn, {**found._asdict(), **about, "path": str(folder.relative_to(settings.staging))})
        done["staging"] += 1
    return done


def preload() -> None:
    """Import and build what the stages need when they start: for a process that forks its workers.

    What is there then stays: it is taken from the collector, which would else look through all of it now and then in
    each stage, and make each worker a copy of its pages.
    """
    for module in (
        "great_expectations",
        "pyarrow.acero",  # pyarrow imports it at the first sum by group
        "include.extraction.extract",
        "include.extraction.probe",
        "include.quality.gate",
        "include.quality.history",
        "include.quality.staging",
        "include.quality.suite",
        "include.quality.yields",
        "include.matching.link",
        "include.matching.resolve",
        "include.warehouse.entities",
        "include.warehouse.load",
        "include.warehouse.matches",
        "include.warehouse.quarantine",
    ):
        import_module(module)
    from include.extraction import client
    from include.quality import suite

    client.warm_up()
    suite.warm_up(load_contract(dataset_names()[0]))
    gc.collect()
    gc.freeze()


def _agrees(settings: Settings, contract: "Contract", run: Run, held: Sequence[tuple[int, dict[str, int]]]) -> bool:
    """Whether the agency's control totals of an interval are the sum of what is held of its days."""
    from include.extraction.landing import Landing
    from include.extraction.probe import control_totals

    totals = control_totals(
        contract,
        run.interval,
        gateway=settings.gateways[contract.agency],
        limits=settings.extraction,
        landing=Landing(settings.landing),
        run_id=run.run_id,
    )
    rows = sum(rows for rows, _ in held)
    names = [column.source for column in contract.columns]
    non_blank = {name: sum(values.get(name, 0) for _, values in held) for name in names}
    return totals.rows == rows and (not rows or non_blank == {name: totals.non_blank.get(name) for name in names})


def _of_days(first: date, end: date) -> Interval:
    return Interval(midnight(first), midnight(end))


def staging_folder(settings: Settings, run: Run, dataset: str) -> Path:
    """Where a run stages a dataset."""
    return settings.staging / dataset / run.interval.slug / f"run-{run.run_id}"


def _parts(settings: Settings, receipts: "Sequence[Receipt]") -> "list[Part]":
    from include.quality.reading import Part

    return [
        Part(receipt.attempt, part.name, settings.landing / receipt.path / part.name, part.rows)
        for receipt in receipts
        for part in receipt.parts
    ]


def _measure(settings: Settings, run: Run, landing: "Landing", dataset: str) -> list[str]:
    """Enter what the attempts of the run were worth; what they lack that another attempt may bring, in words."""
    from include.quality.yields import DAMAGE, measure, shortfalls
    from include.warehouse import books

    contract = load_contract(dataset)
    receipts = landing.receipts(dataset, run.interval, run_id=run.run_id)
    yields = measure(contract, _parts(settings, receipts), [each.attempt for each in receipts if each.complete])
    place = {"dataset": dataset, "interval_start": run.interval.start, "interval_end": run.interval.end}
    books.record_yields(settings.warehouse_dsn, [{**place, **asdict(field)} for field in yields.fields])
    usual = books.usual_shares(settings.warehouse_dsn, dataset, run.interval, USUAL)
    short = shortfalls(contract, run.interval, yields, usual)
    if receipts and not any(receipt.rows for receipt in receipts):
        days, quiet = books.quiet_days(settings.warehouse_dsn, dataset, run.interval.start.date())
        # two attempts may run too early: where no day was ever quiet, the last try has to say so as well
        return [f"no row, as on none of [{days}] days before"] if days >= SOME_DAYS and not quiet else []
    if len(receipts) >= settings.extraction.content_attempts:
        return []
    if len(receipts) > 1:  # the source does not have what another attempt at it did not bring
        brought = {DAMAGE, *(field.field for field in yields.last() if field.new)}
        short = {field: why for field, why in short.items() if field in brought or (not field and len(brought) > 1)}
    return list(short.values())


def _write_ledger(settings: Settings, run: Run, landing: "Landing", dataset: str) -> None:
    """Copy the attempts of the run from the landing zone, which is the truth, into the books."""
    from include.warehouse import books

    place = {
        "dataset": dataset,
        "interval_start": run.interval.start,
        "interval_end": run.interval.end,
        "run_id": run.run_id,
    }
    landed = [
        {
            **place,
            "attempt": receipt.attempt,
            "state": "landed" if receipt.complete else "incomplete",
            "cause": None,
            "row_count": receipt.rows,
            "byte_count": receipt.bytes,
            "part_count": len(receipt.parts),
            "resumed_count": receipt.resumed,
            "retried": receipt.retried,
            "shortfalls": list(receipt.shortfalls),
            "path": receipt.path,
            "started_at": receipt.started_at,
            "finished_at": receipt.finished_at,
        }
        for receipt in landing.receipts(dataset, run.interval, run_id=run.run_id)
    ]
    nothing = {"row_count": 0, "byte_count": 0, "part_count": 0, "resumed_count": 0, "retried": {}, "shortfalls": []}
    failed = [
        {
            **place,
            **nothing,
            "attempt": failure.attempt,
            "state": "failed",
            "cause": failure.cause,
            "path": None,
            "started_at": failure.started_at,
            "finished_at": datetime.now(UTC),
        }
        for failure in landing.failures(dataset, run.interval, run.run_id)
    ]
    books.record_attempts(settings.warehouse_dsn, [*landed, *failed])


@contextmanager
def _timed(settings: Settings, run: Run, stage_name: str, dataset: str = "") -> Iterator[None]:
    """One session at the warehouse, and the time of the stage's work in the books, if it ended well."""
    from include.warehouse import books
    from include.warehouse.connection import session

    started_at = datetime.now(UTC)
    with session(settings.warehouse_dsn):
        yield
        books.record_stage_time(settings.warehouse_dsn, run.run_id, stage_name, dataset, started_at, datetime.now(UTC))
