"""How often strangers have one date of birth: counted on all pairs, without making them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.matching.compare.levels import NONE
from include.matching.fields import Table
from include.matching.model import BASE, LEVELS, load_model
from include.matching.records import Records, read_records
from include.matching.training.strangers import compare_everything, count_strangers, share_one_date

MODEL = load_model(BASE)
ONE = ["1980-05-17", "1980-05-18", "1980-01-01", "1980-05", "1981", ""]
DATES = st.lists(st.sampled_from(ONE), min_size=1, max_size=12)
SEVERAL = st.lists(st.sampled_from([*ONE, "1980-05-17; 1975-02-03"]), min_size=1, max_size=12)


def born(dates: list[str]) -> Records:
    rows = pd.DataFrame({"id": [str(row) for row in range(len(dates))], "dob": dates, "family": "X"}, dtype="str")
    return read_records(Table(rows), MODEL)


def every_pair(left: Records, right: Records, *, within: bool) -> float:
    """The same, of all pairs that are compared."""
    one, other = (each.ravel() for each in np.indices((len(left), len(right))))
    apart = (one != other) | (not within)
    levels = compare_everything(left, right, (one[apart], other[apart]), MODEL)["date_of_birth"].level
    return float((levels == 0).sum()) / max(int((levels != NONE).sum()), 1)


@given(SEVERAL, DATES)
def test_it_is_what_comparing_all_pairs_finds(left: list[str], right: list[str]) -> None:
    sides = born(left), born(right)
    assert share_one_date(*sides, within=False) == pytest.approx(every_pair(*sides, within=False))


@given(DATES)
def test_and_within_one_table(dates: list[str]) -> None:
    side = born(dates)
    assert share_one_date(side, side, within=True) == pytest.approx(every_pair(side, side, within=True))


def test_it_is_what_a_model_says_of_dates_whatever_pairs_were_drawn() -> None:
    """Of none of the pairs the date is the same, and one in ten of all are."""
    side = born(["1980-05-17", "1975-02-03"])
    levels = compare_everything(side, side, (np.zeros(50_000, np.int64), np.ones(50_000, np.int64)), MODEL)
    found = count_strangers(MODEL, levels, np.ones(50_000), {}, one_date=0.1).comparisons["date_of_birth"]
    assert set(found) == set(LEVELS["date_of_birth"])
    assert found["exact"].u == pytest.approx(0.1 * 50 / 70, rel=0.01)  # 20,000 pairs stand for the base model
