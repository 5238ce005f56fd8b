"""Labelled pairs of names of twelve cultures (`names.csv`), written for this list: no real person is meant by any."""

from pathlib import Path

import pandas as pd

from benchmarks.linkage.layout import DataSet, cultures, pairs, table

LIST = Path(__file__).with_name("names.csv")


def names() -> DataSet:
    labelled = pd.read_csv(LIST)
    asked = pairs(labelled.index, labelled.index)
    left, right = (table(pd.DataFrame({"full_name": labelled[side]})) for side in ("left", "right"))
    culture = cultures(labelled["culture"].tolist())
    return DataSet(left, right, asked[labelled["same"].astype(bool)], asked, culture)
