"""Nights on which everything goes wrong: the small profile of `make hostile`."""

from pathlib import Path

import pytest

from benchmarks.reliability.hostile import trial

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
