"""Answers as they go over the wire, whole or broken: each fault of the transport, as the client meets it."""

import asyncio
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from include.simulator.transport import Fault

# How long the first half of a body gets to leave the machine before the connection is cut: a reset would overtake it.
HEAD_START_SECONDS = 0.05

# One read and one send: large enough that a gigabyte is no more than some thousand of them, small enough that a
# hundred clients at once are no burden.
CHUNK_BYTES = 1 << 18

_TRANSPORT = "include.simulator.transport"  # key in the scope


class TransportAware(FastAPI):
    """An application whose responses can reach the connection they are sent on. ASGI has no word for "cut it off", so
    this takes the transport from uvicorn's request cycle, whose `send` is a bound method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As `FastAPI`; the transport is in the scope."""
        scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


@dataclass(frozen=True)
class Span:
    """Bytes of a file. `inverted`: the position of a byte that is sent wrong."""

    path: Path
    first: int
    size: int
    inverted: int | None = None

    def chunks(self) -> Iterator[bytes]:
        """The bytes in their order. The file is opened at once: whoever deletes it later does no harm."""
        return self._read(self.path.open("rb", buffering=0))
