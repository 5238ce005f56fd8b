"""Text as delivered becomes clean, typed values. A value that cannot be read becomes null and is marked unreadable."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from include.ahead import side_by_side
from include.contracts.model import Column, ColumnType, Contract, ContractError

Mask = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.datetime64]  # microseconds, UTC

TYPES = {
    ColumnType.STRING: pa.string(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIMESTAMP: pa.timestamp("us", "UTC"),
    ColumnType.INTEGER: pa.int64(),
}
# Eighteen digits always fit into 64 bits, and nothing that is counted here has more.
INTEGER = r"^[+-]?\d{1,18}$"
FIRST, LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31T23:59:59.999999", "us")  # Python's and ISO's
NEVER = np.datetime64("NaT", "us")
DIRECTIVE = re.compile("%(.)")
ADJACENT = re.compile("%[YmdyHMSf]%[YmdyHMSf]")
MAX_ASCII = 0x7F
ISO = "%Y-%m-%dT%H:%M:%S%z"  # Arrow reads it itself
SAMPLE = 1000  # values that tell whether a column repeats itself


@dataclass(frozen=True)
class Typed:
    """The contract's columns, typed, and per column which of its values could not be read (they are null)."""

    table: pa.Table
    unreadable: dict[str, Mask]

    def filter(self, rows: Mask) -> "Typed":
        """The rows of a mask; no copy if all are."""
        if rows.all():
            return self
        return Typed(self.table.filter(pa.array(rows)), {name: mask[rows] for name, mask in self.unreadable.items()})


def schema(contract: Contract, names: Iterable[str] | None = None) -> pa.Schema:
    """Arrow schema of the contract's columns, or of some of them."""
    wanted = contract.names if names is None else names
    return pa.schema([(name, TYPES[contract.column(name).type]) for name in wanted])


def read_values(contract: Contract, text: pa.Table, names: Iterable[str] | None = None) -> Typed:
    """Clean and type columns of text: all of the contract's, or those of `names`."""
    wanted = contract.names if names is None else list(names)
    latest = None
    is_short = any("%y" in form for name in wanted for form in contract.column(name).formats)
    if is_short and contract.updated_at in text.column_names:
        updated_at = contract.column(contract.updated_at)
        latest = _moments(updated_at, _clean(updated_at, whole(text[updated_at.name])), None)

    def read(name: str) -> tuple[pa.Array, Mask]:
        column, delivered = contract.column(name), whole(text[name])
        if column.type is ColumnType.STRING:
            return _clean(column, delivered), np.zeros(len(text), np.bool_)
        if latest is not None and any("%y" in form for form in column.formats):  # the century depends on the row
            found = _typed(column, _clean(column, delivered), latest)
        else:
            found = over_distinct(delivered, lambda distinct: _typed(column, _cleaned(column, distinct), None))
        return found.field(0), as_mask(found.field(1))

    found = side_by_side(read, wanted, len(text))
    table = pa.Table.from_arrays([values for values, _ in found], schema=schema(contract, wanted))
    return Typed(table, dict(zip(wanted, (mask for _, mask in found), strict=True)))


def short_years(column: Column, text: pa.Array) -> Mask:
    """Dates whose century is a guess: written with two digits of the year."""
    found = np.zeros(len(text), np.bool_)
    for form in column.formats:
        if "%y" in form:
            found |= _has_form(column, text, form)
    return found


def other_forms(column: Column, text: pa.Array, typed: pa.Array) -> Mask:
    """Dates that were read, and not by the first of the contract's formats, which is the usual one."""
    if len(column.formats) < 2:
        return np.zeros(len(text), np.bool_)
    return as_mask(typed.is_valid()) & ~_has_form(column, text, column.formats[0])


def _has_form(column: Column, text: pa.Array, form: str) -> Mask:
    pattern = f"^{_regex(form)}$"
    return as_mask(over_distinct(text, lambda distinct: pc.match_substring_regex(_cleaned(column, distinct), pattern)))


