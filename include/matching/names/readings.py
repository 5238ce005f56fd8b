"""Names as agencies write them -> readings: which word is whose part. A reading depends on its own row alone.

A name in parts has one reading. A whole name has several: with a comma the surname stands first; without one it may be
the last word, the first, or the last two. Readings are kept as arrays of positions in `words.Words` (`grids`), since
each word is looked at by itself.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.arrays import Flags, Numbers
from include.matching.fields import Column, Table, distinct
from include.matching.grids import MAX_WORDS, Positions, beside, compact
from include.matching.names.nicknames import Nicknames
from include.matching.names.parts import Forenames, Names, Surnames
from include.matching.names.shares import NameShares
from include.matching.names.vocabulary import IS_NAME, IS_PARTICLE, IS_ROLE, SPECIAL, SUFFIX_OF
from include.matching.names.words import Words, read_words
from include.matching.names.written import (
    at_comma,
    blank_left_out,
    in_letters,
    of_travellers,
    suffix_without_comma,
    surname_apart,
    whole_names,
    without_rank,
)

NAME_WIDTH = 30  # TECS cuts a name there: its last word may be the beginning of a longer one


@dataclass(frozen=True)
class _Halves:
    """Parts of names as words, some of them distinct, and which of them each reading has."""

    grid: Positions  # MAX_WORDS x k
    at: Numbers

    @classmethod
    def of(cls, grid: Positions) -> "_Halves":
        """One for each reading."""
        return cls(grid, np.arange(grid.shape[1]))

    @cached_property
    def words(self) -> npt.NDArray[np.int8]:
        """How many words each reading's half has: 0, 1, or 2 for more."""
        count: npt.NDArray[np.int8] = ((self.grid[0] > 0).astype(np.int8) + (self.grid[1] > 0))[self.at]
        return count

    def take(self, at: Numbers) -> "_Halves":
        code, used = pd.factorize(self.at[at])
        return _Halves(self.grid.take(used, axis=1), code)

    @classmethod
    def concat(cls, found: list["_Halves"]) -> "_Halves":
        start = np.cumsum([0, *(each.grid.shape[1] for each in found)])
        at = [each.at + offset for each, offset in zip(found, start[:-1], strict=True)]
        return cls(np.concatenate([each.grid for each in found], axis=1), np.concatenate(at))


@dataclass(frozen=True)
class _Readings:
    """Readings of which the surname and the given names are told apart."""

    row: Numbers
    family: _Halves
    given: _Halves
    suffix: npt.NDArray[np.int8]
    cut: Flags
    order: int = 0
    source: npt.NDArray[np.int8] | None = None  # none: the name


@dataclass(frozen=True)
class _Split:
    """m texts as words: a grid of positions in `Words`, filled from the first, and how many there are."""

    grid: Positions  # MAX_WORDS x m
    count: Numbers
    suffix: npt.NDArray[np.int8]

    def take(self, at: Numbers) -> "_Split":
        return _Split(self.grid.take(at, axis=1), self.count[at], self.suffix[at])

    def between(self, start: int, end: int) -> "_Split":
        return _Split(self.grid[:, start:end], self.count[start:end], self.suffix[start:end])


def read_names(
    table: Table,
    nicknames: Nicknames,
    frequencies: NameShares,
) -> tuple[Words, Names]:
    """Every reading of every name of a table. A row of which no name is known has one reading in which nothing is."""
    parts = {field: table.distinct(field) for field in ("family", "given", "middle")}
    whole, whole_row, source = whole_names(table)
    whole_code, whole_texts = distinct(whole)
    whole_texts = without_rank(of_travellers(whole_texts))
    last, first = at_comma(blank_left_out(surname_apart(suffix_without_comma(whole_texts))))
    texts = [*(values for _, values in parts.values()), last, first]
    words, particles, splits = _split(texts, nicknames, frequencies)
    found = []
    if any(name in table for name in ("family", "given", "middle")):
        found += _in_parts(splits[:3], [code for code, _ in parts.values()])
    if len(whole_texts):
        commas = pc.is_valid(first).to_numpy(zero_copy_only=False)[whole_code]
        cut = pc.equal(pc.utf8_length(whole_texts), NAME_WIDTH).to_numpy(zero_copy_only=False)[whole_code]
        with_comma, without = whole_code[commas], whole_code[~commas]
        for kind, chosen_rows in (
            (_with_comma(splits[3].take(with_comma), splits[4].take(with_comma), cut[commas], particles), commas),
            (_without_comma(splits[3].take(without), cut[~commas], particles), ~commas),
        ):
            rows, sources = whole_row[chosen_rows], source[chosen_rows]
            found += [replace(each, row=rows[each.row], source=sources[each.row]) for each in kind]
    return words, _complete(found, len(table), words, particles)


