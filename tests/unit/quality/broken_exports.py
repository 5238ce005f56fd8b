"""A corpus of broken exports, as generators: each fault of content, on two real contracts.

A fault is a function from the fields of a good export (header first) to the bytes of a file. It is registered with how
staging and the gate may end it; `told` is a value that is loaded with a warning that names its column.
"""

import csv
import gzip
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from include.contracts import Contract, load_contract

Table = list[list[str]]
ROWS = 40

# Values that a careless reader takes for something else.
SURNAMES = ["NULL", "NA", "None", "Nan", "True", "O'BRIEN", "DE LA CRUZ", "MUÑOZ", "GÖKÇE", "NGUYỄN", "INF", "1E5"]
ZIPS = ["00501", "02108", "10001", "90210"]


def good(dataset: str) -> Table:
    """Header and rows of an export without a fault, and without a value that could be read in two ways."""
    contract = load_contract(dataset)
    rows = [_row(contract, number) for number in range(ROWS)]
    return [[column.source for column in contract.columns], *rows]


def _row(contract: Contract, number: int) -> list[str]:
    surname = SURNAMES[number % len(SURNAMES)]
    born = (1950 + number, 2 + number % 11, 13 + number % 15)
    values = {
        "subject_id": f"S{number:08d}",
        "receipt_number": f"EAC{number:010d}",
        "name": f"{surname}, ANA {'ABCDEFGH'[number % 8]}",
        "family_name": surname,
        "given_name": "JOSÉ" if number % 3 else "ANA",
        "date_of_birth": (
            f"{born[1]:02d}{born[2]:02d}{born[0] % 100:02d}"
            if contract.dataset == "tecs_subjects" and number % 2
            else f"{born[0]}{born[1]:02d}{born[2]:02d}"
            if contract.dataset == "tecs_subjects"
            else f"{born[0]}-{born[1]:02d}-{born[2]:02d}"
        ),
        "sex": "F",
        "ssn": f"900-{number:02d}-{number:04d}",
        "a_number": f"A{number:09d}",
        "address": f"{number} MAIN ST, APT {number}",
        "city": "SAN JOSÉ",
        "state": "TX",
        "postal_code": ZIPS[number % len(ZIPS)],
        "phone": "(202) 555-0142",
        "record_state": "A",
        "updated_at": f"2014-05-01T12:{number:02d}:00Z",
    }
    return [values.get(column.name, "") for column in contract.columns]


def as_csv(table: Table, **dialect: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **dialect).writerows(table)  # type: ignore[arg-type]
    return text.getvalue().encode()


@dataclass(frozen=True)
class Case:
    """One file of the corpus. `packed`: what lies in the landing zone."""

    fault: str
    dataset: str
    packed: bytes
    ends: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.fault}-{self.dataset}"


Make = Callable[[Table, random.Random], bytes]
FAULTS: dict[str, tuple[Make, frozenset[str]]] = {}
DATASETS = ("tecs_subjects", "uscis_petitioners")


def fault(*ends: str) -> Callable[[Make], Make]:
    """Register a generator under its name."""

    def register(make: Make) -> Make:
        FAULTS[make.__name__] = (make, frozenset(ends))
        return make

    return register


def corpus() -> Iterator[Case]:
    """Every fault on every dataset, the same files each time."""
    for name, (make, ends) in FAULTS.items():
        for dataset in DATASETS:
            made = make(good(dataset), random.Random(name))
            yield Case(name, dataset, made if name.startswith("gzip_") else gzip.compress(made, mtime=0), ends)


def at(table: Table, *names: str) -> int:
    """Place of the first of the source columns that is there."""
    return next(table[0].index(name) for name in names if name in table[0])


def some(table: Table, chance: random.Random, share: float = 0.2) -> list[list[str]]:
    """Some of the rows, to be changed in place."""
    return chance.sample(table[1:], max(1, int(share * (len(table) - 1))))


