"""Firms: how rare a name is, counted where it is met, and what it weighs."""

import pandas as pd
import pytest

from include.matching.explain import explain
from include.matching.fields import Table
from include.matching.model import BASE, DEFAULT, Model, load_model, save_model
from include.matching.names.shares import UNCOUNTED_FIRM, Frequencies
from include.matching.records import read_records
from include.matching.training.strangers import RAREST_NAME, count_names
from include.matching.training.train import train


def _counted(rows: list[dict[str, str]]) -> Frequencies:
    table = pd.DataFrame(rows).assign(id=range(len(rows)))
    return count_names(read_records(Table(table), load_model(BASE)))


def _chain(branches: int) -> list[dict[str, str]]:
    """As many firms again at one place each, two of them namesakes; beside a name that is met everywhere."""
    own = [{"organisation": f"{'ABCDEFGHIJ'[nth // 10]}{'KLMNOPQRST'[nth % 10]} Farms Inc"} for nth in range(branches)]
    rows = [{"organisation": "Burger Inn LLC"}] * branches + own + own[:1]
    return [row | {"street": f"{nth + 1} Main St", "postcode": "79901"} for nth, row in enumerate(rows)]


def test_a_name_counts_once_for_each_address() -> None:
    rows = _chain(50)
    again = [{"organisation": "BURGER INN", "street": "1 Main Street", "postcode": "79901"}] * 30
    found = _counted(rows + again)
    assert found.organisation == pytest.approx(_counted(rows).organisation)
    assert list(found.organisation) == ["BURGER INN", "AK FARMS"]
    less = 49 / (49 + 2 * 1)  # once 49 names are met, twice one
    assert found.organisation["BURGER INN"] == pytest.approx((50 - less) / 101, rel=0.01)
    assert found.organisation_floor == pytest.approx((1 - less) / 101)


def test_without_addresses_each_row_may_be_another_firm() -> None:
    found = _counted([{"organisation": "Burger Inn"}] * 9 + [{"organisation": "Farms"}])
    assert found.organisation["BURGER INN"] == pytest.approx((9 - 1) / 10)
    assert found.organisation_floor == RAREST_NAME  # nothing is met twice: what is met nowhere may be as rare


def test_without_firms_nothing_is_counted() -> None:
    found = _counted([{"full_name": "OKONKWO, NGOZI", "organisation": "N/A"}])
    assert (found.organisation, found.organisation_floor) == ({}, UNCOUNTED_FIRM)


def _weight(name: str, model: Model) -> float:
    row = pd.DataFrame({"id": ["1"], "organisation": [name]})
    found = explain(row, row, pd.DataFrame({"left_id": ["1"], "right_id": ["1"]}), model)
    return float(found.loc[found["comparison"] == "organisation", "weight"].iloc[0])


def test_a_name_that_many_firms_bear_weighs_less(tmp_path) -> None:
    rows = pd.DataFrame(_chain(50)).assign(id=range(101))
    model = train(rows.head(30), rows)
    save_model(model, tmp_path / "model.json")
    read_again = load_model(tmp_path / "model.json")
    common, rare = (_weight(name, read_again) for name in ("Burger Inn", "BK Farms"))
    assert common < 2
    assert rare > 8


def test_the_model_of_the_nights_knows_no_firms_and_weighs_them_alike() -> None:
    """It has a share among strangers, and no frequencies, as all models had before firms were counted."""
    model = load_model(DEFAULT)
    assert model.comparisons["organisation"]["exact"].times_frequency is None
    assert _weight("Burger Inn", model) == _weight("BK Farms", model) > 12
