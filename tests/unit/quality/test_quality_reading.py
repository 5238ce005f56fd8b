"""Bytes to rows: nothing is lost, nothing is invented, a bad row does not take its neighbours along."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.quality.errors import StagingError
from include.quality.reading import Malformed, Part, read_part

REST = b",a,19650131,7,00501,2014-05-01T12:00:00Z\r\n"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"T002,O1,DOE\r\n", Malformed.TOO_FEW_FIELDS),
        (b"T002,O1,DOE, J" + REST, Malformed.TOO_MANY_FIELDS),
        (b"T002,O1,D\0E" + REST, Malformed.NUL_BYTE),
        (b"T002,O1,MU\xd1OZ" + REST, Malformed.NOT_UTF8),
        (b'T002,O1,"DOE' + REST, Malformed.BROKEN_QUOTES),
        (b'T002,O1,DOE,a,19650131,7,00501,"2014-05-01T12:00:00Z\r\n', Malformed.BROKEN_QUOTES),
    ],
)
def test_a_malformed_row_is_refused_and_its_neighbours_are_read(small, row, *, land, as_csv, bad, reason):
    after = as_csv(small, [row(thing_id="T003")]).partition(b"\r\n")[2]
    rows = read_part(small, land(small, as_csv(small, [row()]) + bad + after))
    assert rows.received == 3
    assert rows.table["thing_id"].to_pylist() == ["T001", "T003"]
    assert rows.table["source_row"].to_pylist() == [1, 3]
    assert rows.malformed["source_row"].to_pylist() == [2]
    assert rows.malformed["reasons"].to_pylist() == [[reason.value]]


def test_the_bytes_of_a_row_that_is_not_utf8_can_be_had_back(small, row, land, as_csv):
    rows = read_part(small, land(small, as_csv(small, [row()]) + b"T002,O1,MU\xd1OZ" + REST))
    fields = json.loads(rows.malformed["raw"][0].as_py())
    assert fields[2].encode("utf-8", "surrogateescape") == b"MU\xd1OZ"


def test_a_surname_null_a_zip_with_zeros_and_a_byte_order_mark_survive(small, row, land, as_csv):
    data = b"\xef\xbb\xbf" + as_csv(small, [row(name="NULL, X", postal_code="00501")])
    table = read_part(small, land(small, data)).table
    assert (table["name"][0].as_py(), table["postal_code"][0].as_py()) == ("NULL, X", "00501")


def test_columns_may_come_in_any_order(small, row, land):
    header = [column.source for column in small.columns]
    text = "\n".join(",".join(f'"{field}"' for field in reversed(line)) for line in (header, row()))
    assert read_part(small, land(small, text.encode())).table.to_pylist()[0]["thing_id"] == "T001"


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n"])
def test_a_header_alone_is_an_empty_part(small, land, as_csv, data):
    assert read_part(small, land(small, as_csv(small, []).rstrip() + b"\n" + data)).received == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda header: [*header[:2], *header[3:]], "missing [NAME]"),
        (lambda header: [*header, "NAME"], "twice [NAME]"),
        (lambda header: [*header, "NAME2"], "unknown [NAME2]"),
        (
            lambda header: ["SURNAME" if name == "NAME" else name for name in header],
            "missing [NAME]; unknown [SURNAME]",
        ),
    ],
)
def test_a_wrong_header_is_refused_by_name(small, land, change, told):
    header = change([column.source for column in small.columns])
    with pytest.raises(StagingError) as error:
        read_part(small, land(small, ",".join(header).encode()))
    assert told in str(error.value)
    assert "dataset [tecs_things], attempt [1], part [part-0]" in str(error.value)


def test_a_first_line_that_is_a_row_is_not_quoted(small, row, land):
    with pytest.raises(StagingError) as error:
        read_part(small, land(small, ",".join(row(name="SENTINEL")).encode()))
    assert "SENTINEL" not in str(error.value)
    assert "unknown [8 fields, not shown]" in str(error.value)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"not gzip", lambda data: data[:12] + b"\xff" * 9 + data[21:]]
)
def test_a_damaged_file_is_refused(small, row, *, as_csv, tmp_path, damage):
    path = tmp_path / "part.csv.gz"
    path.write_bytes(damage(gzip.compress(as_csv(small, [row()] * 50))))
    with pytest.raises(StagingError, match="not a whole gzip file"):
        read_part(small, Part(1, "part", path))


def test_a_header_in_utf16_is_refused(small, land, as_csv):
    with pytest.raises(StagingError, match="header is not UTF-8"):
        read_part(small, land(small, as_csv(small, []).decode().encode("utf-16")))


VALUE = st.text(st.sampled_from('ab ,"\n\r\t;é\u2028\x1cNULL0'), max_size=6)


@settings(deadline=None)
@given(rows=st.lists(st.lists(VALUE, min_size=8, max_size=8), max_size=6), with_fault=st.booleans())
def test_what_was_written_is_read_on_either_path(small, land, as_csv, rows, with_fault):
    data = as_csv(small, rows) + (b"too,short\r\n" if with_fault else b"")
    read = read_part(small, land(small, data))
    expected = [[value or None for value in line] for line in rows]
    assert [list(line.values())[:8] for line in read.table.to_pylist()] == expected
    assert read.received == len(rows) + with_fault == len(read.table) + len(read.malformed)


@settings(deadline=None)
@given(body=st.binary(max_size=80) | st.text(st.sampled_from('T,"\n\r\0é'), max_size=80).map(str.encode))
def test_any_bytes_below_a_header_are_accounted_for(small, land, as_csv, body):
    read = read_part(small, land(small, as_csv(small, []) + body))
    assert read.received == len(read.table) + len(read.malformed)
    numbers = [*read.table["source_row"].to_pylist(), *read.malformed["source_row"].to_pylist()]
    assert sorted(numbers) == list(range(1, read.received + 1))
    assert all(read.malformed["reasons"].to_pylist())


def test_a_value_of_many_lines_is_one_row(small, row, land, as_csv):
    told = "\n".join(f"line {number}" for number in range(50))
    data = as_csv(small, [row(name=told)]) + b"too,short\n"
    assert read_part(small, land(small, data)).table["name"].to_pylist() == [told]
