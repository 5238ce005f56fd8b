"""How many values of the fields that are read as something can be read: the others count as missing."""

from typing import NamedTuple

import pandas as pd

from include.matching.fields import text
from include.matching.records import READ, can_be_read

FEW = 0.5  # share below which it is the column that is wrong, not its values
WRITE = {
    "sex": "F or M, or words that begin so",
    "a_number": "seven to nine digits",
    "ssn": "nine digits",
    "passport": "five letters and digits or more",
    "phone": "seven digits or more",
    "fein": "nine digits",
}


class Read(NamedTuple):
    """Rows that give a value, and those of which one can be read."""

    given: int
    read: int

    @property
    def is_few(self) -> bool:
        """Whether so few can be read that the column holds something else."""
        return self.read < FEW * self.given


def legible(table: pd.DataFrame) -> dict[str, Read]:
    """Of each field of a table that is read as something."""
    found = {}
    for field in (field for field in READ if field in table):
        values = text(table[field])
        found[field] = Read(len(values) - values.null_count, int(can_be_read(field, values).sum()))
    return found
