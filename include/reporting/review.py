"""Leads and pairs to review, as a person is shown them and decides on them."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from include.reporting.summary import SQL
from include.warehouse.audit import Head, Reader, read
from include.warehouse.connection import query, transaction
from include.warehouse.decisions import Decision, Outcome, record

REVIEWER = "reviewer"  # the role that decides
OUTCOMES: tuple[str, ...] = get_args(Outcome)
LISTS = ("review", "lead", "reopened", "decided")
SEEN = ("weight", "model_version", "evidence_hash", "group_band", "group_weight")  # what a decision is tied to
PAGE = 50  # pairs on a page of a list


class ChangedError(RuntimeError):
    """What would be decided on is not what was shown, or was not shown to whom would decide it."""


@dataclass(frozen=True)
class Trail:
    """The pages' login, the key of the audit trail, and who asks as whom: all that is read here is entered there."""

    dsn: str
    key: str
    reader: Reader


@dataclass(frozen=True)
class Shown:
    """A pair: a row of `report.review` with its evidence and its decisions; `seal` binds a decision to all that."""

    pair: Any
    seal: str


@dataclass(frozen=True)
class After:
    """The last pair of the page before: a list is sorted by weight, falling, then by the keys."""

    weight: float
    subject_id: str
    receipt_number: str


def pairs(trail: Trail, which: str, after: After | None = None) -> list[Any]:
    """A page of one of `LISTS`, of rows of `report.lead`: `review` and `lead` are those that nobody has decided."""
    last = after or After(float("inf"), "", "")
    place = {"weight": last.weight, "subject_id": last.subject_id, "receipt_number": last.receipt_number}
    return read(
        trail.dsn,
        trail.key,
        trail.reader,
        "report.lead",
        {"list": which, **{name: str(value) for name, value in place.items()}},
        query("review_list", SQL),
        {"list": which, "page": PAGE, **place},
    )


def show(trail: Trail, of: Mapping[str, str]) -> Shown | None:
    """The pair of a `subject_id` and a `receipt_number`, as the reader may see it; none if there is no such pair."""
    found = read(trail.dsn, trail.key, trail.reader, "report.review", of, query("review", SQL), of)
    return Shown(found[0], _seal(trail, found[0])) if found else None


def decide(trail: Trail, of: Mapping[str, str], outcome: str, reason: str, seal: str) -> Head:
    """Enter what a reviewer decided on what `show` gave: `seal` is of that. The trail's head.

    Raises `PermissionError` for another role, `ValueError` for no outcome or no reason, `ChangedError` if the pair, its
    evidence, its model or its last decision are not those shown to this reader. Decisions wait for each other.
    """
    if trail.reader.role != REVIEWER:
        raise PermissionError(f"[{trail.reader.role}] does not decide; CROSSCHECK_DESK_ROLES makes a reviewer")
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome [{outcome}] is none of {', '.join(OUTCOMES)}")
    if not reason.strip():
        raise ValueError("a decision needs its reason")
    with transaction(trail.dsn) as cursor:
        cursor.execute(query("lock_audit"))
        cursor.execute(query("set_role"), {"role": trail.reader.role})
        cursor.execute(query("review", SQL), of)
        pair: Any = cursor.fetchone()
        cursor.execute(query("set_role"), {"role": "none"})
        if pair is None or not hmac.compare_digest(seal, _seal(trail, pair)):
            raise ChangedError("this pair is not as it was shown to you; look at it again, then decide")
        seen = {name: getattr(pair, name) for name in SEEN}
        decision = Decision(**of, outcome=outcome, reason=reason.strip(), band=pair.model_band, **seen)  # type: ignore[arg-type]  # checked above
        return record(cursor, trail.key, trail.reader, decision)


def _seal(trail: Trail, pair: Any) -> str:
    """Of what was shown and to whom: nobody else, and no other page, can make it."""
    text = json.dumps([trail.reader.name, trail.reader.role, *map(str, pair)])
    return hmac.new(trail.key.encode(), f"shown {text}".encode(), "sha256").hexdigest()
