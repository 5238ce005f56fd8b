"""Rows leave the writer in the order of their times, however they came and however many they were."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.simulator import time_order
from include.simulator.source import UPDATED
from include.simulator.time_order import TimeOrderedWriter

SCHEMA = pa.schema([("n", pa.string()), (UPDATED, pa.timestamp("us", "UTC"))])


def written(path: Path, batches: list[list[int]], expected: int) -> pa.Table:
    writer, n = TimeOrderedWriter(path, SCHEMA, expected), 0
    for times in batches:
        names = [str(n + i) for i in range(len(times))]
        n += len(times)
        writer.add(pa.table([names, pa.array(times, pa.int64()).cast(SCHEMA.field(UPDATED).type)], schema=SCHEMA))
    writer.close()
    assert writer.rows == n
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    return pq.read_table(path)


@settings(max_examples=30)
@given(batches=st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=6), expected=st.integers(1, 200))
def test_parted_or_not_the_rows_are_those_of_a_stable_sort(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]], expected: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time_order, "AT_ONCE", 25)
        table = written(tmp_path_factory.mktemp("sorted") / "rows.parquet", batches, expected)
    times = np.array([time for batch in batches for time in batch], dtype=np.int64)
    assert table["n"].to_pylist() == [str(i) for i in np.argsort(times, kind="stable")]