NAME, BORN, ZIP, SSN = ("SUBJ_NAME", "LAST_NAME"), ("DOB", "DATE_OF_BIRTH"), ("ADDR_ZIP", "ZIP"), ("SSN",)
CITY, SEX, UPDATED = ("ADDR_CITY", "CITY"), ("SEX",), ("LAST_UPD", "UPDATED_AT")


def each(table: Table, column: tuple[str, ...], change: Callable[[str], str], rows: list[list[str]]) -> bytes:
    place = at(table, *column)
    for row in rows:
        row[place] = change(row[place])
    return as_csv(table)


# -- encodings


@fault("repaired")
def cp1252(table: Table, _: random.Random) -> bytes:
    return as_csv([[v.replace("NGUYỄN", "NUÑEZ") for v in row] for row in table]).decode().encode("cp1252")


@fault("repaired")
def cp1252_in_some_rows(table: Table, chance: random.Random) -> bytes:
    lines = as_csv([[v.replace("NGUYỄN", "NUÑEZ") for v in row] for row in table]).splitlines(keepends=True)
    hit = set(chance.sample(range(1, len(lines)), 8))
    return b"".join(line.decode().encode("cp1252") if n in hit else line for n, line in enumerate(lines))


@fault("quarantined", "held")
def two_encodings_in_one_row(table: Table, chance: random.Random) -> bytes:
    before, name, after = as_csv(table).partition("MUÑOZ".encode())
    return before + name + after.replace("SAN JOSÉ".encode(), b"SAN JOS\xc9", 1)


@fault("quarantined", "held")
def bytes_of_no_encoding(table: Table, _: random.Random) -> bytes:
    return as_csv(table).replace("MUÑOZ".encode(), b"MU\x81OZ", 1)


@fault("repaired")
def encoded_twice(table: Table, _: random.Random) -> bytes:
    return as_csv(table).decode("latin-1").encode()


@fault("repaired")
def encoded_twice_as_cp1252(table: Table, _: random.Random) -> bytes:
    plain = as_csv([[v.replace("NGUYỄN", "NUÑEZ") for v in row] for row in table])
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in plain).encode()


@fault("repaired")
def utf16_little(table: Table, _: random.Random) -> bytes:
    return b"\xff\xfe" + as_csv(table).decode().encode("utf-16-le")


@fault("repaired")
def utf16_big(table: Table, _: random.Random) -> bytes:
    return b"\xfe\xff" + as_csv(table).decode().encode("utf-16-be")


@fault("repaired")
def utf16_without_mark(table: Table, _: random.Random) -> bytes:
    return as_csv(table).decode().encode("utf-16-le")


@fault("refused")
def utf16_cut_in_a_character(table: Table, _: random.Random) -> bytes:
    return (b"\xff\xfe" + as_csv(table).decode().encode("utf-16-le"))[:-1]


@fault("repaired")
def utf32(table: Table, _: random.Random) -> bytes:
    return b"\xff\xfe\0\0" + as_csv(table).decode().encode("utf-32-le")


@fault("repaired")
def byte_order_mark(table: Table, _: random.Random) -> bytes:
    return b"\xef\xbb\xbf" + as_csv(table)


@fault("repaired")
def glued_together_with_marks(table: Table, _: random.Random) -> bytes:
    half = len(table) // 2
    return b"\xef\xbb\xbf" + as_csv(table[:half]) + b"\xef\xbb\xbf" + as_csv([table[0], *table[half:]])


# -- packing


@fault("refused")
def gzip_cut_off(table: Table, _: random.Random) -> bytes:
    return gzip.compress(as_csv(table), mtime=0)[:-20]


@fault("refused")
def gzip_not_at_all(table: Table, _: random.Random) -> bytes:
    return as_csv(table)


@fault("refused")
def gzip_of_a_login_page(_: Table, __: random.Random) -> bytes:
    return gzip.compress(b"<!doctype html><title>Sign in</title>\n" * 30, mtime=0)


