"""Many machines: the small side broadcast, the large side as partitions of a Spark table, the same `link` in each.

Needs `requirements-spark.txt` and Java 17 or later; the project itself imports this file nowhere.
"""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame

from include.matching.files.tables import CHUNK
from include.matching.link import link
from include.matching.model import LEVELS, Model

_TEXTS = ("band", *LEVELS)
SCHEMA = "left_id string, right_id string, match_weight double, match_probability double, " + ", ".join(
    f"`{name}` string" for name in _TEXTS
)
ARROW_SCHEMA = pa.schema(
    [("left_id", pa.string()), ("right_id", pa.string())]
    + [("match_weight", pa.float64()), ("match_probability", pa.float64())]
    + [(name, pa.string()) for name in _TEXTS]
)


def link_spark(left: pd.DataFrame, right: DataFrame, model: Model, floor: float | None = None) -> DataFrame:
    """The pairs of `link(left, right, model, floor)` as a Spark table; ids are text.

    left: as for `link`; right: a Spark table with the same columns, all text. Lazy: errors are raised where the result
    is used. Chunks of a partition are worked on one after the other; repartition `right` to use more cores.
    """
    shared = right.sparkSession.sparkContext.broadcast((left, model, floor))

    def pairs(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        left, model, floor = shared.value
        for chunk in together(batches, CHUNK):
            found = link(left, chunk, model, floor).pairs.astype({"left_id": "str", "right_id": "str"})
            yield from pa.Table.from_pandas(found, ARROW_SCHEMA, preserve_index=False).to_batches()

    # mapInArrow, not mapInPandas: PySpark 4.3 does not fully support pandas 3, so the conversion is ours
    return right.mapInArrow(pairs, SCHEMA)


def together(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pd.DataFrame]:
    """Small batches as tables of at least `rows`, but for the last: what `left` costs is paid once per table."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= rows:
            yield pa.Table.from_batches(held).to_pandas()
            held = []
    if held:
        yield pa.Table.from_batches(held).to_pandas()
