"""The audit's months, and its last screen."""

import io
from datetime import date

from rich.console import Console

from include.local.audit import AuditSummary, Line, Month, months_between
from include.local.screen import show_audit


def test_the_window_of_the_audit_is_120_months() -> None:
    months = months_between(date(2004, 10, 1), date(2014, 9, 30))
    assert len(months) == len(set(months)) == 120
    assert (months[0], months[3], months[-1]) == (date(2004, 10, 1), date(2005, 1, 1), date(2014, 9, 1))


def test_a_window_within_one_month_is_that_month() -> None:
    assert months_between(date(2014, 9, 1), date(2014, 9, 30)) == [date(2014, 9, 1)]


def shown(truth: int, months: list[Month]) -> str:
    agrees = 260 <= truth <= 290
    line = Line(
        line=5, question="petitioners", audit="274", truth=truth, value=270, lower=260, upper=290, agrees=agrees
    )
    summary = AuditSummary(
        scenario="oig",
        seed=1617,
        months=120,
        agrees=agrees,
        headline=[line],
        caveat="SIMULATED.",
        months_not_closed=months,
        wall_seconds=900.4,
        start_seconds=30.0,
        backfill_seconds=860.0,
        cpu_seconds={"scheduler": 100.2, "tasks": 700.4},
        peak_mib=1700,
        peak_mib_by_component={"scheduler": 200, "tasks": 1500},
    )
    out = io.StringIO()
    show_audit(summary, Console(file=out, width=140))
    return out.getvalue()


def test_truth_within_the_bounds_is_said_and_how_far_off_we_are() -> None:
    text = shown(274, [])
    assert "within the bounds" in text
    assert "260 .. 290" in text
    assert "-1.5%" in text
    assert "801 in the backfill: tasks 700   scheduler 100" in text
    assert "did not close" not in text


def test_truth_outside_of_the_bounds_names_the_line_and_a_held_month_its_reason() -> None:
    month = Month(
        month="2009-03", state="red", held=["tecs_subjects"], reasons=["dataset [tecs_subjects]: hold: short"]
    )
    text = shown(300, [month])
    assert "outside of the bounds of line 5" in text
    assert "1 months did not close" in text
    assert "2009-03  dataset [tecs_subjects]: hold: short" in text
