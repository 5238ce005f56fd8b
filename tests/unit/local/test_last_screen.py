import io
from typing import Any

from rich.console import Console

from include.contracts import dataset_names
from include.local.night import NightSummary, _news, what_history_lacks
from include.local.screen import show


def summary(**changes: object) -> NightSummary:
    row = {
        "name": "tecs_subjects",
        "received": 1095,
        "duplicate": 3,
        "quarantined": 1,
        "loaded": 1091,
        "attempts": 2,
        "failed_attempts": 1,
        "completeness": 0.934,
        "decision": "warn",
        "reasons": [],
    }
    base = {
        "run_id": 7,
        "external_id": "night__2014-09-30",
        "interval_start": "2014-09-30T00:00:00+00:00",
        "interval_end": "2014-10-01T00:00:00+00:00",
        "state": "closed",
        "reasons": [],
        "books_closed": True,
        "datasets": [row],
        "pairs": 8408,
        "leads": 12,
        "review": 3,
        "leads_in_warehouse": 88,
        "review_in_warehouse": 78,
        "stages": {"extract": 1.25, "load": 0.5},
        "pipeline_seconds": 1.6,
        "wall_seconds": 40.0,
        "airflow_overhead_seconds": 38.4,
        "start_seconds": 20.0,
        "history_seconds": 0.0,
        "log": "logs",
    }
    return NightSummary(**{**base, **changes})  # type: ignore[typeddict-item]


def printed(*, terminal: bool = False, **changes: object) -> str:
    out = io.StringIO()
    show(summary(**changes), Console(file=out, width=140, highlight=False, force_terminal=terminal))
    return out.getvalue()


def test_every_count_of_a_dataset_is_on_its_line():
    line = next(line for line in printed().splitlines() if line.startswith("tecs_subjects"))
    assert line.split() == ["tecs_subjects", "1,095", "3", "1", "1,091", "2", "(1", "failed)", "93.4%", "warn"]


def test_a_red_night_says_so_first_and_says_why():
    text = printed(books_closed=False, reasons=["dataset [tecs_arrests]: hold: the delivery is incomplete"])
    first = text.strip().splitlines()
    assert first[0].startswith("RED: the books did not close")
    assert "dataset [tecs_arrests]: hold: the delivery is incomplete" in first[1]


def test_colours_only_on_a_terminal():
    assert "\x1b[" not in printed()
    assert "\x1b[" in printed(terminal=True)


def test_it_says_that_a_lead_is_no_finding():
    assert "not a finding about a person" in printed()


def test_a_red_history_is_told_before_the_night():
    assert list(what_history_lacks(summary())) == []
    reason = "dataset [tecs_aliases]: nothing was staged"
    first, second = what_history_lacks(summary(books_closed=False, external_id="history__2014-09-01", reasons=[reason]))
    assert first.startswith("RED: the books of the history")
    assert "[history__2014-09-01]" in first
    assert second.strip() == reason


def test_a_stage_that_failed_is_not_done() -> None:
    def task(name: str, state: str, number: int = -1) -> dict[str, Any]:
        return {"task_id": name, "state": state, "map_index": number, "try_number": 1}

    extracts = [task("collect.extract", state, n) for n, state in enumerate(("success", "failed", "upstream_failed"))]
    assert list(_news([*extracts, task("close_books", "failed"), task("match", "success")])) == [
        f"  extract {dataset_names()[1]}: FAILED after 1 tries",
        "  extract done, 1 of 3 failed, 1 of 3 left out",
        "  close_books: FAILED after 1 tries",
        "  match done",
    ]
