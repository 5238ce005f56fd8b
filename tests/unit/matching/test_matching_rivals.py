"""Whom else a row resembles."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.matching.explain import explain
from include.matching.link import dedupe, link
from include.matching.model import Model, load_model
from include.matching.settling.rivals import Ends, Matches, Rows, pass_messages
from include.matching.settling.settle import BELIEVED, FLOOR, PRIOR_PAIRS, prior_here, settle
from include.matching.weigh import bands
from tests.unit.matching.rows import rows

MODEL = load_model()  # no fixture: hypothesis would print all of it beside every failing example
PAIR = ["left_id", "right_id"]
ENOUGH = 200  # rounds, until no message changes

bounded = settings(max_examples=40, derandomize=True, deadline=None)
sixteenths = st.integers(-200, 400).map(lambda number: number / 16)
within_four = st.tuples(st.integers(0, 4), st.integers(0, 4))


def weighed(weights: dict[tuple[int, int], float]) -> pd.DataFrame:
    """Pairs as they are found, with these weights of their own."""
    pairs = pd.DataFrame([(left, right, weight) for (left, right), weight in sorted(weights.items())])
    pairs = pairs.set_axis([*PAIR, "match_weight"], axis=1).astype({"match_weight": "float64"})
    own = pairs["match_weight"].to_numpy()
    return pairs.assign(match_probability=1 / (1 + np.exp2(-own)), band=bands(own, MODEL))


def settled(weights: dict[tuple[int, int], float], rows: Rows, model: Model = MODEL) -> dict[tuple[int, int], float]:
    found = settle(weighed(weights), rows, model, -1000.0)
    return dict(zip(found[PAIR].itertuples(index=False, name=None), found["match_weight"], strict=True))


def propagated(weights: dict[tuple[int, int], float], matches: list[Matches]) -> np.ndarray:
    pairs = weighed(weights)
    own, ends = pairs["match_weight"].to_numpy(), Ends.of(pairs, (100, 100))
    said = np.zeros(ends.row.shape)
    for _ in range(ENOUGH):
        said, _with_some = pass_messages(own, said, ends, matches)
    return own + said.sum(axis=0)


def counted(weights: dict[tuple[int, int], float], matches: list[Matches]) -> np.ndarray:
    """The same by going through all sets of pairs: what a row has without evidence is part of each pair's weight."""
    pairs = sorted(weights)
    usual = [-np.log2(np.exp(-each.mean) - np.expm1(-each.mean) / each.c) for each in matches]
    odds = {pair: 2.0 ** (weights[pair] - sum(usual)) for pair in pairs}
    every, of_pair = 0.0, dict.fromkeys(pairs, 0.0)
    for size in range(len(pairs) + 1):
        for chosen in combinations(pairs, size):
            share = np.prod([odds[pair] for pair in chosen])
            for side in (0, 1):
                times = pd.Series([pair[side] for pair in chosen], dtype="int64").value_counts()
                share *= matches[side].c ** (times - 1).sum()
            every += share
            for pair in chosen:
                of_pair[pair] += share
    return np.array([np.log2(of_pair[pair] / (every - of_pair[pair])) for pair in pairs])


TREES = {
    "one subject": [(0, 0), (0, 1), (0, 2)],
    "one petitioner": [(0, 0), (1, 0)],
    "a chain": [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)],
    "a tree": [(0, 0), (0, 1), (1, 1), (2, 1), (2, 3), (2, 4)],
}


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("matches", [[Matches(0.5, 1.03), Matches(0.005, 1.001)], [Matches(0.98, 1.001)] * 2])
def test_probabilities_are_those_of_all_sets_of_pairs(tree: str, matches: list[Matches]) -> None:
    draw = np.random.default_rng(7)
    for _ in range(5):
        weights = dict(zip(TREES[tree], np.round(draw.normal(0, 6, len(TREES[tree])), 2), strict=True))
        assert propagated(weights, matches) == pytest.approx(counted(weights, matches), abs=1e-6)


def test_a_sure_match_costs_its_rivals_and_one_alone_gains() -> None:
    sure = {(row, row): 20.0 for row in range(400)}
    found = settled({**sure, (0, 999): 2.0, (998, 997): 2.0}, (1000, 1000))
    assert found[0, 999] < -1
    assert found[998, 997] > 2
    assert all(found[pair] > 15 for pair in sure)


def test_where_rows_have_many_matches_nothing_changes() -> None:
    groups = {(2 * n + a, 3 * n + b): 12.0 for n in range(30) for a in range(2) for b in range(3)}
    open_ones = {(2 * n, 3 * n + 90): 1.0 for n in range(30)}
    trained = MODEL.model_copy(update={"right_rows": 1000})
    assert settled(groups | open_ones, (1000, 1000), trained) == groups | open_ones


