"""Many machines: the small side broadcast, the large side as partitions of a Spark table, the same `link` in each.

Needs `requirements-spark.txt` and Java 17 or later; the project itself imports this file nowhere.
"""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame

from include.matching.files.tables import CHUNK
from include.matching.link import Linker, lowest
from include.matching.model import LEVELS, Model

TEXTS = dict.fromkeys(("left_id", "right_id", "band", *LEVELS), "str")
ARROW_SCHEMA = pa.schema([
    *((name, pa.string()) for name in ("left_id", "right_id")),
    *((name, pa.float64()) for name in ("match_weight", "match_probability")),
    *((name, pa.string()) for name in ("band", *LEVELS)),
])  # fmt: skip
SCHEMA = ", ".join(f"`{field.name}` {field.type}" for field in ARROW_SCHEMA)  # Spark says `double` and `string` too


def link_spark(left: pd.DataFrame, right: DataFrame, model: Model, floor: float | None = None) -> DataFrame:
    """The pairs of `left` and `right` as a Spark table, by their own weight; ids are text.

    Sorted by ids, in one table, they are what `settle` makes the pairs of `link(left, right, model, floor)` of.
    left: as for `link`; right: a Spark table with the same columns, all text. Lazy: errors are raised where the result
    is used. Chunks of a partition are worked on one after the other; repartition `right` to use more cores.
    """
    shared = right.sparkSession.sparkContext.broadcast((left, model, lowest(floor, model)))

    def pairs(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        linker = Linker(*shared.value)
        for chunk in together(batches, CHUNK):
            found = pa.Table.from_pandas(linker.link(chunk).pairs.astype(TEXTS), preserve_index=False)
            yield from found.select(ARROW_SCHEMA.names).cast(ARROW_SCHEMA).to_batches()

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
