"""What people are called beside their own name: learnt from the names of one row, and what it says of a pair."""

import pandas as pd
import pytest

from include.matching.explain import explain
from include.matching.fields import Table
from include.matching.model import Model
from include.matching.records import Records, read_records
from include.matching.training.bynames import ENOUGH, count_bynames
from include.matching.training.train import train
from tests.unit.matching.rows import rows

OWN = ["Brian", "Kevin", "Walter", "Dennis", "Howard"]
PAIR = pd.DataFrame({"left_id": [1], "right_id": [2]})


def known(model: Model, people: int, byname: str = "Scooter") -> Records:
    """So many people of five given names, each called something beside: every second one the byname, the others by
    another of the five."""
    table = rows(
        *(
            {
                "full_name": f"MILLER, {OWN[at % 5].upper()}",
                "other_names": f"MILLER, {(byname if at % 2 else OWN[(at + 1) % 5]).upper()}",
            }
            for at in range(people)
        )
    )
    return read_records(Table(table), model)


@pytest.fixture(scope="module")
def taught(model: Model) -> Model:
    shares = {name.upper(): 0.2 for name in OWN}
    plain = model.model_copy(update={"frequencies": model.frequencies.model_copy(update={"given": shares})})
    return count_bynames(plain, [known(plain, 2 * ENOUGH)])


def level(model: Model, left: dict[str, str], right: dict[str, str]) -> str:
    alike = {"dob": "1971-03-08", "street": "7 Elm St", "family": "Miller"}
    shown = explain(rows({**alike, **left}), rows({**alike, **right}, start=2), PAIR, model).set_index("comparison")
    return str(shown.loc["byname", "level"])


def test_a_byname_is_a_name_that_is_met_beside_others_and_that_nobody_has(taught: Model) -> None:
    words = read_records(Table(rows(*({"given": name} for name in ("Scooter", *OWN)))), taught).words
    of = dict(zip(words.texts.to_pylist(), words.byname.tolist(), strict=True))
    assert of["SCOOTER"]
    assert not any(of[name.upper()] for name in OWN)


def test_how_often_a_byname_is_met_is_counted(taught: Model) -> None:
    assert taught.comparisons["byname"]["likely"].m == pytest.approx(0.5, abs=0.02)  # of every second pair


def test_a_few_rows_teach_no_bynames(model: Model) -> None:
    assert count_bynames(model, [known(model, ENOUGH // 2)]) == model


def test_a_byname_is_likely_and_two_given_names_are_not(taught: Model) -> None:
    assert level(taught, {"given": "Scooter"}, {"given": "Kevin"}) == "likely"
    assert level(taught, {"given": "Kevin"}, {"given": "Scooter"}) == "likely"
    assert level(taught, {"given": "Brian"}, {"given": "Kevin"}) == "unlikely"


def test_a_given_name_that_agrees_needs_no_byname(taught: Model) -> None:
    assert level(taught, {"given": "Scooter"}, {"given": "Scooter"}) == "missing"


def test_who_is_known_to_be_brian_is_not_kevin_for_being_called_scooter(taught: Model) -> None:
    called = {"given": "Brian", "other_names": "Miller, Scooter"}
    assert level(taught, called, {"given": "Kevin"}) == "unlikely"


def test_where_no_bynames_are_known_nothing_is_said(model: Model) -> None:
    assert level(model, {"given": "Brian"}, {"given": "Kevin"}) == "missing"


def test_training_learns_them(taught: Model) -> None:
    born = {"dob": "1971-03-08"}  # of so few rows with names alone nothing is learnt
    table = rows(*({"full_name": f"MILLER, {name}", "other_names": "MILLER, SCOOTER"} | born for name in OWN * 40))
    assert train(table).frequencies.bynames["SCOOTER"] > 0.4


def test_a_byname_weighs_for_one_person_and_none_against(taught: Model) -> None:
    likely, unlikely = (taught.comparisons["byname"][name] for name in ("likely", "unlikely"))
    assert likely.u is not None
    assert likely.m > likely.u
    assert unlikely.u is not None
    assert unlikely.m < unlikely.u
