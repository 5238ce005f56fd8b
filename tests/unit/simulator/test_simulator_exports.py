"""Exports over disjoint periods are disjoint, and over a partition of time complete."""

import csv
import gzip
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.contracts.model import load_all
from include.interval import Interval
from include.simulator import scenario
from include.simulator.exports import PART_ROWS, Export, export
from include.simulator.source import UPDATED, WorldOnDisk

SMOKE = scenario.load("smoke")
SECONDS = int((SMOKE.end - SMOKE.start).total_seconds())
EVERYTHING = Interval(SMOKE.start, SMOKE.end)


def rows_of(made: Export) -> list[tuple[str, ...]]:
    rows = []
    for part in made.parts:
        _header, *body = csv.reader(StringIO(gzip.decompress(part.content).decode()))
        assert len(body) == part.rows
        rows += [tuple(row) for row in body]
    return rows


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dataset=st.sampled_from(sorted(load_all())), cuts=st.lists(st.integers(1, SECONDS - 1), max_size=8, unique=True))
def test_a_partition_of_time_exports_every_row_once(smoke: Path, dataset: str, cuts: list[int]) -> None:
    table = WorldOnDisk.open(smoke).source(dataset)
    bounds = [SMOKE.start, *(SMOKE.start + timedelta(seconds=cut) for cut in sorted(cuts)), SMOKE.end]
    pieces = [row for start, end in pairwise(bounds) for row in rows_of(export(table, Interval(start, end)))]
    assert pieces == rows_of(export(table, EVERYTHING))
    assert len(pieces) == table.num_rows


def test_without_duplicates_no_version_is_in_two_exports(clean: Path) -> None:
    table = WorldOnDisk.open(clean).source("uscis_petitions")
    days = [SMOKE.start + timedelta(days=n) for n in range(31)]
    seen = Counter(row for start, end in pairwise(days) for row in rows_of(export(table, Interval(start, end))))
    assert len(seen) == table.num_rows
    assert set(seen.values()) == {1}


def test_a_bound_belongs_to_the_period_that_it_begins(clean: Path) -> None:
    table = WorldOnDisk.open(clean).source("tecs_subjects")
    moment: datetime = table.column(UPDATED)[100].as_py()
    before, after = Interval(SMOKE.start, moment), Interval(moment, SMOKE.end)
    texts = [row[-1] for row in rows_of(export(table, before))]
    assert moment.isoformat().replace("+00:00", "Z") not in texts
    assert rows_of(export(table, after))[0][-1] == moment.isoformat().replace("+00:00", "Z")


def test_manifest_describes_the_parts(smoke: Path) -> None:
    contract, table = load_all()["uscis_petitions"], WorldOnDisk.open(smoke).source("uscis_petitions")
    made = export(table, EVERYTHING)
    totals = made.totals()
    assert [p["name"] for p in totals["parts"]] == ["part-0001.csv.gz", "part-0002.csv.gz"]
    assert totals["parts"][0]["rows"] == PART_ROWS
    for listed, part in zip(totals["parts"], made.parts, strict=True):
        assert listed["sha256"] == sha256(part.content).hexdigest()
        assert listed["bytes"] == len(part.content)
    header = next(csv.reader(StringIO(gzip.decompress(made.parts[0].content).decode())))
    assert header == [column.source for column in contract.columns]
    rows = rows_of(made)
    counted = {name: sum(row[i] != "" for row in rows) for i, name in enumerate(header)}
    assert totals["control_totals"] == {"rows": len(rows), "non_blank": counted}


def test_a_quiet_period_has_no_parts(clean: Path) -> None:
    table = WorldOnDisk.open(clean).source("tecs_arrests")
    made = export(table, Interval(SMOKE.start, SMOKE.start + timedelta(seconds=1)))
    assert (made.parts, made.rows) == ((), 0)
    assert set(made.non_blank.values()) == {0}


@pytest.mark.parametrize("dataset", ["tecs_subjects", "uscis_petitions"])
def test_bytes_do_not_depend_on_when_they_are_made(smoke: Path, dataset: str) -> None:
    night = Interval(SMOKE.end - timedelta(days=1), SMOKE.end)
    once = export(WorldOnDisk.open(smoke).source(dataset), night)
    table = WorldOnDisk.open(smoke).source(dataset)
    export(table, EVERYTHING)
    assert export(table, night) == once
