"""CSV that a spreadsheet may open: a text that would be a formula there stays a text."""

import re
from typing import BinaryIO

# what begins a formula in some spreadsheet; the last four are what keyboards of East Asia write
BEGINS_FORMULA = "=+\\-@\t\r＝＋－＠"
SUSPECT = re.compile(rf'(?:^|,)"?[{BEGINS_FORMULA}]')
CELL = re.compile(r'"(?:[^"]|"")*"|[^,\n]+')  # PostgreSQL quotes whatever has a comma, a quote or an end of line
FORMULA = re.compile(rf'("?)([{BEGINS_FORMULA}].*)', re.DOTALL)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


class Sheet:
    """Where `COPY ... TO STDOUT (FORMAT csv)` in UTF-8 may write: one row at a time, as PostgreSQL sends them."""

    def __init__(self, to: BinaryIO) -> None:
        self._to = to

    def write(self, row: bytes) -> int:
        """Pass the row on."""
        self._to.write(inert(row.decode()).encode())
        return len(row)


def inert(row: str) -> str:
    """A CSV row in which each cell that would be a formula begins with an apostrophe; numbers are left alone."""
    return CELL.sub(_quoted, row) if SUSPECT.search(row) else row


def _quoted(cell: re.Match[str]) -> str:
    formula = FORMULA.fullmatch(cell[0])
    if formula is None or NUMBER.fullmatch(formula[2].rstrip('"')):
        return cell[0]
    return f"{formula[1]}'{formula[2]}"
