"""The model that the package ships: trained on the simulated register, with identifiers.

What the simulated world cannot teach is set by hand afterwards, with its reason. What is shipped now was learnt before
names had customs, and only its nicknames are newer: learnt anew it weighs worse (docs/decisions/0054).
"""

from pathlib import Path

from benchmarks.linkage.layout import read
from include.matching.model import DEFAULT, Model, save_model
from include.matching.training.train import train

SET = "sim-oig"
RIGHT_ROWS = 1_000_000  # keys as for a register of that size; that of the world has 200,000 rows
NEAR_NAMESAKES = 0.3
WHY = (
    "another person of the same given name, about half of them of another surname and half of another middle name: "
    "brothers and cousins where a father's name is the second one, namesakes where given names come in twos; three for "
    "each ten pairs of one person, hand-set after training: the simulated world has hardly any, lists of names have "
    "more"
)


def ship(folder: Path, seed: int) -> Model:
    """Trains on the set in the folder, and writes `models/default.json`."""
    data = read(folder)
    model = train(data.left, data.right)
    near = model.alternatives["near_namesake"].model_copy(update={"odds": NEAR_NAMESAKES, "why": WHY})
    of_world = model.provenance.data | {"scenario": "oig", "seed": seed}
    model = model.model_copy(
        update={
            "name": "default",
            "right_rows": RIGHT_ROWS,
            "alternatives": model.alternatives | {"near_namesake": near},
            "provenance": model.provenance.model_copy(update={"data": of_world}),
        }
    )
    save_model(model, DEFAULT)
    return model
