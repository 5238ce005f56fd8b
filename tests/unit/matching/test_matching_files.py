"""Files in and out: everything is text, columns are mapped, and what is wrong is one line without a value."""

import datetime
import gzip
from decimal import Decimal
from errno import ENOSPC
from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.matching.fields import FIELDS
from include.matching.files.columns import read_map
from include.matching.files.dates import Dates, iso_dates
from include.matching.files.errors import TableError
from include.matching.files.tables import File, read_truth
from include.matching.files.writing import Writer

SECRET = "Quetzalcoatl"  # a name that may stand in no message


def file(tmp_path: Path, text: str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def mapped(tmp_path: Path, text: str) -> Path:
    return file(tmp_path, text, "columns.yaml")


def read(path: Path, columns: Path | None = None) -> pd.DataFrame:
    return File(path, read_map(columns)["left"]).read()


def refusal(path: Path, columns: Path | None = None) -> str:
    with pytest.raises(TableError) as error:
        read(path, columns)
    assert "\n" not in str(error.value)
    assert SECRET not in str(error.value)
    return str(error.value)


def test_csv_is_text_and_nothing_is_read_into_it(tmp_path: Path) -> None:
    path = file(
        tmp_path, 'id,family,postcode,city\n007,NULL,00501,\n8,nan,1e5," two\nlines, ""quoted"" "\n9,None,501.0,TRUE\n'
    )
    assert read(path).to_dict("list") == {
        "id": ["007", "8", "9"],
        "family": ["NULL", "nan", "None"],
        "city": ["", 'two\nlines, "quoted"', "TRUE"],
        "postcode": ["00501", "1e5", "501.0"],
    }


def test_parquet_columns_of_any_type_become_text(tmp_path: Path) -> None:
    table = pa.table({
        "id": [1, 2],
        "family": pa.array(["Garcia", None]).dictionary_encode(),
        "dob": pa.array([None, pd.Timestamp("1971-03-08").date()]),
        "other_names": pa.array([["Maria", "Mari"], None]),
        "postcode": pa.array([501.0, None]),
        "phone": pa.array([491701234567.0, None]),  # what a frame makes of numbers of which some are missing
        "ssn": pa.array([1.5, 1e22]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "people.parquet")
    assert read(tmp_path / "people.parquet").to_dict("list") == {
        "id": ["1", "2"],
        "family": ["Garcia", ""],
        "other_names": ["Maria;Mari", ""],
        "dob": ["", "1971-03-08"],
        "ssn": ["1.5", "1e+22"],
        "phone": ["491701234567", ""],
        "postcode": ["501", ""],
    }


@pytest.mark.parametrize("name", ["people.csv", "people.parquet"])
@pytest.mark.parametrize("rows", [1, 3, 10, 11])
def test_chunks_are_the_file_in_pieces(tmp_path: Path, name: str, rows: int) -> None:
    people = pd.DataFrame({"id": [str(n) for n in range(10)], "family": list("abcdefghij")}, dtype="str")
    if name.endswith("csv"):
        people.to_csv(tmp_path / name, index=False)
    else:
        people.to_parquet(tmp_path / name, row_group_size=4)
    chunks = list(File(tmp_path / name, {}).chunks(rows))
    assert [len(chunk) for chunk in chunks] == [rows] * (10 // rows) + [10 % rows] * bool(10 % rows)
    pd.testing.assert_frame_equal(pd.concat(chunks, ignore_index=True), people)


def test_a_header_that_no_line_follows_is_a_file_without_rows(tmp_path: Path) -> None:
    assert read(file(tmp_path, "id,family,city")).columns.tolist() == ["id", "family", "city"]


def test_decimals_that_are_whole_are_digits(tmp_path: Path) -> None:
    whole, price = ([Decimal(text), None] for text in ("9155550142.00", "1.50"))
    table = pa.table({"id": pa.array([Decimal(1), Decimal(20)], pa.decimal128(10, 2)), "phone": whole, "city": price})
    pq.write_table(table, tmp_path / "people.parquet")
    assert read(tmp_path / "people.parquet").to_dict("list") == {
        "id": ["1", "20"],
        "phone": ["9155550142", ""],
        "city": ["1.50", ""],
    }


@pytest.mark.parametrize("name", ["people.csv", "people.parquet"])
def test_a_file_without_rows_is_one_empty_chunk(tmp_path: Path, name: str) -> None:
    people = pd.DataFrame({"id": [], "family": [], "dob": []}, dtype="str")
    (people.to_csv if name.endswith("csv") else people.to_parquet)(tmp_path / name, index=False)
    (chunk,) = File(tmp_path / name, {}).chunks()
    assert list(chunk) == ["id", "family", "dob"]
    assert chunk.empty


def test_rows_from_the_middle_of_parquet(tmp_path: Path) -> None:
    people = pd.DataFrame({"id": [str(n) for n in range(10)], "family": list("abcdefghij")}, dtype="str")
    people.to_parquet(tmp_path / "people.parquet", row_group_size=3)
    opened = File(tmp_path / "people.parquet", {})
    for start, stop in [(0, 10), (2, 7), (3, 6), (9, 10), (5, 5), (8, 99)]:
        assert opened.between(start, stop)["family"].tolist() == list("abcdefghij")[start:stop]
    people.to_csv(tmp_path / "people.csv", index=False)
    with pytest.raises(TableError, match=r"\[people.csv\] cannot be read from its middle"):
        File(tmp_path / "people.csv", {}).between(0, 1)


def test_a_map_names_joins_and_parses(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "no,first surname,second surname,alias1,alias2,born,zip,note,middle\n"
        "1,Garcia,Lopez,Mari,,03/08/1971,00501,x,Luz\n2,Garcia,,,Lupe,1971,,x,\n",
    )
    columns = mapped(
        tmp_path,
        "id: no\nfamily: [first surname, second surname]\nother_names: [alias1, alias2]\n"
        'dob: {column: born, format: "%m/%d/%Y"}\nleft:\n  postcode: zip\n',
    )
    opened = File(path, read_map(columns)["left"])
    assert opened.read().to_dict("list") == {
        "id": ["1", "2"],
        "middle": ["Luz", ""],
        "family": ["Garcia Lopez", "Garcia"],
        "other_names": ["Mari", "Lupe"],
        "dob": ["1971-03-08", "1971"],
        "postcode": ["00501", ""],
    }
    assert opened.unused == ("note",)
    assert "postcode" not in read_map(columns)["right"]


def test_every_field_can_be_mapped(tmp_path: Path) -> None:
    columns = mapped(tmp_path, "".join(f"{field}: x_{field}\n" for field in ("id", *FIELDS)))
    path = file(tmp_path, ",".join(f"x_{field}" for field in ("id", *FIELDS)) + "\n" + "1," * len(FIELDS) + "\n")
    assert File(path, read_map(columns)["right"]).fields == FIELDS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "rigth:\n  family: last\n",
            "map [columns.yaml]: unknown field [rigth], did you mean [right]?; fields: id, fu",
        ),
        ("familly: last\n", "map [columns.yaml]: unknown field [familly], did you mean [family]?; fields: id, full_na"),
        ("zzz: last\n", "map [columns.yaml]: unknown field [zzz]; fields: id, "),
        (
            "family:\n  column: last\n",
            "map [columns.yaml]: field [family] is not given as a column, a list of columns;",
        ),
        ("dob: {column: born, fromat: x}\n", "map [columns.yaml]: field [dob] is not given as a column, a list of"),
        ("dob: {column: born, format: DD.MM.YYYY}\n", "map [columns.yaml]: [DD.MM.YYYY] is no date format; write it"),
        (
            "full_name: {column: name, order: given}\n",
            "map [columns.yaml]: an order of full_name that is not known; there",
        ),
        ("full_name: {column: name}\n", "map [columns.yaml]: field [full_name] is not given as a column, a list of"),
        ("- family\n", "map [columns.yaml] is no list of `field: column`; write one a line"),
        ("left: last\n", "map [columns.yaml: left] is no list of `field: column`; write one a line"),
        ("id: a\nfamily: [b\n", "map [columns.yaml], line [3]: not YAML; write one `field: column` a line"),
    ],
)
def test_a_map_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(TableError) as error:
        read_map(mapped(tmp_path, content))
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_map_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"map \[none.yaml\] cannot be read: No such file or directory; give the path"):
        read_map(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "[people.csv] is empty; give a CSV file with a header"),
        (
            f"number,family\n1,{SECRET}\n",
            "[people.csv] has no column [id] and no map names one for field [id]; each row needs an id of its own: "
            "write `id: COLUMN` into a file, give it as --map",
        ),
        ("id,remarks\n1,x\n", "[people.csv] has no column with the name of a field; name its columns in a map"),
        ("id,family,family\n1,x,y\n", "[people.csv] has several columns [family]; rename one"),
        ("id,family,,\n1,x,,\n", "[people.csv] has several columns without a name; rename one"),
        (
            "# from HR\nid,family\n",
            "[people.csv] has no column [id] and no map names one for field [id]; its first line is no header of "
            "several columns",
        ),
        (f"id,family\n1,a\n2,{SECRET}\n1,b\n", "[people.csv] repeats an id in row [3]; give each row an id of its own"),
        ("id,family\n1,a\n,b\n", "[people.csv] has no id in row [2]; give each row an id of its own"),
        (
            f"id,family\n1,{SECRET},Maria\n",
            "[people.csv] has a row of [3] values in line [2] below a header of [2]; quote values that hold the "
            "delimiter [,]",
        ),
        (
            f'id,family,city\n1,"a\nb",c\n\n2,{SECRET}\n',
            "[people.csv] has a row of [2] values in line [5] below a header of [3]; write the delimiters of what is "
            "missing, too, and quote values that hold an end of line",
        ),
        (
            "id,dob\n1,03/08/1971\n2,1971\n3,08.03.1971\n4,\n",
            "[people.csv], column [dob]: [67%] of the dates of birth cannot be read; write YYYY-MM-DD, YYYY-MM or "
            "YYYY, or give their format in a map: dob: {column: dob, format: '%d.%m.%Y'}",
        ),
    ],
)
def test_a_table_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    assert refusal(file(tmp_path, content)) == message


