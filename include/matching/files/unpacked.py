"""The bytes of a file of text, be it packed or not."""

import gzip
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa


def unpacked(path: Path) -> BinaryIO:
    """A file to read from; one that ends in .gz is unpacked on the way."""
    return cast(BinaryIO, gzip.open(path)) if _is_packed(path) else path.open("rb")


def for_arrow(path: Path) -> "Path | pa.NativeFile":
    """The same as Arrow reads it; by itself it knows .gz alone, and no .GZ."""
    return pa.input_stream(str(path), compression="gzip") if _is_packed(path) else path


def _is_packed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"
