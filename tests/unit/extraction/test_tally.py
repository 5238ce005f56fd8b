"""Counting what came, whatever the bytes are, in bounded memory."""

import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_gateway import COLUMNS, LIMITS, manifest_of, packed, rows

from include.extraction.errors import Refusal
from include.extraction.manifest import Manifest
from include.extraction.tally import BATCH_ROWS, Tally, shortfalls, tally
from include.settings import Extraction

FIELD = st.text(alphabet='ab ,"\n\té\x00', max_size=5)


def count(folder: Path, data: bytes, limits: Extraction = LIMITS) -> Tally:
    path = folder / "part-0001.csv.gz"
    path.write_bytes(data)
    return tally(path, COLUMNS, limits, "here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tally")


@given(table=st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=20))
def test_counts_are_those_of_the_csv_module(folder, table):
    counted = count(folder, packed(table))
    assert counted.rows == len(table)
    assert counted.non_blank == {c: sum(1 for row in table if row[i]) for i, c in enumerate(COLUMNS)}
    assert counted.is_packed
    assert counted.is_split


@pytest.mark.parametrize("number", [0, 1, BATCH_ROWS - 1, BATCH_ROWS, BATCH_ROWS + 1, 3 * BATCH_ROWS])
def test_batches_have_no_edges(folder, number):
    assert count(folder, packed(rows(number))).rows == number


def test_columns_are_found_by_header_in_any_order_and_rows_of_any_width(folder):
    text = "UPD,EXTRA,ID\n2014,x,1\n,,2,surplus,surplus\n3\n"
    counted = count(folder, gzip.compress(text.encode()))
    assert counted.rows == 3
    assert counted.non_blank == {"UPD": 2, "ID": 2}


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfID,LABEL,UPD\n1,a,2\n2,b,3\n",
        b"ID,LABEL,UPD\r\n1,a,2\r\n2,b,3\r\n",
        b"ID,LABEL,UPD\n1,Jos\xe9,2\n2,\x00,3\n",  # CP1252 and NUL
        b"ID,LABEL,UPD\n1,a,2\n\n2,b,3",  # an empty line, and no line break at the end
    ],
)
def test_bytes_that_are_not_as_agreed_are_counted_all_the_same(folder, text):
    assert count(folder, gzip.compress(text)) == Tally(rows=2, non_blank={"ID": 2, "LABEL": 2, "UPD": 2})


PLAIN = "ID,LABEL,UPD\n1,José,2\n2,,3\n"


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe" + PLAIN.encode("utf-16-le"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        b"\xff\xfe\0\0" + PLAIN.encode("utf-32-le"),
        b'"FOR OFFICIAL USE ONLY"\n"Run by BATCH01, 2014"\n\n' + PLAIN.encode(),
        PLAIN.replace("ID", " ID\t").encode(),
    ],
)
def test_what_staging_can_read_is_counted_as_it_reads_it(folder, text):
    assert count(folder, gzip.compress(text)) == Tally(rows=2, non_blank={"ID": 2, "LABEL": 1, "UPD": 2})


def test_rows_before_one_that_cannot_be_split_count_even_at_the_beginning(folder):
    huge = b'3,"' + b"x" * (csv.field_size_limit() + 1) + b'",4\n'
    counted = count(folder, gzip.compress(PLAIN.encode() + huge + b"5,e,6\n", 1))
    assert (counted.rows, counted.is_split) == (2, False)


def test_nothing_at_all_has_no_columns(folder):
    assert count(folder, gzip.compress(b"")) == Tally()


def test_several_gzip_members_are_one_file(folder):
    assert count(folder, gzip.compress(b"ID,LABEL,UPD\n1,a,2\n") + gzip.compress(b"2,b,3\n")).rows == 2


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-9], lambda b: b"ID,LABEL\n", lambda b: b + b"rest", lambda b: b[:40] + b"\xff" * 9 + b[49:]],
)
def test_what_cannot_be_unpacked_is_not_counted(folder, damage):
    assert count(folder, damage(packed(rows(5000)))) == Tally(is_packed=False)


def test_a_stray_quote_ends_the_counts_and_not_the_reading(folder):
    table = packed(rows(3000))
    text = gzip.decompress(table) + b'9,"stray,2014\n' + gzip.decompress(packed([("1", "x" * 40, "2")] * 5000))
    counted = count(folder, gzip.compress(text))
    assert counted.rows == 3000
    assert counted.is_packed
    assert not counted.is_split
    assert not count(folder, gzip.compress(text)[:-5]).is_packed