def test_a_column_of_the_map_that_is_not_there(tmp_path: Path) -> None:
    path, columns = file(tmp_path, "id,Last_Name\n1,x\n"), mapped(tmp_path, "family: lastname\n")
    assert (
        refusal(path, columns) == "[people.csv] has no column [lastname] for field [family], did you mean [Last_Name]?"
    )


def test_a_date_format_that_is_none(tmp_path: Path) -> None:
    path, columns = file(tmp_path, "id,dob\n1,1971\n"), mapped(tmp_path, 'dob: {column: dob, format: "%Q"}\n')
    assert refusal(path, columns) == "[people.csv], column [dob]: [%Q] is no date format; write it as %d.%m.%Y is"
    columns = mapped(tmp_path, 'dob: {column: dob, format: "%m/%d/%Y"}\n')
    path = file(tmp_path, "id,dob\n1,31/12/1971\n")
    assert refusal(path, columns).startswith(
        "[people.csv], column [dob]: [100%] of the dates of birth cannot be read as [%"
    )


@pytest.mark.parametrize(
    ("columns", "rows", "date_format"),
    [("y, m, d", "1,1971,3,8\n2,1980,12,31\n3,,,\n", "%Y %m %d"), ("d, m, y", "1,8,3,1971\n", "%d %m %Y")],
)
def test_parts_of_a_date_are_no_dates(tmp_path: Path, columns: str, rows: str, date_format: str) -> None:
    path = file(tmp_path, f"id,{columns.replace(' ', '')}\n{rows}")
    assert refusal(path, mapped(tmp_path, f"dob: [{columns}]\n")) == (
        f"[people.csv], column [{columns}]: day, month and year stand in columns of their own, and would be three "
        f"dates; join them in a map: dob: {{column: [{columns}], format: '{date_format}'}}"
    )
    joined = mapped(tmp_path, f"dob: {{column: [{columns}], format: '{date_format}'}}\n")
    assert read(path, joined)["dob"].tolist()[0] == "1971-03-08"


