"""What an agency's system holds: one table of versions per dataset, as text."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from include.simulator.draw import Ints, Texts
from include.simulator.people import Days


@dataclass(frozen=True)
class Dataset:
    """All versions of the records of one dataset, before the faults of rows. One position per version."""

    name: str
    columns: dict[str, Texts]  # by contract column; a blank is None
    keys: Texts  # of the record; parts of a compound key joined by "|"
    times: Ints  # source update time, seconds (UTC)
    persons: Ints  # position in the people; -1: the record is of no person
    role: str  # what the person is in this dataset


def key_of(parts: Iterable[Texts]) -> Texts:
    """The key columns as one text per record."""
    return np.array(["|".join(values) for values in zip(*parts, strict=True)], dtype=object)


def blanked(values: Texts) -> Texts:
    """Empty text becomes None."""
    return np.array([value or None for value in values], dtype=object)


def fold(text: str) -> str:
    """Latin letters without their accents, as systems without Unicode keep them."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def dates(days: Days, pattern: str) -> Texts:
    """Dates as text; NaT becomes an empty text. strftime's `pattern` may use %Y, %y, %m and %d."""
    known, position = np.unique(days, return_inverse=True)
    written = [
        "" if text == "NaT" else _date(text, pattern) for text in np.datetime_as_string(known.astype("datetime64[D]"))
    ]
    return np.array(written, dtype=object)[position]


def _date(iso: str, pattern: str) -> str:
    year, month, day = iso.split("-")
    return pattern.replace("%Y", year).replace("%y", year[2:]).replace("%m", month).replace("%d", day)


def timestamps(times: Ints) -> Texts:
    """Seconds since 1970 as `2014-09-30T21:14:05Z`."""
    texts = np.datetime_as_string(times.astype("datetime64[s]"))
    return np.array([f"{text}Z" for text in texts.tolist()], dtype=object)


def days_of(times: Ints) -> Days:
    """The day (UTC) of each time; a negative time becomes NaT."""
    days = (times // 86_400).astype("datetime64[D]")
    days[times < 0] = np.datetime64("NaT")
    return days
