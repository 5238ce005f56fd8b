"""Answers as they go over the wire, whole or broken: each fault of the transport, as the client meets it."""

import asyncio
import io
import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, BinaryIO

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from include.simulator.gateways.transport import Fault

# How long the first half of a body gets to leave the machine before the connection is cut: a reset would overtake it.
HEAD_START_SECONDS = 0.05

# One read and one send: large enough that a gigabyte is no more than some thousand of them, small enough that a
# hundred clients at once are no burden.
CHUNK_BYTES = 1 << 18

# The body is announced whole and ends half-way.
CUT_OFF = (Fault.RESET, Fault.STALL, Fault.ETAG_CHANGED)

_TRANSPORT = "include.simulator.gateways.transport"  # key in the scope


class TransportAware(FastAPI):
    """An application whose responses can reach the connection they are sent on. ASGI has no word for "cut it off", so
    this takes the transport from uvicorn's request cycle, whose `send` is a bound method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As `FastAPI`; the transport is in the scope."""
        scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


@dataclass(frozen=True)
class Span:
    """Bytes of a file."""

    path: Path
    first: int
    size: int


class Answer(Response):
    """A status, headers and a body, from memory or from a file, of which a fault may make something else.

    The file is opened at once: whoever deletes it later does no harm.
    """

    def __init__(
        self,
        body: bytes | Span,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str = "application/json",
        *,
        fault: Fault | None = None,
        stall_seconds: float = 0.0,
    ) -> None:
        self._file: BinaryIO = io.BytesIO(body) if isinstance(body, bytes) else body.path.open("rb", buffering=0)
        self._first = 0 if isinstance(body, bytes) else body.first
        size = len(body) if isinstance(body, bytes) else body.size
        self._size = size // 2 if fault is Fault.TRUNCATED else size
        self._sent = self._size // 2 if fault in CUT_OFF else self._size
        self._inverted = size // 2 if fault is Fault.FLIPPED else -1
        self._fault, self._stall_seconds = fault, stall_seconds
        super().__init__(None, status, {**(headers or {}), "Content-Length": str(self._size)}, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and break where the fault wants it; what was truncated or flipped is sent as if it were right."""
        transport = scope.get(_TRANSPORT)
        with self._file:
            if self._fault is Fault.REFUSED:
                await cut(transport, reset=True)
                return
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for chunk in self._chunks():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                if transport is not None and transport.is_closing():  # the client is gone
                    return
            if self._fault in CUT_OFF:
                stalled = self._fault is Fault.STALL
                await asyncio.sleep(self._stall_seconds if stalled else HEAD_START_SECONDS)
                await cut(transport, reset=not stalled)
                return
            await send({"type": "http.response.body", "body": b""})

    def _chunks(self) -> Iterator[bytes]:
        """What is sent of the body."""
        self._file.seek(self._first)
        for at in range(0, self._sent, CHUNK_BYTES):
            chunk = self._file.read(min(CHUNK_BYTES, self._sent - at))
            if at <= self._inverted < at + len(chunk):
                chunk = flip(chunk, self._inverted - at)
            yield chunk


def one_line(text: str) -> str:
    """For an error: what the other side wrote is shortened and keeps to its line."""
    return " ".join(text[:300].split())


def json_answer(
    body: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    fault: Fault | None = None,
    stall_seconds: float = 0.0,
) -> Answer:
    """A JSON body; the rest as `Answer`."""
    return Answer(json.dumps(body).encode(), status, headers, fault=fault, stall_seconds=stall_seconds)


async def cut(transport: Any, *, reset: bool) -> None:
    """End the connection at once; `reset`: by RST, which the other side sees as "connection reset by peer"."""
    if transport is None:
        raise ConnectionAbortedError("the connection cannot be cut: this server is not uvicorn")
    if reset:
        # On close, linger time 0 drops what is unsent and answers with RST. The option belongs to the socket, not to
        # the descriptor, so it may be set through a duplicate; uvloop does not hand out the socket itself.
        with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await asyncio.sleep(0)  # let the protocol learn that its connection is gone, before the server asks for the rest


def flip(body: bytes, at: int) -> bytes:
    """The body with one byte inverted."""
    return body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :]


def come_back(fault: Fault, seconds: int, *, as_date: bool) -> Answer:
    """429 or 503 with `Retry-After`, in seconds or as a date."""
    status = 429 if fault is Fault.TOO_MANY_REQUESTS else 503
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True) if as_date else str(seconds)
    return json_answer({"error": f"busy; come back in [{seconds}] s"}, status, {"Retry-After": when})