def test_a_row_without_any_of_the_columns_that_are_joined_keeps_its_place(tmp_path: Path) -> None:
    path = file(tmp_path, "id,first,last,born,said\n1,Ana,Diaz,1971,1972\n2,,,,\n3,,Li,1980,\n")
    table = read(path, mapped(tmp_path, "full_name: [first, last]\ndob: [born, said]\n"))
    assert table["full_name"].tolist() == ["Ana Diaz", "", "Li"]
    assert table["dob"].tolist() == ["1971;1972", "", "1980"]


def test_several_dates_of_one_person_may_have_columns_of_their_own(tmp_path: Path) -> None:
    path = file(tmp_path, "id,born,said\n1,1971-03-08,1972\n2,1980,\n")
    assert read(path, mapped(tmp_path, "dob: [born, said]\n"))["dob"].tolist() == ["1971-03-08;1972", "1980"]


def test_nobody_is_born_in_the_future(tmp_path: Path) -> None:
    path = file(tmp_path, "id,dob\n1,08.03.52\n2,29.02.68\n3,08.03.69\n4,08.03.01\n5,\n")
    columns = mapped(tmp_path, 'dob: {column: dob, format: "%d.%m.%y"}\n')
    assert read(path, columns)["dob"].tolist() == ["1952-03-08", "1968-02-29", "1969-03-08", "2001-03-08", ""]


