"""The contract as a Great Expectations suite: it says what staging says, and it says no value."""

import logging
import random
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.contracts import Column, load_all, load_contract
from include.contracts.model import Needed
from include.quality.gate import decide
from include.quality.rules import Rule, columns_of
from include.quality.suite import COUNTS_ONLY, ExpectationOutcome, build_suite, checks, validate

# A text for every pattern of the contracts, by a number; a new pattern in a contract needs its line here.
SAMPLES = {
    r"[A-Z]{2}\d{2}[A-Z]{2}\d{6}": "AB12CD{:06d}",
    r"(EAC|VSC|WAC|CSC|LIN|NSC|SRC|TSC|MSC|NBC|YSC|IOE)\d{10}": "EAC{:010d}",
    r"\(?\d{3}\)?[ -]?555-?01\d{2}": "(202) 555-0199",
    r"9\d{2}-?\d{2}-?\d{4}": "900-00-{:04d}",
    r"(EAC|VSC|WAC|CSC|LIN|NSC|SRC|TSC|MSC|NBC|YSC|IOE)": "EAC",
    r"A?\d{7,9}": "A{:08d}",
    r"[A-Z0-9]{6,9}": "P{:06d}",
    r"[0-9A-Z]{9}": "F{:08d}",
    r"[A-Z]{2}": "TX",
    r"[A-Z]{3}": "HOU",
    r"\d{5}": "{:05d}",
    r"\d{2}-?\d{7}": "12-{:07d}",
    r"L\d{9}": "L{:09d}",
    r"S\d{8}": "S{:08d}",
    r"R\d{8}": "R{:08d}",
}
FAULTS = [
    "?!",
    "",
    "an impossibly long text for any column of ours",
    "18000101",
    "1800-01-01",
    "20991231",
    "2099-12-31",
]


def text(column: Column, number: int, chance: random.Random) -> str:
    """A value of a column, now and then a faulty one; the identity of a version is always whole."""
    is_identity = column.required and column.severity == "critical"
    if not is_identity and chance.random() < 0.15:
        return chance.choice(FAULTS)
    if column.formats:
        day = date(1990, 1, 1) + timedelta(days=number)
        stamp = "2014-05-01T12:00:00Z"
        return stamp if column.type == "timestamp" else day.strftime(chance.choice(column.formats))
    if column.type == "integer":
        return str(number)
    if column.allowed:
        return chance.choice([*column.allowed, *column.codes])
    return SAMPLES[column.pattern].format(number) if column.pattern else f"Text {number}"


def by_rule(outcomes: list[ExpectationOutcome]) -> dict[tuple[str | None, Rule], ExpectationOutcome]:
    found = {(outcome.column, outcome.rule): outcome for outcome in outcomes}
    assert len(found) == len(outcomes)
    return found


def counted(accepted: list[dict]) -> Counter:
    return Counter(label for row in accepted for label in row["breaches"])


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("dataset", load_all())
def test_great_expectations_and_staging_count_the_same(dataset, staged):
    contract = load_contract(dataset)
    chance = random.Random(dataset)
    result = staged(contract, [[text(c, number, chance) for c in contract.columns] for number in range(120)])
    outcomes = by_rule(validate(contract, result.staged.accepted_path))
    assert result.staged.accepted == 120 - result.staged.quarantined > 90
    breaches = counted(result.accepted)
    for column, rule in columns_of(contract):
        outcome = outcomes[column.name, rule]
        assert outcome.unexpected == breaches[f"{column.name}:{rule}"], outcome
        assert outcome.success == (outcome.unexpected == 0), outcome
        assert outcome.severity == column.severity
    for column in contract.columns:
        outcome = outcomes[column.name, Rule.COMPLETENESS]
        present = sum(
            row[column.name] is not None and not any(label.startswith(f"{column.name}:") for label in row["breaches"])
            for row in result.accepted
        )
        assert outcome.observed == pytest.approx(present / result.staged.accepted)
        assert (outcome.threshold, outcome.evaluated) == (column.completeness, result.staged.accepted)
        assert outcome.success == (present / result.staged.accepted >= (column.completeness or 0))
        assert outcome.severity == ("info" if column.completeness is None else "critical")
    for rule in (Rule.COLUMNS, Rule.TYPES, Rule.UNIQUE):
        assert outcomes[None, rule].success
        assert outcomes[None, rule].evaluated == result.staged.accepted
    assert decide(contract, result.staged, list(outcomes.values()), delivery_complete=True).decision != "block"


