"""What more petitioners cost: the same subjects against streams of growing length, each in a process of its own.

    python -m benchmarks.linkage.growth SIZE CHUNK FOLDER [FOLDER ...]

A stream is the petitioners of one synthetic town after the other, from the first again when all were read, in chunks;
of each chunk only the pairs above the default floor are kept. Reading the files does not count as CPU seconds; it
counts for the memory.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from benchmarks.linkage.layout import IDENTIFIERS, read_left
from include.matching.link import Linker, Links, lowest
from include.matching.model import load_model


def main(size: int, chunk: int, folders: list[Path]) -> None:
    left = read_left(folders[0]).assign(**dict.fromkeys(IDENTIFIERS))
    start, spent = time.perf_counter(), time.process_time()
    model = load_model()
    linker = Linker(left, model, lowest(None, model))
    wall, cpu = time.perf_counter() - start, time.process_time() - spent
    found: list[Links] = []
    for right in stream(folders, size, chunk):
        start, spent = time.perf_counter(), time.process_time()
        found.append(linker.link(right))
        wall, cpu = wall + time.perf_counter() - start, cpu + time.process_time() - spent
    start, spent = time.perf_counter(), time.process_time()
    links = Links.settled(found, model)
    wall, cpu = wall + time.perf_counter() - start, cpu + time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    numbers = {"petitioners": links.rows[-1], "compared": links.compared, "pairs": len(links.pairs)}
    print(json.dumps(numbers | {"cpu_seconds": round(cpu, 2), "wall_seconds": round(wall, 2), "peak_mb": peak}))


def stream(folders: list[Path], size: int, chunk: int) -> Iterator[pd.DataFrame]:
    """Petitioners with ids of their own, `chunk` at a time, `size` altogether."""
    left = size
    for folder in cycle(folders):
        for batch in pq.ParquetFile(folder / "right.parquet").iter_batches(batch_size=chunk):
            frame = batch.to_pandas().head(left)
            if not len(frame):
                return
            yield frame.assign(id=range(size - left, size - left + len(frame)), **dict.fromkeys(IDENTIFIERS))
            left -= len(frame)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
