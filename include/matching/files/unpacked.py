"""The bytes of a file of text, be it packed or not."""

import gzip
from pathlib import Path
from typing import BinaryIO, cast


def unpacked(path: Path) -> BinaryIO:
    """A file to read from; one that ends in .gz is unpacked on the way."""
    return cast(BinaryIO, gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")
