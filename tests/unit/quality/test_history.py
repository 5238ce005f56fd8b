"""A night against its own past: a slow decline is seen, chance is not taken for one, an empty night is held."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.quality.gate import decide
from include.quality.history import ENOUGH_NIGHTS, Past, bands, lowest
from include.quality.rules import Rule
from include.quality.staging import Staged
from include.quality.suite import ExpectationOutcome, checks


def outcomes(contract, rows, share):
    """A table without a fault whose names are usable in a share of its rows."""
    seen = 1.0 if rows else None
    made = [
        ExpectationOutcome(
            contract.dataset,
            c.expectation,
            c.column,
            c.rule,
            c.severity,
            True,
            seen,
            c.threshold,
            rows,
            0,
        )
        for c in checks(contract)
    ]
    made.append(replace(made[0], rule=Rule.TYPES))
    is_name = [(o.column, o.rule) == ("name", Rule.COMPLETENESS) for o in made]
    return [replace(o, observed=share if rows else None) if it else o for o, it in zip(made, is_name, strict=True)]


def account(contract, rows):
    return Staged(contract.dataset, Path("a"), Path("q"), rows, 0, 0, rows, 0, {}, {})


def judged(contract, rows, share, past):
    made = outcomes(contract, rows, share)
    made += bands(contract, made, rows, past)
    return decide(contract, account(contract, rows), made, delivery_complete=True)


STEADY = Past(shares={"name": [0.97, 0.972, 0.968, 0.97, 0.971]}, rows=[2000, 2010, 1990, 2005, 1995])


def test_two_points_less_than_always_is_a_warning_that_the_floor_does_not_give(small):
    assert judged(small, 2000, 0.97, STEADY).decision == "pass"
    found = judged(small, 2000, 0.95, STEADY)
    assert found.decision == "warn"
    assert found.reasons == [
        "column [name]: usable in [95.0%] of [2000] rows; the nights like it before had [95.9%] or more"
    ]


def test_among_few_rows_the_same_is_chance(small):
    small_nights = replace(STEADY, rows=[60, 58, 61, 63, 57])
    assert judged(small, 60, 0.95, small_nights).decision == "pass"


def test_few_nights_are_no_past(small):
    past = Past(shares={"name": [0.99] * (ENOUGH_NIGHTS - 1)}, rows=[5000] * (ENOUGH_NIGHTS - 1))
    made = bands(small, outcomes(small, 100, 0.5), 100, past)
    assert {(o.success, o.threshold) for o in made} == {(None, None)}


def test_fewer_rows_than_ever_is_a_warning_and_none_at_all_is_held(small):
    fewer = judged(small, 1500, 0.97, STEADY)
    assert (fewer.decision, fewer.reasons) == (
        "warn",
        ["[1500] rows; the nights like it before brought [1866] or more"],
    )
    none = judged(small, 0, 0.97, STEADY)
    assert none.decision == "hold"
    assert none.reasons[0] == "[0] rows; the nights like it before brought [1866] or more"


def test_a_quiet_night_among_quiet_nights_is_no_shortfall(small):
    assert judged(small, 0, 0.97, Past({}, [3, 0, 5, 2, 1])).decision == "warn"  # no row came, and no more than that


@settings(max_examples=200)
@given(st.lists(st.floats(0, 1), min_size=ENOUGH_NIGHTS, max_size=13), st.floats(0, 0.1))
def test_the_order_of_the_nights_does_not_matter_and_a_usual_night_is_never_low(shares, noise):
    least = lowest(shares, noise)
    assert lowest(sorted(shares), noise) == pytest.approx(least)
    assert least <= sorted(shares)[len(shares) // 2]
