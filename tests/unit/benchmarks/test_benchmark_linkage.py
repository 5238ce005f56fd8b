"""The benchmark counts as it says: thresholds never part equal scores, equity is at equal precision,
lists are repeatable."""

import math

import pandas as pd
import pytest

from benchmarks.linkage.equity import by_culture, flags, rank, threshold
from benchmarks.linkage.evaluate import evaluate
from benchmarks.linkage.layout import DataSet, cultures, pairs
from benchmarks.linkage.sets.sanctions import sanctions


def scored(*rows: tuple[int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["left", "right", "score"])


def test_threshold_takes_all_pairs_of_a_score() -> None:
    quality = evaluate(scored((0, 0, 2.0), (1, 1, 1.0), (1, 2, 1.0)), pairs([0, 1], [0, 1]), threshold=2.0)
    assert quality.f1_best == pytest.approx(4 / 5)  # both pairs of score 1, or none
    assert (quality.precision_default, quality.recall_default) == (1.0, 0.5)
    assert quality.recall_at_99 == 0.5


def test_the_better_score_of_a_pair_counts() -> None:
    quality = evaluate(scored((0, 0, -5.0), (0, 0, 3.0), (1, 0, 1.0)), pairs([0], [0]), threshold=0.0)
    assert quality.f1_best == 1.0


def test_area_under_the_curve_is_a_half_where_scores_tell_nothing() -> None:
    asked = pairs([0, 1, 2, 3], [0, 1, 2, 3])
    equal = scored(*((n, n, 1.0) for n in range(4)))
    assert evaluate(equal, asked[:2], 0.0, asked).auc == 0.5
    ranked = scored(*((n, n, float(-n)) for n in range(4)))
    assert evaluate(ranked, asked[:2], 0.0, asked).auc == 1.0


def test_equity_finds_the_culture_whose_pairs_are_missed() -> None:
    size = 200
    truth = pairs(range(size), range(size))
    data = DataSet(pd.DataFrame(), None, truth, culture=cultures(["near", "far"] * (size // 2)))
    found = scored(*((n, n, 1.0) for n in range(size) if n % 2 == 0 or n % 20 == 1))
    table = by_culture([rank(found, data)]).set_index("culture")
    assert table.loc["near", "recall@95%"] == 1.0
    assert table.loc["far", "own recall@95%"] == pytest.approx(0.1)
    told = flags(table, "own recall@95%")
    assert told["near"] == ""
    assert told["far"] == "-0.450"


def test_a_threshold_of_that_precision_may_not_exist() -> None:
    ranked = pd.DataFrame({"culture": "all", "score": [2.0, 1.0], "true": [False, True]})
    assert threshold(ranked, 0.95) == math.inf


def test_a_sanctions_list_is_the_same_for_the_same_seed_and_knows_its_truth() -> None:
    one, other = (sanctions(40, 600, seed=7) for _ in range(2))
    assert one.right is not None
    pd.testing.assert_frame_equal(one.left, other.left)
    pd.testing.assert_frame_equal(one.right, other.right)
    pd.testing.assert_frame_equal(one.truth, other.truth)
    assert len(one.right) == 600
    known = one.truth.merge(one.left, left_on="left", right_on="id").merge(one.right, left_on="right", right_on="id")
    country = known[["country_x", "country_y"]].dropna()
    assert len(country)
    assert (country["country_x"] == country["country_y"]).all()
