"""Names as agencies write them -> readings: which word is whose part. A reading depends on its own row alone.

A name in parts has one reading. A whole name has several: with a comma the surname stands first; without one it may be
the last word, the first, or the last two. Readings are kept as arrays of positions in `words.Words`, a row for each.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from include.matching.fields import SEPARATOR, Column, Table, distinct
from include.matching.words import Flags, Frequencies, Hashed, Hashes, Numbers, Words, join, mix, read_words

Positions = npt.NDArray[np.int32]

NAME_WIDTH = 30  # TECS cuts a name there: its last word may be the beginning of a longer one
MAX_WORDS = 8  # of a name; more is not a name, and keys grow with the square
MAX_OTHER_NAMES = 8  # of a person; each is compared with every name of a candidate
FAMILY_WORDS = 3  # words of a surname that are looked at one by one
MIDDLE_WORDS = 2

# Words of a surname that are written, joined or left out at will.
PARTICLES = frozenset({
    "DE", "LA", "LAS", "LOS", "DEL", "DELA", "DELOS", "DA", "DAS", "DI", "DO", "DOS", "DU", "VAN", "VON", "DER", "DEN",
    "TER", "BIN", "BINT", "IBN", "BEN", "OULD", "AL", "EL", "UL", "ABU", "MC", "MAC", "Y", "E",
})  # fmt: skip
SUFFIXES = {"JR": "JR", "SR": "SR", "II": "II", "III": "III", "IV": "IV"}
ORDINALS = {"2ND": "II", "3RD": "III", "4TH": "IV"}
# No name, said in words, and titles. NULL is a surname, and the contracts blank the text `null` before it comes here.
PLACEHOLDERS = frozenset({
    "FNU", "LNU", "NFN", "NLN", "NMN", "NMI", "UNKNOWN", "UNK", "UNKN", "XXX", "NONE", "MR", "MRS", "MISS", "DR",
    "PROF", "REV", "SHRI", "SMT", "INFANT", "NEWBORN", "ANONYMOUS", "ANON", "UNIDENTIFIED",
})  # fmt: skip
# What registers write for people whose name nobody gave. One of them alone may be a name (SON is Vietnamese, BABY a
# name in Manila); several, and nothing else, are none: BABY BOY, DAUGHTER OF, ADULT MALE. No letters and no articles:
# A M are initials, M HOUSE is somebody's name, and so is THE SON in Vietnam.
ROLES = frozenset({
    "BABY", "BOY", "GIRL", "CHILD", "TWIN", "SON", "DAUGHTER", "MOTHER", "FATHER", "BROTHER", "SISTER", "WIFE",
    "HUSBAND", "MAN", "WOMAN", "GENTLEMAN", "LADY", "MALE", "FEMALE", "ADULT", "PERSON", "HOUSE", "OF",
})  # fmt: skip
SUFFIX_NAMES = ("", *dict.fromkeys(SUFFIXES.values()))


@dataclass(frozen=True)
class Names:
    """n readings, in the order of their rows; `row` and `order` of each, then what it says. No part is 0, or hash 0."""

    row: Numbers
    order: npt.NDArray[np.int8]  # 0 as written, 1 in another order
    source: npt.NDArray[np.int8]  # 0 the name, 1 another name
    family: Positions  # n x FAMILY_WORDS: words of the surname without its particles
    family_count: npt.NDArray[np.int8]
    family_core: Hashes  # of them, as one word
    family_joined: Hashes  # all of them with particles, as one word: DELACRUZ
    family_heard: Hashes  # equal for surnames that sound alike as one word
    cut: Flags  # the surname may go on
    given: Positions  # first given name
    middle: Positions  # n x MIDDLE_WORDS: the next ones, without particles
    given_count: npt.NDArray[np.int8]
    given_joined: Hashes  # all given names as one word: XIAOMING
    given_heard: Hashes
    suffix: npt.NDArray[np.int8]  # position in SUFFIX_NAMES

    def __len__(self) -> int:
        return len(self.row)

    def take(self, at: npt.NDArray[np.integer]) -> "Names":
        """Some of the readings."""
        return Names(**{field.name: getattr(self, field.name)[at] for field in fields(self)})


@dataclass(frozen=True)
class _Split:
    """m texts as words: a grid of positions in `Words`, filled from the left, and how many there are."""

    grid: Positions  # m x MAX_WORDS
    count: Numbers
    suffix: npt.NDArray[np.int8]

    def take(self, at: npt.NDArray[np.integer]) -> "_Split":
        return _Split(self.grid[at], self.count[at], self.suffix[at])


def read_names(
    table: Table,
    nicknames: Mapping[str, Sequence[str]],
    frequencies: Frequencies,
) -> tuple[Words, Names]:
    """Every reading of every name of a table. A row of which no name is known has one reading in which nothing is."""
    parts = {field: distinct(table[field]) for field in ("family", "given", "middle")}
    whole, whole_row, source = _whole_names(table)
    whole_code, whole_texts = distinct(whole)
    last, first = _at_comma(_surname_apart(_suffix_without_comma(whole_texts)))
    texts = [*(values for _, values in parts.values()), last, first]
    words, splits = _split(texts, nicknames, frequencies)
    found = []
    if any(name in table for name in ("family", "given", "middle")):
        chosen = [split.take(_codes(code)) for split, (code, _) in zip(splits, parts.values(), strict=False)]
        found += _in_parts(chosen, words)
    if len(whole_texts):
        at = _codes(whole_code)
        commas = pc.is_valid(first).to_numpy(zero_copy_only=False)[at]
        cut = pc.greater_equal(pc.utf8_length(whole_texts), NAME_WIDTH).to_numpy(zero_copy_only=False)[at]
        for kind, chosen_rows in (
            (_with_comma(splits[3].take(at[commas]), splits[4].take(at[commas]), cut[commas], words), commas),
            (_without_comma(splits[3].take(at[~commas]), cut[~commas], words), ~commas),
        ):
            rows, sources = whole_row[chosen_rows], source[chosen_rows]
            found += [_placed(readings, rows[readings.row], sources[readings.row]) for readings in kind]
    return words, _complete(found, len(table), words)


def ascii_upper(values: Column) -> Column:
    """Transliterated and in capitals; the same for all that looks or sounds the same in another alphabet."""
    plain = pc.string_is_ascii(values)
    if not pc.all(plain.fill_null(True)).as_py():
        foreign = pc.and_(pc.is_valid(values), pc.invert(plain)).fill_null(False)
        read = pa.array([anyascii(text) for text in values.filter(foreign).to_pylist()], pa.string())
        values = pc.replace_with_mask(values, foreign, read)
    return pc.ascii_upper(values)


def _letters(values: Column) -> Column:
    """Words of letters: hyphens part, apostrophes and full stops join, digits go, a misread letter amid a word too."""
    values = ascii_upper(values)
    for ordinal, suffix in ORDINALS.items():
        there = pc.match_substring(values, ordinal).fill_null(False)
        if pc.any(there).as_py():
            values = pc.if_else(there, pc.replace_substring_regex(values, rf"\b{ordinal}\b", suffix), values)
    odd = pc.match_substring_regex(values, "[^A-Z ]").fill_null(False)
    if pc.any(odd).as_py():
        cleaned = pc.replace_substring_regex(values.filter(odd), r"['`.´]", "")
        cleaned = pc.replace_substring_regex(cleaned, r"([A-Z])[0-9|]([A-Z])", r"\1\2")
        values = pc.replace_with_mask(values, odd, pc.replace_substring_regex(cleaned, "[^A-Z]+", " "))
    return values


def _split(
    texts: list[Column],
    nicknames: Mapping[str, Sequence[str]],
    frequencies: Frequencies,
) -> tuple[Words, list[_Split]]:
    """The words of all texts, and each list of texts as positions among them. The last text of each list is added:
    none."""
    every = pa.concat_arrays([pa.concat_arrays([values, pa.nulls(1, pa.string())]) for values in texts])
    lists = pc.utf8_split_whitespace(_letters(every).fill_null(""))
    flat, row = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
    coded = pa.concat_arrays([pa.array([""]), flat]).dictionary_encode()
    code = coded.indices.to_numpy()[1:]
    is_name, is_role = ~_are_in(coded.dictionary, {"", *PLACEHOLDERS}), _are_in(coded.dictionary, ROLES)
    roles = np.bincount(row, weights=is_role[code], minlength=len(every))
    unnamed = (roles > 1) & (roles == np.bincount(row, weights=is_name[code], minlength=len(every)))
    kept = is_name[code] & ~unnamed[row]
    row, code = row[kept], code[kept]
    count = np.bincount(row, minlength=len(every))
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    early = nth < MAX_WORDS
    grid = np.zeros((len(every), MAX_WORDS), dtype=np.int32)
    grid[row[early], nth[early]] = code[early]
    words = read_words(coded.dictionary, nicknames, frequencies)
    split = _without_suffix(grid, np.minimum(count, MAX_WORDS), coded.dictionary)
    ends = np.cumsum([0, *(len(values) + 1 for values in texts)])
    return words, [split.take(np.arange(start, end)) for start, end in pairwise(ends)]


def _are_in(texts: Column, words: Collection[str]) -> Flags:
    found: Flags = pc.is_in(texts, value_set=pa.array(sorted(words))).to_numpy(zero_copy_only=False)
    return found


def _without_suffix(grid: Positions, count: Numbers, vocabulary: Column) -> _Split:
    """A suffix is taken off the end, unless it is all there is."""
    known = np.zeros(len(vocabulary), dtype=np.int8)
    for at in np.flatnonzero(_are_in(vocabulary, SUFFIXES)):
        known[at] = SUFFIX_NAMES.index(SUFFIXES[vocabulary[at].as_py()])
    rows, suffix = np.arange(len(grid)), np.zeros(len(grid), dtype=np.int8)
    for _ in range(2):
        last = grid[rows, np.maximum(count - 1, 0)]
        here = np.flatnonzero((known[last] > 0) & (count > 1))
        suffix[here] = known[last[here]]
        grid[here, count[here] - 1] = 0
        count[here] -= 1
    return _Split(grid, count, suffix)


def _whole_names(table: Table) -> tuple[Column, Numbers, npt.NDArray[np.int8]]:
    """Whole names in long form: text, row, and 1 for one of the other names."""
    every = np.arange(len(table))
    texts, rows, sources = [table["full_name"]], [every], [np.zeros(len(table), dtype=np.int8)]
    if "other_names" in table:
        lists = pc.split_pattern(table["other_names"], SEPARATOR)
        flat, row = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
        count = np.bincount(row, minlength=len(table))
        nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        flat = pc.utf8_trim_whitespace(flat)
        texts.append(pc.if_else(pc.and_(pc.not_equal(flat, ""), pa.array(nth < MAX_OTHER_NAMES)), flat, None))
        rows.append(row)
        sources.append(np.ones(len(row), dtype=np.int8))
    whole = pa.concat_arrays(texts)
    there = pc.is_valid(whole)
    at = np.flatnonzero(there.to_numpy(zero_copy_only=False))
    return whole.filter(there), np.concatenate(rows)[at], np.concatenate(sources)[at]


def _at_comma(texts: Column) -> tuple[Column, Column]:
    """What stands before the first comma, and after it: null if there is none."""
    halves = pc.split_pattern(texts, ",", max_splits=1)
    second = pc.if_else(pc.greater(pc.list_value_length(halves), 1), pc.list_element(_padded(halves), 1), None)
    return pc.list_element(halves, 0) if len(texts) else texts, second


def _suffix_without_comma(texts: Column) -> Column:
    """JOHN SMITH, JR is no SMITH whose surname is JOHN."""
    some = pc.match_substring_regex(texts, _SUFFIX_AT_END)
    return pc.if_else(some, pc.replace_substring_regex(texts, _SUFFIX_AT_END, r" \1"), texts)


def _surname_apart(texts: Column) -> Column:
    """Chinese and Korean names in their own writing have no blank; nearly all surnames have one sign, and come
    first."""
    some = pc.invert(pc.string_is_ascii(texts))
    if not pc.any(some).as_py():
        return texts
    return pc.if_else(some, pc.replace_substring_regex(texts, _UNPARTED, r"\1 \2"), texts)


_SUFFIX_AT_END = rf"(?i),\s*({'|'.join((*SUFFIXES, *ORDINALS))})\.?\s*$"
_UNPARTED = r"^([\p{Han}\p{Hangul}])([\p{Han}\p{Hangul}]{1,2})$"


def _padded(halves: pa.ListArray) -> pa.ListArray:
    """Lists of at least two texts, so that the second can be asked for."""
    length = pc.list_value_length(halves).to_numpy(zero_copy_only=False)
    start = halves.offsets.to_numpy()[:-1]
    second = np.minimum(start + 1, max(len(halves.values) - 1, 0))
    both = np.column_stack([start, np.where(length > 1, second, start)]).ravel()
    return pa.ListArray.from_arrays(np.arange(0, len(both) + 1, 2, dtype=np.int32), halves.values.take(pa.array(both)))


def _codes(code: pa.Int32Array) -> Numbers:
    """Positions among the distinct texts; that of null is -1, the text that is none."""
    found: Numbers = code.fill_null(-1).to_numpy().astype(np.int64)
    return found


# -- readings


def _in_parts(chosen: list[_Split], words: Words) -> list[Names]:
    family, given, middle = chosen
    given_words = _beside(given.grid, given.count, middle.grid)
    suffix = np.where(family.suffix > 0, family.suffix, np.where(given.suffix > 0, given.suffix, middle.suffix))
    return _with_half(family.grid, given_words, suffix, words)


def _with_half(
    family: Positions, given: Positions, suffix: npt.NDArray[np.int8], words: Words, cut: Flags | None = None
) -> list[Names]:
    """As written; a single word that is called a surname may be the given name, and the other way round."""
    found = [_reading(np.arange(len(family)), family, given, suffix, words, cut=cut)]
    one_half = np.flatnonzero((family[:, 0] == 0) != (given[:, 0] == 0))
    single = one_half[(family[one_half, 1] == 0) & (given[one_half, 1] == 0)]
    if len(single):
        found.append(_reading(single, given[single], family[single], suffix[single], words, order=1))
    return found


def _with_comma(last: _Split, first: _Split, cut: Flags, words: Words) -> list[Names]:
    suffix = np.where(last.suffix > 0, last.suffix, first.suffix)
    return _with_half(last.grid, first.grid, suffix, words, cut=cut & (first.count == 0))


def _without_comma(name: _Split, cut: Flags, words: Words) -> list[Names]:
    """Surname last; first; the last two words. One word is a surname, or a given name."""
    grid, rows = name.grid, np.arange(len(name.grid))
    particle = _is_particle(words)[grid]
    particle[rows, np.maximum(name.count - 1, 0)] = False  # nothing follows: a name (KIM ANH DO)
    count = ((grid > 0) & ~particle).sum(axis=1)
    # of the word, among those that are no particles, that it is or goes with
    place: Numbers = np.cumsum(~particle, axis=1) - ~particle
    last = np.maximum(count - 1, 0)[:, None]
    every = np.arange(len(count))
    found = [_reading(every, *_halves(grid, particle, place == last), name.suffix, words, cut=cut & (count == 1))]
    if len(full := np.flatnonzero(cut & (count > 1))):  # the surname alone may have filled the field
        halves = _halves(grid[full], particle[full], place[full] >= 0)
        found.append(_reading(full, *halves, name.suffix[full], words, order=1, cut=cut[full]))
    for order, (some, chosen) in enumerate(
        (
            (count > 1, place == 0),
            (count > 2, (place == last) | (place == last - 1)),
            (count == 1, place < 0),
        )
    ):
        rows = np.flatnonzero(some)
        halves = _halves(grid[rows], particle[rows], chosen[rows])
        found.append(_reading(rows, *halves, name.suffix[rows], words, order=min(order + 1, 1)))
    return found


def _halves(grid: Positions, particle: Flags, family: Flags) -> tuple[Positions, Positions]:
    """The surname with its particles, and the given names without any."""
    return _compact(grid, ~family)[0], _compact(grid, family | particle)[0]


def _reading(
    row: Numbers,
    family: Positions,
    given: Positions,
    suffix: npt.NDArray[np.int8],
    words: Words,
    *,
    order: int = 0,
    cut: Flags | None = None,
) -> Names:
    """Names of which the surname and the given names are told apart."""
    particle = _is_particle(words)
    core, only_particles = _compact(family, particle[family])
    core = np.where(only_particles[:, None], family, core)
    rest = np.zeros_like(given)
    rest[:, :-1] = given[:, 1:]
    middle, _ = _compact(rest, particle[rest])
    return Names(
        row=row,
        order=np.full(len(row), order, dtype=np.int8),
        source=np.zeros(len(row), dtype=np.int8),
        family=core[:, :FAMILY_WORDS],
        family_count=(core > 0).sum(axis=1).astype(np.int8),
        family_core=_joined(core, words.spelling),
        family_joined=_joined(family, words.spelling),
        family_heard=_heard(core, words),
        cut=np.zeros(len(row), dtype=bool) if cut is None else cut,
        given=given[:, 0],
        middle=middle[:, :MIDDLE_WORDS],
        given_count=(given > 0).sum(axis=1).astype(np.int8),
        given_joined=_joined(given, words.spelling),
        given_heard=_heard(given, words),
        suffix=suffix.astype(np.int8),
    )


def _joined(grid: Positions, hashes: Hashed) -> Hashes:
    """The words of each row written as one; where none is known, 0."""
    found = hashes.take(grid[:, 0])
    for column in grid.T[1:]:
        if not column.any():
            break
        found = join(found, hashes.take(column))
    return found.value


def _heard(grid: Positions, words: Words) -> Hashes:
    """Equal for rows that sound alike as one word: of one word, what the word says."""
    found = words.heard[grid[:, 0]]
    several = np.flatnonzero(grid[:, 1])
    if len(several):
        found[several] = mix(_joined(grid[several], words.sound), words.opens[grid[several, 0]])
    return found


def _is_particle(words: Words) -> Flags:
    return _are_in(words.texts, PARTICLES)


def _compact(grid: Positions, dropped: Flags) -> tuple[Positions, Flags]:
    """The rows without the dropped words, and where that left nothing although there was something."""
    dropped = np.broadcast_to(dropped, grid.shape) & (grid > 0)
    some = np.flatnonzero(dropped.any(axis=1))
    if not len(some):
        return grid, np.zeros(len(grid), dtype=bool)
    found = grid.copy()
    kept = np.where(dropped[some], 0, grid[some])
    found[some] = np.take_along_axis(kept, np.argsort(kept == 0, axis=1, kind="stable"), axis=1)
    empty = np.zeros(len(grid), dtype=bool)
    empty[some] = found[some, 0] == 0
    return found, empty


def _beside(first: Positions, count: Numbers, second: Positions) -> Positions:
    """The words of `first`, then those of `second`, as many as there is room for."""
    found = first.copy()
    for nth in range(MAX_WORDS):
        at = count + nth
        some = np.flatnonzero((second[:, nth] > 0) & (at < MAX_WORDS))
        if not len(some):
            break
        found[some, at[some]] = second[some, nth]
    return found


def _placed(readings: Names, row: Numbers, source: npt.NDArray[np.int8]) -> Names:
    return replace(readings, row=row, source=source)


def _concat(found: list[Names]) -> Names:
    if len(found) == 1:
        return found[0]
    return Names(
        **{field.name: np.concatenate([getattr(names, field.name) for names in found]) for field in fields(Names)}
    )


def _complete(found: list[Names], rows: int, words: Words) -> Names:
    """Readings in which something is known, by row; and one for each row that has none."""
    names = _concat(found) if found else _nothing(np.arange(0), words)
    known = (names.family[:, 0] > 0) | (names.given > 0)
    if not known.all():
        names = names.take(np.flatnonzero(known))
    there = np.zeros(rows, dtype=bool)
    there[names.row] = True
    if len(missing := np.flatnonzero(~there)):
        names = _concat([names, _nothing(missing, words)])
    return names if (np.diff(names.row) >= 0).all() else names.take(np.argsort(names.row, kind="stable"))


def _nothing(rows: Numbers, words: Words) -> Names:
    blank = np.zeros((len(rows), MAX_WORDS), dtype=np.int32)
    return _reading(rows, blank, blank, np.zeros(len(rows), dtype=np.int8), words)
