"""How near the linkage is to what comparing strings costs at least: rapidfuzz alone on the same candidate pairs.

    python -m benchmarks.linkage.limit FOLDER

`cpdist` compares the texts of two lists pair by pair: here family names and given names of every pair that the linkage
compared, by Jaro-Winkler, on one thread. A linkage that compares each distinct pair of values once may need less.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from benchmarks.linkage.layout import read
from include.matching.link import Linker, link
from include.matching.model import load_model

EVERY_PAIR = -1e6  # bits: no pair is so unlikely


def main(folder: Path) -> None:
    data, model = read(folder).without_identifiers(), load_model()
    if data.right is None:
        raise SystemExit(f"set [{folder.name}] has one table; choose one with two")
    spent = time.process_time()
    compared = link(data.left, data.right, model).compared
    linkage = time.process_time() - spent
    pairs = Linker(data.left, model, EVERY_PAIR).link(data.right).pairs[["left_id", "right_id"]]
    spent, seconds = 0.0, 0.0
    for name in ("family", "given"):
        ones, others = (
            side.set_index("id")[name].fillna("").str.upper().loc[pairs[key]].tolist()
            for side, key in ((data.left, "left_id"), (data.right, "right_id"))
        )
        spent = time.process_time()
        process.cpdist(ones, others, scorer=JaroWinkler.normalized_similarity, dtype=np.float32, workers=1)
        seconds += time.process_time() - spent
    result = {"set": folder.name, "compared": compared, "pairs": len(pairs), "linkage_cpu_seconds": round(linkage, 2)}
    print(json.dumps(result | {"cpdist_cpu_seconds": round(seconds, 2), "share": round(seconds / linkage, 3)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
