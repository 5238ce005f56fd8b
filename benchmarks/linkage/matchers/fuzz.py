"""rapidfuzz on every pair of whole names (words in any order), and a rule for the date: what one writes in an hour.

A record has several names and dates: the best pair of names and the best pair of dates count.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from benchmarks.linkage.matchers.tidy import names, tidy

CUT = 80  # of 100: below it names are not looked at
SURE, SAME_DATE, SAME_YEAR = 100.0, 10.0, 3.0  # a yes; what a date adds to the likeness of the names
OTHER_DATE = -15.0
BLOCK = 2_000_000  # pairs at once, for the memory


def match(data: DataSet, state: Path) -> Found:
    del state
    left = tidy(data.left)
    right = left if data.right is None else tidy(data.right)
    dates = [_dates(side) for side in (left, right)]
    (rows, ones), (columns, others) = ((found.index.to_numpy(), found.tolist()) for found in map(names, (left, right)))
    step, found = max(BLOCK // len(others), 1), []
    for at in range(0, len(ones), step):
        like = process.cdist(
            ones[at : at + step], others, scorer=fuzz.token_sort_ratio, score_cutoff=CUT, dtype=np.uint8
        )
        a, b = np.nonzero(like)
        i, j = rows[at + a], columns[b]
        score = like[a, b] + _agree(dates[0][i], dates[1][j])
        found.append(pd.DataFrame({"left": i, "right": j, "score": score}))
    pairs = pd.concat(found).sort_values("score", ascending=False).drop_duplicates(["left", "right"])
    pairs = pairs if data.right is not None else pairs[pairs["left"] < pairs["right"]]
    return Found(pairs, SURE, len(ones) * len(others))


def _dates(side: pd.DataFrame) -> np.ndarray:
    """Year and whole date as numbers, 0 if unknown: rows x dates x 2, as many dates as the record with most has."""
    parts = side["dates"].fillna("").str.split(";", expand=True).fillna("")
    years = np.stack([parts[n].str[:4].replace("", "0").astype(int) for n in parts], axis=1)
    days = [parts[n].where(parts[n].str.len() == len("2000-01-01"), "0").str.replace("-", "") for n in parts]
    return np.stack([years, np.stack([day.astype(int) for day in days], axis=1)], axis=2)


def _agree(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a[:, :, None, :], b[:, None, :, :]
    known, whole = (a[..., 0] > 0) & (b[..., 0] > 0), (a[..., 1] > 0) & (b[..., 1] > 0)
    same_year, same_date = known & (a[..., 0] == b[..., 0]), whole & (a[..., 1] == b[..., 1])
    tests = [same_date.any((1, 2)), same_year.any((1, 2)), known.any((1, 2))]
    return np.select(tests, [SAME_DATE, SAME_YEAR, OTHER_DATE], 0.0)
