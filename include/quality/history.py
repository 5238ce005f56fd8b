"""A night against the nights like it before: the dataset's own past, by data interval.

A floor of the contract does not see a slow decline above it. The past of a night is the earlier data intervals of the
same length and weekday, whenever they were run: a backfilled night is judged as it would have been then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from include.contracts.model import Contract, Severity
from include.quality.rules import Rule
from include.quality.suite import ExpectationOutcome

ENOUGH_NIGHTS = 4  # a median of fewer is one night's opinion
# The median absolute deviation times this estimates the standard deviation of normal values (Rousseeuw and Croux,
# JASA 88, 1993); three of them leave out one night in 700.
SIGMA = 1.4826
WIDTH = 3.0  # standard deviations
LEAST_WIDTH = 0.005  # half a point: nights that never varied are no reason to call a row in two hundred a decline


@dataclass(frozen=True)
class Past:
    """What earlier nights showed: shares by column for completeness, rows for the whole table (column null)."""

    shares: Mapping[str, Sequence[float]]
    rows: Sequence[float]


def bands(
    contract: Contract, outcomes: Sequence[ExpectationOutcome], accepted: int, past: Past
) -> list[ExpectationOutcome]:
    """One outcome for each column with a past, and one for the number of rows: warnings, never more.

    `observed`: this night; `threshold`: the lower end of the band; without enough past there is no success to speak of.
    """
    found = [_of_rows(contract, accepted, past.rows)]
    for outcome in outcomes:
        if outcome.rule is Rule.COMPLETENESS and outcome.column and outcome.observed is not None:
            found.append(_of_share(contract, outcome, past.shares.get(outcome.column, ())))
    return found


def lowest(values: Sequence[float], noise: float) -> float | None:
    """The lower end of the band around the median; null without enough nights. `noise`: a standard deviation that
    chance alone gives."""
    if len(values) < ENOUGH_NIGHTS:
        return None
    middle = median(values)
    spread = SIGMA * median(abs(value - middle) for value in values)
    return middle - WIDTH * max(spread, noise)


def _of_rows(contract: Contract, accepted: int, past: Sequence[float]) -> ExpectationOutcome:
    # The number of events of a night varies as a Poisson variable does: by the root of its mean.
    least = lowest(past, sqrt(median(past)) if past else 0.0)
    return _outcome(
        contract, None, Rule.ROW_COUNT, float(accepted), None if least is None else max(least, 0.0), accepted
    )


def _of_share(contract: Contract, seen: ExpectationOutcome, past: Sequence[float]) -> ExpectationOutcome:
    share = median(past) if past else 0.0
    noise = max(sqrt(share * (1 - share) / max(seen.evaluated, 1)), LEAST_WIDTH / WIDTH)
    return _outcome(contract, seen.column, Rule.HISTORY, seen.observed, lowest(past, noise), seen.evaluated)


def _outcome(
    contract: Contract, column: str | None, rule: Rule, observed: float | None, least: float | None, evaluated: int
) -> ExpectationOutcome:
    return ExpectationOutcome(
        dataset=contract.dataset,
        expectation="history_band",
        column=column,
        rule=rule,
        severity=Severity.WARNING,
        success=None if least is None or observed is None else observed >= least,
        observed=observed,
        threshold=least,
        evaluated=evaluated,
        unexpected=0,
    )
