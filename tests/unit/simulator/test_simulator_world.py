"""A world is the same everywhere, its truth is consistent, and its faults are those of the scenario."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from include.contracts.model import Column, ColumnType, Contract, Severity, load_all
from include.simulator import scenario
from include.simulator.records.name_faults import NAME_FAULTS
from include.simulator.scenario import PersonFaults
from include.simulator.source import UPDATED, WorldError, WorldOnDisk
from include.simulator.world import generate

DATASETS = sorted(load_all())


def source(world: Path, dataset: str) -> pd.DataFrame:
    return pq.read_table(world / "source" / f"{dataset}.parquet").to_pandas()


def truth(world: Path, table: str) -> pd.DataFrame:
    return pq.read_table(world / "truth" / f"{table}.parquet").to_pandas()


def digests(world: Path) -> dict[str, str]:
    return {
        str(path.relative_to(world)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(world.rglob("*"))
        if path.is_file()
    }


def generate_elsewhere(out: Path, name: str, seed: int) -> subprocess.Popen[bytes]:
    """In another process, with another hash seed."""
    command = [sys.executable, "-m", "include.simulator", "generate", "--scenario", name, "--out", str(out)]
    env = os.environ | {"PYTHONHASHSEED": str(seed)}
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)


def test_same_scenario_and_seed_give_the_same_bytes_in_another_process(smoke: Path, tmp_path: Path) -> None:
    assert generate_elsewhere(tmp_path / "again", "smoke", 1234).wait() == 0
    assert digests(tmp_path / "again") == digests(smoke)


def test_another_seed_gives_another_world(smoke: Path, tmp_path: Path) -> None:
    generate(scenario.load("smoke"), 8, tmp_path / "other")
    ours, theirs = digests(smoke), digests(tmp_path / "other")
    assert ours.keys() == theirs.keys()
    assert all(ours[name] != theirs[name] for name in ours)


def test_a_killed_generation_leaves_no_world(tmp_path: Path) -> None:
    process = generate_elsewhere(tmp_path / "world", "nightly", 0)
    while not list(tmp_path.glob(".world-*")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "world").exists()
    with pytest.raises(WorldError, match="holds no world"):
        WorldOnDisk.open(tmp_path / "world")


def test_a_folder_that_is_no_world_is_left_alone_and_a_world_is_replaced(tmp_path: Path) -> None:
    small = scenario.load("clean")
    foreign = tmp_path / "documents"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("dear")
    with pytest.raises(WorldError, match="is not a simulated world"):
        generate(small, 1, foreign)
    assert (foreign / "letter.txt").read_text() == "dear"
    generate(small, 1, tmp_path / "world")
    before = digests(tmp_path / "world")
    generate(small, 2, tmp_path / "world")
    assert WorldOnDisk.open(tmp_path / "world").seed == 2
    assert digests(tmp_path / "world") != before
    assert {path.name for path in tmp_path.iterdir()} == {"documents", "world"}


def test_a_world_of_another_version_is_refused_in_one_line(clean: Path, tmp_path: Path) -> None:
    old = tmp_path / "world"
    old.mkdir()
    described = json.loads((clean / "world.json").read_text())
    assert WorldOnDisk.open(clean).seed == described["seed"]
    described["made_by"]["contracts"]["tecs_subjects"] = "0.9"
    (old / "world.json").write_text(json.dumps(described))
    with pytest.raises(WorldError, match="another version") as caught:
        WorldOnDisk.open(old)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dataset", DATASETS)
def test_source_is_sorted_inside_the_period_and_as_the_contract_names_it(smoke: Path, dataset: str) -> None:
    contract, rows = load_all()[dataset], source(smoke, dataset)
    assert [*rows.columns] == [*(column.source for column in contract.columns), UPDATED]
    chosen = scenario.load("smoke")
    assert rows[UPDATED].is_monotonic_increasing
    assert rows[UPDATED].min() > chosen.start
    assert rows[UPDATED].max() < chosen.end
    written = rows[contract.column(contract.updated_at).source]
    assert (pd.to_datetime(written, utc=True) == rows[UPDATED]).all()


@pytest.mark.parametrize("dataset", DATASETS)
def test_faults_of_rows_are_exactly_those_of_the_truth(smoke: Path, dataset: str) -> None:
    contract, rows = load_all()[dataset], source(smoke, dataset)
    faults = truth(smoke, "faults").query("dataset == @dataset")
    keys = [contract.column(name).source for name in contract.key]
    assert rows.duplicated().sum() == (faults["fault"] == "duplicate").sum()
    versions = rows.drop_duplicates()
    assert not versions.duplicated([*keys, UPDATED]).any()
    broken = versions[_unusable(contract, versions)]
    assert len(broken) == (faults["fault"] == "malformed").sum()
    assert set(broken[UPDATED]) == set(faults.query("fault == 'malformed'")["updated_at"])
    held = truth(smoke, "records").query("dataset == @dataset")
    assert len(versions) == held["versions"].sum()
    sound = versions.drop(broken.index)
    assert set(sound[keys].agg("|".join, axis=1)) <= set(held["key"])


def _unusable(contract: Contract, rows: pd.DataFrame) -> pd.Series:
    """Rows in which a critical column breaks its contract."""
    broken = pd.Series(False, index=rows.index)
    for column in contract.columns:
        if column.severity is Severity.CRITICAL:
            broken |= ~rows[column.source].map(lambda text, column=column: _fits(column, text)).astype(bool)
    return broken


def _fits(column: Column, text: str | float) -> bool:
    """Does a value keep the rules of its column that concern it alone?"""
    if pd.isna(text) or text in column.blanks:
        return not column.required
    if column.type is ColumnType.INTEGER:
        return text.isdecimal()
    if column.formats:
        return _moment(column, text) is not None
    fits_pattern = column.pattern is None or re.fullmatch(column.pattern, text) is not None
    fits_list = not column.allowed or column.codes.get(text, text) in column.allowed
    return fits_pattern and fits_list and (column.max_length is None or len(text) <= column.max_length)


def _moment(column: Column, text: str) -> datetime | None:
    for pattern in column.formats:
        if pattern == "%Y%m%d" and len(text) != 8:
            continue  # strptime would read mmddyy as a day of the year 1207
        try:
            moment = (
                datetime.strptime(text, pattern).astimezone(UTC)
                if "%z" in pattern
                else datetime.strptime(text, pattern)
            )
        except ValueError:
            continue
        return moment.replace(tzinfo=UTC)
    return None


@pytest.mark.parametrize("dataset", DATASETS)
def test_clean_world_breaks_no_rule_of_the_contract(clean: Path, dataset: str) -> None:
    contract, rows = load_all()[dataset], source(clean, dataset)
    assert not rows.duplicated().any()
    updated = rows[UPDATED]
    for column in contract.columns:
        values = rows[column.source]
        wrong = values[~values.map(lambda text, column=column: _fits(column, text)).astype(bool)]
        assert wrong.empty, f"{column.name}: {wrong.unique()[:3]}"
        if column.completeness is not None:
            assert values.notna().mean() >= column.completeness
        if column.formats and column.not_before is not None and values.notna().any():
            moments = [_moment(column, text) for text in values.dropna()]
            assert min(m.date() for m in moments if m) >= column.not_before
            if column.not_after == contract.updated_at:
                assert all(m <= u for m, u in zip(moments, updated[values.notna()], strict=True) if m)


def test_clean_world_has_no_faults(clean: Path) -> None:
    assert truth(clean, "faults").empty
    assert truth(clean, "records").query("role != ''")["person_id"].notna().sum() > 0
    assert not any(WorldOnDisk.open(clean).transport.model_dump(exclude={"stall_seconds", "job_slow_seconds"}).values())


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_faulty_world_still_keeps_completeness_and_quarantine_limits(smoke: Path, dataset: str) -> None:
    contract, rows = load_all()[dataset], source(smoke, dataset)
    last_night = pd.Timestamp(scenario.load("smoke").last_night, tz="UTC")
    for delivered in (rows, rows[rows[UPDATED] >= last_night]):
        if len(delivered) < 30:
            continue  # a share of so few rows says nothing
        assert _unusable(contract, delivered).mean() <= contract.quarantine_limit
        for column in contract.columns:
            if column.completeness is not None:
                blanks = {text.casefold() for text in column.blanks}
                filled = delivered[column.source].map(lambda v, b=blanks: not pd.isna(v) and v.casefold() not in b)
                assert filled.mean() >= column.completeness, column.name


def test_every_person_fault_of_the_scenario_happened_and_is_in_the_truth(smoke: Path) -> None:
    faults = truth(smoke, "faults")
    rates = scenario.load("smoke").person_faults
    # `null` and unnamed workers are habits, seen in the rows, not slips of a clerk.
    wanted = {name for name in PersonFaults.model_fields if getattr(rates, name)} - {"null_text", "unnamed_worker"}
    assert wanted <= set(faults["fault"])
    keys = set(map(tuple, truth(smoke, "records")[["dataset", "key"]].to_numpy().tolist()))
    assert set(map(tuple, faults[["dataset", "key"]].to_numpy().tolist())) <= keys
    per_name = faults[faults["fault"].isin([*NAME_FAULTS])].groupby(["dataset", "key"]).size()
    assert (per_name == 1).all()


def test_true_pairs_refer_to_records_of_one_person(smoke: Path) -> None:
    pairs, records = truth(smoke, "pairs"), truth(smoke, "records")
    owner = {(r.dataset, r.key): r.person_id for r in records.itertuples()}
    assert set(pairs["route"]) == {"person", "signatory", "name", "nickname", "nobody"}
    for pair in pairs.itertuples():
        if pair.route in ("person", "signatory"):
            assert owner["tecs_subjects", pair.subject_id] == pair.person_id
            assert owner["uscis_petitioners", pair.receipt_number] == pair.person_id
        else:
            assert ("uscis_t_applications", pair.receipt_number) in owner
            assert ("tecs_subjects", pair.subject_id) in owner


def test_pairs_are_complete(smoke: Path) -> None:
    records = truth(smoke, "records").dropna(subset=["person_id"])
    both = records.query("dataset == 'tecs_subjects'").merge(
        records.query("dataset == 'uscis_petitioners'"), on="person_id"
    )
    pairs = truth(smoke, "pairs").query("route in ['person', 'signatory']")
    assert set(zip(both["key_x"], both["key_y"], strict=True)) == set(
        zip(pairs["subject_id"], pairs["receipt_number"], strict=True)
    )
    investigated = truth(smoke, "subjects").query("kind == 'investigated'").set_index("person_id")
    filed = investigated.loc[investigated.index.isin(pairs["person_id"])]
    planted = investigated[investigated["part"].isin(["petitioning", "denied", "pending", "signing"])]
    planted = planted.index.union(investigated.query("means == 'work_visa'").index)
    assert set(filed.index) == set(planted)


def test_pairs_are_planted_in_the_last_night(smoke: Path) -> None:
    last_night = pd.Timestamp(scenario.load("smoke").last_night, tz="UTC")
    tonight = [
        set(rows.loc[rows[UPDATED] >= last_night, key])
        for rows, key in (
            (source(smoke, "tecs_subjects"), "SUBJ_ID"),
            (source(smoke, "uscis_petitioners"), "RECEIPT_NUMBER"),
        )
    ]
    pairs = truth(smoke, "pairs").query("route == 'person'")
    assert (pairs["subject_id"].isin(tonight[0]) & pairs["receipt_number"].isin(tonight[1])).sum() >= 3


def test_lookalikes_are_other_people(smoke: Path) -> None:
    people = truth(smoke, "people").set_index("person_id")
    alike = people[people["relation"] != ""]
    assert set(alike["relation"]) == {"twin", "namesake"}
    for person in alike.itertuples():
        other = people.loc[person.relative]
        assert person.family == other.family
        assert (person.born == other.born) == (person.relation == "twin")
        assert (person.given == other.given) == (person.relation == "namesake")
        assert person.ssn != other.ssn
    assert not set(alike.index) & set(truth(smoke, "pairs")["person_id"])


def test_numbers_that_point_at_a_person_are_impossible_and_unique(smoke: Path) -> None:
    people = truth(smoke, "people")
    here = people[people["ssn"] != ""]  # who has not come to the country yet has no number
    assert len(here) > len(people) / 3
    assert here["ssn"].str.fullmatch(r"9\d\d(0[1-9]|[1-4]\d)\d{4}").all()
    assert here["ssn"].is_unique
    assert here["phone"].str.fullmatch(r"\d{3}55501\d\d").all()
    numbers = pd.concat([people["a_number"], people["other_a_number"]])
    assert numbers[numbers != ""].is_unique
    assert source(smoke, "uscis_petitioners")["FEIN"].dropna().str.startswith("00-").all()


def test_common_names_are_common(smoke: Path) -> None:
    people = truth(smoke, "people")
    vietnamese = people.query("culture == 'vietnamese'")
    assert 0.25 < (vietnamese["family"] == "Nguyen").mean() < 0.5
    assert people.query("culture == 'hispanic'")["family"].str.contains(" ").mean() > 0.9


def test_records_change_and_a_case_moves_forward(smoke: Path) -> None:
    rows = source(smoke, "uscis_petitions").drop_duplicates()
    first = rows.groupby("RECEIPT_NUMBER").first()["CASE_STATUS"].str.lower()
    assert (first == "received").mean() > 0.99  # a malformed key starts a record of its own
    several = rows.groupby("RECEIPT_NUMBER").filter(lambda r: len(r) > 1)
    assert len(several) > 500
    assert set(rows["CASE_STATUS"].str.lower()) >= {"received", "rfe", "approved", "denied", "withdrawn"}
    decided = rows["DECISION_DATE"].notna()
    assert (decided == rows["CASE_STATUS"].str.lower().isin(["approved", "denied", "withdrawn", "revoked"])).all()


def test_a_receipt_number_says_where_and_when(clean: Path) -> None:
    rows = source(clean, "uscis_petitions")
    paper = rows[~rows["RECEIPT_NUMBER"].str.startswith("IOE")]
    received = pd.to_datetime(paper["RECEIVED_DATE"], format="%m/%d/%Y")
    assert (paper["RECEIPT_NUMBER"].str[3:5] == "14").all()  # fiscal year 2014 ends with September
    assert (paper["RECEIPT_NUMBER"].str[5:8].astype(int).between(1, 262)).all()
    assert received.max() <= pd.Timestamp("2014-09-30")