@fault("refused")
def nothing_at_all(_: Table, __: random.Random) -> bytes:
    return b""


@fault("told")
def header_alone(table: Table, _: random.Random) -> bytes:
    return as_csv(table[:1])


# -- headers


@fault("repaired")
def report_title_above(table: Table, _: random.Random) -> bytes:
    return b'"FOR OFFICIAL USE ONLY"\n"Run by BATCH01, 2014-09-30"\n\n' + as_csv(table)


@fault("refused")
def page_of_text_above(table: Table, _: random.Random) -> bytes:
    return b"a line of a page\n" * 30 + as_csv(table)


@fault("refused")
def no_header(table: Table, _: random.Random) -> bytes:
    return as_csv(table[1:])


@fault("refused")
def header_of_another_dataset(table: Table, _: random.Random) -> bytes:
    return as_csv([[f"COLUMN_{n}" for n in range(len(table[0]))], *table[1:]])


@fault("refused")
def header_in_lower_case(table: Table, _: random.Random) -> bytes:
    return as_csv([[name.lower() for name in table[0]], *table[1:]])


@fault("clean")
def header_with_blanks_around(table: Table, _: random.Random) -> bytes:
    return as_csv([[f" {name}\t" for name in table[0]], *table[1:]])


@fault("repaired")
def header_repeated(table: Table, _: random.Random) -> bytes:
    return as_csv([*table[:20], table[0], *table[20:]])


@fault("repaired")
def columns_reordered(table: Table, chance: random.Random) -> bytes:
    order = chance.sample(range(len(table[0])), len(table[0]))
    return as_csv([[row[n] for n in order] for row in table])


def without(table: Table, place: int) -> Table:
    return [[*row[:place], *row[place + 1 :]] for row in table]


@fault("repaired")
def column_dropped(table: Table, _: random.Random) -> bytes:
    return as_csv(without(table, at(table, *CITY)))


@fault("refused")
def key_dropped(table: Table, _: random.Random) -> bytes:
    return as_csv(without(table, 0))


@fault("refused")
def update_time_dropped(table: Table, _: random.Random) -> bytes:
    return as_csv(without(table, at(table, *UPDATED)))


@fault("repaired")
def column_renamed(table: Table, _: random.Random) -> bytes:
    place = at(table, *CITY)
    return as_csv([[*table[0][:place], "Town", *table[0][place + 1 :]], *table[1:]])


@fault("repaired")
def column_twice(table: Table, _: random.Random) -> bytes:
    return as_csv([[*row, row[at(table, *CITY)]] for row in table])


@fault("repaired")
def column_twice_and_not_the_same(table: Table, _: random.Random) -> bytes:
    place = at(table, *CITY)
    return as_csv([[*table[0], table[0][place]], *([*row, "ELSEWHERE"] for row in table[1:])])


@fault("refused")
def key_twice_and_not_the_same(table: Table, _: random.Random) -> bytes:
    return as_csv([[*table[0], table[0][0]], *([*row, row[0][:-1] + "9x"] for row in table[1:])])


@fault("repaired")
def unknown_column(table: Table, _: random.Random) -> bytes:
    return as_csv([[*table[0], "NOTE"], *([*row, "x"] for row in table[1:])])


@fault("refused")
def semicolons(table: Table, _: random.Random) -> bytes:
    return as_csv(table, delimiter=";")


@fault("refused")
def tabs(table: Table, _: random.Random) -> bytes:
    return as_csv(table, delimiter="\t")


# -- rows


@fault("repaired", "quarantined", "held")
def stray_comma(table: Table, chance: random.Random) -> bytes:
    for row in some(table, chance):
        row.insert(at(table, *BORN), "")
    return as_csv(table)


@fault("repaired", "quarantined", "held")
def every_row_shifted_right(table: Table, _: random.Random) -> bytes:
    return as_csv([table[0], *(["", *row] for row in table[1:])])


