"""Rows as agencies write them -> values that can be compared. Each value depends on its own row and the model alone."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from anyascii import anyascii
from rapidfuzz.distance import OSA

from include.matching.model import Model

IntArray = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]  # of str; "" is missing

NAME_WIDTH = 30  # TECS cuts a name there: its last word may be the beginning of a longer one
CACHED = 1 << 18  # readings kept of names seen before: most of a night's names, some 100 MB at most
MAX_TOKENS = 8  # of a name; more is not a name, and keys grow with the square
MAX_OTHER_NAMES = 8  # of a petitioner; each is compared with every name of a candidate

# Words of a surname that are written, joined or left out at will.
PARTICLES = frozenset({
    "DE", "LA", "LAS", "LOS", "DEL", "DELA", "DELOS", "DA", "DAS", "DI", "DO", "DOS", "DU", "VAN", "VON", "DER", "DEN",
    "TER", "BIN", "BINT", "IBN", "BEN", "AL", "EL", "UL", "ABU", "MC", "MAC",
})  # fmt: skip
SUFFIXES = {"JR": "JR", "SR": "SR", "II": "II", "2ND": "II", "III": "III", "3RD": "III", "IV": "IV", "4TH": "IV"}
# No name, said in words. NULL is a surname, and the contracts blank the text `null` before it comes here.
PLACEHOLDERS = frozenset({"FNU", "LNU", "NFN", "NLN", "NMN", "NMI", "UNKNOWN", "UNK", "UNKN", "XXX", "NONE"})

# What written English does to street words; the first form is what remains.
STREET_WORDS = {
    word: words.split()[0]
    for words in (
        "ST STREET STR", "AVE AVENUE AV", "RD ROAD", "DR DRIVE", "LN LANE", "BLVD BOULEVARD", "CT COURT", "PL PLACE",
        "CIR CIRCLE", "PKWY PARKWAY", "HWY HIGHWAY", "TER TERRACE", "SQ SQUARE", "APT APARTMENT UNIT STE SUITE NO",
        "N NORTH", "S SOUTH", "E EAST", "W WEST",
    )
    for word in words.split()
}  # fmt: skip

DIGITS_AS_LETTERS = str.maketrans("01358", "OIESB")  # how a code is mistyped: H0NDU
LETTERS = re.compile(r"[^A-Z ]+")
NOT_WORD = re.compile(r"[^A-Z0-9]+")
NOT_DIGIT = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Name:
    """One way to read a name. A part that is not known is empty."""

    family: tuple[str, ...]  # words of the surname without its particles
    family_joined: str  # all of them with particles, without spaces: DELACRUZ
    family_cut: bool  # the surname may go on
    given: str  # first given name
    middle: tuple[str, ...]  # the others, without particles
    given_joined: str  # all given names without spaces: XIAOMING
    suffix: str


@dataclass(frozen=True)
class Records:
    """One side of the comparison: n rows, and their names in long form."""

    ids: IntArray  # n
    born: IntArray  # n: year * 10000 + month * 100 + day; 0 is missing
    fields: dict[str, Texts]  # n each: sex, birth_country, a_number, ssn, phone, street, city, state, postal_code
    names: list[Name]  # of all rows, in the order of rows; at least one per row, even if nothing of it is known
    name_row: IntArray  # len(names): the row that a name belongs to
    name_order: IntArray  # len(names): level of comparison `name_order`
    name_source: IntArray  # len(names): level of comparison `name_source`


def read_personas(table: pd.DataFrame, model: Model) -> Records:
    """Rows with `persona_id` and `name`, written `LAST, FIRST MIDDLE`. Raises `ValueError`; see `link`."""
    table = _once(table, "persona_id")
    found = [
        [(name, order, 0) for order, name in enumerate_orders(tecs_names(text))]
        for text in _texts(table, "name").tolist()
    ]
    return _records(table, "persona_id", found, model)


def read_petitioners(table: pd.DataFrame, model: Model) -> Records:
    """Rows with `petitioner_id` and a name in parts. Raises `ValueError`; see `link`."""
    table = _once(table, "petitioner_id")
    parts = [_texts(table, column).tolist() for column in ("family_name", "given_name", "middle_name", "other_names")]
    found = []
    for family, given, middle, others in zip(*parts, strict=True):
        name = make_name(words(family), [*words(given), *words(middle)])
        names = [(name, 0, 0)] if named(name) else []
        for other in others.split(";")[:MAX_OTHER_NAMES] if others else ():
            names += [(name, order, 1) for order, name in enumerate_orders(free_names(other))]
        found.append(names)
    return _records(table, "petitioner_id", found, model)


def enumerate_orders(names: Sequence[Name]) -> list[tuple[int, Name]]:
    """The readings of a name with their level of `name_order`: the first is as written, the others are reordered."""
    return [(min(position, 1), name) for position, name in enumerate(names)]


@lru_cache(maxsize=CACHED)
def ascii_upper(text: str) -> str:
    """Transliterated and in capitals; the same for all that looks or sounds the same in another alphabet."""
    return text.upper() if text.isascii() else anyascii(text).upper()


def words(text: str) -> list[str]:
    """Words of a name: hyphens part, apostrophes and full stops join, placeholders and digits go."""
    text = re.sub(r"['`.´]", "", ascii_upper(text))
    text = re.sub(r"\b(2ND|3RD|4TH)\b", lambda found: SUFFIXES[found[0]], text)
    return [word for word in LETTERS.sub(" ", text).split() if word not in PLACEHOLDERS][:MAX_TOKENS]


def make_name(family: Sequence[str], given: Sequence[str], *, family_cut: bool = False) -> Name:
    """A name from the words of its two halves. A suffix is taken off the end of either."""
    suffix = ""
    halves = []
    for half in (list(family), list(given)):
        while len(half) > 1 and half[-1] in SUFFIXES:
            suffix = SUFFIXES[half.pop()]
        halves.append(half)
    family, given = halves
    core = tuple(word for word in family if word not in PARTICLES) or tuple(family)
    return Name(
        family=core,
        family_joined="".join(family),
        family_cut=family_cut,
        given=given[0] if given else "",
        middle=tuple(word for word in given[1:] if word not in PARTICLES),
        given_joined="".join(given),
        suffix=suffix,
    )


def named(name: Name) -> bool:
    """Whether anything of the name is known."""
    return bool(name.family or name.given)


@lru_cache(maxsize=CACHED)
def tecs_names(text: str) -> tuple[Name, ...]:
    """Readings of `LAST, FIRST MIDDLE`: as written, then with the halves swapped. Without a comma, as `free_names`."""
    last, comma, first = text.partition(",")
    cut = len(text) >= NAME_WIDTH and not words(first)
    if not comma and cut:  # the surname alone filled the field
        return _distinct(make_name(words(last), [], family_cut=True))
    if not comma:
        return free_names(text)
    family, given = words(last), words(first)
    return _distinct(make_name(family, given, family_cut=cut), make_name(given, family))


@lru_cache(maxsize=CACHED)
def free_names(text: str) -> tuple[Name, ...]:
    """Readings of a name in one string. With a comma it is the surname that stands first."""
    if "," in text:
        last, _, first = text.partition(",")
        return _distinct(make_name(words(last), words(first)))
    every = words(text)
    suffix = [every.pop()] if len(every) > 1 and every[-1] in SUFFIXES else []
    if len(every) < 2:
        return _distinct(make_name(every + suffix, []), make_name([], every + suffix))
    halves = [(every[-1:], every[:-1]), (every[:1], every[1:])]  # surname last, surname first
    if len(every) > 2:
        halves.append((every[-2:], every[:-2]))  # two surnames, last
    return _distinct(*(make_name(family + suffix, given) for family, given in halves))


@lru_cache(maxsize=CACHED)
def sound(word: str) -> str:
    """Consonants of a word by sound, for languages written in Latin letters: MUHAMMAD and MOHAMED are both MMD.

    Our own coarse rules; Soundex and Metaphone know English only.
    """
    for spelling, simple in _SOUNDS:
        word = word.replace(spelling, simple)
    word = re.sub(r"(.)\1+", r"\1", word.replace("H", ""))
    first = "A" if word[:1] in tuple("AEIOUY") else ""
    return first + re.sub(r"[AEIOUY]", "", word)


_SOUNDS = (
    ("SCH", "S"), ("SH", "S"), ("TZ", "S"), ("TS", "S"), ("CZ", "S"), ("CE", "SE"), ("CI", "SI"), ("PH", "F"),
    ("KH", "K"), ("GH", "G"), ("DJ", "J"), ("DZH", "J"), ("ZH", "J"), ("GE", "JE"), ("GI", "JI"), ("CH", "S"),
    ("CK", "K"), ("QU", "K"), ("Q", "K"), ("C", "K"), ("Z", "S"), ("X", "J"), ("W", "V"), ("B", "V"),
)  # fmt: skip


def _records(table: pd.DataFrame, key: str, found: list[list[tuple[Name, int, int]]], model: Model) -> Records:
    nameless = [(make_name([], []), 0, 0)]
    long = [(row, *entry) for row, entries in enumerate(found) for entry in entries or nameless]
    fields = {
        "sex": _each(table, "sex", _sex),
        "birth_country": _each(table, "birth_country", country_reader(model)),
        "a_number": _each(table, "a_number", a_number),
        "ssn": _each(table, "ssn", ssn),
        "phone": _each(table, "phone", phone),
        "street": _each(table, "address", street),
        "city": _each(table, "city", lambda text: " ".join(NOT_WORD.sub(" ", ascii_upper(text)).split())),
        "state": _each(table, "state", lambda text: LETTERS.sub("", ascii_upper(text)).strip()),
        "postal_code": _each(table, "postal_code", lambda text: NOT_DIGIT.sub("", text)[:5]),
    }
    return Records(
        ids=table[key].to_numpy(dtype=np.int64),
        born=_born(table, key),
        fields=fields,
        names=[entry[1] for entry in long],
        name_row=np.array([entry[0] for entry in long], dtype=np.int64),
        name_order=np.array([entry[2] for entry in long], dtype=np.int64),
        name_source=np.array([entry[3] for entry in long], dtype=np.int64),
    )


def _distinct(*names: Name) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(name for name in names if named(name)))


def _sex(text: str) -> str:
    return text[:1].upper() if text[:1].upper() in ("F", "M") else ""


def a_number(text: str) -> str:
    """Nine digits, padded on the left; "" if there are not 7 to 9 or they are a filler."""
    digits = NOT_DIGIT.sub("", text)
    return digits.zfill(9) if 7 <= len(digits) <= 9 and not _filler(digits) else ""


def ssn(text: str) -> str:
    """Nine digits; "" if there are not nine or they are a filler."""
    digits = NOT_DIGIT.sub("", text)
    return digits if len(digits) == 9 and not _filler(digits) else ""


def phone(text: str) -> str:
    """The last ten digits with the area code, or seven without; "" if there are fewer."""
    digits = NOT_DIGIT.sub("", text)
    return "" if len(digits) < 7 or _filler(digits) else digits[-10:] if len(digits) >= 10 else digits[-7:]


def _filler(digits: str) -> bool:
    return len(set(digits)) == 1 or digits in "0123456789"


def street(text: str) -> str:
    """Street and number with the usual abbreviations."""
    return " ".join(STREET_WORDS.get(word, word) for word in NOT_WORD.sub(" ", ascii_upper(text)).split())


def country_reader(model: Model) -> Callable[[str], str]:
    """A function from a country as written to ISO 3166-1 alpha-2; what it cannot read comes back as it is, in capitals.

    Five-letter codes may be mistyped by one edit, or with a digit for a letter, if only one country is that near.
    """
    codes = {code: code for code in model.countries}
    for code, spellings in model.countries.items():
        codes |= {NOT_WORD.sub("", ascii_upper(spelling)): code for spelling in spellings}

    def read(text: str) -> str:
        written = NOT_WORD.sub("", ascii_upper(text))
        if written in codes:
            return codes[written]
        letters = written.translate(DIGITS_AS_LETTERS)
        if letters in codes:
            return codes[letters]
        if len(letters) < 4:
            return written
        near = {
            code
            for spelling, code in codes.items()
            if len(spelling) > 3 and OSA.distance(letters, spelling, score_cutoff=1) <= 1
        }
        return near.pop() if len(near) == 1 else written

    return read


def _once(table: pd.DataFrame, key: str) -> pd.DataFrame:
    if key not in table:
        raise ValueError(f"a table to link has no column [{key}]; give one integer per row")
    if table[key].duplicated().any():
        table = table.drop_duplicates()
        if twice := int(table[key].duplicated().sum()):
            raise ValueError(f"[{twice}] rows repeat a {key} with other values; give each row an id of its own")
    return table.reset_index(drop=True)


def _texts(table: pd.DataFrame, column: str) -> Texts:
    if column not in table:
        raise ValueError(f"a table to link has no column [{column}]; add it, all null if it is not known")
    values = table[column].astype(object)
    return values.where(values.notna(), "").to_numpy(dtype=object)


def _each(table: pd.DataFrame, column: str, read: Callable[[str], str]) -> Texts:
    codes, distinct = pd.factorize(_texts(table, column))
    read_values = np.array([read(str(text).strip()) if text else "" for text in distinct], dtype=object)
    return read_values[codes] if len(distinct) else np.full(len(table), "", dtype=object)


def _born(table: pd.DataFrame, key: str) -> IntArray:
    codes, distinct = pd.factorize(_texts(table, "date_of_birth"))
    numbers = np.array([_day_number(value, key) for value in distinct], dtype=np.int64)
    return numbers[codes] if len(distinct) else np.zeros(len(table), dtype=np.int64)


def _day_number(value: object, key: str) -> int:
    if value == "":
        return 0
    if isinstance(value, str):
        with suppress(ValueError):  # what cannot be read stays text, and is refused
            value = date.fromisoformat(value)
    if not isinstance(value, date):
        raise ValueError(f"date_of_birth of the table with [{key}] holds a value that is no date; parse it or blank it")
    if (value.year, value.month, value.day) == (1900, 1, 1):  # the filler of systems that insist on a date
        return 0
    return value.year * 10000 + value.month * 100 + value.day
