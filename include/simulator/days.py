"""Days and times, and how they are written."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from include.simulator.draw import Ints, Texts

Days = NDArray[np.datetime64]


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
    days[times < 0] = np.datetime64("NaT", "D")
    return days


def fiscal_year(days: Days) -> Ints:
    """The fiscal year of each day: it begins on 1 October of the year before."""
    months = days.astype("datetime64[M]").astype(np.int64)
    return 1970 + (months + 3) // 12
