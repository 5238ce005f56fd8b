"""Faults of a part: of its columns, of single lines of its text, of its bytes."""

from collections.abc import Callable
from io import BytesIO

import pyarrow as pa
import pyarrow.csv

from include.simulator.gateways.damage import ONE_ROW_IN, Applied, Damage, FileFault, Planned

PREAMBLE = b'"SIMULATED EXTRACT - FOR OFFICIAL USE ONLY"\n"Run by BATCH01"\n'


def write_csv(table: pa.Table, *, header: bool = True) -> bytes:
    """RFC 4180: every value in quotes, blanks as nothing at all."""
    text = BytesIO()
    pa.csv.write_csv(table, text, pa.csv.WriteOptions(include_header=header))
    return text.getvalue()


def spoil_part(damage: Damage, rows: pa.Table, applied: Applied) -> bytes:
    """The text of a part, damaged."""
    planned = {each.fault: each for each in damage.faults}
    for fault in (fault for fault in COLUMNS if fault in planned):
        rows = COLUMNS[fault](rows, planned[fault])
        applied.note(fault, 0)
    text = _lines(rows, [planned[fault] for fault in LINES if fault in planned], applied)
    for fault in (fault for fault in BYTES if fault in planned):
        changed = BYTES[fault](text)
        if changed != text:
            applied.note(fault, _changed_lines(text, changed) if fault in RECODED else 0)
        text = changed
    return text


def _renamed(rows: pa.Table, planned: Planned) -> pa.Table:
    names = [name.replace("_", " ").title() if name in planned.columns else name for name in rows.column_names]
    return rows.rename_columns(names)


def _reordered(rows: pa.Table, _: Planned) -> pa.Table:
    return rows.select(sorted(rows.column_names))


def _dropped(rows: pa.Table, planned: Planned) -> pa.Table:
    return rows.select([name for name in rows.column_names if name not in planned.columns])


def _twice(rows: pa.Table, planned: Planned) -> pa.Table:
    for name in (name for name in planned.columns if name in rows.column_names):
        rows = rows.append_column(name, rows.column(rows.column_names.index(name)))
    return rows


COLUMNS: dict[FileFault, Callable[[pa.Table, Planned], pa.Table]] = {
    FileFault.COLUMNS_REORDERED: _reordered,
    FileFault.COLUMNS_DROPPED: _dropped,
    FileFault.COLUMN_TWICE: _twice,
    FileFault.COLUMNS_RENAMED: _renamed,
}

Fields = list[str | None]


def _shifted(fields: Fields, at: int) -> Fields:
    return [*fields[:at], None, *fields[at:]]


def _extra(fields: Fields, _: int) -> Fields:
    return [*fields, "X"]


def _nul(fields: Fields, at: int) -> Fields:
    return [*fields[:at], f"{fields[at] or ''}\0", *fields[at + 1 :]]


LINES: dict[FileFault, Callable[[Fields, int], Fields]] = {
    FileFault.NUL_BYTES: _nul,
    FileFault.COLUMNS_SHIFTED: _shifted,
    FileFault.EXTRA_FIELDS: _extra,
    FileFault.HEADER_REPEATED: lambda fields, _: fields,  # it comes before its row
}


def _lines(rows: pa.Table, faults: list[Planned], applied: Applied) -> bytes:
    """The rows as text; those that a fault hits are written one by one."""
    if not faults or not rows.num_rows:
        return write_csv(rows)
    header = write_csv(rows.slice(0, 0))
    hits: dict[int, list[Planned]] = {}
    for planned in faults:
        for row in _hit_in_part(planned, rows.num_rows):
            hits.setdefault(row, []).append(planned)
    pieces, done = [header], 0
    for row, here in sorted(hits.items()):
        pieces.append(write_csv(rows.slice(done, row - done), header=False))
        fields = [column[row].as_py() for column in rows.columns]
        for planned in here:
            if planned.fault is FileFault.HEADER_REPEATED:
                pieces.append(header)
            at = [i for i, name in enumerate(rows.column_names) if name in planned.columns]
            fields = LINES[planned.fault](fields, at[0] if at else 0)
            applied.note(planned.fault, 1)
        pieces.append(b",".join(map(_quoted, fields)) + b"\n")
        done = row + 1
    return b"".join([*pieces, write_csv(rows.slice(done), header=False)])


def _hit_in_part(planned: Planned, rows: int) -> range:
    if planned.fault is FileFault.HEADER_REPEATED:
        return range(rows // 2, rows // 2 + 1)
    return range(int(planned.luck * min(ONE_ROW_IN, rows)), rows, ONE_ROW_IN)


def _quoted(value: str | None) -> bytes:
    return b"" if value is None else b'"' + value.replace('"', '""').encode() + b'"'


# What CP1252 has in place of the control characters of Latin-1; as browsers do, its five gaps are left as they are.
WINDOWS = {code: character for code in range(0x80, 0xA0) if (character := bytes([code]).decode("cp1252", "ignore"))}


def _typographic(text: bytes) -> str:
    """The text as a word processor leaves it: its apostrophes are not ASCII, so that there is something to lose."""
    return text.decode().replace("'", "\u2019")


def _cp1252(text: bytes) -> bytes:
    return _typographic(text).encode("cp1252", "replace")


def _double_encoded(text: bytes) -> bytes:
    return _typographic(text).encode().decode("latin-1").translate(WINDOWS).encode()


BYTES: dict[FileFault, Callable[[bytes], bytes]] = {
    FileFault.DOUBLE_ENCODED: _double_encoded,
    FileFault.CP1252: _cp1252,
    FileFault.PREAMBLE: lambda text: PREAMBLE + text,
    FileFault.UTF16: lambda text: b"\xff\xfe" + text.decode("utf-8", "replace").encode("utf-16-le"),
    FileFault.BOM: lambda text: text if text.startswith(b"\xff\xfe") else b"\xef\xbb\xbf" + text,
}
RECODED = (FileFault.DOUBLE_ENCODED, FileFault.CP1252)


def _changed_lines(before: bytes, after: bytes) -> int:
    return sum(a != b for a, b in zip(before.split(b"\n"), after.split(b"\n"), strict=True))
