"""One row per version: what several attempts, or one export twice, say of the same version of a source record."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from include.contracts.model import Contract
from include.quality.parsing import Mask, Typed, as_mask, whole

Positions = npt.NDArray[np.int64]


class Doubt(IntEnum):
    """From none to most."""

    NONE = 0
    ODD = 1  # breaks a rule, or its characters were put right: as it was recorded, perhaps
    GUESSED = 2  # the century of a date with two digits of the year: nobody recorded it


@dataclass(frozen=True)
class Trust:
    """How far rows are believed. `mended`: fields of the row had to be moved, so an intact row of its version replaces
    it. `doubt`: per column the `Doubt` of each value; one gives way to any of less doubt."""

    mended: Mask
    doubt: dict[str, npt.NDArray[np.int8]]

    def filter(self, rows: Mask) -> "Trust":
        """The rows of a mask."""
        return Trust(self.mended[rows], {name: doubt[rows] for name, doubt in self.doubt.items()})


@dataclass(frozen=True)
class Merged:
    """`typed`: one row per version. `row`: the position of the last input row of each. `duplicate`: rows merged away.
    `conflicts`: per column, positions of the input rows whose value another row of their version contradicted.
    `winner`: per column and version, the input row that gave the value; -1 where no row has one. Empty if no rows were
    merged: each gave its own.

    Of each input row, `version`: the number of its version; `is_used`: whether one of its values was taken.
    """

    typed: Typed
    row: Positions
    duplicate: int
    conflicts: dict[str, Positions]
    winner: dict[str, Positions]
    version: Positions
    is_used: Mask


def merge(contract: Contract, typed: Typed, trust: Trust) -> Merged:
    """Merge rows with the same version key, field by field: a value beats a blank, one of less doubt one of more, a
    later row an earlier one. A later source update is another version, and beats an earlier one in the views.

    The rows come in the order of their precedence. A value stays unreadable if no other row could say it.
    """
    version, count = _versions(typed.table, contract.version_key)
    if count == len(version):
        return _unmerged(typed)
    heard = ~(trust.mended & _of_version(~trust.mended, version, count)[version])
    columns, unreadable, conflicts, winners = [], {}, {}, {}
    is_used = np.zeros(len(version), np.bool_)
    for name in contract.names:
        values = whole(typed.table[name])
        valid = values.is_valid().to_numpy(zero_copy_only=False) & heard
        winner = np.full(count, -1, np.int64)
        for doubt in sorted(Doubt, reverse=True):
            rows = np.flatnonzero(valid & (trust.doubt[name] == doubt))
            winner[version[rows]] = rows  # of several rows of a version the last one is kept
        is_used[winner[winner >= 0]] = True
        columns.append(values.take(pa.array(winner, mask=winner < 0)))
        unreadable[name] = _of_version(typed.unreadable[name], version, count) & (winner < 0)
        winners[name] = winner
        if count < len(version) and len(disputed := _conflicts(values, np.flatnonzero(valid), winner, version)):
            conflicts[name] = disputed
    row = np.full(count, -1, np.int64)
    row[version] = np.arange(len(version))
    table = pa.Table.from_arrays(columns, schema=typed.table.schema)
    return Merged(Typed(table, unreadable), row, len(version) - count, conflicts, winners, version, is_used)


def _unmerged(typed: Typed) -> Merged:
    """Rows of which each is a version of its own."""
    rows = np.arange(len(typed.table))
    is_used = np.logical_or.reduce([as_mask(typed.table[name].is_valid()) for name in typed.table.column_names])
    return Merged(typed, rows, 0, {}, {}, rows, is_used)


def _versions(table: pa.Table, key: list[str]) -> tuple[Positions, int]:
    """For every row the number of its version, and how many versions there are."""
    version = np.zeros(len(table), np.int64)
    for name in key:
        codes = _codes(whole(table[name]))
        if name == key[0] and codes.max(initial=-1) + 1 == len(table):
            return codes, len(table)
        _, version = np.unique(version * (len(table) + 1) + codes, return_inverse=True)
    return version, int(version.max(initial=-1)) + 1


def _codes(values: pa.Array) -> Positions:
    """Equal values, equal numbers, below the number of rows."""
    return np.asarray(values.dictionary_encode().indices.fill_null(-1).to_numpy(), dtype=np.int64)


def _of_version(mask: Mask, version: Positions, count: int) -> Mask:
    """Versions of which at least one row is in the mask."""
    found = np.zeros(count, np.bool_)
    found[version[mask]] = True
    return found


def _conflicts(values: pa.Array, valid: Positions, winner: Positions, version: Positions) -> Positions:
    """Rows whose value is not the one that was kept."""
    codes = _codes(values)
    disputed: Positions = valid[codes[valid] != codes[winner[version[valid]]]]
    return disputed
