"""What a gateway is asked and what it answers, version 1 of the protocol: the shapes behind its OpenAPI description."""

import re
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _written_out(value: object) -> object:
    """A time is a text with a date and a clock; pydantic would take 1412035200 for one as well."""
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        return value
    raise ValueError("a time such as 2014-09-30T00:00:00Z is wanted")


Time = Annotated[AwareDatetime, BeforeValidator(_written_out)]


class ExportRequest(_Exact):
    """Body of `POST /v1/exports`: the versions that were updated in `[updated_from, updated_until)`."""

    dataset: str
    updated_from: Time
    updated_until: Time
    attempt: Annotated[int, Field(ge=1, le=10_000, strict=True)]


class Refused(_Exact):
    """Why a request was not served, in one line."""

    error: str


class Health(_Exact):
    """The gateway is up."""

    status: Literal["ok"]


class DatasetEntry(_Exact):
    """A dataset that can be exported."""

    name: str
    contract_version: str


class Datasets(_Exact):
    """All datasets of the agency."""

    datasets: list[DatasetEntry]


class Created(_Exact):
    """A job was accepted."""

    export_id: str
    state: Literal["queued"]


class State(_Exact):
    """How far a job is; `reason` says why it failed."""

    export_id: str
    state: Literal["running", "ready", "failed"]
    reason: str | None


class PartEntry(_Exact):
    """A file of an export: rows without the header, size and SHA-256 of the gzip file."""

    name: str
    rows: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ControlTotals(_Exact):
    """Rows, and values that are not blank by source column, as counted at the source."""

    rows: Annotated[int, Field(ge=0)]
    non_blank: dict[str, Annotated[int, Field(ge=0)]]


class Manifest(_Exact):
    """What an export consists of."""

    export_id: str
    dataset: str
    contract_version: str
    updated_from: AwareDatetime
    updated_until: AwareDatetime
    parts: list[PartEntry]
    control_totals: ControlTotals


class Injected(_Exact):
    """A fault that the gateway injected: no value of a row, only which columns and how many rows it hit.

    `request`: `create`, `status`, `manifest` or the name of a part. `rows`: null where a fault is not of rows.
    """

    dataset: str
    updated_from: AwareDatetime
    updated_until: AwareDatetime
    attempt: int
    request: str
    fault: str
    rows: int | None
    columns: list[str]


class Served(_Exact):
    """An export job that was accepted: how often it was asked for, and how many requests were made for it in all.
    `parts`, `rows` and `bytes` are of its files."""

    export_id: str
    dataset: str
    updated_from: AwareDatetime
    updated_until: AwareDatetime
    attempt: int
    state: Literal["running", "ready", "failed"]
    parts: Annotated[int, Field(ge=0)]
    rows: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]
    asked_for: Annotated[int, Field(ge=1)]
    requests: Annotated[int, Field(ge=1)]
