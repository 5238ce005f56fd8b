"""The content hash of a row: equal for equal content, on every machine and in every version of every library."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.ahead import ahead
from include.quality.parsing import over_distinct

CHUNK_ROWS = 50_000  # encoded rows are held in memory, of two chunks: some tens of megabytes
# Of a hash: half of SHA-256. It tells apart the versions of one record and update time, and the warehouse holds it
# twice: in the row and in the index (decision 0065).
BYTES = 16
HASH = pa.binary(BYTES)


def encode(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Rows as text that only equal rows share.

    Columns in alphabetical order, each that has a value as `name=length:value,` with the length in bytes (a netstring,
    https://cr.yp.to/proto/netstrings.txt): no value can imitate a separator, a null differs from an empty text, and a
    column that a later contract adds changes nothing while it is empty. Dates are days and timestamps microseconds
    since 1970-01-01 UTC.
    """
    pieces = [over_distinct(table[name].combine_chunks(), partial(_encode, name)) for name in sorted(names)]
    return pc.binary_join_element_wise(*pieces, "")


def content_hashes(table: pa.Table, names: Sequence[str]) -> Iterator[pa.Array]:
    """The first `BYTES` bytes of SHA-256 of every encoded row, some tens of thousands of rows at a time."""
    encoded = (encode(table.slice(at, CHUNK_ROWS), names) for at in range(0, len(table), CHUNK_ROWS))
    return map(_hashed, ahead(encoded))


def _hashed(encoded: pa.Array) -> pa.Array:
    rows = encoded.cast(pa.binary()).to_numpy(zero_copy_only=False)  # five times as fast as a list
    whole = np.frombuffer(b"".join([digest.digest() for digest in map(hashlib.sha256, rows)]), np.uint8)
    kept = np.ascontiguousarray(whole.reshape(-1, hashlib.sha256().digest_size)[:, :BYTES])
    return pa.Array.from_buffers(HASH, len(rows), [None, pa.py_buffer(kept)])


def _plain(values: pa.Array) -> pa.Array:
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    elif pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return values.cast(pa.string())


def _encode(name: str, values: pa.Array) -> pa.Array:
    text = _plain(values)
    length = pc.binary_length(text.cast(pa.binary())).cast(pa.string())
    # Nothing for a null here, as to replace nulls when the pieces are joined takes half as long again.
    return pc.fill_null(pc.binary_join_element_wise(f"{name}=", length, ":", text, ",", ""), "")
