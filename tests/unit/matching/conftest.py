"""The default model, and a judge of one pair."""

from collections.abc import Callable
from typing import Any

import pytest

from include.matching.explain import explain
from include.matching.link import Linker
from include.matching.model import BASE, Model, load_model
from tests.unit.matching.rows import rows


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model(BASE)


@pytest.fixture(scope="session")
def judge(model: Model) -> Callable[..., tuple[str, dict[str, str]]]:
    """Band ("no" too) of two rows, and the level that each comparison reached."""

    def band_and_levels(left: dict[str, Any], right: dict[str, Any]) -> tuple[str, dict[str, str]]:
        one, other = rows(left), rows(right)
        links = Linker(one, model, -1000.0).link(other)
        if links.pairs.empty:
            return "not compared", {}
        found = explain(one, other, links.pairs, model)
        return str(links.pairs["band"][0]), dict(zip(found["comparison"], found["level"], strict=True))

    return band_and_levels
