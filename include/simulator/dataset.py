"""What an agency's system holds: one table of versions per dataset, as text."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.simulator.draw import Bools, Ints, Texts
from include.simulator.people import Days


@dataclass(frozen=True)
class Dataset:
    """All versions of the records of one dataset, before the faults of rows.

    `columns`, `record` and `times` have one position per version, `keys` and `persons` one per record.
    """

    name: str
    columns: dict[str, Texts]  # by contract column; a blank is None or an empty text
    record: Ints  # position of the record that this is a version of
    times: Ints  # source update time, seconds (UTC)
    keys: Texts  # of the record; parts of a compound key joined by "|"
    persons: Ints  # position in the people; -1: the record is of no person
    role: str  # what the person is in this dataset


def key_of(parts: Iterable[Texts]) -> Texts:
    """The key columns as one text per record."""
    return texts("|".join(values) for values in zip(*parts, strict=True))


def texts(values: Iterable[str]) -> Texts:
    """The values as an array."""
    return np.array(list(values), dtype=object)


def numbers(values: Ints, width: int = 0, prefix: str = "") -> Texts:
    """Integers as text, padded with zeros to a width, behind a prefix."""
    return texts([f"{prefix}{value:0{width}d}" for value in values.tolist()])


def upper(values: Texts) -> Texts:
    """Upper case without accents, as systems without Unicode keep text."""
    return texts([(value if value.isascii() else fold(value)).upper() for value in values])


def fold(text: str) -> str:
    """Latin letters without their accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def lookup(codes: Texts, table: dict[str, str]) -> Texts:
    """What each of the codes stands for; every code must be known."""
    return texts([table[code] for code in codes])


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
    moments = pa.array(times).cast(pa.timestamp("s"))
    written: Texts = pc.strftime(moments, format="%Y-%m-%dT%H:%M:%SZ").to_numpy(zero_copy_only=False)
    return written


def days_of(times: Ints) -> Days:
    """The day (UTC) of each time; a negative time becomes NaT."""
    days = (times // 86_400).astype("datetime64[D]")
    days[times < 0] = np.datetime64("NaT")
    return days


def fiscal_year(days: Days) -> Ints:
    """The fiscal year of each day: it begins on 1 October of the year before."""
    months = days.astype("datetime64[M]").astype(np.int64)
    return 1970 + (months + 3) // 12


def last_of_each(record: Ints) -> Bools:
    """Which versions are the last of their record? `record` does not fall."""
    return np.append(record[1:] != record[:-1], True) if len(record) else np.zeros(0, dtype=bool)


def choose(conditions: Sequence[tuple[Bools, Texts | str]], default: Texts | str) -> Texts:
    """The first text whose condition holds, by position."""
    chosen: Texts | str = default
    for condition, value in reversed(conditions):
        chosen = np.where(condition, value, chosen).astype(object)
    return np.asarray(chosen, dtype=object)
