"""A contract as a Great Expectations suite, run on an accepted table. No value leaves it: shares and counts only.

Great Expectations is imported inside the functions that need it: the import costs some seconds and 300 MB.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.contracts.model import Column, Contract, Needed, Severity
from include.quality.parsing import Mask
from include.quality.rules import Rule, anchored, columns_of
from include.quality.staging import accepted_schema
from include.quality.usable import routes, usable

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationValidationResult

log = logging.getLogger(__name__)

# SUMMARY counts; with no partial list not one value is copied into the result.
COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Check:
    """One expectation to be: `expectation` and `arguments` as Great Expectations calls them.

    `threshold`: least share of rows that must meet it; null if none is asked for.
    """

    expectation: str
    column: str | None
    rule: Rule
    severity: Severity
    threshold: float | None
    why: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    of_rows: Needed | None = None  # those that the condition names; else all

    @property
    def is_report(self) -> bool:
        """Whether nothing is asked but the share reported: four in ten checks, for each of which Great Expectations
        would take 10 ms to say what a sum says."""
        return self.rule is Rule.COMPLETENESS and self.threshold is None


@dataclass(frozen=True)
class ExpectationOutcome:
    """What became of one check. `observed` and `threshold`: shares of the rows `evaluated` (rows with a value, or all
    rows for completeness, required and unique); `unexpected`: rows that do not meet it.

    `success` is null where there was nothing to judge: an empty table, a condition that no row meets, no past. That is
    not a pass. A check that could not be carried out is no success (false), and has no `observed`.
    """

    dataset: str
    expectation: str
    column: str | None
    rule: Rule
    severity: Severity
    success: bool | None
    observed: float | None
    threshold: float | None
    evaluated: int
    unexpected: int


def checks(contract: Contract) -> list[Check]:
    """Everything that is expected of an accepted table: of the table, of each column's completeness, of its values."""
    return [
        Check(
            "expect_table_columns_to_match_ordered_list",
            None,
            Rule.COLUMNS,
            Severity.CRITICAL,
            None,
            "readers find the columns of the contract and no others",
            {"column_list": [*accepted_schema(contract).names, *map(_of_use, contract.names)]},
        ),
        _unique(contract),
        *(_completeness(column) for column in contract.columns),
        *(_needed(column, column.needed) for column in contract.columns if column.needed),
        *_values(contract),
    ]


def build_suite(contract: Contract) -> "ExpectationSuite":
    """The checks of a contract that ask something, as an expectation suite; `meta` carries column, rule, why and the
    check's number."""
    _quiet()
    import great_expectations as gx
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.registry import get_expectation_impl

    expectations = [
        get_expectation_impl(check.expectation)(
            **check.arguments,
            **_of_rows(check),
            severity=FailureSeverity(check.severity.value),
            meta={"check": number, "column": check.column, "rule": check.rule.value, "why": check.why},
        )
        for number, check in enumerate(checks(contract))
        if not check.is_report
    ]
    return gx.ExpectationSuite(name=f"{contract.dataset} {contract.version}", expectations=expectations)


def _of_rows(check: Check) -> dict[str, Any]:
    """The condition of a check, if it has one. Only counts are asked of the result: the query that finds the rows
    forgets the condition."""
    from great_expectations.expectations.row_conditions import Column as Field

    if check.of_rows is None:
        return {}
    return {"row_condition": Field(check.of_rows.when).is_in(list(check.of_rows.values))}


def validate(contract: Contract, accepted: Path) -> list[ExpectationOutcome]:
    """Run the contract's suite on an accepted table. Of an empty table nothing is said but its columns and types.

    The outcomes come in the order of `checks`, then the types of the columns, then the routes.
    """
    table = pq.read_table(accepted)
    planned = checks(contract)
    of_use = usable(contract, table)
    # An empty night should not cost the import.
    results = _run(contract, table, of_use) if len(table) else {}
    outcomes = [
        _reported(contract, check, of_use, len(table))
        if check.is_report
        else _outcome(contract, check, table, results.get(number))
        for number, check in enumerate(planned)
    ]
    return [*outcomes, _types(contract, table), *_matchable(contract, of_use, len(table))]


