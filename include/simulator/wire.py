"""Answers that break: each fault of the transport, as it looks on the wire."""

import asyncio
import os
import socket
import struct
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from include.simulator.transport import Fault

# How long the first half of a body gets to leave the machine before the connection is cut: a reset would overtake it.
HEAD_START_SECONDS = 0.05

_TRANSPORT = "include.simulator.transport"  # key in the scope


class TransportAware(Starlette):
    """An application whose responses can reach the connection they are sent on. ASGI has no word for "cut it off", so
    this takes the transport from uvicorn's request cycle, whose `send` is a bound method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As `Starlette`; the transport is in the scope."""
        scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


class BrokenResponse(Response):
    """`whole`, hit by a fault that strikes in its body."""

    def __init__(self, whole: Response, fault: Fault, stall_seconds: float) -> None:
        body = bytes(whole.body)
        if fault is Fault.TRUNCATED:
            body = body[: len(body) // 2]
        elif fault is Fault.FLIPPED:
            body = flip(body)
        super().__init__(body, whole.status_code)
        self.raw_headers = [(k, v) for k, v in whole.raw_headers if k != b"content-length"]
        self.raw_headers.append((b"content-length", str(len(body)).encode()))
        self._fault, self._stall_seconds = fault, stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the half of the body, then break; what was truncated or flipped is sent as if it were right."""
        if self._fault not in (Fault.RESET, Fault.STALL):
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(HEAD_START_SECONDS if self._fault is Fault.RESET else self._stall_seconds)
        await cut(scope.get(_TRANSPORT), reset=self._fault is Fault.RESET)


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


def flip(body: bytes) -> bytes:
    """The body with one byte in the middle inverted."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :] if body else body


def come_back(fault: Fault, seconds: int, *, as_date: bool) -> Response:
    """429 or 503 with `Retry-After`, in seconds or as a date."""
    status = 429 if fault is Fault.TOO_MANY_REQUESTS else 503
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True) if as_date else str(seconds)
    return JSONResponse({"error": f"busy; come back in [{seconds}] s"}, status, headers={"Retry-After": when})
