"""Scenarios are read strictly."""

from pathlib import Path

import pytest
import yaml

from include.simulator import scenario
from include.simulator.scenario import SCENARIOS, ScenarioError


@pytest.mark.parametrize("name", scenario.names())
def test_every_shipped_scenario_can_be_read(name: str) -> None:
    loaded = scenario.load(name)
    assert loaded.name == name
    assert loaded.first_day < loaded.last_night
    assert loaded.start.isoformat() == f"{loaded.first_day}T00:00:00+00:00"


def test_the_shipped_scenarios_are_those_promised() -> None:
    assert scenario.names() == ["clean", "hostile", "nightly", "oig", "scale-10m", "scale-1m", "smoke"]
    nightly = scenario.load("nightly")
    assert (str(nightly.first_day), str(nightly.last_night)) == ("2004-10-01", "2014-09-30")


def test_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(
        ScenarioError,
        match=r"unknown scenario \[nigthly\]; known: clean, hostile, nightly, oig, scale-10m, scale-1m, smoke",
    ):
        scenario.load("nigthly")


PLANTS = scenario.load("smoke").plants.model_dump()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"person_faults": {"speling": 0.1}}, r"key \[person_faults.speling\]"),
        ({"person_faults": {"spelling": 1.5}}, r"key \[person_faults.spelling\]"),
        ({"cultures": {"anglo": 0.5}}, "add up to"),
        ({"cultures": {"klingon": 1.0}}, r"neither a culture nor a dataset: \['klingon'\]"),
        ({"transport": {"job_failed_last_night": ["tecs_subject"]}}, "tecs_subject"),
        ({"last_night": "2014-09-01"}, "shorter than"),
        ({"colour": "blue"}, r"key \[colour\]"),
        ({"size": {"subjects": 50, "petitions": 500, "investigations": 9, "t_applications": 5}}, "more than half"),
        ({"plants": {**PLANTS, "beneficiaries": 3}}, "fewer than petitioning_subjects"),
        ({"plants": {**PLANTS, "arrested_petitioners": 1}}, "between fiance_visa and petitioning_subjects"),
    ],
)
def test_a_mistake_in_a_scenario_is_an_error_of_one_line(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    raw = yaml.safe_load((SCENARIOS / "smoke.yaml").read_text(encoding="utf-8")) | change
    (tmp_path / "smoke.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message) as caught:
        scenario.load("smoke", tmp_path)
    assert "\n" not in str(caught.value)
