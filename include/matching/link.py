"""Two tables -> scored pairs: normalise, block, compare, weigh, decide."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from include.matching.blocking import Index
from include.matching.compare import (
    Levels,
    Pairs,
    compare_fields,
    compare_names,
    compare_places,
    refine_names,
)
from include.matching.fields import Table
from include.matching.model import LEVELS, MISSING, Model
from include.matching.records import Records, read_records
from include.matching.weigh import Weights, most, weigh, weigh_alternatives
from include.matching.words import Numbers

CHUNK = 250_000  # right rows read at once, and candidate pairs compared at once: bounds memory, changes no result
PAIR = ["left_id", "right_id"]
FIELDS = ("date_of_birth", "sex", "country", "birth_place", "a_number", "ssn", "passport", "phone", "fein")
NAMES = ("name_order", "name_source", "family_name", "given_name", "middle_name", "suffix")
PLACES = ("street", "place", "organisation")


@dataclass(frozen=True)
class Links:
    """What `link` found.

    `pairs`: left_id, right_id, match_weight (bits), match_probability, band (`lead`, `review`, or `no` below both), then the
    level of each comparison as text; sorted by the two ids. `compared`: candidate pairs. `keys`: rule, pairs: how many
    candidates each blocking rule made, before those that several rules made were counted once.
    """

    pairs: pd.DataFrame
    compared: int
    keys: pd.DataFrame


@dataclass(frozen=True)
class Scored:
    """Pairs of rows whose weight may reach the floor: levels and weights of every comparison, the names that were compared."""

    rows: Pairs
    names: Pairs
    levels: dict[str, Levels]
    weights: dict[str, Weights]
    alternative: np.ndarray
    cost: Weights
    total: Weights

    def take(self, at: np.ndarray) -> "Scored":
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

    Both have `id`, unique, and any of `fields.FIELDS` as text. `floor`: bits; by default `model.review`. A pair's weight
    depends on its two rows and the model alone. Raises `ValueError` for a table without ids, or with an id that repeats.
    """
    return Linker(left, model, floor).link(right)


def dedupe(table: pd.DataFrame, model: Model, floor: float | None = None) -> Links:
    """Pairs of rows of one table; the row that comes first in it is the left one."""
    return Linker(table, model, floor).link(table, within=True)


class Linker:
    """The left side, read and indexed once, to be linked with any number of right sides."""

    def __init__(self, left: pd.DataFrame, model: Model, floor: float | None = None) -> None:
        self.model = model
        self.floor = model.review if floor is None else floor
        self.left = read_records(Table(left), model)
        self.index = Index.of(self.left)
        self.compared = 0

    def link(self, right: pd.DataFrame, *, within: bool = False) -> Links:
        """The pairs with the rows of one right side. `within`: it is the left side itself."""
        Table(right)  # ids must not repeat, in whatever chunk
        found = [_frame(self.left, records, scored, self.model) for records, scored in self.score(right, within=within)]
        pairs = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
        keys = pd.DataFrame(sorted((+self.index.pairs).items()), columns=["rule", "pairs"])
        return Links(pairs.sort_values(PAIR, ignore_index=True), self.compared, keys)

    def score(self, right: pd.DataFrame, *, within: bool = False) -> Iterator[tuple[Records, Scored]]:
        """Chunk by chunk of the right side, its records and the pairs that reach the floor."""
        for start in range(0, max(len(right), 1), CHUNK):
            records = read_records(Table(right.iloc[start : start + CHUNK]), self.model)
            a, b = self.index.candidates(records)
            if within:
                later = a < b + start
                a, b = a[later], b[later]
            self.compared += len(a)
            for at in range(0, max(len(a), 1), CHUNK):
                yield (
                    records,
                    score(self.left, records, (a[at : at + CHUNK], b[at : at + CHUNK]), self.model, self.floor),
                )


