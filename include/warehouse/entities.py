"""What resolving takes from the warehouse, and what it leaves there: links inside a system, entities, their history."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from psycopg2 import sql

from include.warehouse.connection import Cursor, query, row
from include.warehouse.copy import copy_in, copy_out, frame_of, table_of
from include.warehouse.matches import (
    VERSION,
    Keys,
    near_personas,
    number_of_model,
    persona_index,
    read_personas,
    read_petitioners,
    unseen_personas,
)

LINK = ["left", "right", "weight"]
GROUP = ["form", "convicted_with", "convicted_count", "other_with", "other_count"]
GROUP_PAIR = ["subject_id", "receipt_number", "form", "weight", "band"]
DECIDED = [*LINK, "outcome"]
MEMBER = dict.fromkeys(["member", "dob", "sex", "ssn", "a_number", "citizenship", "files_as"], pa.string())
SUBJECTS, PETITIONERS = "tecs_subjects:", "uscis_petitioners:"  # how the members of a system begin
RECORDS = {"tecs_subjects": ("tecs_subject", "subject_id"), "uscis_petitioners": ("uscis_petitioner", "receipt_number")}


@dataclass(frozen=True)
class Unresolved:
    """What the entities do not take into account yet.

    `loads`: that matching has compared under the model: number, the run that compared it, whether it brought subjects
    or their names. `decisions`: their numbers. `same_model`: the entities are of this model.
    """

    model_version: str
    loads: list[tuple[int, int, bool]]
    decisions: list[int]
    same_model: bool


@dataclass(frozen=True)
class Unlinked:
    """Records to be compared inside their system. Columns as in `matches.uncompared`.

    `personas`: subjects that no run has compared with the other subjects, marked by `is_new`, and all that share a
    blocking key with them; `petitioners`: the versions that resemble a subject, marked likewise.
    """

    personas: pd.DataFrame
    petitioners: pd.DataFrame


@dataclass(frozen=True)
class Accepted:
    """What entities are made of.

    `links`: as strong as a lead (`left`, `right`: `<dataset>:<source key>`; `weight`). `decided`: what reviewers said,
    where it stands (the same, and `outcome`: accept or reject). `members`: what each version of their records says
    (`MEMBER`).
    """

    links: pd.DataFrame
    decided: pd.DataFrame
    members: pd.DataFrame


def take_unresolved(cursor: Cursor, model_version: str) -> Unresolved | None:
    """Wait for every other matching run; what it, one before, or a reviewer left to resolve, if anything.

    The lock is held until the caller's transaction ends.
    """
    about = {"model_version": model_version}
    cursor.execute(query("take_turn"), {"what": "match"})
    cursor.execute(query("unresolved_loads"), about)
    loads = [tuple(found) for found in cursor.fetchall()]
    cursor.execute(query("unresolved_decisions"))
    decisions = [found[0] for found in cursor.fetchall()]
    if not loads and not decisions:
        return None
    cursor.execute(query("has_resolved"), about)
    return Unresolved(model_version, loads, decisions, same_model=bool(row(cursor).by_this_model))


def record_resolved(cursor: Cursor, run_id: int, unresolved: Unresolved) -> None:
    """Enter that the entities take all that into account."""
    about = {
        "run_id": run_id,
        "model_version": unresolved.model_version,
        "loads": [load for load, *_ in unresolved.loads],
        "decisions": unresolved.decisions,
    }
    for statement in ("record_resolved", "record_resolved_decisions"):
        cursor.execute(query(statement), about)
    if not unresolved.same_model:
        cursor.execute(query("forget_resolved"), about)


def take_unlinked(cursor: Cursor, unresolved: Unresolved, keys: Keys) -> Unlinked:
    """`keys`: as matching left them for what it has compared; what it has not compared yet is not linked yet."""
    new = unseen_personas(cursor, [load for load, _, is_of_subjects in unresolved.loads if is_of_subjects])
    _, key = keys(read_personas(cursor, new))
    near = near_personas(cursor, number_of_model(cursor, unresolved.model_version), key)
    personas = read_personas(cursor, near)
    is_new = persona_index(personas).isin(persona_index(new.to_pandas()))
    about = {
        "model_version": unresolved.model_version,
        "runs": sorted({run_id for _, run_id, _ in unresolved.loads}),
        "same_model": unresolved.same_model,
    }
    paired = copy_out(cursor, query("paired_petitioners"), about, {**VERSION, "is_new": pa.bool_()})
    petitioners = read_petitioners(cursor, paired)
    new_versions = paired["version_id"].filter(paired["is_new"]).to_pandas()
    return Unlinked(
        personas.assign(is_new=is_new), petitioners.assign(is_new=petitioners["id"].isin(new_versions).astype(bool))
    )


def leave_links(
    cursor: Cursor,
    run_id: int,
    model_version: str,
    found: Unlinked,
    subjects: pd.DataFrame,
    petitioners: pd.DataFrame,
) -> None:
    """Write the pairs found inside each system, whose left and right ids are those of `found`."""
    about = {"run_id": run_id, "model_version": model_version}
    version = found.personas.set_index("id")["subject_version_id"]
    subjects = subjects.assign(**{side: subjects[side].map(version) for side in ("left_id", "right_id")})
    cursor.execute(query("create_found_link"))
    for dataset, pairs in (("tecs_subjects", subjects), ("uscis_petitioners", petitioners)):
        table, key = RECORDS[dataset]
        names = {"table": sql.Identifier("record", table), "key": sql.Identifier(key), "dataset": sql.Literal(dataset)}
        cursor.execute(query("delete_found_link"))
        copy_in(cursor, query("copy_found_link"), table_of(pairs, ["left_id", "right_id", "match_weight", "band"]))
        cursor.execute(sql.SQL(query("insert_links")).format(**names), about)


def accepted_links(cursor: Cursor, model_version: str, lifted: pd.DataFrame) -> Accepted:
    """The links of a model as strong as a lead, those that groups have lifted (`LINK`), and what reviewers decided."""
    about = {"model_version": model_version}
    cursor.execute(query("accepted_links"), about)
    links = pd.DataFrame([*cursor.fetchall(), *lifted[LINK].itertuples(index=False)], columns=LINK)
    links = links.astype({"weight": "float64"})
    cursor.execute(query("decided_links"), about)
    decided = pd.DataFrame(cursor.fetchall(), columns=DECIDED).astype({"weight": "float64"})
    members = {*links["left"], *links["right"], *decided["left"], *decided["right"]}
    keys = {
        name: [member.removeprefix(prefix) for member in members if member.startswith(prefix)]
        for name, prefix in (("subjects", SUBJECTS), ("petitioners", PETITIONERS))
    }
    return Accepted(links, decided, frame_of(copy_out(cursor, query("members"), keys, MEMBER)))


def find_suspects(cursor: Cursor) -> None:
    """Whom investigations suspect: for `convicted_counts` and `convicted_pairs`, until the transaction ends."""
    cursor.execute(query("create_suspect"))


def convicted_counts(cursor: Cursor, model_version: str) -> pd.DataFrame:
    """How many convicted and other suspects have a lead of the model to a petition of each form: `GROUP`."""
    cursor.execute(query("group_counts"), {"model_version": model_version})
    return pd.DataFrame(cursor.fetchall(), columns=GROUP)


def convicted_pairs(cursor: Cursor, model_version: str) -> pd.DataFrame:
    """The best pair of each convicted suspect and each petition that resembles the subject: `GROUP_PAIR`."""
    cursor.execute(query("group_pairs"), {"model_version": model_version})
    return pd.DataFrame(cursor.fetchall(), columns=GROUP_PAIR).astype({"weight": "float64"})


def replace_groups(
    cursor: Cursor, run_id: int, model_version: str, groups: pd.DataFrame, lifted: pd.DataFrame
) -> pd.DataFrame:
    """Write what groups weigh (`GROUP`, `weight`) and which pairs they lift (`group_weight`); the leads as `LINK`."""
    cursor.execute(query("delete_group_weights"))
    copy_in(cursor, query("copy_group_weights"), table_of(groups.assign(run_id=run_id), [*GROUP, "weight", "run_id"]))
    about = {
        "run_id": run_id,
        "model_version": model_version,
        "subjects": lifted["subject_id"].tolist(),
        "receipts": lifted["receipt_number"].tolist(),
        "bands": lifted["band"].tolist(),
        "weights": lifted["group_weight"].tolist(),
    }
    for statement in ("end_group_pairs", "insert_group_pairs"):
        cursor.execute(query(statement), about)
    leads = lifted[lifted["band"] == "lead"]
    return pd.DataFrame(
        {
            "left": SUBJECTS + leads["subject_id"],
            "right": PETITIONERS + leads["receipt_number"],
            "weight": leads["weight"] + leads["group_weight"],
        }
    )


def held_entities(cursor: Cursor) -> pd.DataFrame:
    """`member`, `entity`, as the last run left them."""
    cursor.execute(query("entities"))
    return pd.DataFrame(cursor.fetchall(), columns=["member", "entity"], dtype="str")


def leave_entities(cursor: Cursor, run_id: int, changes: pd.DataFrame, cut: pd.DataFrame) -> None:
    """Write which entities are others than those held, there and in the history, and the cut links anew."""
    cursor.execute(query("delete_entities"), {"members": changes["member"].tolist()})
    there = changes[changes["entity_after"].notna()]
    copy_in(cursor, query("copy_entities"), table_of(there, ["member", "entity_after"]))
    cursor.execute(query("delete_cuts"))
    copy_in(cursor, query("copy_cuts"), table_of(cut, [*LINK, "reason"]))
    columns = ["run_id", "member", "entity_before", "entity_after", "reason"]
    copy_in(cursor, query("copy_entity_changes"), table_of(changes.assign(run_id=run_id), columns))
