"""What `make audit` says of the months and the headline, asked of a real warehouse."""

from datetime import UTC, date, datetime

import pytest

from include import pipeline
from include.interval import Interval
from include.local.audit import FINDINGS, compared, not_closed
from include.settings import Settings
from include.warehouse import books
from include.warehouse.connection import as_role

pytestmark = pytest.mark.integration

MONTHS = [date(2014, 7, 1), date(2014, 8, 1), date(2014, 9, 1)]
NOTHING = {
    "subjects": 0,
    "known_traffickers": 0,
    "known_traffickers_by_means": {"illegal_entry": 3},
    "petitioning_subjects": 0,
    "beneficiaries": 0,
    "arrested_petitioners": 0,
}


def close(settings: Settings, first: datetime, end: datetime, reasons: list[str], decision: str) -> None:
    run = pipeline.open_books(settings, Interval(first, end), f"month {first}")
    books.record_gate(settings.warehouse_dsn, run.run_id, "tecs_subjects", decision, reasons, [])
    books.close_run(settings.warehouse_dsn, run.run_id, reasons)


def test_a_month_that_did_not_close_is_named_with_what_it_holds(settings: Settings) -> None:
    august, september, october = (datetime(2014, month, 1, tzinfo=UTC) for month in (8, 9, 10))
    close(settings, august, september, ["at first"], "hold")
    close(settings, august, september, [], "pass")  # the last run counts
    close(settings, september, september.replace(day=2), ["a night"], "hold")  # no month
    close(settings, september, october, ["dataset [tecs_subjects]: hold: short"], "hold")
    july, last = not_closed(settings.warehouse_dsn, MONTHS)
    assert (july["month"], july["state"]) == ("2014-07", "missing")
    assert last == {
        "month": "2014-09",
        "state": "red",
        "held": ["tecs_subjects"],
        "reasons": ["dataset [tecs_subjects]: hold: short"],
    }


def test_an_empty_warehouse_agrees_with_a_world_of_nobody_alone(settings: Settings) -> None:
    dsn = as_role(settings.desk_dsn, "analyst")
    lines, caveat = compared(dsn, NOTHING, MONTHS)
    assert [line["line"] for line in lines] == [finding.line for finding in FINDINGS]
    assert all(line["agrees"] and line["value"] == 0 for line in lines)
    assert "SIMULATED" in caveat
    lines, _ = compared(dsn, {**NOTHING, "known_traffickers_by_means": {"work_visa": 2, "fiance_visa": 1}}, MONTHS)
    assert [(line["audit"], line["truth"]) for line in lines if not line["agrees"]] == [("17", 3)]
