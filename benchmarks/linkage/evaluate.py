"""What a list of scored pairs is worth against the true pairs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

PAIR = ["left", "right"]


@dataclass(frozen=True)
class Quality:
    """Over all thresholds, and at the matcher's own. A recall is None if no threshold has that precision."""

    f1_best: float
    f1_default: float
    precision_default: float
    recall_default: float
    recall_at_95: float | None
    recall_at_99: float | None
    recall_of_candidates: float  # true pairs among all that were scored and handed over
    auc: float | None = None  # of pairs that were asked about: how often a true one is above a false one


def evaluate(scored: pd.DataFrame, truth: pd.DataFrame, threshold: float, asked: pd.DataFrame | None = None) -> Quality:
    """`scored`: left, right, score; the better score of a pair counts. From `threshold` on it is a yes."""
    if asked is not None:
        scored = scored.merge(asked, on=PAIR)
    ranked = scored.sort_values("score", ascending=False, kind="stable").drop_duplicates(PAIR)
    true = ranked.merge(truth.assign(true=True), on=PAIR, how="left")["true"].notna().to_numpy()
    score, hits = ranked["score"].to_numpy(), np.cumsum(true)
    cut = np.flatnonzero(np.diff(score, append=-np.inf))  # a threshold never parts pairs of equal score
    chosen, hits = cut + 1, hits[cut]
    recall, precision = hits / max(len(truth), 1), hits / chosen
    f1 = 2 * hits / (chosen + len(truth))
    default = np.flatnonzero(score[cut] >= threshold)
    at = default[-1] if len(default) else None
    return Quality(
        f1_best=float(f1.max(initial=0)),
        f1_default=0.0 if at is None else float(f1[at]),
        precision_default=1.0 if at is None else float(precision[at]),
        recall_default=0.0 if at is None else float(recall[at]),
        recall_at_95=_best(recall[precision >= 0.95]),
        recall_at_99=_best(recall[precision >= 0.99]),
        recall_of_candidates=float(recall.max(initial=0)),
        auc=None if asked is None else _auc(ranked["score"], true),
    )


def _auc(score: pd.Series, true: np.ndarray) -> float:
    """Area under the ROC curve, by ranks; ties count half."""
    ranks, hits = score.rank().to_numpy(), int(true.sum())
    return float((ranks[true].sum() - hits * (hits + 1) / 2) / max(hits * (len(true) - hits), 1))


def _best(recalls: np.ndarray) -> float | None:
    return float(recalls.max()) if len(recalls) else None
