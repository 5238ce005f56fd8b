"""How many strangers resemble a row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.matching.crowd import BEFORE, beside_strangers
from include.matching.rivals import Ends, Matches, Rows

ONE_EACH = [Matches(0.5, 1 + 1e-9)] * 2  # c is 0: no row has two
SEVERAL = [Matches(0.01, 3.0)] * 2  # c is 1
weak = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(-10, 20), min_size=1)


def told(
    weights: dict[tuple[int, int], float], matches: list[Matches], rows: Rows = (10, 10)
) -> dict[tuple[int, int], float]:
    pairs = pd.DataFrame(list(weights), columns=["left_id", "right_id"])
    found = beside_strangers(np.array(list(weights.values())), Ends.of(pairs, rows), matches)
    return dict(zip(weights, found.tolist(), strict=True))


def test_who_resembles_nobody_else_gains_and_who_resembles_many_loses() -> None:
    crowded = {(0, right): -8.0 for right in range(8)}
    found = told({**crowded, (0, 8): 3.0, (1, 9): 3.0}, ONE_EACH)
    assert found[1, 9] > 0 > found[0, 8]


def test_others_are_counted_by_how_surely_they_are_strangers() -> None:
    weights = {(0, 0): 3.0, (0, 1): -60.0, (0, 2): 0.0}  # one stranger, and half of one
    usual = (1 + 1 / 2 + 1 / 9) / 10
    of_left = np.log2((BEFORE + usual) / (BEFORE + 1.5))
    of_right = np.log2((BEFORE + usual) / BEFORE)  # nobody else resembles it
    assert told(weights, ONE_EACH)[0, 0] == pytest.approx(of_left + of_right, abs=1e-6)


def test_within_one_table_each_end_tells_of_its_own_others() -> None:
    found = told({(0, 1): 3.0, (1, 2): -8.0, (3, 4): 3.0}, ONE_EACH[:1], (10,))
    assert found[3, 4] > found[0, 1]


def test_where_rows_have_several_matches_nobody_is_a_stranger() -> None:
    assert set(told({(0, 0): 3.0, (0, 1): -8.0, (1, 1): -2.0}, SEVERAL).values()) == {0.0}


@settings(max_examples=40, derandomize=True, deadline=None)
@given(weak, st.tuples(st.integers(0, 4), st.integers(5, 9)))
def test_one_stranger_more_lifts_no_pair_of_its_rows(
    weights: dict[tuple[int, int], float], new: tuple[int, int]
) -> None:
    before, after = told(weights, ONE_EACH), told({**weights, new: -9.0}, ONE_EACH)
    usual = 2 * np.log2(1 + 1 / 10)  # the most that one more among ten rows adds to what is usual, on both sides
    for pair in weights:
        assert after[pair] <= before[pair] + usual
        if pair[0] != new[0]:
            assert after[pair] >= before[pair]
