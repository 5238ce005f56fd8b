"""Personas x petitioners -> scored pairs with their evidence: normalise, block, compare, weigh, decide."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from include.matching.blocking import candidates
from include.matching.compare import Levels, Pairs, compare_fields, compare_names
from include.matching.explain import explain
from include.matching.model import Model
from include.matching.normalise import IntArray, Records, read_personas, read_petitioners
from include.matching.weigh import weigh, weigh_alternatives

CHUNK = 250_000  # candidate pairs scored at once: bounds memory, changes no result
PAIR = ["persona_id", "petitioner_id"]


@dataclass(frozen=True)
class Links:
    """What `link` found.

    `pairs`: persona_id, petitioner_id, weight (bits), band (`lead` or `review`); sorted by the two ids.
    `evidence`: persona_id, petitioner_id, comparison, persona_value, petitioner_value (as compared, null if missing),
    level, weight; a row for each comparison and one `alternative` row per pair. The weights of a pair's rows and
    `model.prior_weight` add up to the pair's weight exactly.
    `compared`: candidate pairs compared. `dropped_blocks`: rule, personas, petitioners of each candidate key that was
    too common to be used; pairs that share no other key were not compared.
    """

    pairs: pd.DataFrame
    evidence: pd.DataFrame
    compared: int
    dropped_blocks: pd.DataFrame


def link(personas: pd.DataFrame, petitioners: pd.DataFrame, model: Model) -> Links:
    """Pairs of `personas` and `petitioners` above the band "no".

    personas: persona_id, name (`LAST, FIRST MIDDLE`); petitioners: petitioner_id, family_name, given_name, middle_name,
    other_names (separated by semicolons); both: date_of_birth, sex, birth_country, a_number, ssn, address, city, state,
    postal_code, phone. Ids are integers, dates are dates, the rest is text; everything but the ids may be null.
    A pair's weight depends on its two rows and the model alone. Raises `ValueError` for a column that is missing, an
    id with two different rows, or a date of birth that is no date.
    """
    left, right = read_personas(personas, model), read_petitioners(petitioners, model)
    a, b, dropped = candidates(left, right, model)
    chunks = [(a[at : at + CHUNK], b[at : at + CHUNK]) for at in range(0, max(len(a), 1), CHUNK)]
    pairs, evidence = zip(*(_score(left, right, chunk, model) for chunk in chunks), strict=True)
    return Links(
        pairs=pd.concat(pairs).sort_values(PAIR, ignore_index=True),
        evidence=pd.concat(evidence).sort_values(PAIR, ignore_index=True, kind="stable"),
        compared=len(a),
        dropped_blocks=dropped,
    )


def _score(left: Records, right: Records, rows: Pairs, model: Model) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs above the band "no" among these rows, and their evidence."""
    names, levels = _best_names(left, right, rows, model)
    levels |= compare_fields(left, right, rows, model)
    weights = {comparison: weigh(comparison, found, model) for comparison, found in levels.items()}
    other, cost = weigh_alternatives(levels, weights, model)
    total = model.prior_weight + np.sum(list(weights.values()), axis=0) + cost
    kept = np.flatnonzero(total >= model.review)
    pairs = pd.DataFrame(
        {
            "persona_id": left.ids[rows[0][kept]],
            "petitioner_id": right.ids[rows[1][kept]],
            "weight": total[kept],
            "band": pd.array(np.where(total[kept] >= model.lead, "lead", "review").tolist(), dtype="str"),
        }
    )
    kept_rows, kept_names = (rows[0][kept], rows[1][kept]), (names[0][kept], names[1][kept])
    found = {comparison: (levels[comparison].take(kept), weights[comparison][kept]) for comparison in levels}
    evidence = explain(
        left=left,
        right=right,
        rows=kept_rows,
        names=kept_names,
        found=found,
        alternative=(other[kept], cost[kept]),
        model=model,
    )
    return pairs, evidence


def _best_names(left: Records, right: Records, rows: Pairs, model: Model) -> tuple[Pairs, dict[str, Levels]]:
    """For each pair of rows, the pair of their names that weighs most, and the levels it reaches."""
    pair, names = _readings(left, right, rows)
    levels = compare_names(left, right, names, model)
    weight = np.sum([weigh(comparison, found, model) for comparison, found in levels.items()], axis=0)
    order = np.lexsort((np.arange(len(pair)), -weight, pair))  # of equals, the first as written
    best = order[np.unique(pair[order], return_index=True)[1]]
    return (names[0][best], names[1][best]), {comparison: found.take(best) for comparison, found in levels.items()}


def _readings(left: Records, right: Records, rows: Pairs) -> tuple[IntArray, Pairs]:
    """The names of one row with the names of the other: position of the pair of rows, and of the names.

    Names of which both are reordered are left out: as written they agree as well.
    """
    first, count = zip(
        *(np.unique(side.name_row, return_index=True, return_counts=True)[1:] for side in (left, right)), strict=True
    )
    across = count[1][rows[1]]
    times = count[0][rows[0]] * across
    pair = np.repeat(np.arange(len(times)), times)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    a, b = first[0][rows[0]][pair] + nth // across[pair], first[1][rows[1]][pair] + nth % across[pair]
    useful = (left.name_order[a] == 0) | (right.name_order[b] == 0)
    return pair[useful], (a[useful], b[useful])
