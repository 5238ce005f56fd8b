"""Pairs into a CSV or Parquet file that appears under its name only when it is complete."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from include.matching.files.errors import TableError


def check_outputs(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Raise `TableError`, before any work is done, for an output that is an input too, or whose folder is not there."""
    read = {path.resolve() for path in inputs if path is not None}
    for path in filter(None, outputs):
        if path.resolve() in read:
            raise TableError(f"[{path.name}] is read, and would be written over; choose another name for the output")
        if path.is_dir() or not os.access(path.parent, os.W_OK):
            raise TableError(f"[{path.name}] cannot be written there; give the path of a file, in a folder that exists")


class Writer:
    """Appends tables to a `.parquet` or `.csv` file, which takes its name only when all is written.

    Use it with `with`; the columns are those of the first table. Raises `TableError` for another suffix or a folder
    that cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        with self._one_line():
            self._to = _appender(path.suffix.lower(), self._partial)

    def write(self, table: pd.DataFrame) -> None:
        """Append the rows of a table."""
        with self._one_line():
            self._to.write(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._one_line():
                self._to.close()  # writes what is left: a full disk may show here
                if error is None:
                    self._partial.replace(self._path)
        finally:
            self._partial.unlink(missing_ok=True)

    @contextmanager
    def _one_line(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TableError(f"[{self._path.name}] cannot be written: {error.strerror}; {_advice(error)}") from None


def _advice(error: OSError) -> str:
    return "free space, or choose another folder" if error.errno in (ENOSPC, EDQUOT) else "check the path"


class _Appender(Protocol):
    def write(self, table: pd.DataFrame) -> None: ...

    def close(self) -> None: ...


def _appender(suffix: str, path: Path) -> _Appender:
    match suffix:
        case ".csv":
            return _CsvAppender(path)
        case ".parquet":
            return _ParquetAppender(path)
    raise TableError(f"output ends in [{suffix}], neither .csv nor .parquet; choose one of them")


class _CsvAppender:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._header = True

    def write(self, table: pd.DataFrame) -> None:
        table.to_csv(self._file, index=False, header=self._header, lineterminator="\n")
        self._header = False

    def close(self) -> None:
        self._file.close()


class _ParquetAppender:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pd.DataFrame) -> None:
        # a column of few values is a category: written as text, whatever the values of a chunk are
        texts = dict.fromkeys(table.select_dtypes("category").columns, "str")
        found = pa.Table.from_pandas(table.astype(texts), preserve_index=False)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, found.schema)
        self._writer.write_table(found.cast(self._writer.schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._file.close()
