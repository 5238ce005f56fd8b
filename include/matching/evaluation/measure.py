"""How good pairs are where the truth is known."""

from functools import partial

import numpy as np
import pandas as pd

from include.matching.evaluation.curves import counted, curve_of, point_at, recall_at, reliability, rounded, thinned
from include.matching.evaluation.figures import Bin, Evaluation, Evidence, Group, Judged, LevelWeight, Point
from include.matching.evaluation.pairs import CULTURE, PAIR, evidence_of, find_links, judge, known_truth
from include.matching.link import at_size
from include.matching.model import LEVELS, MISSING, Model

WORST = 10  # pairs of each kind that are shown
PATTERNS = 12  # patterns of missing fields that are shown; the rest is one
EQUAL_PRECISION = 0.95  # at which groups are compared


def evaluate(
    left: pd.DataFrame,
    right: pd.DataFrame | None,
    truth: pd.DataFrame,
    model: Model,
    processes: int | None = None,
    show_values: bool = False,
) -> Evaluation:
    """Link, and hold the pairs against the truth.

    left, right: tables as for `link`, ids as text, with a column `culture` if errors are to be told by culture; without
    `right`, duplicates within `left`. truth: left_id, right_id of all true pairs; a pair that is not in it counts as
    false. `show_values`: whether the evidence of single pairs holds what was compared.
    """
    other = left if right is None else right
    model = at_size(model, left, other)
    links = find_links(left, right, model, processes)
    true_pairs, unknown = known_truth(truth, left, other, both_ways=right is None)
    pairs = judge(links.pairs, true_pairs, left, other, model)
    found = pairs["compared"].to_numpy(dtype=bool)
    is_true = pairs["true"].to_numpy(dtype=bool)
    weight, probability = (pairs[name].to_numpy(dtype=float) for name in ("match_weight", "match_probability"))
    curve = curve_of(weight[found], is_true[found], len(true_pairs))
    bins = reliability(probability[found], is_true[found])
    lead = found & (weight >= model.lead)
    given = [name for name in LEVELS if (pairs[name] != MISSING).any()]
    at = partial(point_at, weight[found], is_true[found], len(true_pairs))
    return Evaluation(
        model=model.version,
        prior=model.prior_weight,
        lead=model.lead,
        review=model.review,
        left_rows=len(left),
        right_rows=len(other),
        compared=links.compared,
        true_pairs=len(true_pairs),
        unknown_pairs=unknown,
        missed={str(name): int(n) for name, n in pairs["outcome"][is_true & ~lead].value_counts().items()},
        at_lead=at(model.lead),
        at_review=at(model.review),
        best=max(curve, key=lambda point: point.f1, default=Point(model.lead, 0.0, 0.0, 0.0)),
        recall_at={f"{share:g}": recall_at(curve, share) for share in (0.99, 0.95, 0.9)},
        expected=rounded(probability[found].sum()),
        calibration_error=_calibration_error(bins),
        curve=thinned(curve),
        reliability=bins,
        cultures=_groups(pairs, pairs[CULTURE], model) if CULTURE in pairs else [],
        patterns=_most(_groups(pairs, _pattern(pairs, given), model)),
        never_given=[name for name in LEVELS if name not in given],
        false_positives=_worst(pairs[lead & ~is_true], left, other, model, show_values, ascending=False),
        false_negatives=_worst(pairs[is_true & ~lead], left, other, model, show_values, ascending=True),
        weights=level_weights(model),
    )


def _calibration_error(bins: list[Bin]) -> float:
    """By how much what is said and what is true differ, in the mean of all pairs."""
    return rounded(
        sum(abs(b.said - (b.true.share or 0.0)) * b.true.of for b in bins) / max(sum(b.true.of for b in bins), 1)
    )


# -- groups


def _pattern(pairs: pd.DataFrame, given: list[str]) -> pd.Series:
    """For each pair, the comparisons that lack a value on a side, of those that have one in some pair."""
    lacks = pairs[given] == MISSING
    codes, patterns = pd.factorize(pd.Series(lacks.to_numpy() @ (1 << np.arange(len(given)))))
    names = [", ".join(name for bit, name in enumerate(given) if mask >> bit & 1) or "nothing" for mask in patterns]
    return pd.Series(np.array(names, dtype=object)[codes], index=pairs.index, dtype="str")


def _groups(pairs: pd.DataFrame, names: pd.Series, model: Model) -> list[Group]:
    """Each group that holds a true pair or a lead; most true pairs first."""
    groups = []
    for name, rows in pairs.groupby(names.fillna("").replace("", "not given")):
        is_true, compared = rows["true"].to_numpy(dtype=bool), rows["compared"].to_numpy(dtype=bool)
        weight = rows["match_weight"].to_numpy(dtype=float)
        lead = compared & (weight >= model.lead)
        if not (is_true | lead).any():
            continue
        curve = curve_of(weight[compared], is_true[compared], int(is_true.sum()))
        groups.append(
            Group(
                name=str(name),
                recall=counted(int((lead & is_true).sum()), int(is_true.sum())),
                precision=counted(int((lead & is_true).sum()), int(lead.sum())),
                recall_at_95=recall_at(curve, EQUAL_PRECISION) if is_true.any() else None,
            )
        )
    return sorted(groups, key=lambda group: (-group.recall.of, -group.precision.of, group.name))


def _most(groups: list[Group]) -> list[Group]:
    """The largest groups, and the rest as one."""
    rest = groups[PATTERNS:]
    if len(rest) < 2:
        return groups
    sums = [
        counted(sum(part.part for part in parts), sum(part.of for part in parts))
        for parts in ([group.recall for group in rest], [group.precision for group in rest])
    ]
    return [*groups[:PATTERNS], Group(f"{len(rest)} other patterns", sums[0], sums[1], None)]


# -- single pairs


def _worst(
    pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, model: Model, show_values: bool, *, ascending: bool
) -> list[Judged]:
    worst = pairs.sort_values(["match_weight", *PAIR], ascending=[ascending, True, True]).head(WORST)
    if worst.empty:
        return []
    evidence = evidence_of(worst, left, right, model)
    rows = {pair: group for pair, group in evidence.groupby(PAIR)}  # noqa: C416 -- pandas iterates in pairs
    columns = [worst[name].tolist() for name in (*PAIR, "match_weight", "match_probability", "outcome")]
    return [
        Judged(
            one, other, rounded(weight), rounded(probability), outcome, _evidence(rows.get((one, other)), show_values)
        )
        for one, other, weight, probability, outcome in zip(*columns, strict=True)
    ]


def _evidence(rows: pd.DataFrame | None, show_values: bool) -> list[Evidence]:
    if rows is None:
        return []
    columns = [rows[name].tolist() for name in ("comparison", "level", "weight", "left_value", "right_value")]
    return [
        Evidence(comparison, level, rounded(weight), *(map(_value, values) if show_values else ()))
        for comparison, level, weight, *values in zip(*columns, strict=True)
        if level != MISSING or weight
    ]


def _value(value: object) -> str | None:
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]  # any scalar will do


def level_weights(model: Model) -> list[LevelWeight]:
    """The model's levels with their weights."""
    return [
        LevelWeight(
            comparison, name, level.m, level.u, None if level.u is None else rounded(np.log2(level.m / level.u))
        )
        for comparison, levels in model.comparisons.items()
        for name, level in levels.items()
    ]
