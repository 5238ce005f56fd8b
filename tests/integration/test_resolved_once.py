"""Entities are resolved when something was compared since, and not otherwise."""

import pytest
from nights import collect, night

from include import pipeline
from include.contracts import dataset_names
from include.settings import Settings
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration


def loaded(settings: Settings, day: int, days: int) -> pipeline.Run:
    run = pipeline.open_books(settings, night(day, days), f"night {day}")
    for dataset in dataset_names():
        collect(settings, run, dataset)
    return run


def entities(settings: Settings) -> list:
    return fetch(settings.owner_dsn, "select member, entity from match.entity order by member")


def test_what_was_compared_is_resolved_once_whoever_resolves_first(settings: Settings) -> None:
    first, second = loaded(settings, 1, 15), loaded(settings, 16, 5)
    pipeline.match(settings, first)  # takes in both
    assert pipeline.resolve(settings, first)["changed"] > 0
    pipeline.match(settings, second)
    assert pipeline.resolve(settings, second) == {"changed": 0}

    third = loaded(settings, 21, 10)
    pipeline.resolve(settings, second)  # links subjects that are loaded and not yet compared with petitioners
    pipeline.match(settings, third)
    assert pipeline.resolve(settings, third)["changed"] > 0
    known = entities(settings)
    fetch(settings.owner_dsn, "delete from match.resolved returning load_id")
    anew = pipeline.resolve(settings, third)
    assert (anew["members"], anew["changed"]) == (len(known), 0)
    assert entities(settings) == known
    assert known
    fetch(settings.owner_dsn, "delete from match.entity returning 1")  # what is not there is written
    fetch(settings.owner_dsn, "delete from match.resolved returning load_id")
    assert pipeline.resolve(settings, third)["changed"] == len(known)
    assert entities(settings) == known
