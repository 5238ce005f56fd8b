"""How many strangers resemble a row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.matching.settling.crowd import beside_strangers, crowded, learn
from include.matching.settling.rivals import Ends, Matches

Weights = dict[tuple[int, int], float]

ONE_EACH = Matches(0.5, 1 + 1e-9)  # c is 0: no row has two
SEVERAL = Matches(0.01, 3.0)  # c is 1
SURE, STRANGE = 5.0, -4.0

weights = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.sampled_from([-9.0, -5.0, -3.0, 0.0, 3.0, 6.0, 12.0]),
    min_size=1,
)
counts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)


def ends_of(pairs: Weights, rows: tuple[int] | tuple[int, int] = (10, 10)) -> Ends:
    return Ends.of(pd.DataFrame(list(pairs), columns=["left_id", "right_id"]), rows)


def told(pairs: Weights, left: Matches = ONE_EACH, right: Matches = ONE_EACH) -> Weights:
    own = np.array(list(pairs.values()))
    return dict(zip(pairs, beside_strangers(own, own, ends_of(pairs), [left, right]).tolist(), strict=True))


def made(lonely: float, many: float, of_each: int = 40) -> Weights:
    """Rows without others and rows with seven, so many of each: of a share the pair is sure, else a stranger's."""
    pairs: Weights = {}
    for row in range(2 * of_each):
        others = 7 * (row >= of_each)
        is_sure = row % of_each < of_each * (many if others else lonely)
        pairs[row, 1000 * row] = SURE if is_sure else STRANGE
        pairs |= {(row, 1000 * row + 1 + other): -9.0 for other in range(others)}
    return pairs


def test_others_are_counted_by_how_surely_they_are_strangers() -> None:
    pairs = {(0, 0): 3.0, (0, 1): -60.0, (0, 2): 0.0, (1, 2): -60.0}
    left, right = crowded(np.array(list(pairs.values())), ends_of(pairs))
    assert left.tolist() == pytest.approx([np.log2(2.5), np.log2(1 + 1 / 9 + 0.5), np.log2(2 + 1 / 9), 0])
    assert right.tolist() == pytest.approx([0, 0, 1, np.log2(1.5)])


def test_within_one_table_each_end_has_others_of_its_own() -> None:
    pairs = {(0, 1): 3.0, (1, 2): -60.0, (3, 4): 3.0}
    assert crowded(np.array(list(pairs.values())), ends_of(pairs, (10,))).sum(axis=0).tolist()[::2] == [1, 0]


def test_who_resembles_nobody_else_gains_and_who_resembles_many_loses() -> None:
    found = told(made(0.8, 0.2, 400))
    assert found[0, 0] > 0 > found[799, 799_000]
    assert found[0, 0] - found[799, 799_000] == pytest.approx(np.log2(4 / (1 / 4)), abs=0.2)


def test_where_all_are_crowded_alike_a_crowd_tells_nothing() -> None:
    assert told(made(0.5, 0.5)) == pytest.approx(dict.fromkeys(made(0.5, 0.5), 0.0), abs=1e-3)


def test_few_pairs_teach_little() -> None:
    few, many = (told(made(0.75, 0.25, size)) for size in (4, 400))
    assert 0 < few[0, 0] < many[0, 0] / 2


def test_a_crowd_never_speaks_for_a_pair() -> None:
    assert told(made(0.2, 0.8)) == pytest.approx(dict.fromkeys(made(0.2, 0.8), 0.0), abs=1e-3)


def test_a_side_whose_rows_may_have_any_number_of_matches_tells_nothing() -> None:
    pairs = made(0.8, 0.2)
    assert set(told(pairs, left=SEVERAL, right=SEVERAL).values()) == {0.0}
    assert told(pairs, left=SEVERAL) == pytest.approx(dict.fromkeys(pairs, 0.0), abs=1e-3)  # the right has no crowd
    assert told(pairs, right=SEVERAL) == pytest.approx(told(pairs), abs=1e-3)


@pytest.mark.parametrize("weight", [SURE, STRANGE, 0.0])
def test_without_pairs_of_both_kinds_nothing_is_learnt(weight: float) -> None:
    assert set(told({(0, 0): weight, (0, 1): weight, (1, 1): weight}).values()) == {0.0}


@settings(max_examples=40, derandomize=True, deadline=None)
@given(counts, counts)
def test_what_is_told_makes_no_more_matches_and_no_fewer(
    sure: list[tuple[int, int]], strange: list[tuple[int, int]]
) -> None:
    """Of as many pairs of one person as not half are of one person, whatever is told."""
    crowd = np.log2(1 + np.array([*sure, *strange], dtype=np.float64).T)
    likely = 1 / (1 + np.exp2(-learn(crowd, np.arange(len(sure)), np.arange(len(sure), len(crowd[0])))))
    assert (likely[: len(sure)].mean() + likely[len(sure) :].mean()) / 2 == pytest.approx(0.5, abs=1e-3)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(weights)
def test_who_has_more_others_at_both_ends_gains_no_more(pairs: Weights) -> None:
    found, crowd = told(pairs), crowded(np.array(list(pairs.values())), ends_of(pairs))
    for at, one in enumerate(pairs):
        for other, two in enumerate(pairs):
            if (crowd[:, at] >= crowd[:, other]).all():
                assert found[one] <= found[two] + 1e-9
