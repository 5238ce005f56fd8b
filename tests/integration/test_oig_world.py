"""The scenario `oig` plants what the audit counted (OIG-16-17), and a whole world of it holds exactly that."""

from pathlib import Path

import pytest
from nights import make_world

from include.simulator import scenario, truth

pytestmark = pytest.mark.integration


def test_the_world_of_the_audit_holds_what_the_audit_counted(tmp_path: Path) -> None:
    chosen = scenario.load("oig")
    assert (str(chosen.first_day), str(chosen.last_night)) == ("2004-10-01", "2014-09-30")  # fiscal years 2005-2014
    counted = truth.headline(make_world(tmp_path / "oig", "oig", seed=29))  # any seed
    means = counted.pop("known_traffickers_by_means")
    assert means["work_visa"] + means["fiance_visa"] == 17
    assert means["illegal_entry"] + means["overstayed_visit"] == 15
    assert counted == {
        "subjects": 10_563,
        "known_traffickers": 32,
        "petitioning_subjects": 274,
        "beneficiaries": 425,
        "arrested_petitioners": 18,
    }
    petitions = truth.read(tmp_path / "oig", "records").query("dataset == 'uscis_petitions'")
    assert 200_000 <= len(petitions) < 202_000  # with those that were keyed twice
