"""The content hash of a row: equal for equal content, on every machine and in every version of every library."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.ahead import ahead, side_by_side
from include.quality.parsing import repeats, whole

CHUNK_ROWS = 50_000  # encoded rows are held in memory, of two chunks: some tens of megabytes
# Of a hash: half of SHA-256. It tells apart the versions of one record and update time, and the warehouse holds it
# twice: in the row and in the index (decision 0065).
BYTES = 16
HASH = pa.binary(BYTES)

Encoder = Callable[[int, int], pa.Array]  # of the rows from this one on, so many of them


def encode(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Rows as text that only equal rows share.

    Columns in alphabetical order, each that has a value as `name=length:value,` with the length in bytes (a netstring,
    https://cr.yp.to/proto/netstrings.txt): no value can imitate a separator, a null differs from an empty text, and a
    column that a later contract adds changes nothing while it is empty. Dates are days and timestamps microseconds
    since 1970-01-01 UTC.
    """
    return _joined([_encoder(name, whole(table[name])) for name in sorted(names)], 0, len(table))


def content_hashes(table: pa.Table, names: Sequence[str]) -> Iterator[pa.Array]:
    """The first `BYTES` bytes of SHA-256 of every encoded row, some tens of thousands of rows at a time."""
    columns = side_by_side(lambda name: _encoder(name, whole(table[name])), sorted(names), len(table))
    encoded = (_joined(columns, start, CHUNK_ROWS) for start in range(0, len(table), CHUNK_ROWS))
    return map(_hashed, ahead(encoded))


def _hashed(encoded: pa.Array) -> pa.Array:
    """Rows are hashed where they lie: Python's lock is held here, and each thing made of a row holds it longer."""
    _, ends, text = encoded.buffers()
    bounds = np.frombuffer(ends or b"", np.int32, len(encoded) + 1, encoded.offset * np.int32().itemsize).tolist()
    rows = memoryview(text or b"")
    digests = b"".join([hashlib.sha256(rows[start:end]).digest() for start, end in pairwise(bounds)])
    full = np.frombuffer(digests, np.uint8).reshape(-1, hashlib.sha256().digest_size)
    return pa.Array.from_buffers(HASH, len(encoded), [None, pa.py_buffer(np.ascontiguousarray(full[:, :BYTES]))])


def _plain(values: pa.Array) -> pa.Array:
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    elif pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return values.cast(pa.string())


def _encoder(name: str, values: pa.Array) -> Encoder:
    """Pieces of a column: what repeats itself is encoded once for all of them, what does not piece by piece."""
    if not repeats(values):
        return lambda start, count: _encode(name, values.slice(start, count))
    distinct = values.dictionary_encode(null_encoding="encode")
    encoded = _encode(name, distinct.dictionary)
    return lambda start, count: encoded.take(distinct.indices.slice(start, count))


def _joined(columns: Sequence[Encoder], start: int, count: int) -> pa.Array:
    return pc.binary_join_element_wise(*(column(start, count) for column in columns), "")


def _encode(name: str, values: pa.Array) -> pa.Array:
    text = _plain(values)
    length = pc.binary_length(text.cast(pa.binary())).cast(pa.string())
    # Nothing for a null here, as to replace nulls when the pieces are joined takes half as long again.
    return pc.fill_null(pc.binary_join_element_wise(f"{name}=", length, ":", text, ",", ""), "")
