"""What was linked against what is true, pair by pair."""

import numpy as np
import pandas as pd

from include.matching.engines.processes import link_chunks
from include.matching.explain import explain
from include.matching.files.tables import CHUNK
from include.matching.link import Links, dedupe, lowest
from include.matching.model import LEVELS, Model

CULTURE = "culture"  # a column beside the fields: of which name culture a row is
FLOOR = -10.0  # bits, a probability of 0.1 %: lower pairs change no figure that is shown
PAIR = ["left_id", "right_id"]


def find_links(left: pd.DataFrame, right: pd.DataFrame | None, model: Model, processes: int | None) -> Links:
    """All pairs above `FLOOR`; without `right`, within `left`."""
    if right is None:
        return dedupe(left, model, FLOOR)
    chunks = (right.iloc[at : at + CHUNK].reset_index(drop=True) for at in range(0, max(len(right), 1), CHUNK))
    return Links.settled(link_chunks(left, chunks, model, lowest(FLOOR, model), processes), model, FLOOR)


def known_truth(
    truth: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, both_ways: bool
) -> tuple[pd.DataFrame, int]:
    """The true pairs of which both rows are there, the earlier row first if `both_ways`; how many others there are."""
    known = truth["left_id"].isin(left["id"]) & truth["right_id"].isin(right["id"])
    pairs = truth[known][PAIR]
    if both_ways:
        pairs = _ordered(pairs, left)
    return pairs.drop_duplicates(ignore_index=True), int((~known).sum())


def _ordered(pairs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Each pair of rows of one table with the earlier row first."""
    position = pd.Series(np.arange(len(table)), index=table["id"].to_numpy())
    swap = position[pairs["left_id"]].to_numpy() > position[pairs["right_id"]].to_numpy()
    left, right = (pairs[name].to_numpy(dtype=object) for name in PAIR)
    return pd.DataFrame({"left_id": np.where(swap, right, left), "right_id": np.where(swap, left, right)}, dtype="str")


def judge(
    pairs: pd.DataFrame, truth: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, model: Model
) -> pd.DataFrame:
    """All pairs above the floor and all true pairs: weight, levels, `true`, `compared`, `outcome`, `culture`."""
    pairs = pairs.astype(dict.fromkeys(["left_id", "right_id", "band", *LEVELS], "str"))
    if right is left:
        pairs[PAIR] = _ordered(pairs, left)
    marked = pairs.merge(truth.assign(true=True), on=PAIR, how="left")
    marked["true"] = marked["true"].notna()
    marked["compared"] = True
    missed = truth.merge(pairs[PAIR], on=PAIR, how="left", indicator=True)
    missed = missed[missed["_merge"] == "left_only"][PAIR].reset_index(drop=True)
    if len(missed):
        marked = pd.concat([marked, _scored(missed, left, right, model)], ignore_index=True)
    marked["others"] = marked["others"].fillna(0.0)
    marked["outcome"] = _outcome(marked, model)
    sides = [(table, column) for table, column in ((left, "left_id"), (right, "right_id")) if CULTURE in table]
    if sides:
        table, column = sides[0]
        marked[CULTURE] = marked[column].map(table.set_index("id")[CULTURE])
    return marked


def _scored(missed: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, model: Model) -> pd.DataFrame:
    """What true pairs that were not found would have weighed."""
    evidence = evidence_of(missed, left, right, model)
    wide = evidence.pivot(index=PAIR, columns="comparison", values="level").reindex(columns=list(LEVELS))
    total = evidence.groupby(PAIR)["weight"].sum().reindex(wide.index) + model.prior_weight
    scored = missed.merge(wide.assign(match_weight=total).reset_index(), on=PAIR, how="left")
    return scored.assign(match_probability=1 / (1 + 2.0 ** -scored["match_weight"]), true=True, compared=False)


def _outcome(pairs: pd.DataFrame, model: Model) -> pd.Series:
    weight, compared = pairs["match_weight"].to_numpy(dtype=float), pairs["compared"].to_numpy(dtype=bool)
    name = np.full(len(pairs), "below review", dtype=object)
    name[compared & (weight >= model.review)] = "to review"
    name[compared & (weight >= model.lead)] = "lead"
    name[~compared & (weight >= FLOOR)] = "not compared: shares no key"
    return pd.Series(name, index=pairs.index, dtype="str")


def evidence_of(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, model: Model) -> pd.DataFrame:
    """What `explain` says of these pairs, ids as text."""
    return explain(left, right, pairs, model).astype({"left_id": "str", "right_id": "str"})