@fault("held")
def every_row_shifted_left(table: Table, _: random.Random) -> bytes:
    return as_csv([table[0], *([*row[1:], ""] for row in table[1:])])


@fault("quarantined", "held")
def shifted_left_from_the_middle(table: Table, chance: random.Random) -> bytes:
    place = at(table, *BORN)
    for row in some(table, chance):
        row[place:] = [*row[place + 1 :], ""]
    return as_csv(table)


@fault("quarantined", "held")
def shifted_right_and_cut(table: Table, chance: random.Random) -> bytes:
    place = at(table, *BORN)
    for row in some(table, chance):
        row[place:] = ["", *row[place:-1]]
    return as_csv(table)


@fault("repaired", "quarantined", "held")
def unquoted_comma(table: Table, chance: random.Random) -> bytes:
    lines = as_csv(table).decode().splitlines(keepends=True)
    for number in chance.sample(range(1, len(lines)), 6):
        lines[number] = lines[number].replace('"', "")
    return "".join(lines).encode()


@fault("repaired")
def field_behind_the_last(table: Table, chance: random.Random) -> bytes:
    for row in some(table, chance):
        row.append("X")
    return as_csv(table)


@fault("quarantined", "held")
def fields_missing(table: Table, chance: random.Random) -> bytes:
    for row in some(table, chance, 0.05):
        del row[4:]
    return as_csv(table)


@fault("quarantined")
def last_row_cut_off(table: Table, _: random.Random) -> bytes:
    return as_csv(table)[:-40]


@fault("quarantined", "held")
def quote_never_closed(table: Table, chance: random.Random) -> bytes:
    lines = as_csv(table).splitlines(keepends=True)
    number = chance.randrange(1, len(lines) - 1)
    lines[number] = b'"' + lines[number]
    return b"".join(lines)


@fault("quarantined", "held")
def quote_never_closed_in_the_last_column(table: Table, chance: random.Random) -> bytes:
    lines = as_csv(table).splitlines(keepends=True)
    number = chance.randrange(1, len(lines) - 1)
    head, _, last = lines[number].rpartition(b",")
    lines[number] = head + b',"' + last
    return b"".join(lines)


@fault("repaired")
def nul_padding(table: Table, chance: random.Random) -> bytes:
    return each(table, CITY, lambda value: f"{value}\0\0\0", some(table, chance))


@fault("quarantined", "held")
def nul_within_a_value(table: Table, chance: random.Random) -> bytes:
    return each(table, CITY, lambda value: f"{value[:3]}\0{value[3:]}", some(table, chance, 0.05))


@fault("quarantined")
def dos_end_of_file(table: Table, _: random.Random) -> bytes:
    return as_csv(table) + b"\x1a"


@fault("clean")
def carriage_returns_alone(table: Table, _: random.Random) -> bytes:
    return as_csv(table).replace(b"\n", b"\r")


@fault("clean")
def line_ends_of_every_kind(table: Table, _: random.Random) -> bytes:
    lines = as_csv(table).split(b"\n")
    return b"".join(line + (b"\r\n", b"\n")[n % 2] for n, line in enumerate(lines) if line)


@fault("clean")
def blank_lines(table: Table, _: random.Random) -> bytes:
    return as_csv(table).replace(b"\n", b"\n\n")


@fault("clean")
def no_line_end_at_the_end(table: Table, _: random.Random) -> bytes:
    return as_csv(table).rstrip(b"\n")


@fault("repaired")
def totals_line(table: Table, _: random.Random) -> bytes:
    return as_csv(table) + b"TOTAL,%d\n" % ROWS


@fault("repaired")
def rows_selected(table: Table, _: random.Random) -> bytes:
    return as_csv(table) + b"(%d rows selected)\n" % ROWS


@fault("merged")
def exact_duplicates(table: Table, chance: random.Random) -> bytes:
    return as_csv([*table, *some(table, chance)])


