"""Every rule of the contract language: a row that breaks it, a row that does not, and what the breach costs."""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from include.contracts import Column, ContractError
from include.quality.rules import Rule, anchored, columns_of, rules_of

BROKEN = [
    ("thing_id", "T01", Rule.PATTERN),
    ("thing_id", "xT001", Rule.PATTERN),
    ("thing_id", "T001x", Rule.PATTERN),
    ("thing_id", "", Rule.REQUIRED),
    ("owner", "", Rule.REQUIRED),
    ("name", "NINE CHAR", Rule.MAX_LENGTH),
    ("kind", "c", Rule.ALLOWED),
    ("kind", "B", Rule.ALLOWED),
    ("kind", " ", Rule.REQUIRED),
    ("born_on", "18991231", Rule.NOT_BEFORE),
    ("born_on", "20140502", Rule.NOT_AFTER),
    ("born_on", "19990230", Rule.UNREADABLE),
    ("count", "many", Rule.UNREADABLE),
    ("postal_code", "٠٠٥٠١", Rule.PATTERN),
    ("updated_at", "1999-12-31T23:59:59Z", Rule.NOT_BEFORE),
    ("updated_at", "yesterday", Rule.UNREADABLE),
]
KEPT = [
    ("thing_id", " T001 "),
    ("name", ""),
    ("name", "EIGHT CH"),
    ("kind", "A"),
    ("born_on", "19000101"),
    ("born_on", "20140501"),
    ("count", "-1"),
    ("postal_code", ""),
    ("updated_at", "2014-05-01T00:00:00Z"),
]


def test_every_rule_of_the_contract_language_is_tried(small):
    tried = {(column, rule) for column, _, rule in BROKEN if rule is not Rule.UNREADABLE}
    missing = {(column.name, rule) for column, rule in columns_of(small)} - tried
    assert missing == {("owner", Rule.PATTERN), ("updated_at", Rule.REQUIRED)}  # tried on other columns


@pytest.mark.parametrize(("column", "text", "rule"), BROKEN)
def test_a_breach_is_recorded_and_costs_what_its_severity_says(small, row, staged, *, column, text, rule):
    result = staged(small, [row(**{column: text})])
    label = f"{column}:{rule}"
    assert result.staged.breaches[label] == 1
    if small.column(column).severity == "critical":
        assert result.staged.quarantined == 1
        assert label in result.quarantined[0]["reasons"]
    else:
        assert result.staged.accepted == 1
        assert result.accepted[0]["breaches"] == [label]
        assert (result.accepted[0][column] is None) == (rule in (Rule.UNREADABLE, Rule.REQUIRED))


@pytest.mark.parametrize(("column", "text"), KEPT)
def test_a_row_without_a_breach_is_accepted_without_a_word(small, row, staged, column, text):
    result = staged(small, [row(**{column: text})])
    assert (result.staged.accepted, result.staged.breaches) == (1, {})
    assert result.accepted[0]["breaches"] == []


@pytest.mark.parametrize(
    "fault",
    [
        {"name": "count", "source": "C", "type": "integer", "meaning": "m", "pattern": r"\d"},
        {"name": "count", "source": "C", "type": "integer", "meaning": "m", "not_before": "2000-01-01"},
        {"name": "count", "source": "C", "meaning": "m", "not_after": "updated_at"},
    ],
)
def test_a_rule_that_cannot_work_on_its_type_is_an_error_not_a_silence(small, fault):
    with pytest.raises(ContractError, match="cannot be checked on type"):
        rules_of(small, Column(**fault))


@pytest.mark.parametrize("pattern", [r"(?!null)[A-Z]+", r"\w+", r"a\b", r"(a)\1", "(?P<a"])
def test_a_pattern_that_engines_read_differently_is_an_error(pattern):
    with pytest.raises(ContractError, match="pattern"):
        anchored(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"a|b", "ab", False),
        (r"(a|b)\d", "b7", True),
        (r"[\d(]+", "7(7", True),
        (r"[\d(]+", "7)", False),
        (r"\(\d\)", "(7)", True),
        (r"\d", "٧", False),
        (r"[^\d]", "٧", True),
    ],
)
def test_a_pattern_matches_in_full_and_alike_in_both_engines(pattern, text, fits):
    whole = anchored(pattern)
    assert (re.search(whole, text) is not None) == fits == pc.match_substring_regex(pa.scalar(text), whole).as_py()
