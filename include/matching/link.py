"""Two tables -> scored pairs: normalise, block, compare, weigh, decide."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from include.matching.arrays import Numbers
from include.matching.blocking.index import Index
from include.matching.compare.crosswise import crosswise, written_as_one
from include.matching.compare.fields import compare_fields
from include.matching.compare.levels import NONE, OPEN, Levels, Pairs
from include.matching.compare.names import (
    BY_EDITS,
    compare_bynames,
    compare_names,
    given_differs,
    open_words,
    refine_names,
)
from include.matching.compare.surnames import compare_surnames
from include.matching.compare.texts import compare_texts, refine_texts
from include.matching.fields import Table, names_alone
from include.matching.model import LEVELS, MISSING, Model
from include.matching.records import Records, read_records
from include.matching.settling.rivals import Rows
from include.matching.settling.settle import FLOOR, settle
from include.matching.settling.thirds import not_yet_paired
from include.matching.weigh import Weights, bands, least, most, most_spared, reach, total_of, weigh, weigh_alternatives

CHUNK = 100_000  # right rows read, and candidate pairs compared, at once: bounds memory, changes no result; measured
PAIR = ["left_id", "right_id"]
MOST_PRIOR = 0.5  # a pair is no likelier one person than two before anything is compared
TEXTS = ("street", "organisation")
DIFFERENT = np.int8(len(LEVELS["given_name"]) - 1)  # given names


@dataclass(frozen=True)
class Links:
    """What `link` found.

    `pairs`: left_id, right_id, match_weight (bits), match_probability, band (`lead`, `review`, or `no` below both),
    others (bits, part of the weight; not there before pairs are settled), then the level of each comparison as text;
    sorted by the two ids. `compared`: candidate pairs. `keys`: rule, pairs: how many candidates each blocking rule
    made, before those that several rules made were counted once. `rows`: of the tables.
    """

    pairs: pd.DataFrame
    compared: int
    keys: pd.DataFrame
    rows: Rows

    @classmethod
    def settled(cls, chunks: Iterable["Links"], model: Model, floor: float | None = None) -> "Links":
        """The links of all chunks of the right side, down to `lowest(floor, model)`, weighed beside each other."""
        found = list(chunks)
        pairs = pd.concat([each.pairs for each in found]).sort_values(PAIR, ignore_index=True)
        keys = pd.concat([each.keys for each in found]).groupby("rule")["pairs"].sum().reset_index()
        rows = found[0].rows
        if len(rows) == 2:
            rows = rows[0], sum(each.rows[-1] for each in found)
        return cls(settle(pairs, rows, model, floor), sum(each.compared for each in found), keys, rows)


@dataclass(frozen=True)
class Most:
    """The most that halves of names can add to the weight of a pair.

    A shared name counts as the commoner of the two, and so never for more than by its own frequency.
    """

    surname: Weights  # for each of the surnames
    given: Weights  # for each of the forenames, what its first given name adds
    rest: Weights  # and what is neither that nor the surname

    @classmethod
    def of(cls, records: Records, model: Model) -> "Most":
        """Reckoned once for each word."""
        words, surnames, forenames = records.words, records.names.surnames, records.names.forenames
        # a crossed name counts by its frequency as a given name, be it a middle name or not
        given, middle = (reach(comparison, words.given_bits, model) for comparison in ("given_name", "middle_name"))
        given = np.maximum(given, np.float32(least("given_name", model) + most("byname", model)))
        second, crossed = (
            np.maximum.reduce([each[column] * (column > 0) for column in forenames.middle]) for each in (middle, given)
        )
        rest = sum(most(comparison, model) for comparison in ("name_order", "name_source", "suffix"))
        return cls(
            surname=reach("family_name", surnames.bits, model),
            given=np.maximum(given[forenames.given], crossed),
            rest=second + np.float32(rest),
        )


@dataclass(frozen=True)
class Side:
    """A table that has been read, and the most that its names can add to the weight of a pair."""

    records: Records
    most: Most
    by_names: Weights  # for each row, the most that all of its names can add

    @classmethod
    def of(cls, table: pd.DataFrame, model: Model) -> "Side":
        """Read a table. Raises `ValueError` for one without ids, or with an id that repeats."""
        return cls.from_records(read_records(Table(table), model), model)

    @classmethod
    def from_records(cls, records: Records, model: Model) -> "Side":
        """What its names can add."""
        most = Most.of(records, model)
        every = most.surname[records.names.surname] + (most.given + most.rest)[records.names.forename]
        return cls(records, most, np.maximum.reduceat(every, records.first_name[:-1]) if len(records) else every)


@dataclass(frozen=True)
class Scored:
    """Pairs of rows whose weight may reach the floor: levels and weights of every comparison, the names that were
    compared."""

    rows: Pairs
    names: Pairs
    levels: dict[str, Levels]
    weights: dict[str, Weights]
    alternative: np.ndarray
    cost: Weights
    total: Weights

    def take(self, at: np.ndarray) -> "Scored":
        """Some of the pairs."""
        return Scored(
            (self.rows[0][at], self.rows[1][at]),
            (self.names[0][at], self.names[1][at]),
            {comparison: levels.take(at) for comparison, levels in self.levels.items()},
            {comparison: weights[at] for comparison, weights in self.weights.items()},
            self.alternative[at],
            self.cost[at],
            self.total[at],
        )


def link(left: pd.DataFrame, right: pd.DataFrame, model: Model, floor: float | None = None) -> Links:
    """Pairs of a row of `left`, the smaller table, and a row of `right`, whose weight is at least `floor`.

    Both have `id`, unique, and any of `fields.FIELDS` as text. `floor`: bits; by default `model.review`. Raises
    `ValueError` for a table without ids, or with an id that repeats.
    """
    model = at_size(model, left, right)
    return Links.settled([Linker(left, model, lowest(floor, model)).link(right)], model, floor)


def dedupe(table: pd.DataFrame, model: Model, floor: float | None = None) -> Links:
    """Pairs of rows of one table; the row that comes first in it is the left one."""
    model = at_size(model, table, table)
    linker = Linker(table, model, lowest(floor, model))
    return Links.settled([linker.close(linker.link(table, within=True))], model, floor)


def at_size(model: Model, left: pd.DataFrame, right: pd.DataFrame, right_rows: int | None = None) -> Model:
    """The model for tables of this size, if names are all that both give; otherwise the model as it is.

    A model's prior is of pairs of rows. Of a list of names each row is looked for because it may be there, however
    short the other list is: as many matches a row are expected as where the model was trained. Dates and numbers say
    more than any prior, and theirs is left alone. `right_rows`: of the right side, where `right` is a sample of it.
    """
    if not names_alone(left, right):
        return model
    rows = max(right_rows or len(right), 1)
    prior = min(model.prior * model.right_rows / rows, MOST_PRIOR)
    return model.model_copy(update={"right_rows": rows, "prior": prior})


def lowest(floor: float | None, model: Model) -> float:
    """Bits of their own down to which pairs have to be found so that those from `floor` on can be settled."""
    return min(FLOOR, model.review if floor is None else floor)


class Linker:
    """The left side, read and indexed once, to be linked with any number of right sides.

    A pair's weight is its own: it depends on its two rows and the model alone.
    """

    def __init__(self, left: pd.DataFrame, model: Model, floor: float | None = None) -> None:
        self.model = model
        self.floor = model.review if floor is None else floor
        self.left = Side.of(left, model)
        self.index = Index.of(self.left.records, model)
        self.compared = 0

    def link(self, right: pd.DataFrame, *, within: bool = False) -> Links:
        """The pairs with the rows of one right side. `within`: it is the left side itself."""
        self.compared = 0
        self.index.pairs.clear()
        scored = self.score(right, within=within)
        found = pd.concat([_codes(self.left.records, *each) for each in scored], ignore_index=True)
        pairs = _labelled(found.sort_values(PAIR, ignore_index=True), self.model)
        keys = pd.DataFrame(sorted((+self.index.pairs).items()), columns=["rule", "pairs"])
        rows: Rows = (len(right),) if within else (len(self.left.records), len(right))
        return Links(pairs, self.compared, keys, rows)

    def close(self, links: Links) -> Links:
        """The links of the left side with itself, and its pairs that share no key, but surely a third row."""
        row = np.stack([pd.Index(self.left.records.table.ids).get_indexer(links.pairs[name]) for name in PAIR])
        new = not_yet_paired(row, (links.pairs["match_weight"] >= self.model.lead).to_numpy())
        if not new.size:
            return links
        scored = score((self.left, self.left), (new[0], new[1]), self.model, -np.inf)
        found = _labelled(_codes(self.left.records, self.left.records, scored), self.model)
        pairs = pd.concat([links.pairs, found]).sort_values(PAIR, ignore_index=True)
        keys = pd.concat([links.keys, pd.DataFrame({"rule": ["a third row"], "pairs": [len(found)]})])
        return Links(pairs, links.compared + len(found), keys, links.rows)

    def score(self, right: pd.DataFrame, *, within: bool = False) -> Iterator[tuple[Records, Scored]]:
        """Chunk by chunk of the right side, its records and the pairs that reach the floor."""
        table = Table(right)  # ids must not repeat, in whatever chunk
        for start in range(0, max(len(right), 1), CHUNK):
            side = Side.from_records(read_records(table.between(start, start + CHUNK), self.model), self.model)
            a, b = self.index.candidates(side.records)
            if within:
                later = a < b + start
                a, b = a[later], b[later]
            self.compared += len(a)
            for at in range(0, max(len(a), 1), CHUNK):
                rows = a[at : at + CHUNK], b[at : at + CHUNK]
                yield side.records, score((self.left, side), rows, self.model, self.floor)


def score(sides: tuple[Side, Side], rows: Pairs, model: Model, floor: float) -> Scored:
    """The pairs whose weight reaches the floor.

    What is cheap is compared first. A pair is dropped as soon as the best that the other comparisons could find would
    not take it to the floor: none is lost that would have reached it.
    """
    by_names = np.minimum(sides[0].by_names[rows[0]], sides[1].by_names[rows[1]])
    left, right = sides[0].records, sides[1].records
    levels = compare_fields(left, right, rows) | compare_texts(left, right, rows)
    weights = {comparison: weigh(comparison, found, model) for comparison, found in levels.items()}
    so_far = model.prior_weight + most_spared(model) + total_of(weights)
    for comparison in TEXTS:
        so_far += (levels[comparison].level == OPEN) * np.float32(most(comparison, model))
    some = np.flatnonzero(so_far + by_names >= floor)
    rows, so_far = (rows[0][some], rows[1][some]), so_far[some]

    pair, names, named, by_names = _best_names(sides, rows, model, floor - so_far)
    kept = np.flatnonzero(so_far[pair] + by_names >= floor)
    pair, names = pair[kept], (names[0][kept], names[1][kept])
    rows = rows[0][pair], rows[1][pair]
    levels = {comparison: found.take(some[pair]) for comparison, found in levels.items()}
    refine_texts(left, right, rows, levels)
    levels |= {comparison: found.take(kept) for comparison, found in named.items()}
    levels = {comparison: levels[comparison] for comparison in LEVELS}
    weights = {comparison: weigh(comparison, found, model) for comparison, found in levels.items()}
    alternative, cost = weigh_alternatives(levels, weights, model)
    total = model.prior_weight + total_of(weights) + cost
    return Scored(rows, names, levels, weights, alternative, cost, total).take(np.flatnonzero(total >= floor))


def _best_names(
    sides: tuple[Side, Side], rows: Pairs, model: Model, needed: Weights
) -> tuple[Numbers, Pairs, dict[str, Levels], Weights]:
    """The pairs of rows whose names may weigh what is needed: which, the two names that weigh most, the levels they
    reach, and their weight.
    """
    left, right = sides[0].records, sides[1].records
    pair, names = _readings(left, right, rows)
    some, family = _by_halves(sides, names, model, needed[pair])
    pair, names = pair[some], (names[0][some], names[1][some])
    found = compare_names(left, right, names, family)
    still_open = {each: open_words(each, left, right, names, found[each], model.known_nicknames) for each in BY_EDITS}
    at_most = total_of({each: _most(each, levels, still_open.get(each), model) for each, levels in found.items()})
    at_most += np.maximum(weigh("byname", compare_bynames(left, right, names, found["given_name"]), model), 0)
    enough = at_most >= needed[pair]
    some = np.flatnonzero(enough)
    pair, names = pair[some], (names[0][some], names[1][some])
    found = {comparison: levels.take(some) for comparison, levels in found.items()}
    place = np.cumsum(enough) - 1
    still_open = {comparison: place[at[enough[at]]] for comparison, at in still_open.items()}
    refine_names(left, right, names, found, still_open, model.known_nicknames)
    weights = {comparison: weigh(comparison, levels, model) for comparison, levels in found.items()}
    weight = total_of(weights)
    of_equals = (weights["middle_name"], weights["given_name"], _levels_in_order(found))
    order = np.lexsort((names[1], names[0], *of_equals, -weight, pair))
    best = order[np.unique(pair[order], return_index=True)[1]]
    named = {comparison: levels.take(best) for comparison, levels in found.items()}
    return pair[best], (names[0][best], names[1][best]), named, weight[best]


def _levels_in_order(found: dict[str, Levels]) -> Numbers:
    """A number for the levels of each two names: of those that weigh the same one is chosen whichever side is left."""
    code = np.zeros(len(found["given_name"].level), dtype=np.int64)
    for comparison, levels in found.items():
        code = code * (len(LEVELS[comparison]) + 1) + (levels.level - NONE)
    return code


def _by_halves(sides: tuple[Side, Side], names: Pairs, model: Model, needed: Weights) -> tuple[Numbers, Levels]:
    """Positions of the names that may weigh what is needed, as far as surnames tell, and whether given names may agree
    at all: most differ in either, and are two persons'. And the levels of their surnames."""
    left, right = sides[0].records, sides[1].records
    family = compare_surnames(left, right, names)
    is_open = open_words("family_name", left, right, names, family, model.known_nicknames)
    at_most = _most("family_name", family, is_open, model)
    forename = left.names.forename[names[0]], right.names.forename[names[1]]
    at_most += np.minimum(sides[0].most.rest[forename[0]], sides[1].most.rest[forename[1]])
    by_given = np.minimum(sides[0].most.given[forename[0]], sides[1].most.given[forename[1]])
    both, half = crosswise(left, right, names)
    moved = both | half | written_as_one(left, right, names)
    some = np.flatnonzero((at_most + by_given >= needed) | moved)
    differ = some[given_differs(left, right, (names[0][some], names[1][some]), model.known_nicknames)]
    far = Levels(np.full(len(differ), DIFFERENT))
    bynames = compare_bynames(left, right, (names[0][differ], names[1][differ]), far)
    by_given[differ] = least("given_name", model) + weigh("byname", bynames, model)
    some = some[np.flatnonzero((at_most[some] + by_given[some] >= needed[some]) | moved[some])]
    return some, family.take(some)