def test_several_names_in_one_cell(tmp_path: Path) -> None:
    cells = ["Ana Silva; Pereira, Ana;", "Silva; Ana", "Bo Ek", "", "Li Na;Na Li; Lina Li"]
    path = file(tmp_path, "id,full_name,other_names\n" + "".join(f'{n},"{c}",Mari\n' for n, c in enumerate(cells)))
    table = read(path)
    assert table["full_name"].tolist() == ["Ana Silva", "Silva; Ana", "Bo Ek", "", "Li Na"]
    assert [[name.strip() for name in names.split(";") if name.strip()] for names in table["other_names"]] == [
        ["Pereira, Ana", "Mari"], ["Mari"], ["Mari"], ["Mari"], ["Na Li", "Lina Li", "Mari"],
    ]  # fmt: skip
    alone = file(tmp_path, "id,full_name\n1,Ana Silva; Ana Pereira\n2,Bo Ek\n", "alone.csv")
    assert read(alone)["other_names"].tolist() == ["Ana Pereira", ""]


def test_a_name_that_somebody_is_also_known_by_is_another_name(tmp_path: Path) -> None:
    cells = [
        "Ana Silva a.k.a. Ana Bo A.K.A. Nina",
        "KOUASSI AKA JEAN",
        "Ana Silva, alias Bo",
        "Ana (aka: Bo Ek; Bo)",
        "Alias Ek",
    ]
    table = read(file(tmp_path, "id,full_name\n" + "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))))
    assert table["full_name"].tolist() == ["Ana Silva", "KOUASSI AKA JEAN", "Ana Silva", "Ana", "Alias Ek"]
    assert table["other_names"].tolist() == ["Ana Bo;Nina", "", "Bo", "Bo Ek; Bo)", ""]


@pytest.mark.parametrize("rest", ["", "3,z\n" * 300_000])  # one block of Arrow's, and more
@pytest.mark.parametrize("columns", ["id,family", "id,family,city"])
def test_a_quote_that_nothing_closes(tmp_path: Path, columns: str, rest: str) -> None:
    row = "x,y" if columns.endswith("city") else "x"
    path = file(tmp_path, f'{columns}\n1,"{row}"\n2,"{SECRET}\n{rest}')
    assert refusal(path) == "[people.csv] opens a quote in line [3] that nothing closes; close it"


def test_a_quote_within_a_value_is_read(tmp_path: Path) -> None:
    path = file(tmp_path, 'id,family,city\n1,O"Hara,x\n2,"a ""b""",y\n')
    assert read(path)["family"].tolist() == ['O"Hara', 'a "b"']


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == "[none.csv] cannot be read: No such file or directory; check the path"
    assert (
        refusal(tmp_path / "people.xlsx")
        == "[people.xlsx] ends in neither .csv nor .parquet; save it as CSV in UTF-8, or rename it"
    )
    (tmp_path / "latin.csv").write_bytes(f"id,family\n1,{SECRET}\xe9\n".encode("latin-1"))
    assert refusal(tmp_path / "latin.csv") == (
        "[latin.csv] is not UTF-8; save it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8"
    )
    broken = file(tmp_path, "id,family\n1,a\n", "broken.parquet")
    assert refusal(broken) == ("[broken.parquet] cannot be read as parquet: it is damaged or no parquet; write it anew")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_a_letter_is_called_so(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "two.csv").write_bytes(f"id,family\n1,{SECRET}\n".encode(encoding))
    assert refusal(tmp_path / "two.csv") == (
        "[two.csv] is not UTF-8; save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8"
    )


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_delimiter_is_seen_in_the_header(tmp_path: Path, mark: str) -> None:
    rows = [["\ufeffid", "given name", "dob"], ["1", "Ana, Maria", "1970"], ["2", f'"a{mark}b"', ""]]
    path = file(tmp_path, "".join(mark.join(row) + "\n" for row in rows))
    table = read(path, mapped(tmp_path, "given: given name\n"))
    assert table.to_dict("list") == {"id": ["1", "2"], "given": ["Ana, Maria", f"a{mark}b"], "dob": ["1970", ""]}


def test_an_id_that_repeats_in_a_later_chunk(tmp_path: Path) -> None:
    path = file(tmp_path, "id,family\n" + "".join(f"{n % 9},x\n" for n in range(10)))
    chunks = File(path, {}).chunks(4)
    assert [len(next(chunks)), len(next(chunks))] == [4, 4]
    with pytest.raises(TableError, match=r"repeats an id in row \[10\]"):
        next(chunks)


def test_dates_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    opened = File(file(tmp_path, "id,dob\n1,1971-13-08\n2,1971-12\n3,1971-03-08T00:00:00\n4,\n5,1970;x\n"), {})
    assert opened.read()["dob"].tolist() == ["1971-13-08", "1971-12", "1971-03-08", "", "1970;x"]
    assert opened.dates == Dates(given=4, unreadable=1)


def test_dates_that_begin_with_the_year_need_no_dashes(tmp_path: Path) -> None:
    texts = ["19511231", "1951/12/31", "1951.12.31", "19511231.0", "19511301", "1951", "19511231; 1952", "03/04/1951"]
    opened = File(file(tmp_path, "id,dob\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts))), {})
    assert opened.read()["dob"].tolist() == [
        *["1951-12-31"] * 4, "19511301", "1951", "1951-12-31; 1952", "03/04/1951",
    ]  # fmt: skip
    assert opened.dates == Dates(given=8, unreadable=2, year_first=5)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("12 Mar 1951", "1951-03-12"),
        ("12-MARCH-1951", "1951-03-12"),
        ("March 12th, 1951", "1951-03-12"),
        ("Sept 1951", "1951-09"),
        ("12-MAR-51", "1951-03-12"),
        ("c. 1951", "1951"),
        ("circa 1951", "1951"),
        ("~1951", "1951"),
        ("1951-03-12 0:00", "1951-03-12"),
        ("Mar 51", "Mar 51"),  # a day of no year, or a month of two digits
        ("after 1951", "after 1951"),
    ],
)
def test_dates_that_can_be_read_in_one_way(text: str, read_as: str) -> None:
    assert iso_dates(pd.Series([text], dtype="str"), None)[0].tolist() == [read_as]


@pytest.mark.parametrize("mark", ["/", ".", "-"])
@pytest.mark.parametrize("day_first", [True, False])
def test_a_column_shows_whether_the_day_comes_first(tmp_path: Path, mark: str, day_first: bool) -> None:
    days = [(13 + nth, 2) for nth in range(12)] + [(4, 3), (2, 13)]  # of the last one day and month are exchanged
    texts = [mark.join(f"{part:02}" for part in (pair if day_first else pair[::-1])) + f"{mark}1951" for pair in days]
    opened = File(file(tmp_path, "id,dob\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts))), {})
    assert opened.read()["dob"].tolist()[:13] == [*(f"1951-02-{13 + nth}" for nth in range(12)), "1951-03-04"]
    assert opened.day_month.is_day_first == day_first
    assert opened.dates.year_last == 14


@pytest.mark.parametrize("days", [[(13, 2)] * 9, [(nth, nth) for nth in range(1, 12)], [(13, 2), (2, 13)] * 3])
def test_a_column_that_does_not_show_it_is_refused(tmp_path: Path, days: list[tuple[int, int]]) -> None:
    rows = "".join(f"{n},{day}/{month}/{1951 + n % 2}\n" for n, (day, month) in enumerate(days))
    assert "[100%] of the dates of birth cannot be read" in refusal(file(tmp_path, f"id,dob\n{rows}"))


@given(born=st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2025, 12, 31)))
def test_a_day_is_the_same_however_it_is_written(born: datetime.date) -> None:
    for form in ("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%d %b %Y", "%B %d, %Y", "%d/%m/%Y"):
        read, dates = iso_dates(pd.Series([born.strftime(form)], dtype="str"), None, day_first=True)
        assert (read.tolist(), dates.unreadable) == ([born.isoformat()], 0)


@pytest.mark.parametrize("name", ["people.tsv", "people.txt", "people.csv.gz", "people.TSV.GZ"])
def test_text_by_other_names_and_packed(tmp_path: Path, name: str) -> None:
    content = b'id\tfamily\n1\ta"b\n2\t\n'
    (tmp_path / name).write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)
    assert read(tmp_path / name).to_dict("list") == {"id": ["1", "2"], "family": ['a"b', ""]}


@pytest.mark.parametrize("size", [5, 30, 200])
def test_a_packed_file_that_is_cut_off(tmp_path: Path, size: int) -> None:
    rows = "".join(f"{nth},{SECRET}{nth * 7919}\n" for nth in range(2_000))
    (tmp_path / "people.csv.gz").write_bytes(gzip.compress(f"id,family\n{rows}".encode())[:size])
    assert refusal(tmp_path / "people.csv.gz").startswith("[people.csv.gz] ")


@pytest.mark.parametrize("date_format", ["%m%d%Y", "%d%m%Y"])
@given(born=st.dates(min_value=datetime.date(1800, 1, 1), max_value=datetime.date(2099, 12, 31)))
def test_eight_digits_in_another_order_are_no_year_first(date_format: str, born: datetime.date) -> None:
    dates, found = iso_dates(pd.Series([born.strftime(date_format), born.strftime("%Y%m%d")], dtype="str"), None)
    assert dates.tolist() == [born.strftime(date_format), born.isoformat()]
    assert found == Dates(given=2, unreadable=1, year_first=1)


def test_who_gives_a_format_is_taken_at_their_word(tmp_path: Path) -> None:
    path = file(tmp_path, "id,dob\n1,19510312\n2,19510331\n3,19511203\n")
    columns = mapped(tmp_path, 'dob: {column: dob, format: "%Y%d%m"}\n')
    assert read(path, columns)["dob"].tolist() == ["1951-12-03", "19510331", "1951-03-12"]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("ID,DOB,Full Name,birth-place", ("full_name", "dob", "birth_place")),
        ("Id,First Name,LAST_NAME,Date of Birth,Zip", ("given", "family", "dob", "postcode")),
        ("id,FirstName,surname,dateOfBirth,A Number", ("given", "family", "dob", "a_number")),
        ("unique_id,fname,lname,Post Code", ("given", "family", "postcode")),
        ("ID,record_id,DOB,Date of Birth", ("dob",)),  # in another style it comes before other words
        ("id,dob,Date of Birth", ("dob",)),  # the name of the field itself comes first
        ("id,name,birthday,city of birth,family", ("family",)),  # nothing is guessed
    ],
)
def test_headers_in_another_style(tmp_path: Path, header: str, fields: tuple[str, ...]) -> None:
    assert File(file(tmp_path, f"{header}\n"), {}).fields == fields