def _split(
    texts: list[Column],
    nicknames: Nicknames,
    frequencies: NameShares,
) -> tuple[Words, Flags, list[_Split]]:
    """The words of all texts, which of them are particles, and each list of texts as positions among them. The last
    text of each list is added: none."""
    every = pa.concat_arrays([pa.concat_arrays([values, pa.nulls(1, pa.string())]) for values in texts])
    lists = pc.ascii_split_whitespace(in_letters(every).fill_null(""))
    flat, row = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
    coded = pa.concat_arrays([pa.array([""]), flat]).dictionary_encode()
    code = coded.indices.to_numpy()[1:].astype(np.int64)
    kind = (
        pc.index_in(coded.dictionary, value_set=pa.array(SPECIAL)).fill_null(len(SPECIAL)).to_numpy().astype(np.int64)
    )
    is_role = IS_ROLE[kind]
    some = np.flatnonzero(IS_NAME[kind][code])
    row, code = row[some], code[some]
    count = np.bincount(row, minlength=len(every))
    roles = np.bincount(row[np.flatnonzero(is_role[code])], minlength=len(every))
    some = np.flatnonzero(((roles < 2) | (roles < count))[row])  # not nothing but roles
    row, code = row[some], code[some]
    count = np.bincount(row, minlength=len(every))
    nth = np.arange(len(row)) - (np.cumsum(count) - count)[row]
    early = np.flatnonzero(nth < MAX_WORDS)
    grid = np.zeros((MAX_WORDS, len(every)), dtype=np.int64)
    grid[nth[early], row[early]] = code[early]
    words = read_words(coded.dictionary, nicknames, frequencies)
    split = _without_suffix(grid, np.minimum(count, MAX_WORDS), SUFFIX_OF[kind])
    ends = np.cumsum([0, *(len(values) + 1 for values in texts)])
    return words, IS_PARTICLE[kind], [split.between(start, end) for start, end in pairwise(ends)]


def _without_suffix(grid: Positions, count: Numbers, known: npt.NDArray[np.int8]) -> _Split:
    """A suffix is taken off the end, unless it is all there is. `known`: the suffix that each word is."""
    every, suffix = np.arange(grid.shape[1]), np.zeros(grid.shape[1], dtype=np.int8)
    for _ in range(2):
        last = grid[np.maximum(count - 1, 0), every]
        here = np.flatnonzero((known[last] > 0) & (count > 1))
        suffix[here] = known[last[here]]
        grid[count[here] - 1, here] = 0
        count[here] -= 1
    return _Split(grid, count, suffix)


