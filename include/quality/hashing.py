"""The content hash of a row: equal for equal content, on every machine and in every version of every library."""

import hashlib
from collections.abc import Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from include.quality.parsing import over_distinct

CHUNK_ROWS = 100_000  # the encoded rows of a chunk are held in memory: some tens of megabytes


def encode(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Rows as text that only equal rows share.

    Columns in alphabetical order, each that has a value as `name=length:value,` with the length in bytes (a netstring,
    https://cr.yp.to/proto/netstrings.txt): no value can imitate a separator, a null differs from an empty text, and a
    column that a later contract adds changes nothing while it is empty. Dates are days and timestamps microseconds
    since 1970-01-01 UTC.
    """
    pieces = [over_distinct(table[name].combine_chunks(), partial(_encode, name)) for name in sorted(names)]
    # Not `skip`: Arrow 26 loses a row in which every piece is null.
    return pc.binary_join_element_wise(*pieces, "", null_handling="replace", null_replacement="")


def content_hash(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """SHA-256 of every encoded row, hexadecimal."""
    chunks = (encode(table.slice(at, CHUNK_ROWS), names) for at in range(0, len(table), CHUNK_ROWS))
    rows = (row for chunk in chunks for row in chunk.cast(pa.binary()).to_pylist())
    digests = [hashlib.sha256(row).hexdigest() for row in rows]
    return pa.array(digests, pa.string())


def _plain(values: pa.Array) -> pa.Array:
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    elif pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return values.cast(pa.string())


def _encode(name: str, values: pa.Array) -> pa.Array:
    text = _plain(values)
    length = pc.binary_length(text.cast(pa.binary())).cast(pa.string())
    return pc.binary_join_element_wise(f"{name}=", length, ":", text, ",", "")