@fault("merged")
def the_whole_file_twice(table: Table, _: random.Random) -> bytes:
    return as_csv([*table, *table[1:]])


@fault("merged")
def a_blank_copy_of_a_row(table: Table, chance: random.Random) -> bytes:
    copies = [list(row) for row in some(table, chance)]
    for row in copies:
        row[at(table, *CITY)] = ""
    return as_csv([*table, *copies])


# -- values


@fault("told")
def zip_as_a_number(table: Table, _: random.Random) -> bytes:
    return each(table, ZIP, lambda value: str(int(value)), table[1:])


@fault("told")
def zip_as_a_decimal(table: Table, chance: random.Random) -> bytes:
    return each(table, ZIP, lambda value: f"{int(value)}.0", some(table, chance))


@fault("told")
def number_in_scientific_notation(table: Table, chance: random.Random) -> bytes:
    return each(table, SSN, lambda value: f"{float(value.replace('-', '')):.2E}", some(table, chance))


@fault("held")
def dates_as_spreadsheet_days(table: Table, _: random.Random) -> bytes:
    return each(table, BORN, lambda _: "24836", table[1:])


@fault("held")
def dates_in_words(table: Table, _: random.Random) -> bytes:
    return each(table, BORN, lambda _: "3 March 1970", table[1:])


@fault("told")
def dates_of_no_calendar(table: Table, chance: random.Random) -> bytes:
    day = "19700230" if "DOB" in table[0] else "1970-02-30"
    return each(table, BORN, lambda _: day, some(table, chance, 0.05))


@fault("held")
def dates_all_filled_in(table: Table, _: random.Random) -> bytes:
    day = "19000101" if "DOB" in table[0] else "1900-01-01"
    return each(table, BORN, lambda _: day, table[1:])


@fault("held")
def dates_all_in_the_future(table: Table, _: random.Random) -> bytes:
    day = "20490101" if "DOB" in table[0] else "2049-01-01"
    return each(table, BORN, lambda _: day, table[1:])


@fault("held")
def dates_all_blank(table: Table, _: random.Random) -> bytes:
    return each(table, BORN, lambda _: "", table[1:])


@fault("held")
def names_all_blank(table: Table, _: random.Random) -> bytes:
    return each(table, NAME, lambda _: "null", table[1:])


@fault("held")
def names_all_placeholders(table: Table, _: random.Random) -> bytes:
    return each(table, NAME, lambda _: "LNU, FNU" if "SUBJ_NAME" in table[0] else "LNU", table[1:])


@fault("told")
def codes_of_another_list(table: Table, chance: random.Random) -> bytes:
    return each(table, SEX, lambda _: "W", some(table, chance))


@fault("held")
def update_times_without_a_zone(table: Table, _: random.Random) -> bytes:
    return each(table, UPDATED, lambda value: value.removesuffix("Z"), table[1:])


@fault("held")
def update_times_blank(table: Table, _: random.Random) -> bytes:
    return each(table, UPDATED, lambda _: "", table[1:])


@fault("quarantined", "held")
def a_key_of_another_form(table: Table, chance: random.Random) -> bytes:
    for row in some(table, chance, 0.03):
        row[0] = row[0].lower()
    return as_csv(table)


@fault("held")
def a_third_of_the_keys_broken(table: Table, chance: random.Random) -> bytes:
    for row in some(table, chance, 0.34):
        row[0] = row[0][:-1] + "O"  # a letter for a zero
    return as_csv(table)


@fault("clean")
def blanks_around_values(table: Table, _: random.Random) -> bytes:
    return as_csv([table[0], *([f" {value}\u00a0" if value else value for value in row] for row in table[1:])])


@fault("clean")
def every_value_in_quotes(table: Table, _: random.Random) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(table)
    return text.getvalue().encode()


@fault("clean")
def nothing_wrong(table: Table, _: random.Random) -> bytes:
    return as_csv(table)
