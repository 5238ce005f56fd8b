"""A row with one field too many: put right where there is one way, and only one, that breaks no rule."""

import pytest

from include.quality.reading import read_part
from include.quality.repairs import Repair

GOOD = ["T001", "O1", "DOE, J", "a", "19650131", "7", "00501", "2014-05-01T12:00:00Z"]


def quoted(fields):
    return (",".join(f'"{field}"' if field else "" for field in fields) + "\n").encode()


@pytest.fixture
def read(small, land, as_csv):
    return lambda line, contract=small: read_part(contract, land(small, as_csv(contract, []) + line))


@pytest.mark.parametrize("at", range(1, 9))
def test_a_stray_comma(read, at):
    rows = read(quoted([*GOOD[:at], "", *GOOD[at:]]))
    assert [*rows.table.to_pylist()[0].values()][:8] == GOOD
    assert rows.table["repairs"].to_pylist() == [[Repair.STRAY_COMMA]]


def test_a_comma_in_a_value_without_quotes(read):
    rows = read(",".join(GOOD).encode())
    assert rows.table["name"].to_pylist() == ["DOE, J"]
    assert rows.table["repairs"].to_pylist() == [[Repair.UNQUOTED_COMMA]]


def test_a_value_in_quotes_was_not_parted_by_a_comma(read):
    rows = read(quoted([*GOOD[:2], "DOE", " J", *GOOD[3:]]))
    assert (rows.received, rows.malformed["reasons"].to_pylist()) == (1, [["row:too_many_fields"]])


def test_one_more_field_after_the_last_column(read):
    rows = read(quoted([*GOOD, "X"]))
    assert [*rows.table.to_pylist()[0].values()][:8] == GOOD
    assert rows.table["repairs"].to_pylist() == [[Repair.SURPLUS_FIELD]]


@pytest.fixture(scope="session")
def with_two_free_columns(small):
    note = small.column("name").model_copy(update={"name": "note", "source": "NOTE", "max_length": None})
    return small.model_copy(update={"columns": (*small.columns[:3], note, *small.columns[3:])})


@pytest.mark.parametrize(
    "fields",
    [
        [*GOOD[:2], "", "DOE", "", *GOOD[3:]],  # which of the two is the stray one?
        [*GOOD[:2], "DOE", "J", "late", *GOOD[3:]],  # a comma in the first value, or in the second?
    ],
)
def test_two_ways_are_one_too_many(read, with_two_free_columns, fields):
    rows = read(",".join(fields).encode(), with_two_free_columns)
    assert rows.malformed["reasons"].to_pylist() == [["row:too_many_fields"]]


def test_two_ways_to_the_same_row_are_one(read):
    assert read(quoted([*GOOD[:2], "", "", *GOOD[3:]])).table["repairs"].to_pylist() == [[Repair.STRAY_COMMA]]


def test_a_row_that_breaks_a_rule_either_way_is_refused(read):
    assert read(quoted(["T1", *GOOD[1:], ""])).malformed["reasons"].to_pylist() == [["row:too_many_fields"]]


@pytest.mark.parametrize("at", range(8))
def test_a_row_with_a_field_too_few_is_refused(read, at):
    assert read(quoted([*GOOD[:at], *GOOD[at + 1 :]])).malformed["reasons"].to_pylist() == [["row:too_few_fields"]]


def test_a_row_of_many_lines_stays_one(read, with_two_free_columns):
    told = [*GOOD[:3], "1\n2\n3", *GOOD[3:]]
    mended = read(quoted([*told[:2], "", *told[2:]]), with_two_free_columns)
    assert mended.table["note"].to_pylist() == ["1\n2\n3"]
    refused = read(quoted([*told[:2], "", told[3], "", *told[4:]]), with_two_free_columns)
    assert (refused.received, refused.malformed["reasons"].to_pylist()) == (1, [["row:too_many_fields"]])
