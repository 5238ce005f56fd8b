"""A closed month: compared by control totals, and fetched where it differs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg2
import pytest
from bent_gateway import TOKEN, serve_app
from nights import collect, night

from benchmarks.reliability.agency import differences, recoverable
from include import pipeline
from include.contracts import load_contract
from include.extraction.errors import IncompleteExport, TransportError
from include.interval import Interval
from include.settings import Settings
from include.simulator.gateways.app import create_app
from include.simulator.gateways.plan import Rules, WrittenAttempt, WrittenPlan
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

DATASET = "uscis_petitions"
MONTH = night(24, 7)  # a short one
FIRST, LAST = date(2014, 9, 24), date(2014, 9, 30)


@pytest.fixture
def month(settings: Settings, world: Path) -> Iterator[Settings]:
    """An agency without faults, so that totals differ only where something happened."""
    with serve_app(create_app(world, "uscis", TOKEN, Rules())) as gateway:
        yield replace(settings, gateways={"uscis": gateway})


def screen(settings: Settings, interval: Interval = MONTH) -> tuple[pipeline.Run, dict | None]:
    """What `screen_monthly` does with a dataset."""
    run = pipeline.open_books(settings, interval, f"month {interval}")
    differing = pipeline.compare(settings, run, DATASET)
    if differing is not None:
        collect(settings, pipeline.Run.from_dict(differing), DATASET)
    return run, differing


def held(settings: Settings) -> dict:
    contract = load_contract(DATASET)
    rows = fetch(settings.owner_dsn, f"select {', '.join(contract.names)} from record.{contract.record}")
    return {tuple(getattr(row, name) for name in contract.version_key): row._asdict() for row in rows}


def test_a_month_of_which_nothing_is_held_is_fetched_whole(month: Settings, world: Path) -> None:
    _, fetched = screen(month)
    assert pipeline.Run.from_dict(fetched).interval == MONTH
    assert differences(load_contract(DATASET), held(month), recoverable(world, DATASET, MONTH)) == {}


def test_a_month_that_agrees_is_not_fetched_and_its_books_close(month: Settings) -> None:
    for day in range(24, 31):
        collect(month, pipeline.open_books(month, night(day), f"night {day}"), DATASET)
    before = fetch(month.owner_dsn, "select count(*) from ops.attempt")
    run, fetched = screen(month)
    assert fetched is None
    assert fetch(month.owner_dsn, "select count(*) from ops.attempt") == before
    [row] = fetch(month.owner_dsn, "select * from report.run where run_id = %s", [run.run_id])
    assert (row.received, row.loaded, row.decision, row.is_closed) == (0, 0, "pass", True)
    assert "control totals of [7] days agree with the [" in row.reasons[0]


def test_a_comparison_that_fails_is_another_attempt_the_next_time(month: Settings, world: Path) -> None:
    """The same attempt fails the same way for ever."""
    screen(month)
    entry = {"datasets": DATASET, "attempt": 2, "why": "on trial", "job": "job_failed"}
    plan = WrittenPlan(name="once", meaning="the comparison", attempts=(WrittenAttempt.model_validate(entry),))
    with serve_app(create_app(world, "uscis", TOKEN, Rules(written=plan))) as gateway:
        failing = replace(month, gateways={"uscis": gateway})
        run = pipeline.open_books(failing, MONTH, "again")
        with pytest.raises(TransportError, match="export job"):
            pipeline.compare(failing, run, DATASET)
        assert pipeline.compare(failing, run, DATASET) is None


def test_an_export_without_a_row_is_a_surprise_where_no_day_was_quiet(month: Settings, world: Path) -> None:
    """Two attempts that ran too early say the same; the third is not believed either, and the fourth has the rows."""
    screen(month, night(20, 10))
    entries = [{"datasets": DATASET, "attempt": n, "why": "too early", "job": "empty_export"} for n in (1, 2, 3)]
    plan = WrittenPlan(name="early", meaning="no rows", attempts=tuple(map(WrittenAttempt.model_validate, entries)))
    with serve_app(create_app(world, "uscis", TOKEN, Rules(written=plan))) as gateway:
        early = replace(month, gateways={"uscis": gateway})
        collect(early, pipeline.open_books(early, night(30), "too early"), DATASET)
    truth = recoverable(world, DATASET, night(20, 11))
    assert differences(load_contract(DATASET), held(month), truth) == {}


def test_among_few_days_two_attempts_without_a_row_are_believed(month: Settings, world: Path) -> None:
    """Six days do not tell that a seventh has rows."""
    screen(month, night(24, 6))
    entries = [{"datasets": DATASET, "attempt": n, "why": "too early", "job": "empty_export"} for n in (1, 2)]
    plan = WrittenPlan(name="early", meaning="no rows", attempts=tuple(map(WrittenAttempt.model_validate, entries)))
    with serve_app(create_app(world, "uscis", TOKEN, Rules(written=plan))) as gateway:
        early = replace(month, gateways={"uscis": gateway})
        run = pipeline.open_books(early, night(30), "too early")
        with pytest.raises(IncompleteExport, match="no row is announced"):
            pipeline.extract(early, run, DATASET, last_try=False)
        assert pipeline.extract(early, run, DATASET, last_try=False)["attempt"] == 2


def test_only_the_days_that_differ_are_fetched(month: Settings, world: Path) -> None:
    """One night was never run, another was loaded without what came late."""
    for day in (24, 25, 26, 28, 29, 30):
        collect(month, pipeline.open_books(month, night(day), f"night {day}"), DATASET)
    with psycopg2.connect(month.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("delete from record.uscis_petition where updated_at::date = '2014-09-29'")
        assert cursor.rowcount > 0
        cursor.execute("update ops.day_total set row_count = row_count - 1 where updated_on = '2014-09-29'")
    _, fetched = screen(month)
    assert pipeline.Run.from_dict(fetched).interval == night(27, 3)
    assert differences(load_contract(DATASET), held(month), recoverable(world, DATASET, MONTH)) == {}
    assert screen(month)[1] is None, "now it agrees"


def test_a_column_that_a_loaded_night_lacked_is_fetched(month: Settings) -> None:
    screen(month)
    with psycopg2.connect(month.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            """update ops.day_total set non_blank = jsonb_set(non_blank, '{RECEIVED_DATE}', '0')
               where updated_on = '2014-09-26' and non_blank ? 'RECEIVED_DATE'"""
        )
        changed = cursor.rowcount
    _, fetched = screen(month)
    assert changed == 1
    assert pipeline.Run.from_dict(fetched).interval == night(26)


def test_what_is_held_of_a_day_does_not_depend_on_how_it_came(month: Settings) -> None:
    totals = "select updated_on, row_count, non_blank from ops.day_total order by updated_on"
    screen(month)
    in_one = fetch(month.owner_dsn, totals)
    assert [row.updated_on for row in in_one][:: len(in_one) - 1] == [FIRST, LAST]
    for day in range(24, 31):
        collect(month, pipeline.open_books(month, night(day), f"night {day}"), DATASET)
    assert fetch(month.owner_dsn, totals) == in_one


def test_a_row_that_was_changed_later_comes_with_the_night_of_its_change(month: Settings, world: Path) -> None:
    earlier, later = night(24, 6), night(30)
    truth = recoverable(world, DATASET)
    changed = {key[0] for key in truth if later.start <= key[1] < later.end}
    known = {key[0] for key in truth if earlier.start <= key[1] < earlier.end} & changed
    assert known, "some petition changed on the last night"
    collect(month, pipeline.open_books(month, earlier, "before"), DATASET)
    at_first = held(month)
    collect(month, pipeline.open_books(month, later, "its night"), DATASET)
    now = held(month)
    assert all(now[key] == row for key, row in at_first.items()), "what was known stays"
    came = now.keys() - at_first.keys()
    assert came
    assert all(datetime(2014, 9, 30, tzinfo=UTC) <= key[1] for key in came)
    assert known <= {key[0] for key in came}
