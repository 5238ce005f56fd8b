"""Where our matcher goes wrong on a set: true pairs never compared, true pairs scored too low, false pairs taken.

    python -m benchmarks.linkage.errors FOLDER [--identifiers]

Prints classes of errors with counts, never a value of a record. A class is the pattern of levels that the pair reached.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from benchmarks.linkage.evaluate import PAIR, evaluate
from benchmarks.linkage.layout import DataSet, read
from benchmarks.linkage.matchers.ours import CHUNK, read_personas, read_petitioners
from include.matching.blocking import candidates
from include.matching.compare import NONE, compare_fields
from include.matching.link import _best_names
from include.matching.model import LEVELS, Model, load_model
from include.matching.normalise import Records
from include.matching.normalise import read_personas as records_of_personas
from include.matching.normalise import read_petitioners as records_of_petitioners
from include.matching.weigh import weigh, weigh_alternatives

SHOWN = 25  # classes of each kind of error that are printed
SLICE = 250_000  # pairs compared at once, for the memory


@dataclass(frozen=True)
class Sides:
    """Both sides as the matcher reads them; `subject` is the left id of each persona."""

    left: Records
    right: Records
    subject: np.ndarray
    petitioner: np.ndarray


def read_sides(left: pd.DataFrame, right: pd.DataFrame, model: Model) -> Sides:
    subject, personas = read_personas(left)
    petitioners = read_petitioners(right)
    return Sides(
        records_of_personas(personas, model),
        records_of_petitioners(petitioners, model),
        subject.to_numpy(),
        petitioners["petitioner_id"].to_numpy(),
    )


def compare(sides: Sides, a: np.ndarray, b: np.ndarray, model: Model) -> pd.DataFrame:
    """Left, right, weight, cost of the alternative, and the level of each comparison, for rows of both sides."""
    frames = []
    for at in range(0, len(a), SLICE):
        rows = (a[at : at + SLICE], b[at : at + SLICE])
        _, levels = _best_names(sides.left, sides.right, rows, model)
        levels |= compare_fields(sides.left, sides.right, rows, model)
        weights = {name: weigh(name, found, model) for name, found in levels.items()}
        other, cost = weigh_alternatives(levels, weights, model)
        found = {"left": sides.subject[rows[0]], "right": sides.petitioner[rows[1]]}
        found |= {"weight": model.prior_weight + np.sum(list(weights.values()), axis=0) + cost, "cost": cost}
        found |= {"other": other} | {name: each.level.astype(np.int8) for name, each in levels.items()}
        found |= {f"frequency {name}": levels[name].frequency for name in ("family_name", "given_name", "middle_name")}
        frames.append(pd.DataFrame(found))
    return pd.concat(frames, ignore_index=True)


def compare_candidates(data: DataSet, model: Model) -> pd.DataFrame:
    """`compare` for all that blocking finds; the best persona of each pair."""
    right = data.left if data.right is None else data.right
    found = []
    for at in range(0, len(right), CHUNK):
        sides = read_sides(data.left, right.iloc[at : at + CHUNK], model)
        a, b, _ = candidates(sides.left, sides.right, model)
        if data.right is None:
            a, b = (rows[sides.subject[a] < sides.petitioner[b]] for rows in (a, b))
        found.append(_best(compare(sides, a, b, model)))
    return pd.concat(found, ignore_index=True)


def compare_pairs(data: DataSet, pairs: pd.DataFrame, model: Model) -> pd.DataFrame:
    """`compare` for these pairs of ids, whether or not blocking finds them."""
    right = data.left if data.right is None else data.right
    sides = read_sides(data.left[data.left["id"].isin(pairs["left"])], right[right["id"].isin(pairs["right"])], model)
    personas = pd.DataFrame({"left": sides.subject, "a": range(len(sides.subject))})
    petitioners = pd.DataFrame({"right": sides.petitioner, "b": range(len(sides.petitioner))})
    rows = pairs.merge(personas, on="left").merge(petitioners, on="right")
    return _best(compare(sides, rows["a"].to_numpy(), rows["b"].to_numpy(), model))


def pattern(compared: pd.DataFrame) -> pd.Series:
    """The levels that matter of each pair, in words; what is missing or exact on a plain field is not named."""
    plain = {"name_order": 0, "name_source": 0, "sex": 0}
    parts = []
    for name, levels in LEVELS.items():
        words = np.array([f"{name}={level}" for level in levels] + [f"{name}=missing"], dtype=object)
        at = compared[name].to_numpy(dtype=np.int64)
        quiet = (at == plain.get(name, NONE)) | (at == NONE)
        quiet &= name not in ("family_name", "given_name", "date_of_birth")
        parts.append(np.where(quiet, "", words[at]))
    return pd.Series([" ".join(word for word in row if word) for row in zip(*parts, strict=True)], index=compared.index)


def main(folder: Path, identifiers: Annotated[bool, typer.Option("--identifiers")] = False) -> None:
    data, model = read(folder), load_model()
    data = data if identifiers else data.without_identifiers()
    found = compare_candidates(data, model)
    scored = found.rename(columns={"weight": "score"})[[*PAIR, "score"]]
    print(f"# {folder.name}, {'with' if identifiers else 'without'} identifiers: {len(found):,} pairs compared")
    print(evaluate(scored, data.truth, model.lead, data.asked))
    keyed = found.merge(data.truth.assign(true=True), on=PAIR, how="left")
    true = keyed["true"].notna()
    missed = data.truth.merge(found[PAIR].assign(seen=True), on=PAIR, how="left")
    missed = missed.loc[missed["seen"].isna(), PAIR]
    _show("true pairs, never compared", compare_pairs(data, missed, model) if len(missed) else found[:0])
    _show("true pairs, compared, below the threshold", keyed[true & (keyed["weight"] < model.lead)])
    _show("false pairs, above the threshold", keyed[~true & (keyed["weight"] >= model.lead)])


def _show(title: str, compared: pd.DataFrame) -> None:
    print(f"\n## {title}: {len(compared)}")
    if len(compared):
        by_class = compared.assign(pattern=pattern(compared)).groupby("pattern")["weight"].agg(["size", "median"])
        for words, row in by_class.sort_values("size", ascending=False).head(SHOWN).iterrows():
            print(f"{row['size']:6.0f}  {row['median']:7.2f} bits  {words}")


def _best(compared: pd.DataFrame) -> pd.DataFrame:
    return compared.sort_values("weight", ascending=False, kind="stable").drop_duplicates(PAIR)


if __name__ == "__main__":
    typer.run(main)