def test_more_matches_than_the_model_expects_lift_every_pair_by_a_third() -> None:
    sure = {(row, row): 20.0 for row in range(400)}
    of_others = MODEL.model_copy(update={"prior": 400 / 64 / 1000**2, "right_rows": 100_000})
    trained = of_others.model_copy(update={"right_rows": 1000})
    as_trained, lifted = (settled({**sure, (998, 997): -4.0}, (1000, 1000), each) for each in (trained, of_others))
    expected = np.log2((400 + PRIOR_PAIRS) / (400 / 64 + PRIOR_PAIRS)) * BELIEVED
    assert lifted[998, 997] - as_trained[998, 997] == pytest.approx(expected, abs=0.07)


def test_few_pairs_do_not_tell_how_many_there_are() -> None:
    assert abs(prior_here(np.array([30.0, 30.0]), (1000, 1000), MODEL)) * BELIEVED < 0.1
    assert prior_here(np.array([-40.0]), (1000, 1000), MODEL) <= 0


def test_few_rows_forbid_nothing() -> None:
    assert settled({(0, 0): 15.0, (0, 1): 3.0}, (1000, 100_000))[0, 1] == pytest.approx(3.0, abs=0.5)


def test_what_was_learnt_is_what_was_made() -> None:
    made = Matches(0.4, 1.25)
    draw = np.random.default_rng(3)
    number = np.where(draw.random(20_000) < made.some, truncated(draw, made.mean, 20_000), 0)
    learnt = Matches.learn(float(number.sum()), float((number > 0).sum()), len(number))
    assert (learnt.some, learnt.each) == pytest.approx((0.4, 1.25), rel=0.02)


def truncated(draw: np.random.Generator, mean: float, size: int) -> np.ndarray:
    several = draw.poisson(mean, 20 * size)
    return several[several > 0][:size]


@bounded
@given(st.dictionaries(within_four, sixteenths, min_size=1))
def test_sides_and_order_do_not_matter(weights: dict[tuple[int, int], float]) -> None:
    found = settled(weights, (7, 9))
    turned = settled({(right, left): weight for (left, right), weight in weights.items()}, (9, 7))
    renamed = settled({(9 - left, 9 - right): weight for (left, right), weight in weights.items()}, (7, 9))
    for left, right in weights:
        assert turned[right, left] == found[left, right]
        assert renamed[9 - left, 9 - right] == found[left, right]


@bounded
@given(st.dictionaries(within_four, sixteenths, min_size=1))
def test_weights_are_sixteenths_and_the_unlikely_have_no_say(weights: dict[tuple[int, int], float]) -> None:
    found = settle(weighed(weights), (7, 9), MODEL, -1000.0)
    assert (found["match_weight"] * 16 % 1 == 0).all()
    assert ((found["match_weight"] - found["others"]).to_numpy() == weighed(weights)["match_weight"].to_numpy()).all()
    likely = {pair: weight for pair, weight in weights.items() if weight >= FLOOR}
    alone = settled(likely, (7, 9)) if likely else {}
    unlikely = {pair: weight for pair, weight in weights.items() if weight < FLOOR}
    assert settled(weights, (7, 9)) == alone | unlikely


def test_within_one_table_both_ends_are_rows_of_it() -> None:
    sure = {(2 * row, 2 * row + 1): 20.0 for row in range(400)}
    found = settled({**sure, (1, 2): 2.0}, (2000,))
    assert found[1, 2] < -1


def test_link_and_dedupe_weigh_rivals() -> None:
    letters = "BDFGKLMNPRST"
    people = [
        {"family": f"{one}A{other}ONO", "given": f"{other}I{one}A", "dob": f"19{70 + n}-0{1 + n % 9}-1{n % 9}"}
        for n, (one, other) in enumerate(zip(letters, letters[5:] + letters[:5], strict=True))
    ]
    left, right = rows(*people), rows(*people)
    linked = link(left, right, MODEL).pairs
    within = dedupe(pd.concat([left, right.assign(id=right["id"] + 1000)]), MODEL).pairs
    for found in (linked, within):
        assert len(found) == len(people)
        assert (found["others"] > 0).all()
    evidence = explain(left, right, linked, MODEL)
    total = MODEL.prior_weight + evidence.groupby(PAIR)["weight"].sum()
    assert total.tolist() == linked["match_weight"].tolist()
    assert evidence["comparison"].value_counts()["others"] == len(linked)


def test_hundreds_of_thousands_of_matches_of_few_rows_are_no_overflow() -> None:
    with np.errstate(over="raise"):
        assert Matches.learn(400_000.0, 399.0, 400).c == 1.0
