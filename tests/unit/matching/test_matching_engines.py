"""One core, all cores, mapped tasks, Spark: the same pairs and scores, to the last bit."""

import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from include.matching.engines import processes
from include.matching.engines.mapped import chunk_bounds, link_chunk, settle_chunks
from include.matching.engines.processes import link_chunks
from include.matching.fields import FIELDS
from include.matching.link import PAIR, Linker, Links, link
from include.matching.model import DEFAULT, LEVELS, Model, load_model, save_model
from include.matching.settling.settle import settle
from tests.unit.matching.people import crowd

ROOT = Path(__file__).parents[3]
FLOOR = -12.0  # bits: pairs of all three bands, and all rivals
TEXTS = dict.fromkeys(("left_id", "right_id", "band", *LEVELS), "str")
LEFT, RIGHT = crowd(20, 1, "L"), crowd(200, 2, "R")


def chunks(rows: int) -> Iterator[pd.DataFrame]:
    return (RIGHT.iloc[at : at + rows].reset_index(drop=True) for at in range(0, len(RIGHT), rows))


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    found, expected = (
        side.astype(TEXTS).sort_values(["left_id", "right_id"], ignore_index=True) for side in (found, expected)
    )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.fixture(scope="module")
def expected(model: Model) -> pd.DataFrame:
    pairs = Linker(LEFT, model, FLOOR).link(RIGHT).pairs
    assert set(pairs["band"]) == {"lead", "review", "no"}
    return pairs


@pytest.mark.parametrize(("rows", "processes"), [(7, 1), (1000, 1), (64, 2)])
def test_chunks_and_processes(model: Model, expected: pd.DataFrame, rows: int, processes: int) -> None:
    links = list(link_chunks(LEFT, chunks(rows), model, FLOOR, processes))
    assert len(links) == -(-len(RIGHT) // rows)
    same(pd.concat([each.pairs for each in links]), expected)
    assert sum(each.compared for each in links) == link(LEFT, RIGHT, model, FLOOR).compared
    same(Links.settled(links, model, FLOOR).pairs, link(LEFT, RIGHT, model, FLOOR).pairs)


def test_only_as_many_chunks_are_read_as_are_worked_on(model: Model) -> None:
    read = []

    def counted() -> Iterator[pd.DataFrame]:
        for chunk in chunks(10):
            read.append(len(chunk))
            yield chunk

    links = link_chunks(LEFT, counted(), model, FLOOR, processes=2)
    next(links)
    assert len(read) <= 4
    assert len(list(links)) == 19


def test_an_error_in_a_process_is_the_error(model: Model) -> None:
    bad = [RIGHT, RIGHT.drop(columns="id")]
    with pytest.raises(ValueError, match="id"):
        list(link_chunks(LEFT, iter(bad), model, FLOOR, processes=2))


@pytest.fixture
def files(tmp_path: Path, model: Model) -> tuple[Path, Path, Path]:
    """Left, right and model."""
    paths = tmp_path / "left.parquet", tmp_path / "right.parquet", tmp_path / "model.json"
    LEFT.to_parquet(paths[0])
    RIGHT.to_parquet(paths[1], row_group_size=60)
    save_model(model, paths[2])
    return paths


def test_mapped_tasks(tmp_path: Path, files: tuple[Path, Path, Path], model: Model, expected: pd.DataFrame) -> None:
    left, right, model_file = files
    bounds = chunk_bounds(right, rows=75)
    assert bounds == [(0, 75), (75, 150), (150, 200)]
    counts = [link_chunk(left, right, each, model_file, tmp_path, FLOOR) for each in bounds]
    written = sorted(tmp_path.glob("pairs-*.parquet"))
    assert [len(pd.read_parquet(path)) for path in written] == counts
    same(pd.concat([pd.read_parquet(path) for path in written]), expected)
    settled = link(LEFT, RIGHT, model, FLOOR).pairs
    out = tmp_path / "settled.parquet"
    assert settle_chunks(left, right, model_file, tmp_path, out, FLOOR) == len(settled)
    same(pd.read_parquet(out), settled)
    before = [path.read_bytes() for path in written]
    assert link_chunk(left, right, bounds[1], model_file, tmp_path, FLOOR) == counts[1]
    assert [path.read_bytes() for path in sorted(tmp_path.glob("pairs-*"))] == before


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")  # see link_spark
@pytest.mark.skipif(
    find_spec("pyspark") is None, reason="PySpark has an environment of its own, and needs Java: make test-spark"
)
def test_spark(
    tmp_path: Path,
    files: tuple[Path, Path, Path],
    model: Model,
    expected: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pyspark.sql import SparkSession

    from include.matching.engines.spark import link_spark

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # of the workers
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(tmp_path / "warehouse"),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50",  # several batches in a partition
    }
    spark = SparkSession.builder.master("local[1]").config(map=settings).getOrCreate()
    try:
        right = spark.read.parquet(str(files[1])).select("id", *FIELDS).repartition(2)
        found = link_spark(LEFT, right, model, FLOOR).toArrow().to_pandas()
        same(found, expected)
        settled = settle(found.sort_values(PAIR, ignore_index=True), (len(LEFT), len(RIGHT)), model, FLOOR)
        same(settled, link(LEFT, RIGHT, model, FLOOR).pairs)
    finally:
        spark.stop()


def test_a_worker_leaves_ctrl_c_to_who_started_it() -> None:
    table = pd.DataFrame({"id": ["1"], "full_name": ["Ana Diaz"]})
    with ProcessPoolExecutor(1, get_context("spawn"), processes._remember, (table, load_model(DEFAULT), None)) as pool:
        pool.submit(signal.raise_signal, signal.SIGINT).result()
