"""Refused rows: sealed on the disk, read by one role, judged again under a mended contract; the books stay true."""

import psycopg2
import pytest
from nights import Screen, collect, night

from include import pipeline
from include.contracts import Contract, load_contract
from include.reporting.summary import summarise
from include.settings import Settings
from include.warehouse.connection import fetch
from include.warehouse.vault import Vault

pytestmark = pytest.mark.integration

DATASET = "uscis_petitions"


def mended(dataset: str) -> Contract:
    """A contract that lets every text pass in the columns of strings; no two wrongs are one key."""
    contract = load_contract(dataset)
    if dataset != DATASET:
        return contract
    columns = [c.model_copy(update={"pattern": None, "allowed": (), "codes": {}}) for c in contract.columns]
    return contract.model_copy(update={"columns": tuple(columns), "version": "1.9"})


def waiting(settings: Settings) -> dict[str, int]:
    rows = fetch(
        settings.warehouse_dsn,
        "select dataset, count(*) as rows from quarantine.row where replayed_at is null group by dataset",
    )
    return {row.dataset: row.rows for row in rows}


def test_a_replay_loads_what_passes_now_and_its_books_close(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, screened: Screen
) -> None:
    first = screened(settings, night(1, 30))
    before, total = waiting(settings), fetch(settings.warehouse_dsn, "select count(*) from record.uscis_petition")[0][0]
    assert before[DATASET] > 0

    unchanged = pipeline.replay(settings, DATASET)
    assert [(row["refused"], row["loaded"]) for row in unchanged] == [(before[DATASET], 0)]
    assert waiting(settings) == before

    monkeypatch.setattr("include.pipeline.quarantine.load_contract", mended)
    done = {row["dataset"]: row for row in pipeline.replay(settings)}
    assert set(done) == set(before)
    assert done[DATASET]["loaded"] > 0
    held = fetch(settings.warehouse_dsn, "select count(*) from record.uscis_petition")[0][0]
    assert held == total + done[DATASET]["loaded"]
    left = waiting(settings)
    for dataset, row in done.items():
        assert row["judged"] == before[dataset]
        assert row["judged"] == row["loaded"] + row["held"] + row["duplicate"] + row["refused"]
        assert left.get(dataset, 0) == row["refused"]

    runs = fetch(settings.warehouse_dsn, "select run_id, kind, state from ops.run order by run_id")
    assert [(run.kind, run.state) for run in runs] == [
        ("screening", "closed"),
        ("replay", "closed"),
        ("replay", "closed"),
    ]
    summary = summarise(settings.warehouse_dsn, runs[-1].run_id)
    assert {row["name"] for row in summary["datasets"]} == set(done)
    for row in summary["datasets"]:
        assert row["received"] == row["loaded"] + row["duplicate"] + row["quarantined"] > 0
    pipeline.close_books(settings, first)  # the books of the night say what was true that night, and still close

    history = fetch(
        settings.warehouse_dsn,
        """select replay.contract_version, outcome, replay.why
           from quarantine.replay join quarantine.row using (quarantine_id)
           where dataset = %s and replayed_at is not null order by replay.run_id""",
        [DATASET],
    )
    assert {(row.contract_version, row.outcome) for row in history if row.outcome == "loaded"} == {("1.9", "loaded")}
    assert {row.contract_version for row in history if row.outcome == "refused"} == {load_contract(DATASET).version}
    assert all(row.why.endswith(".") for row in history)


def test_staging_again_under_a_mended_contract_and_then_a_replay_load_nothing_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = pipeline.open_books(settings, night(1, 30), "mended")
    collect(settings, run, DATASET)
    for module in ("collect", "quarantine"):
        monkeypatch.setattr(f"include.pipeline.{module}.load_contract", mended)
    staged = pipeline.stage(settings, run, DATASET)
    pipeline.validate(settings, run, DATASET, staged)
    pipeline.load(settings, run, DATASET, staged)
    count = fetch(settings.warehouse_dsn, "select count(*) from record.uscis_petition")[0][0]
    [done] = pipeline.replay(settings, DATASET)
    assert (done["loaded"], done["held"] > 0) == (0, True)
    assert fetch(settings.warehouse_dsn, "select count(*) from record.uscis_petition")[0][0] == count


def test_nothing_waits_and_no_books_are_opened(settings: Settings) -> None:
    assert pipeline.replay(settings) == []
    assert fetch(settings.warehouse_dsn, "select count(*) from ops.run")[0][0] == 0


def test_rows_are_kept_though_the_gate_holds_the_dataset(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(1, 30), "held")
    collect(settings, run, DATASET)
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("delete from quarantine.row")
        cursor.execute("update ops.account set loaded = null, already_held = null")
    pipeline.stage(settings, run, DATASET)
    assert waiting(settings)[DATASET] > 0
    assert pipeline.replay(settings) == [], "a replay is no way around the gate"


def test_on_the_disk_a_row_is_sealed_and_says_where_it_came_from(settings: Settings) -> None:
    collect(settings, pipeline.open_books(settings, night(1, 30), "sealed"), DATASET)
    rows = fetch(settings.warehouse_dsn, "select * from quarantine.row")
    assert rows
    vault = Vault(settings.quarantine_secrets)
    for row in rows:
        text = vault.open(row.sealed)
        assert '"header"' in text
        assert '"text"' in text
        assert '"header"' not in str(row)
        assert row.why.endswith(".")
        assert row.source_row >= 1
        assert row.contract_version == load_contract(row.dataset).version


def test_a_person_with_the_key_sees_a_row_by_its_number(settings: Settings) -> None:
    collect(settings, pipeline.open_books(settings, night(1, 30), "shown"), DATASET)
    [[number]] = fetch(settings.warehouse_dsn, "select min(quarantine_id) from quarantine.row")
    shown = pipeline.show_quarantined(settings, number)
    assert set(shown) == {column.source for column in load_contract(DATASET).columns}
    assert any(shown.values())
    with pytest.raises(LookupError, match=r"row \[0\] is not in quarantine"):
        pipeline.show_quarantined(settings, 0)


def test_one_role_reads_the_quarantine_and_nothing_else(settings: Settings) -> None:
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("grant crosscheck_steward to current_user")
        cursor.execute("set role crosscheck_steward")
        cursor.execute("select count(*) from quarantine.row")
        cursor.execute("select count(*) from quarantine.replay")
        for statement in ("select * from record.tecs_subject", "delete from quarantine.row", "select * from ops.run"):
            cursor.execute("savepoint here")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
            cursor.execute("rollback to here")