def test_whole_names_that_begin_with_the_surname(tmp_path: Path) -> None:
    path = file(tmp_path, 'id,name\n1,SMITH JOHN A\n2,de la Cruz Juan\n3,"Ek, Bo"\n4,Cher\n5,\n')
    columns = mapped(tmp_path, "full_name: {column: name, order: family first}\n")
    assert read(path, columns)["full_name"].tolist() == ["SMITH, JOHN A", "de la Cruz, Juan", "Ek, Bo", "Cher", ""]


SPOKEN = [
    f"{given} {family}"
    for given in ("John", "Mary A.", "Robert", "Linda Ann", "Ana", "Michael", "Jose Luis", "Karen", "Paul", "Ruth")
    for family in ("Smith", "Johnson", "Garcia", "Nguyen", "Miller", "Rodriguez", "O'Brien", "Young", "Hill", "Wood")
]


def turned(name: str) -> str:
    given, _, family = name.rpartition(" ")
    return f"{family.upper()} {given.upper()}"


@pytest.mark.parametrize(
    ("names", "surname_first"),
    [
        ([*map(turned, SPOKEN)] * 2, True),
        ([*map(turned, SPOKEN), *SPOKEN[:3]], True),
        (SPOKEN, False),
        ([*map(turned, SPOKEN), *SPOKEN[:12]], False),  # not nearly all
        ([*map(turned, SPOKEN[:60])] * 3, False),  # no column
        (["JAMES THOMAS", "Lee Min Ho", "Tran Kim", "SUHARTO", ""] * 40, False),  # no name that tells
        ([turned(name).replace(" ", ", ", 1) for name in SPOKEN], False),  # a comma says it
        ([f"OKAFOR Chidi{'mn'[at % 2] * at}" for at in range(100)], True),  # capitals say it, of names nobody counted
        ([f"Chidi{'mn'[at % 2] * at} OKAFOR" for at in range(100)], False),
    ],
)
def test_the_order_of_a_column_is_read_off_it(tmp_path: Path, names: list[str], surname_first: bool) -> None:
    path = file(tmp_path, "\n".join(["id,full_name", *(f'{row},"{name}"' for row, name in enumerate(names))]))
    found = File(path, {})
    assert found.order.is_family_first == surname_first
    expected = [name.replace(" ", ", ", 1) for name in names] if surname_first else names
    assert found.read()["full_name"].tolist() == expected
    spoken = mapped(tmp_path, "full_name: {column: full_name, order: given first}\n")
    assert read(path, spoken)["full_name"].tolist() == names


