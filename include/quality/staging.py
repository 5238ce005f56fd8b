"""Every attempt of an interval becomes one typed table, and every row of it is accounted for.

A row is judged on what it says before the attempts are merged, and on what it lacks after: a value that breaks a
critical rule never gets in, but a required value that one attempt left out may come from another.

Once an attempt is complete by its control totals, it says which versions there are: others may fill its blanks, but a
version that only they have (an alias as a row, a case of another program, another day) is set aside.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.ahead import ahead
from include.contracts.model import Contract, Severity
from include.quality.errors import PartError, StagingError
from include.quality.hashing import HASH, content_hashes, encode
from include.quality.large_tables import for_large_tables
from include.quality.merging import Doubt, Merged, Positions, Trust, merge
from include.quality.parsing import Mask, as_mask, other_forms, read_values, schema, short_years, whole
from include.quality.reading import (
    QUARANTINED,
    REPAIRS,
    SOURCE,
    Part,
    Raw,
    Rows,
    csv_line,
    read_part,
    refused_schema,
    text_schema,
)
from include.quality.reasons import sentence
from include.quality.repairs import INFERRED, MOVED, RECODED
from include.quality.rules import Breaches, Rule, all_breaches, any_row, labels, listed
from include.quality.totals import count_days

BORROWED = pa.field("borrowed", pa.list_(pa.string()))
CONFLICTS = pa.schema([*SOURCE, ("version", pa.int64()), ("column", pa.string()), ("is_kept", pa.bool_())])

__all__ = ["Judged", "Part", "Staged", "Unread", "accepted_schema", "judge", "stage"]


@dataclass(frozen=True)
class Unread:
    """A part that cannot be read, how many rows were counted in it when it landed, and why, in one line."""

    attempt: int
    part: str
    rows: int
    reason: str


@dataclass(frozen=True)
class Staged:
    """What staging left, and the account of it: counts and paths only.

    `received == duplicate + quarantined + accepted`, each counted where it happens.
    `lost`: records that only quarantined rows speak of (rows without a readable key are told apart by their text): a
    row that is broken in one attempt and whole in another is no loss. Where an attempt is complete, it has them all.
    `breaches`: `<column>:<rule>` -> rows, accepted or quarantined. `conflicts`: column -> versions that differ; the
    rows that said otherwise are named in `conflicts.parquet` beside the accepted rows.
    `repairs`: what was put right -> files (`file:`) or rows as delivered (`row:`). `set_apart`: lines between the rows
    that are no records, not counted as received. `unread`: parts of which no row was received. `other_forms`: column ->
    dates, as delivered, that came in another of the contract's formats than the first.
    """

    dataset: str
    accepted_path: Path
    quarantined_path: Path
    received: int
    duplicate: int
    quarantined: int
    accepted: int
    lost: int
    breaches: dict[str, int]
    conflicts: dict[str, int]
    repairs: dict[str, int] = field(default_factory=dict)
    set_apart: int = 0
    unread: tuple[Unread, ...] = ()
    other_forms: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.received != self.duplicate + self.quarantined + self.accepted:
            raise StagingError(
                f"dataset [{self.dataset}]: received [{self.received}] is not duplicate [{self.duplicate}] + "
                f"quarantined [{self.quarantined}] + accepted [{self.accepted}]; rows went astray, report it"
            )

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        paths = {"accepted_path": str(self.accepted_path), "quarantined_path": str(self.quarantined_path)}
        return {**asdict(self), **paths}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        paths = {"accepted_path": Path(data["accepted_path"]), "quarantined_path": Path(data["quarantined_path"])}
        unread = tuple(Unread(**entry) for entry in data["unread"])
        return cls(**{**data, **paths, "unread": unread})

    def is_whole(self, attempt: int) -> bool:
        """Whether all parts of an attempt were read."""
        return all(entry.attempt != attempt for entry in self.unread)


def accepted_schema(contract: Contract) -> pa.Schema:
    """Columns of `accepted.parquet`: the contract's, `content_hash`, `breaches`, where the row came from, `repairs`,
    `borrowed`.

    `repairs` names what was put right in the rows that gave it a value. It is of the delivery, not of the version: the
    same version may come undamaged another time. `borrowed`: `<column>:<attempt>` of each value that came from another
    attempt than `source_attempt`.
    """
    judged = [("content_hash", HASH), ("breaches", pa.list_(pa.string()))]
    return pa.schema([*schema(contract), *judged, *SOURCE, REPAIRS, BORROWED])


def stage(contract: Contract, parts: Sequence[Part], out: Path, complete: Collection[int] = ()) -> Staged:
    """Merge the parts of all attempts into `out/accepted.parquet` and `out/quarantined.parquet`;
    beside them `conflicts.parquet` and `days.parquet` (see `totals`).

    `complete`: attempts that hold every version there is, by their control totals; none: nobody can tell.
    The order of `parts` does not matter. No parts, or parts without rows, leave empty, typed files.
    Row faults are quarantined, and a part that cannot be read is left out and said so. Raises `StagingError` if none
    can be.
    """
    with for_large_tables:
        return _stage(contract, parts, out, complete)


def _stage(contract: Contract, parts: Sequence[Part], out: Path, complete: Collection[int]) -> Staged:
    read, unread = _read_parts(contract, parts, complete)
    judged = judge(contract, read, complete)
    _write(judged.conflicting, out / "conflicts.parquet")
    _write(judged.days, out / "days.parquet")
    return Staged(
        dataset=contract.dataset,
        accepted_path=_write_accepted(contract, judged.accepted, out / "accepted.parquet"),
        quarantined_path=_write(_explained(contract, judged.quarantined), out / "quarantined.parquet"),
        received=sum(rows.received for rows in read),
        duplicate=judged.duplicate,
        quarantined=len(judged.quarantined),
        accepted=len(judged.accepted),
        lost=_lost(contract, judged.quarantined, judged.accepted, complete),
        breaches=_count(judged.accepted["breaches"], judged.quarantined["reasons"]),
        conflicts=judged.conflicts,
        repairs=_count(judged.repairs, marks=sum((rows.marks for rows in read), Counter[str]())),
        set_apart=sum(rows.set_apart for rows in read),
        unread=tuple(unread),
        other_forms=judged.other_forms,
    )


@dataclass(frozen=True)
class Judged:
    """What became of rows: `accepted` by `accepted_schema` but for the hash, in the order of its version key;
    `quarantined` with its key columns as text, then those of `QUARANTINED`. `repairs`: a list per row that could be
    read. `conflicts`: versions with a conflict, by column, and `conflicting` where they lie (`CONFLICTS`). `days`: what
    the rows say of the days of the source's updates. `other_forms`: as in `Staged`.
    """

    accepted: pa.Table
    quarantined: pa.Table
    duplicate: int
    conflicts: dict[str, int]
    conflicting: pa.Table
    days: pa.Table
    repairs: pa.ChunkedArray
    other_forms: dict[str, int]


def judge(contract: Contract, read: Sequence[Rows], complete: Collection[int] = ()) -> Judged:
    """Type the rows, refuse the bad ones, merge the others. The rows come in the order of their precedence.

    `complete`: attempts that say which versions there are; what only the others have is refused.
    """
    text = pa.concat_tables([rows.table for rows in read] or [text_schema(contract).empty_table()]).combine_chunks()
    typed = read_values(contract, text)

    broken = all_breaches(contract, typed)
    said = _critical(contract, broken, said=True)
    refused = any_row(said, len(text))
    merged = merge(contract, typed.filter(~refused), _trust(contract, text, broken).filter(~refused))

    # A row that is a version of its own was judged above.
    found = all_breaches(contract, merged.typed) if merged.duplicate else _among(broken, ~refused)
    kept = _filtered(text, ~refused)
    lacking = _critical(contract, found, said=False)
    if complete:
        spoken_of = [*(rows.malformed for rows in read), text.filter(pa.array(refused))]
        unconfirmed = _unconfirmed(contract, kept, merged, spoken_of, complete)
        if unconfirmed.any():
            lacking = {**lacking, ("row", Rule.UNCONFIRMED): unconfirmed}
    dropped = any_row(lacking, len(merged.row))
    origin = _taken(kept, merged.row)
    origin = origin.set_column(origin.num_columns - 1, REPAIRS, _repairs(kept["repairs"], merged))
    origin = origin.append_column(BORROWED, _borrowed(kept, merged))

    refusals = [rows.malformed for rows in read]
    refusals += [_quarantined(contract, text, said, refused), _quarantined(contract, origin, lacking, dropped)]
    return Judged(
        accepted=_accepted(contract, merged.typed.table, found, origin, ~dropped),
        quarantined=pa.concat_tables([refused_schema(contract).empty_table(), *refusals]),
        duplicate=merged.duplicate,
        conflicts={name: len(np.unique(merged.version[rows])) for name, rows in merged.conflicts.items()},
        conflicting=_conflicts(kept, merged),
        days=count_days(contract, text, typed),
        repairs=text["repairs"],
        other_forms=_other_forms(contract, text, typed.table),
    )


def _other_forms(contract: Contract, text: pa.Table, typed: pa.Table) -> dict[str, int]:
    counts = {
        column.name: int(other_forms(column, whole(text[column.name]), whole(typed[column.name])).sum())
        for column in contract.columns
    }
    return {name: count for name, count in counts.items() if count}


def _read_parts(
    contract: Contract, parts: Sequence[Part], complete: Collection[int]
) -> tuple[list[Rows], list[Unread]]:
    """In the order of precedence: attempt, then part, then row; and the parts that cannot be read.

    Raises `StagingError` if none can be, unless a complete attempt says that there is no row.
    """
    ordered = sorted(parts, key=lambda part: (part.attempt, part.name))
    twice = [name for name, count in Counter((part.attempt, part.name) for part in ordered).items() if count > 1]
    if twice:
        attempt, name = twice[0]
        raise StagingError(
            f"dataset [{contract.dataset}], attempt [{attempt}]: part [{name}] is given twice; name it once"
        )
    read, unread = [], []
    for part in ordered:
        try:
            read.append(read_part(contract, part))
        except PartError as error:
            unread.append(Unread(part.attempt, part.name, part.rows, str(error)))
    if unread and not read and not set(complete) - {entry.attempt for entry in unread}:
        others = f" (and [{len(unread) - 1}] other parts, none can be read)" if len(unread) > 1 else ""
        raise StagingError(f"{unread[0].reason}{others}")
    return read, unread


def _critical(contract: Contract, breaches: Breaches, *, said: bool) -> Breaches:
    """Breaches that cost the row: of what it says (`said`: a missing value counts only if it identifies the row), or
    all of them."""
    return {
        (name, rule): mask
        for (name, rule), mask in breaches.items()
        if contract.column(name).severity is Severity.CRITICAL
        and not (said and rule is Rule.REQUIRED and name not in contract.version_key)
    }


def _accepted(contract: Contract, table: pa.Table, found: Breaches, origin: pa.Table, rows: Mask) -> pa.Table:
    """The accepted table, in the order of its version key."""
    columns = [*(table[name] for name in contract.names), labels(found, len(table))]
    columns += [origin[name] for name in (*SOURCE.names, "repairs", "borrowed")]
    without_hash = accepted_schema(contract).remove(len(contract.names))
    return _sorted(_filtered(pa.Table.from_arrays(columns, schema=without_hash), rows), contract.version_key)


def hashed(contract: Contract, accepted: pa.Table) -> Iterator[pa.Table]:
    """`Judged.accepted` by `accepted_schema`, in pieces; the next is hashed while the caller is at this one."""
    at, end = len(contract.names), 0
    for hashes in ahead(content_hashes(accepted, contract.names)):
        piece = accepted.slice(end, len(hashes))
        end += len(hashes)
        yield piece.add_column(at, accepted_schema(contract).field(at), hashes)


def _quarantined(contract: Contract, text: pa.Table, reasons: Breaches, rows: Mask) -> pa.Table:
    """The rows of text that are refused: their key as text, then the columns of `QUARANTINED`."""
    kept = text.filter(pa.array(rows))
    sources = [column.source for column in contract.columns]
    values = (kept[column.name].to_pylist() for column in contract.columns)
    raw = pa.array(
        [Raw(sources, csv_line(row).rstrip("\r\n")).to_json() for row in zip(*values, strict=True)], pa.string()
    )
    broken = labels({name: mask[rows] for name, mask in reasons.items()}, len(kept)).to_pylist()
    why = [[*found, *(done or ())] for found, done in zip(broken, kept["repairs"].to_pylist(), strict=True)]
    return pa.table(
        [*(kept[name] for name in (*contract.key, *SOURCE.names)), raw, why], schema=refused_schema(contract)
    )


def _repairs(done: pa.ChunkedArray, merged: Merged) -> pa.Array:
    """Per version what was put right in the rows that gave it a value."""
    row, label = _labels(done)
    masks = {}
    for name in sorted(label.unique().to_pylist()):
        rows = row[as_mask(pc.equal(label, name))]
        masks[name] = np.zeros(len(merged.row), np.bool_)
        masks[name][merged.version[rows[merged.is_used[rows]]]] = True
    return listed(masks, len(merged.row))


def _explained(contract: Contract, refused: pa.Table) -> pa.Table:
    """The columns of `QUARANTINED` and `why`, in the order of the files."""
    table = _sorted(refused.select(QUARANTINED.names), SOURCE.names)
    why = [sentence(contract, labels) for labels in table["reasons"].to_pylist()]
    return table.append_column("why", pa.array(why, pa.string()))


def _trust(contract: Contract, text: pa.Table, broken: Breaches) -> Trust:
    """Rows that were put together again, and values that break a rule, were changed or leave their century open."""
    row, label = _labels(text["repairs"])
    changed = (*RECODED, *INFERRED)
    is_one = {repairs: np.zeros(len(text), np.bool_) for repairs in (MOVED, changed)}
    for repairs, mask in is_one.items():
        mask[row[as_mask(pc.is_in(label, value_set=pa.array([*repairs], pa.string())))]] = True
    doubt = {name: np.where(is_one[changed], Doubt.ODD, Doubt.NONE).astype(np.int8) for name in contract.names}
    for (name, rule), mask in broken.items():
        if rule is not Rule.REQUIRED:
            doubt[name][mask] = Doubt.ODD
    for column in contract.columns:
        if any("%y" in form for form in column.formats):
            doubt[column.name][short_years(column, whole(text[column.name]))] = Doubt.GUESSED
    return Trust(is_one[MOVED], doubt)


def _unconfirmed(
    contract: Contract, kept: pa.Table, merged: Merged, spoken_of: Sequence[pa.Table], complete: Collection[int]
) -> Mask:
    """Versions that no complete attempt has. A record of which a complete attempt has a row that cannot be used is
    given the benefit of the doubt."""
    has = pa.array([*complete], pa.int32())
    found = np.zeros(len(merged.row), np.bool_)
    found[merged.version[as_mask(pc.is_in(kept["source_attempt"], value_set=has))]] = True
    broken = pa.concat_tables(
        [table.filter(pc.is_in(table["source_attempt"], value_set=has)).select(contract.key) for table in spoken_of]
    )
    records = encode(broken.filter(broken[contract.key[0]].is_valid()), contract.key)
    versions = encode(kept.select(contract.key).take(pa.array(merged.row)), contract.key)
    found |= as_mask(pc.is_in(versions, value_set=records))
    return ~found


def _borrowed(kept: pa.Table, merged: Merged) -> pa.Array:
    """Per version the values that came from another attempt than its last row."""
    attempt = kept["source_attempt"].to_numpy()
    own = attempt[merged.row]
    masks = {}
    for name, winner in merged.winner.items():
        theirs = np.where(winner < 0, own, attempt[winner] if len(attempt) else own)
        for number in np.unique(theirs[theirs != own]).tolist():
            masks[f"{name}:{number}"] = (theirs == number) & (own != number)
    return listed(masks, len(merged.row))


def _conflicts(kept: pa.Table, merged: Merged) -> pa.Table:
    """The rows that lost a conflict and those that won it, by column: where they are, not what they say."""
    pieces = []
    for name, lost in merged.conflicts.items():
        won = merged.winner[name][np.unique(merged.version[lost])]
        for rows, is_kept in ((lost, False), (won, True)):
            where = kept.select(SOURCE.names).take(pa.array(rows))
            pieces.append(
                where.append_column("version", pa.array(merged.version[rows]))
                .append_column("column", pa.repeat(name, len(rows)))
                .append_column("is_kept", pa.repeat(is_kept, len(rows)))
            )
    return pa.concat_tables([CONFLICTS.empty_table(), *pieces])


def _labels(lists: pa.ChunkedArray) -> tuple[Positions, pa.Array]:
    """Of each label in the lists its row, and the label."""
    flat = lists.combine_chunks()
    return pc.list_parent_indices(flat).to_numpy(), pc.list_flatten(flat)


def _among(breaches: Breaches, rows: Mask) -> Breaches:
    """Breaches of the rows of a mask."""
    return {rule: mask[rows] for rule, mask in breaches.items() if mask[rows].any()}


def _sorted(table: pa.Table, names: Sequence[str]) -> pa.Table:
    return _taken(table, pc.sort_indices(table, [(name, "ascending") for name in names]).to_numpy())


def _filtered(table: pa.Table, rows: Mask) -> pa.Table:
    """The rows of a mask; no copy of a table of which all are."""
    return table if rows.all() else table.filter(pa.array(rows))


def _taken(table: pa.Table, rows: Positions) -> pa.Table:
    """The rows at these positions; no copy of a table that has just these, in their order."""
    is_same = len(rows) == len(table) and bool((rows == np.arange(len(rows))).all())
    return table if is_same else table.take(pa.array(rows))


def _lost(contract: Contract, quarantined: pa.Table, accepted: pa.Table, complete: Collection[int]) -> int:
    if complete:  # they have every record: a broken row that only others have is another's, and counted there
        has = pa.array([*complete], pa.int32())
        quarantined = quarantined.filter(pc.is_in(quarantined["source_attempt"], value_set=has))
    keys = read_values(contract, quarantined, contract.key).table
    has_key = np.logical_and.reduce([keys[name].is_valid().to_numpy() for name in contract.key])
    # A key that breaks its own rule names no record: broken in the same way, several may look like one.
    broken = rf"(^|,)({'|'.join(contract.key)}):"
    has_key &= ~as_mask(pc.match_substring_regex(pc.binary_join(quarantined["reasons"], ","), broken))
    spoken_of = encode(keys.filter(pa.array(has_key)), contract.key).unique()
    held = encode(accepted, contract.key) if len(spoken_of) else pa.array([], pa.string())
    recovered = pc.sum(pc.is_in(spoken_of, value_set=held)).as_py() or 0
    return _nameless(quarantined.filter(pa.array(~has_key)), complete) + len(spoken_of) - recovered


def _nameless(rows: pa.Table, complete: Collection[int]) -> int:
    """Records without a key, told apart by their text. Each complete attempt has all of them, in its words."""
    texts = rows.group_by(["source_attempt"] if complete else []).aggregate([("raw", "count_distinct")])
    return pc.max(texts["raw_count_distinct"]).as_py() or 0


def _count(*lists: pa.ChunkedArray, marks: Counter[str] | None = None) -> dict[str, int]:
    """How often each label occurs, in alphabetical order. `marks`: what is counted already."""
    counts = Counter(marks or ())
    for labelled in lists:
        for entry in pc.value_counts(pc.list_flatten(labelled)).to_pylist():
            counts[entry["values"]] += entry["counts"]
    return {str(label): count for label, count in sorted(counts.items())}


def _write_accepted(contract: Contract, accepted: pa.Table, path: Path) -> Path:
    """For tasks of this machine that read it whole: to compress it, to look for repetition where there is none and to
    keep statistics costs as much as to write it, for a sixth of its size (decision 0064)."""
    table = accepted_schema(contract)
    repeated = [name for name in table.names if name not in {*contract.key, "content_hash", "source_row"}]
    plain = {"compression": "none", "write_statistics": False, "use_dictionary": repeated}
    return _write_pieces(table, hashed(contract, accepted), path, plain)


def _write(table: pa.Table, path: Path) -> Path:
    return _write_pieces(table.schema, [table], path, {})


def _write_pieces(schema: pa.Schema, pieces: Iterable[pa.Table], path: Path, options: Mapping[str, Any]) -> Path:
    """Write under a temporary name, then rename: a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        with pq.ParquetWriter(name, schema, **options) as file:
            for piece in pieces:
                file.write_table(piece)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path
