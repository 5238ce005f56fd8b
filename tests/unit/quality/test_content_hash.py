"""The content hash: the same for ever, and different for whatever differs."""

import hashlib
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.quality.hashing import BYTES, content_hashes, encode

NASTY = st.none() | st.text(st.sampled_from("ab=:,0123\x00é\u0301\\N"), max_size=5)
ROWS = st.lists(st.tuples(NASTY, NASTY, NASTY), max_size=12)


def content_hash(rows: pa.Table, names: list[str]) -> list[str]:
    return [digest.hex() for piece in content_hashes(rows, names) for digest in piece.to_pylist()]


def table(rows: list[tuple[str | None, ...]]) -> pa.Table:
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("abc")})


def test_it_never_changes():
    golden = pa.table(
        {
            "name": pa.array(["MUÑOZ, A", None], pa.string()),
            "born_on": pa.array([date(1965, 1, 31), None], pa.date32()),
            "count": pa.array([7, None], pa.int64()),
            "updated_at": pa.array([datetime(2014, 5, 1, 12, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
        }
    )
    assert encode(golden, golden.column_names).to_pylist() == [
        "born_on=5:-1796,count=1:7,name=9:MUÑOZ, A,updated_at=16:1398945600000000,",
        "updated_at=16:1398945600000000,",
    ]
    assert content_hash(golden, golden.column_names) == [
        "47faf3c3e835af50f29ff198077e5a38",
        "7c2925d2e29d714f6277a8695109fb5b",
    ]


@settings(deadline=None)
@given(rows=ROWS)
def test_rows_are_equal_exactly_if_their_hashes_are(rows):
    hashes = content_hash(table(rows), ["a", "b", "c"])
    assert len(set(hashes)) == len(set(rows))
    assert len(set(zip(rows, hashes, strict=True))) == len(set(rows))


@settings(deadline=None)
@given(rows=ROWS)
def test_the_order_of_columns_and_a_new_empty_column_do_not_matter(rows):
    wider = table(rows).append_column("new", pa.nulls(len(rows), pa.string()))
    assert content_hash(wider, ["new", "c", "a", "b"]) == content_hash(table(rows), ["a", "b", "c"])


@settings(deadline=None)
@given(rows=ROWS, sample=st.integers(1, 12))
def test_rows_are_hashed_alike_in_every_piece_whether_their_columns_repeat_or_not(rows, sample):
    whole = content_hash(table(rows), ["a", "b", "c"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("include.quality.hashing.CHUNK_ROWS", 3)
        patch.setattr("include.quality.parsing.SAMPLE", sample)
        patch.setattr("include.ahead.MANY_ROWS", 4)
        assert content_hash(table(rows), ["a", "b", "c"]) == whole


def test_a_hash_is_of_the_encoded_bytes():
    rows = table([("MUÑOZ", None, "x"), (None, None, None), ("A", "", "y")])
    encoded = encode(rows, ["a", "b", "c"]).to_pylist()
    assert content_hash(rows, ["a", "b", "c"]) == [
        hashlib.sha256(text.encode()).hexdigest()[: 2 * BYTES] for text in encoded
    ]
