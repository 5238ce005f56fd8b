"""What matching takes from the warehouse, and what it leaves there.

A version that has been compared leaves its blocking keys. A run reads what is new, and of all that was compared before
only what shares a key with it: its cost grows with its own rows, not with history.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from psycopg2.extras import Json

from include.warehouse.connection import Cursor, query, row
from include.warehouse.copy import array_text, copy_in, copy_out, frame_of, table_of

CHUNK = 200_000  # petitioners in memory at once: with all that comparing them takes, a process has 1 GB
MANY_KEYS = 2_000_000  # each page of an index over 30 million gets some twenty of them, and few pages change each night
MANY_BYTES = MANY_KEYS * 44  # as rows of match.recent_petitioner_key

# as matching names the fields of a person
PERSON = dict.fromkeys(
    ["dob", "sex", "country", "birth_place", "a_number", "ssn", "passport", "street", "city", "postcode", "phone"],
    pa.string(),
)
VERSION = {"version_id": pa.int64()}
PERSONA_KEY = {"subject_version_id": pa.int64(), "alias_version_id": pa.int64()}
PERSONA_IDS = [*PERSONA_KEY]
PERSONA = {**PERSONA_KEY, "full_name": pa.string(), "other_names": pa.string(), **PERSON}
NAMES = dict.fromkeys(["family", "given", "middle", "other_names", "organisation", "fein"], pa.string())
PETITIONER = {"id": pa.int64(), **NAMES, **PERSON}

# position of a row and one of its keys, of all rows of a table; rows that are to be compared share a key
Keys = Callable[[pd.DataFrame], tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]]


@dataclass(frozen=True)
class Turn:
    """A run's turn at matching: it holds the lock until the transaction of its cursor ends.

    `frontier`: loads that no run has compared under the model.
    """

    cursor: Cursor
    run_id: int
    model_version: str
    model_id: int
    frontier: list[int]


@dataclass(frozen=True)
class Matched:
    """Candidate pairs that were scored, and the pairs a run wrote by band."""

    compared: int
    leads: int
    review: int


def take_turn(cursor: Cursor, run_id: int, model_version: str) -> Turn:
    """Wait for every other matching run."""
    about = {"model_version": model_version}
    cursor.execute(query("take_turn"), {"what": "match"})
    model_id = number_of_model(cursor, model_version)
    cursor.execute(query("frontier"), about)
    frontier = [load[0] for load in cursor.fetchall()]
    cursor.execute(query("create_found"))
    return Turn(cursor, run_id, model_version, model_id, frontier)


def number_of_model(cursor: Cursor, model_version: str) -> int:
    """By which keys know a model."""
    cursor.execute(query("number_model"), {"model_version": model_version})
    return int(row(cursor).model_id)


def uncompared(turn: Turn, keys: Keys) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Personas and petitioners, to be compared each with each: together all pairs that share a key and that no run has
    compared, but for those that it can tell without. None of them comes twice.

    A persona is a version of a subject under one of its names, a petitioner a version of one; the columns are those of
    `matching.fields`, the ids of petitioners their versions. What is new leaves its keys on the way. A persona that
    says what one says that was compared takes over its pairs; only with new petitioners they are compared both.
    """
    new = unseen_personas(turn.cursor, turn.frontier)
    if len(new):
        personas = read_personas(turn.cursor, new)
        position, key = keys(personas)
        _leave_keys(turn, "copy_persona_keys", personas[PERSONA_IDS], position, key)
        says_new = ~_repeat_pairs(turn, personas)
        key = key[says_new[position]]
        about = {"model_id": turn.model_id, "keys": array_text(pa.array(np.unique(key)))}
        for petitioners in _petitioners(turn, copy_out(turn.cursor, query("near_petitioners"), about, VERSION)):
            yield personas[says_new], petitioners
    unseen = copy_out(turn.cursor, query("new_petitioners"), _unseen(turn.frontier), VERSION)
    for petitioners in _petitioners(turn, unseen):
        position, key = keys(petitioners)
        statement = "copy_petitioner_keys" if len(key) >= MANY_KEYS else "copy_recent_petitioner_keys"
        _leave_keys(turn, statement, petitioners[["id"]], position, key)
        near = near_personas(turn.cursor, turn.model_id, key)
        if len(near):
            yield read_personas(turn.cursor, near), petitioners


def leave_pairs(turn: Turn, personas: pd.DataFrame, pairs: pd.DataFrame, evidence: pd.DataFrame) -> None:
    """Write pairs and evidence; `left_id` is the id in `personas`, `right_id` a petitioner's version.

    Pairs that are there stay as they are, with their evidence.
    """
    about = {"run_id": turn.run_id, "model_version": turn.model_version}
    found = pairs.join(personas.set_index("id")[PERSONA_IDS], on="left_id")
    copy_in(
        turn.cursor, query("copy_found"), table_of(found, ["left_id", *PERSONA_IDS, "right_id", "match_weight", "band"])
    )
    turn.cursor.execute(query("insert_pairs"), about)
    new = pd.DataFrame(turn.cursor.fetchall(), columns=["left_id", "right_id", "pair_id"], dtype="int64")
    turn.cursor.execute(query("empty_found"))
    lines = evidence.astype({"left_id": "int64", "right_id": "int64"}).merge(new, on=["left_id", "right_id"])
    columns = ["pair_id", "comparison", "left_value", "right_value", "level", "weight"]
    copy_in(turn.cursor, query("copy_evidence"), table_of(lines, columns))


