"""`include.matching`: as shipped, trained on the data without labels, and with a model that was trained on it before.

The threshold is the model's band `lead`. Pairs are handed over down to `FLOOR`, to see all thresholds.
"""

from pathlib import Path

import pandas as pd
from include.matching.train import train

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from include.matching.link import dedupe, link
from include.matching.model import Model, load_model

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
    floor = FLOOR if data.asked is None else EVERY_PAIR
    links = dedupe(data.left, model, floor) if data.right is None else link(data.left, data.right, model, floor)
    pairs = links.pairs.rename(columns={"left_id": "left", "right_id": "right", "match_weight": "score"})
    if data.right is None:
        low, high = pairs[["left", "right"]].min(axis=1), pairs[["left", "right"]].max(axis=1)
        pairs = pairs.assign(left=low, right=high)
    return pairs, links.compared
