"""Worlds of our own simulator: the latest version of each subject, with its aliases, against each petitioner's."""

import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.linkage.layout import DataSet, cultures, same_entity, table
from benchmarks.matching import PETITIONER, SHARED, read
from include.simulator import truth
from include.simulator.scenario import load
from include.simulator.world import generate

RENAMED = {
    "date_of_birth": "dob",
    "birth_country": "birth_place",
    "address": "street",
    "postal_code": "postcode",
    "family_name": "family",
    "given_name": "given",
    "middle_name": "middle",
    "name": "full_name",
}


def world(scenario: str, seed: int) -> DataSet:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "world"
        generate(load(scenario), seed, place)
        subjects = read(place, "tecs_subjects", ["name", *SHARED], ["subject_id"]).drop_duplicates(
            "subject_id", keep="last"
        )
        aliases = read(place, "tecs_aliases", ["name"], ["subject_id"]).dropna().drop_duplicates()
        others = aliases.groupby("subject_id")["name"].agg(";".join)
        subjects["other_names"] = subjects["subject_id"].map(others)
        petitioners = read(place, "uscis_petitioners", PETITIONER, ["receipt_number"]).drop_duplicates(
            "receipt_number", keep="last"
        )
        wanted = _person(place, "tecs_subjects", subjects["subject_id"])
        found = same_entity(wanted, _person(place, "uscis_petitioners", petitioners["receipt_number"]))
        people = truth.read(place, "people").set_index("person_id")["culture"]
        culture = cultures(wanted.map(people).tolist())
        return DataSet(_table(subjects), _table(petitioners), found, culture=culture)


def _person(place: Path, dataset: str, keys: pd.Series) -> pd.Series:
    records = truth.read(place, "records")
    records = records[records["dataset"] == dataset].drop_duplicates("key")
    return keys.map(records.set_index("key")["person_id"])


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.rename(columns=RENAMED)
    city, state = (frame[name].astype(object) for name in ("city", "state"))
    frame["city"] = city.where(state.isna(), city + " " + state)
    return table(frame.assign(dob=frame["dob"].map(lambda day: day.isoformat(), na_action="ignore")))
