"""m counted from pairs that people decided on.

Accepted pairs are one person's records, by the word of who looked: their levels are counted, beside a model's own m,
which counts as some pairs so that few decisions move it little. u stays as it is: a rejected pair is a near miss, not a
pair of strangers. Rejected pairs only say, with the accepted ones, on which side of the lead either model puts them.
"""

from dataclasses import dataclass

import pandas as pd

from include.matching.explain import explain
from include.matching.link import PAIR
from include.matching.model import LEVELS, MISSING, Level, Model, ModelError, Provenance
from include.matching.training.strangers import LEAST_SHARE, rounded

OUTCOMES = ("accept", "reject", "undecided")  # undecided says nothing
LEAST_ACCEPTED = 100  # a level that one person's records show in 5 of 100 is then known to 2 in 100 (standard error)
PRIOR_PAIRS = 50.0  # of one person, that the model's m counts as: `train` lets the base model count as many


@dataclass(frozen=True)
class Learnt:
    """A model, how many pairs of each outcome it was learnt from, and how many of them were and are leads."""

    model: Model
    accepted: int
    rejected: int
    leads_before: tuple[int, int]  # of the accepted, of the rejected
    leads_now: tuple[int, int]


def learn(model: Model, left: pd.DataFrame, right: pd.DataFrame, decided: pd.DataFrame) -> Learnt:
    """A model whose m is counted from decided pairs of these tables: left_id, right_id, outcome.

    Raises `ModelError` for another outcome, a pair that was decided twice, an id that no table has, or too few accepted
    pairs.
    """
    accepted, rejected = _by_outcome(decided)
    if len(accepted) < LEAST_ACCEPTED:
        raise ModelError(
            f"[{len(accepted)}] accepted pairs are too few to learn from; [{LEAST_ACCEPTED}] are needed, "
            "train without --decisions until then"
        )
    try:
        shown = [explain(left, right, pairs, model) for pairs in (accepted, rejected)]
        comparisons = {name: _counted(shown[0], name, model.comparisons[name]) for name in LEVELS}
        data = model.provenance.data | {"accepted": len(accepted), "rejected": len(rejected)}
        made_by = f"{model.provenance.made_by}; m counted from decisions"
        learnt = model.model_copy(
            update={"comparisons": comparisons, "provenance": Provenance(made_by=made_by, data=data)}
        )
        before = _leads(shown[0], model), _leads(shown[1], model)
        now = [_leads(explain(left, right, pairs, learnt), learnt) for pairs in (accepted, rejected)]
    except KeyError as error:
        raise ModelError(f"decisions: {error.args[0]}") from None
    return Learnt(learnt, len(accepted), len(rejected), before, (now[0], now[1]))


def _by_outcome(decided: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    unknown = sorted(set(decided["outcome"].fillna("")) - set(OUTCOMES))
    if unknown:
        raise ModelError(f"decisions: outcome [{unknown[0]}] is none of {', '.join(OUTCOMES)}")
    if twice := int(decided.duplicated(PAIR).sum()):
        raise ModelError(f"decisions: [{twice}] pairs are there twice; keep the last decision on each")
    accepted, rejected = (decided.loc[decided["outcome"] == outcome, PAIR] for outcome in OUTCOMES[:2])
    return accepted, rejected


def _counted(shown: pd.DataFrame, comparison: str, levels: dict[str, Level]) -> dict[str, Level]:
    seen = shown.loc[(shown["comparison"] == comparison) & (shown["level"] != MISSING), "level"].value_counts()
    every = seen.sum() + PRIOR_PAIRS * sum(level.m for level in levels.values())
    shares = {name: (seen.get(name, 0) + PRIOR_PAIRS * level.m) / every for name, level in levels.items()}
    return {
        name: level.model_copy(update={"m": rounded(max(shares[name], LEAST_SHARE))}) for name, level in levels.items()
    }


def _leads(shown: pd.DataFrame, model: Model) -> int:
    weights = shown.groupby(PAIR)["weight"].sum() + model.prior_weight
    return int((weights >= model.lead).sum())
