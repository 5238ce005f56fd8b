"""What is known of a subject weighs: how much, when, and which pairs it lifts."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.matching.groups import MOST, floor, lift, weigh_groups
from include.matching.link import Linker
from include.matching.model import load_model

MODEL = load_model()
COUNTS = ["form", "convicted_with", "convicted_count", "other_with", "other_count"]
PAIR = ["subject_id", "receipt_number", "form", "weight", "band"]


def weight(convicted_with: int, convicted: int, other_with: int, others: int) -> float:
    counts = pd.DataFrame([("I-129", convicted_with, convicted, other_with, others)], columns=COUNTS)
    return float(weigh_groups(counts)["weight"][0])


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        pytest.param((9, 32, 35, 10_732), 6.4375, id="eighty times as often"),
        pytest.param((1, 32, 235, 10_716), 0.0, id="as often as by chance"),
        pytest.param((0, 3, 0, 300), 0.0, id="nobody"),
        pytest.param((1, 1, 40, 300), 0.0, id="one of one may be chance"),
        pytest.param((1, 3, 0, 300), 0.0, id="so may one of three where nobody else has any"),
        pytest.param((0, 30, 200, 300), 0.0, id="more seldom takes nothing away"),
        pytest.param((300, 300, 0, 100_000), MOST, id="never more than the most"),
    ],
)
def test_a_group_weighs_as_much_more_often_as_it_surely_is(counts: tuple[int, int, int, int], wanted: float) -> None:
    assert weight(*counts) == wanted


shares = st.integers(1, 60).flatmap(lambda all_of_them: st.tuples(st.integers(0, all_of_them), st.just(all_of_them)))


@given(shares, st.integers(0, 400), st.integers(400, 20_000))
def test_one_more_lead_of_the_group_never_weighs_less(share: tuple[int, int], other_with: int, others: int) -> None:
    found, group = share
    less, more = (weight(count, group, other_with, others) for count in (max(found - 1, 0), found))
    assert 0 <= less <= more <= MOST
    assert math.isclose(more * 16 % 1, 0)  # a sum of weights is exact


def test_pairs_come_into_the_band_of_both_weights_together() -> None:
    groups = pd.DataFrame({"form": ["I-129", "I-130"], "weight": [6.0, 0.0]})
    rows = [
        ("lead", "I-129", MODEL.lead, "lead"),
        ("review to lead", "I-129", MODEL.review, "review"),
        ("no to lead", "I-129", MODEL.lead - 6.0, "no"),
        ("no to review", "I-129", MODEL.lead - 6.0625, "no"),
        ("another form", "I-130", MODEL.review, "review"),
        ("no form", None, MODEL.review, "review"),
    ]
    pairs = pd.DataFrame([(name, "receipt", form, bits, band) for name, form, bits, band in rows], columns=PAIR)
    lifted = lift(pairs, groups, MODEL)
    assert dict(zip(lifted["subject_id"], lifted["band"], strict=True)) == {
        "review to lead": "lead",
        "no to lead": "lead",
        "no to review": "review",
    }
    assert set(lifted["group_weight"]) == {6.0}
    assert lift(pairs[:0], groups[:0], MODEL).empty


def test_pairs_that_the_most_may_lift_are_kept() -> None:
    named = {"id": ["1"], "full_name": ["HOLT, MARTIN"], "phone": ["408-555-0143"]}
    signed = {"id": ["2"], "family": ["HOLLIS"], "given": ["MARTIN"], "phone": ["(408) 555-0143"]}
    kept = Linker(pd.DataFrame(named), MODEL, floor(MODEL)).link(pd.DataFrame(signed)).pairs
    assert kept["band"].tolist() == ["no"]
    assert MODEL.lead - MOST <= kept["match_weight"][0] < MODEL.review