def test_a_suffix_stays_with_the_surname_in_front(tmp_path: Path) -> None:
    path = file(tmp_path, "id,name\n1,SMITH JR JOHN\n2,VAN DYKE III. PAUL\n3,SMITH II\n4,IVERSON IVY\n")
    columns = mapped(tmp_path, "full_name: {column: name, order: family first}\n")
    assert read(path, columns)["full_name"].tolist() == [
        "SMITH JR, JOHN", "VAN DYKE III., PAUL", "SMITH, II", "IVERSON, IVY",
    ]  # fmt: skip


def test_how_many_values_can_be_read_is_counted(tmp_path: Path) -> None:
    path = file(tmp_path, "id,sex,phone,ssn,city\n1,1,x101,900000001;0,a\n2,F,915-555-0142,,b\n3,,,x,c\n")
    found = File(path, {})
    found.read()
    assert found.legible == {"sex": (2, 1), "ssn": (2, 1), "phone": (2, 1)}


def test_a_surname_of_several_words_in_capitals_is_one(tmp_path: Path) -> None:
    path = file(tmp_path, "id,name\n1,GARCIA LOPEZ Maria J\n2,GARCIA LOPEZ Maria\n3,DE LA CRUZ Juan\n4,GARCIA LOPEZ\n")
    columns = mapped(tmp_path, "full_name: {column: name, order: family first}\n")
    assert read(path, columns)["full_name"].tolist() == [
        "GARCIA, LOPEZ Maria J", "GARCIA LOPEZ, Maria", "DE LA CRUZ, Juan", "GARCIA, LOPEZ",
    ]  # fmt: skip


