"""What a value must have been, where the rest of its row leaves one possibility alone.

Nothing but the row has a say: what else is held depends on the order of nights.
"""

import re
import string

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.contracts.model import Column, Contract
from include.quality.parsing import Mask, as_mask, over_distinct, read_values, whole
from include.quality.repairs import Repair

MARKS = "?\ufffd"  # what programs write for a character that they could not read
ILLEGIBLE = re.compile(f"[{MARKS}]")
CHARACTERS = string.ascii_uppercase + string.digits  # numbers and codes of the contracts consist of them


def infer(contract: Contract, text: pa.Table) -> tuple[pa.Table, dict[Repair, Mask]]:
    """Columns of text with what can be inferred in place; and by repair, in which rows that was."""
    done: dict[Repair, Mask] = {}
    for column in contract.columns:
        found = {Repair.ILLEGIBLE: _legible(column, text), Repair.IMPLIED: _implied(contract, column, text)}
        for repair, inferred in found.items():
            if inferred is not None and inferred.null_count < len(text):
                rows = as_mask(inferred.is_valid())
                done[repair] = done.get(repair, np.zeros(len(text), np.bool_)) | rows
                values = pc.coalesce(inferred, text[column.name].combine_chunks())
                text = text.set_column(text.column_names.index(column.name), column.name, values)
    return text, done


def _legible(column: Column, text: pa.Table) -> pa.Array | None:
    """Values of which one character is illegible, and the pattern lets one alone stand in its place; null: no such."""
    values = whole(text[column.name])
    if column.pattern is None or not _has_mark(values):
        return None
    pattern = re.compile(column.pattern)

    def restore(value: str | None) -> str | None:
        if value is None or len(ILLEGIBLE.findall(value)) != 1:
            return None
        fitting = [each for each in (ILLEGIBLE.sub(mark, value) for mark in CHARACTERS) if pattern.fullmatch(each)]
        return fitting[0] if len(fitting) == 1 else None

    return over_distinct(values, lambda distinct: pa.array(map(restore, distinct.to_pylist()), pa.string()))


def _has_mark(values: pa.Array) -> bool:
    """Whether any value may have one: a look at their bytes takes a tenth of a look at each value."""
    text = bytes(values.buffers()[2] or b"")
    return any(mark.encode() in text for mark in MARKS)


def _implied(contract: Contract, column: Column, text: pa.Table) -> pa.Array | None:
    """Values in the place of those that are not of the code list; null: none is implied, or none is needed."""
    if column.implied is None:
        return None
    said = whole(read_values(contract, text, [column.name]).table[column.name])
    is_known = pc.is_in(said, value_set=pa.array([*column.allowed, None], pa.string()))  # another may fill a blank
    if pc.all(is_known).as_py():
        return None
    by = whole(read_values(contract, text, [column.implied.by]).table[column.implied.by])
    implied = {value: meant for meant, values in column.implied.values.items() for value in values}
    meant = over_distinct(by, lambda distinct: pa.array(map(implied.get, distinct.to_pylist()), pa.string()))
    return pc.if_else(is_known, pa.scalar(None, pa.string()), meant)
