"""A part on its way to disk."""

import hashlib
import re
from http import HTTPStatus
from io import FileIO
from pathlib import Path

from urllib3 import BaseHTTPResponse

from include.extraction.answers import Export, Fault
from include.extraction.errors import storage
from include.extraction.manifest import PartEntry


class Download:
    """A part on its way to disk: how far it got, of which state of the gateway's file, and whether it is whole."""

    def __init__(self, export: Export, part: PartEntry, sink: Path, handle: FileIO) -> None:
        self.export, self.part = export, part
        self.furthest = 0  # most bytes that were ever there: getting again what was thrown away is no progress
        self.verified = False
        self._handle = handle
        self._where = (sink.parent, str(export))
        self._size = 0
        self._etag = ""

    @property
    def missing(self) -> int:
        """Bytes still to come."""
        return self.part.bytes - self._size

    def range_headers(self) -> dict[str, str]:
        """For the next request: from where, and of which state of the file."""
        if not self._size:
            return {}
        # RFC 9110, 13.1.5: If-Range takes a strong validator only. Without one the hash decides.
        strong = {"If-Range": self._etag} if self._etag.startswith('"') else {}
        return {"Range": f"bytes={self._size}-", **strong}

    def begin(self, response: BaseHTTPResponse) -> bool:
        """Take the answer's headers. True: it goes on where we are; false: from the first byte. `Fault`: neither."""
        etag = response.headers.get("etag", "")
        span = re.match(r"bytes ([0-9]+)-", response.headers.get("content-range", ""))
        is_rest = response.status == HTTPStatus.PARTIAL_CONTENT and span is not None and int(span[1]) == self._size
        is_same = not (etag and self._etag) or etag == self._etag
        if is_rest and is_same:
            return True
        self._restart()
        if response.status != HTTPStatus.OK:
            raise Fault("range")
        self._etag = etag
        return False

    def append(self, chunk: bytes) -> None:
        """Write a chunk of at most the missing bytes."""
        rest = memoryview(chunk)
        with storage(*self._where):
            while rest:  # an unbuffered write may stop short
                written = self._handle.write(rest)
                self._size += written
                rest = rest[written:]
        self.furthest = max(self.furthest, self._size)

    def verify(self) -> None:
        """Raise `Fault` unless the bytes on disk are the announced ones; wrong bytes are thrown away."""
        if self.missing:
            raise Fault("truncated")
        with storage(*self._where):
            self._handle.seek(0)
            digest = hashlib.file_digest(self._handle, "sha256").hexdigest()  # of the disk's bytes, not of the line's
        self.verified = digest == self.part.sha256
        if not self.verified:
            self._restart()
            raise Fault("checksum")

    def _restart(self) -> None:
        with storage(*self._where):
            self._handle.seek(0)
            self._handle.truncate()
        self._size = 0
