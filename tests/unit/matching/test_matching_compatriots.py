"""What people of one culture share: counted without labels, and taken off a pair's weight."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.matching.compare.levels import Levels
from include.matching.fields import Table
from include.matching.model import BASE, BY_CULTURE, LEVELS, Model, load_model
from include.matching.records import read_records
from include.matching.training.strangers import count_compatriots, count_names
from include.matching.weigh import log_odds, weigh

SEED = 11
ROWS = 6_000
MODEL = load_model()  # no fixture: hypothesis would print all of it beside every failing example
SHARED = ["ALBA", "BORIS", "CARMEN", "DARIO"]  # given names of every people


def _people(peoples: int) -> pd.DataFrame:
    """Rows of so many peoples with surnames of their own. Every second row has one of four given names that all
    know, every other one of eight that only its people knows."""
    draw = np.random.default_rng(SEED)
    of, known = draw.integers(peoples, size=ROWS), draw.random(ROWS) < 0.5
    rare = [f"{chr(65 + people)}{chr(65 + nth)}ZOR" for people in range(peoples) for nth in range(8)]
    common = np.array(SHARED)[draw.integers(len(SHARED), size=ROWS)]
    own = np.array(rare)[8 * of + draw.integers(8, size=ROWS)]
    surnames = [_surname(5 * people + nth) for people in range(peoples) for nth in range(5)]
    return pd.DataFrame(
        {
            "id": [f"P{row}" for row in range(ROWS)],
            "given": np.where(known, common, own),
            "family": np.array(surnames)[5 * of + draw.integers(5, size=ROWS)],
            "dob": _days(draw, ROWS),
        }
    )


def _surname(number: int) -> str:
    """Surnames of which no two sound alike."""
    syllables = ["KA", "MA", "NA", "RA", "LA", "TA", "FA", "SA", "PA"]
    return "".join(syllables[number // 9**place % 9] for place in range(4))


def _days(draw: np.random.Generator, size: int) -> list[str]:
    return (np.datetime64("1940-01-02") + draw.integers(20_000, size=size)).astype(str).tolist()


def _counted(table: pd.DataFrame) -> Model:
    base = load_model(BASE)
    base = base.model_copy(update={"frequencies": count_names(read_records(Table(table), base))})
    return count_compatriots(base, read_records(Table(table), base), np.random.default_rng(SEED))


def test_a_name_that_only_one_people_knows_is_shared_more_often_within_it() -> None:
    times = _counted(_people(16)).compatriots.times["given_name"]
    # one in 256 bears a name of one people, one in 16 within it: 16 times as often; ALBA is as common everywhere
    assert times[256] > 4 * times[16]
    some = 0.1 * 10 / (0.1 * 10 + 0.9)  # of those who share a surname, compatriots in the base model
    assert times[256] == pytest.approx((16 - (1 - some)) / some, rel=0.2)


def test_rows_of_ones_own_person_are_no_compatriots() -> None:
    """Each person twice, one in twenty with another date: wrong dates of one person are taken off."""
    draw = np.random.default_rng(SEED)
    once = _people(1)
    once["given"] = [f"{chr(65 + a)}{chr(65 + b)}NOR" for a, b in draw.integers(20, size=(ROWS, 2))]
    once["family"] = [_surname(row) for row in range(ROWS)]
    again = once.assign(id=[f"Q{row}" for row in range(ROWS)])
    again["dob"] = np.where(draw.random(ROWS) < 0.03, _days(draw, ROWS), again["dob"])
    found = _counted(pd.concat([once, again], ignore_index=True)).compatriots.times["given_name"]
    before = load_model(BASE).compatriots.times["given_name"]
    assert found[256] < 3 * before[256]  # 180 pairs of own rows with dates apart would make it 40 times


def test_a_rare_name_of_compatriots_says_less_than_its_rarity() -> None:
    common, rare = _lift(-6.0), _lift(-12.0)
    assert rare > common > 0


@settings(max_examples=50, derandomize=True, deadline=None)
@given(st.floats(-17, 0), st.sampled_from(BY_CULTURE), st.integers(0, 4))
def test_compatriots_never_agree_more_often_than_always_nor_less_than_strangers(
    bits: float, comparison: str, level: int
) -> None:
    level = min(level, len(LEVELS[comparison]) - 1)
    levels, weights = _levels(comparison, level, bits)
    lift = _lift_of(levels, weights)
    m = MODEL.comparisons[comparison][LEVELS[comparison][level]].m
    u = float(np.log2(m) - weights[comparison][0])
    rounding = 1 / 16
    assert -rounding <= lift <= -u + rounding
    if level == len(LEVELS[comparison]) - 1:
        assert lift == 0


def _lift(bits: float) -> float:
    return _lift_of(*_levels("given_name", 0, bits))


def _lift_of(levels: dict[str, Levels], weights: dict[str, np.ndarray]) -> float:
    share = MODEL.alternatives["compatriot"].share
    assert share
    return float(log_odds(levels, weights, MODEL)["compatriot"][0] - np.log2(share))


def _levels(comparison: str, level: int, bits: float) -> tuple[dict[str, Levels], dict[str, np.ndarray]]:
    """One pair of which nothing is known but one name."""
    levels = {
        name: Levels(np.array([level if name == comparison else -1], dtype=np.int8), np.array([bits], dtype=np.float32))
        if name in BY_CULTURE
        else Levels(np.array([-1], dtype=np.int8))
        for name in LEVELS
    }
    return levels, {name: weigh(name, each, MODEL) for name, each in levels.items()}
