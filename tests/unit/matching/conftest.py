"""The default model, and a judge of one pair."""

from collections.abc import Callable
from typing import Any

import pytest

from include.matching.link import link
from include.matching.model import Model, load_model
from tests.unit.matching.rows import personas, petitioners


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="session")
def judge(model: Model) -> Callable[..., tuple[str, dict[str, str]]]:
    """Band ("no" too) of one persona and one petitioner, and the level that each comparison reached."""

    def band_and_levels(persona: dict[str, Any], petitioner: dict[str, Any]) -> tuple[str, dict[str, str]]:
        shown = model.model_copy(update={"review": -1000.0})
        links = link(personas(persona), petitioners(petitioner), shown)
        levels = dict(zip(links.evidence["comparison"], links.evidence["level"], strict=True))
        if links.pairs.empty:
            return "not compared", levels
        weight, band = links.pairs.loc[0, ["weight", "band"]]
        return (band if weight >= model.review else "no"), levels

    return band_and_levels