def test_every_rule_is_broken_somewhere_and_seen(small, row, staged):
    faults = [{"name": "NINE CHAR"}, {"kind": "z"}, {"kind": ""}, {"born_on": "18991231"}, {"born_on": "20990101"}]
    rows = [row(thing_id=f"T{at:03d}", **fault) for at, fault in enumerate([*faults, {"postal_code": "٠٠٥٠١"}, {}])]
    result = staged(small, rows)
    outcomes = by_rule(validate(small, result.staged.accepted_path))
    failed = {key for key, outcome in outcomes.items() if outcome.success is False}
    assert failed == {
        ("name", Rule.MAX_LENGTH),
        ("name", Rule.COMPLETENESS),
        ("kind", Rule.ALLOWED),
        ("kind", Rule.REQUIRED),
        ("born_on", Rule.NOT_BEFORE),
        ("born_on", Rule.NOT_AFTER),
        ("postal_code", Rule.PATTERN),
    }
    assert all(outcomes[key].unexpected == 1 for key in failed)


def rewritten(path: Path, change) -> Path:
    pq.write_table(change(pq.read_table(path)), path)
    return path


def test_a_version_that_is_there_twice_is_seen(small, row, staged):
    path = staged(small, [row(), row(thing_id="T002")]).staged.accepted_path
    outcomes = by_rule(validate(small, rewritten(path, lambda table: pa.concat_tables([table, table.slice(0, 1)]))))
    assert (outcomes[None, Rule.UNIQUE].success, outcomes[None, Rule.UNIQUE].unexpected) == (False, 2)


@pytest.mark.parametrize("rows", [0, 3])
def test_a_missing_column_is_seen_and_what_needs_it_is_not_made(small, row, staged, rows):
    path = staged(small, [row(thing_id=f"T00{at}") for at in range(rows)]).staged.accepted_path
    outcomes = by_rule(validate(small, rewritten(path, lambda table: table.drop_columns(["name"]))))
    assert not outcomes[None, Rule.COLUMNS].success
    assert outcomes["name", Rule.MAX_LENGTH].success is (None if rows == 0 else False)
    assert (outcomes["name", Rule.MAX_LENGTH].observed, outcomes["name", Rule.MAX_LENGTH].evaluated) == (None, 0)


def test_a_column_of_another_type_is_seen(small, row, staged):
    path = staged(small, [row()]).staged.accepted_path
    outcomes = by_rule(
        validate(
            small,
            rewritten(path, lambda t: t.set_column(t.column_names.index("count"), "count", t["count"].cast("string"))),
        )
    )
    assert (outcomes[None, Rule.TYPES].success, outcomes[None, Rule.TYPES].unexpected) == (False, 1)


def test_an_empty_table_does_not_pass(small, staged):
    result = staged(small, [])
    outcomes = validate(small, result.staged.accepted_path)
    judged = {o.rule for o in outcomes if o.success is not None}
    assert judged == {Rule.COLUMNS, Rule.TYPES}
    assert {(o.evaluated, o.observed) for o in outcomes} == {(0, None)}
    decision = decide(small, result.staged, outcomes, delivery_complete=True)
    assert (decision.decision, decision.reasons) == ("warn", ["no row came; nothing could be judged"])


def test_a_column_without_any_value_passes_its_value_rules(small, row, staged):
    blank = {"name": "", "born_on": "", "count": "", "postal_code": "", "kind": ""}
    result = staged(small, [row(thing_id=f"T00{at}", **blank) for at in range(3)])
    outcomes = by_rule(validate(small, result.staged.accepted_path))
    failed = {key for key, outcome in outcomes.items() if outcome.success is False}
    assert failed == {("name", Rule.COMPLETENESS), ("kind", Rule.REQUIRED)}
    assert outcomes["born_on", Rule.NOT_AFTER].evaluated == 0
    assert outcomes["name", Rule.COMPLETENESS].observed == 0
    assert decide(small, result.staged, list(outcomes.values()), delivery_complete=True).decision == "hold"


def with_needed(small, values, completeness=0.9):
    needed = Needed(when="kind", values=values, completeness=completeness, why="a thing of that kind has a count")
    columns = [c.model_copy(update={"needed": needed}) if c.name == "count" else c for c in small.columns]
    return small.model_copy(update={"columns": tuple(columns)})


def test_a_condition_that_no_row_meets_is_no_pass(small, row, staged):
    contract = with_needed(small, ("b",))
    result = staged(contract, [row(thing_id=f"T{at:03d}") for at in range(5)])
    outcome = by_rule(validate(contract, result.staged.accepted_path))["count", Rule.NEEDED]
    assert (outcome.success, outcome.evaluated, outcome.observed) == (None, 0, None)


