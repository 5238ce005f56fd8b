"""Exports over disjoint periods are disjoint, and over a partition of time complete; only what is asked for is read."""

import csv
import gzip
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.contracts.model import load_all
from include.interval import Interval
from include.simulator import scenario
from include.simulator.gateways import exports
from include.simulator.gateways.damage import Asked
from include.simulator.gateways.exports import PART_ROWS, Export, export, pack_again
from include.simulator.source import UPDATED, Source

SMOKE = scenario.load("smoke")
SECONDS = int((SMOKE.end - SMOKE.start).total_seconds())
EVERYTHING = Interval(SMOKE.start, SMOKE.end)
POOL = ThreadPoolExecutor(2)


def source(world: Path, dataset: str) -> Source:
    return Source(world / "source" / f"{dataset}.parquet")


def whole(world: Path, dataset: str) -> pa.Table:
    return pq.read_table(source(world, dataset).path)


def made(world: Path, dataset: str, period: Interval) -> Export:
    """An export in a folder that outlives the test."""
    rows = source(world, dataset)
    asked = Asked(load_all()[dataset], period, rows, rows.count(period))
    return export(asked, Path(tempfile.mkdtemp(dir=world.parent)), POOL)


def rows_of(made: Export) -> list[tuple[str, ...]]:
    rows = []
    for part in made.parts:
        _header, *body = csv.reader(StringIO(gzip.decompress(part.path.read_bytes()).decode()))
        assert len(body) == part.rows
        rows += [tuple(row) for row in body]
    return rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dataset=st.sampled_from(sorted(load_all())), cuts=st.lists(st.integers(1, SECONDS - 1), max_size=8, unique=True))
def test_a_partition_of_time_exports_every_row_once(smoke: Path, dataset: str, cuts: list[int]) -> None:
    bounds = [SMOKE.start, *(SMOKE.start + timedelta(seconds=cut) for cut in sorted(cuts)), SMOKE.end]
    pieces = [row for start, end in pairwise(bounds) for row in rows_of(made(smoke, dataset, Interval(start, end)))]
    assert pieces == rows_of(made(smoke, dataset, EVERYTHING))
    assert len(pieces) == whole(smoke, dataset).num_rows


def test_without_duplicates_no_version_is_in_two_exports(clean: Path) -> None:
    days = [SMOKE.start + timedelta(days=n) for n in range(31)]
    nights = [made(clean, "uscis_petitions", Interval(start, end)) for start, end in pairwise(days)]
    seen = Counter(row for night in nights for row in rows_of(night))
    assert len(seen) == whole(clean, "uscis_petitions").num_rows
    assert set(seen.values()) == {1}


def test_a_bound_belongs_to_the_period_that_it_begins(clean: Path) -> None:
    moment: datetime = whole(clean, "tecs_subjects").column(UPDATED)[100].as_py()
    before, after = Interval(SMOKE.start, moment), Interval(moment, SMOKE.end)
    at = [c.name for c in load_all()["tecs_subjects"].columns].index("updated_at")
    text = moment.isoformat().replace("+00:00", "Z")
    assert text not in [row[at] for row in rows_of(made(clean, "tecs_subjects", before))]
    assert rows_of(made(clean, "tecs_subjects", after))[0][at] == text


def test_the_manifest_describes_the_parts(smoke: Path) -> None:
    contract = load_all()["uscis_petitions"]
    all_of_it = made(smoke, "uscis_petitions", EVERYTHING)
    assert [part.name for part in all_of_it.parts] == ["part-0001.csv.gz", "part-0002.csv.gz"]
    assert all_of_it.parts[0].rows == PART_ROWS
    for part in all_of_it.parts:
        content = part.path.read_bytes()
        assert (part.sha256, part.bytes) == (sha256(content).hexdigest(), len(content))
    header = next(csv.reader(StringIO(gzip.decompress(all_of_it.parts[0].path.read_bytes()).decode())))
    assert header == [column.source for column in contract.columns]
    rows = rows_of(all_of_it)
    assert all_of_it.rows == len(rows)
    assert all_of_it.non_blank == {name: sum(row[i] != "" for row in rows) for i, name in enumerate(header)}


def test_a_large_export_comes_in_larger_parts(smoke: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "LARGE", 100)
    monkeypatch.setattr(exports, "LARGE_PART_ROWS", 700)
    large = made(smoke, "uscis_petitions", EVERYTHING)
    assert {part.rows for part in large.parts[:-1]} == {700}
    assert sum(part.rows for part in large.parts) == large.rows


def test_a_quiet_period_has_no_parts(clean: Path) -> None:
    quiet = made(clean, "tecs_arrests", Interval(SMOKE.start, SMOKE.start + timedelta(seconds=1)))
    assert (quiet.parts, quiet.rows) == ((), 0)
    assert set(quiet.non_blank.values()) == {0}


@pytest.mark.parametrize("dataset", ["tecs_subjects", "uscis_petitions"])
def test_bytes_do_not_depend_on_when_they_are_made(smoke: Path, dataset: str) -> None:
    night = Interval(SMOKE.end - timedelta(days=1), SMOKE.end)
    once = made(smoke, dataset, night)
    made(smoke, dataset, EVERYTHING)
    again = made(smoke, dataset, night)
    assert [part.sha256 for part in once.parts] == [part.sha256 for part in again.parts]


def test_a_part_that_is_made_anew_has_other_bytes_and_the_same_rows(smoke: Path) -> None:
    part = made(smoke, "uscis_petitions", EVERYTHING).parts[-1]
    anew = pack_again(part)
    assert (anew.name, anew.rows) == (part.name, part.rows)
    assert anew.sha256 != part.sha256
    assert gzip.decompress(anew.path.read_bytes()) == gzip.decompress(part.path.read_bytes())


def test_only_the_row_groups_of_the_period_are_read(smoke: Path, tmp_path: Path) -> None:
    """Bytes of the other groups are destroyed: whoever reads them fails."""
    table, path = whole(smoke, "uscis_petitions"), tmp_path / "uscis_petitions.parquet"
    pq.write_table(table, path, row_group_size=100)
    groups = pq.ParquetFile(path).metadata
    wanted, times = 7, table.column(UPDATED)
    content = bytearray(path.read_bytes())
    for number in range(groups.num_row_groups):
        if number != wanted:
            for column in range(groups.num_columns):
                chunk = groups.row_group(number).column(column)
                start = chunk.dictionary_page_offset or chunk.data_page_offset
                content[start : start + chunk.total_compressed_size] = bytes(chunk.total_compressed_size)
    path.write_bytes(content)
    first, last = times[wanted * 100 + 1].as_py(), times[wanted * 100 + 90].as_py()
    expected = sum(first <= time.as_py() < last for time in times)
    rows = Source(path)
    assert rows.count(Interval(first, last)) == expected > 50
    assert sum(batch.num_rows for batch in rows.rows(Interval(first, last))) == expected
    with pytest.raises(OSError, match=r"."):
        list(rows.rows(Interval(SMOKE.start, last)))
