"""What can be wrong with a user's files, and how it is told."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from include.matching.files.unpacked import unpacked

HEAD = 64  # bytes at the beginning of a text of two bytes a letter, of which many are 0


class TableError(ValueError):
    """A file, a column or a map that cannot be used. One line: which, what is wrong, what to do."""


def not_utf8(path: Path) -> TableError:
    """Spreadsheets save as Windows' own letters, where nobody says otherwise, or as text of two bytes a letter."""
    with unpacked(path) as raw:
        written = "UTF-16" if b"\0" in raw.read(HEAD) else "WINDOWS-1252"
    return TableError(f"[{path.name}] is not UTF-8; save it as UTF-8, or convert it: iconv -f {written} -t UTF-8")


@contextmanager
def one_line(path: Path) -> Iterator[None]:
    """What reading may meet, as one line. Arrow's own messages quote rows; none is passed on."""
    try:
        yield
    except OSError as error:
        raise TableError(f"[{path.name}] cannot be read: {error.strerror or 'damaged'}; check the path") from None
    except (EOFError, zlib.error):
        raise TableError(f"[{path.name}] cannot be read: it is packed and damaged; pack it anew") from None
    except UnicodeDecodeError:
        raise not_utf8(path) from None
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise not_utf8(path) from None
        kind = path.suffix.removeprefix(".")
        raise TableError(f"[{path.name}] cannot be read as {kind}: it is damaged or no {kind}; write it anew") from None
    except pa.ArrowException:
        raise TableError(f"[{path.name}] holds columns that are no text, number or date; convert them") from None
