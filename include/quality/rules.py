"""The rules that a contract can set for a column, and which rows break them.

Values are typed already (`parsing`). A null breaks only `required`; every other rule speaks about values.
A date is the midnight (UTC) that begins it when it is compared with a timestamp.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.ahead import side_by_side
from include.contracts.model import Column, ColumnType, Contract, ContractError
from include.quality.parsing import Mask, Typed, as_mask, over_distinct, whole

Breaches = dict[tuple[str, "Rule"], Mask]  # (column, rule) -> rows that break it; only rules that some row breaks

TEMPORAL = (ColumnType.DATE, ColumnType.TIMESTAMP)


class Rule(StrEnum):
    """What is asked of a column, or of the table."""

    COLUMNS = "columns"  # of the table: the contract's columns, in its order
    TYPES = "types"  # of the table: the contract's types
    UNIQUE = "unique"  # of the table: a version once
    COMPLETENESS = "completeness"  # share of usable values
    NEEDED = "needed"  # the same, among rows that need one
    MATCHABLE = "matchable"  # share of rows that have a route to the other side: one by its name, or any
    HISTORY = "history"  # completeness against the nights before
    ROW_COUNT = "row_count"  # of the table, against the nights before
    REQUIRED = "required"
    PATTERN = "pattern"
    MAX_LENGTH = "max_length"
    ALLOWED = "allowed"
    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    UNREADABLE = "unreadable"
    UNCONFIRMED = "unconfirmed"  # of a row: an attempt that is complete does not have its version


def rules_of(contract: Contract, column: Column) -> list[Rule]:
    """The rules that a contract sets for the values of a column. Raises `ContractError` for one that cannot work."""
    wanted = {
        Rule.REQUIRED: column.required,
        Rule.PATTERN: column.pattern is not None,
        Rule.MAX_LENGTH: column.max_length is not None,
        Rule.ALLOWED: bool(column.allowed),
        Rule.NOT_BEFORE: column.not_before is not None,
        Rule.NOT_AFTER: column.not_after is not None,
    }
    rules = [rule for rule, is_set in wanted.items() if is_set]
    for rule in rules:
        of_text = rule in (Rule.PATTERN, Rule.MAX_LENGTH, Rule.ALLOWED)
        of_time = rule in (Rule.NOT_BEFORE, Rule.NOT_AFTER)
        bound = contract.column(column.not_after).type if rule is Rule.NOT_AFTER and column.not_after else column.type
        if (of_text and column.type is not ColumnType.STRING) or (of_time and not {column.type, bound} <= {*TEMPORAL}):
            raise ContractError(
                f"dataset [{contract.dataset}], column [{column.name}]: rule [{rule}] cannot be checked on type "
                f"[{column.type}]; correct the contract"
            )
    return rules


def find_breaches(contract: Contract, table: pa.Table) -> Breaches:
    """Which rows of a typed table break which rule, in the order of the contract."""
    asked = [(column, rule) for column in contract.columns for rule in rules_of(contract, column)]
    masks = side_by_side(lambda each: as_mask(_BROKEN[each[1]](each[0], table)), asked, len(table))
    return {(column.name, rule): rows for (column, rule), rows in zip(asked, masks, strict=True) if rows.any()}


def all_breaches(contract: Contract, typed: Typed) -> Breaches:
    """All breaches of the rows, the unreadable values among them."""
    unreadable = {(name, Rule.UNREADABLE): mask for name, mask in typed.unreadable.items() if mask.any()}
    return {**find_breaches(contract, typed.table), **unreadable}


def anchored(pattern: str) -> str:
    """A contract's pattern for engines that search, in the dialect they share: it must match in full, and a digit is
    0 to 9. Great Expectations hands patterns to pandas, which runs them with RE2 or, depending on the data, with
    Python, where `\\d` is any script's digit.

    Raises `ContractError` for a pattern that does not mean the same everywhere.
    """
    pieces, in_class = [], False
    for mark in re.findall(r"\\.|\(\?|.", pattern, re.DOTALL):
        if mark == r"\d":
            pieces.append("0-9" if in_class else "[0-9]")
        elif mark[0] == "\\" and mark[1].isalnum():
            raise ContractError(f"pattern [{pattern}] uses [{mark}]; list the characters that are meant")
        else:
            pieces.append("(?:" if mark == "(" and not in_class else mark)
            in_class = mark == "[" or (in_class and mark != "]")
    whole = f"^(?:{''.join(pieces)})$"
    try:
        pc.match_substring_regex(pa.array([""]), whole)
    except pa.ArrowInvalid:
        raise ContractError(f"pattern [{pattern}] is not one RE2 runs (no look-around); correct the contract") from None
    return whole


def _values(column: Column, table: pa.Table) -> pa.Array:
    return whole(table[column.name])


def _missing(column: Column, table: pa.Table) -> pa.Array:
    return _values(column, table).is_null()


def _not_matching(column: Column, table: pa.Table) -> pa.Array:
    pattern = anchored(column.pattern or "")
    return over_distinct(_values(column, table), lambda values: pc.invert(pc.match_substring_regex(values, pattern)))


def _too_long(column: Column, table: pa.Table) -> pa.Array:
    return pc.greater(pc.utf8_length(_values(column, table)), column.max_length)


def _not_allowed(column: Column, table: pa.Table) -> pa.Array:
    values = _values(column, table)
    known = pc.is_in(values, value_set=pa.array(column.allowed, pa.string()))
    return pc.and_(values.is_valid(), pc.invert(known))


def _too_early(column: Column, table: pa.Table) -> pa.Array:
    return pc.less(_moment(_values(column, table)), pa.scalar(column.not_before).cast(pa.timestamp("us")))


def _too_late(column: Column, table: pa.Table) -> pa.Array:
    return pc.greater(_moment(_values(column, table)), _moment(whole(table[column.not_after])))


def _moment(values: pa.Array) -> pa.Array:
    """Dates and timestamps on one scale: microseconds, UTC, without a zone."""
    return values.cast(pa.timestamp("us"))


_BROKEN: dict[Rule, Callable[[Column, pa.Table], pa.Array]] = {
    Rule.REQUIRED: _missing,
    Rule.PATTERN: _not_matching,
    Rule.MAX_LENGTH: _too_long,
    Rule.ALLOWED: _not_allowed,
    Rule.NOT_BEFORE: _too_early,
    Rule.NOT_AFTER: _too_late,
}


def any_row(breaches: Breaches, row_count: int) -> Mask:
    """Rows that break at least one rule."""
    found = np.zeros(row_count, np.bool_)
    for mask in breaches.values():
        found |= mask
    return found


def labels(breaches: Breaches, row_count: int) -> pa.Array:
    """Per row the list of its breaches, `<column>:<rule>`, in the order of the contract."""
    return listed({f"{column}:{rule}": mask for (column, rule), mask in breaches.items()}, row_count)


def listed(masks: Mapping[str, Mask], row_count: int) -> pa.Array:
    """Per row the list of the labels whose mask it is in."""
    rows = [np.flatnonzero(mask) for mask in masks.values()]
    which = np.repeat(np.arange(len(rows)), [len(r) for r in rows])
    row = np.concatenate([np.array([], np.int64), *rows])
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=row_count))])
    names = pa.array(list(masks), pa.string())
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), names.take(pa.array(which[np.argsort(row, kind="stable")], pa.int64()))
    )


def columns_of(contract: Contract) -> Iterator[tuple[Column, Rule]]:
    """Every rule for a value, column by column."""
    for column in contract.columns:
        for rule in rules_of(contract, column):
            yield column, rule
