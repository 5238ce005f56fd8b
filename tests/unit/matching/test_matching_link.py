"""What must hold of any two tables: sums that can be checked by hand, scores that depend on two rows and the model."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.matching.link import link
from include.matching.model import LEVELS
from tests.unit.matching.rows import PERSONA, PETITIONER, personas, petitioners

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
DATES = [date(1971, 3, 8), date(1971, 8, 3), date(1971, 1, 1), date(1971, 3, 9), date(1983, 12, 30), None]
BLANKS = [None, pd.NA, float("nan"), ""]


@st.composite
def shared_fields(draw):
    def maybe(*values):
        return draw(st.sampled_from([*values, *BLANKS]))

    return {
        "date_of_birth": draw(st.sampled_from(DATES)),
        "sex": maybe("F", "M", "Female"),
        "birth_country": maybe("SV", "ELSAL", "Mexico", "YORO"),
        "a_number": maybe("A20345678", "20345678", "A20345679"),
        "ssn": maybe("900-00-0001", "900000011"),
        "address": maybe("1200 Main Street", "1200 MAIN ST", "7 Elm Rd"),
        "city": maybe("El Paso", "Fresno"),
        "state": maybe("TX", "CA"),
        "postal_code": maybe("79901", "93701"),
        "phone": maybe("915-555-0142", "(915) 555-0142", "559-555-0100"),
    }


names = st.tuples(st.sampled_from(FAMILY), st.sampled_from(GIVEN))
persona_rows = st.builds(lambda name, rest: {"name": ", ".join(name).upper()[:30], **rest}, names, shared_fields())
petitioner_rows = st.builds(
    lambda name, other, rest: {"family_name": name[0], "given_name": name[1], "other_names": " ".join(other), **rest},
    names,
    names,
    shared_fields(),
)
worlds = st.tuples(st.lists(persona_rows, min_size=1, max_size=3), st.lists(petitioner_rows, min_size=1, max_size=4))
thorough = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def low(model):
    """The default model with a review threshold so low that nearly every pair compared comes out."""
    return model.model_copy(update={"review": -60.0})


@thorough
@given(worlds)
def test_weights_of_the_evidence_add_up_to_the_weight_exactly(low, world):
    links = link(personas(*world[0]), petitioners(*world[1]), low)
    by_pair = links.evidence.groupby(["persona_id", "petitioner_id"])["weight"]
    assert len(links.pairs) == by_pair.ngroups
    for row in links.pairs.itertuples():
        weights = by_pair.get_group((row.persona_id, row.petitioner_id)).tolist()
        assert len(weights) == len(LEVELS) + 1
        assert low.prior_weight + sum(weights) == row.weight  # in any order: the weights are sixteenths
        assert low.prior_weight + sum(reversed(weights)) == row.weight
        assert row.band == ("lead" if row.weight >= low.lead else "review")


@thorough
@given(worlds)
def test_missing_is_neutral_and_shown_as_missing(low, world):
    evidence = link(personas(*world[0]), petitioners(*world[1]), low).evidence
    fields = evidence[~evidence["comparison"].isin(["alternative", "name_order", "name_source"])]
    blank = fields["persona_value"].isna() | fields["petitioner_value"].isna()
    assert (fields.loc[fields["level"] == "missing", "weight"] == 0).all()
    assert (fields.loc[blank & (fields["comparison"] != "address"), "level"] == "missing").all()


@thorough
@given(worlds, st.randoms(use_true_random=False))
def test_a_score_depends_on_its_two_rows_alone(low, world, random):
    left, right = personas(*world[0]), petitioners(*world[1])
    whole = link(left, right, low)

    shuffled = [side.iloc[random.sample(range(len(side)), len(side))] for side in (left, right)]
    doubled = [pd.concat([side, side]) for side in shuffled]
    for other in (link(*shuffled, low), link(*doubled, low)):
        pd.testing.assert_frame_equal(other.pairs, whole.pairs)
        pd.testing.assert_frame_equal(other.evidence, whole.evidence)
        assert other.compared == whole.compared

    apart = [link(left.iloc[[i]], right.iloc[[j]], low) for i in range(len(left)) for j in range(len(right))]
    for table in ("pairs", "evidence"):
        together = pd.concat([getattr(links, table) for links in apart]).sort_values(
            ["persona_id", "petitioner_id"], kind="stable"
        )
        pd.testing.assert_frame_equal(together.reset_index(drop=True), getattr(whole, table))
    assert sum(links.compared for links in apart) == whole.compared


@thorough
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_safe_and_reading_is_idempotent(low, family, given_name, field):
    texts = dict.fromkeys(
        ["sex", "birth_country", "a_number", "ssn", "address", "city", "state", "postal_code", "phone"], field
    )
    links = link(
        personas({"name": f"{family}, {given_name}", "date_of_birth": DATES[0], **texts}),
        petitioners(
            {"family_name": family, "given_name": given_name, "other_names": field, "date_of_birth": DATES[0], **texts}
        ),
        low,
    )
    assert len(links.pairs) == 1  # the same day of birth
    assert "different" not in set(
        links.evidence.loc[links.evidence["comparison"].isin(["sex", "a_number", "ssn"]), "level"]
    )


def test_very_long_values_are_safe(low):
    links = link(
        personas({"name": "A B " * 5000 + ", C", "date_of_birth": DATES[0]}),
        petitioners({"family_name": "A B " * 5000, "other_names": "X Y;" * 5000, "date_of_birth": DATES[0]}),
        low,
    )
    assert len(links.pairs) == 1


def test_empty_and_all_null_tables(model):
    one, other = personas({"name": "GARCIA, ANA", "date_of_birth": DATES[0]}), petitioners({"family_name": "Garcia"})
    some = link(one, petitioners({"family_name": "Garcia", "given_name": "Ana", "date_of_birth": DATES[0]}), model)
    assert len(some.pairs) == 1
    for left, right in (
        (one[:0], other),
        (one, other[:0]),
        (one[:0], other[:0]),
        (personas({}, {}), petitioners({}, {})),
    ):
        links = link(left, right, model)
        assert (len(links.pairs), len(links.evidence), links.compared) == (0, 0, 0)
        assert links.pairs.dtypes.to_dict() == some.pairs.dtypes.to_dict()
        assert links.evidence.dtypes.to_dict() == some.evidence.dtypes.to_dict()


def test_arrow_tables_and_plain_ones_give_the_same(model):
    left = personas({"name": "GARCIA, ANA", "date_of_birth": DATES[0], "sex": "F"}, {"name": None})
    right = petitioners({"family_name": "Garcia", "given_name": "Ana", "date_of_birth": DATES[0], "sex": "Female"}, {})
    plain = link(left, right, model)
    arrow = link(*(side.convert_dtypes(dtype_backend="pyarrow") for side in (left, right)), model)
    stamps = link(*(side.assign(date_of_birth=pd.to_datetime(side["date_of_birth"])) for side in (left, right)), model)
    assert len(plain.pairs) == 1
    for other in (arrow, stamps):
        pd.testing.assert_frame_equal(other.pairs, plain.pairs)
        pd.testing.assert_frame_equal(other.evidence, plain.evidence)


def test_the_same_in_another_process():
    code = (
        "from tests.unit.matching.rows import *\n"
        "from include.matching.link import link\nfrom include.matching.model import load_model\n"
        "born = {'date_of_birth': '1971-03-08'}\n"
        "rows = [{'name': f'GARCIA, {n}', **born} for n in ('ANA', 'ANNA', 'MARIA')]\n"
        "others = [{'family_name': 'Garcia', 'given_name': n, **born} for n in ('Ana', 'Mary')]\n"
        "links = link(personas(*rows), petitioners(*others), load_model())\n"
        "print(load_model().version, links.pairs.to_json(), links.evidence.to_json())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert json.loads(printed.pop().split(b" ", 2)[1])["weight"]


def test_a_key_that_is_too_common_is_dropped_and_reported_without_its_text(model):
    left = personas(*[{"phone": "915-555-0142"}] * 3, {"phone": "915-555-0100"})
    right = petitioners(*[{"phone": "915-555-0142"}] * 4, {"phone": "915-555-0100"})
    links = link(left, right, model.model_copy(update={"max_pairs_per_key": 11}))
    assert links.compared == 1
    assert links.dropped_blocks.to_dict("records") == [{"rule": "phone", "personas": 3, "petitioners": 4}]
    assert link(left, right, model).compared == 13


def test_bad_tables_get_one_line(model):
    left, right = personas({"name": "GARCIA, ANA"}), petitioners({"family_name": "Garcia"})
    with pytest.raises(ValueError, match=r"no column \[phone\]"):
        link(left.drop(columns="phone"), right, model)
    with pytest.raises(ValueError, match=r"no column \[persona_id\]"):
        link(left.drop(columns="persona_id"), right, model)
    with pytest.raises(ValueError, match=r"\[1\] rows repeat a persona_id"):
        link(personas({"persona_id": 7, "name": "A"}, {"persona_id": 7, "name": "B"}), right, model)
    with pytest.raises(ValueError, match="is no date") as caught:
        link(left.assign(date_of_birth="born in spring"), right, model)
    assert "spring" not in str(caught.value)


def test_columns_and_order_of_the_result(model):
    left = personas(
        {"persona_id": 9, "name": "GARCIA, ANA", "a_number": "A20345678"}, {"persona_id": 3, "a_number": "A20345678"}
    )
    links = link(left[PERSONA], petitioners({"petitioner_id": 5, "a_number": "20345678"})[PETITIONER], model)
    assert links.pairs[["persona_id", "petitioner_id", "band"]].to_numpy().tolist() == [[3, 5, "lead"], [9, 5, "lead"]]
    assert list(links.evidence["comparison"][: len(LEVELS) + 1]) == [*LEVELS, "alternative"]
    number = links.evidence.query("comparison == 'a_number' and persona_id == 9").iloc[0]
    assert (number["persona_value"], number["petitioner_value"], number["level"]) == ("020345678", "020345678", "exact")
    assert np.isclose(number["weight"], 26.2, atol=0.1)
