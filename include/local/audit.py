"""The audit again."""

from datetime import date


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from that of one day to that of another, both included."""
    days = [first.replace(day=1)]
    while (day := add_month(days[-1])) <= last:
        days.append(day)
    return days


def add_month(day: date) -> date:
    """The first day of the next month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
