"""Tables in and out of PostgreSQL by COPY: the fastest way there is."""

import io
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.ahead import ahead
from include.warehouse.connection import Cursor

BUFFER = 1 << 20  # psycopg2 reads this much at a time; the default of 8 KiB costs a tenth of the speed
ROWS = 10_000  # of one statement: what its trigger sees of them fits in PostgreSQL's `work_mem` of 4 MB


def copy_in(cursor: Cursor, statement: str, table: pa.Table) -> None:
    """Run a `copy ... from stdin with (format csv)` on an Arrow table, columns in order; null is the empty field.

    `ROWS` at a time: a million as one text would take as much memory again as the table.
    """
    copy_pieces(cursor, statement, (table.slice(start, ROWS) for start in range(0, len(table), ROWS)))


def copy_pieces(
    cursor: Cursor, statement: str, tables: Iterable[pa.Table], written: Callable[[pa.Table], io.BytesIO] | None = None
) -> None:
    """The same for a table in pieces, a statement for each, `written` as CSV or in the format of the statement. The
    next one is made while PostgreSQL takes this one."""
    with closing(ahead(map(written or as_text, tables))) as pieces:
        for piece in pieces:
            cursor.copy_expert(statement, piece, BUFFER)


def as_text(table: pa.Table) -> io.BytesIO:
    """As CSV."""
    text = io.BytesIO()
    plain = pa.table([_plain(column) for column in table.columns], names=table.column_names)
    pyarrow.csv.write_csv(plain, text, pyarrow.csv.WriteOptions(include_header=False))
    text.seek(0)
    return text


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """As PostgreSQL reads what CSV has no form for: lists of plain words in its array notation (`{a:b,c:d}`), bytes as
    digits.

    Timestamps go without their zone: ours are UTC, and so is the session. Arrow takes four times as long to say so.
    """
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp(column.type.unit))
    if pa.types.is_fixed_size_binary(column.type):
        return pa.array([value and value.hex() for value in column.to_pylist()], pa.string())
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        joined = pc.binary_join(column.cast(pa.list_(pa.string())), ",")
        return pc.binary_join_element_wise("{", pc.fill_null(joined, ""), "}", "")
    return column


def copy_out(cursor: Cursor, select: str, parameters: dict[str, Any], schema: dict[str, pa.DataType]) -> pa.Table:
    """Result of a query as an Arrow table of that schema; the empty field is null."""
    text = io.BytesIO()
    bound = cursor.mogrify(select, parameters).decode().rstrip().rstrip(";")
    cursor.copy_expert(f"copy ({bound}) to stdout with (format csv, header)", text, BUFFER)
    text.seek(0)
    options = pyarrow.csv.ConvertOptions(
        column_types=schema,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,  # a quoted empty field is an empty text
        true_values=["t"],
        false_values=["f"],
    )
    return pyarrow.csv.read_csv(text, convert_options=options, parse_options=_MULTILINE)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """A table that was copied out, its columns still Arrow's: a null stays one, and a number beside it whole."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def table_of(frame: pd.DataFrame, columns: list[str]) -> pa.Table:
    """Columns of a frame in this order, to be copied in."""
    return pa.Table.from_pandas(frame[columns], preserve_index=False)


def array_text(numbers: pa.Array | pa.ChunkedArray) -> str:
    """Numbers as the text of an array, to be bound: `{1,NULL,2}`. A list would be bound as an expression a number."""
    text = pc.fill_null(numbers.cast(pa.string()), "NULL")
    return f"{{{','.join(text.to_pylist())}}}"


_MULTILINE = pyarrow.csv.ParseOptions(newlines_in_values=True)  # a narrative has line breaks
