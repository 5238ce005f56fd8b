"""recordlinkage (the Python Record Linkage Toolkit): its indexes, comparisons and ECM classifier."""

from pathlib import Path

import pandas as pd
import recordlinkage

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from benchmarks.linkage.matchers.tidy import tidy

BLOCKS = [["dob"], ["family", "given"], ["phone"], ["street"], ["a_number"], ["ssn"], ["family", "year"]]
ALIKE = 0.85  # Jaro-Winkler from which names agree, as in its documentation


def match(data: DataSet, state: Path) -> Found:
    del state
    sides = [tidy(side).set_index("id") for side in (data.left, data.right) if side is not None]
    used = [name for name in sides[0] if all(side[name].notna().any() for side in sides)]
    index = recordlinkage.Index()
    for block in BLOCKS:
        if set(block) <= set(used):
            index.block(block)
    if set(used) <= {"given", "middle", "family", "full_name"}:
        index.full()
    candidates = index.index(*sides)
    compare = recordlinkage.Compare()
    for name in ("given", "family"):
        compare.string(name, name, method="jarowinkler", threshold=ALIKE, label=name)
    for name in ("dob", "year", "sex", "postcode", "phone", "country", "birth_place", "a_number", "ssn", "passport"):
        if name in used:
            compare.exact(name, name, label=name)
    if "street" in used:
        compare.string("street", "street", method="jarowinkler", threshold=ALIKE, label="street")
    vectors = compare.compute(candidates, *sides)
    varied = vectors.loc[:, vectors.nunique() > 1]
    model = recordlinkage.ECMClassifier(binarize=0.5)
    model.fit(varied)
    probability = model.prob(varied)
    pairs = probability.rename("score").reset_index()
    pairs.columns = pd.Index(["left", "right", "score"])
    if data.right is None:
        low, high = (pairs[["left", "right"]].agg(end, axis=1) for end in ("min", "max"))
        pairs = pairs.assign(left=low, right=high)
    return Found(pairs, 0.5, len(candidates))
