"""Nights on which everything goes wrong: the small profile of `make hostile`."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from bent_gateway import Delivery, serve_bent
from nights import night

from benchmarks.reliability.hostile import CLEARED, go_through, trial
from include.settings import Settings
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration


def test_hostile_nights_close_their_books_and_hold_what_the_agencies_hold(tmp_path: Path) -> None:
    result = trial(tmp_path, nights=2, seed=7, say=print)
    assert result["books_closed"] == result["books"] == 20
    assert result["wrong_values"] == 0
    assert sum(each["recoverable"] for each in result["values"].values()) > 100
    faults = [row for row in result["faults"] if row["injected"]]
    assert len(faults) > 5
    for row in faults:
        assert row["injected"] == row["noticed"] + row["missed"]
        assert row["wrong"] == 0


BROKEN = 20  # of the night's some hundred rows


def with_broken_keys(delivery: Delivery) -> None:
    delivery.replace_first(re.sub(rb"S(?=\d{8})", b"X", delivery.first(), count=BROKEN))


def one_row_too_many(delivery: Delivery) -> None:
    delivery.manifest["control_totals"]["rows"] += 1


def test_the_person_on_duty_releases_what_no_attempt_can_mend_and_nothing_else(settings: Settings, world: Path) -> None:
    """Every attempt at the subjects is whole and has the same broken keys; none at the arrests is whole."""
    said: list[str] = []
    with serve_bent(world, {"tecs_subjects": with_broken_keys, "tecs_arrests": one_row_too_many}) as bent:
        became = go_through(replace(settings, gateways=bent), [night(30)], said.append)
    decisions = {dataset: of.decision for (dataset, _), of in became.items()}
    assert decisions.pop("tecs_subjects") == "release"
    assert decisions.pop("tecs_arrests") == "hold"
    assert set(decisions.values()) <= {"pass", "warn"}
    assert {of.cleared for of in became.values()} == {0, CLEARED}
    [subjects] = fetch(settings.warehouse_dsn, "select * from ops.account where dataset = 'tecs_subjects'")
    assert subjects.quarantined == BROKEN * (1 + CLEARED), "a row counts each time that it comes"
    assert subjects.loaded > 0
    [ledger] = fetch(settings.warehouse_dsn, "select * from ops.gate_decision")
    assert (ledger.dataset, ledger.outcome, ledger.decided_by) == ("tecs_subjects", "release", "the person on duty")
    assert "RED dataset [tecs_arrests]: hold: the delivery is incomplete" in said[0]
    assert "tecs_subjects" not in said[0]