def test_a_value_that_some_rows_need_is_asked_of_those_rows(small, row, staged):
    contract = with_needed(small, ("b",))
    rows = [row(thing_id=f"T{at:03d}", kind="b" if at < 10 else "a", count="" if at % 2 else "7") for at in range(40)]
    result = staged(contract, rows)
    outcomes = validate(contract, result.staged.accepted_path)
    outcome = by_rule(outcomes)["count", Rule.NEEDED]
    assert (outcome.success, outcome.evaluated, outcome.unexpected, outcome.observed) == (False, 10, 5, 0.5)
    decision = decide(contract, result.staged, outcomes, delivery_complete=True)
    assert decision.decision == "hold"
    assert "rule [count:needed]: [5] of [10] rows" in decision.reasons[0]


def test_a_check_that_raises_blocks_whatever_its_severity(small, row, staged):
    """Great Expectations reports an exception as one more failure, under the severity of the check."""
    path = staged(small, [row(thing_id=f"T00{at}") for at in range(3)]).staged.accepted_path
    as_text = rewritten(path, lambda t: t.set_column(t.column_names.index("born_on"), "born_on", pa.array(["x"] * 3)))
    outcomes = validate(small, as_text)
    raised = by_rule(outcomes)["born_on", Rule.NOT_BEFORE]
    assert (raised.severity, raised.success, raised.evaluated) == ("warning", False, 0)
    made = [replace(o, success=True) if o.rule is Rule.TYPES else o for o in outcomes]
    account = replace(staged(small, [row(thing_id=f"T00{at}") for at in range(3)]).staged)
    decision = decide(small, account, made, delivery_complete=True)
    assert decision.decision == "block"
    assert "rule [born_on:not_before] could not be checked" in decision.reasons


def test_success_of_a_whole_suite_says_nothing_about_severity(small, row, staged):
    """It is false for a column of which nothing is asked; so the gate weighs each result by itself."""
    import great_expectations as gx

    frame = pd.DataFrame({"a": [1.0, None]})
    asset = gx.get_context(mode="ephemeral").data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
    info = gx.expectations.ExpectColumnValuesToNotBeNull(column="a", severity="info")
    assert not batch.validate(gx.ExpectationSuite(name="s", expectations=[info])).success

    result = staged(small, [row(thing_id=f"T00{at}", count="") for at in range(3)])
    outcomes = validate(small, result.staged.accepted_path)
    assert by_rule(outcomes)["count", Rule.COMPLETENESS].severity == "info"
    assert decide(small, result.staged, outcomes, delivery_complete=True).decision == "pass"


def test_the_query_for_unexpected_rows_forgets_the_condition_and_is_never_used(small):
    """Asked for a query that finds the rows, Great Expectations leaves the condition out of it."""
    import great_expectations as gx
    from great_expectations.expectations.row_conditions import Column as Field

    frame = pd.DataFrame({"a": [None, None, 1.0], "kind": ["x", "y", "y"]})
    asset = gx.get_context(mode="ephemeral").data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
    check = gx.expectations.ExpectColumnValuesToNotBeNull(column="a", row_condition=Field("kind").is_in(["y"]))
    found = batch.validate(check, result_format={"result_format": "COMPLETE"}).result
    assert found["unexpected_count"] == 1
    assert "kind" not in str(found.get("unexpected_index_query"))
    assert COUNTS_ONLY["result_format"] == "SUMMARY"
    assert "unexpected_index_column_names" not in COUNTS_ONLY


def test_quarantine_takes_every_bad_row_and_does_not_ask_great_expectations(small, row, staged):
    """Lists of Great Expectations end after 20 (partial) or, from SQL, 200 values; counts and quarantine do not."""
    rows = [row(thing_id=f"T{at:03d}", owner="bad", updated_at=f"2014-05-01T12:00:{at % 60:02d}Z") for at in range(700)]
    rows += [row(thing_id=f"T{at:03d}", postal_code="x") for at in range(700, 999)]
    result = staged(small, rows)
    assert result.staged.quarantined == 700
    assert by_rule(validate(small, result.staged.accepted_path))["postal_code", Rule.PATTERN].unexpected == 299


