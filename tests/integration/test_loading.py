"""Versions are loaded once, whether the days they come with look new or not."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nights import night
from psycopg2 import sql

from include import pipeline
from include.contracts import load_contract
from include.settings import Settings
from include.warehouse import copy
from include.warehouse.connection import WarehouseError, fetch, transaction
from include.warehouse.load import Loaded, load

pytestmark = pytest.mark.integration

PLAIN, PROTECTED = "uscis_petitions", "uscis_t_applications"
FIRST, SECOND = date(2014, 9, 1), date(2014, 9, 2)


def staged(settings: Settings, run: pipeline.Run, dataset: str) -> Path:
    pipeline.extract(settings, run, dataset, last_try=True)
    return Path(pipeline.stage(settings, run, dataset)["accepted_path"])


def loaded(settings: Settings, run: pipeline.Run, dataset: str, accepted: Path, day: date) -> Loaded:
    with transaction(settings.warehouse_dsn) as cursor:
        return load(cursor, run.run_id, load_contract(dataset), accepted, [(day, 1, {})])


def held(settings: Settings, dataset: str) -> set[tuple[int, str]]:
    table = sql.Identifier("record", load_contract(dataset).record)
    with transaction(settings.owner_dsn) as cursor:
        cursor.execute(sql.SQL("select load_id, content_hash from {} order by 2").format(table))
        found = [tuple(row) for row in cursor.fetchall()]
    assert len(found) == len({content for _, content in found})
    return set(found)


@pytest.mark.parametrize("dataset", [PLAIN, PROTECTED])
def test_a_version_that_is_held_of_another_day_is_found_although_its_day_is_new(
    settings: Settings, tmp_path: Path, dataset: str
) -> None:
    run = pipeline.open_books(settings, night(1, 19), "first")
    accepted = staged(settings, run, dataset)
    whole = pq.read_table(accepted)
    some = len(whole) // 2
    assert some > 0
    half = tmp_path / "half.parquet"
    pq.write_table(whole.slice(0, some), half)

    assert loaded(settings, run, dataset, half, FIRST) == Loaded(some, 0)
    before = held(settings, dataset)
    other = pipeline.open_books(settings, night(1, 20), "second")
    assert loaded(settings, other, dataset, accepted, SECOND) == Loaded(len(whole) - some, some)
    after = held(settings, dataset)
    assert before < after
    assert {UUID(content).bytes for _, content in after} == set(whole["content_hash"].to_pylist())
    assert {load_id for load_id, _ in after - before} == {  # of the load that was taken back nothing is left
        found.load_id for found in fetch(settings.owner_dsn, "select max(load_id) as load_id from ops.load")
    }


def test_a_table_that_older_code_staged_is_refused(settings: Settings, tmp_path: Path) -> None:
    """A hold may outlast an upgrade."""
    run = pipeline.open_books(settings, night(1, 19), "first")
    whole = pq.read_table(staged(settings, run, PLAIN))
    at = whole.column_names.index("content_hash")
    digits = pa.array([digest.hex() * 2 for digest in whole["content_hash"].to_pylist()], pa.string())
    older = tmp_path / "older.parquet"
    pq.write_table(whole.set_column(at, "content_hash", digits), older)
    with pytest.raises(WarehouseError, match="clear `stage`"):
        loaded(settings, run, PLAIN, older, FIRST)
    assert held(settings, PLAIN) == set()


def test_versions_go_in_by_several_statements(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "ROWS", 7)
    run = pipeline.open_books(settings, night(1, 19), "first")
    accepted = staged(settings, run, PLAIN)
    rows = pq.read_metadata(accepted).num_rows
    assert rows > 14
    assert loaded(settings, run, PLAIN, accepted, FIRST) == Loaded(rows, 0)
    assert len(held(settings, PLAIN)) == rows
    assert loaded(settings, run, PLAIN, accepted, FIRST) == Loaded(rows, 0)  # repeated: this run brought them
    assert len(held(settings, PLAIN)) == rows
