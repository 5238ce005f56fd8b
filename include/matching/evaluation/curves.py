"""Figures of weighted pairs of which it is known whether they are true."""

import numpy as np
import numpy.typing as npt

from include.matching.evaluation.figures import Bin, Counted, Point

POINTS = 200  # of a curve that are kept: more than a screen shows
BINS = np.array([0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1])  # finer at the ends
Z = 1.96  # standard deviations of a 95 % interval

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def curve_of(weight: Floats, is_true: Flags, total: int) -> list[Point]:
    """Precision and recall at each distinct weight, highest first; `total`: true pairs, found or not."""
    order = np.argsort(-weight, kind="stable")
    weight, hits = weight[order], np.cumsum(is_true[order])
    last = np.flatnonzero(np.diff(weight, append=-np.inf))  # of pairs that weigh the same: all or none
    return [_point(weight[at], int(hits[at]), at + 1, total) for at in last.tolist()]


def point_at(weight: Floats, is_true: Flags, total: int, threshold: float) -> Point:
    """What holds at one threshold."""
    taken = weight >= threshold
    return _point(threshold, int(is_true[taken].sum()), int(taken.sum()), total)


def _point(threshold: float, hits: int, taken: int, total: int) -> Point:
    precision, recall = hits / taken if taken else 1.0, hits / total if total else 0.0
    f1 = 2 * hits / (taken + total) if taken + total else 0.0
    return Point(rounded(threshold), rounded(precision), rounded(recall), rounded(f1))


def recall_at(curve: list[Point], precision: float) -> float | None:
    """The highest recall at a threshold with at least this precision; None where there is none."""
    return max((point.recall for point in curve if point.precision >= precision), default=None)


def thinned(curve: list[Point], points: int = POINTS) -> list[Point]:
    """At most about so many points of a curve, evenly along its recall and its thresholds; its ends stay."""
    if len(curve) <= points:
        return curve
    steps = {round(at) for at in np.linspace(0, len(curve) - 1, points // 2)}
    recall = np.array([point.recall for point in curve])
    steps |= {
        int(at) for at in np.searchsorted(recall, np.linspace(0, recall[-1], points // 2)).clip(0, len(curve) - 1)
    }
    return [curve[at] for at in sorted(steps)]


def reliability(probability: Floats, is_true: Flags) -> list[Bin]:
    """Pairs by match probability, `BINS`; bins without a pair are left out."""
    at = np.searchsorted(BINS, probability, side="right").clip(1, len(BINS) - 1) - 1
    return [
        Bin(
            low=float(BINS[bin_]),
            high=float(BINS[bin_ + 1]),
            said=rounded(probability[at == bin_].mean()),
            true=counted(int(is_true[at == bin_].sum()), int((at == bin_).sum())),
        )
        for bin_ in np.unique(at).tolist()
    ]


def counted(part: int, of: int) -> Counted:
    """A share with its 95 % interval (Wilson 1927), which holds for small counts and shares near 0 and 1 too."""
    if not of:
        return Counted(part, of, None, None, None)
    share = part / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z / (1 + Z * Z / of) * np.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return Counted(part, of, rounded(share), rounded(max(middle - half, 0.0)), rounded(min(middle + half, 1.0)))


def rounded(value: float) -> float:
    """Six digits after the point: what the figures can bear, and a JSON file that can be compared; no -0."""
    return round(float(value), 6) + 0.0
