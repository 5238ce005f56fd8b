"""Staging: the account closes, attempts add up, order does not matter."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.quality.errors import StagingError
from include.quality.reading import Raw
from include.quality.staging import Staged, accepted_schema

TEXTS = {
    "thing_id": ["T001", "T002", " T003", "T1", ""],
    "owner": ["O1", "O2", "O2", "x", ""],
    "name": ["DOE", "ROE", "null", "", "A NAME TOO LONG"],
    "kind": ["a", "A", "b", "z", ""],
    "born_on": ["19650131", "013165", "20990101", "soon", ""],
    "count": ["1", "2", "one", ""],
    "postal_code": ["00501", "501", ""],
    "updated_at": ["2014-05-01T12:00:00Z", "2014-05-02T12:00:00+02:00", "1999-01-01T00:00:00Z", "?"],
}
ROW = st.tuples(*(st.sampled_from(texts) for texts in TEXTS.values())).map(list)
BROKEN = st.sampled_from([["T001", "O1"], ["T001"] * 9, ["T001", "O1", "\0", "a", "", "", "", "2014-05-01T12:00:00Z"]])
DELIVERY = st.lists(st.lists(ROW | BROKEN, max_size=6), min_size=1, max_size=4)


def content(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if not name.startswith("source_")} for row in rows]


@settings(deadline=None, max_examples=30)
@given(delivery=DELIVERY)
def test_every_row_is_accounted_for(small, land, staged, delivery):
    result = staged(small, [land(small, rows, attempt=number) for number, rows in enumerate(delivery, 1)])
    account = result.staged
    assert account.received == sum(map(len, delivery)) == account.duplicate + account.quarantined + account.accepted
    assert account.accepted == len(result.accepted)
    assert account.quarantined == len(result.quarantined)
    assert account.lost <= account.quarantined
    assert all(row["reasons"] for row in result.quarantined)
    versions = [(row["thing_id"], row["updated_at"]) for row in result.accepted]
    assert versions == sorted(set(versions))
    recorded = [label for row in result.accepted for label in row["breaches"]]
    recorded += [label for row in result.quarantined for label in row["reasons"]]
    assert account.breaches == {label: recorded.count(label) for label in set(recorded)}


@settings(deadline=None, max_examples=20)
@given(delivery=DELIVERY, data=st.data())
def test_the_order_in_which_parts_are_given_does_not_matter(small, land, staged, delivery, data):
    parts = [land(small, rows, attempt=at // 2 + 1, name=f"p{at}") for at, rows in enumerate(delivery)]
    first, second = staged(small, parts), staged(small, data.draw(st.permutations(parts)))
    assert first.accepted == second.accepted
    assert first.quarantined == second.quarantined


@settings(deadline=None, max_examples=20)
@given(delivery=DELIVERY)
def test_large_tables_are_staged_as_small_ones(small, land, staged, delivery):
    parts = [land(small, rows, attempt=number) for number, rows in enumerate(delivery, 1)]
    usual = staged(small, parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("include.ahead.MANY_ROWS", 1)  # two columns at once
        patch.setattr("include.quality.hashing.CHUNK_ROWS", 2)  # hashed and written in pieces
        assert staged(small, parts).accepted == usual.accepted


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(ROW, max_size=6, unique_by=lambda row: (row[0].strip(), row[7])), data=st.data())
def test_the_order_of_rows_of_different_versions_does_not_matter(small, staged, rows, data):
    one, other = staged(small, rows), staged(small, data.draw(st.permutations(rows)))
    assert content(one.accepted) == content(other.accepted)
    assert sorted(row["raw"] for row in one.quarantined) == sorted(row["raw"] for row in other.quarantined)


@settings(deadline=None, max_examples=15)
@given(rows=st.lists(ROW, max_size=6))
def test_a_delivery_repeated_changes_the_account_only(small, land, staged, rows):
    once = staged(small, [land(small, rows)])
    twice = staged(small, [land(small, rows, attempt=1), land(small, rows, attempt=2)])
    assert content(once.accepted) == content(twice.accepted)
    assert twice.staged.received == 2 * once.staged.received
    assert twice.staged.lost == once.staged.lost


def test_attempts_that_lack_something_add_up(small, row, land, staged):
    attempts = [
        [row(name="", count="")],
        [row(name="", owner="", born_on="")],  # a required value, critical, that another attempt brings
        [row(name="DOE", born_on="", postal_code="")],
    ]
    result = staged(small, [land(small, rows, attempt=at) for at, rows in enumerate(attempts, 1)])
    [merged] = result.accepted
    assert (merged["name"], merged["owner"], merged["count"], merged["postal_code"]) == ("DOE", "O1", 7, "00501")
    assert merged["breaches"] == []
    assert (merged["source_attempt"], merged["source_row"]) == (3, 1)
    assert (result.staged.received, result.staged.duplicate) == (3, 2)
    assert result.staged.conflicts == {}


def test_in_a_conflict_the_later_attempt_wins_and_it_is_counted(small, row, land, staged):
    attempts = [[row(name="NEW")], [row(name="OLD"), row(name="OLDER"), row(thing_id="T002")]]
    parts = [land(small, rows, attempt=2 - at) for at, rows in enumerate(attempts)]
    result = staged(small, parts)
    assert [merged["name"] for merged in result.accepted] == ["NEW", "DOE, J"]
    assert result.staged.conflicts == {"name": 1}


def test_within_an_attempt_the_later_row_wins(small, row, staged):
    assert staged(small, [row(name="OLD"), row(name="NEW")]).accepted[0]["name"] == "NEW"


def test_an_unreadable_value_is_forgiven_if_another_attempt_can_say_it(small, row, land, staged):
    parts = [land(small, [row(born_on=text)], attempt=at) for at, text in enumerate(("soon", "19650131", "soon"), 1)]
    assert staged(small, parts).accepted[0]["breaches"] == []
    assert staged(small, parts[::2]).accepted[0]["breaches"] == ["born_on:unreadable"]


def test_a_bad_value_does_not_displace_a_good_one(small, row, land, staged):
    parts = [land(small, [row(owner="O1")], attempt=1), land(small, [row(owner="bad")], attempt=2)]
    result = staged(small, parts)
    assert result.accepted[0]["owner"] == "O1"
    assert result.quarantined[0]["reasons"] == ["owner:pattern"]
    assert (result.staged.quarantined, result.staged.lost) == (1, 0)


def test_a_required_value_that_no_attempt_has_costs_the_row_once(small, row, land, staged):
    result = staged(small, [land(small, [row(owner="")], attempt=at) for at in (1, 2)])
    assert (result.staged.duplicate, result.staged.quarantined, result.staged.lost) == (1, 1, 1)
    assert result.quarantined[0]["reasons"] == ["owner:required"]
    assert Raw.from_json(result.quarantined[0]["raw"]).text.startswith("T001,")
    assert result.quarantined[0]["why"].startswith("column [OWNER] is blank, and no row is of use without it; ask")


def test_lost_records_are_counted_once_however_often_they_come(small, row, land, staged):
    rows = [row(thing_id="T002", owner="bad"), row(thing_id=""), row()]
    result = staged(small, [land(small, rows, attempt=at) for at in (1, 2)])
    assert (result.staged.quarantined, result.staged.lost) == (4, 2)


def test_raw_keeps_the_text_as_delivered(small, row, staged):
    text = row(thing_id=" bad ", name="  Doe,  J", count="")
    raw = Raw.from_json(staged(small, [text]).quarantined[0]["raw"])
    assert next(csv.reader([raw.text])) == text


def test_nothing_delivered_leaves_empty_typed_files(small, land, staged):
    for parts in ([], [land(small, [])]):
        result = staged(small, parts)
        assert (result.staged.received, result.accepted, result.quarantined) == (0, [], [])
        assert pq.read_schema(result.staged.accepted_path).equals(accepted_schema(small))
    assert not list(result.staged.accepted_path.parent.glob(".*"))


def test_the_file_has_the_declared_schema(small, row, staged):
    result = staged(small, [row(), row(thing_id="T002", born_on="")])
    assert pq.read_schema(result.staged.accepted_path).equals(accepted_schema(small))


def test_a_corrected_contract_brings_quarantined_rows_back(small, row, land, staged):
    parts = [land(small, [row(), row(thing_id="T0002")])]
    assert staged(small, parts).staged.quarantined == 1
    wider = small.column("thing_id").model_copy(update={"pattern": r"T\d{3,4}"})
    corrected = small.model_copy(update={"columns": (wider, *small.columns[1:])})
    assert staged(corrected, parts).staged.accepted == 2


def test_a_part_that_cannot_be_read_does_not_cost_the_others(small, row, land, staged):
    whole = staged(small, [land(small, [row()], attempt=2)])
    unusable = replace(land(small, b"nothing of ours\n", attempt=1), rows=7)
    result = staged(small, [unusable, land(small, [row()], attempt=2)])
    [unread] = result.staged.unread
    assert (unread.attempt, unread.part, unread.rows) == (1, "part-0", 7)
    assert "none of the first" in unread.reason
    assert result.accepted == whole.accepted
    assert (result.staged.received, result.staged.quarantined) == (1, 0)
    assert [result.staged.is_whole(attempt) for attempt in (1, 2)] == [False, True]


def test_if_no_part_can_be_read_nothing_is_staged(small, land, staged):
    parts = [land(small, b"nothing of ours\n", attempt=at) for at in (1, 2)]
    with pytest.raises(StagingError, match=r"attempt \[1\].*and \[1\] other parts, none can be read"):
        staged(small, parts)


def test_another_attempt_supplies_a_column_that_is_missing(small, row, land, staged):
    at = small.names.index("name")
    lines = [[column.source for column in small.columns], row(count="8")]
    without = "".join(",".join([*line[:at], *line[at + 1 :]]) + "\n" for line in lines)
    result = staged(small, [land(small, [row(count="")], attempt=1), land(small, without.encode(), attempt=2)])
    [merged] = result.accepted
    assert (merged["name"], merged["count"], merged["source_attempt"]) == ("DOE, J", 8, 2)
    assert result.staged.repairs == {"file:missing_column [NAME]": 1}


def test_what_was_put_right_is_told_of_the_rows_that_gave_a_value(small, row, land, staged):
    twice, once = "MUÃ‘OZ", "MUÑOZ"
    parts = [
        land(small, [row(name=twice), row(thing_id="T002", name=twice), row(thing_id="T003", owner="bad", name=twice)]),
        land(small, [row(name=once), row(thing_id="T002", name="", postal_code="")], attempt=2),
    ]
    result = staged(small, parts)
    assert [(r["name"], r["source_attempt"], r["repairs"]) for r in result.accepted] == [
        (once, 2, []),
        (once, 2, ["row:double_encoded"]),
    ]
    assert result.quarantined[0]["reasons"] == ["owner:pattern", "row:double_encoded"]
    assert result.staged.repairs == {"row:double_encoded": 3}
    assert result.staged.conflicts == {}


def test_lines_that_are_no_records_are_counted_apart(small, row, land, staged, as_csv):
    whole = as_csv(small, [row()])
    account = staged(small, [land(small, whole + whole + b"TOTAL,2\n")]).staged
    assert (account.received, account.set_apart, account.duplicate, account.accepted) == (2, 2, 1, 1)
    assert account.repairs == {"row:repeated_header": 1, "row:totals_line": 1}


def test_a_part_given_twice_is_refused(small, row, land, staged):
    with pytest.raises(StagingError, match=r"part \[part-0\] is given twice"):
        staged(small, [land(small, [row()]), land(small, [row()])])


def test_an_account_that_does_not_close_is_refused(small, row, staged):
    account = staged(small, [row()]).staged.to_dict()
    with pytest.raises(StagingError, match=r"received \[2\] is not duplicate \[0\]"):
        Staged.from_dict({**account, "received": 2})


def test_the_account_travels_as_json(small, row, land, staged: Callable):
    unusable = land(small, b"nothing of ours\n", attempt=2)
    account = staged(small, [land(small, [row(), row(name="MUÃ‘OZ")]), unusable]).staged
    assert account.unread
    assert account.repairs
    assert Staged.from_dict(json.loads(json.dumps(account.to_dict()))) == account


def test_dates_in_another_form_of_the_contract_are_counted(small, row, staged):
    rows = [row(thing_id="T001"), row(thing_id="T002", born_on="013165"), row(thing_id="T003", born_on="never")]
    assert staged(small, rows).staged.other_forms == {"born_on": 1}
    assert staged(small, rows[:1]).staged.other_forms == {}
