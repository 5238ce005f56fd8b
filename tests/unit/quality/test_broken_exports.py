"""Each broken export ends in a known way, with a reason to act on, and never with a wrong value in silence."""

import gzip
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import broken_exports
import pyarrow.parquet as pq
import pytest
from broken_exports import CITY, Case, as_csv, at, corpus, good
from hypothesis import given, settings
from hypothesis import strategies as st

from include.contracts import load_contract
from include.quality.errors import StagingError
from include.quality.gate import decide
from include.quality.reasons import sentence
from include.quality.staging import Part, Staged, stage
from include.quality.suite import validate

CASES = list(corpus())


def test_the_corpus_is_large_and_repeats_itself():
    assert len(CASES) >= 100
    assert [case.packed for case in corpus()] == [case.packed for case in CASES]


def staged(case: Case, folder: Path) -> Staged:
    path = folder / "part-0001.csv.gz"
    path.write_bytes(case.packed)
    return stage(load_contract(case.dataset), [Part(1, "part-0001.csv.gz", path)], folder)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """What the good exports say, by key; some of it checked against what was written by hand."""
    found = {}
    for dataset in broken_exports.DATASETS:
        [case] = [case for case in CASES if case.name == f"nothing_wrong-{dataset}"]
        rows = pq.read_table(staged(case, tmp_path_factory.mktemp("good")).accepted_path).to_pylist()
        key = load_contract(dataset).key[0]
        found[dataset] = {row[key]: row for row in rows}
        assert len(rows) == broken_exports.ROWS
        for number, row in enumerate(rows):
            surname = broken_exports.SURNAMES[number % len(broken_exports.SURNAMES)]
            assert (row.get("family_name") or row["name"].partition(",")[0]) == surname
            assert row["postal_code"] == broken_exports.ZIPS[number % len(broken_exports.ZIPS)]
            assert row["date_of_birth"].year == 1950 + number
            assert row["date_of_birth"].month == 2 + number % 11
            assert row["city"] == "SAN JOSÉ"
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_export_ends_in_a_known_way(case: Case, truth: dict, tmp_path: Path) -> None:
    contract = load_contract(case.dataset)
    if case.ends == {"refused"}:
        with pytest.raises(
            StagingError, match=r"ask the agency|correct the contract|fetch the export again"
        ) as refused:
            staged(case, tmp_path)
        assert "\n" not in str(refused.value)
        return
    account = staged(case, tmp_path)
    accepted = pq.read_table(account.accepted_path).to_pylist()
    quarantined = pq.read_table(account.quarantined_path).to_pylist()
    assert_no_silent_wrong_value(case, truth[case.dataset], accepted)
    assert account.received == len(accepted) + len(quarantined) + account.duplicate
    for row in quarantined:
        assert row["why"] == sentence(contract, row["reasons"])

    ends = set()
    if account.repairs:
        ends.add("repaired")
    if account.quarantined:
        ends.add("quarantined")
    if account.duplicate:
        ends.add("merged")
    if account.breaches and not account.quarantined:
        ends.add("told")
    if "held" in case.ends or not account.received:
        decision = decide(contract, account, validate(contract, account.accepted_path), delivery_complete=True)
        assert decision.decision in ("warn", "hold")
        assert decision.reasons
        ends |= {"held"} if decision.decision == "hold" else {"told"}
    assert (ends & case.ends) or (case.ends == {"clean"} and not ends), (ends, account)


def assert_no_silent_wrong_value(case: Case, right: dict[str, dict[str, Any]], accepted: list[dict[str, Any]]) -> None:
    """A value is the true one, or blank, or a warning names its column."""
    contract = load_contract(case.dataset)
    for row in accepted:
        assert row[contract.key[0]] in right, "a key that nobody sent"
        true = right[row[contract.key[0]]]
        told = {label.partition(":")[0] for label in row["breaches"]}
        for name in contract.names:
            allowed = [true[name], None]
            if case.fault.startswith(("cp1252", "encoded_twice_as")) and isinstance(true[name], str):
                allowed.append(true[name].replace("NGUYỄN", "NUÑEZ"))
            if case.fault == "dates_all_filled_in" and name == "date_of_birth":
                continue  # what the file says; that it says nothing is the gate's to see
            if case.fault == "names_all_placeholders" and name in ("name", "family_name"):
                continue
            assert row[name] in allowed or name in told, (name, case.name)


PIECES = (b",", b'"', b"\n", b"\r", b"\0", b"\xff", b"\xc3", b"A", b"1", b" ", b"\xc3\x91", b";", b"\t", b"\x1a")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))  # `make fuzz` asks for more


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    junk=st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join),
    number=st.integers(1, broken_exports.ROWS),
    dataset=st.sampled_from(broken_exports.DATASETS),
)
def test_whatever_stands_in_the_place_of_a_row_the_others_are_read_right(
    junk: bytes, number: int, dataset: str, truth: dict, tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = good(dataset)
    lines = as_csv(table).splitlines(keepends=True)
    lines[number] = junk + b"\n"
    case = Case("fuzz", dataset, gzip.compress(b"".join(lines)), frozenset())
    account = staged(case, tmp_path_factory.mktemp("fuzz"))
    rows = {row[load_contract(dataset).key[0]]: row for row in pq.read_table(account.accepted_path).to_pylist()}
    others = {key: row for key, row in truth[dataset].items() if key != table[number][0]}
    ours = {"source_row", "repairs", "source_attempt", "source_part"}
    for key, row in others.items():
        assert {k: v for k, v in rows[key].items() if k not in ours} == {k: v for k, v in row.items() if k not in ours}


@settings(deadline=None, max_examples=EXAMPLES)
@given(data=st.binary(max_size=300), dataset=st.sampled_from(broken_exports.DATASETS))
def test_any_bytes_are_an_account_or_a_refusal_in_one_line(
    data: bytes, dataset: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    headed = as_csv(good(dataset)[:1]) + data
    for content in (gzip.compress(data), gzip.compress(headed), data):
        with suppress(StagingError):
            account = staged(Case("fuzz", dataset, content, frozenset()), tmp_path_factory.mktemp("fuzz"))
            assert account.received == account.accepted + account.quarantined + account.duplicate


def test_a_city_shifted_by_one_column_is_never_a_state(tmp_path: Path) -> None:
    """The neighbour's value in a column of codes is told by its form."""
    table = good("tecs_subjects")
    place = at(table, *CITY)
    for row in table[1:]:
        row[place], row[place + 1] = row[place + 1], row[place]
    account = staged(Case("swapped", "tecs_subjects", gzip.compress(as_csv(table)), frozenset()), tmp_path)
    assert account.breaches["state:pattern"] == broken_exports.ROWS
