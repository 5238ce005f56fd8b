"""The gate: may this staged table flow on? Reasons name columns, rules and counts, never a value.

pass:  nothing to do. What was noticed and is as the contract allows is said.
warn:  breaches of severity warning, rows in quarantine, a shortfall that chance explains. The table is loaded.
hold:  too many records lost, a completeness floor missed, a critical expectation failed, the delivery incomplete.
       A person, or a later attempt, decides.
block: the table contradicts its own contract (columns, types, number of rows) or a check could not be made. Nobody can
       release it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb

from include.contracts.model import Contract, Severity
from include.quality.repairs import LEFT_BLANK, LEFT_OUT, Repair
from include.quality.rules import Rule
from include.quality.staging import Staged
from include.quality.suite import ExpectationOutcome, checks

# From here on one row moves a share by less than one point, and a share is compared with its limit as it is.
ENOUGH_ROWS = 100
# Below that, a share is held against its limit only if fewer than one night in a hundred would look as bad by chance
# while the source keeps the limit exactly: one of five subjects without a date of birth warns, three of five hold.
CHANCE = 0.01


class Decision(StrEnum):
    """From best to worst."""

    PASS = "pass"  # noqa: S105 -- not a password
    WARN = "warn"
    HOLD = "hold"
    BLOCK = "block"


@dataclass(frozen=True)
class GateDecision:
    """The worst of the findings, and all of them in words, the worst first."""

    dataset: str
    decision: Decision
    reasons: list[str]


Finding = tuple[Decision, str]


def decide(
    contract: Contract, staged: Staged, outcomes: Sequence[ExpectationOutcome], *, delivery_complete: bool
) -> GateDecision:
    """Weigh the account of staging, the outcomes of validation and the completeness of the delivery.

    Raises `ValueError` if they do not belong to this contract's dataset.
    """
    strangers = {staged.dataset, *(outcome.dataset for outcome in outcomes)} - {contract.dataset}
    if strangers:
        raise ValueError(f"dataset [{contract.dataset}]: the gate was handed {sorted(strangers)}; hand it its own")
    findings = [
        *_structure(contract, staged, outcomes),
        *_delivery(delivery_complete),
        *_losses(contract, staged),
        *_expectations(outcomes),
        *_past(outcomes),
        *_readings(staged),
    ]
    order = list(Decision)
    findings.sort(key=lambda finding: -order.index(finding[0]))
    decision = findings[0][0] if findings else Decision.PASS
    return GateDecision(contract.dataset, decision, [reason for _, reason in findings])


def _structure(contract: Contract, staged: Staged, outcomes: Sequence[ExpectationOutcome]) -> Iterator[Finding]:
    made = {(outcome.column, outcome.rule) for outcome in outcomes}
    for check in checks(contract):
        if (check.column, check.rule) not in made:
            yield Decision.BLOCK, f"rule [{_label(check.column, check.rule)}] of the contract was not checked"
    for outcome in outcomes:
        if outcome.rule in (Rule.COLUMNS, Rule.TYPES):
            if not outcome.success:
                yield Decision.BLOCK, f"the staged table does not have the {outcome.rule} of the contract"
            if outcome.evaluated != staged.accepted:
                yield Decision.BLOCK, f"validated [{outcome.evaluated}] rows, accepted [{staged.accepted}]"
        elif outcome.success is False and outcome.observed is None:
            yield Decision.BLOCK, f"rule [{_label(outcome.column, outcome.rule)}] could not be checked"


def _delivery(delivery_complete: bool) -> Iterator[Finding]:
    if not delivery_complete:
        yield Decision.HOLD, "the delivery is incomplete"


def _losses(contract: Contract, staged: Staged) -> Iterator[Finding]:
    if not staged.quarantined:
        return
    records = staged.accepted + staged.lost
    share = staged.lost / records if records else 0.0
    is_held = share > contract.quarantine_limit and not _is_chance(staged.lost, records, contract.quarantine_limit)
    yield (
        Decision.HOLD if is_held else Decision.WARN,
        f"[{staged.quarantined}] of [{staged.received}] rows are in quarantine; [{staged.lost}] of [{records}] records "
        f"[{share:.1%}] came in no other row, limit [{contract.quarantine_limit:.1%}]",
    )


def _expectations(outcomes: Sequence[ExpectationOutcome]) -> Iterator[Finding]:
    for outcome in outcomes:
        if outcome.success is not False or outcome.observed is None or outcome.severity is Severity.INFO:
            continue
        if outcome.rule in (Rule.HISTORY, Rule.ROW_COUNT):
            continue
        is_held = outcome.severity is Severity.CRITICAL
        threshold = 1.0 if outcome.threshold is None else outcome.threshold
        if outcome.rule in (Rule.COMPLETENESS, Rule.NEEDED):
            is_held = is_held and not _is_chance(outcome.unexpected, outcome.evaluated, 1 - threshold)
        yield (
            Decision.HOLD if is_held else Decision.WARN,
            f"rule [{_label(outcome.column, outcome.rule)}]: [{outcome.unexpected}] of [{outcome.evaluated}] rows do "
            f"not meet it, share [{outcome.observed:.1%}], least [{threshold:.1%}]",
        )


def _past(outcomes: Sequence[ExpectationOutcome]) -> Iterator[Finding]:
    """A night unlike those before it is worth a look, and no more; but nothing at all, where nights bring rows, is an
    extract that ran before its table was filled: a person, or the next attempt, decides."""
    for outcome in outcomes:
        if outcome.success is not False or outcome.observed is None or outcome.threshold is None:
            continue
        if outcome.rule is Rule.HISTORY:
            yield (
                Decision.WARN,
                f"column [{outcome.column}]: usable in [{outcome.observed:.1%}] of [{outcome.evaluated}] rows; the "
                f"nights like it before had [{outcome.threshold:.1%}] or more",
            )
        elif outcome.rule is Rule.ROW_COUNT:
            is_empty = outcome.observed == 0
            yield (
                Decision.HOLD if is_empty else Decision.WARN,
                f"[{outcome.observed:.0f}] rows; the nights like it before brought [{outcome.threshold:.0f}] or more",
            )


def _readings(staged: Staged) -> Iterator[Finding]:
    """What only staging can see: values that were blanked, damage that was put right or left out, disagreement."""
    if not staged.received:
        yield Decision.WARN, "no row came; nothing could be judged"
    for label, count in staged.breaches.items():
        if label.endswith(f":{Rule.UNREADABLE}"):
            yield Decision.WARN, f"rule [{label}]: [{count}] rows"
        if label == f"row:{Rule.UNCONFIRMED}":
            yield Decision.WARN, f"[{count}] versions are in no complete attempt and were set aside"
    for label, count in staged.repairs.items():
        yield Decision.WARN, f"{_done(label)} [{label}]: [{count}] {'parts' if label.startswith('file:') else 'rows'}"
    for column, count in staged.other_forms.items():  # the contract knows them: worth a word, not a warning
        yield Decision.PASS, f"column [{column}]: [{count}] dates came in another form than the usual one"
    for part in staged.unread:
        yield Decision.WARN, f"[{part.rows}] rows counted at landing were not received: {part.reason}"
    for column, count in staged.conflicts.items():
        yield (
            Decision.WARN,
            f"column [{column}]: attempts or copies disagree in [{count}] versions; the latest was kept",
        )


def _done(label: str) -> str:
    """What was done about damage, by its label: a `Repair`, and the column where one is meant."""
    repair = Repair(label.partition(" ")[0])
    return "left blank" if repair in LEFT_BLANK else "left out" if repair in LEFT_OUT else "put right"


def _is_chance(short: int, rows: int, share: float) -> bool:
    """Whether so few rows can be short so often by chance: upper tail of the binomial distribution."""
    if rows >= ENOUGH_ROWS:
        return False
    tail = sum(comb(rows, k) * share**k * (1 - share) ** (rows - k) for k in range(short, rows + 1))
    return tail >= CHANCE


def _label(column: str | None, rule: Rule) -> str:
    return f"{column}:{rule}" if column else rule.value
