"""How often a gateway's answers and files go wrong: a scenario's settings, and what a live change of the plan sets."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

# Strict: "0.5" and true are no rates.
Rate = Annotated[float, Field(ge=0, le=1, strict=True)]


class Strict(BaseModel):
    """A setting of which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# Of each group at most one fault strikes at a time, so its rates add up to at most 1.
PER_REQUEST = ("too_many_requests", "unavailable", "reset", "stall", "refused")
PER_PART_REQUEST = ("truncated", "flipped")  # beside those of any request
PER_PART = ("part_missing", "part_twice", "part_late", "etag_changed")
PER_ATTEMPT = ("job_failed", "job_never_ends", "empty_export", "expired_token", "job_slow")
NO_RATES = ("job_failed_last_night", "stall_seconds", "job_slow_seconds")  # of `Transport`: other settings


class Transport(Strict):
    """Rates of the faults on the way: per request, per part and per attempt."""

    too_many_requests: Rate = 0.0
    unavailable: Rate = 0.0
    reset: Rate = 0.0
    stall: Rate = 0.0
    refused: Rate = 0.0
    truncated: Rate = 0.0
    flipped: Rate = 0.0
    part_missing: Rate = 0.0
    part_twice: Rate = 0.0
    part_late: Rate = 0.0
    etag_changed: Rate = 0.0
    job_failed: Rate = 0.0
    job_never_ends: Rate = 0.0
    empty_export: Rate = 0.0
    expired_token: Rate = 0.0
    job_slow: Rate = 0.0
    job_failed_last_night: tuple[str, ...] = ()  # datasets whose first attempt of the last night fails for certain
    stall_seconds: Annotated[float, Field(ge=0, le=60, strict=True)] = (
        1.0  # how long a stalled answer is silent before it is cut off
    )

    job_slow_seconds: Annotated[float, Field(ge=0, le=600, strict=True)] = (
        30.0  # of a slow job; a worker of ours waits 20 s for one before it gives itself back
    )

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        for group in (PER_REQUEST + PER_PART_REQUEST, PER_PART, PER_ATTEMPT):
            if sum(getattr(self, name) for name in group) > 1 + 1e-9:  # rates such as 0.1 have no exact sum
                raise ValueError(f"rates of [{', '.join(group)}] add up to more than 1; at most one strikes at a time")
        return self


class Files(Strict):
    """Rates of the faults in a delivered file, per attempt. Each strikes on its own: a file may have several."""

    columns_renamed: Rate = 0.0
    columns_reordered: Rate = 0.0
    columns_dropped: Rate = 0.0
    columns_shifted: Rate = 0.0
    column_twice: Rate = 0.0
    column_blank: Rate = 0.0
    field_blank: Rate = 0.0
    extra_fields: Rate = 0.0
    header_repeated: Rate = 0.0
    preamble: Rate = 0.0
    bom: Rate = 0.0
    utf16: Rate = 0.0
    cp1252: Rate = 0.0
    double_encoded: Rate = 0.0
    nul_bytes: Rate = 0.0
    mixed_dates: Rate = 0.0
    duplicates: Rate = 0.0
    aliases_as_rows: Rate = 0.0
    fiscal_year_missing: Rate = 0.0
    out_of_period: Rate = 0.0
    other_program: Rate = 0.0
    totals_disagree: Rate = 0.0
