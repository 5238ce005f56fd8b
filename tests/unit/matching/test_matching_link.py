"""What must hold of any two tables: sums that can be checked by hand, scores that depend on two rows and the model."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.matching.explain import explain
from include.matching.link import Linker, dedupe, link
from include.matching.model import LEVELS, load_model
from tests.unit.matching.rows import rows

ROOT = Path(__file__).parents[3]
FAMILY = [
    "Garcia",
    "Garcia Lopez",
    "De la Cruz",
    "Delacruz",
    "Nguyen",
    "Al-Hassan",
    "Hasan",
    "Okonkwo",
    "Miller",
    "",
    "Łukaszewicz",
]
GIVEN = ["Maria", "Mary", "Maria Elena", "Jose", "Pepe", "Thi", "Ngozi", "M", "FNU", "", "Noor"]
DATES = ["1971-03-08", "1971-08-03", "1971-01-01", "1971-03", "1971", "1983-12-30", "1971-03-08; 1972-03-08", None]
BLANKS = [None, pd.NA, float("nan"), ""]
LOW = -60.0  # bits: nearly every pair that is compared comes out


@st.composite
def shared_fields(draw):
    def maybe(*values):
        return draw(st.sampled_from([*values, *BLANKS]))

    return {
        "dob": draw(st.sampled_from(DATES)),
        "sex": maybe("F", "M", "Female"),
        "country": maybe("SV", "ELSAL", "Mexico", "YORO"),
        "a_number": maybe("A20345678", "20345678", "A20345679", "20345678; 20345699"),
        "ssn": maybe("900-00-0001", "900000011"),
        "street": maybe("1200 Main Street", "1200 MAIN ST", "7 Elm Rd"),
        "city": maybe("El Paso TX", "Fresno CA"),
        "postcode": maybe("79901", "93701"),
        "phone": maybe("915-555-0142", "(915) 555-0142", "559-555-0100"),
    }


names = st.tuples(st.sampled_from(FAMILY), st.sampled_from(GIVEN))
whole = st.builds(lambda name, rest: {"full_name": ", ".join(name).upper()[:30], **rest}, names, shared_fields())
in_parts = st.builds(
    lambda name, other, rest: {"family": name[0], "given": name[1], "other_names": " ".join(other), **rest},
    names,
    names,
    shared_fields(),
)
worlds = st.tuples(st.lists(whole, min_size=1, max_size=3), st.lists(in_parts, min_size=1, max_size=4))
thorough = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@thorough
@given(worlds)
def test_weights_of_the_evidence_add_up_to_the_weight_exactly(model, world):
    left, right = rows(*world[0]), rows(*world[1])
    pairs = Linker(left, model, LOW).link(right).pairs
    evidence = explain(left, right, pairs, model)
    assert len(evidence) == len(pairs) * (len(LEVELS) + 1)
    by_pair = evidence.groupby(["left_id", "right_id"])["weight"]
    for row in pairs.itertuples():
        weights = by_pair.get_group((row.left_id, row.right_id)).tolist()
        assert model.prior_weight + sum(weights) == row.match_weight  # in any order: the weights are sixteenths
        assert model.prior_weight + sum(reversed(weights)) == row.match_weight
        low = "review" if row.match_weight >= model.review else "no"
        assert row.band == ("lead" if row.match_weight >= model.lead else low)


@thorough
@given(worlds)
def test_levels_of_pairs_and_evidence_are_the_same_and_missing_is_neutral(model, world):
    left, right = rows(*world[0]), rows(*world[1])
    pairs = Linker(left, model, LOW).link(right).pairs
    evidence = explain(left, right, pairs, model)
    assert (evidence.loc[evidence["level"] == "missing", "weight"] == 0).all()
    plain = evidence[~evidence["comparison"].isin(["alternative", "name_order", "name_source", "place"])]
    blank = plain["left_value"].isna() | plain["right_value"].isna()
    assert (plain.loc[blank, "level"] == "missing").all()
    if len(pairs):
        wide = evidence.pivot(index=["left_id", "right_id"], columns="comparison", values="level")[list(LEVELS)]
        shown = pairs.set_index(["left_id", "right_id"])[list(LEVELS)].astype(str)
        assert (wide.sort_index() == shown.sort_index()).all(axis=None)


@thorough
@given(worlds, st.randoms(use_true_random=False))
def test_a_score_depends_on_its_two_rows_alone(model, world, random):
    left, right = rows(*world[0]), rows(*world[1])
    together = Linker(left, model, LOW).link(right)
    shuffled = [side.iloc[random.sample(range(len(side)), len(side))] for side in (left, right)]
    other = Linker(shuffled[0], model, LOW).link(shuffled[1])
    pd.testing.assert_frame_equal(other.pairs, together.pairs)
    assert other.compared == together.compared
    linkers = [Linker(left.iloc[[i]], model, LOW) for i in range(len(left))]
    apart = [linker.link(right.iloc[[j]]) for linker in linkers for j in range(len(right))]
    found = pd.concat([links.pairs for links in apart]).sort_values(["left_id", "right_id"], ignore_index=True)
    pd.testing.assert_frame_equal(found, together.pairs)
    assert sum(links.compared for links in apart) == together.compared


def test_a_table_is_linked_with_itself_without_pairing_a_row_with_itself(model):
    table = rows(*[{"family": "Okonkwo", "given": "Ngozi", "dob": "1971-03-08"}] * 3)
    assert dedupe(table, model).pairs[["left_id", "right_id"]].to_numpy().tolist() == [[1, 2], [1, 3], [2, 3]]


def test_empty_and_all_null_tables(model):
    one, other = rows({"full_name": "OKONKWO, NGOZI", "dob": DATES[0]}), rows({"family": "Okonkwo"})
    some = link(one, rows({"family": "Okonkwo", "given": "Ngozi", "dob": DATES[0]}), model)
    assert len(some.pairs) == 1
    for left, right in ((one[:0], other), (one, other[:0]), (one[:0], other[:0]), (rows({}, {}), rows({}, {}))):
        links = link(left, right, model)
        assert (len(links.pairs), links.compared) == (0, 0)
        assert links.pairs.dtypes.to_dict() == some.pairs.dtypes.to_dict()
        assert list(explain(left, right, links.pairs, model)) == list(explain(one, other, some.pairs[:0], model))


def test_arrow_tables_and_plain_ones_give_the_same(model):
    left = rows({"full_name": "OKONKWO, NGOZI", "dob": DATES[0], "sex": "F"}, {"full_name": None})
    right = rows({"family": "Okonkwo", "given": "Ngozi", "dob": DATES[0], "sex": "Female"}, {})
    plain = link(left, right, model)
    arrow = link(*(side.convert_dtypes(dtype_backend="pyarrow") for side in (left, right)), model)
    days = [side.assign(dob=pd.to_datetime(side["dob"]).dt.date) for side in (left, right)]
    assert len(plain.pairs) == 1
    for other in (arrow, link(*days, model)):
        pd.testing.assert_frame_equal(other.pairs, plain.pairs, check_dtype=False, check_column_type=False)


def test_the_same_in_another_process():
    code = (
        "from tests.unit.matching.rows import *\n"
        "from include.matching.link import link\nfrom include.matching.model import load_model\n"
        "some = [{'full_name': f'GARCIA, {n}', 'dob': '1971-03-08'} for n in ('ANA', 'ANNA', 'MARIA')]\n"
        "others = [{'family': 'Garcia', 'given': n, 'dob': '1971-03-08'} for n in ('Ana', 'Mary')]\n"
        "print(load_model().version, link(rows(*some), rows(*others), load_model(), -60.0).pairs.to_json())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert json.loads(printed.pop().split(b" ", 1)[1])["match_weight"]


def test_bad_tables_get_one_line(model):
    left, right = rows({"full_name": "GARCIA, ANA"}), rows({"family": "Garcia"})
    with pytest.raises(ValueError, match=r"no column \[id\]"):
        link(left.drop(columns="id"), right, model)
    with pytest.raises(ValueError, match=r"\[1\] rows repeat an id"):
        link(rows({"id": 7, "full_name": "A"}, {"id": 7, "full_name": "B"}), right, model)
    with pytest.raises(KeyError, match=r"\[1\] of the pairs name a left_id"):
        explain(left, right, pd.DataFrame({"left_id": [8], "right_id": [1]}), model)


def test_columns_and_order_of_the_result(model):
    left = rows({"id": 9, "full_name": "GARCIA, ANA", "a_number": "A20345678"}, {"id": 3, "a_number": "A20345678"})
    right = rows({"id": 5, "a_number": "20345678"})
    links = link(left, right, model)
    assert list(links.pairs) == ["left_id", "right_id", "match_weight", "match_probability", "band", "others", *LEVELS]
    assert links.pairs[["left_id", "right_id", "band"]].to_numpy().tolist() == [[3, 5, "lead"], [9, 5, "lead"]]
    assert links.keys.to_dict("records") == [{"rule": "a_number", "pairs": 2}]
    evidence = explain(left, right, links.pairs, model)
    assert list(evidence["comparison"][: len(LEVELS) + 1]) == [*LEVELS, "alternative"]
    number = evidence.query("comparison == 'a_number' and left_id == 9").iloc[0]
    assert (number["left_value"], number["right_value"], number["level"]) == ("020345678", "020345678", "exact")
    assert number["weight"] == pytest.approx(26.2, abs=0.1)


def test_a_rare_initial_weighs_more_than_a_common_one():
    model = load_model()
    weight = {}
    for letter in "JQ":
        row = pd.DataFrame([{"id": "1", "given": "Ann", "middle": letter, "family": "Miller", "dob": "1971-03-08"}])
        weight[letter] = link(row, row, model, floor=-50.0).pairs["match_weight"].iloc[0]
    assert weight["Q"] > weight["J"]