def test_only_a_usable_value_counts_as_present(small, row, staged):
    unusable = [{"name": "FNU LNU"}, {"name": "unknown"}, {"name": "LNU, FNU"}, {"name": ""}, {"name": "NINE CHAR"}]
    rows = [row(thing_id=f"T{at:03d}", **values) for at, values in enumerate([*unusable, {"name": "NULLIS"}, {}])]
    rows += [
        row(thing_id=f"T1{at:02d}", born_on=day) for at, day in enumerate(["19000101", "19700101", "20490101", ""])
    ]
    outcomes = by_rule(validate(small, staged(small, rows).staged.accepted_path))
    assert outcomes["name", Rule.COMPLETENESS].unexpected == len(unusable)
    assert outcomes["born_on", Rule.COMPLETENESS].unexpected == 4


def test_who_has_no_route_is_counted(small, row, staged):
    contract = small.model_copy(update={"routes": {"name and birth": ("name", "born_on"), "ZIP": ("postal_code",)}})
    blank = {"name": "LNU", "postal_code": ""}
    rows = [row(thing_id="T001"), row(thing_id="T002", **blank), row(thing_id="T003", name="FNU")]
    outcomes = by_rule(validate(contract, staged(contract, rows).staged.accepted_path))
    assert outcomes["name and birth", Rule.MATCHABLE].unexpected == 2
    assert outcomes["ZIP", Rule.MATCHABLE].unexpected == 1
    assert (outcomes[None, Rule.MATCHABLE].unexpected, outcomes[None, Rule.MATCHABLE].observed) == (
        1,
        pytest.approx(2 / 3),
    )


def test_the_suite_carries_severity_column_rule_and_reason(small):
    suite = build_suite(small)
    metas = [(e.meta["column"], e.meta["rule"], e.severity.value) for e in suite.expectations]
    assert sorted(metas, key=str) == sorted(
        ((c.column, c.rule.value, c.severity.value) for c in checks(small) if not c.is_report), key=str
    )
    assert any(c.is_report for c in checks(small))
    assert all(e.meta["why"] for e in suite.expectations)
    floors = [e.mostly for e in suite.expectations if e.meta["rule"] == "completeness" and e.meta["column"] == "name"]
    assert floors == [0.9]


def test_no_value_appears_anywhere(small, row, staged, *, caplog, capfd, monkeypatch, tmp_path):
    """Sentinels in every column that takes text, in rows that pass, warn, are quarantined, or make the engine fail."""
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    rows = [row(thing_id=f"T{at:03d}", name="ZZTOP", kind="ZZKIND", postal_code="ZZ501") for at in range(6)]
    rows += [row(thing_id="ZZBAD"), row(owner="ZZOWNER"), row(born_on="ZZ1965"), row(thing_id="T001", name="ZZOTHER")]
    rows += [["ZZSHORT"], [*row(), "ZZLONG"]]
    result = staged(small, rows)
    outcomes = validate(small, result.staged.accepted_path)
    decision = decide(small, result.staged, outcomes, delivery_complete=False)

    def as_text(table: pa.Table) -> pa.Table:  # dates as text: Great Expectations raises, and quotes
        at = table.column_names.index("born_on")
        return table.set_column(at, "born_on", pa.array(["ZZDATE"] * len(table)))

    broken = validate(small, rewritten(result.staged.accepted_path, as_text))
    assert not by_rule(broken)["born_on", Rule.NOT_BEFORE].success
    assert decide(small, result.staged, broken, delivery_complete=True).decision == "block"

    captured = capfd.readouterr()
    said = [repr(outcomes), repr(broken), repr(decision), repr(result.staged), caplog.text, captured.out, captured.err]
    assert "check [not_before] failed to run" in caplog.text
    assert not [found for text in said for found in re.findall(r"ZZ\w+", text)]
    assert "Calculating Metrics" not in captured.err
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_is_killed_in_a_validation_stops_no_other() -> None:
    """Even if it had the lock of Great Expectations' progress bars; and no thread is there when workers are forked."""
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "['MainThread']\nvalidated\n"), done.stderr


KILLED = """
import os, signal, threading
from tqdm.auto import tqdm
from include.contracts import load_contract
from include.quality.suite import warm_up

warm_up(load_contract("tecs_aliases"))
print([thread.name for thread in threading.enumerate()], flush=True)
if (killed := os.fork()) == 0:
    tqdm.get_lock().acquire()
    os.kill(os.getpid(), signal.SIGKILL)
os.waitpid(killed, 0)
signal.alarm(60)  # who waits for the lock waits for ever
warm_up(load_contract("tecs_aliases"))
print("validated")
"""
CHECKOUT = Path(__file__).parents[3]
