"""Where our matcher goes wrong on a set: true pairs it does not reach, true pairs scored too low, false pairs taken.

    python -m benchmarks.linkage.errors FOLDER [--identifiers] [--trained]

Prints classes of errors with counts, never a value of a record. A class is the pattern of levels that the pair reached;
of pairs that were not reached, which fields are equal, unequal or missing.
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from benchmarks.linkage.evaluate import PAIR, evaluate
from benchmarks.linkage.layout import DataSet, read
from benchmarks.linkage.matchers.ours import scored
from include.matching.model import LEVELS, MISSING, load_model
from include.matching.training.train import train

SHOWN = 25  # classes of each kind of error that are printed
ALWAYS = ("family_name", "given_name", "date_of_birth")  # named in every class; others only where they are unlike
PLAIN = {"as_written", "primary", "same", MISSING}
RAW = ("full_name", "given", "middle", "family", "dob", "street", "postcode", "phone")


def main(
    folder: Path,
    identifiers: Annotated[bool, typer.Option("--identifiers")] = False,
    trained: Annotated[bool, typer.Option("--trained", help="with a model trained on the set")] = False,
) -> None:
    data = read(folder)
    data = data if identifiers else data.without_identifiers()
    model = train(data.left, data.right) if trained else load_model()
    found, compared = scored(data, model)
    print(f"# {folder.name}, {'with' if identifiers else 'without'} identifiers: {compared:,} pairs compared")
    print(evaluate(found, data.truth, model.lead, data.asked))
    found = found.merge(data.asked, on=PAIR) if data.asked is not None else found
    keyed = found.merge(data.truth.assign(true=True), on=PAIR, how="left")
    true = keyed["true"].notna()
    missed = data.truth.merge(found[PAIR].assign(seen=True), on=PAIR, how="left")
    _show("true pairs, not reached", raw_pattern(data, missed.loc[missed["seen"].isna(), PAIR]))
    _show("true pairs, compared, below the threshold", pattern(keyed[true & (keyed["score"] < model.lead)]))
    _show("false pairs, above the threshold", pattern(keyed[~true & (keyed["score"] >= model.lead)]))


def pattern(compared: pd.DataFrame) -> pd.Series:
    """The levels that matter of each pair, in words."""
    parts = []
    for comparison in LEVELS:
        level = compared[comparison].astype(str)
        words = comparison + "=" + level
        parts.append(words if comparison in ALWAYS else words.where(~level.isin(PLAIN), ""))
    return pd.concat(parts, axis=1).agg(" ".join, axis=1).str.split().str.join(" ") if len(compared) else pd.Series()


def raw_pattern(data: DataSet, pairs: pd.DataFrame) -> pd.Series:
    """Which fields of the pair are the same as they are written."""
    right = data.left if data.right is None else data.right
    parts = []
    for field in RAW:
        one, other = (
            side.set_index("id")[field].loc[ids].reset_index(drop=True).str.upper()
            for side, ids in ((data.left, pairs["left"]), (right, pairs["right"]))
        )
        word = pd.Series("differs", index=one.index).mask(one == other, "equal").mask(one.isna() | other.isna(), "")
        parts.append((field + "=" + word).where(word != "", ""))
    return pd.concat(parts, axis=1).agg(" ".join, axis=1).str.split().str.join(" ")


def _show(title: str, classes: pd.Series) -> None:
    print(f"\n## {title}: {len(classes)}")
    for words, count in classes.value_counts().head(SHOWN).items():
        print(f"{count:6}  {words}")


if __name__ == "__main__":
    typer.run(main)
