"""Worlds of our own simulator: the latest version of each subject, with its aliases, against each petitioner's."""

import contextlib
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from benchmarks.linkage.layout import DataSet, cultures, same_entity, table
from include.contracts.model import Column, ColumnType, load_contract
from include.simulator import truth
from include.simulator.scenario import load
from include.simulator.world import generate

SHARED = [
    "date_of_birth",
    "sex",
    "birth_country",
    "a_number",
    "ssn",
    "address",
    "city",
    "state",
    "postal_code",
    "phone",
]
PETITIONER = ["family_name", "given_name", "middle_name", "other_names", *SHARED]
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


def read(world: Path, dataset: str, names: list[str], key: list[str]) -> pd.DataFrame:
    """Columns of a source file under their contract names, blanks blanked, dates parsed, malformed keys left out."""
    contract = load_contract(dataset)
    columns = [contract.column(name) for name in (*key, *names)]
    source = pd.read_parquet(world / "source" / f"{dataset}.parquet")
    for column in columns[: len(key)]:  # a malformed key is quarantined before anything is matched
        source = source[source[column.source].str.fullmatch(column.pattern or ".+")]
    return pd.DataFrame({column.name: typed(source[column.source], column) for column in columns})


def typed(values: pd.Series, column: Column) -> pd.Series:
    blanks = {blank.upper() for blank in column.blanks}
    values = values.astype(object).where(~values.str.upper().isin(blanks))
    if column.type is not ColumnType.DATE:
        return values
    return values.map(lambda text: day(text, column.formats), na_action="ignore").astype(object)


def day(text: str, formats: tuple[str, ...]) -> date | None:
    """The date, by the first format that gives the text back: strptime alone reads 113071 as the year 1130."""
    for form in formats:
        with contextlib.suppress(ValueError):
            parsed = datetime.strptime(text, form).replace(tzinfo=UTC)
            if parsed.strftime(form) == text:
                return parsed.date()
    return None
