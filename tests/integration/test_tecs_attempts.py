"""Four attempts at TECS, none complete, add up to what the source holds, to the value."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from bent_gateway import TOKEN, serve_app
from nights import TRIES

from benchmarks.reliability.agency import differences, recoverable
from include import pipeline
from include.contracts import load_contract
from include.extraction.errors import IncompleteExport, NotReady, TransportError
from include.interval import Interval
from include.settings import Settings
from include.simulator import scenario, world
from include.simulator.gateways.app import create_app
from include.simulator.gateways.plan import Rules, WrittenAttempt, WrittenPlan, load
from include.simulator.rates import Files, Transport
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

YEARS = Interval(datetime(2011, 10, 1, tzinfo=UTC), datetime(2014, 10, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three fiscal years of dirty records, whose exports fail by the written plan only."""
    folder = tmp_path_factory.mktemp("worlds") / "years"
    changes = {"first_day": date(2011, 10, 1), "transport": Transport(), "files": Files()}
    chosen = scenario.load("smoke").model_copy(update=changes)
    world.generate(chosen, chosen.seed, folder)
    return folder


@pytest.fixture
def attempted(settings: Settings, years: Path) -> Iterator[Settings]:
    with serve_app(create_app(years, "tecs", TOKEN, Rules(written=load("tecs_attempts")))) as gateway:
        yield replace(settings, gateways={"tecs": gateway})


def test_the_union_of_four_attempts_is_what_the_source_holds(attempted: Settings, years: Path) -> None:
    run = pipeline.open_books(attempted, YEARS, "four attempts")
    asked = []
    for number in range(1, TRIES + 1):
        try:
            pipeline.extract(attempted, run, "tecs_subjects", last_try=number == TRIES)
        except IncompleteExport as short:
            asked.append(str(short))
    assert len(asked) == TRIES - 1, "each attempt but the last asks for another"

    truth = recoverable(years, "tecs_subjects")
    staged = pipeline.stage(attempted, run, "tecs_subjects")
    contract = load_contract("tecs_subjects")
    assert differences(contract, values(staged["accepted_path"], contract.dataset), truth) == {}

    ledger = yields(attempted)
    last = [field for field in ledger if field.attempt == TRIES]
    reachable = {
        name: sum(row[name] is not None for row in truth.values()) for name in load_contract("tecs_subjects").names
    }
    invalid = {label.split(":")[0] for label in staged["breaches"]}
    for field in last:
        assert field.versions == len(truth)
        if field.field in invalid:
            assert field.held <= reachable[field.field]
        else:
            assert field.held == reachable[field.field], field.field
    held = {(field.attempt, field.field): field.held for field in ledger}
    assert (held[1, "name"], held[1, "date_of_birth"] > 0, held[2, "name"] > 0) == (0, True, True)
    for name in ("name", "date_of_birth", "fbi_number"):
        new = sum(field.new for field in ledger if field.field == name)
        assert new >= reachable[name] > 0


def test_a_borrowed_value_names_its_attempt(attempted: Settings) -> None:
    run = pipeline.open_books(attempted, YEARS, "four attempts")
    for number in range(1, TRIES + 1):
        try:
            pipeline.extract(attempted, run, "tecs_subjects", last_try=number == TRIES)
        except IncompleteExport:
            continue
    rows = pq.read_table(pipeline.stage(attempted, run, "tecs_subjects")["accepted_path"]).to_pylist()
    assert {row["source_attempt"] for row in rows} == {4}
    borrowed = [label for row in rows for label in row["borrowed"] if label.startswith("fbi_number:")]
    assert len(borrowed) == sum(row["fbi_number"] is not None for row in rows) > 0, "attempt 4 has no FBI number"
    assert not any(label.endswith(":4") for label in borrowed)


def test_cases_of_another_program_are_set_aside(attempted: Settings, years: Path) -> None:
    run = pipeline.open_books(attempted, YEARS, "smuggling")
    for _ in range(2):
        pipeline.extract(attempted, run, "tecs_investigations", last_try=True)
    staged = pipeline.stage(attempted, run, "tecs_investigations")
    assert staged["breaches"]["row:unconfirmed"] > 0
    contract = load_contract("tecs_investigations")
    assert (
        differences(contract, values(staged["accepted_path"], contract.dataset), recoverable(years, contract.dataset))
        == {}
    )


