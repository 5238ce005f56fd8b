"""A hold: what a person is shown, what each answer does to the books, and a later attempt that cures it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bent_gateway import Delivery, serve_bent
from nights import collect, night

from include import pipeline
from include.reporting.summary import summarise
from include.settings import Settings
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

DATASET = "tecs_subjects"
PATIENCE = timedelta(hours=72)


def one_row_too_many(delivery: Delivery) -> None:
    delivery.manifest["control_totals"]["rows"] += 1


@pytest.fixture
def bent(settings: Settings, world: Path) -> Iterator[Settings]:
    """Control totals of the subjects never agree."""
    with serve_bent(world, {DATASET: one_row_too_many}) as gateways:
        yield replace(settings, gateways=gateways)


def held_night(settings: Settings, day: int = 30) -> pipeline.Run:
    run = pipeline.open_books(settings, night(day), f"night {day}")
    collect(settings, run, DATASET)
    pipeline.match(settings, run)
    pipeline.resolve(settings, run)
    with pytest.raises(
        pipeline.BooksError,
        match=r"\[tecs_subjects\]: hold: the delivery is incomplete.*; answer it under Browse, Required Actions$",
    ):
        pipeline.close_books(settings, run, datasets=[DATASET])
    return run


def loaded(settings: Settings) -> int:
    return int(fetch(settings.warehouse_dsn, "select count(*) from record.tecs_subject")[0][0])


def test_a_person_sees_counts_since_when_and_what_a_release_means(bent: Settings) -> None:
    for day in (28, 29):
        collect(bent, pipeline.open_books(bent, night(day), f"night {day}"), DATASET)
    run = pipeline.open_books(bent, night(30), "night 30")
    collect(bent, run, DATASET)
    held = pipeline.hold(bent, run, DATASET, PATIENCE)
    assert held.subject == "tecs_subjects, night of 2014-09-30: held"
    assert held.can_release
    assert held.cured_by is None
    for words in (
        "- the delivery is incomplete",
        "| received | duplicate | quarantined | would be loaded | attempts |",
        "[3] nights without one let through, the first that of 2014-09-28",
        "**Release** loads the",
        "**Reject** loads nothing",
        f"Without an answer by {held.held_at + PATIENCE:%Y-%m-%d %H:%M} UTC: rejected",
    ):
        assert words in held.shown


def test_what_is_released_is_loaded_and_the_books_close_with_the_name(bent: Settings) -> None:
    run = held_night(bent)
    assert loaded(bent) == 0
    held = pipeline.hold(bent, run, DATASET, PATIENCE)
    pipeline.decide(bent, run, held, "release", "admin", "the agency says that its totals are of another hour")
    folder = pipeline.staging_folder(bent, run, DATASET)
    done = pipeline.load(bent, run, DATASET, {"accepted_path": str(folder / "accepted.parquet")})
    pipeline.match(bent, run)
    pipeline.resolve(bent, run)
    pipeline.close_books(bent, run, datasets=[DATASET])
    assert loaded(bent) == done["loaded"] > 0
    [row] = [row for row in summarise(bent.warehouse_dsn, run.run_id)["datasets"] if row["name"] == DATASET]
    assert row["decision"] == "released"
    assert row["reasons"][-1] == "release by admin: the agency says that its totals are of another hour"
    [ledger] = fetch(bent.warehouse_dsn, "select * from ops.gate_decision")
    assert (ledger.outcome, ledger.decided_by, ledger.dataset) == ("release", "admin", DATASET)
    assert ledger.shown == held.shown


def test_what_is_rejected_stays_out_and_the_books_say_who(bent: Settings) -> None:
    run = held_night(bent)
    pipeline.decide(bent, run, pipeline.hold(bent, run, DATASET, PATIENCE), "reject", "admin", "half a night")
    with pytest.raises(pipeline.BooksError, match=r"incomplete.*; reject by \[admin\]: half a night"):
        pipeline.close_books(bent, run, datasets=[DATASET])
    assert loaded(bent) == 0


def test_a_release_is_of_one_decision_of_the_gate_and_not_of_the_next(bent: Settings) -> None:
    run = held_night(bent)
    pipeline.decide(bent, run, pipeline.hold(bent, run, DATASET, PATIENCE), "release", "admin", "as it is")
    collect(bent, run, DATASET)
    with pytest.raises(pipeline.BooksError, match=r"\[tecs_subjects\]: hold: ") as red:
        pipeline.close_books(bent, run, datasets=[DATASET])
    assert "release" not in str(red.value)


@pytest.mark.parametrize("same_run", [True, False])
def test_a_later_attempt_that_is_whole_cures_the_hold(settings: Settings, bent: Settings, same_run: bool) -> None:
    run = held_night(bent)
    later = run if same_run else pipeline.open_books(settings, night(29, 2), "wider")
    collect(settings, later, DATASET)
    held = pipeline.hold(settings, run, DATASET, PATIENCE)
    assert held.cured_by == later.run_id
    assert loaded(settings) > 0
    if same_run:
        pipeline.match(settings, run)
        pipeline.close_books(settings, run, datasets=[DATASET])


def test_nothing_to_release_is_refused(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(30), "nothing")
    with pytest.raises(LookupError, match=r"\[tecs_subjects\].* clear its task `validate`"):
        pipeline.hold(settings, run, DATASET, PATIENCE)
    from include.warehouse import books

    books.record_gate(settings.warehouse_dsn, run.run_id, DATASET, "block", ["a fault of ours"], [])
    held = pipeline.hold(settings, run, DATASET, PATIENCE)
    with pytest.raises(ValueError, match="nothing that could be released"):
        pipeline.decide(settings, run, held, "release", "admin", "why not")
    gone = {"accepted_path": "/nowhere/accepted.parquet"}
    with pytest.raises(LookupError, match=r"its staging folder is gone; clear `stage`"):
        pipeline.load(settings, run, DATASET, gone)
