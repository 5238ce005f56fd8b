"""Names as agencies write them -> texts of which the words can be told apart."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.arrays import Numbers
from include.matching.fields import SEPARATOR, Column, Table
from include.matching.letters import have_other
from include.matching.names.scripts import in_latin
from include.matching.names.vocabulary import ORDINALS, SUFFIXES

LETTERS_AND_BLANK = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ "
MAX_OTHER_NAMES = 8  # of a person; each is compared with every name of a candidate

_WRITTEN_AS_ONE = r"^\p{Lu}\p{Ll}+(\p{Lu}\p{Ll}+)+$"
_NEXT_PART = r"(\p{Ll})(\p{Lu})"
_SUFFIX_AT_END = rf"(?i),\s*({'|'.join((*SUFFIXES, *ORDINALS))})\.?\s*$"
_RANKS = (
    "BARON|BARONESS|BARONET|BT|COUNT|COUNTESS|DUCHESS|DUKE|EARL|LORD|LADY|MARCHIONESS|MARQUESS|MARQUIS|PRINCE|PRINCESS|"
    "VISCOUNT|VISCOUNTESS"
)
_RANK_AT_END = rf"(?i),\s*(\d+(ST|ND|RD|TH)\s+({_RANKS})|({_RANKS}|BISHOP|ARCHBISHOP)\s+OF)\b.*$"
_OF_PASSPORT = r"^[^,<]+<"
_OF_TICKET = r"^\s*\p{L}{2,}/\p{L}{2,}[^/,]*$"  # JOHN S/O PAUL is none
_OF_DEATHS = r"^([^*/,]+)\*([^*/,]+)/$"  # the French register of deaths
_TITLE_AT_END = r"(?i)(/\p{L}{2,})(MR|MRS|MISS|MSTR)\s*$"  # joined to the name: JOHNMR
_UNPARTED = r"^([\p{Han}\p{Hangul}])([\p{Han}\p{Hangul}]{1,2})$"
_SIGNS = r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}\x{30FC}]+"  # the last makes vowels of kana long
_PARTED = rf"^({_SIGNS})[\s\x{{3000}}]+({_SIGNS})$"


def ascii_upper(values: Column) -> Column:
    """Transliterated and in capitals; the same for all that looks or sounds the same in another alphabet."""
    plain = pc.string_is_ascii(values)
    if not pc.all(plain.fill_null(True)).as_py():
        foreign = pc.and_(pc.is_valid(values), pc.invert(plain)).fill_null(False)
        read = pa.array([in_latin(text) for text in values.filter(foreign).to_pylist()], pa.string())
        values = pc.replace_with_mask(values, foreign, read)
    return pc.ascii_upper(values)


def in_letters(values: Column) -> Column:
    """Words of letters: hyphens part, apostrophes and full stops join, digits go, a misread letter amid a word too."""
    values = ascii_upper(values)
    odd = pa.array(have_other(values, LETTERS_AND_BLANK))
    if not pc.any(odd).as_py():
        return values
    cleaned = values.filter(odd)
    for ordinal, suffix in ORDINALS.items():
        cleaned = pc.replace_substring_regex(cleaned, rf"\b{ordinal}\b", suffix)
    cleaned = pc.replace_substring_regex(cleaned, r"['`.´]", "")
    cleaned = pc.replace_substring_regex(cleaned, r"([A-Z])[0-9|]([A-Z])", r"\1\2")
    return pc.replace_with_mask(values, odd, pc.replace_substring_regex(cleaned, "[^A-Z]+", " "))


def whole_names(table: Table) -> tuple[Column, Numbers, npt.NDArray[np.int8]]:
    """Whole names in long form: text, row, and 1 for one of the other names."""
    every = np.arange(len(table))
    texts, rows, sources = [table["full_name"]], [every], [np.zeros(len(table), dtype=np.int8)]
    if "other_names" in table:
        others = table["other_names"]
        some = np.flatnonzero(pc.is_valid(others).to_numpy(zero_copy_only=False))
        lists = pc.split_pattern(others.take(pa.array(some)), SEPARATOR)
        flat, of_some = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
        row, nth = some[of_some], np.arange(len(flat)) - lists.offsets.to_numpy()[of_some]
        flat = pc.utf8_trim_whitespace(flat)
        texts.append(pc.if_else(pc.and_(pc.not_equal(flat, ""), pa.array(nth < MAX_OTHER_NAMES)), flat, None))
        rows.append(row)
        sources.append(np.ones(len(row), dtype=np.int8))
    whole = pa.concat_arrays(texts)
    there = pc.is_valid(whole)
    at = np.flatnonzero(there.to_numpy(zero_copy_only=False))
    return whole.filter(there), np.concatenate(rows)[at], np.concatenate(sources)[at]


def at_comma(texts: Column) -> tuple[Column, Column]:
    """What stands before the first comma, and after it: null if there is none."""
    halves = pc.split_pattern(texts, ",", max_splits=1)
    second = pc.if_else(pc.greater(pc.list_value_length(halves), 1), pc.list_element(_padded(halves), 1), None)
    return pc.list_element(halves, 0) if len(texts) else texts, second


def without_rank(texts: Column) -> Column:
    """Of THOMAS CLIFFORD, 1ST BARON OF CHUDLEIGH what follows the comma is no given name; of JONES, EARL it is."""
    some = pc.match_substring_regex(texts, _RANK_AT_END)
    return pc.if_else(some, pc.replace_substring_regex(texts, _RANK_AT_END, ""), texts)


def of_travellers(texts: Column) -> Column:
    """Names as passports, tickets and France's register of deaths have them: SMITH<<JOHN<PAUL<<<, SMITH/JOHN MR,
    SMITH*JOHN PAUL/. What comes first is the surname."""
    texts = pc.replace_substring_regex(texts, _OF_DEATHS, r"\1, \2")
    of_passports, of_tickets = (pc.match_substring_regex(texts, form) for form in (_OF_PASSPORT, _OF_TICKET))
    if pc.any(of_passports).as_py():
        comma = pc.replace_substring(texts, "<<", ", ", max_replacements=1)
        texts = pc.if_else(of_passports, pc.utf8_trim(pc.replace_substring(comma, "<", " "), ", "), texts)
    if pc.any(of_tickets).as_py():
        bare = pc.replace_substring_regex(texts, _TITLE_AT_END, r"\1")
        texts = pc.if_else(of_tickets, pc.replace_substring(bare, "/", ", "), texts)
    return texts


def suffix_without_comma(texts: Column) -> Column:
    """JOHN SMITH, JR is no SMITH whose surname is JOHN."""
    some = pc.match_substring_regex(texts, _SUFFIX_AT_END)
    return pc.if_else(some, pc.replace_substring_regex(texts, _SUFFIX_AT_END, r" \1"), texts)


def surname_apart(texts: Column) -> Column:
    """Names of East Asia in their own writing begin with the surname. Where there is no blank it has nearly always one
    sign; those of other countries have a dot between their parts (マイケル・ジョーダン), and stay."""
    some = pc.invert(pc.string_is_ascii(texts))
    if not pc.any(some).as_py():
        return texts
    for form in (_UNPARTED, _PARTED):
        texts = pc.if_else(some, pc.replace_substring_regex(texts, form, r"\1, \2"), texts)
    return texts


def blank_left_out(texts: Column) -> Column:
    """JaneMiller is Jane Miller: a whole name of one word in which capitals begin its parts. MILLER and McMillan stay
    what they are: MC is a particle."""
    some = pc.less(pc.find_substring(texts, " "), 0)
    if not pc.any(some).as_py():
        return texts
    some = pc.and_(some, pc.match_substring_regex(texts, _WRITTEN_AS_ONE))
    return pc.if_else(some, pc.replace_substring_regex(texts, _NEXT_PART, r"\1 \2"), texts)


def _padded(halves: pa.ListArray) -> pa.ListArray:
    """Lists of at least two texts, so that the second can be asked for."""
    length = pc.list_value_length(halves).to_numpy(zero_copy_only=False)
    start = halves.offsets.to_numpy()[:-1]
    second = np.minimum(start + 1, max(len(halves.values) - 1, 0))
    both = np.column_stack([start, np.where(length > 1, second, start)]).ravel()
    return pa.ListArray.from_arrays(np.arange(0, len(both) + 1, 2, dtype=np.int32), halves.values.take(pa.array(both)))
