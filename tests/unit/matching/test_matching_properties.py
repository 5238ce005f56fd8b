"""What must hold of matching for every input: any order, any company, anything left blank, any text."""

import math
import unicodedata
import warnings
from itertools import product

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from include.matching.blocking.index import folded_keys
from include.matching.compare.words import SIMILAR, may_be_similar
from include.matching.explain import explain
from include.matching.fields import FIELDS, SEPARATOR
from include.matching.link import Linker
from include.matching.model import LEVELS, MISSING, load_model
from include.matching.names.words import read_words
from tests.unit.matching.people import VALUES, rows, table, tables

MODEL = load_model()  # no fixture: hypothesis would print all of it beside every failing example
ALL = -1000.0  # bits: every pair that is compared
PAIR = ["left_id", "right_id"]
AS_TEXT = dict.fromkeys((*PAIR, "band", *LEVELS), "str")
NAMES = ("full_name", "given", "middle", "family", "other_names")
TEXTS = [field for field in FIELDS if field not in NAMES]

# the same examples in every run: a failure is a change, not luck
bounded = settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pairs(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """All pairs compared, in the order of their ids."""
    return ordered(Linker(left, MODEL, ALL).link(right).pairs)


def ordered(found: pd.DataFrame) -> pd.DataFrame:
    return found.sort_values(PAIR, ignore_index=True)


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    found, expected = (ordered(side.astype(AS_TEXT)) for side in (found, expected))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def weights(found: pd.DataFrame) -> dict[tuple[str, str], float]:
    return dict(zip(zip(found["left_id"], found["right_id"], strict=True), found["match_weight"], strict=True))


def evidence(one: dict[str, str], other: dict[str, str]) -> pd.DataFrame:
    """Level and weight of each comparison of two rows, whether they share a key or not."""
    left, right = table([one], "L"), table([other], "R")
    asked = pd.DataFrame({"left_id": ["L0"], "right_id": ["R0"]}, dtype="str")
    return explain(left, right, asked, MODEL).set_index("comparison")


@bounded
@given(tables("L"), tables("R"))
def test_which_side_is_left_changes_no_weight(left: pd.DataFrame, right: pd.DataFrame) -> None:
    turned = pairs(right, left).rename(columns={"left_id": "right_id", "right_id": "left_id"})
    straight = pairs(left, right)
    same(turned[straight.columns], straight)


@settings(bounded, max_examples=200)
@given(st.lists(st.text("ABNOT", min_size=1, max_size=9), min_size=2, max_size=12))
def test_words_that_their_letters_keep_apart_are_not_similar(texts: list[str]) -> None:
    words = read_words(pa.array(["", *dict.fromkeys(texts)]), MODEL.known_nicknames, MODEL.name_shares)
    ones, others = (side.ravel() + 1 for side in np.indices((len(words) - 1, len(words) - 1), dtype=np.int32))
    apart = ~may_be_similar(words, words, ones, others)
    for one, other in zip(ones[apart], others[apart], strict=True):
        first, second = words.texts[one].as_py(), words.texts[other].as_py()
        assert OSA.distance(first, second) > max(len(first), len(second)) * (1 - SIMILAR)


@bounded
@given(tables("L"), tables("R", most=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(left: pd.DataFrame, right: pd.DataFrame, random) -> None:
    shuffled = [side.iloc[random.sample(range(len(side)), len(side))] for side in (left, right)]
    same(pairs(*shuffled), pairs(left, right))


@bounded
@given(tables("L"), tables("R", most=8), st.data())
def test_chunks_of_either_side_change_nothing(left: pd.DataFrame, right: pd.DataFrame, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, len(left))), data.draw(st.integers(0, len(right)))
    parts = product((left[:a], left[a:]), (right[:b], right[b:]))
    same(pd.concat([pairs(*part) for part in parts]), pairs(left, right))


@bounded
@given(tables("L"), tables("R"))
def test_a_pair_has_the_weight_that_its_two_rows_have_alone(left: pd.DataFrame, right: pd.DataFrame) -> None:
    for row in pairs(left, right).to_dict("records"):
        alone = pairs(left[left["id"] == row["left_id"]], right[right["id"] == row["right_id"]])
        assert alone.to_dict("records") == [row]


@bounded
@given(rows, rows, st.randoms(use_true_random=False))
def test_the_order_of_several_values_changes_nothing(one: dict, other: dict, random) -> None:
    many = {"other_names": VALUES["other_names"], "dob": VALUES["dob"], "phone": VALUES["phone"]}
    one = one | {field: SEPARATOR.join(random.sample(values, 3)) for field, values in many.items()}
    turned = one | {field: SEPARATOR.join(reversed(one[field].split(SEPARATOR))) for field in many}
    right = table([other], "R")
    same(pairs(table([turned], "L"), right), pairs(table([one], "L"), right))


@bounded
@given(tables())
def test_duplicates_are_the_links_of_a_table_with_itself(people: pd.DataFrame) -> None:
    found, linker = pairs(people, people), Linker(people, MODEL, ALL)
    earlier = found["left_id"].astype(int) < found["right_id"].astype(int)
    same(linker.link(people, within=True).pairs, found[earlier])


@bounded
@given(tables("L"), tables("R"), st.sampled_from(FIELDS), st.sampled_from(["", "  ", None, np.nan, pd.NA]))
def test_a_blank_column_is_as_good_as_none(left: pd.DataFrame, right: pd.DataFrame, field: str, blank: object) -> None:
    absent = pairs(left.drop(columns=field), right.drop(columns=field))
    same(pairs(left.assign(**{field: blank}), right.assign(**{field: blank})), absent)


@bounded
@given(rows, rows, st.sampled_from(TEXTS))
def test_a_value_that_the_other_row_lacks_weighs_nothing(one: dict, other: dict, field: str) -> None:
    whole, blank = (evidence(one | {field: value}, other | {field: ""}) for value in (one[field], ""))
    pd.testing.assert_frame_equal(whole[["level", "weight"]], blank[["level", "weight"]], check_exact=True)


# Fields that are compared together: if the cities agree and the ZIPs do not, the ZIPs contradict once the city is gone.
TOGETHER = [NAMES, ("city", "postcode"), *((field,) for field in TEXTS if field not in ("city", "postcode"))]


@bounded
@given(rows, rows, st.sampled_from(TOGETHER), st.booleans())
def test_blanking_what_is_compared_adds_no_contradiction(
    one: dict, other: dict, fields: tuple[str, ...], first: bool
) -> None:
    before = evidence(one, other)
    blank = dict.fromkeys(fields, "")
    after = evidence(one | blank, other) if first else evidence(one, other | blank)
    turned = [name for name in LEVELS if after.level[name] == "different" and before.level[name] != "different"]
    assert turned == []
    changed = {name for name in LEVELS if after.level[name] != before.level[name]}
    assert {after.level[name] for name in changed} <= {MISSING}


@bounded
@given(tables("L"), tables("R"))
def test_weights_of_the_evidence_add_up_exactly(left: pd.DataFrame, right: pd.DataFrame) -> None:
    found = pairs(left, right)
    shown = explain(left, right, found[PAIR], MODEL)
    sums = shown.groupby(PAIR)["weight"].sum() + MODEL.prior_weight
    assert {pair: float(weight) for pair, weight in sums.items()} == weights(found)
    for name in LEVELS:
        levels = shown[shown["comparison"] == name].sort_values(PAIR)["level"].tolist()
        assert levels == found[name].tolist()


@bounded
@given(tables("L"), tables("R"))
def test_probability_and_band_follow_from_the_weight(left: pd.DataFrame, right: pd.DataFrame) -> None:
    found = pairs(left, right)
    for weight, probability, band in found[["match_weight", "match_probability", "band"]].itertuples(index=False):
        assert probability == pytest.approx(1 / (1 + 2.0**-weight), abs=1e-12)
        assert band == ("lead" if weight >= MODEL.lead else "review" if weight >= MODEL.review else "no")
    same(Linker(left, MODEL).link(right).pairs, found[found["band"] != "no"].reset_index(drop=True))


@bounded
@given(tables("L"), tables("R"), st.integers(-30, 60))
def test_a_floor_only_leaves_out_what_is_below_it(left: pd.DataFrame, right: pd.DataFrame, floor: int) -> None:
    everything = pairs(left, right)
    same(Linker(left, MODEL, float(floor)).link(right).pairs, everything[everything["match_weight"] >= floor])


def spaced(text: str) -> str:
    return "  " + text.replace(" ", "  ") + "\t"


@bounded
@given(
    tables("L"),
    tables("R"),
    st.sampled_from([str.upper, str.lower, spaced, lambda text: unicodedata.normalize("NFD", text)]),
)
def test_case_spaces_and_composition_change_nothing(left, right, rewritten) -> None:
    again = left.assign(**{field: left[field].map(rewritten) for field in FIELDS})
    same(pairs(again, right), pairs(left, right))


@bounded
@given(rows, rows)
def test_what_was_compared_reads_as_itself(one: dict, other: dict) -> None:
    """Normalisation is idempotent: numbers and dates that the evidence shows, given back, are read the same way."""
    shown = evidence(one, other)
    fields = {"a_number": "a_number", "ssn": "ssn", "phone": "phone", "date_of_birth": "dob"}
    known = {field: shown.left_value[name] for name, field in fields.items() if pd.notna(shown.left_value[name])}
    again = evidence(one | known, other)
    pd.testing.assert_frame_equal(again[["level", "weight"]], shown[["level", "weight"]], check_exact=True)


STRANGE = [
    "a",
    "?",
    ";",
    ",",
    "-",
    "0",
    "x" * 10_000,
    "Maria " * 2_000,
    "9" * 10_000,
    "; ".join(["Garcia, Maria"] * 500),
    "مُحَمَّد",
    "\u202eabc\u202c",
    "👩‍👧‍👦",
    "李小明",
    "Ђорђе",
    "\x00",
    "\x1b[31m",
    "\r\n\t\v",
    "\ufeff",
    "\u0301",
    "'; DROP TABLE record.tecs_subject; --",
    '=HYPERLINK("x")',
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "-1",
    "1e308",
    "NaN",
    "9999-99-99",
    "0000-00-00",
    "2024-02-30",
    "-1971-03-08",
]
# no lone surrogates: they are no text, and Arrow refuses them
strange = st.one_of(st.sampled_from(STRANGE), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))


@settings(bounded, max_examples=60)
@given(st.dictionaries(st.sampled_from(FIELDS), strange, min_size=1), rows, st.booleans())
@example(one=dict.fromkeys(FIELDS, ""), other=dict.fromkeys(FIELDS, ""), alike=True)
@example(one=dict.fromkeys(FIELDS, "\x00"), other=dict.fromkeys(FIELDS, ""), alike=True)
def test_any_text_is_safe(one: dict, other: dict, alike: bool) -> None:
    """Texts that no one expects, against people and against themselves: no exception, no warning, a finite weight."""
    left, right = table([one, other], "L"), table([one if alike else other], "R")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = pairs(left, right)
        shown = explain(left, right, found[PAIR], MODEL)
    assert all(map(math.isfinite, found["match_weight"]))
    assert found["match_probability"].between(0, 1).all()
    assert set(shown["level"]) <= {MISSING, *(level for levels in LEVELS.values() for level in levels)} | set(
        shown["level"][~shown["comparison"].isin(LEVELS)]
    )


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_a_strange_text_everywhere_is_safe(text: str) -> None:
    people = table([dict.fromkeys(FIELDS, text), dict.fromkeys(FIELDS, "")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = pairs(people, people)
    assert all(map(math.isfinite, found["match_weight"]))


@bounded
@given(st.lists(rows, min_size=1, max_size=3))
def test_a_row_is_itself(people: list[dict[str, str]]) -> None:
    """Two rows that say the same contradict each other in nothing."""
    for row in people:
        assume(any(row.values()))
        assert "different" not in set(evidence(row, row)["level"])


@bounded
@given(tables("L"), tables("R"))
def test_what_is_compared_shares_a_folded_key(left: pd.DataFrame, right: pd.DataFrame) -> None:
    folded = []
    for side in (left, right):
        row, key = folded_keys(side, MODEL)
        assert len(set(zip(row.tolist(), key.tolist(), strict=True))) == len(row)
        folded.append(pd.DataFrame({"id": side["id"].to_numpy()[row], "key": key}))
    near = folded[0].merge(folded[1], on="key", suffixes=("_left", "_right"))
    compared = Linker(left, MODEL, -np.inf).link(right)
    assert compared.compared == len(compared.pairs)
    assert set(zip(compared.pairs["left_id"], compared.pairs["right_id"], strict=True)) <= set(
        zip(near["id_left"], near["id_right"], strict=True)
    )


@bounded
@given(tables("L"), tables("R"))
def test_which_rows_share_a_key_does_not_depend_on_who_else_is_there(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Keys are made only of what the other side has at all."""
    compared = Linker(left, MODEL, -np.inf).link(right)
    by_row = [Linker(left.iloc[[at]], MODEL, -np.inf).link(right) for at in range(len(left))]
    assert compared.compared == sum(each.compared for each in by_row)
    together = pd.concat([each.pairs for each in by_row]).sort_values(["left_id", "right_id"], ignore_index=True)
    pd.testing.assert_frame_equal(compared.pairs, together, check_categorical=False)
