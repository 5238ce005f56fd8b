"""How often a gateway's answers go wrong: a scenario's settings, and what a live change of the fault plan sets."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Rate = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    """A setting of which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Transport(Strict):
    """Rates of the faults on the wire, per request (`job_failed`: per attempt; the last three: per part)."""

    too_many_requests: Rate = 0.0
    unavailable: Rate = 0.0
    reset: Rate = 0.0
    stall: Rate = 0.0
    truncated: Rate = 0.0
    flipped: Rate = 0.0
    job_failed: Rate = 0.0
    job_failed_last_night: tuple[str, ...] = ()  # datasets whose first attempt of the last night fails for certain
    stall_seconds: Annotated[float, Field(ge=0, le=60)] = (
        1.0  # how long a stalled answer is silent before it is cut off
    )