def score(left: Records, right: Records, rows: Pairs, model: Model, floor: float) -> Scored:
    """The pairs whose weight reaches the floor. Those that cannot reach it any more are dropped before the costly comparisons."""
    levels = compare_fields(left, right, rows)
    weights = {comparison: weigh(comparison, found, model) for comparison, found in levels.items()}
    places = sum(most(comparison, model) for comparison in PLACES)
    ahead = model.prior_weight + np.sum(list(weights.values()), axis=0) + places
    best = sum(most(comparison, model) for comparison in NAMES)
    some = np.flatnonzero(ahead + best >= floor)
    rows, ahead = (rows[0][some], rows[1][some]), ahead[some]
    names, named = _best_names(left, right, rows, model, floor - ahead)
    some_again = np.flatnonzero(
        ahead + np.sum([weigh(comparison, found, model) for comparison, found in named.items()], axis=0) >= floor
    )
    rows, names = (rows[0][some_again], rows[1][some_again]), (names[0][some_again], names[1][some_again])
    kept = some[some_again]
    levels = {comparison: found.take(some_again) for comparison, found in named.items()} | {
        comparison: found.take(kept) for comparison, found in levels.items()
    }
    levels |= compare_places(left, right, rows)
    levels = {comparison: levels[comparison] for comparison in LEVELS}
    weights = {comparison: weigh(comparison, found, model) for comparison, found in levels.items()}
    alternative, cost = weigh_alternatives(levels, weights, model)
    total = model.prior_weight + np.sum(list(weights.values()), axis=0) + cost
    scored = Scored(rows, names, levels, weights, alternative, cost, total)
    return scored.take(np.flatnonzero(total >= floor))


def _best_names(
    left: Records, right: Records, rows: Pairs, model: Model, needed: Weights
) -> tuple[Pairs, dict[str, Levels]]:
    """For each pair of rows, the pair of their names that weighs most, and the levels it reaches.

    `needed`: the weight of names below which a pair of rows is lost anyway; its names need not be compared to the end.
    """
    pair, names = _readings(left, right, rows)
    found = compare_names(left, right, names, model.frequencies.several_floor)
    best_of_open = {comparison: most(comparison, model) for comparison in ("family_name", "given_name", "middle_name")}
    reach = np.zeros(len(pair))
    for comparison, levels in found.items():
        weight = weigh(comparison, levels, model)
        if comparison in best_of_open:
            open_ = levels.level == len(LEVELS[comparison]) - 1
            weight = np.where(open_, best_of_open[comparison], weight)
        reach += weight
    some = np.flatnonzero(reach >= needed[pair])
    part = {comparison: levels.take(some) for comparison, levels in found.items()}
    refine_names(left, right, (names[0][some], names[1][some]), part)
    for comparison, levels in part.items():
        found[comparison].level[some] = levels.level
    if len(pair) == len(rows[0]):
        return names, found
    weight = np.sum([weigh(comparison, levels, model) for comparison, levels in found.items()], axis=0)
    order = np.lexsort((names[1], names[0], -weight, pair))  # of equals, the first as written
    best = order[np.unique(pair[order], return_index=True)[1]]
    return (names[0][best], names[1][best]), {comparison: levels.take(best) for comparison, levels in found.items()}


def _readings(left: Records, right: Records, rows: Pairs) -> tuple[Numbers, Pairs]:
    """The names of one row with the names of the other: position of the pair of rows, and of the names.

    Names of which both are reordered are left out: as written they agree as well.
    """
    first = left.first_name[rows[0]], right.first_name[rows[1]]
    across = right.first_name[rows[1] + 1] - first[1]
    times = (left.first_name[rows[0] + 1] - first[0]) * across
    if (times == 1).all():
        return np.arange(len(times)), first
    pair = np.repeat(np.arange(len(times)), times)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    a, b = first[0][pair] + nth // across[pair], first[1][pair] + nth % across[pair]
    useful = (left.names.order[a] == 0) | (right.names.order[b] == 0)
    return pair[useful], (a[useful], b[useful])


def _frame(left: Records, right: Records, scored: Scored, model: Model) -> pd.DataFrame:
    band = np.where(scored.total >= model.lead, 2, np.where(scored.total >= model.review, 1, 0))
    labels = {
        comparison: pd.Categorical.from_codes(np.where(found.level < 0, len(names), found.level), [*names, MISSING])
        for (comparison, names), found in zip(LEVELS.items(), scored.levels.values(), strict=True)
    }
    return pd.DataFrame(
        {
            "left_id": left.table.ids.to_numpy()[scored.rows[0]],
            "right_id": right.table.ids.to_numpy()[scored.rows[1]],
            "match_weight": scored.total,
            "match_probability": 1 / (1 + np.exp2(-scored.total)),
            "band": pd.Categorical.from_codes(band, ["no", "review", "lead"]),
            **labels,
        }
    )
