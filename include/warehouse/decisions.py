"""What reviewers decided: `match.decision`, append-only, each with its entry in the audit trail."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from include.warehouse.audit import Head, Reader, append
from include.warehouse.connection import Cursor, fetch, query, row

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
    cursor.execute(query("transaction_began"))
    decided_at = row(cursor).at
    detail = {name: value for name, value in about.items() if name not in of} | {"decided_at": _text(decided_at)}
    head = append(cursor, key, reviewer, "decision", ABOUT, of, detail)
    written = {"decided_by": reviewer.name, "decided_at": decided_at, "audit_number": head.number}
    cursor.execute(query("set_role"), {"role": reviewer.role})
    cursor.execute(query("insert_decision"), {**about, **written})
    cursor.execute(query("set_role"), {"role": "none"})
    return head


def unrecorded(dsn: str) -> list[str]:
    """Decisions that do not say what their entry in the trail says, or not in its order; decisions without an entry,
    and entries without their decision; a line each.

    `dsn` is of a role that reads the trail.
    """
    found, last = [], 0
    for decision in fetch(dsn, query("recorded_decisions"), {"about": ABOUT}):
        if decision.decision_id is None:
            found.append(f"entry [{decision.number}] is of a decision that is gone")
            continue
        if decision.number is None:
            found.append(f"decision [{decision.decision_id}] has no entry: it was put in")
            continue
        said = {"decided_by": decision.actor, **json.loads(decision.key), **json.loads(decision.detail)}
        held = {**decision._asdict(), "decided_at": _text(decision.decided_at)}
        if {name: held.get(name) for name in said} != said:
            found.append(
                f"decision [{decision.decision_id}] is not what entry [{decision.number}] says: it was changed"
            )
        if decision.decision_id < last:
            found.append(f"decision [{decision.decision_id}] was made after [{last}]: their order was changed")
        last = decision.decision_id
    return found


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
