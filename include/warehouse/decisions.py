"""What reviewers decided: `match.decision`, append-only, each with its entry in the audit trail."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from include.warehouse.audit import Head, Reader, append
from include.warehouse.connection import Cursor, fetch, query

Outcome = Literal["accept", "reject", "undecided"]
ABOUT = "match.decision"


@dataclass(frozen=True)
class Decision:
    """On a subject and a petition, by their source keys; with what was seen: band, weight (bits), model and evidence of
    the pair, and the band that the subject's group brought it into by its own weight, if it did."""

    subject_id: str
    receipt_number: str
    outcome: Outcome
    reason: str
    band: str
    weight: float
    model_version: str
    evidence_hash: str
    group_band: str | None = None
    group_weight: float = 0.0


def record(cursor: Cursor, key: str, reviewer: Reader, decision: Decision) -> Head:
    """Enter a decision and its entry in the trail, in the caller's transaction of the pages' login; the trail's head.

    PostgreSQL refuses it (42501) unless the reviewer's role may decide. `key`: of the trail.
    """
    about = asdict(decision)
    of = {name: about[name] for name in ("subject_id", "receipt_number")}
    detail = {name: value for name, value in about.items() if name not in of}
    head = append(cursor, key, reviewer, "decision", ABOUT, of, detail)
    cursor.execute(query("set_role"), {"role": reviewer.role})
    cursor.execute(query("insert_decision"), {**about, "decided_by": reviewer.name, "audit_number": head.number})
    cursor.execute(query("set_role"), {"role": "none"})
    return head


def unrecorded(dsn: str) -> list[str]:
    """Decisions that do not say what their entry in the trail says, and entries without their decision; a line each.

    `dsn` is of a role that reads the trail.
    """
    found = []
    for row in fetch(dsn, query("recorded_decisions"), {"about": ABOUT}):
        if row.decision_id is None:
            found.append(f"entry [{row.number}] is of a decision that is gone")
            continue
        said = {"actor": row.actor, **json.loads(row.key), **json.loads(row.detail)}
        held = row._asdict()
        if {name: held.get("decided_by" if name == "actor" else name) for name in said} != said:
            found.append(f"decision [{row.decision_id}] is not what entry [{row.number}] says: it was changed")
    return found
