"""An evaluation: figures that can be checked by hand, and a page that stands alone."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.matching.evaluation.curves import counted, curve_of, recall_at, reliability, thinned
from include.matching.evaluation.figures import Evaluation, Point
from include.matching.evaluation.measure import evaluate
from include.matching.evaluation.page import render
from include.matching.link import dedupe, link
from include.matching.model import LEVELS, Model
from tests.unit.matching.people import crowd, table

ANA = {"family": "Garcia", "given": "Ana", "dob": "1971-03-08", "ssn": "900-00-0001"}
NGOZI = {"family": "Okafor", "given": "Ngozi", "dob": "1983-12-30", "phone": "915-555-0142"}


def test_a_curve_by_hand() -> None:
    weight, is_true = np.array([9.0, 5.0, 5.0, 1.0]), np.array([True, True, False, True])
    assert curve_of(weight, is_true, total=5) == [
        Point(9.0, 1.0, 0.2, pytest.approx(1 / 3, abs=1e-6)),
        Point(5.0, pytest.approx(2 / 3, abs=1e-6), 0.4, 0.5),  # both pairs of 5 bits, or none
        Point(1.0, 0.75, 0.6, pytest.approx(2 / 3, abs=1e-6)),
    ]
    assert recall_at(curve_of(weight, is_true, 5), 0.7) == 0.6
    assert recall_at(curve_of(weight, is_true, 5), 0.99) == 0.2
    assert recall_at([], 0.99) is None
    assert curve_of(np.array([]), np.array([], dtype=bool), 5) == []


def test_reliability_by_hand() -> None:
    probability = np.array([0.0, 0.01, 0.91, 0.93, 0.98, 1.0])
    low, middle, high = reliability(probability, np.array([False, False, True, False, True, True]))
    assert (low.low, low.high, low.said, low.true.part, low.true.of) == (0.0, 0.02, 0.005, 0, 2)
    assert (middle.low, middle.high, middle.said, middle.true.share) == (0.9, 0.95, 0.92, 0.5)
    assert (high.low, high.high, high.said, high.true.share) == (0.98, 1.0, 0.99, 1.0)


@pytest.mark.parametrize(
    # Newcombe (1998), Statistics in Medicine 17, table I: Wilson's score method
    ("part", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_of_the_literature(part: int, of: int, low: float, high: float) -> None:
    found = counted(part, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_nothing_counted_has_no_share() -> None:
    assert counted(0, 0).share is None


@given(st.lists(st.tuples(st.integers(-20, 20), st.booleans()), min_size=1, max_size=60), st.integers(4, 20))
def test_a_thinned_curve_keeps_its_ends_and_adds_no_point(pairs: list[tuple[int, bool]], points: int) -> None:
    weight, is_true = (np.array(values) for values in zip(*pairs, strict=True))
    curve = curve_of(weight.astype(float), is_true.astype(bool), total=60)
    thin = thinned(curve, points)
    assert thin[0] == curve[0]
    assert thin[-1] == curve[-1]
    assert [point for point in curve if point in thin] == thin
    assert len(thin) <= max(points, 1)


@pytest.fixture(scope="module")
def small(model: Model) -> dict[bool, Evaluation]:
    """One true lead, one lead that the truth does not know, one true pair that shares no key; by `show_values`."""
    left = table([ANA, NGOZI, {"family": "Nguyen"}], "L").assign(culture=["hispanic", "west_african", "<b>"])
    right = table([ANA, NGOZI, {"city": "Fresno"}], "R")
    truth = pd.DataFrame({"left_id": ["L0", "L2", "L9"], "right_id": ["R0", "R2", "R0"]}, dtype="str")
    return {show: evaluate(left, right, truth, model, 1, show) for show in (False, True)}


def test_the_figures_of_a_small_truth(small: dict[bool, Evaluation], model: Model) -> None:
    found = small[False]
    assert (found.left_rows, found.right_rows, found.true_pairs, found.unknown_pairs) == (3, 3, 2, 1)
    assert (found.at_lead.precision, found.at_lead.recall) == (0.5, 0.5)
    assert sum(found.missed.values()) == 1
    assert [(pair.left_id, pair.right_id) for pair in found.false_positives] == [("L1", "R1")]
    assert [(pair.left_id, pair.right_id) for pair in found.false_negatives] == [("L2", "R2")]
    groups = {
        group.name: (group.recall.part, group.recall.of, group.precision.part, group.precision.of)
        for group in found.cultures
    }
    assert groups == {"hispanic": (1, 1, 1, 1), "west_african": (0, 0, 0, 1), "<b>": (0, 1, 0, 0)}
    assert sum(group.recall.of for group in found.patterns) == 2
    assert {weight.comparison for weight in found.weights} == set(LEVELS)
    assert found.model == model.version


def test_evidence_of_a_wrong_pair_adds_up(small: dict[bool, Evaluation], model: Model) -> None:
    for pair in [*small[False].false_positives, *small[False].false_negatives]:
        assert model.prior_weight + sum(row.weight for row in pair.evidence) == pytest.approx(pair.weight, abs=1e-4)


def test_what_the_page_shows_of_a_wrong_pair_adds_up(small: dict[bool, Evaluation], model: Model) -> None:
    found = small[False]
    assert found.prior == model.prior_weight
    page = render(found)
    pairs = len(found.false_positives) + len(found.false_negatives)
    assert page.count('<td class="whole">prior</td>') == pairs
    assert f'<td class="number">{found.prior:+.2f}</td>' in page


def test_values_only_if_asked_for(small: dict[bool, Evaluation]) -> None:
    for show, found in small.items():
        for text in (render(found), json.dumps(found.as_dict())):
            assert ("OKAFOR" in text.upper()) == show
            assert ("9155550142" in text.replace("-", "")) == show


class Page(HTMLParser):
    """What a page holds and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {"src", "href", "onload", "onclick"} & {name for name, _ in attrs}
        if tag not in ("meta", "br", "line", "circle", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("show", [False, True])
def test_the_page_stands_alone(small: dict[bool, Evaluation], show: bool) -> None:
    text = render(small[show])
    page = Page(text)
    assert page.open == []
    assert page.tags.count("svg") >= 4
    assert not {"script", "link", "img", "iframe", "b1"} & set(page.tags)
    assert not re.search(r"https?:|//|url\(|@import", text)
    assert "&lt;b&gt;" in text  # a culture's name is text, not markup
    assert "nan" not in text.lower().split()


def test_json_says_the_same(small: dict[bool, Evaluation]) -> None:
    back = json.loads(json.dumps(small[False].as_dict(), allow_nan=False))
    assert back["at_lead"]["recall"] == small[False].at_lead.recall
    assert [point["threshold"] for point in back["curve"]] == [point.threshold for point in small[False].curve]
    assert set(back) == set(small[False].as_dict())


def test_nothing_found_and_nothing_true(model: Model) -> None:
    left, right = table([ANA], "L"), table([NGOZI], "R")
    nothing = pd.DataFrame({"left_id": [], "right_id": []}, dtype="str")
    found = evaluate(left, right, nothing, model, 1)
    assert (found.true_pairs, found.curve, found.best.f1) == (0, [], 0.0)
    assert Page(render(found)).open == []


def test_a_crowd_counts_as_link_counts(model: Model) -> None:
    left, right = crowd(20, 1, "L"), crowd(100, 2, "R")
    pairs = link(left, right, model).pairs
    leads = pairs[pairs["band"] == "lead"]
    truth = pairs[pairs["right_id"].str[-1].isin(list("02468"))][["left_id", "right_id"]]
    found = evaluate(left, right, truth, model, 1)
    hits = len(leads.merge(truth))
    assert hits
    assert found.at_lead.precision == pytest.approx(hits / len(leads), abs=1e-6)
    assert found.at_lead.recall == pytest.approx(hits / len(truth), abs=1e-6)
    assert found.at_review.recall == 1.0
    assert sum(bin_.true.part for bin_ in found.reliability) == len(truth)
    assert found.best.f1 >= found.at_lead.f1


def test_duplicates_in_one_table(model: Model) -> None:
    people = crowd(60, 3, "")
    pairs = dedupe(people, model).pairs
    leads = pairs[pairs["band"] == "lead"]
    truth = leads[["left_id", "right_id"]].head(5)
    turned = truth.rename(columns={"left_id": "right_id", "right_id": "left_id"})
    either = [
        evaluate(people, None, pd.concat([some, some]), model) for some in (truth, turned[["left_id", "right_id"]])
    ]
    assert either[0] == either[1]
    assert either[0].true_pairs == 5
    assert either[0].at_lead.recall == 1.0