def end_turn(turn: Turn, compared: int, candidates: Mapping[str, int]) -> Matched:
    """Move the frontier past all loads, so that no other model's keys are of use; and enter what was done.

    `candidates`: pairs that each blocking rule made.
    """
    about = {"run_id": turn.run_id, "model_version": turn.model_version}
    turn.cursor.execute(query("consume"), {**about, "frontier": turn.frontier})
    turn.cursor.execute(query("insert_subsumed"), {**about, **_unseen(turn.frontier)})
    turn.cursor.execute(query("forget_consumed"), about)
    if turn.cursor.rowcount:  # keys are found by their key: those of a model, by reading all of them
        for statement in ("delete_persona_keys", "delete_petitioner_keys", "delete_recent_petitioner_keys"):
            turn.cursor.execute(query(statement), {"model_id": turn.model_id})
    turn.cursor.execute(query("move_recent_petitioner_keys"), {"many": MANY_BYTES})
    counts = {"compared": compared, "candidates": Json(dict(candidates))}
    turn.cursor.execute(query("record_match"), {**about, **counts})
    return Matched(*row(turn.cursor))


def unseen_personas(cursor: Cursor, loads: list[int]) -> pa.Table:
    """Keys of the personas that these loads brought."""
    return copy_out(cursor, query("new_personas"), _unseen(loads), PERSONA_KEY)


def near_personas(cursor: Cursor, model_id: int, keys: npt.NDArray[np.int32]) -> pa.Table:
    """Keys of the personas that have been compared under a model and share a blocking key."""
    about = {"model_id": model_id, "keys": array_text(pa.array(np.unique(keys)))}
    return copy_out(cursor, query("near_personas"), about, PERSONA_KEY)


def read_personas(cursor: Cursor, ids: pa.Table) -> pd.DataFrame:
    """Numbered by `id`, which is good for this table alone."""
    return frame_of(copy_out(cursor, query("personas"), _wanted(ids), PERSONA)).rename_axis("id").reset_index()


def persona_index(personas: pd.DataFrame) -> pd.MultiIndex:
    """Their keys; a subject under its own name has no alias."""
    columns = [personas[column].astype("Int64").fillna(0).astype("int64") for column in PERSONA_IDS]
    return pd.MultiIndex.from_arrays(columns)


def read_petitioners(cursor: Cursor, ids: pa.Table) -> pd.DataFrame:
    """Versions of petitioners, in ascending order; `ids`: column `version_id`."""
    wanted = {"versions": array_text(ids["version_id"])}
    return frame_of(copy_out(cursor, query("petitioners"), wanted, PETITIONER))


def _wanted(ids: pa.Table) -> dict[str, str]:
    """Personas, to be bound."""
    return {"subjects": array_text(ids["subject_version_id"]), "aliases": array_text(ids["alias_version_id"])}


def _repeat_pairs(turn: Turn, personas: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which personas say what the last version before them says that was compared; they take over its pairs."""
    repeats = np.zeros(len(personas), np.bool_)
    about: dict[str, object] = {"model_version": turn.model_version, **_wanted(table_of(personas, PERSONA_IDS))}
    held = copy_out(turn.cursor, query("held_personas"), about, {**PERSONA_KEY, "held_version_id": pa.int64()})
    if not len(held):
        return repeats
    of_held = held.drop_columns("subject_version_id").rename_columns({"held_version_id": "subject_version_id"})
    before = read_personas(turn.cursor, of_held.select(PERSONA_IDS).group_by(PERSONA_IDS).aggregate([]))
    fields = [name for name in PERSONA if name not in PERSONA_KEY]
    said = pd.concat([personas, before])[fields].groupby(fields, dropna=False, sort=False).ngroup().to_numpy()
    mine = persona_index(personas).get_indexer(persona_index(frame_of(held)))
    theirs = persona_index(before).get_indexer(persona_index(frame_of(of_held)))
    same = said[mine] == said[len(personas) + theirs]
    repeats[mine[same]] = True
    found = held.filter(pa.array(same))
    about = {**about, **_wanted(found), "held": array_text(found["held_version_id"]), "run_id": turn.run_id}
    for statement in ("repeat_pairs", "repeat_evidence"):
        turn.cursor.execute(query(statement), about)
    return repeats


def _unseen(loads: list[int]) -> dict[str, object]:
    return {"frontier": array_text(pa.array(loads, pa.int64())), "first": min(loads, default=None)}


def _petitioners(turn: Turn, ids: pa.Table) -> Iterator[pd.DataFrame]:
    for start in range(0, len(ids), CHUNK):
        yield read_petitioners(turn.cursor, ids.slice(start, CHUNK))


def _leave_keys(
    turn: Turn, statement: str, ids: pd.DataFrame, position: npt.NDArray[np.int64], key: npt.NDArray[np.int32]
) -> None:
    order = np.argsort(key, kind="stable")  # in the order of the index: a third of the cost
    table = pa.Table.from_pandas(ids, preserve_index=False).take(pa.array(position[order]))
    table = table.add_column(0, "key", pa.array(key[order]))
    table = table.add_column(0, "model_id", pa.repeat(turn.model_id, len(table)))
    copy_in(turn.cursor, query(statement), table)