MEGABYTES = 16
BOMBS = {  # text, and how often its gzip is repeated
    "zeros": (b"\0" * (MEGABYTES << 20), 16),
    "one endless row": (b"," * (MEGABYTES << 20), 16),
    "one endless field": (b'"' + b"\n" * (MEGABYTES << 20), 1),
    "empty lines": (b"\n" * (MEGABYTES << 18), 1),
    "rows": (b"1,a,2\n" * (MEGABYTES << 15), 1),
}
BOUNDED = """
import resource, sys
from pathlib import Path
from include.extraction.errors import Refusal
from include.extraction.tally import tally
from include.settings import Extraction
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + (96 << 20),) * 2)
for path in map(Path, sys.argv[1:]):
    try:
        tally(path, ["ID", "LABEL", "UPD"], Extraction(), "here")
    except Refusal as refusal:
        print(refusal)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="bounds memory the way Linux does")
def test_a_bomb_is_refused_without_filling_the_memory(folder):
    paths = []
    for number, (text, times) in enumerate(BOMBS.values(), start=1):
        paths.append(folder / f"part-{number:04d}.csv.gz")
        paths[-1].write_bytes(gzip.compress(b"ID,LABEL,UPD\n") + gzip.compress(text) * times)
    run = subprocess.run([sys.executable, "-c", BOUNDED, *paths], capture_output=True, text=True, check=True)
    refused = run.stdout.splitlines()
    assert [line.split("]")[0] for line in refused] == [f"here: [{path.name}" for path in paths]
    assert all("unpacks to more than" in line or "rows or fewer" in line for line in refused)


def test_a_row_that_never_ends_is_refused_though_it_packs_badly(folder):
    line = b"".join(b'"%d\n",' % n for n in range(1_500_000))
    with pytest.raises(Refusal, match=r"rows or fewer"):
        count(folder, gzip.compress(b"ID,LABEL,UPD\n" + line, 1))


def test_a_few_like_rows_are_no_bomb(folder):
    assert count(folder, packed([("1", "x" * 400, "2")] * 2000)).rows == 2000


def test_text_that_packs_well_is_no_bomb(folder):
    part = packed([(str(n), "x" * 100, "2014-09-30") for n in range(20_000)])
    assert len(part) < 2_000_000 / 20, "better than text of this kind does"
    assert count(folder, part).rows == 20_000


def test_more_rows_than_the_limit_are_refused(folder):
    with pytest.raises(Refusal, match=r"more than \[10\] rows"):
        count(folder, packed(rows(11)), Extraction(max_rows=10))
    assert count(folder, packed(rows(10)), Extraction(max_rows=10)).rows == 10


def announced(rows_by_part: list[list[tuple[str, ...]]], **changes: object) -> Manifest:
    bodies = {f"part-{n:04d}.csv.gz": packed(part) for n, part in enumerate(rows_by_part, start=1)}
    counts = dict(zip(bodies, map(len, rows_by_part), strict=True))
    content = manifest_of(bodies, counts, [row for part in rows_by_part for row in part]) | changes
    return Manifest.model_validate_json(json.dumps(content))


def counted(parts: list[list[tuple[str, ...]]], columns: list[str] = COLUMNS) -> dict[str, Tally]:
    found = {}
    for n, part in enumerate(parts, start=1):
        values = {c: sum(1 for row in part if row[i]) for i, c in enumerate(COLUMNS) if c in columns}
        found[f"part-{n:04d}.csv.gz"] = Tally(len(part), values)
    return found


def test_what_came_as_announced_lacks_nothing():
    parts = [rows(4), rows(3, 4)]
    assert shortfalls(announced(parts), COLUMNS, counted(parts)) == []
    assert shortfalls(announced([]), COLUMNS, {}) == []  # a quiet night
    assert shortfalls(announced([], control_totals={"rows": 0, "non_blank": {}}), COLUMNS, {}) == []


def test_every_kind_of_shortfall_is_named():
    full, parts = announced([rows(4), rows(3, 4)]), [rows(4), rows(3, 4)]
    entries = [part.model_dump() for part in full.parts]
    one, two = (part.name for part in full.parts)
    whole = counted(parts)

    def short(manifest: Manifest = full, tallies: dict[str, Tally] | None = None) -> list[str]:
        return shortfalls(manifest, COLUMNS, whole if tallies is None else tallies)

    assert f"part [{two}] is not on the gateway" in short(tallies={one: whole[one]})
    assert "[4] rows of [7]" in short(tallies={one: whole[one]})
    assert f"part [{two}] is not readable gzip and was left out" in short(tallies=whole | {two: Tally(is_packed=False)})
    assert f"part [{two}] cannot be split into fields after row [1]" in short(
        tallies=whole | {two: Tally(1, dict.fromkeys(COLUMNS, 1), is_split=False)}
    )
    assert f"part [{two}] has [2] rows of [3]" in short(tallies=whole | counted([rows(4), rows(2, 4)]))
    assert short(announced(parts, parts=[*entries, entries[0]])) == [f"part [{one}] is listed more than once"]
    assert short(tallies=counted(parts, ["ID", "UPD"])) == [
        "column [LABEL] is not in every part",
        "column [LABEL] has [0] values of [4]",
    ]
    labels_elsewhere = whole | {two: Tally(3, {name: whole[two].non_blank[name] for name in ("ID", "UPD")})}
    assert "column [LABEL] is not in every part" in short(tallies=labels_elsewhere)
    blank = announced(parts, control_totals={"rows": 7, "non_blank": {"ID": 7, "LABEL": 5}})
    assert short(blank) == ["column [LABEL] has [4] values of [5]", "column [UPD] has no control total"]
    empty = announced([], control_totals=full.control_totals.model_dump())
    assert short(empty, {})[0] == "[0] rows of [7]"  # an empty export, answered 200


def test_a_stream_of_text_is_what_the_counts_see():
    """The helper that packs rows writes what the protocol says: RFC 4180, line feeds, a header."""
    text = gzip.decompress(packed(rows(3))).decode()
    assert text.startswith("ID,LABEL,UPD\n")
    assert "\r" not in text
    assert list(csv.reader(io.StringIO(text)))[1:] == [list(row) for row in rows(3)]
