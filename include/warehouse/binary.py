"""Arrow tables in the binary format of PostgreSQL's COPY: what is a number here is one there, and nothing is parsed.

A field is its length in bytes (big-endian, -1 for null) and its value as the type's `recv` function reads it; a row is
the number of its fields, and they. See "Binary Format" on the manual's page of COPY.
"""

import io
import struct
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)  # no flags, no extension
TRAILER = struct.pack(">h", -1)
NULL = struct.pack(">i", -1)
UUID = np.dtype("V16")  # sixteen bytes, as they are
TEXT = 25  # the type's number, which arrays name
EPOCH_DAYS = 10_957  # from 1970-01-01 to 2000-01-01, where PostgreSQL begins to count
EPOCH_MICROSECONDS = EPOCH_DAYS * 86_400_000_000

Pieces = list[pa.Array]


def as_binary(table: pa.Table, types: Sequence[int]) -> io.BytesIO:
    """Rows for a `copy ... from stdin with (format binary)`. `types`: numbers of the columns' types in PostgreSQL.

    Raises `KeyError` for a type that no table here has.
    """
    fields = [_WRITERS[number](column.combine_chunks()) for number, column in zip(types, table.columns, strict=True)]
    count = pa.repeat(pa.scalar(struct.pack(">h", len(fields)), pa.binary()), len(table))
    rows = pc.binary_join_element_wise(count, *(piece for pieces in fields for piece in pieces), b"")
    _, ends, text = rows.buffers()  # the rows lie one behind the other
    size = memoryview(ends).cast("i")[len(rows)] if len(rows) else 0
    return io.BytesIO(b"".join([HEADER, memoryview(text or b"")[:size], TRAILER]))


def _numbers(kind: str, epoch: int = 0) -> Callable[[pa.Array], Pieces]:
    """A writer of numbers of a fixed width, counted from an epoch."""
    field = np.dtype([("length", ">i4"), ("value", kind)])

    def write(values: pa.Array) -> Pieces:
        plain = values.cast(pa.int32()).cast(pa.int64()) if pa.types.is_date32(values.type) else values.cast(pa.int64())
        found = np.empty(len(values), field)
        found["length"] = field["value"].itemsize
        found["value"] = pc.fill_null(plain, epoch).to_numpy() - epoch
        return [_or_null(_of_width(found), values)]

    return write


def _texts(values: pa.Array) -> Pieces:
    length = pc.fill_null(pc.binary_length(values), -1).to_numpy().astype(">i4")
    return [_of_width(length), pc.fill_null(values.cast(pa.binary()), b"")]


def _uuids(values: pa.Array) -> Pieces:
    """Sixteen bytes each."""
    found = np.empty(len(values), [("length", ">i4"), ("value", UUID)])
    found["length"] = UUID.itemsize
    found["value"] = np.frombuffer(values.buffers()[1] or b"", UUID, len(values), UUID.itemsize * values.offset)
    return [_or_null(_of_width(found), values)]


def _lists_of_words(values: pa.Array) -> Pieces:
    """Lists without nulls: a dimension, if there is a word, of so many words, counted from 1."""
    joined = pc.binary_join(values.cast(pa.list_(pa.string())), ",").dictionary_encode()
    lists = [text.split(",") if text else [] for text in joined.dictionary.to_pylist()]
    return [_or_null(pa.array(map(_list, lists), pa.binary()).take(joined.indices), values)]


def _list(words: Sequence[str]) -> bytes:
    said = b"".join(struct.pack(">i", len(word)) + word for word in (word.encode() for word in words))
    sizes = struct.pack(">ii", len(words), 1) if words else b""
    value = struct.pack(">iii", bool(words), 0, TEXT) + sizes + said
    return struct.pack(">i", len(value)) + value


def _of_width(values: np.ndarray) -> pa.Array:
    """The bytes of each value."""
    ends = np.arange(len(values) + 1, dtype=np.int32) * values.itemsize
    return pa.Array.from_buffers(pa.binary(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(values.tobytes())])


def _or_null(fields: pa.Array, values: pa.Array) -> pa.Array:
    return pc.if_else(values.is_valid(), fields, pa.scalar(NULL, pa.binary())) if values.null_count else fields


_WRITERS: dict[int, Callable[[pa.Array], Pieces]] = {
    20: _numbers(">i8"),  # bigint
    23: _numbers(">i4"),  # integer
    TEXT: _texts,
    1009: _lists_of_words,  # text[]
    1082: _numbers(">i4", EPOCH_DAYS),  # date
    1184: _numbers(">i8", EPOCH_MICROSECONDS),  # timestamptz
    2950: _uuids,
}
