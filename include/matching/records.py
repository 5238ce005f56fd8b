"""A table as values that can be compared. Each value depends on its own row and the model alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.arrays import Bits, Flags, Hashes, Numbers
from include.matching.fields import SEPARATOR, Column, Distinct, Table, distinct
from include.matching.hashes import hash_texts, mix
from include.matching.letters import byte_matrix, bytes_of, last_digits, only
from include.matching.model import Model
from include.matching.names.parts import Names
from include.matching.names.readings import read_names
from include.matching.names.shares import NameShares
from include.matching.names.words import Words, bits
from include.matching.names.written import ascii_upper

NUMBERS = ("a_number", "ssn", "passport", "phone", "fein")
# Dates and numbers of one person that are looked at; each is compared with each of the other's. Of an estimated birth
# lists name every year of a span (1937;1938; ... 1945).
MAX_DATES, MAX_NUMBERS = 10, 4
# What clerks and exports write where nothing is known. No NA, which is a country.
NOTHING = pa.array([
    "N A", "NONE", "NULL", "NAN", "NOT APPLICABLE", "NOT AVAILABLE", "NOT GIVEN", "NOT KNOWN", "NOT PROVIDED",
    "NOT STATED", "UNK", "UNKNOWN", "XXX",
])  # fmt: skip
LETTERS_AND_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DISTRICT_BITS = 31  # of a postcode with letters that are its own; those above are its district's
HOUSE_DIGITS = 6  # of a house number
FILLERS = (19000101, 99991231, 10101)  # of systems that insist on a date: the least and the last one that they know
# Nobody in these records is born later: POSIX reads two digits of a year below 69 as 20.., 1947 as 2047. A fixed year,
# and not today's: a weight depends on two rows and the model alone.
LAST_BORN = 2030

# What written English does to street words: the form that remains, and the others.
STREET_WORDS = {
    "ST": "STREET|STR", "AVE": "AVENUE|AV", "RD": "ROAD", "DR": "DRIVE", "LN": "LANE", "BLVD": "BOULEVARD",
    "CT": "COURT|CRT", "PL": "PLACE", "CIR": "CIRCLE|CIRCUIT", "PKWY": "PARKWAY", "HWY": "HIGHWAY", "TER": "TERRACE",
    "SQ": "SQUARE", "CRES": "CRESCENT", "CL": "CLOSE", "APT": "APARTMENT|UNIT|STE|SUITE|NO|FLAT", "N": "NORTH",
    "S": "SOUTH", "E": "EAST", "W": "WEST",
}  # fmt: skip
_SHORT = {word: short for short, words in STREET_WORDS.items() for word in words.split("|")}
# What says how a firm is owned, not which it is.
LEGAL_FORMS = (
    "SA DE CV|S DE RL|INC|INCORPORATED|LLC|LLP|LP|LTD|LIMITED|CORP|CORPORATION|CO|COMPANY|PLC|GMBH|SA|SL|SRL|SARL|BV|"
    "NV|AG|AB|OY|PTY|PVT|KG|OHG|UG|KFT|OOO|ZAO|OAO|PTE|SDN BHD|THE|AND"
)
# Words of firms as they are cut short: the form that remains, and the others.
FIRM_WORDS = {
    "AMER": "AMERICAN|AMERICA", "ASSOC": "ASSOCIATES|ASSOCIATION|ASSOCS|ASSN", "BROS": "BROTHERS",
    "CONSTR": "CONSTRUCTION|CONST", "CONTR": "CONTRACTORS|CONTRACTING", "CTR": "CENTER|CENTRE", "DEV": "DEVELOPMENT",
    "DIST": "DISTRIBUTION|DISTRIBUTORS", "EDU": "EDUCATION|EDUCATIONAL", "ELEC": "ELECTRIC|ELECTRICAL",
    "ENG": "ENGINEERING|ENGR|ENGRG", "ENT": "ENTERPRISES|ENTERPRISE", "EQUIP": "EQUIPMENT", "FIN": "FINANCIAL|FINANCE",
    "GRP": "GROUP", "HOSP": "HOSPITAL", "IND": "INDUSTRIES|INDUSTRIAL|INDS", "INS": "INSURANCE",
    "INTL": "INTERNATIONAL",
    "LAB": "LABORATORIES|LABORATORY|LABS", "MED": "MEDICAL", "MFG": "MANUFACTURING|MFRS|MANUFACTURERS",
    "MGMT": "MANAGEMENT|MGT", "MKTG": "MARKETING", "NATL": "NATIONAL", "PHARM": "PHARMACY|PHARMACEUTICALS",
    "PROD": "PRODUCTS|PRODUCTIONS|PRODS", "REST": "RESTAURANT|RESTAURANTS", "SCH": "SCHOOL", "ST": "SAINT",
    "SVC": "SERVICE|SERVICES|SVCS", "SYS": "SYSTEMS|SYSTEM", "TECH": "TECHNOLOGIES|TECHNOLOGY",
    "TRANSP": "TRANSPORT|TRANSPORTATION|TRANS", "UNIV": "UNIVERSITY",
}  # fmt: skip
_SHORT_FIRM = {word: short for short, words in FIRM_WORDS.items() for word in words.split("|")}
# Behind it stands what a firm is called on its door.
TRADING_AS = r"\b(DBA|D/B/A|T/A|TRADING AS|DOING BUSINESS AS)\b.*$"


@dataclass(frozen=True)
class Records:
    """One side of the comparison: n rows. A number is 0, a hash 0, a text null where nothing is known."""

    table: Table
    words: Words
    names: Names
    first_name: Numbers  # n + 1: where the names of a row begin, and end
    born: npt.NDArray[np.int32]  # n x k: year * 10000 + month * 100 + day, of which month and day may be 0
    numbers: dict[str, Numbers]  # n x k each
    sex: npt.NDArray[np.int8]  # 1 female, 2 male
    country: Hashes
    country_known: Flags  # the country is one of the model's
    birth_place: Hashes
    city: Hashes
    postcode: Numbers
    has_street: Flags
    house: Numbers  # number at the beginning of the street
    street_key: Hashes  # the number, or where there is none the whole street as it is written
    organisation: Hashes
    organisation_start: Hashes  # of its first two words, which may be all that somebody writes
    organisation_bits: Bits  # log2 of the share of firms with that name; 0 where none is known

    def __len__(self) -> int:
        return len(self.table)

    def with_frequencies(self, frequencies: NameShares) -> "Records":
        """The same values with names as common as these frequencies say."""
        words = self.words.with_frequencies(frequencies)
        firms = _by_distinct(_organisations(self.table), lambda names: _rarity(names, frequencies))
        return replace(self, words=words, names=self.names.with_words(words), organisation_bits=firms)


def read_records(table: Table, model: Model) -> Records:
    """Read every value of a table."""
    words, names = read_names(table, model.known_nicknames, model.name_shares)
    streets = table["street"]
    house = _houses(streets)
    street_key = _street_keys(streets, house)
    country, country_known = _countries(table.distinct("country"), model)
    firms = _organisations(table)
    return Records(
        table=table,
        words=words,
        names=names,
        first_name=np.append(0, np.cumsum(np.bincount(names.row, minlength=len(table)))),
        born=_several(table["dob"], day_numbers, MAX_DATES).astype(np.int32),
        numbers={field: _several(table[field], _READ_NUMBER[field], MAX_NUMBERS) for field in NUMBERS},
        sex=_by_distinct(table.distinct("sex"), _sexes),
        country=country,
        country_known=country_known,
        birth_place=_countries(table.distinct("birth_place"), model)[0],
        city=_by_distinct(table.distinct("city"), lambda texts: hash_texts(_told(plain_text(texts)))),
        postcode=_by_distinct(table.distinct("postcode"), _postcodes),
        has_street=street_key != 0,
        house=house,
        street_key=street_key,
        organisation=_by_distinct(firms, hash_texts),
        organisation_start=_by_distinct(firms, lambda names: hash_texts(_start(names))),
        organisation_bits=_by_distinct(firms, lambda names: _rarity(names, model.name_shares)),
    )


def plain_text(values: Column) -> Column:
    """Capitals and digits, one blank between words."""
    values = pc.replace_substring_regex(ascii_upper(values), "[^A-Z0-9]+", " ")
    return pc.utf8_trim_whitespace(values)


def _told(plain: Column) -> Column:
    """Plain texts, null where they say that nothing is known."""
    nothing = pc.is_in(plain, value_set=NOTHING)
    return pc.if_else(nothing, None, plain) if pc.any(nothing).as_py() else plain


def organisation(values: Column) -> Column:
    """The name of a firm without its legal form, and without the one that it trades as; L.L.C. is LLC, SERVICES SVC."""
    return _shortened(organisation_in_full(values), _SHORT_FIRM)


def organisation_in_full(values: Column) -> Column:
    """The same with its words as they are written: of SERVICES and SERIVCES four letters of five stay."""
    joined = pc.replace_substring_regex(ascii_upper(values), "[.'`]", "")
    plain = _told(plain_text(pc.replace_substring_regex(joined, f".{TRADING_AS}", "")))
    bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, rf"\b({LEGAL_FORMS})\b", " "))
    return pc.if_else(pc.equal(bare, ""), None, bare)


def _start(names: Column) -> Column:
    return pc.replace_substring_regex(names, r"^(\S+ \S+) .*$", r"\1")


def _organisations(table: Table) -> Distinct:
    code, texts = table.distinct("organisation")
    return code, organisation(texts)


def _rarity(names: Column, frequencies: NameShares) -> Bits:
    return bits(frequencies.of_organisation(names.fill_null("")))


def street(values: Column) -> Column:
    """Streets with the usual abbreviations, one for each word."""
    return _shortened(plain_text(values), _SHORT)


def _shortened(values: Column, short: Mapping[str, str]) -> Column:
    """Words cut short as they usually are, one blank between them."""
    words = pc.ascii_split_whitespace(pc.utf8_trim_whitespace(values))
    code, written = distinct(words.flatten())
    shortened = pa.array([short.get(word, word) for word in written.to_pylist()], pa.string())
    texts = pc.binary_join(pa.ListArray.from_arrays(words.offsets, shortened.take(pa.array(code))), " ")
    return pc.if_else(pc.is_valid(words), texts, None)


def day_numbers(texts: Column) -> Numbers:
    """`YYYY-MM-DD`, `YYYY-MM` or `YYYY` as year * 10000 + month * 100 + day; 0 if it is no date.

    Of a day that is not in the calendar the year is left. A year to come is one of the century before.
    """
    letters = np.ascontiguousarray(byte_matrix(texts, 10).T)
    number, numeric = [], []
    for start, end in _DATE_PARTS:
        digits = letters[start:end] - np.uint8(ord("0"))  # anything else is above 9
        number.append(sum(digit * np.int32(10**nth) for nth, digit in enumerate(digits[::-1])))
        numeric.append(np.logical_and.reduce(digits <= 9))
    ends = [letters[at] == 0 for at in (4, 7)]
    dashes = [letters[at] == ord("-") for at in (4, 7)]
    year = number[0] * (numeric[0] & (ends[0] | dashes[0]))
    month = number[1] * (dashes[0] & numeric[1] & (ends[1] | dashes[1]))
    day = number[2] * (dashes[1] & numeric[2])
    last = _LAST_DAYS.take(month, mode="clip")
    leap_day = np.flatnonzero((month == 2) & (day == 29))
    of_leap_day = year[leap_day]
    last[leap_day] -= (of_leap_day % 4 > 0) | ((of_leap_day % 100 == 0) & (of_leap_day % 400 > 0))
    found: Numbers = year * 10000 + (month * 100 + day) * ((day <= last) & (year > 0) & ((month > 0) | (day == 0)))
    found *= ~np.isin(found, FILLERS)
    found -= (found // 10_000 > LAST_BORN) * np.int32(1_000_000)
    return found


_DATE_PARTS = ((0, 4), (5, 7), (8, 10))
_LAST_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, -1])


def _nine_digits(values: Column, least: int) -> Numbers:
    number, count = last_digits(values, 9)
    return _not_filler(np.where((count >= least) & (count <= 9), number, 0))


def _phones(values: Column) -> Numbers:
    """The last ten digits with the area code, or seven without."""
    number, count = last_digits(values, 10)
    return _not_filler(np.where(count >= 10, number, np.where(count >= 7, number % 10**7, 0)))


def _not_filler(number: Numbers) -> Numbers:
    """One digit all through, and 123456789, are no numbers."""
    some = np.flatnonzero(_FILLER_ENDS[number % 100])
    at = np.minimum(np.searchsorted(_FILLERS, number[some]), len(_FILLERS) - 1)
    number[some[_FILLERS[at] == number[some]]] = 0
    return number


_ONES = (10 ** np.arange(1, 12) - 1) // 9
_FILLERS = np.unique([*np.multiply.outer(_ONES, np.arange(1, 10)).ravel(), 12345678, 123456789, 1234567890])
_FILLER_ENDS = np.isin(np.arange(100), _FILLERS % 100)


def _passports(values: Column) -> Numbers:
    bare = only(ascii_upper(values), LETTERS_AND_DIGITS)
    bare = pc.if_else(pc.greater_equal(pc.utf8_length(bare), 5), bare, None)
    plain = pc.and_(pc.match_substring_regex(bare, "^[0-9]+$"), pc.less_equal(pc.utf8_length(bare), 9))
    number = pc.cast(pc.if_else(plain, bare, None), pa.int64()).fill_null(0).to_numpy()
    # letters: a hash, negative so that it is never taken for digits
    hashed = -(hash_texts(bare) >> np.uint64(2)).astype(np.int64)
    return np.where(number > 0, number, hashed)


_READ_NUMBER: dict[str, Callable[[Column], Numbers]] = {
    "a_number": lambda values: _nine_digits(_without_point(values), 7),
    "ssn": lambda values: _nine_digits(_without_point(values), 9),
    "passport": lambda values: _passports(_without_point(values)),
    "phone": lambda values: _phones(_without_point(values)),
    "fein": lambda values: _nine_digits(_without_point(values), 9),
}


READ = ("sex", *NUMBERS)  # fields of which a value is read as something, or not at all; beside dates


def can_be_read(field: str, values: Column) -> Flags:
    """Of a column of one of the fields `READ`, the rows of which a value can be read."""
    read = (
        _by_distinct(distinct(values), _sexes)[:, None]
        if field == "sex"
        else _several(values, _READ_NUMBER[field], MAX_NUMBERS)
    )
    found: Flags = (read != 0).any(axis=1)
    return found


def _without_point(values: Column) -> Column:
    """9155550142.0 is 9155550142: so a frame writes numbers of which some are missing."""
    some = pc.ends_with(values, ".0")
    return pc.if_else(some, pc.utf8_slice_codeunits(values, 0, -2), values) if pc.any(some).as_py() else values


def _several(values: Column, read: Callable[[Column], Numbers], most: int) -> Numbers:
    """One column for each of several values of a row, so many at most; the values of a row are distinct, those that are
    known first."""
    if values.null_count == len(values):
        return np.zeros((len(values), 1), dtype=np.int64)
    if not (bytes_of(values)[1] == ord(SEPARATOR)).any():
        known = np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False))
        only_one = np.zeros(len(values), dtype=np.int64)
        only_one[known] = read(values.drop_null())
        return only_one[:, None]
    lists = pc.split_pattern(values, SEPARATOR)
    row = pc.list_parent_indices(lists).to_numpy()
    number = read(pc.utf8_trim_whitespace(lists.flatten()))
    known = _first_of_equals(row, number)
    row, number = row[known], number[known]
    count = np.bincount(row, minlength=len(values))
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    early = nth < most
    found = np.zeros((len(values), max(1, min(int(count.max(initial=1)), most))), dtype=np.int64)
    found[row[early], nth[early]] = number[early]
    return found


def _first_of_equals(row: Numbers, number: Numbers) -> Numbers:
    """Positions of the first of equal (row, number), where the number is known; rows ascend."""
    order = np.lexsort((number, row))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (row[order][1:] != row[order][:-1]) | (number[order][1:] != number[order][:-1])
    kept: Numbers = order[first & (number[order] != 0)]
    return kept


def _by_distinct(values: Distinct, read: Callable[[Column], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """What `read` makes of the distinct values, for each row; 0 where there is none."""
    code, texts = values
    found = read(texts)
    every: npt.NDArray[Any] = np.append(found, np.zeros(1, dtype=found.dtype))[code]
    return every


def _countries(values: Distinct, model: Model) -> tuple[Hashes, Flags]:
    """Each row's country as a hash, and whether it is one of the model's."""
    code, texts = values
    told = pc.is_valid(_told(plain_text(texts))).to_pylist()
    names = [
        model.country_reader.read(text) if said else "" for text, said in zip(texts.to_pylist(), told, strict=True)
    ]
    known = np.array([*(name in model.countries for name in names), False])
    return hash_texts(pa.array([*names, ""], pa.string()))[code], known[code]


def _sexes(texts: Column) -> npt.NDArray[np.int8]:
    first = {"F": 1, "M": 2, "W": 1}
    return np.array([first.get(text[:1].upper(), 0) for text in texts.to_pylist()], dtype=np.int8)


def _postcodes(texts: Column) -> Numbers:
    """Five digits as a number, or where there are letters a negative hash: they are no number that is one digit off.

    What is above the hash's `DISTRICT_BITS` is that of all but the last three letters: BS1 of BS1 4QT, K1A of K1A 0B1.
    """
    told = pc.is_valid(_told(plain_text(texts))).to_numpy(zero_copy_only=False)
    bare = only(pc.ascii_upper(_without_point(texts)), LETTERS_AND_DIGITS)
    digits = pc.match_substring_regex(bare, "^[0-9]{3,9}$").fill_null(False)
    number = pc.cast(pc.utf8_slice_codeunits(pc.if_else(digits, bare, None), 0, 5), pa.int64()).fill_null(0).to_numpy()
    district = pc.utf8_slice_codeunits(bare, 0, -3)
    district = pc.if_else(pc.equal(district, ""), bare, district)  # of so short a code all
    low = np.uint64(DISTRICT_BITS)
    high = mix(hash_texts(district)) >> low << low  # mixed: BS1 and BS2 differ in the lowest bits alone
    hashed = -((high | mix(hash_texts(bare)) >> (np.uint64(64) - low)) >> np.uint64(1)).astype(np.int64)
    # a leading 1 keeps 00501 apart from 501, and from nothing
    found: Numbers = np.where(digits.to_numpy(zero_copy_only=False), number + 100_000, hashed).astype(np.int64) * told
    return found


def _street_keys(streets: Column, house: Numbers) -> Hashes:
    found = house.astype(np.uint64)
    unnumbered = np.flatnonzero(house == 0)
    if len(unnumbered):
        found[unnumbered] = hash_texts(_told(plain_text(streets.take(pa.array(unnumbered)))))
    return found


def _houses(values: Column) -> Numbers:
    """The digits that a street begins with."""
    letters = byte_matrix(values.fill_null(""), HOUSE_DIGITS)
    number, going = np.zeros(len(letters), dtype=np.int32), np.ones(len(letters), dtype=bool)
    for column in np.ascontiguousarray(letters.T):
        digit = column - np.uint8(ord("0"))
        going &= digit <= 9
        number *= np.uint8(1) + np.uint8(9) * going
        number += digit * going
    return number.astype(np.int64)
