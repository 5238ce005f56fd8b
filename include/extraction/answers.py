"""What a gateway's answer means: done, a fault that may pass, or a refusal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from urllib3 import BaseHTTPResponse

from include.extraction.errors import Refusal
from include.interval import Interval

# 409: not ready, though the job said so. The others: the server itself says "later" or "my fault".
TEMPORARY = {408, 409, 425, 429, 500, 502, 503, 504}
READABLE = {HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}
REMEDIES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "renew the token of its connection",
    HTTPStatus.FORBIDDEN: "ask the agency to open the dataset to this token",
    HTTPStatus.UNPROCESSABLE_ENTITY: "choose a period that the agency can export",
}

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Export:
    """An export job at a gateway. Its text names it in messages."""

    gateway: str  # host and port
    dataset: str
    interval: Interval
    export_id: str = ""

    def __str__(self) -> str:
        return f"dataset [{self.dataset}], interval [{self.interval}], gateway [{self.gateway}]"


class Fault(Exception):  # noqa: N818  # a fault is not yet an error; it never leaves the client
    """May pass. `wait`: seconds that the gateway asked for."""

    def __init__(self, cause: str, wait: float | None = None) -> None:
        super().__init__(cause)
        self.cause, self.wait = cause, wait


class Absent(Exception):  # noqa: N818  # what a 404 means depends on who asked
    """404."""


def check_status(export: Export, response: BaseHTTPResponse) -> None:
    """Return if the body is worth reading. Raises `Absent`, `Fault`, `Refusal`."""
    status = response.status
    if status == HTTPStatus.NOT_FOUND:
        raise Absent
    if status in TEMPORARY:
        raise Fault(str(status), retry_after(response.headers))
    if status not in READABLE:
        remedy = REMEDIES.get(status, "compare the protocol with the agency")
        raise Refusal(f"{export}: the gateway answers [{status}]; {remedy}", str(status))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from either form of Retry-After (RFC 9110, 10.2.3); `None` if there is none that can be read."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    now = _http_date(headers.get("date", "")) or datetime.now(UTC)  # by the clock that wrote it, if it says so
    return max(0.0, (until - now).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse(export: Export, model: type[Answer], answer: bytes) -> Answer:
    """A JSON answer as the model that it must fit. Raises `Fault` for what is no JSON, `Refusal` for other JSON."""
    try:
        return model.model_validate_json(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise Fault("unreadable") from None
        key = ".".join(str(step) for step in first["loc"][:2])  # deeper steps may be the other side's own words
        raise Refusal(
            f"{export}: answer breaks the protocol at [{key}]: {first['msg']}; tell the agency", "protocol"
        ) from None
