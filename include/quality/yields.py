"""What each attempt of an interval was worth, per field, and what all of them together hold after it.

A part is in memory at a time, and of each version 17 bytes: an attempt of any size can be measured.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from include.contracts.model import Contract
from include.interval import Interval
from include.quality.errors import PartError
from include.quality.hashing import encode
from include.quality.parsing import Mask, as_mask, read_values
from include.quality.reading import Part, Rows, read_part
from include.quality.repairs import MOVED, RECODED
from include.quality.rules import Rule, all_breaches, any_row

Words = npt.NDArray[np.uint64]

# A shortfall that chance explains once in a hundred nights is not worth an attempt; the same bound as the gate's.
CHANCE = 0.01
# A fiscal year without a row is missed where the others let one expect this many: by chance once in 20,000.
EXPECTED_ROWS = 10
DAMAGE = "*"  # in the place of a field
FISCAL_YEAR_MONTH = 10  # the federal fiscal year N begins on 1 October N-1


@dataclass(frozen=True)
class FieldYield:
    """A field in an attempt. Usable rows: `present`, `missing` (blank), `placeholder` (a text that the contract takes
    for no value), `invalid` (cannot be read, or breaks a rule). Versions of the union of this attempt and all before
    it: `new` have their first value by this one, `held` of `versions` have a value.

    Once an attempt is complete, only versions that a complete attempt has count as `held` and in `versions`.
    """

    attempt: int
    field: str
    present: int
    missing: int
    placeholder: int
    invalid: int
    new: int
    held: int
    versions: int


@dataclass(frozen=True)
class Yields:
    """Of each attempt every field; how many versions of the union were updated in each fiscal year.

    `damaged`: rows of the last attempt that were put right by moving fields or changing characters, or not at all.
    """

    fields: list[FieldYield]
    fiscal_years: dict[int, int]
    damaged: int = 0

    def last(self) -> list[FieldYield]:
        """The fields after the last attempt."""
        return [field for field in self.fields if field.attempt == self.fields[-1].attempt]


def measure(contract: Contract, parts: Sequence[Part], complete: Collection[int] = ()) -> Yields:
    """Measure attempts in the order of their numbers. A part that cannot be read yields nothing.

    `complete`: attempts that are complete by their control totals.
    """
    union = _Union(len(contract.names))
    found = []
    ordered = sorted(parts, key=lambda part: (part.attempt, part.name))
    damaged = 0
    for attempt, of_attempt in groupby(ordered, key=lambda part: part.attempt):
        damaged = 0
        counts = np.zeros((len(contract.names), 4), np.int64)
        before = union.ever()
        for part in of_attempt:
            try:
                rows = read_part(contract, part)
            except PartError:
                continue
            damaged += _damaged(rows)
            counts += _add(contract, rows.table, union, is_complete=attempt in complete)
        union.settle()
        new, held, versions = union.ever() - before, union.held(), union.versions()
        found += [
            FieldYield(attempt, name, *map(int, (*counts[at], new[at], held[at], versions)))
            for at, name in enumerate(contract.names)
        ]
    return Yields(found, union.fiscal_years(), damaged)


def shortfalls(
    contract: Contract, interval: Interval, yields: Yields, usual: Mapping[str, float] | None = None
) -> dict[str, str]:
    """What the union lacks against the contract: field (`""`: rows; `DAMAGE`: what the last attempt brought damaged) ->
    why, in one line of names and counts.

    `usual`: share of the versions of other intervals that have a value, by field.
    """
    found = dict(_missing_years(interval, yields))
    if yields.damaged:
        found[DAMAGE] = f"[{yields.damaged}] rows came damaged and may come whole"
    for field in yields.last() if yields.fields else ():
        least = contract.column(field.field).completeness
        if least is not None and field.held < least * field.versions:
            found[field.field] = (
                f"column [{field.field}] has [{field.held}] values in [{field.versions}] versions, the contract asks "
                f"[{least:.1%}]"
            )
        elif not field.held and (1 - (usual or {}).get(field.field, 0.0)) ** field.versions < CHANCE:
            found[field.field] = f"column [{field.field}] came empty in [{field.versions}] versions"
    return found


def _missing_years(interval: Interval, yields: Yields) -> Iterator[tuple[str, str]]:
    rows, days = sum(yields.fiscal_years.values()), (interval.end - interval.start).total_seconds()
    for year in range(_fiscal_year(interval.start), _fiscal_year(interval.end) + 1):
        start = max(interval.start, datetime(year - 1, FISCAL_YEAR_MONTH, 1, tzinfo=UTC))
        end = min(interval.end, datetime(year, FISCAL_YEAR_MONTH, 1, tzinfo=UTC))
        expected = rows * max(0.0, (end - start).total_seconds()) / days
        if expected >= EXPECTED_ROWS and not yields.fiscal_years.get(year):
            yield "", f"fiscal year [{year}] has no row, about [{expected:.0f}] are expected"


def _fiscal_year(at: datetime) -> int:
    return at.year + (at.month >= FISCAL_YEAR_MONTH)


class _Union:
    """Which fields of which versions have a value: a bit a field, one more for "in a complete attempt"."""

    def __init__(self, width: int) -> None:
        if width > 62:
            raise ValueError(f"[{width}] columns are more than can be measured; widen the words")
        self.confirmed = np.uint64(1 << width)
        self._bits = [np.uint64(1 << at) for at in range(width)]
        self._keys, self._words = np.empty(0, np.uint64), np.empty(0, np.uint64)
        self._years = np.empty(0, np.int16)
        self._added: list[tuple[Words, Words, npt.NDArray[np.int16]]] = []

    def add(self, keys: Words, words: Words, years: npt.NDArray[np.int16]) -> None:
        self._added.append((keys, words, years))

    def settle(self) -> None:
        """Take in what was added."""
        columns = list(zip((self._keys, self._words, self._years), *self._added, strict=True))
        keys, words, years = (np.concatenate(column) for column in columns)
        order = np.argsort(keys, kind="stable")
        self._keys, first = np.unique(keys[order], return_index=True)
        self._words = np.bitwise_or.reduceat(words[order], first) if len(first) else words
        self._years = years[order][first]
        self._added = []

    def ever(self) -> npt.NDArray[np.int64]:
        """Versions that have a value, by field."""
        return self._count(self._words)

    def held(self) -> npt.NDArray[np.int64]:
        """The same, of the versions that count."""
        return self._count(self._words[self._counts()])

    def versions(self) -> int:
        """How many count."""
        return int(self._counts().sum())

    def fiscal_years(self) -> dict[int, int]:
        """Versions that count by fiscal year of their update."""
        years, counts = np.unique(self._years[self._counts()], return_counts=True)
        return dict(zip(years.tolist(), counts.tolist(), strict=True))

    def _counts(self) -> Mask:
        confirmed: Mask = (self._words & self.confirmed) != 0
        return confirmed if confirmed.any() else np.ones(len(self._words), np.bool_)

    def _count(self, words: Words) -> npt.NDArray[np.int64]:
        return np.array([np.count_nonzero(words & bit) for bit in self._bits], np.int64)


def _damaged(rows: Rows) -> int:
    """Rows that another attempt may bring whole."""
    mended = pc.list_flatten(rows.table["repairs"]).to_pylist()
    return len(rows.malformed) + sum(label in {*MOVED, *RECODED} for label in mended)


def _add(contract: Contract, text: pa.Table, union: _Union, *, is_complete: bool) -> npt.NDArray[np.int64]:
    """Take the rows of a part into the union; their counts by field: present, missing, placeholder, invalid."""
    counts = np.zeros((len(contract.names), 4), np.int64)
    typed = read_values(contract, text)
    broken = {name: mask for name, mask in all_breaches(contract, typed).items() if name[1] is not Rule.REQUIRED}
    identity = set(contract.version_key)
    lacks = [typed.table[name].is_null().to_numpy() for name in contract.version_key]
    usable = ~any_row({name: mask for name, mask in broken.items() if name[0] in identity}, len(text))
    usable &= ~np.logical_or.reduce(lacks)
    words = np.full(len(text), union.confirmed if is_complete else 0, np.uint64)
    for at, name in enumerate(contract.names):
        invalid = any_row({rule: mask for rule, mask in broken.items() if rule[0] == name}, len(text))
        valid = as_mask(typed.table[name].combine_chunks().is_valid()) & ~invalid
        blank = as_mask(text[name].combine_chunks().is_null())
        kinds = (valid, blank & ~invalid, ~(valid | blank | invalid), invalid)
        counts[at] = [np.count_nonzero(kind & usable) for kind in kinds]
        words[valid] |= np.uint64(1 << at)
    updated = typed.table[contract.updated_at].combine_chunks().filter(pa.array(usable))
    years = np.asarray(pc.year(updated).to_numpy(zero_copy_only=False)) + (
        np.asarray(pc.month(updated).to_numpy(zero_copy_only=False)) >= FISCAL_YEAR_MONTH
    )
    keys = encode(typed.table.filter(pa.array(usable)), contract.version_key).to_numpy(zero_copy_only=False)
    union.add(pd.util.hash_array(keys, categorize=False), words[usable], years.astype(np.int16))
    return counts
