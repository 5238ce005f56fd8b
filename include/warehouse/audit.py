"""Who saw whom, and who decided what: `audit.access`, append-only, each entry sealed with the one before.

The seal is an HMAC whose key the database does not know: whoever owns the tables can change them, and cannot make a
change look right. Cutting off the end and putting back an older `audit.head` is the one change that leaves a whole
chain; it is found by comparing with a head that was noted down elsewhere (`verify`'s result, given back as `known`).
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from include.warehouse.connection import Cursor, fetch, query, transaction

FIRST = ""  # what the first entry is sealed with in place of a seal before it


@dataclass(frozen=True)
class Reader:
    """Who asks, and as whom: the name that the login knows, and the role of the warehouse that it was given."""

    name: str
    role: str


@dataclass(frozen=True)
class Head:
    """The end of the trail: number and seal of its last entry."""

    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.number}:{self.seal}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """From what `str` gave. Raises `ValueError`."""
        number, _, seal = text.partition(":")
        if not number.isdecimal() or not seal:
            raise ValueError(f"head [{text}] is not NUMBER:SEAL, as `verify-audit` prints it")
        return cls(int(number), seal)


def read(
    dsn: str, key: str, reader: Reader, about: str, of: Mapping[str, str], statement: str, parameters: Mapping[str, Any]
) -> list[Any]:
    """Rows of a query that the reader's role makes, entered in the trail: the rows come only if the entry is kept.

    `dsn` is the pages' login; `about` names what is read, `of` whose records.
    """
    with transaction(dsn) as cursor:
        cursor.execute(query("set_role"), {"role": reader.role})
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
        shown = [column.name for column in cursor.description or ()]
        cursor.execute(query("set_role"), {"role": "none"})
        append(cursor, key, reader, "read", about, of, {"rows": len(rows), "columns": shown})
    return rows


def append(
    cursor: Cursor, key: str, reader: Reader, kind: str, about: str, of: Mapping[str, str], detail: Mapping[str, Any]
) -> Head:
    """One entry at the end of the trail, in the caller's transaction: `kind` is `read` or `decision`."""
    cursor.execute(query("lock_audit"))
    cursor.execute(query("last_access"))
    last: Any = cursor.fetchone()
    number = last.number + 1 if last else 1
    entry = {
        "number": number,
        "at": datetime.now(UTC),
        "actor": reader.name,
        "role": reader.role,
        "kind": kind,
        "about": about,
        "key": json.dumps(dict(of), sort_keys=True),
        "detail": json.dumps(dict(detail), sort_keys=True),
    }
    seal = _seal(key, entry, last.seal if last else FIRST)
    cursor.execute(query("append_access"), {**entry, "seal": seal})
    head = Head(number, seal)
    cursor.execute(query("set_audit_head"), {"number": head.number, "seal": _seal_of_head(key, head)})
    return head


def verify(dsn: str, key: str, known: Head | None = None) -> tuple[Head, list[str]]:
    """The end of the trail, and what is wrong with it, one line each; nothing if nobody touched it.

    `known`: a head that was noted down before. `dsn` is of a role that reads the trail.
    """
    found: list[str] = []
    before, head = FIRST, Head(0, FIRST)
    for entry in fetch(dsn, query("audit_trail")):
        held = entry._asdict()
        seal = held.pop("seal")
        if entry.number != head.number + 1:
            found.append(f"entry [{entry.number}] follows [{head.number}]: entries between them are gone")
        if not hmac.compare_digest(seal, _seal(key, held, before)):
            found.append(f"entry [{entry.number}] does not bear its seal: it, or the one before, was changed or put in")
        before, head = seal, Head(entry.number, seal)
        if known and known.number == head.number and known.seal != head.seal:
            found.append(f"entry [{head.number}] is not the one that was noted down")
    if known and known.number > head.number:
        found.append(f"entry [{known.number}] was noted down and is gone: the trail ends at [{head.number}]")
    found += _wrong_end(fetch(dsn, query("audit_head")), key, head)
    return head, found


def _wrong_end(ends: Sequence[Any], key: str, head: Head) -> list[str]:
    if not ends:
        return [] if head.number == 0 else ["audit.head is empty: the end of the trail cannot be known"]
    if ends[0].number != head.number:
        return [f"the trail ends at [{head.number}], its head says [{ends[0].number}]"]
    if not hmac.compare_digest(ends[0].seal, _seal_of_head(key, head)):
        return ["audit.head does not bear its seal: it was changed"]
    return []


def _seal(key: str, entry: Mapping[str, Any], before: str) -> str:
    fields = {**entry, "at": entry["at"].astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps([before, sorted(fields.items())], separators=(",", ":"))
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


def _seal_of_head(key: str, head: Head) -> str:
    return hmac.new(key.encode(), f"head {head}".encode(), "sha256").hexdigest()
