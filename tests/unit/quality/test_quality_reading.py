"""Bytes to rows: nothing is lost, nothing is invented, a bad row does not take its neighbours along."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.quality.encoding import WINDOWS
from include.quality.errors import PartError
from include.quality.reading import Part, Raw, read_part
from include.quality.records import Malformed
from include.quality.repairs import Repair

REST = b",a,19650131,7,00501,2014-05-01T12:00:00Z\r\n"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"T002,O1,DOE\r\n", Malformed.TOO_FEW_FIELDS),
        (b"T002,O1,DOE, J,,x" + REST, Malformed.TOO_MANY_FIELDS),
        (b"T002,O1,D\0E" + REST, Malformed.NUL_BYTE),
        (b"T002,O1,MU\x81OZ" + REST, Malformed.NOT_UTF8),
        (b"T002,O1,MU\xd1OZ \xc3\x91" + REST, Malformed.NOT_UTF8),
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


def test_the_bytes_of_a_row_that_cannot_be_read_can_be_had_back(small, row, land, as_csv):
    rows = read_part(small, land(small, as_csv(small, [row()]) + b"T002,O1,\0MU\x81\0OZ\0" + REST))
    raw = Raw.from_json(rows.malformed["raw"][0].as_py())
    assert raw.header == [column.source for column in small.columns]
    assert raw.text.encode("utf-8", "surrogateescape") == b"T002,O1,\0MU\x81\0OZ\0" + REST.rstrip()


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


def headed(contract, change, *rows):
    """A file whose header and rows are changed alike."""
    lines = [[column.source for column in contract.columns], *rows]
    return "".join(",".join(f'"{field}"' for field in change(line)) + "\n" for line in lines).encode()


@pytest.mark.parametrize(
    ("change", "mark", "name"),
    [
        (lambda line: [*line[:2], *line[3:]], "file:missing_column [NAME]", None),
        (lambda line: [*line, line[2]], "file:same_column_twice [NAME]", "DOE, J"),
        (lambda line: [*line, "ROE" if line[2] == "DOE, J" else line[2]], "file:disputed_column [NAME]", None),
        (lambda line: [*line, "NOTE"], "file:unknown_column [NOTE]", "DOE, J"),
        (lambda line: [*line, "SENTINEL, J."], "file:unknown_column [not shown]", "DOE, J"),
        (lambda line: line[::-1], "file:reordered_columns", "DOE, J"),
    ],
)
@pytest.mark.parametrize("has_fault", [False, True])
def test_a_header_that_is_not_quite_the_contracts(small, row, land, *, change, mark, name, has_fault):
    data = headed(small, change, row()) + (b"too,short\n" if has_fault else b"")
    read = read_part(small, land(small, data))
    assert read.marks == {mark: 1}
    assert read.table["name"].to_pylist() == [name]
    assert read.table["updated_at"].to_pylist() == ["2014-05-01T12:00:00Z"]
    assert read.received == 1 + has_fault


def test_a_name_that_the_contract_knows_as_well(small, row, land):
    columns = [c.model_copy(update={"also": ("FULL_NAME",)}) if c.name == "name" else c for c in small.columns]
    contract = small.model_copy(update={"columns": tuple(columns)})
    data = headed(small, lambda line: ["FULL_NAME" if field == "NAME" else field for field in line], row())
    read = read_part(contract, land(small, data))
    assert (read.table["name"].to_pylist(), dict(read.marks)) == (["DOE, J"], {"file:renamed_column [NAME]": 1})


@pytest.mark.parametrize("lacking", ["ID", "UPDATED", "KIND"])
def test_a_part_without_a_column_that_every_row_needs_is_unusable(small, row, land, lacking):
    at = [column.source for column in small.columns].index(lacking)
    with pytest.raises(PartError) as error:
        read_part(small, land(small, headed(small, lambda line: [*line[:at], *line[at + 1 :]], row())))
    assert f"header missing [{lacking}]" in str(error.value)
    assert "dataset [tecs_things], attempt [1], part [part-0]" in str(error.value)


def test_a_key_that_comes_twice_and_not_the_same_makes_the_part_unusable(small, row, land):
    data = headed(small, lambda line: [*line, line[0].replace("T001", "T002")], row())
    with pytest.raises(PartError, match=r"column \[ID\] comes twice, not the same"):
        read_part(small, land(small, data))


def test_lines_above_the_header_are_passed_over_but_not_without_end(small, row, land, as_csv):
    head = b'"EXTRACT, SIMULATED"\r\n\r\nRun by "BATCH\x9201\n'
    read = read_part(small, land(small, head + as_csv(small, [row()])))
    assert (read.received, dict(read.marks)) == (1, {"file:preamble": 1})
    with pytest.raises(PartError, match="none of the first"):
        read_part(small, land(small, b"title\n" * 20 + as_csv(small, [row()])))


def test_a_first_line_that_is_a_row_is_not_quoted(small, row, land):
    with pytest.raises(PartError) as error:
        read_part(small, land(small, ",".join(row(name="SENTINEL")).encode()))
    assert "SENTINEL" not in str(error.value)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"not gzip", lambda data: data[:12] + b"\xff" * 9 + data[21:]]
)
def test_a_damaged_file_is_refused(small, row, *, as_csv, tmp_path, damage):
    path = tmp_path / "part.csv.gz"
    path.write_bytes(damage(gzip.compress(as_csv(small, [row()] * 50))))
    with pytest.raises(PartError, match="not a whole gzip file"):
        read_part(small, Part(1, "part", path))


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8-sig", {"file:bom": 1}),
        ("utf-16", {"file:utf16": 1}),
        ("utf-16-le", {"file:utf16": 1}),
        ("utf-16-be", {"file:utf16": 1}),
        ("utf-32", {"file:utf32": 1}),
        ("utf-8", {}),
    ],
)
def test_encodings_of_whole_files(small, row, land, *, as_csv, codec, mark):
    data = as_csv(small, [row(name="MUÑOZ Ω")]).decode().encode(codec)
    read = read_part(small, land(small, data))
    assert (read.table["name"].to_pylist(), dict(read.marks)) == (["MUÑOZ Ω"], mark)


def test_utf16_that_is_cut_off_is_refused(small, row, land, as_csv):
    with pytest.raises(PartError, match="not whole"):
        read_part(small, land(small, as_csv(small, [row()]).decode().encode("utf-16")[:-1]))


def repaired(read):
    """Number, name and repairs of the rows."""
    columns = (read.table[name].to_pylist() for name in ("source_row", "name", "repairs"))
    return list(zip(*columns, strict=True))


def test_a_row_in_cp1252_is_read_and_marked(small, row, land, as_csv):
    data = as_csv(small, [row(name="MUÑOZ")]) + b"T002,O1,O\x92D\xd1" + REST
    read = read_part(small, land(small, data))
    assert repaired(read) == [(1, "MUÑOZ", None), (2, "O’DÑ", [Repair.CP1252])]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["MUÃ‘OZ", "DOE"], ["MUÑOZ", "DOE"]),
        (["MUÃ\u0091OZ"], ["MUÑOZ"]),  # by way of Latin-1
        (["MUÃ‘OZ", "MUÑOZ"], ["MUÑOZ", "MUÑOZ"]),
        (["dâ€™Arc"], ["d’Arc"]),
        (["Nguyá»…n"], ["Nguyễn"]),
        (["“IRMÃ”"], ["“IRMÃ”"]),  # may be meant
        (["IRMÃ”", "MUÑOZ"], ["IRMÃ”", "MUÑOZ"]),
        (["ROCOCÃ”", "MUÃ‘OZ"], ["ROCOCÔ", "MUÑOZ"]),  # cannot be meant: the file was encoded twice
        (["ROCOCÃ”", "MUÃ‘OZ", "é"], ["ROCOCÃ”", "MUÑOZ", "é"]),
        (["SÃO", "Łódź", "田中"], ["SÃO", "Łódź", "田中"]),
    ],
)
@pytest.mark.parametrize("has_fault", [False, True])
def test_text_that_was_encoded_twice(small, row, land, *, as_csv, names, expected, has_fault):
    data = as_csv(small, [row(name=name) for name in names]) + (b"too,short\n" if has_fault else b"")
    read = read_part(small, land(small, data))
    marks = [
        None if before == after else [Repair.DOUBLE_ENCODED] for before, after in zip(names, expected, strict=True)
    ]
    assert repaired(read) == list(zip(range(1, len(names) + 1), expected, marks, strict=True))


@given(name=st.text(st.characters(min_codepoint=0xA0, exclude_categories=["Cs"]), min_size=1, max_size=8))
def test_a_value_is_changed_only_into_one_that_encodes_back_to_it(small, row, land, as_csv, name):
    [read] = read_part(small, land(small, as_csv(small, [row(name=name)]))).table["name"].to_pylist()
    assert read == name or read.encode().decode("latin-1").translate(WINDOWS) == name.translate(WINDOWS)


def test_nul_at_the_ends_of_a_value_is_padding(small, row, land, as_csv):
    read = read_part(small, land(small, as_csv(small, [row(name="DOE\0\0", count="\0"), row()])))
    assert repaired(read) == [(1, "DOE", [Repair.NUL_PADDING]), (2, "DOE, J", None)]
    assert read.table["count"].to_pylist() == [None, "7"]


@pytest.mark.parametrize("has_fault", [False, True])
def test_a_header_between_the_rows_is_no_record(small, row, land, as_csv, has_fault):
    whole = as_csv(small, [row()])
    read = read_part(small, land(small, whole + whole + (b"too,short\n" if has_fault else b"") + whole))
    assert (read.received, read.set_apart, dict(read.marks)) == (3 + has_fault, 2, {Repair.REPEATED_HEADER: 2})
    assert read.table["source_row"].to_pylist() == [1, 3, 5 + has_fault]


@pytest.mark.parametrize(
    "line",
    [
        "TOTAL,2000",
        "TOTAL ROWS: 2,,,,,,,",
        '"Row count",2',
        "(2 rows selected)",
        '"TRAILER","0000002"',
        "Total,,,,,2.5,,",
        "END OF FILE",
    ],
)
def test_a_line_of_totals_at_the_end_is_no_record(small, row, land, as_csv, line):
    data = as_csv(small, [row()]) + line.encode() + b"\n\n"
    read = read_part(small, land(small, data))
    assert (read.received, dict(read.marks)) == (1, {Repair.TOTALS_LINE: 1})
    after = read_part(small, land(small, data + b"too,short\n"))
    assert (after.received, dict(after.marks)) == (3, {})


@pytest.mark.parametrize("line", ["TOTAL,DOE,2", "LINES,O1,DOE,a,19650131,7,00501,2014-05-01T12:00:00Z", "T002"])
def test_a_row_at_the_end_is_a_record(small, row, land, as_csv, line):
    assert read_part(small, land(small, as_csv(small, [row()]) + line.encode())).received == 2


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


MARKS = st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"title\n", b"\0"])


@settings(deadline=None)
@given(mark=MARKS, has_header=st.booleans(), body=st.binary(max_size=60), codec=st.sampled_from(["utf-8", "utf-16-le"]))
def test_any_file_is_read_or_refused_in_one_line(small, land, as_csv, *, mark, has_header, body, codec):
    header = as_csv(small, []) if has_header else b""
    data = mark + (header + body).decode("latin-1").encode(codec)
    try:
        read = read_part(small, land(small, data))
    except PartError as error:
        told = str(error)
        assert "\n" not in told
    else:
        assert read.received == len(read.table) + len(read.malformed)


def test_a_value_of_many_lines_is_one_row(small, row, land, as_csv):
    told = "\n".join(f"line {number}" for number in range(50))
    data = as_csv(small, [row(name=told)]) + b"too,short\n"
    assert read_part(small, land(small, data)).table["name"].to_pylist() == [told]
