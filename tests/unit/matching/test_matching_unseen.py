"""How many pairs of one person there are where some have too little in common to be found."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.matching.compare.levels import NONE, Levels
from include.matching.link import link
from include.matching.model import BASE, LEVELS, load_model
from include.matching.training.patterns import Patterns
from include.matching.training.train import train
from include.matching.training.unseen import count_all, known

BOTH, LEFT, RIGHT = 600, 900, 1_800
SYLLABLES = ["BA", "DOR", "KEL", "MIN", "NA", "PO", "RIS", "TAN", "VEL", "ZU"]


def levels(pairs: int, *known_in: str) -> dict[str, Levels]:
    """All of them equal where they are known."""
    return {
        comparison: Levels(
            np.full(pairs, 0 if comparison in known_in else NONE, dtype=np.int8),
            np.full(pairs, -10.0, dtype=np.float32),
        )
        for comparison in LEVELS
    }


@given(st.floats(1.0, 1e5))
def test_where_all_pairs_have_as_much_in_common_none_is_unseen(found: float) -> None:
    pairs = levels(1, "family_name", "given_name", "date_of_birth", "street")
    model = load_model(BASE)
    every = count_all(model, Patterns(pairs, np.ones(1)), np.array([found]), known(pairs))
    assert every == pytest.approx(found)


@given(st.floats(100.0, 1e5), st.integers(5, 100))
def test_never_fewer_than_are_found_nor_more_than_share_as_much(found: float, rich: int) -> None:
    pairs = levels(1, "family_name", "given_name", "date_of_birth", "street")
    at_random = np.hstack([np.tile(known(pairs), rich), np.zeros((len(LEVELS), 100 - rich))])
    every = count_all(load_model(BASE), Patterns(pairs, np.ones(1)), np.array([found]), at_random)
    assert found <= every <= 1.001 * found * 100 / rich


def people(draw: np.random.Generator, missing: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first `BOTH` rows of either side are one person each; so many of the values are missing."""
    words = ["".join(draw.choice(SYLLABLES, 3)) for _ in range(500)]
    every = [
        {
            "given": draw.choice(words[:150]),
            "family": draw.choice(words),
            "dob": str(np.datetime64("1930-01-01") + np.timedelta64(draw.integers(29_000), "D")),
            "postcode": f"{draw.integers(10_000, 12_000)}",
            "phone": f"915{draw.integers(10_000_000):07}",
        }
        for _ in range(LEFT + RIGHT - BOTH)
    ]

    def side(rows: list[dict[str, Any]]) -> pd.DataFrame:
        kept = [{field: text if draw.random() > missing else "" for field, text in row.items()} for row in rows]
        return pd.DataFrame(kept).assign(id=range(len(rows)))

    return side(every[:LEFT]), side([*every[:BOTH], *every[LEFT:]])


def test_pairs_that_cannot_be_found_count_where_half_of_all_values_are_missing() -> None:
    left, right = people(np.random.default_rng(5), missing=0.5)
    model = train(left, right)
    pairs = link(left, right, model).pairs
    reached = (pairs["left_id"] == pairs["right_id"]) & (pairs["left_id"] < BOTH)
    expected = model.prior * len(left) * len(right)
    assert expected > 1.2 * reached.sum()  # what is counted is more than what can be seen
    assert 0.6 * BOTH < expected < 1.2 * BOTH


def test_where_little_is_missing_hardly_any_is_unseen() -> None:
    left, right = people(np.random.default_rng(5), missing=0.02)
    assert train(left, right).prior * len(left) * len(right) == pytest.approx(BOTH, rel=0.05)
