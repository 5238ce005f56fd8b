"""rapidfuzz on every pair of whole names (words in any order), and a rule for the date: what one writes in an hour."""

from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from benchmarks.linkage.matchers.tidy import tidy

CUT = 80  # of 100: below it names are not looked at
SURE, SAME_DATE, SAME_YEAR = 100.0, 10.0, 3.0  # a yes; what a date adds to the likeness of the names
OTHER_DATE = -15.0
BLOCK = 2_000_000  # pairs at once, for the memory


def match(data: DataSet, state: Path) -> Found:
    del state
    left = tidy(data.left)
    right = left if data.right is None else tidy(data.right)
    dates = [_dates(side) for side in (left, right)]
    names, ones = right["full_name"].tolist(), left["full_name"].tolist()
    step, found = max(BLOCK // len(names), 1), []
    for at in range(0, len(ones), step):
        like = process.cdist(
            ones[at : at + step], names, scorer=fuzz.token_sort_ratio, score_cutoff=CUT, dtype=np.uint8
        )
        a, b = np.nonzero(like)
        score = like[a, b] + _agree(dates[0][at + a], dates[1][b])
        found.append(pd.DataFrame({"left": a + at, "right": b, "score": score}))
    pairs = pd.concat(found)
    pairs = pairs if data.right is not None else pairs[pairs["left"] < pairs["right"]]
    return Found(pairs, SURE, len(ones) * len(names))


def _dates(side: pd.DataFrame) -> np.ndarray:
    year, day = (side[name].str.replace("-", "").fillna("0").astype(int) for name in ("year", "dob"))
    return np.stack([year, day], axis=1)


def _agree(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    known, whole = (a[:, 0] > 0) & (b[:, 0] > 0), (a[:, 1] > 0) & (b[:, 1] > 0)
    same_year, same_date = a[:, 0] == b[:, 0], a[:, 1] == b[:, 1]
    return np.select([whole & same_date, known & same_year, known], [SAME_DATE, SAME_YEAR, OTHER_DATE], 0.0)
