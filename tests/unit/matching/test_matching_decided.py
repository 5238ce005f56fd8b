"""A model that learns from what people decided."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from include.matching.__main__ import app
from include.matching.link import Linker
from include.matching.model import LEVELS, Model, ModelError, load_model
from include.matching.training import decided
from include.matching.training.decided import LEAST_ACCEPTED, PRIOR_PAIRS, learn
from tests.unit.matching.people import crowd

LEFT, RIGHT = crowd(60, 1, "L"), crowd(60, 2, "R")


def judged(model: Model) -> pd.DataFrame:
    """Some pairs, each third one rejected, so that enough are accepted."""
    pairs = Linker(LEFT, model, -1000.0).link(RIGHT).pairs[["left_id", "right_id"]].head(3 * LEAST_ACCEPTED // 2 + 6)
    pairs["outcome"] = np.where(np.arange(len(pairs)) % 3 == 2, "reject", "accept")
    return pairs.reset_index(drop=True)


def test_m_is_what_was_counted_beside_what_the_model_knew(model: Model) -> None:
    pairs = judged(model)
    learnt = learn(model, LEFT, RIGHT, pairs)
    levels = Linker(LEFT, model, -1000.0).link(RIGHT).pairs.merge(pairs.query("outcome == 'accept'"))
    for comparison in LEVELS:
        seen = levels.loc[levels[comparison] != "missing", comparison].astype(str).value_counts()
        before = {name: level.m for name, level in model.comparisons[comparison].items()}
        for name, level in learnt.model.comparisons[comparison].items():
            share = (seen.get(name, 0) + PRIOR_PAIRS * before[name]) / (seen.sum() + PRIOR_PAIRS * sum(before.values()))
            assert level.m == pytest.approx(share, rel=1e-3)
            assert (level.u, level.times_frequency) == (
                model.comparisons[comparison][name].u,
                model.comparisons[comparison][name].times_frequency,
            )
    assert learnt.model.version != model.version
    assert learnt.model.provenance.data["accepted"] == learnt.accepted == len(levels)


def test_the_order_of_decisions_and_the_undecided_change_nothing(model: Model) -> None:
    pairs = judged(model)
    open_ones = Linker(LEFT, model, -1000.0).link(RIGHT).pairs[["left_id", "right_id"]].tail(5)
    more = pd.concat([pairs, open_ones.assign(outcome="undecided")]).sample(frac=1, random_state=1)
    assert learn(model, LEFT, RIGHT, more) == learn(model, LEFT, RIGHT, pairs)


def test_it_counts_how_many_of_the_decided_are_leads(model: Model) -> None:
    pairs = judged(model)
    learnt = learn(model, LEFT, RIGHT, pairs)
    for which, found in ((model, learnt.leads_before), (learnt.model, learnt.leads_now)):
        bands = Linker(LEFT, which, -1000.0).link(RIGHT).pairs.merge(pairs)
        wanted = [((bands["outcome"] == name) & (bands["band"] == "lead")).sum() for name in ("accept", "reject")]
        assert list(found) == wanted


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pairs: pairs.assign(outcome="maybe"), r"outcome \[maybe\]"),
        (lambda pairs: pairs.assign(outcome=None), r"outcome \[\]"),
        (lambda pairs: pd.concat([pairs, pairs.head(2).assign(outcome="reject")]), r"\[2\] pairs are there twice"),
        (lambda pairs: pairs.assign(left_id="L999", right_id=[str(i) for i in range(len(pairs))]), "left_id"),
        (lambda pairs: pairs.head(9), rf"too few to learn from; \[{LEAST_ACCEPTED}\]"),
    ],
)
def test_what_it_cannot_learn_from_is_one_line(model: Model, change, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        learn(model, LEFT, RIGHT, change(judged(model)))


def test_train_with_decisions_on_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Model) -> None:
    for name, table in (("left", LEFT), ("right", RIGHT), ("decided", judged(model))):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    command = [
        "train",
        *(str(tmp_path / f"{name}.csv") for name in ("left", "right")),
        "--out",
        str(tmp_path / "m.json"),
    ]
    command += ["--decisions", str(tmp_path / "decided.csv")]
    done = CliRunner().invoke(app, command, env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    assert f"m counted from [{LEAST_ACCEPTED + 4}] accepted pairs" in done.stdout
    assert load_model(tmp_path / "m.json").provenance.data["rejected"] == 52
    monkeypatch.setattr(decided, "LEAST_ACCEPTED", 1000)
    done = CliRunner().invoke(app, command, env={"COLUMNS": "120"})
    assert done.exit_code == 1
    assert "too few to learn from" in done.stderr
