"""Which values can be used: a value that is there and says nothing does not count as present.

Not usable are a blank, a placeholder, the date that a program fills in, and a value that breaks a rule of its column:
implausible, or not in the form that it must have to be compared.
"""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.contracts.model import Column, ColumnType, Contract
from include.quality.parsing import Mask, as_mask, over_distinct, schema
from include.quality.rules import find_breaches

# What forms write for a name that nobody knows; not NULL, which is a surname (the text `null` is a blank of the
# contract). FNU, LNU, NMN: first, last name unknown, no middle name.
PLACEHOLDERS = frozenset({"fnu", "lnu", "mnu", "nmn", "unknown", "unk", "xxx"})
# What programs fill in for a date that nobody gave: the ends of their calendars. 1 January of any other year is a
# birthday of many; it is weak evidence and still a value.
FILLED_IN = (date(1900, 1, 1), date(1901, 1, 1), date(1970, 1, 1), date(9999, 12, 31))


def usable(contract: Contract, table: pa.Table) -> dict[str, Mask]:
    """Per column the rows of a typed table whose value is of use. A column that the table lacks, or has with another
    type than the contract's, is left out."""
    wanted = schema(contract)
    has = {field.name: field.type for field in table.schema}
    columns = [column for column in contract.columns if has.get(column.name) == wanted.field(column.name).type]
    found = {column.name: _says_something(column, table[column.name].combine_chunks()) for column in columns}
    whole = len(columns) == len(contract.columns)
    for (name, _), broken in (find_breaches(contract, table) if whole else {}).items():
        found[name] &= ~broken
    return found


def routes(contract: Contract, of_use: dict[str, Mask], row_count: int) -> dict[str, Mask]:
    """Per route of the contract the rows that still have it: every column of the route is of use."""
    return {
        route: np.logical_and.reduce([np.ones(row_count, np.bool_), *(of_use[name] for name in names)])
        for route, names in contract.routes.items()
    }


def _says_something(column: Column, values: pa.Array) -> Mask:
    is_there = as_mask(values.is_valid())
    if column.type is ColumnType.DATE:
        return is_there & ~as_mask(pc.is_in(values, value_set=pa.array(FILLED_IN, pa.date32())))
    if column.type is ColumnType.STRING and not column.allowed and column.pattern is None:
        return is_there & ~as_mask(over_distinct(values, _placeholders))
    return is_there


def _placeholders(distinct: pa.Array) -> pa.Array:
    """Texts of which every word is a placeholder: `FNU LNU` says nothing, `DOE, FNU` names somebody."""
    words = ((text or "").replace(",", " ").casefold().split() for text in distinct.to_pylist())
    return pa.array([bool(found) and PLACEHOLDERS.issuperset(found) for found in words], pa.bool_())
