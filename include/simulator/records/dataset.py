"""What an agency's system holds: one table of versions per dataset, as text."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from include.simulator.draw import Bools, Ints, Texts


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


def numbers(values: Ints, prefix: str = "") -> Texts:
    """Integers as text, behind a prefix."""
    return texts([f"{prefix}{value}" for value in values.tolist()])


def upper(values: Texts) -> Texts:
    """Upper case without accents, as systems without Unicode keep text."""
    return texts([(value if value.isascii() else fold(value)).upper() for value in values])


def fold(text: str) -> str:
    """Latin letters without their accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def lookup(codes: Texts, table: dict[str, str]) -> Texts:
    """What each of the codes stands for; every code must be known."""
    return texts([table[code] for code in codes])


def last_of_each(record: Ints) -> Bools:
    """Which versions are the last of their record? `record` does not fall."""
    return np.append(record[1:] != record[:-1], True) if len(record) else np.zeros(0, dtype=bool)


def choose(conditions: Sequence[tuple[Bools, Texts | str]], default: Texts | str) -> Texts:
    """The first text whose condition holds, by position."""
    chosen: Texts | str = default
    for condition, value in reversed(conditions):
        chosen = np.where(condition, value, chosen).astype(object)
    return np.asarray(chosen, dtype=object)
