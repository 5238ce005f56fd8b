"""A period of source update time, half-open: what a night exports."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time


def midnight(day: date) -> datetime:
    """When a day begins (UTC)."""
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, order=True)
class Interval:
    """`[start, end)`, both in UTC. Raises `ValueError` for a naive bound or an empty period."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"interval [{self.start} .. {self.end}]: bounds need a time zone")
        if self.start >= self.end:
            raise ValueError(f"interval [{self.start} .. {self.end}] is empty")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def __str__(self) -> str:
        """For messages: `2014-09-30T00:00Z..2014-10-01T00:00Z`."""
        return f"{self.start:%Y-%m-%dT%H:%MZ}..{self.end:%Y-%m-%dT%H:%MZ}"

    @property
    def slug(self) -> str:
        """For file names: `20140930T000000Z_20141001T000000Z`."""
        return f"{self.start:%Y%m%dT%H%M%SZ}_{self.end:%Y%m%dT%H%M%SZ}"
