"""Rows in COPY's binary format arrive as the same rows do as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from include.settings import Settings
from include.warehouse import copy
from include.warehouse.binary import as_binary
from include.warehouse.connection import Cursor, transaction

pytestmark = pytest.mark.integration

COLUMNS = {
    "name": (pa.string(), "text"),
    "born_on": (pa.date32(), "date"),
    "updated_at": (pa.timestamp("us", "UTC"), "timestamptz"),
    "number": (pa.int64(), "bigint"),
    "small": (pa.int32(), "integer"),
    "breaches": (pa.list_(pa.string()), "text[]"),
    "content_hash": (pa.binary(16), "uuid"),
}
SCHEMA = pa.schema([(name, kind) for name, (kind, _) in COLUMNS.items()])
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999), timezones=st.just(UTC))
ROWS = st.lists(
    st.tuples(
        st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
        st.none() | st.dates(),
        st.none() | MOMENTS,
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.integers(-(2**31), 2**31 - 1),
        st.lists(st.sampled_from(["name:required", "born_on:not_before"]), max_size=2),
        st.none() | st.binary(min_size=16, max_size=16),
    ),
    max_size=12,
)
EDGES = [
    ("", date(1, 1, 1), datetime(1, 1, 1, tzinfo=UTC), -(2**63), -(2**31), [], bytes(16)),
    (None, None, None, None, None, ["a:b", "c:d"], None),
    (
        'MUÑOZ, "A"\n',
        date(1999, 12, 31),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC),
        0,
        0,
        ["a:b"],
        bytes(range(16)),
    ),
]


@examples(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
@example(rows=EDGES)
def test_both_formats_say_the_same(settings: Settings, rows: list[tuple]) -> None:
    table = pa.table([pa.array([row[at] for row in rows], kind) for at, kind in enumerate(SCHEMA.types)], schema=SCHEMA)
    with filled(settings) as cursor:
        types = [column.type_code for column in cursor.description]
        copy.copy_in(cursor, "copy as_text from stdin with (format csv)", table)
        copy.copy_pieces(
            cursor, "copy as_binary from stdin with (format binary)", [table], lambda piece: as_binary(piece, types)
        )
        found = []
        for name in ("as_text", "as_binary"):
            cursor.execute(f"select * from {name}")
            found.append([(*row[:-1], row[-1] and UUID(row[-1]).bytes) for row in cursor.fetchall()])
    assert found[0] == found[1] == [tuple(row) for row in rows]


@contextmanager
def filled(settings: Settings) -> Iterator[Cursor]:
    """A cursor that has just looked at the columns of the two tables."""
    columns = ", ".join(f"{name} {kind}" for name, (_, kind) in COLUMNS.items())
    with transaction(settings.warehouse_dsn) as cursor:
        for name in ("as_text", "as_binary"):
            cursor.execute(f"create temporary table {name} ({columns}) on commit drop")
        cursor.execute("select * from as_binary limit 0")
        yield cursor
