"""Dates of birth as files have them -> ISO: what a value says by itself, and what only its column says.

12 MAR 1951 and 19510312 can be read in one way. 03/12/1951 can be read in two, and no row says in which; a column does,
of which other dates have a number beyond 12 in one place and never in the other.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from include.matching.fields import SEPARATOR

ENOUGH = 5  # distinct dates that tell; fewer are no column
NEARLY_ALL = 0.9  # share of them that say the same: in some rows day and month are exchanged
ISO_DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
TIME = r"[T ]\d\d?:\d\d.*$"
# Eight digits that begin with a year: as MMDDYYYY or DDMMYYYY they would have a month of 18 to 20. `.0` is what a frame
# makes of numbers of which some are missing. With something between them a year is followed by the month as well, in
# Hungary (2003.08.04.) and East Asia (2003年8月4日). A month or a day 00 is not known.
_YEAR, _MONTH_OF_YEAR, _DAY_OF_MONTH = r"(1[89]\d\d|20\d\d)", r"(0?\d|1[0-2])", r"(0?\d|[12]\d|3[01])"
YEAR_FIRST = (
    re.compile(rf"^{_YEAR}(0\d|1[0-2])([0-2]\d|3[01])(?:\.0)?$"),
    re.compile(rf"^{_YEAR}\s*[/.년年-]\s*{_MONTH_OF_YEAR}\s*[/.월月-]\s*{_DAY_OF_MONTH}\s*[.일日]?$"),
)
YEAR_LAST = r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH = (
    r"(?P<month>JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|"
    r"OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"
)
_DAY, _ANY_YEAR, _BETWEEN = r"(?P<day>\d{1,2})(?:ST|ND|RD|TH)?", r"(?P<year>\d{4}|\d\d)", r"[\s.,/-]*"
IN_WORDS = tuple(
    re.compile(f"^{_BETWEEN.join(parts)}$", re.IGNORECASE)
    for parts in ((_MONTH, r"(?P<year>\d{4})"), (_DAY, _MONTH, _ANY_YEAR), (_MONTH, _DAY, _ANY_YEAR))
)
ABOUT = re.compile(r"^(?:(?:C|CA|CIRCA|ABT|ABOUT|EST|APPROX)\b\.?|~)\s*(\d{4})$", re.IGNORECASE)


# Parts of one date that were joined as if they were several, and their format.
IN_PARTS = {
    r"\d{4};\d{1,2};\d{1,2}": "%Y %m %d",
    r"\d{1,2};\d{1,2};\d{4}": "%d %m %Y",
}


class Dates(NamedTuple):
    """Rows that give a date of birth, and those of which none can be read; and those that write it otherwise than they
    are asked to: the year first without dashes, the month in words, a year that is not certain, the year last."""

    given: int = 0
    unreadable: int = 0
    year_first: int = 0
    in_words: int = 0
    about: int = 0
    year_last: int = 0


class DayMonth(NamedTuple):
    """Distinct dates with the year last that tell whether day or month comes first; those in which it is the day."""

    told: int = 0
    day_first: int = 0

    @property
    def is_day_first(self) -> bool | None:
        """None where it is not certain."""
        share = self.day_first / max(self.told, 1)
        return share >= NEARLY_ALL if self.told >= ENOUGH and max(share, 1 - share) >= NEARLY_ALL else None


def day_month(pieces: Iterable["pd.Series[str]"]) -> DayMonth:
    """What a column says, as far as its pieces have to be read to know; of one in which no year is last, the first."""
    told = DayMonth()
    for values in pieces:
        parts = values.drop_duplicates().str.extract(YEAR_LAST).dropna().astype(int)
        first, second = parts[0] > 12, parts[1] > 12
        told = DayMonth(told.told + int((first ^ second).sum()), told.day_first + int((first & ~second).sum()))
        if (len(values) and parts.empty) or told.told >= ENOUGH:
            break
    return told


def in_parts(values: "pd.Series[str]") -> str | None:
    """The format that day, month and year, each of a column of its own, would have; None where they are no parts."""
    given = values[values != ""]
    found = (form for parts, form in IN_PARTS.items() if given.str.fullmatch(parts).mean() > NEARLY_ALL / 2)
    return next(found, None)


def iso_dates(
    values: "pd.Series[str]", date_format: str | None, day_first: bool | None = None
) -> tuple["pd.Series[str]", Dates]:
    """Dates in ISO form, each distinct text once; what cannot be read stays as it is. And how many rows give what.

    `date_format`: of the map; with it nothing else is read, since it may mean another order. `day_first`: what the
    column says of dates with the year last. Raises `ValueError` for a format that is none.
    """
    codes, texts = pd.factorize(values)
    distinct = pd.Series(texts, dtype="str").str.replace(TIME, "", regex=True)
    rows = np.bincount(codes, minlength=len(distinct))
    forms = Counter[str]()
    if date_format is not None:
        distinct = _by_format(distinct, date_format)
    iso = _are_iso(distinct)
    if date_format is None and not (all_iso := iso.all().to_numpy(dtype=bool)).all():
        plain = distinct.to_numpy(dtype=object, copy=True)
        for at in np.flatnonzero(~all_iso):
            read = [_read(part.strip(), day_first) for part in plain[at].split(SEPARATOR)]
            if found := {form for _, form in read if form}:
                plain[at] = f"{SEPARATOR} ".join(date for date, _ in read)
                forms.update(dict.fromkeys(found, int(rows[at])))
        distinct = pd.Series(plain, dtype="str")
        iso = _are_iso(distinct)
    given = (distinct != "").to_numpy(dtype=bool)
    readable = iso.any().to_numpy(dtype=bool)
    dates = Dates(int(rows[given].sum()), int(rows[given & ~readable].sum()), **forms)
    return distinct.take(codes).reset_index(drop=True), dates


def _are_iso(distinct: "pd.Series[str]") -> Any:
    """Whether dates are in ISO form: of each text one or several, grouped by it."""
    return distinct.str.split(SEPARATOR).explode().str.strip().str.fullmatch(ISO_DATE).groupby(level=0)


def _by_format(distinct: "pd.Series[str]", date_format: str) -> "pd.Series[str]":
    days = pd.to_datetime(distinct, format=date_format, errors="coerce", exact=True)
    if "%y" in date_format:  # 52 is read as 2052, and nobody is born in the future
        days = days.where(~(days > pd.Timestamp.now()), days - pd.DateOffset(years=100))
    read = days.dt.strftime("%Y-%m-%d")
    return distinct.where(read.isna(), read).astype("str")


def _read(text: str, day_first: bool | None) -> tuple[str, str]:
    """A date in ISO form and the field of `Dates` that counts it; the text itself, and "", if it cannot be read."""
    for form in YEAR_FIRST:
        if found := form.match(text):
            year, month, day = found.groups()
            known = (year, month.zfill(2), day.zfill(2))
            return "-".join(takewhile(lambda part: part != "00", known)), "year_first"
    if found := ABOUT.match(text):
        return found[1], "about"
    for form in IN_WORDS:
        if found := form.match(text):
            part = found.groupdict()
            month = MONTHS.index(part["month"][:3].upper()) + 1
            day = f"-{int(part['day']):02}" if "day" in part else ""
            return f"{_in_the_past(part['year'])}-{month:02}{day}", "in_words"
    if day_first is not None and (found := re.match(YEAR_LAST, text)):
        one, other, year = found.groups()
        day, month_number = (one, other) if day_first else (other, one)
        return f"{year}-{int(month_number):02}-{int(day):02}", "year_last"
    return text, ""


def _in_the_past(year: str) -> int:
    """Of two digits the year that is past: 52 is 1952, for nobody is born in the future."""
    if len(year) == 4:
        return int(year)
    now = pd.Timestamp.now().year
    return now - (now - int(year)) % 100
