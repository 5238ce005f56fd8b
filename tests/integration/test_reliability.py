"""What is measured of every night, what earlier nights say of it, and what the fiscal year is called for it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from nights import collect, night

from include import pipeline
from include.contracts import load_contract
from include.interval import Interval
from include.settings import Settings
from include.warehouse import books
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

DATASET = "tecs_subjects"
WEEK = timedelta(days=7)
WHOLE = "All 365 days were let through, and every column has the share of usable values that its contract asks for."


def enter(settings: Settings, start: datetime, share: float, decision: str = "pass", days: int = 1) -> pipeline.Run:
    """A night whose names were usable in a share of 2000 rows, as its books would say it."""
    run = pipeline.open_books(settings, Interval(start, start + timedelta(days=days)), "entered")
    about = {"severity": "critical", "success": True, "evaluated": 2000, "unexpected": 0, "attempt": 1}
    outcomes = [
        {**about, "expectation": "e", "column": "name", "rule": "completeness", "observed": share, "threshold": 0.9},
        {**about, "expectation": "h", "column": None, "rule": "row_count", "observed": 2000.0, "threshold": None},
        {**about, "expectation": "u", "column": None, "rule": "unique", "observed": 1.0, "threshold": 1.0},
    ]
    books.record_gate(settings.warehouse_dsn, run.run_id, DATASET, decision, [], outcomes)
    return run


def seen(settings: Settings, interval: Interval) -> dict[str, list[float]]:
    found = books.past_results(settings.warehouse_dsn, DATASET, interval, weeks=13)
    return {row.rule: row.observed for row in found}


def test_a_backfilled_night_is_judged_by_the_nights_before_it_in_the_data(settings: Settings) -> None:
    tuesday = datetime(2014, 9, 30, tzinfo=UTC)
    for weeks, share in ((1, 0.97), (2, 0.96), (3, 0.95), (-1, 0.5), (20, 0.1)):  # a later night, one too long ago
        enter(settings, tuesday - weeks * WEEK, share)
    enter(settings, tuesday - WEEK, 0.99)  # the same night once more: its last run counts
    enter(settings, tuesday - timedelta(days=1), 0.3)  # another weekday
    enter(settings, tuesday - 2 * WEEK, 0.2, days=2)  # another length
    assert seen(settings, Interval(tuesday, tuesday + timedelta(days=1))) == {
        "completeness": [0.95, 0.96, 0.99],
        "row_count": [2000.0] * 3,
    }


def test_results_carry_attempt_and_interval_and_only_counts(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(1, 30), "measured")
    collect(settings, run, DATASET)
    rows = fetch(settings.warehouse_dsn, "select * from ops.expectation_result")
    assert {row.attempt for row in rows} == {
        fetch(settings.warehouse_dsn, "select max(attempt) from ops.attempt where state = 'landed'")[0][0]
    }
    routes = fetch(settings.warehouse_dsn, "select * from report.matchability order by route nulls last")
    assert [row.route for row in routes] == [*sorted(load_contract(DATASET).routes), None]
    anyhow = routes[-1]
    assert 0 < anyhow.with_route <= anyhow.record_count
    assert anyhow.with_route >= max(row.with_route for row in routes[:-1])
    [[success]] = fetch(settings.warehouse_dsn, "select success from ops.expectation_result where rule = 'row_count'")
    assert success is None, "without a past there is nothing to be judged by"


def reliability(settings: Settings) -> dict[int, tuple[str, str]]:
    rows = fetch(settings.warehouse_dsn, "select * from report.data_reliability order by fiscal_year")
    return {row.fiscal_year: (row.reliability, row.reason) for row in rows}


def years(settings: Settings, *nights: Iterable) -> None:
    for start, share, decision, days in nights:
        enter(settings, datetime(*start, tzinfo=UTC), share, decision, days)


def test_a_fiscal_year_is_called_by_its_days_and_its_columns(settings: Settings) -> None:
    years(
        settings,
        ((2010, 10, 1), 0.95, "pass", 365),  # whole
        ((2011, 10, 1), 0.85, "warn", 366),  # whole, and a column under its floor
        ((2012, 10, 1), 0.95, "pass", 300),  # days missing
        ((2013, 10, 1), 0.95, "hold", 365),  # held
        ((2014, 10, 1), 0.95, "hold", 365),  # held, and then in another run let through
        ((2014, 10, 1), 0.95, "pass", 365),
    )
    assert reliability(settings) == {
        2011: (
            "sufficiently reliable",
            WHOLE,
        ),
        2012: (
            "not sufficiently reliable",
            "Column name has a usable value in 85.0 % of 2000 rows; the contract asks for 90.0 %.",
        ),
        2013: ("not sufficiently reliable", "Of 365 days 300 were let through."),
        2014: ("undetermined", "No day of the year was let through."),
        2015: (
            "sufficiently reliable",
            WHOLE,
        ),
    }


def test_what_a_person_released_is_not_called_reliable(settings: Settings) -> None:
    run = enter(settings, datetime(2010, 10, 1, tzinfo=UTC), 0.95, "hold", 365)
    held = pipeline.hold(settings, run, DATASET, timedelta(hours=1))
    books.record_gate_decision(
        settings.warehouse_dsn,
        {
            "run_id": run.run_id,
            "dataset": DATASET,
            "outcome": "release",
            "decided_by": "admin",
            "reason": "as it is",
            "shown": held.shown,
            "held_at": held.held_at,
        },
    )
    assert reliability(settings) == {
        2011: ("not sufficiently reliable", "A person released 1 held deliveries as they were.")
    }
