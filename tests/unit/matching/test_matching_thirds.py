"""What is one with a third row is one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.matching.link import dedupe
from include.matching.model import load_model
from include.matching.settling import thirds
from include.matching.settling.thirds import MOST_SURE, not_yet_paired, support
from tests.unit.matching.rows import rows

MODEL = load_model()  # no fixture: hypothesis would print all of it beside every failing example
Weights = dict[tuple[int, int], float]

bounded = settings(max_examples=60, derandomize=True, deadline=None)
graphs = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]),
    st.integers(-160, 400).map(lambda number: number / 16),
    min_size=1,
)


def rows_of(weights: Weights) -> np.ndarray:
    return np.array(list(weights), dtype=np.intp).T.reshape(2, -1)


def supported(weights: Weights) -> list[float]:
    return support(np.array(list(weights.values())), rows_of(weights)).tolist()


def one_by_one(weights: Weights) -> list[float]:
    """The same, triangle by triangle: all five ways in which three rows are one or not."""
    now, added = dict(weights), dict.fromkeys(weights, 0.0)
    for _ in range(2):
        for pair in weights:
            shown = [0.0]
            for third in {row for edge in weights for row in edge} - set(pair):
                edges = [(min(row, third), max(row, third)) for row in pair]
                if all(edge in now for edge in edges):
                    x, y = (2.0 ** now[edge] for edge in edges)
                    shown.append(np.log2((1 * x * y + 1) / (x + y + 1)))
            added[pair] = max(shown)
        now = {pair: weight + added[pair] / 2 for pair, weight in weights.items()}
    return list(added.values())


@bounded
@given(graphs)
def test_thirds_are_those_found_one_by_one(weights: Weights) -> None:
    assert supported(weights) == pytest.approx(one_by_one(weights), abs=1e-9)


@bounded
@given(graphs, st.integers(1, 5))
def test_thirds_are_the_same_in_parts(weights: Weights, most: int) -> None:
    together = supported(weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thirds, "MOST_THIRDS", most)
        assert supported(weights) == together


@bounded
@given(graphs, st.permutations(range(7)))
def test_the_numbers_of_rows_and_the_order_of_pairs_do_not_matter(weights: Weights, names: list[int]) -> None:
    renamed = {(names[a], names[b]): weight for (a, b), weight in reversed(weights.items())}
    assert supported(renamed) == supported(weights)[::-1]


@bounded
@given(graphs)
def test_rows_sure_of_one_third_are_paired(weights: Weights) -> None:
    sure = np.array([weight >= 0 for weight in weights.values()])
    neighbours: dict[int, set[int]] = {}
    for (a, b), weight in weights.items():
        if weight >= 0:
            neighbours.setdefault(a, set()).add(b)
            neighbours.setdefault(b, set()).add(a)
    expected = {pair for others in neighbours.values() for pair in combinations(sorted(others), 2)} - set(weights)
    assert set(map(tuple, not_yet_paired(rows_of(weights), sure).T.tolist())) == expected


def test_a_sure_chain_lifts_what_is_between_its_ends_and_a_namesake_is_not_lifted() -> None:
    chain = {(0, 1): 20.0, (1, 2): 18.0, (0, 2): -3.0}
    assert supported(chain)[2] == pytest.approx(18, abs=0.5)
    namesake = {(0, 1): 20.0, (1, 2): -8.0, (0, 2): -3.0}
    assert supported(namesake)[2] == 0


def test_a_name_of_hundreds_brings_nobody_together() -> None:
    star = {(0, row): 10.0 for row in range(1, MOST_SURE + 2)}
    assert not_yet_paired(rows_of(star), np.full(len(star), True)).shape == (2, 0)


def test_dedupe_finds_rows_that_share_little_but_a_third() -> None:
    name, born = {"family": "OKONKWO", "given": "NGOZI"}, {"dob": "1971-03-08"}
    home = {"street": "12 ELM AVE", "city": "RENO", "postcode": "89501", "phone": "775-555-0100"}
    letters = "BDFGKLMNPRST"
    many = [
        {"family": f"{one}A{other}ONO", "given": f"{other}I{one}A", "dob": f"19{70 + n}-0{1 + n % 9}-1{n % 9}"}
        for n, (one, other) in enumerate(zip(letters, letters[5:] + letters[:5], strict=True))
    ]
    ends = [name | born, name | born | home, {"family": "OKONKWO"} | home]
    found = dedupe(rows(*ends, *4 * many), MODEL, -30.0).pairs.set_index(["left_id", "right_id"])
    assert found.loc[[(1, 2), (2, 3)], "band"].tolist() == ["lead", "lead"]
    assert found.loc[(1, 3), "others"] > 2  # what the weaker of the two sure pairs weighs
    assert (found["others"] >= 0).all()