def _in_parts(splits: list[_Split], codes: list[Numbers]) -> list[_Readings]:
    """Few surnames, and few pairs of given and middle names, are many rows: they are put together once."""
    family, given, middle = splits
    of_family, of_given, of_middle = (
        np.where(code < 0, len(split.count) - 1, code) for split, code in zip(splits, codes, strict=True)
    )
    of_both, both = pd.factorize(of_given * len(middle.count) + of_middle)
    first, second = given.take(both // len(middle.count)), middle.take(both % len(middle.count))
    given_words = beside(first.grid, first.count, second.grid)
    suffix = np.where(first.suffix > 0, first.suffix, second.suffix)[of_both]
    suffix = np.where(family.suffix[of_family] > 0, family.suffix[of_family], suffix)
    return _with_half(_Halves(family.grid, of_family), _Halves(given_words, of_both), suffix)


def _with_half(
    family: _Halves, given: _Halves, suffix: npt.NDArray[np.int8], cut: Flags | None = None
) -> list[_Readings]:
    """As written; a single word that is called a surname may be the given name, and the other way round."""
    cut = np.zeros(len(suffix), dtype=bool) if cut is None else cut
    found = [_Readings(np.arange(len(suffix)), family, given, suffix, cut)]
    single = np.flatnonzero(family.words + given.words == 1)
    if len(single):
        uncut = np.zeros(len(single), dtype=bool)
        found.append(_Readings(single, given.take(single), family.take(single), suffix[single], uncut, order=1))
    return found


def _with_comma(last: _Split, first: _Split, cut: Flags, particles: Flags) -> list[_Readings]:
    """Surname in front. Several words in front may be all but the first one, which was put behind them: of A B C D,
    B C D, A."""
    suffix = np.where(last.suffix > 0, last.suffix, first.suffix)
    found = _with_half(_Halves.of(last.grid), _Halves.of(first.grid), suffix, cut & (first.count == 0))
    turned = np.flatnonzero((first.count == 1) & (last.count > 1))
    ahead, behind = first.take(turned), last.take(turned)
    whole = _Split(
        beside(ahead.grid, ahead.count, behind.grid), np.minimum(behind.count + 1, MAX_WORDS), suffix[turned]
    )
    as_said, *_ = _without_comma(whole, np.zeros(len(turned), dtype=bool), particles)
    return [*found, replace(as_said, row=turned, order=1)]


def _without_comma(name: _Split, cut: Flags, particles: Flags) -> list[_Readings]:
    """Surname last; first; the last two words. One word is a surname, or a given name."""
    grid, every = name.grid, np.arange(len(name.count))
    particle = particles[grid]
    particle[np.maximum(name.count - 1, 0), every] = False  # nothing follows: a name (KIM ANH DO)
    count = ((grid > 0) & ~particle).sum(axis=0)
    # of the word, among those that are no particles, that it is or goes with
    place: Numbers = np.cumsum(~particle, axis=0) - ~particle
    last = np.maximum(count - 1, 0)
    uncut = np.zeros_like(cut)
    found = [_Readings(every, *_halves(grid, particle, place == last), name.suffix, cut & (count == 1))]
    if len(full := np.flatnonzero(cut & (count > 1))):  # the surname alone may have filled the field
        halves = _halves(grid.take(full, axis=1), particle.take(full, axis=1), (place >= 0).take(full, axis=1))
        found.append(_Readings(full, *halves, name.suffix[full], cut[full], order=1))
    for order, (some, chosen) in enumerate(
        (
            (count > 1, place == 0),
            (count > 2, (place == last) | (place == last - 1)),
            (count == 1, place < 0),
        )
    ):
        rows = np.flatnonzero(some)
        halves = _halves(grid.take(rows, axis=1), particle.take(rows, axis=1), chosen.take(rows, axis=1))
        found.append(_Readings(rows, *halves, name.suffix[rows], uncut[rows], order=min(order + 1, 1)))
    return found


def _halves(grid: Positions, particle: Flags, family: Flags) -> tuple[_Halves, _Halves]:
    """The surname with its particles, and the given names without any."""
    return _Halves.of(compact(grid, ~family)[0]), _Halves.of(compact(grid, family | particle)[0])


def _complete(found: list[_Readings], rows: int, words: Words, particles: Flags) -> Names:
    """Readings in which something is known, by row; and one for each row that has none."""
    there = np.zeros(rows, dtype=bool)
    for each in found:
        there[each.row[(each.family.words > 0) | (each.given.words > 0)]] = True
    missing = np.flatnonzero(~there)
    nothing = _Halves(np.zeros((MAX_WORDS, 1), dtype=np.int64), np.zeros(len(missing), dtype=np.int64))
    blank = np.zeros(len(missing), dtype=np.int8)
    found = [*found, _Readings(missing, nothing, nothing, blank, blank.astype(bool))]
    family, given = (_Halves.concat([getattr(each, half) for each in found]) for half in ("family", "given"))
    names = Names(
        row=np.concatenate([each.row for each in found]),
        order=np.concatenate([np.full(len(each.row), each.order, dtype=np.int8) for each in found]),
        source=np.concatenate(
            [np.zeros(len(each.row), dtype=np.int8) if each.source is None else each.source for each in found]
        ),
        cut=np.concatenate([each.cut for each in found]),
        suffix=np.concatenate([each.suffix for each in found]).astype(np.int8),
        surname=family.at,
        forename=given.at,
        surnames=Surnames.of(family.grid, words, particles),
        forenames=Forenames.of(given.grid, words, particles),
    )
    known = (family.words > 0) | (given.words > 0)
    known[len(known) - len(missing) :] = True
    names = names if known.all() else names.take(np.flatnonzero(known))
    names = names.concat(_mixed(names, rows))
    return names.take(np.argsort(names.row, kind="stable"))


def _mixed(names: Names, rows: int) -> Names:
    """A surname of the name beside given names of another name, and the other way round: SISSY SMITH, also SHARON
    JORDAN, may be SHARON SMITH elsewhere.

    Only of names that are read in one way: a whole name has been read in every order already.
    """
    alone = np.bincount(names.row[names.source == 0], minlength=rows) == 1
    main = np.zeros(rows, dtype=np.int64)
    main[names.row[names.source == 0]] = np.flatnonzero(names.source == 0)
    other = np.flatnonzero((names.source == 1) & (names.order == 0) & alone[names.row])
    one = main[names.row[other]]
    differ = (names.family_core[one] != names.family_core[other]) & (
        names.given_joined[one] != names.given_joined[other]
    )
    whole = [(names.family_count[at] > 0) & (names.given[at] > 0) for at in (one, other)]
    some = differ & whole[0] & whole[1]
    one, other = one[some], other[some]
    surname, forename = np.append(one, other), np.append(other, one)
    blank = np.zeros(len(surname), dtype=np.int8)
    return replace(
        names,
        row=names.row[surname],
        order=blank,
        source=blank + np.int8(1),
        cut=names.cut[surname],
        suffix=blank,
        surname=names.surname[surname],
        forename=names.forename[forename],
    )
