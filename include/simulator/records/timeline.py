"""When the agencies' systems update a record: the source update times that exports are cut by.

Times are whole seconds since 1970 (UTC), in int64; -1 means "did not happen within the period".
"""

from dataclasses import dataclass

import numpy as np

from include.simulator.draw import Bools, Draw, Ints
from include.simulator.scenario import Busy, Scenario

DAY = 86_400
NEVER = -1

# Office hours on the American mainland, in UTC: updates are typed between 12:00 and 23:00. That leaves an hour before
# midnight for what follows a record on the same night.
OPENS, CLOSES = 12 * 3600, 23 * 3600

# Delays between the steps of a case were 'years' in life. In a scenario shorter than this they shrink in proportion, so
# that a month of history holds decisions as well as receipts.
FULL_PACE_DAYS = 730


@dataclass(frozen=True)
class Calendar:
    """The period of a scenario: [start, end), seconds; and where its updates crowd."""

    start: int
    end: int
    busy: Busy

    @classmethod
    def of(cls, scenario: Scenario) -> "Calendar":
        """The calendar of a scenario."""
        return cls(int(scenario.start.timestamp()), int(scenario.end.timestamp()), scenario.busy)

    @property
    def days(self) -> int:
        """Length of the period."""
        return (self.end - self.start) // DAY

    @property
    def pace(self) -> float:
        """By what the delays of life are multiplied."""
        return min(1.0, self.days / FULL_PACE_DAYS)

    @property
    def busy_days(self) -> Ints:
        """Midnights that begin the busy nights' days; the last night comes last."""
        return self.end - DAY * np.arange(self.busy.nights, 0, -1, dtype=np.int64)


def office_time(draw: Draw, day: Ints) -> Ints:
    """A second of the office hours of each of these days (midnights)."""
    return day + draw.between(OPENS, CLOSES, len(day))


def entries(draw: Draw, calendar: Calendar, n: int) -> Ints:
    """When `n` records are first entered: all over the period, a surge at its end, crowds in the busy nights."""
    day = calendar.start + DAY * draw.between(0, calendar.days, n)
    return office_time(draw, _crowd(draw, calendar, day, calendar.busy.share, calendar.busy.surge_share))


def _crowd(draw: Draw, calendar: Calendar, day: Ints, busy: float, surge: float) -> Ints:
    """The days (midnights), of which these shares are put off to each busy night and to the surge."""
    n, nights = len(day), calendar.busy.nights
    luck = draw.uniform(n)
    surge_days = min(calendar.busy.surge_days, calendar.days)
    late = calendar.end - DAY * draw.between(1, surge_days + 1, n)
    tonight = calendar.busy_days[draw.between(0, nights, n)]
    day = np.where(luck < nights * busy, tonight, day)
    return np.where((luck >= nights * busy) & (luck < nights * busy + surge), late, day)


def follow(draw: Draw, calendar: Calendar, start: Ints, steps: list[tuple[float, int]]) -> Ints:
    """What becomes of records entered at `start`: an array (records, 1 + steps) of times, rising along a row.

    A step is (probability, longest delay in days after what came before). What would happen after the period has not
    happened. Of the last updates, some are entered late: in the surge or in a busy night.
    """
    n = len(start)
    times = np.full((n, 1 + len(steps)), NEVER, dtype=np.int64)
    times[:, 0] = last = start
    for number, (rate, longest) in enumerate(steps, start=1):
        delay = 3600 + draw.skewed(longest * calendar.pace * DAY, n).astype(np.int64)
        when = office_time(draw, (last + delay) // DAY * DAY)
        when = np.where(when > last, when, when + DAY)
        happens = draw.chance(rate, n) & (when < calendar.end)
        times[happens, number] = when[happens]
        last = np.where(happens, when, last)
    return _enter_late(draw, calendar, times)


def _enter_late(draw: Draw, calendar: Calendar, times: Ints) -> Ints:
    """Put the last update of some records off, so that updates crowd as entries do. First versions stay in place."""
    updated = (times[:, 1:] != NEVER).sum(axis=1)
    has = np.flatnonzero(updated)
    if len(has) == 0:
        return times
    column = times.shape[1] - 1 - np.argmax(times[has, ::-1] != NEVER, axis=1)
    per_record = float(updated[has].mean())  # only one update of a record can move: so move it that much more often
    was = times[has, column]
    moved = _crowd(
        draw, calendar, was // DAY * DAY, calendar.busy.share * per_record, calendar.busy.surge_share * per_record
    )
    when = office_time(draw, moved)
    times[has, column] = np.where((moved != was // DAY * DAY) & (when > was), when, was)
    return times


def refresh(draw: Draw, times: Ints, night: Ints) -> Ints:
    """Add a column: an update in the night that begins with that midnight (`NEVER`: none); none follows it."""
    when = office_time(draw, night)
    asked = (night != NEVER) & (times[:, 0] < when)  # a record entered that very night needs no update
    times = np.where(asked[:, None] & (times >= when[:, None]), NEVER, times)
    return np.column_stack([times, np.where(asked, when, NEVER)])


def planted_nights(draw: Draw, calendar: Calendar, who: Bools) -> Ints:
    """For the chosen ones of `who`, a busy night (mostly the last one): its midnight; `NEVER` for all others."""
    n = len(who)
    earlier = calendar.busy_days[draw.between(0, calendar.busy.nights, n)]
    night = np.where(draw.chance(0.75, n), calendar.busy_days[-1], earlier)
    return np.where(who & draw.chance(calendar.busy.planted_pairs, n), night, NEVER)


def shortly_after(draw: Draw, calendar: Calendar, start: Ints) -> Ints:
    """When what belongs to a record is entered: within the hour; one in thirty weeks later, if the period lasts."""
    n = len(start)
    soon = start + draw.between(60, 3600, n)
    late = soon + draw.skewed(60 * calendar.pace * DAY, n).astype(np.int64)
    return np.where(draw.chance(1 / 30, n) & (late < calendar.end), late, soon)


def unroll(times: Ints) -> tuple[Ints, Ints, Ints]:
    """The versions in a row each: position of the record, number of the step, update time."""
    record, step = np.nonzero(times != NEVER)
    return record.astype(np.int64), step.astype(np.int64), times[record, step]