def _most(comparison: str, found: Levels, still_open: Numbers | None, model: Model) -> Weights:
    """The most that each pair may weigh; names that are still open are as similar as the comparison knows."""
    weight = weigh(comparison, found, model)
    if still_open is not None:
        names, common = LEVELS[comparison], found.take(still_open)
        better = [np.full_like(common.level, names.index(name)) for name in (*BY_EDITS[comparison], names[-1])]
        weight[still_open] = np.max([weigh(comparison, Levels(level, common.bits), model) for level in better], axis=0)
    return weight


def _readings(left: Records, right: Records, rows: Pairs) -> tuple[Numbers, Pairs]:
    """The names of one row with the names of the other: position of the pair of rows, and of the names.

    Names of which both are reordered are left out: as written they agree as well.
    """
    first = left.first_name[rows[0]], right.first_name[rows[1]]
    across = right.first_name[rows[1] + 1] - first[1]
    times = (left.first_name[rows[0] + 1] - first[0]) * across
    one, several = np.flatnonzero(times == 1), np.flatnonzero(times > 1)
    pair, times = np.repeat(several, times[several]), times[several]
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    a, b = first[0][pair] + nth // across[pair], first[1][pair] + nth % across[pair]
    useful = np.flatnonzero((left.names.order[a] == 0) | (right.names.order[b] == 0))
    names = tuple(np.concatenate([side[one], more[useful]]) for side, more in zip(first, (a, b), strict=True))
    return np.concatenate([one, pair[useful]]), (names[0], names[1])


def _codes(left: Records, right: Records, scored: Scored) -> pd.DataFrame:
    """The ids, weight and levels of pairs."""
    ids = {
        "left_id": left.table.ids.array.take(scored.rows[0]),
        "right_id": right.table.ids.array.take(scored.rows[1]),
    }
    levels = {comparison: found.level for comparison, found in scored.levels.items()}
    return pd.DataFrame(ids | {"match_weight": scored.total} | levels)


def _labelled(found: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The same with probability and band, and with names instead of levels."""
    total = found["match_weight"].to_numpy()
    judged = {"match_probability": 1 / (1 + np.exp2(-total)), "band": bands(total, model)}
    levels = {}
    for comparison, names in LEVELS.items():
        level = found[comparison].to_numpy()
        levels[comparison] = _labels(np.where(level < 0, len(names), level), [*names, MISSING])
    return pd.DataFrame({name: found[name] for name in (*PAIR, "match_weight")} | judged | levels)


def _labels(code: npt.NDArray[np.integer], names: list[str]) -> "pd.Categorical[str]":
    return pd.Categorical.from_codes(code, pd.Index(names))
