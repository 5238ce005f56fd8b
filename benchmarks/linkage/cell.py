"""One matcher on one set, in a process of its own.

    python -m benchmarks.linkage.cell FOLDER MODULE:FUNCTION OUT ids|no-ids

The clocks run from the tables in memory to the scored pairs in memory: imports and files do not count, a matcher's own
normalisation and training do.
"""

import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

from benchmarks.linkage.layout import read


def main(folder: Path, where: str, out: Path, identifiers: str) -> None:
    module, function = where.split(":")
    match = getattr(import_module(f"benchmarks.linkage.matchers.{module}"), function)
    data = read(folder)
    data = data if identifiers == "ids" else data.without_identifiers()
    state = folder / f"state-{identifiers}"
    state.mkdir(exist_ok=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()  # of all threads
    found = match(data, state)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found.pairs[["left", "right", "score"]].to_parquet(out, index=False)
    cost = {
        "threshold": found.threshold,
        "compared": found.compared,
        "cpu_seconds": round(cpu, 2),
        "wall_seconds": round(wall, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_mb_before": before // 1024,  # imports and tables
    }
    out.with_suffix(".json").write_text(json.dumps(cost))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