def _unique(contract: Contract) -> Check:
    return Check(
        "expect_compound_columns_to_be_unique",
        None,
        Rule.UNIQUE,
        Severity.CRITICAL,
        1.0,
        "the version key names one version of one record",
        {"column_list": contract.version_key},
    )


def _completeness(column: Column) -> Check:
    return Check(
        "expect_column_values_to_not_be_null",
        column.name,
        Rule.COMPLETENESS,
        Severity.INFO if column.completeness is None else Severity.CRITICAL,
        column.completeness,
        column.completeness_why or "reported; no least share is set",
        {"column": _of_use(column.name), "mostly": column.completeness or 0.0},
    )


def _needed(column: Column, needed: Needed) -> Check:
    return Check(
        "expect_column_values_to_not_be_null",
        column.name,
        Rule.NEEDED,
        Severity.CRITICAL,
        needed.completeness,
        needed.why,
        {
            "column": _of_use(column.name),
            "mostly": needed.completeness,
        },
        needed,
    )


def _of_use(column: str) -> str:
    """Name of the column that is null where the value of a column is of no use. No contract has such a name."""
    return f"{column} of use"


def _reported(contract: Contract, check: Check, of_use: dict[str, Mask], row_count: int) -> ExpectationOutcome:
    """Share of rows whose value is of use; not made if the table lacks the column."""
    outcome = _not_made(contract, check)
    if not row_count:
        return replace(outcome, success=None)
    if check.column not in of_use:
        return outcome
    has = int(of_use[check.column].sum())
    return replace(outcome, success=True, observed=has / row_count, evaluated=row_count, unexpected=row_count - has)


def _matchable(contract: Contract, of_use: dict[str, Mask], row_count: int) -> Iterator[ExpectationOutcome]:
    """Share of records that have each route of the contract, and any: reported, with no floor of its own."""
    if any(name not in of_use for names in contract.routes.values() for name in names):
        return  # a column is missing, and the table is blocked for it
    by_route = routes(contract, of_use, row_count)
    if by_route:
        any_route = np.logical_or.reduce(list(by_route.values()))
        check = Check("routes", None, Rule.MATCHABLE, Severity.INFO, None, "who has no route is unmatchable")
        for route, mask in [*by_route.items(), (None, any_route)]:
            has = int(mask.sum())
            yield replace(
                _not_made(contract, check),
                column=route,
                success=True if row_count else None,
                observed=has / row_count if row_count else None,
                evaluated=row_count,
                unexpected=row_count - has,
            )


def _values(contract: Contract) -> Iterator[Check]:
    for column, rule in columns_of(contract):
        expectation, arguments = _expectation(contract, column, rule)
        yield Check(expectation, column.name, rule, column.severity, 1.0, column.meaning, arguments)


def _expectation(contract: Contract, column: Column, rule: Rule) -> tuple[str, dict[str, Any]]:
    """Name and arguments of the expectation that says the same as a rule."""
    one = {"column": column.name}
    match rule:
        case Rule.REQUIRED:
            return "expect_column_values_to_not_be_null", one
        case Rule.PATTERN:
            return "expect_column_values_to_match_regex", {**one, "regex": anchored(column.pattern or "")}
        case Rule.MAX_LENGTH:
            return "expect_column_value_lengths_to_be_between", {**one, "max_value": column.max_length}
        case Rule.ALLOWED:
            return "expect_column_values_to_be_in_set", {**one, "value_set": list(column.allowed)}
        case Rule.NOT_BEFORE if column.not_before is not None:
            midnight = datetime.combine(column.not_before, time())
            return "expect_column_values_to_be_between", {**one, "min_value": midnight}
        case Rule.NOT_AFTER:
            pair = {"column_A": column.not_after, "column_B": column.name}
            return "expect_column_pair_values_a_to_be_greater_than_b", {
                **pair,
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            }
    raise ValueError(f"dataset [{contract.dataset}], column [{column.name}]: no expectation for rule [{rule}]; add one")


