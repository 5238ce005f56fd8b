"""The gate: each finding leads to its decision, the worst one wins, and chance is not mistaken for a fault."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.contracts import Contract
from include.quality.gate import ENOUGH_ROWS, Decision, GateDecision, decide
from include.quality.rules import Rule
from include.quality.staging import Staged, Unread
from include.quality.suite import ExpectationOutcome, checks

Told = Callable[..., GateDecision]


def account(contract: Contract, accepted: int, lost: int = 0, recovered: int = 0, **more: dict[str, int]) -> Staged:
    quarantined = lost + recovered
    return Staged(
        dataset=contract.dataset,
        accepted_path=Path("accepted.parquet"),
        quarantined_path=Path("quarantined.parquet"),
        received=accepted + quarantined,
        duplicate=0,
        quarantined=quarantined,
        accepted=accepted,
        lost=lost,
        breaches=more.get("breaches", {}),
        conflicts=more.get("conflicts", {}),
    )


def met(contract: Contract, rows: int) -> list[ExpectationOutcome]:
    """Outcomes of a table without a fault."""
    outcomes = [
        ExpectationOutcome(
            contract.dataset, c.expectation, c.column, c.rule, c.severity, True, 1.0, c.threshold, rows, 0
        )
        for c in checks(contract)
    ]
    columns = replace(outcomes[0], observed=None)
    return [columns, *outcomes[1:], replace(columns, rule=Rule.TYPES)]


def failing(
    outcomes: Sequence[ExpectationOutcome], column: str | None, rule: Rule, unexpected: int
) -> list[ExpectationOutcome]:
    return [
        replace(o, success=False, unexpected=unexpected, observed=o.observed and 1 - unexpected / o.evaluated)
        if (o.column, o.rule) == (column, rule)
        else o
        for o in outcomes
    ]


def decision(contract: Contract, staged: Staged, outcomes: Sequence[ExpectationOutcome] | None = None) -> GateDecision:
    return decide(contract, staged, outcomes or met(contract, staged.accepted), delivery_complete=True)


def test_nothing_to_say_passes(small):
    assert decision(small, account(small, 200)) == GateDecision("tecs_things", Decision.PASS, [])


def test_an_incomplete_delivery_holds(small):
    told = decide(small, account(small, 200), met(small, 200), delivery_complete=False)
    assert told == GateDecision("tecs_things", Decision.HOLD, ["the delivery is incomplete"])


@pytest.mark.parametrize(
    ("accepted", "lost", "decided"),
    [
        (950, 50, "warn"),  # the limit itself, 5 %
        (949, 51, "hold"),
        (4, 1, "warn"),  # one of five happens in 23 of 100 small nights
        (3, 2, "warn"),  # two of five in 2.3
        (2, 3, "hold"),  # three of five in 0.1
        (0, 400, "hold"),
        (93, 6, "warn"),
        (94, 6, "hold"),
    ],
)
def test_lost_records_hold_when_chance_does_not_explain_them(small, accepted, lost, decided):
    assert decision(small, account(small, accepted, lost=lost)).decision == decided


def test_rows_that_another_row_made_good_only_warn(small):
    told = decision(small, account(small, 100, recovered=100))
    assert told.decision == "warn"
    assert told.reasons == [
        "[100] of [200] rows are in quarantine; [0] of [100] records [0.0%] came in no other row, limit [5.0%]"
    ]


@pytest.mark.parametrize(
    ("rows", "blank", "decided"),
    [(1000, 101, "hold"), (5, 1, "warn"), (5, 2, "warn"), (5, 3, "hold"), (100, 11, "hold")],
)
def test_a_missed_floor_holds_when_chance_does_not_explain_it(small, rows, blank, decided):
    told = decision(small, account(small, rows), failing(met(small, rows), "name", Rule.COMPLETENESS, blank))
    assert told.decision == decided
    assert f"rule [name:completeness]: [{blank}] of [{rows}] rows do not meet it" in told.reasons[0]


@pytest.mark.parametrize(
    ("column", "rule", "decided"),
    [
        ("kind", Rule.ALLOWED, "warn"),
        ("owner", Rule.PATTERN, "hold"),
        (None, Rule.UNIQUE, "hold"),
        ("count", Rule.COMPLETENESS, "pass"),  # info: no floor is set
    ],
)
def test_a_failed_expectation_costs_what_its_severity_says(small, column, rule, decided):
    assert decision(small, account(small, 200), failing(met(small, 200), column, rule, 1)).decision == decided


@pytest.mark.parametrize("rule", [Rule.COLUMNS, Rule.TYPES])
def test_a_table_of_another_shape_blocks(small, rule):
    told = decision(small, account(small, 200), failing(met(small, 200), None, rule, 1))
    assert told.decision == "block"
    assert told.reasons == [f"the staged table does not have the {rule} of the contract"]


def test_a_check_that_was_not_made_blocks(small):
    made = [o for o in met(small, 200) if (o.column, o.rule) != ("owner", Rule.PATTERN)]
    told = decision(small, account(small, 200), made)
    assert (told.decision, told.reasons) == ("block", ["rule [owner:pattern] of the contract was not checked"])


def test_a_check_that_could_not_be_carried_out_blocks(small):
    outcomes = [replace(o, evaluated=0, observed=None) if o.column == "kind" else o for o in met(small, 200)]
    told = decision(small, account(small, 200), failing(outcomes, "kind", Rule.ALLOWED, 0))
    assert (told.decision, told.reasons) == ("block", ["rule [kind:allowed] could not be checked"])


def test_another_table_than_the_staged_one_blocks(small):
    told = decision(small, account(small, 200), met(small, 199))
    assert "validated [199] rows, accepted [200]" in told.reasons
    assert told.decision == "block"


def test_another_dataset_is_a_mistake_of_the_caller(small):
    with pytest.raises(ValueError, match=r"the gate was handed \['tecs_others'\]"):
        decision(small, replace(account(small, 200), dataset="tecs_others"), met(small, 200))


def test_unreadable_values_and_conflicts_warn_and_the_worst_comes_first(small):
    staged = account(small, 200, breaches={"born_on:unreadable": 2, "kind:allowed": 1}, conflicts={"name": 3})
    told = decide(small, staged, met(small, 200), delivery_complete=False)
    assert told.decision == "hold"
    assert told.reasons == [
        "the delivery is incomplete",
        "rule [born_on:unreadable]: [2] rows",
        "column [name]: attempts or copies disagree in [3] versions; the latest was kept",
    ]


def test_what_was_put_right_or_left_out_warns(small):
    staged = replace(
        account(small, 200),
        repairs={
            "file:utf16": 1,
            "file:missing_column [LAST_NAME]": 4,
            "file:unknown_column [Last Name]": 4,
            "file:disputed_column [SEX]": 1,
            "row:cp1252": 12,
        },
        unread=(Unread(1, "part-0001.csv.gz", 2000, "part [part-0001.csv.gz]: not a whole gzip file"),),
    )
    told = decision(small, staged)
    assert told.decision == "warn"
    assert told.reasons == [
        "put right [file:utf16]: [1] parts",
        "left blank [file:missing_column [LAST_NAME]]: [4] parts",
        "left out [file:unknown_column [Last Name]]: [4] parts",
        "left blank [file:disputed_column [SEX]]: [1] parts",
        "put right [row:cp1252]: [12] rows",
        "[2000] rows counted at landing were not received: part [part-0001.csv.gz]: not a whole gzip file",
    ]


@settings(deadline=None)
@given(accepted=st.integers(0, 3 * ENOUGH_ROWS), lost=st.integers(0, 60))
def test_one_more_lost_record_never_improves_the_decision(small, accepted, lost):
    order = list(Decision)
    fewer, more = (decision(small, account(small, accepted, lost=count)).decision for count in (lost, lost + 1))
    if not accepted + lost < ENOUGH_ROWS <= accepted + lost + 1:
        assert order.index(fewer) <= order.index(more)


def test_what_the_contract_allows_is_said_and_passes(small):
    told = decision(small, replace(account(small, 10), other_forms={"born_on": 3}))
    assert told.decision == Decision.PASS
    assert told.reasons == ["column [born_on]: [3] dates came in another form than the usual one"]
