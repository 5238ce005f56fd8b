"""Refused rows judged again: read alone, each with one outcome, and right under a mended contract."""

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.contracts.model import Contract
from include.quality.replay import Refused, rejudge


def mended(contract: Contract, **changes: str | None) -> Contract:
    """The contract with other patterns."""
    columns = [c.model_copy(update={"pattern": changes[c.name]}) if c.name in changes else c for c in contract.columns]
    return contract.model_copy(update={"columns": tuple(columns), "version": "1.1"})


def refused_of(result) -> list[Refused]:
    rows = pq.read_table(result.staged.quarantined_path).to_pylist()
    return [
        Refused(number, row["source_attempt"], row["source_part"], row["source_row"], row["raw"])
        for number, row in enumerate(rows, 100)
    ]


OURS = {"source_attempt", "source_part", "source_row", "quarantine_id", "repairs"}


def content(rows):
    return sorted(({k: v for k, v in row.items() if k not in OURS} for row in rows), key=repr)


def test_under_the_same_contract_every_row_is_refused_for_the_same_reasons(small, row, land, staged, as_csv):
    bad = [row(owner="bad"), row(thing_id="x"), row(owner=""), ["T009", "O1"], [*row(thing_id="T003"), "x", "y"]]
    text = as_csv(small, bad) + b"T002,O1,MU\x81OZ,a,19650131,7,00501,2014-05-01T12:00:00Z\r\n"
    result = staged(small, [land(small, text)])
    assert result.staged.quarantined == len(bad) + 1
    again = rejudge(small, refused_of(result))
    assert again.accepted.num_rows == len(again.duplicate) == 0
    reasons = {number: labels for number, (labels, _) in again.refused.items()}
    assert reasons == {number: q["reasons"] for number, q in enumerate(result.quarantined, 100)}


def test_under_a_mended_contract_it_gives_what_staging_would_give(small, row, staged):
    rows = [row(), row(thing_id="T002", owner="P7", name=" MUÑOZ,  J"), row(thing_id="T3", postal_code="00501")]
    result = staged(small, rows)
    wider = mended(small, owner=r"[OP]\d", thing_id=r"T\d{1,3}")
    again = rejudge(wider, refused_of(result))
    whole = staged(wider, rows)
    assert content(again.accepted.to_pylist()) == content([r for r in whole.accepted if r["thing_id"] != "T001"])
    assert again.refused == {}
    assert again.accepted["source_row"].to_pylist() == [2, 3]
    assert sorted(again.accepted["quarantine_id"].to_pylist()) == [100, 101]


def test_a_version_refused_twice_is_loaded_once(small, row, land, staged):
    parts = [land(small, [row(owner="P7", count="")], attempt=1), land(small, [row(owner="P7")], attempt=2)]
    again = rejudge(mended(small, owner=r"P\d"), refused_of(staged(small, parts)))
    assert again.accepted["count"].to_pylist() == [7]
    assert (again.accepted["quarantine_id"].to_pylist(), again.duplicate) == ([101], [100])


def test_a_row_of_reordered_columns_is_read_by_its_own_header(small, row, land, staged):
    header = [column.source for column in small.columns]
    lines = [header[::-1], row()[::-1], ["x"]]
    text = "".join(",".join(f'"{field}"' for field in line) + "\n" for line in lines).encode()
    result = staged(small, [land(small, text)])
    [short] = refused_of(result)
    whole = Refused(7, 1, "part-0", 9, short.raw.replace(r"\"x\"", ",".join(rf"\"{v}\"" for v in row()[::-1])))
    assert rejudge(small, [whole]).accepted["name"].to_pylist() == ["DOE, J"]


def test_a_header_that_the_contract_does_not_know_any_more_is_said(small, row, staged):
    result = staged(small, [row(owner="bad")])
    columns = [c.model_copy(update={"source": "OWNER_CD"}) if c.name == "owner" else c for c in small.columns]
    again = rejudge(small.model_copy(update={"columns": tuple(columns)}), refused_of(result))
    assert again.refused == {
        100: (
            ["row:not_one_row"],
            "the header of its file is none of this contract's; correct the contract and replay.",
        )
    }


def test_bytes_of_a_utf16_file_are_not_taken_for_cp1252(small, row, land, staged, as_csv):
    half = as_csv(small, [row()]).decode().replace("DOE", "D\ud800E").encode("utf-16-le", "surrogatepass")
    result = staged(small, [land(small, b"\xff\xfe" + half)])
    assert result.quarantined[0]["reasons"] == ["row:not_utf8"]
    assert rejudge(small, refused_of(result)).refused[100][0] == ["row:not_utf8"]


FIELD = st.text(st.sampled_from('aT01O", \n\0é\udc81'), max_size=6)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.lists(FIELD, min_size=6, max_size=10), max_size=5), owner=st.sampled_from([r"O\d", r".*"]))
@pytest.mark.filterwarnings("ignore")
def test_every_refused_row_has_exactly_one_outcome(small, land, staged, as_csv, rows, owner):
    head = as_csv(small, [])
    text = head + b"\r\n".join(",".join(line).encode("utf-8", "surrogateescape") for line in rows)
    refused = refused_of(staged(small, [land(small, text)]))
    again = rejudge(mended(small, owner=owner), refused)
    outcomes = [*again.refused, *again.accepted["quarantine_id"].to_pylist(), *again.duplicate]
    assert sorted(outcomes) == [row.quarantine_id for row in refused]