def warm_up(contract: Contract) -> None:
    """Have Great Expectations build what its first validation builds (0.7 s), in a process that is about to fork."""
    schema = accepted_schema(contract)
    table = pa.Table.from_pylist([dict.fromkeys(schema.names)], schema=schema)
    _run(contract, table, usable(contract, table))


def _run(contract: Contract, table: pa.Table, of_use: dict[str, Mask]) -> "dict[int, ExpectationValidationResult]":
    """Results by the number of the check. Nothing is written to disk and nothing is reported to anybody."""
    suite = build_suite(contract)
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas(contract.agency.value).add_dataframe_asset(contract.dataset)
    batch = asset.add_batch_definition_whole_dataframe("accepted").get_batch({"dataframe": _frame(table, of_use)})
    result = batch.validate(suite, result_format=COUNTS_ONLY)
    return {one.expectation_config.meta["check"]: one for one in result.results if one.expectation_config}


def _frame(table: pa.Table, of_use: dict[str, Mask]) -> pd.DataFrame:
    """For Great Expectations: times without a zone, so that they compare with dates; lists as their lengths; behind the
    columns, for each of the contract's, whether its value is of use (1 or null)."""
    for at, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            table = table.set_column(at, column.name, table[column.name].cast(pa.timestamp("us")))
        elif pa.types.is_list(column.type):
            table = table.set_column(at, column.name, pc.list_value_length(table[column.name]))
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)
    marks = {_of_use(name): np.where(mask, 1.0, np.nan) for name, mask in of_use.items()}
    return pd.concat([frame, pd.DataFrame(marks, index=frame.index)], axis=1)


def _outcome(
    contract: Contract, check: Check, table: pa.Table, result: "ExpectationValidationResult | None"
) -> ExpectationOutcome:
    outcome = _not_made(contract, check)
    if result is None:
        has_columns = table.column_names == accepted_schema(contract).names
        return replace(outcome, success=has_columns if check.rule is Rule.COLUMNS else None)
    if result.exception_info.get("raised_exception", True):  # of several exceptions there is no such summary
        # The message of the exception is not passed on: it may quote a value.
        log.warning("dataset [%s], column [%s]: check [%s] failed to run", contract.dataset, check.column, check.rule)
        return outcome
    if check.rule is Rule.COLUMNS:
        return replace(outcome, success=bool(result.success), evaluated=len(table))
    evaluated = int(result.result["element_count"]) - int(result.result.get("missing_count") or 0)
    if not evaluated:  # Great Expectations calls that a success
        return replace(outcome, success=None)
    unexpected = int(result.result["unexpected_count"])
    observed = 1 - unexpected / evaluated
    return replace(outcome, success=bool(result.success), observed=observed, evaluated=evaluated, unexpected=unexpected)


def _not_made(contract: Contract, check: Check) -> ExpectationOutcome:
    return ExpectationOutcome(
        dataset=contract.dataset,
        expectation=check.expectation,
        column=check.column,
        rule=check.rule,
        severity=check.severity,
        success=False,
        observed=None,
        threshold=check.threshold,
        evaluated=0,
        unexpected=0,
    )


def _types(contract: Contract, table: pa.Table) -> ExpectationOutcome:
    """Read from the Parquet schema: Great Expectations would have to look at every value to say the same."""
    check = Check("parquet_schema", None, Rule.TYPES, Severity.CRITICAL, None, "readers find the types of the contract")
    expected = {field.name: field.type for field in accepted_schema(contract)}
    wrong = sum(field.type != expected.get(field.name, field.type) for field in table.schema)
    return replace(_not_made(contract, check), success=wrong == 0, evaluated=len(table), unexpected=wrong)


def _quiet() -> None:
    """Before the import: Great Expectations announces itself and what it computes. Its bars are made even so, and where
    processes are forked they share a lock: one that is killed with it would stop the others for good. They also start a
    thread, beside which no process should be forked."""
    from tqdm import tqdm

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    tqdm.set_lock(threading.RLock())
    tqdm.monitor_interval = 0
