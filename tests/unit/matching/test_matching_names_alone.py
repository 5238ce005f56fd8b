"""Names of several words, and tables that give nothing but names."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.matching.explain import explain
from include.matching.fields import names_alone
from include.matching.link import at_size, link
from include.matching.model import BASE, load_model
from include.matching.training.train import ENOUGH_NAMES, train
from tests.unit.matching.rows import rows

MODEL = load_model()
BORN = {"dob": "1971-03-08"}
SYLLABLES = ["BA", "DOR", "KEL", "MIN", "NA", "PO", "RIS", "TAN", "VEL", "ZU"]


def explained(ones: list[str], others: list[str]) -> pd.DataFrame:
    """Level and weight of each comparison, for each whole name of `ones` with each of `others`."""
    left, right = (pd.DataFrame({"id": range(len(names)), "full_name": names}) for names in (ones, others))
    asked = left[["id"]].merge(right[["id"]], how="cross", suffixes=("_left", "_right"))
    return explain(left, right, asked.set_axis(["left_id", "right_id"], axis=1), MODEL)


def evidence(one: str, other: str) -> pd.Series:
    return explained([one], [other]).set_index("comparison")["level"]


def weight(one: str, other: str) -> float:
    return float(explained([one], [other])["weight"].sum())


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("VEGA, ANA LUZ CLARA", "VEGA, ANA CLARA LUZ", "exact"),  # in another order
        ("VEGA, ANA LUZ CLARA", "VEGA, ANA CLARA", "exact"),  # that one side leaves one out says nothing
        ("VEGA, ANA LUZ CLARA PILAR", "VEGA, ANA PILAR", "exact"),  # nor does how many there are
        ("VEGA, ANA LUZ CLARA", "VEGA, ANA LUZ PILAR", "different"),  # each has one that the other does not have
        ("VEGA, ANA LUZ LUZ", "VEGA, ANA PILAR LUZ", "different"),
        ("VEGA, ANA LUZ CLARISA", "VEGA, ANA LUZ CLARSIA", "variant"),  # one of them is misspelled
        ("VEGA, ANA LUZ C", "VEGA, ANA CLARA LUZ", "exact"),  # an initial stands for what is left
        ("VEGA, LUZ ANA CLARA", "VEGA, ANA CLARA", "exact"),  # the given name was left out: crossed
        ("VEGA, LUZ ANA CLARA", "VEGA, ANA PILAR", "different"),
        ("ANA LUZ PRIETO VEGA", "ANA LUZ MORENO VEGA", "different"),  # whichever word is read as the surname
    ],
)
def test_of_several_middle_names_those_that_contradict_count(one, other, level):
    assert evidence(one, other)["middle_name"] == level


def test_a_name_that_both_lack_of_each_other_weighs_less_than_one_that_is_left_out():
    whole = "PEREGRINO, ANSELMA LUZ CLARISA"
    left_out, misspelled, another = (
        weight(whole, f"PEREGRINO, ANSELMA LUZ {last}") for last in ("", "CLARSIA", "PILAR")
    )
    assert min(left_out, misspelled) > another + 4


@pytest.mark.parametrize("written", ["JaneMiller", "JaneMcmillan", "ЯнаМельник"])
def test_a_name_in_one_word_is_parted_at_its_capitals(written):
    apart = {"JaneMiller": "Jane Miller", "JaneMcmillan": "Jane Mcmillan", "ЯнаМельник": "Яна Мельник"}[written]
    levels = evidence(written, apart)
    assert (levels["family_name"], levels["given_name"]) == ("exact", "exact")


@pytest.mark.parametrize(("one", "other"), [("McMillan", "Mcmillan"), ("MILLER", "Miller"), ("DeSouza", "De Souza")])
def test_a_surname_alone_stays_one(one, other):
    assert evidence(one, other)["family_name"] == "exact"


WORD = st.sampled_from(["ANA", "ANNA", "LUZ", "CLARA", "CLARISA", "CLARSIA", "PILAR", "C", "P", "DE"])
GIVEN = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
WHOLE = GIVEN.map("VEGA, {}".format) | GIVEN.map("{} VEGA".format) | GIVEN.map("VEGA {}".format) | GIVEN


@settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WHOLE, min_size=2, max_size=6, unique=True))
def test_which_of_two_names_is_left_changes_nothing(names: list[str]) -> None:
    found = explained(names, names).set_index(["left_id", "right_id", "comparison"])[["level", "weight"]]
    turned = found.rename_axis(["right_id", "left_id", "comparison"]).reorder_levels(found.index.names)
    pd.testing.assert_frame_equal(found, turned.loc[found.index])


def test_rare_names_alone_are_a_lead_and_another_surname_or_middle_name_is_none():
    left = rows({"id": 1, "full_name": "ANSELMA LUCINDA PEREGRINO"})
    right = rows(
        {"id": 1, "full_name": "ANSELMA LUCINDA PEREGRINO"},
        {"id": 2, "full_name": "ANSELMA LUCINDA QUINTANILLA"},
        {"id": 3, "full_name": "ANSELMA PURIFICACION PEREGRINO"},
    )
    for nth, lead in enumerate((True, False, False)):
        pairs = link(left, right.iloc[[nth]], MODEL, -60.0).pairs
        assert (pairs["band"] == "lead").tolist() == [lead]
    born = link(left.assign(**BORN), right.assign(**BORN), MODEL, -60.0).pairs
    assert (born["band"] == "lead").all()


def test_the_prior_follows_the_size_of_the_tables_where_names_are_all_they_give():
    left, right = rows({"full_name": "ANA VEGA"}), rows(*({"full_name": f"ANA {name}"} for name in SYLLABLES))
    sized = at_size(MODEL, left, right)
    assert sized.right_rows == len(right)
    assert sized.prior * sized.right_rows == pytest.approx(MODEL.prior * MODEL.right_rows)
    assert at_size(sized, left, right) == sized
    assert at_size(MODEL, left, right, MODEL.right_rows) == MODEL
    assert at_size(MODEL, left.assign(**BORN), right.assign(**BORN)) is MODEL
    assert at_size(MODEL, left.assign(**BORN), right).right_rows == len(right)  # one side's dates meet none


@pytest.mark.parametrize(("value", "alone"), [(None, True), ("", True), (" ", True), ("1971-03-08", False)])
def test_a_blank_column_gives_nothing(value, alone):
    table = pd.DataFrame({"id": [1, 2], "full_name": ["ANA VEGA", "LUZ VEGA"], "dob": [None, value]})
    assert names_alone(table, table) is alone


def test_few_names_alone_teach_nothing():
    table = rows(*({"full_name": f"{one} {other}"} for one in SYLLABLES for other in SYLLABLES))
    assert train(table) == at_size(MODEL, table, table)
    assert train(table.assign(**BORN)).name == "trained"


def test_many_names_alone_teach_how_common_they_are_and_not_what_one_person_shares():
    words = [one + other for one in SYLLABLES for other in SYLLABLES]
    names = [f"{given} {family}" for given in words for family in words][: ENOUGH_NAMES + 100]
    right = pd.DataFrame({"id": range(len(names)), "full_name": names})
    learnt = train(right.head(300), right)
    assert learnt.frequencies.given["BABA"] == pytest.approx(100 / len(names), rel=0.02)
    base = load_model(BASE)
    for comparison in ("family_name", "given_name", "middle_name"):
        for level in base.comparisons[comparison]:
            assert learnt.comparisons[comparison][level].m == base.comparisons[comparison][level].m
