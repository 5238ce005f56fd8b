"""`include.matching`: as shipped, trained on the data without labels, and with a model that was trained on it before.

The threshold is the model's band `lead`. Pairs are handed over down to `FLOOR`, to see all thresholds.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from include.matching.link import Scored, Side, at_size, dedupe, link, score
from include.matching.model import LEVELS, MISSING, Model, load_model
from include.matching.training.train import train

FLOOR = -10.0  # bits, one in a thousand at even odds: Splink's pairs are handed over from there, too
EVERY_PAIR = -1e6  # bits: no pair is so unlikely
STORED = "ours.json"


def default(data: DataSet, state: Path) -> Found:
    del state
    return _found(data, load_model())


def trained(data: DataSet, state: Path) -> Found:
    model = train(data.left, data.right)
    (state / STORED).write_text(model.model_dump_json(indent=1))
    return _found(data, model)


def stored(data: DataSet, state: Path) -> Found:
    if not (state / STORED).is_file():
        raise SystemExit("no stored model; run matcher [ours-trained] on this set first")
    return _found(data, load_model(state / STORED))


def _found(data: DataSet, model: Model) -> Found:
    pairs, compared = scored(data, model)
    return Found(pairs, model.lead, compared)


def scored(data: DataSet, model: Model) -> tuple[pd.DataFrame, int]:
    """Left, right, score and the level of each comparison, down to the floor; and how many pairs were compared."""
    if data.asked is not None:
        return _asked(data, model), len(data.asked)
    links = dedupe(data.left, model, FLOOR) if data.right is None else link(data.left, data.right, model, FLOOR)
    return links.pairs.rename(columns={"left_id": "left", "right_id": "right", "match_weight": "score"}), links.compared


def _asked(data: DataSet, model: Model) -> pd.DataFrame:
    """Pairs that are given are compared as they are, as the peers do: blocking is another question."""
    assert data.asked is not None
    assert data.right is not None
    model = at_size(model, data.left, data.right)
    pairs = data.asked[["left", "right"]].to_numpy().T
    found = score((Side.of(data.left, model), Side.of(data.right, model)), tuple(pairs), model, EVERY_PAIR)
    left, right = found.rows
    return pd.DataFrame({"left": left, "right": right, "score": found.total} | _levels(found))


def _levels(found: Scored) -> dict[str, object]:
    names = {comparison: np.array([*LEVELS[comparison], MISSING]) for comparison in LEVELS}
    return {comparison: names[comparison][found.levels[comparison].level] for comparison in LEVELS}
