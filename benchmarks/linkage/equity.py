"""Errors by name culture at equal precision: whose pairs a matcher misses more often than others'.

Recall is given at one threshold for all, at which precision over all cultures is 95 or 99 %, and at a threshold of the
culture's own, at which its own precision is that. A false pair belongs to the culture of its left record.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.linkage.evaluate import PAIR
from benchmarks.linkage.layout import DataSet

PRECISIONS = (0.95, 0.99)
BELOW = 0.03  # recall below the mean from which a culture is flagged: issue 4's bound
SURE = 1.96  # standard errors: a flag that chance explains is marked as such


def rank(scored: pd.DataFrame, data: DataSet) -> pd.DataFrame:
    """Every scored pair and every true pair that was not scored: culture, score (-inf: not scored), true."""
    assert data.culture is not None
    if data.asked is not None:
        scored = scored.merge(data.asked, on=PAIR)
    best = scored.sort_values("score", ascending=False, kind="stable").drop_duplicates(PAIR)
    ranked = best.merge(data.truth.assign(true=True), on=PAIR, how="outer")
    ranked["true"] = ranked["true"].eq(True)
    ranked["score"] = ranked["score"].fillna(-np.inf)
    return ranked.merge(data.culture, on="left")[["culture", "score", "true"]]


def by_culture(ranked: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One row per culture, several sets of one kind taken together; each set has the threshold of its own."""
    together = pd.concat(ranked, ignore_index=True)
    table = together.groupby("culture")["true"].sum().rename("true_pairs").to_frame()
    for precision in PRECISIONS:
        found = pd.concat([one[one["score"] >= threshold(one, precision)] for one in ranked])
        hits = found.groupby("culture")["true"].sum().reindex(table.index, fill_value=0)
        said = found.groupby("culture").size().reindex(table.index, fill_value=0)
        own = [_hits(together[together["culture"] == name], precision) for name in table.index]
        table[f"precision@{precision:.0%}"] = hits / said.clip(lower=1)
        table[f"recall@{precision:.0%}"] = hits / table["true_pairs"].clip(lower=1)
        table[f"own recall@{precision:.0%}"] = own / table["true_pairs"].clip(lower=1)
    return table.reset_index()


def _hits(ranked: pd.DataFrame, precision: float) -> int:
    return int(ranked.loc[ranked["score"] >= threshold(ranked, precision), "true"].sum())


def threshold(ranked: pd.DataFrame, precision: float) -> float:
    """The lowest score from which upwards pairs have this precision; infinite if there is none."""
    ordered = ranked[ranked["score"] > -np.inf].sort_values("score", ascending=False)
    score, hits = ordered["score"].to_numpy(), np.cumsum(ordered["true"].to_numpy())
    cut = np.flatnonzero(np.diff(score, append=-np.inf))
    good = cut[hits[cut] / (cut + 1) >= precision]
    return float(score[good[-1]]) if len(good) else math.inf


def flags(table: pd.DataFrame, column: str) -> pd.Series:
    """Per culture: "", or how far below the mean of all pairs its recall is, and whether chance alone explains that."""
    pairs = table["true_pairs"].clip(lower=1)
    mean = (table[column] * table["true_pairs"]).sum() / table["true_pairs"].sum()
    chance = SURE * np.sqrt(mean * (1 - mean) / pairs)
    short = mean - table[column]
    words = [
        f"{lack:+.3f}{'' if lack > noise else ' (chance)'}" if lack > BELOW else ""
        for lack, noise in zip(short, chance, strict=True)
    ]
    return pd.Series([word.replace("+", "-", 1) for word in words], index=table.index)


def markdown(table: pd.DataFrame) -> str:
    """The table, with the mean over all pairs, and the flag at equal precision (the culture's own threshold)."""
    shares = [column for column in table.columns if "@" in column]
    lines = ["culture | true pairs | " + " | ".join(shares) + " | " + " | ".join(f"below {p:.0%}" for p in PRECISIONS)]
    lines.append("|".join(["---"] + ["--:"] * (len(shares) + 1 + len(PRECISIONS))))
    notes = [flags(table, f"own recall@{precision:.0%}") for precision in PRECISIONS]
    for at, row in table.iterrows():
        numbers = [f"{row[column]:.3f}" for column in shares]
        lines.append(" | ".join([row["culture"], f"{row['true_pairs']}", *numbers, *(note[at] for note in notes)]))
    mean = [f"{(table[column] * table['true_pairs']).sum() / table['true_pairs'].sum():.3f}" for column in shares]
    lines.append(" | ".join(["all pairs", f"{table['true_pairs'].sum()}", *mean, *[""] * len(PRECISIONS)]))
    return "\n".join(f"| {line} |" for line in lines)
