"""What several attempts say of one version: who is believed, who is not, and who said it."""

import pyarrow.parquet as pq
import pytest

from include.contracts.model import Contract
from include.quality.errors import StagingError
from include.quality.staging import stage


def csv(contract: Contract, *lines: str) -> bytes:
    return "\n".join([",".join(column.source for column in contract.columns), *lines, ""]).encode()


def test_each_value_can_name_its_attempt(small, row, land, staged):
    attempts = [[row(name="DOE", count="")], [row(name="", count="5")], [row(name="", count="", postal_code="")]]
    parts = [land(small, rows, attempt=number) for number, rows in enumerate(attempts, 1)]
    [merged] = staged(small, parts).accepted
    assert (merged["name"], merged["count"], merged["postal_code"]) == ("DOE", 5, "00501")
    assert merged["source_attempt"] == 3
    assert sorted(merged["borrowed"]) == ["count:2", "name:1", "postal_code:2"]
    [alone] = staged(small, parts[:1]).accepted
    assert alone["borrowed"] == []


def test_a_value_that_breaks_a_rule_does_not_displace_a_sound_one(small, row, land, staged):
    parts = [land(small, [row(postal_code="00501")], attempt=1), land(small, [row(postal_code="501")], attempt=2)]
    result = staged(small, parts)
    assert result.accepted[0]["postal_code"] == "00501"
    assert result.accepted[0]["breaches"] == []
    assert result.staged.conflicts == {"postal_code": 1}


def test_a_date_with_two_digits_of_the_year_does_not_displace_one_with_four(small, row, land, staged):
    parts = [land(small, [row(born_on="19120131")], attempt=1), land(small, [row(born_on="013112")], attempt=2)]
    assert staged(small, parts).accepted[0]["born_on"].year == 1912
    assert staged(small, parts[1:]).accepted[0]["born_on"].year == 2012


def test_a_row_that_was_put_together_again_gives_way_to_one_that_came_whole(small, land, staged):
    whole = '"T001","O1","","a","19650131","7","","2014-05-01T12:00:00Z"'
    moved = '"T001","O1","",,"a","19650131","7","00501","2014-05-01T12:00:00Z"'
    parts = [land(small, csv(small, whole), attempt=1), land(small, csv(small, moved), attempt=2)]
    both = staged(small, parts)
    assert both.accepted[0]["postal_code"] is None, "a blank that came whole is a blank"
    assert both.staged.duplicate == 1
    assert staged(small, parts[1:]).accepted[0]["postal_code"] == "00501"


def test_what_a_complete_attempt_does_not_have_is_set_aside_and_no_loss(small, row, land, staged):
    first = [row(thing_id="T001", name=""), row(thing_id="T001", updated_at="2014-05-02T12:00:00Z"), row(thing_id="T9")]
    second = [row(thing_id="T001"), row(thing_id="T009", owner="x")]
    parts = [land(small, [*first[:2], row(thing_id="T009")], attempt=1), land(small, second, attempt=2)]
    result = staged(small, parts, complete=[2])
    assert [kept["thing_id"] for kept in result.accepted] == ["T001", "T009"], "T009 came, though not whole, in 2"
    assert sorted(row["reasons"] for row in result.quarantined) == [["owner:pattern"], ["row:unconfirmed"]]
    assert result.staged.lost == 0
    assert staged(small, parts).staged.accepted == 3, "nobody is complete: nobody can tell"


def test_a_record_whose_key_the_source_broke_is_lost_once_however_its_attempts_were_damaged(small, row, land, staged):
    broken = row(thing_id="#001")
    shifted = csv(small, '"#001","O1",,,"a","19650131","7","00501","2014-05-01T12:00:00Z","X"')
    parts = [land(small, shifted, attempt=1), land(small, [broken], attempt=2), land(small, [broken], attempt=3)]
    assert staged(small, parts, complete=[2, 3]).staged.lost == 1
    other_words = land(small, [row(thing_id="#001", born_on="013165")], attempt=4)
    assert staged(small, [*parts, other_words], complete=[2, 3, 4]).staged.lost == 1
    two = land(small, [broken, row(thing_id="#002")], attempt=4)
    assert staged(small, [*parts, two], complete=[4]).staged.lost == 2


def test_a_quiet_night_is_quiet_although_a_stray_part_cannot_be_read(small, land, staged):
    stray = land(small, b"NO,HEADER\n1,2\n", attempt=1)
    with pytest.raises(StagingError):
        staged(small, [stray])
    with pytest.raises(StagingError):
        staged(small, [stray], complete=[1])
    quiet = staged(small, [stray], complete=[2]).staged  # attempt 2 came without a part
    assert (quiet.received, quiet.accepted, len(quiet.unread)) == (0, 0, 1)


def test_conflicts_are_kept_by_where_the_rows_are(small, row, land, tmp_path):
    parts = [land(small, [row(name=name)], attempt=number) for number, name in enumerate(("OLD", "NEW", "NEW"), 1)]
    stage(small, parts, tmp_path)
    kept = pq.read_table(tmp_path / "conflicts.parquet").to_pylist()
    assert [(row["column"], row["source_attempt"], row["is_kept"]) for row in kept] == [
        ("name", 1, False),
        ("name", 3, True),
    ]
    assert not {"OLD", "NEW"} & {str(value) for row in kept for value in row.values()}
