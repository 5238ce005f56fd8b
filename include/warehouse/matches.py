"""What matching takes from the warehouse, and what it leaves there."""

from collections.abc import Hashable
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from psycopg2.extras import Json

from include.warehouse.connection import Cursor, query, row
from include.warehouse.copy import copy_in, copy_out

# as matching names the fields of a person
PERSON = {
    **dict.fromkeys(
        ["dob", "sex", "country", "birth_place", "a_number", "ssn", "passport", "street", "city", "postcode", "phone"],
        pa.string(),
    ),
    "is_new": pa.bool_(),
}
PERSONA = {"subject_version_id": pa.int64(), "alias_version_id": pa.int64(), "full_name": pa.string(), **PERSON}
NAMES = dict.fromkeys(["family", "given", "middle", "other_names", "organisation", "fein"], pa.string())
PETITIONER = {"id": pa.int64(), **NAMES, **PERSON}
PAIR_KEY = ["subject_version_id", "alias_version_id", "petitioner_version_id"]


@dataclass(frozen=True)
class Candidates:
    """All that is loaded; `is_new` marks what the frontier has not passed yet.

    `personas`: a row for each version of a subject under each of its names, numbered by `id`; `petitioners`: one for
    each version of a petitioner, whose `id` it is. The other columns are those of `matching.fields`.
    """

    frontier: list[int]
    personas: pd.DataFrame
    petitioners: pd.DataFrame


@dataclass(frozen=True)
class Matched:
    """Candidate pairs that were scored, and the pairs a run wrote by band."""

    compared: int
    leads: int
    review: int


def take_candidates(cursor: Cursor, model_version: str) -> Candidates:
    """Wait for every other matching run, then read. The lock is held until the caller's transaction ends."""
    cursor.execute(query("lock_matching"))
    cursor.execute(query("frontier"), {"model_version": model_version})
    frontier = [load[0] for load in cursor.fetchall()]
    return Candidates(
        frontier=frontier,
        personas=_frame(copy_out(cursor, query("personas"), {"frontier": frontier}, PERSONA))
        .rename_axis("id")
        .reset_index(),
        petitioners=_frame(copy_out(cursor, query("petitioners"), {"frontier": frontier}, PETITIONER)),
    )


def leave_matches(
    cursor: Cursor,
    run_id: int,
    model_version: str,
    found: Candidates,
    pairs: pd.DataFrame,
    evidence: pd.DataFrame,
    compared: int,
    candidates: dict[Hashable, int],
) -> Matched:
    """Write pairs and evidence, whose left and right ids are those of `found`, and move the frontier.

    `candidates`: pairs that each blocking rule made.
    """
    about = {"run_id": run_id, "model_version": model_version}
    keys = found.personas.set_index("id")[["subject_version_id", "alias_version_id"]]
    rename = {
        "right_id": "petitioner_version_id",
        "match_weight": "weight",
        "left_value": "persona_value",
        "right_value": "petitioner_value",
    }
    pairs, evidence = (table.join(keys, on="left_id").rename(columns=rename) for table in (pairs, evidence))
    cursor.execute(query("create_found"))
    copy_in(cursor, query("copy_found"), _table(pairs, [*PAIR_KEY, "weight", "band"]))
    cursor.execute(query("insert_pairs"), about)
    cursor.execute(query("create_found_evidence"))
    columns = [*PAIR_KEY, "comparison", "persona_value", "petitioner_value", "level", "weight"]
    copy_in(cursor, query("copy_found_evidence"), _table(evidence, columns))
    cursor.execute(query("insert_evidence"), about)
    cursor.execute(query("consume"), {**about, "frontier": found.frontier})
    cursor.execute(query("record_match"), {**about, "compared": compared, "candidates": Json(candidates)})
    return Matched(*row(cursor))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _table(frame: pd.DataFrame, columns: list[str]) -> pa.Table:
    return pa.Table.from_pandas(frame[columns], preserve_index=False)
