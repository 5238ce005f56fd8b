"""A name that begins like a formula is no formula in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.local.sheet import Sheet, inert

STARTS = tuple("=+-@\t\r＝＋－＠")
CELLS = st.lists(st.text(st.sampled_from("=+-@\t\r\n,;\"' a1.e＝")), min_size=1, max_size=4)


def as_postgres(cells: list[str]) -> str:
    """A row as COPY writes it: quoted where it must be."""
    return ",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set(',"\n\r') else c for c in cells) + "\n"


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@given(CELLS)
def test_no_cell_is_a_formula_and_nothing_else_changes(cells: list[str]) -> None:
    found = next(csv.reader(io.StringIO(inert(as_postgres(cells)), newline="")), [])
    for before, after in zip(cells, found, strict=cells != [""]):
        if after == before:
            assert not before.startswith(STARTS) or is_number(before)
        else:
            assert before.startswith(STARTS)
            assert after == f"'{before}"


@pytest.mark.parametrize("number", ["-1", "-1.5", "+3", "-1e-05", "-2.5E+10"])
def test_a_number_stays_one(number: str) -> None:
    assert inert(f"{number},x\n") == f"{number},x\n"


@pytest.mark.parametrize("text", ["-1-1", "-1+cmd|' /C calc'!A0", "+1 915-555-0142", "-", "-infinity", "-١"])
def test_what_only_begins_like_a_number_does_not(text: str) -> None:
    assert inert(f"x,{text}\n") == f"x,'{text}\n"


def test_rows_are_passed_on() -> None:
    to = io.BytesIO()
    sheet = Sheet(to)
    for row in ("name,é\n", '"=HYPERLINK(""x"")",\n'):
        assert sheet.write(row.encode()) == len(row.encode())
    assert to.getvalue().decode() == 'name,é\n"\'=HYPERLINK(""x"")",\n'