@pytest.mark.parametrize(("blank", "attempts"), [((1,), 2), ((1, 2, 3, 4), 2)], ids=["once", "always"])
def test_a_field_short_of_the_contract_asks_once_more_though_the_totals_agree(
    settings: Settings, years: Path, blank: tuple[int, ...], attempts: int
) -> None:
    """Whoever made the file counted it, too. A second look brings the dates of birth, or shows that there are none."""
    faults = {"files": [{"fault": "column_blank", "columns": ["DOB"]}], "totals_of_file": True}
    entries = [{"datasets": "tecs_subjects", "attempt": number, "why": "no dates", **faults} for number in blank]
    plan = WrittenPlan(name="dates", meaning="none", attempts=tuple(map(WrittenAttempt.model_validate, entries)))
    with serve_app(create_app(years, "tecs", TOKEN, Rules(written=plan))) as gateway:
        short = replace(settings, gateways={"tecs": gateway})
        run = pipeline.open_books(short, YEARS, "no dates of birth")
        with pytest.raises(IncompleteExport, match=r"column \[date_of_birth\] has \[0\] values in \[\d+\] versions"):
            pipeline.extract(short, run, "tecs_subjects", last_try=False)
        assert pipeline.extract(short, run, "tecs_subjects", last_try=False)["attempt"] == attempts
        staged = pipeline.stage(short, run, "tecs_subjects")
        decided = pipeline.validate(short, run, "tecs_subjects", staged)
    is_held = any("date_of_birth:completeness" in reason for reason in decided["reasons"])
    assert (decided["decision"] == "hold", is_held) == (len(blank) > 1, len(blank) > 1)


def test_three_landed_attempts_are_enough_though_a_fourth_might_bring_more(settings: Settings, years: Path) -> None:
    faults = {"files": [{"fault": "extra_fields"}]}
    entries = [{"datasets": "tecs_arrests", "attempt": n, "why": "damaged", **faults} for n in (1, 2, 3)]
    plan = WrittenPlan(name="thrice", meaning="again", attempts=tuple(map(WrittenAttempt.model_validate, entries)))
    with serve_app(create_app(years, "tecs", TOKEN, Rules(written=plan))) as gateway:
        damaged = replace(settings, gateways={"tecs": gateway})
        run = pipeline.open_books(damaged, YEARS, "thrice")
        for _ in range(2):
            with pytest.raises(IncompleteExport, match="rows came damaged and may come whole"):
                pipeline.extract(damaged, run, "tecs_arrests", last_try=False)
        assert pipeline.extract(damaged, run, "tecs_arrests", last_try=False)["attempt"] == 3


def test_a_complete_attempt_stands_when_the_next_one_that_was_asked_for_fails(settings: Settings, years: Path) -> None:
    """Its rows came damaged and were put right; another attempt might have brought them whole."""
    entries = [{"datasets": "tecs_arrests", "attempt": 1, "why": "damaged", "files": [{"fault": "extra_fields"}]}]
    entries += [{"datasets": "tecs_arrests", "attempt": n, "why": "fails", "job": "job_failed"} for n in (2, 3, 4)]
    plan = WrittenPlan(name="stands", meaning="the first", attempts=tuple(map(WrittenAttempt.model_validate, entries)))
    with serve_app(create_app(years, "tecs", TOKEN, Rules(written=plan))) as gateway:
        one = replace(settings, gateways={"tecs": gateway})
        run = pipeline.open_books(one, YEARS, "stands")
        with pytest.raises(IncompleteExport, match="rows came damaged and may come whole"):
            pipeline.extract(one, run, "tecs_arrests", last_try=False)
        for _ in range(2):
            with pytest.raises(TransportError):
                pipeline.extract(one, run, "tecs_arrests", last_try=False)
        assert pipeline.extract(one, run, "tecs_arrests", last_try=True)["attempt"] == 1
        staged = pipeline.stage(one, run, "tecs_arrests")
    assert staged["complete"]
    states = fetch(settings.owner_dsn, "select state from ops.attempt order by attempt")
    assert [row.state for row in states] == ["landed", "failed", "failed", "failed"]


def test_a_job_that_takes_long_is_waited_for_on_the_last_try_too(settings: Settings, years: Path) -> None:
    """A complete attempt is held, and yet the one that was asked for beside it has not failed."""
    entries = [{"datasets": "tecs_arrests", "attempt": 1, "why": "damaged", "files": [{"fault": "extra_fields"}]}]
    entries += [{"datasets": "tecs_arrests", "attempt": 2, "why": "slow", "job": "job_slow"}]
    plan = WrittenPlan(name="slow", meaning="waits", attempts=tuple(map(WrittenAttempt.model_validate, entries)))
    with serve_app(create_app(years, "tecs", TOKEN, Rules(written=plan))) as gateway:
        hasty = replace(settings.extraction, wait_seconds=0.5)
        slow = replace(settings, gateways={"tecs": gateway}, extraction=hasty)
        run = pipeline.open_books(slow, YEARS, "slow")
        with pytest.raises(IncompleteExport):
            pipeline.extract(
                settings=replace(slow, extraction=settings.extraction), run=run, dataset="tecs_arrests", last_try=False
            )
        with pytest.raises(NotReady):
            pipeline.extract(slow, run, "tecs_arrests", last_try=True)


def values(accepted: str, dataset: str) -> dict:
    key = load_contract(dataset).version_key
    return {tuple(row[name] for name in key): row for row in pq.read_table(accepted).to_pylist()}


def yields(settings: Settings) -> list:
    return fetch(settings.owner_dsn, "select * from report.attempt_yield order by attempt, field")