def over_distinct(values: pa.Array, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply an elementwise function once per distinct value, null too: columns of person data repeat themselves. One
    that does not, a key, is given to it whole: to look for distinct values costs more than it saves. What the function
    leaves as it is is not copied."""
    if not repeats(values):
        return function(values)
    encoded = values.dictionary_encode(null_encoding="encode")
    found = function(encoded.dictionary)
    return values if found.equals(encoded.dictionary) else found.take(encoded.indices)


def repeats(values: pa.Array) -> bool:
    """Whether a column says the same again and again, by its first values; a few are taken to."""
    return len(values) <= SAMPLE or pc.count_distinct(values[:SAMPLE]).as_py() <= SAMPLE // 2


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array. What is one already is not copied, as `combine_chunks` would do."""
    return column.chunk(0) if column.num_chunks == 1 and not column.chunk(0).offset else column.combine_chunks()


def as_mask(flags: pa.Array) -> Mask:
    """An Arrow boolean array as a NumPy mask; null is false."""
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _clean(column: Column, text: pa.Array) -> pa.Array:
    """One space between words, none around; texts that mean no value are null; codes in the contract's spelling."""
    return over_distinct(text, lambda distinct: _cleaned(column, distinct))


def _cleaned(column: Column, distinct: pa.Array) -> pa.Array:
    # A program writes `null` for a name that it lacks; NULL may be the name.
    folded = str if column.is_name else str.casefold
    blanks = {folded(blank) for blank in column.blanks}

    def clean(value: str | None) -> str | None:
        words = " ".join((value or "").split())
        return None if not words or folded(words) in blanks else column.codes.get(words, words)

    if not column.codes and _is_one_word(distinct):
        lower = distinct if column.is_name else pc.ascii_lower(distinct)
        is_blank = pc.is_in(lower, value_set=pa.array(["", *blanks], pa.string()))
        return pc.if_else(is_blank, pa.scalar(None, pa.string()), distinct) if pc.any(is_blank).as_py() else distinct
    return pa.array(map(clean, distinct.to_pylist()), pa.string())


def _is_one_word(values: pa.Array) -> bool:
    """Whether no value has a space or a character beyond ASCII: such a column is clean, without a look at each."""
    text = np.frombuffer(values.buffers()[2] or b"", np.uint8)
    return not ((text <= ord(" ")) | (text > MAX_ASCII)).any()


def _typed(column: Column, cleaned: pa.Array, latest: Moments | None) -> pa.StructArray:
    """Values of clean text, and whether there is a text that could not be read."""
    values = _read(column, cleaned, latest)
    return pa.StructArray.from_arrays([values, pc.and_(cleaned.is_valid(), values.is_null())], ["value", "unreadable"])


def _read(column: Column, text: pa.Array, latest: Moments | None) -> pa.Array:
    if column.type is ColumnType.INTEGER:
        return over_distinct(text, _integers)
    moments = _moments(column, text, latest)
    if column.type is ColumnType.DATE:
        return pa.array(moments.astype("datetime64[D]"), pa.date32())
    return pa.array(moments, pa.timestamp("us")).cast(TYPES[ColumnType.TIMESTAMP])


def _integers(text: pa.Array) -> pa.Array:
    digits = pc.if_else(pc.match_substring_regex(text, INTEGER), pc.utf8_ltrim(text, "+"), pa.scalar(None, pa.string()))
    return digits.cast(pa.int64())


def _moments(column: Column, text: pa.Array, latest: Moments | None) -> Moments:
    """What the first format that fits reads; a two-digit year is the latest one not after the row's update time."""
    found = np.full(len(text), NEVER)
    for form in column.formats:
        if "%y" in form:
            this, last = (_moments_of(text, form, century) for century in ("20", "19"))
            read = this if latest is None else np.where(this <= latest, this, last)
        else:
            read = _moments_of(text, form)
        found = np.where(np.isnat(found), read, found)
    return found


def _moments_of(text: pa.Array, form: str, century: str = "") -> Moments:
    """Values that one format reads, NaT for the others. Text without an offset is UTC."""
    pattern = f"^{_regex(form)}$"
    if century:
        before, after = form.split("%y")
        pattern, split = f"^{_regex(form)}$", rf"^({_regex(before)})(\d{{2}}{_regex(after)})$"
        form = form.replace("%y", "%Y")

    def parse(distinct: pa.Array) -> pa.Array:
        # pandas and strptime read 010165 as %Y%m%d: June of the year 101. So the width is checked first.
        fitting = pc.if_else(pc.match_substring_regex(distinct, pattern), distinct, pa.scalar(None, pa.string()))
        if century:
            fitting = pc.replace_substring_regex(fitting, split, rf"\1{century}\2")
        values = _of_iso(fitting) if form == ISO else None
        if values is None:
            series = pd.Series(fitting.to_pylist(), dtype=object)
            moments = pd.to_datetime(series, format=form, errors="coerce", utc=True).dt.tz_localize(None)
            values = moments.to_numpy().astype("datetime64[us]")
        return pa.array(np.where((values >= FIRST) & (values <= LAST), values, NEVER), pa.timestamp("us"))

    return np.asarray(over_distinct(text, parse).to_numpy(zero_copy_only=False), dtype="datetime64[us]")


def _of_iso(text: pa.Array) -> Moments | None:
    """Moments as Arrow reads them, in a fifth of the time; None if one is of no calendar or lacks a digit."""
    try:
        moments = text.cast(TYPES[ColumnType.TIMESTAMP])
    except pa.ArrowInvalid:
        return None
    return np.asarray(moments.to_numpy(zero_copy_only=False), dtype="datetime64[us]")


def _regex(form: str) -> str:
    """What a format may look like: full width where digits touch digits, one or two digits where they do not."""
    two = r"\d{2}" if ADJACENT.search(form) else r"\d{1,2}"
    known = {
        **{"Y": r"\d{4}", "y": r"\d{2}", "f": r"\d{1,6}", "z": r"(?:Z|[+-]\d{2}:?\d{2})"},
        **dict.fromkeys("mdHMS", two),
    }
    pieces = DIRECTIVE.split(form)
    for at in range(1, len(pieces), 2):
        if pieces[at] not in known:
            raise ContractError(f"format [{form}] uses [%{pieces[at]}]; use one of %Y %y %m %d %H %M %S %f %z")
        pieces[at] = known[pieces[at]]
    return "".join(piece if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
