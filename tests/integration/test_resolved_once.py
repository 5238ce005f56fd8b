"""Entities are resolved when something was compared since, and not otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def written(settings: Settings, *, anew: bool) -> Iterator[None]:
    """Rows that are written anew have another `xmin`."""
    statement = "select max(xmin::text::bigint) as latest from match.entity"
    [before] = fetch(settings.owner_dsn, statement)
    yield
    [after] = fetch(settings.owner_dsn, statement)
    assert (after != before) is anew


def test_what_was_compared_is_resolved_once_whoever_resolves_first(settings: Settings) -> None:
    first, second = loaded(settings, 1, 15), loaded(settings, 16, 5)
    pipeline.match(settings, first)  # takes in both
    with written(settings, anew=True):
        pipeline.resolve(settings, first)
    pipeline.match(settings, second)
    with written(settings, anew=False):
        assert pipeline.resolve(settings, second) == {"changed": 0}

    third = loaded(settings, 21, 10)
    pipeline.resolve(settings, second)  # links subjects that are loaded and not yet compared with petitioners
    pipeline.match(settings, third)
    with written(settings, anew=True):
        pipeline.resolve(settings, third)
    known = entities(settings)
    fetch(settings.owner_dsn, "delete from match.resolved returning load_id")
    with written(settings, anew=True):
        assert pipeline.resolve(settings, third)["changed"] == 0
    assert entities(settings) == known
    assert known
