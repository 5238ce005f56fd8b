"""From a record to a delivered row: blanks as text, keys and codes that break their own format."""

import numpy as np

from include.contracts.model import Column, ColumnType, Contract, Severity
from include.simulator.draw import Draw, Ints, Texts
from include.simulator.records.fault_log import FaultLog
from include.simulator.records.name_faults import again, pick
from include.simulator.scenario import RowFaults


def null_texts(draw: Draw, rate: float, values: Texts) -> Texts:
    """The text `null` in some of the blanks, as CLAIMS 3 has it."""
    return np.where((values == "") & draw.chance(rate, len(values)), "null", values)


def spoil_rows(
    draw: Draw,
    log: FaultLog,
    rates: RowFaults,
    *,
    contract: Contract,
    columns: dict[str, Texts],
    keys: Texts,
    times: Ints,
) -> Ints:
    """Make a value unusable in some rows (in place); return which rows are exported, in order: all once, some twice."""
    n = len(keys)
    targets = [c for c in contract.columns if c.severity is Severity.CRITICAL and c.name != contract.updated_at]
    rows, luck = np.flatnonzero(draw.chance(rates.malformed, n)), draw.uniform(n)
    which = (luck * len(targets)).astype(np.int64)
    for number, column in enumerate(targets):
        mine = rows[which[rows] == number]
        values = columns[column.name]
        for row in mine.tolist():
            values[row] = _malformed(column, values[row], again(float(luck[row])))
        log.add(contract.dataset, keys[mine], column.name, "malformed", times[mine])
    twice = np.flatnonzero(draw.chance(rates.duplicate, n))
    log.add(contract.dataset, keys[twice], None, "duplicate", times[twice])
    return np.sort(np.concatenate([np.arange(n), twice])).astype(np.int64)


def _malformed(column: Column, value: str, luck: float) -> str:
    """A value that breaks the column's contract."""
    if column.allowed:
        return "I-140"  # a form that this dataset does not hold
    if column.type is ColumnType.INTEGER:
        return f"{value}?"
    return pick((value[:-1], f"{value[:-1]}O", f"?{value[1:]}"), luck)