def test_a_name_is_a_whole_name_where_nothing_else_is_one(tmp_path: Path) -> None:
    assert File(file(tmp_path, "id,Name,tel,Town\n1,Ana Silva,5,x\n"), {}).fields == ("full_name", "phone", "city")
    for other in ("Surname", "given_names", "organisation", "full name"):
        assert "Name" in File(file(tmp_path, f"id,Name,{other}\n1,Ana Silva,x\n"), {}).unused


def test_two_columns_for_one_field_are_a_choice(tmp_path: Path) -> None:
    path = file(tmp_path, "id,Surname,Last Name\n1,a,b\n")
    assert refusal(path) == "[people.csv] has several columns for field [family]; name one in a map"
    assert read(path, mapped(tmp_path, "family: Surname\n")).columns.tolist() == ["id", "family"]
    assert read(path, mapped(tmp_path, "other_names: Last Name\n"))["family"].tolist() == ["a"]


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.parquet"])
def test_pairs_appear_only_when_complete(tmp_path: Path, name: str) -> None:
    pieces = [
        pd.DataFrame({"left_id": [str(n)], "weight": [n / 3], "band": pd.Series(["lead"], dtype="str")}) for n in (1, 2)
    ]
    with Writer(tmp_path / name) as out:
        for piece in pieces:
            out.write(piece)
        assert not (tmp_path / name).exists()
    back = (pd.read_csv if name.endswith("csv") else pd.read_parquet)(tmp_path / name)
    assert back["weight"].tolist() == [1 / 3, 2 / 3]
    with pytest.raises(KeyError), Writer(tmp_path / "broken.csv") as out:
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"output ends in \[.txt\], neither .csv nor .parquet; choose one of them"):
        Writer(tmp_path / "pairs.txt")
    with pytest.raises(TableError, match=r"\[pairs.csv\] cannot be written: No such file or directory; check the path"):
        Writer(tmp_path / "none" / "pairs.csv")


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.parquet"])
def test_a_disk_that_is_full_at_the_end(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = Writer(tmp_path / name)
    monkeypatch.setattr(out._to, "close", Mock(side_effect=OSError(ENOSPC, "No space left on device")))
    with (
        pytest.raises(TableError, match=rf"\[{name}\] cannot be written: No space left on device; free space, or"),
        out,
    ):
        out.write(pd.DataFrame({"weight": [1.0]}))
    assert not list(tmp_path.iterdir())


def test_the_truth_is_pairs_of_text(tmp_path: Path) -> None:
    path = file(tmp_path, "right_id,left_id,note\n007,1,x\n8,2,x\n007,1,y\n", "truth.csv")
    assert read_truth(path).to_dict("list") == {"left_id": ["1", "2"], "right_id": ["007", "8"]}
    with pytest.raises(TableError, match=r"\[truth.csv\] has no column \[left_id\], did you mean \[left\]\?"):
        read_truth(file(tmp_path, "left,right\n1,2\n", "truth.csv"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2003.08.04.", "2003-08-04"), ("1959年7月7日", "1959-07-07"), ("1959년 07월 07일", "1959-07-07"),
        ("1979-00-00", "1979"), ("19790000", "1979"), ("19790400", "1979-04"), ("1979/4/9", "1979-04-09"),
        ("1979-13-01", "1979-13-01"), ("1979.4", "1979.4"),
    ],
)  # fmt: skip
def test_a_year_in_front_is_followed_by_the_month(written: str, expected: str) -> None:
    found, _ = iso_dates(pd.Series([written], dtype="str"), None)
    assert found.tolist() == [expected]
