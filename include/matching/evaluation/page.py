"""An evaluation as one HTML page that needs nothing else: no script, no style sheet, no picture to load."""

import math
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from include.matching.evaluation.figures import Evaluation, Point

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def render(evaluation: Evaluation) -> str:
    """The page. What people are called stands in it only if the evaluation holds it."""
    pairs = [*evaluation.false_positives, *evaluation.false_negatives]
    rows = [row for pair in pairs for row in pair.evidence]
    levels = evaluation.weights
    return _templates.get_template("evaluation.html").render(
        e=evaluation,
        curves=_curves(evaluation.curve),
        ticks=_ticks([point.threshold for point in evaluation.curve]),
        true_found=sum(bin_.true.part for bin_ in evaluation.reliability),
        values=any(row.left_value or row.right_value for row in rows),
        most=max((abs(weight) for weight in (evaluation.prior, *(row.weight for row in rows))), default=0),
        weights=[(name, list(group)) for name, group in groupby(levels, key=lambda level: level.comparison)],
        heaviest=max((abs(level.weight) for level in levels if level.weight is not None), default=0),
    )


def _curves(curve: list[Point]) -> dict[str, list[tuple[float, float]]]:
    """Points of each line as (x, y)."""
    return {
        "by_recall": [(point.recall, point.precision) for point in curve],
        "precision": [(point.threshold, point.precision) for point in curve],
        "recall": [(point.threshold, point.recall) for point in curve],
        "f1": [(point.threshold, point.f1) for point in curve],
    }


def _ticks(values: list[float]) -> list[int]:
    """Round numbers that enclose the values; at most about eight."""
    if not values:
        return []
    step = next(
        step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (max(values) - min(values)) / step <= 8 or step == 1000
    )
    first, last = math.floor(min(values) / step) * step, math.ceil(max(values) / step) * step
    return list(range(first, max(last, first + step) + step, step))
