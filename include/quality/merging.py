"""One row per version: what several attempts, or one export twice, say of the same version of a source record."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from include.contracts.model import Contract
from include.quality.parsing import Mask, Typed

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Merged:
    """`typed`: one row per version. `row`: the position of the last input row of each. `duplicate`: rows merged away.
    `conflicts`: per column, versions of which the rows gave different values.

    Of each input row, `version`: the number of its version; `is_used`: whether one of its values was taken.
    """

    typed: Typed
    row: Positions
    duplicate: int
    conflicts: dict[str, int]
    version: Positions
    is_used: Mask


def merge(contract: Contract, typed: Typed) -> Merged:
    """Merge rows with the same version key, field by field: a value beats a blank, a later row beats an earlier one.

    The rows come in the order of their precedence. A value stays unreadable if no other row could say it.
    """
    version, count = _versions(typed.table, contract.version_key)
    columns, unreadable, conflicts = [], {}, {}
    is_used = np.zeros(len(version), np.bool_)
    for name in contract.names:
        values = typed.table[name].combine_chunks()
        valid = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
        winner = np.full(count, -1, np.int64)
        winner[version[valid]] = valid  # of several rows of a version the last one is kept
        is_used[winner[winner >= 0]] = True
        columns.append(values.take(pa.array(winner, mask=winner < 0)))
        unreadable[name] = _of_version(typed.unreadable[name], version, count) & (winner < 0)
        if count < len(version) and (disputed := _conflicts(values, valid, winner, version)):
            conflicts[name] = disputed
    row = np.full(count, -1, np.int64)
    row[version] = np.arange(len(version))
    table = pa.Table.from_arrays(columns, schema=typed.table.schema)
    return Merged(Typed(table, unreadable), row, len(version) - count, conflicts, version, is_used)


def _versions(table: pa.Table, key: list[str]) -> tuple[Positions, int]:
    """For every row the number of its version, and how many versions there are."""
    version = np.zeros(len(table), np.int64)
    for name in key:
        codes = _codes(table[name].combine_chunks())
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


def _conflicts(values: pa.Array, valid: Positions, winner: Positions, version: Positions) -> int:
    codes = _codes(values)
    disputed = codes[valid] != codes[winner[version[valid]]]
    return len(np.unique(version[valid[disputed]]))
