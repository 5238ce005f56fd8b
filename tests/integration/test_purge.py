"""What the retention lets go is gone, with a line in the ledger; what is held or young stays."""

from dataclasses import replace

import psycopg2
import pytest
from nights import collect, night

from include import pipeline
from include.extraction.errors import LandingError
from include.extraction.landing import Landing
from include.extraction.purge import purge_attempt
from include.settings import Retention, Settings
from include.warehouse import books
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

DATASET = "tecs_arrests"
OLD = Retention(landing_days=30, staging_days=7)


def aged(settings: Settings, days: int) -> None:
    """Everything happened so many days earlier."""
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update ops.attempt set finished_at = finished_at - %s * interval '1 day'", [days])
        cursor.execute("update ops.run set closed_at = closed_at - %s * interval '1 day'", [days])


def a_night(settings: Settings) -> pipeline.Run:
    run = pipeline.open_books(settings, night(1, 30), "night")
    collect(settings, run, DATASET)
    pipeline.match(settings, run)
    pipeline.resolve(settings, run)
    pipeline.close_books(settings, run, datasets=[DATASET])
    return run


def test_what_is_loaded_and_old_goes_and_the_ledger_says_so(settings: Settings) -> None:
    run = a_night(settings)
    landing = Landing(settings.landing)
    landed = landing.receipts(DATASET, run.interval)
    assert pipeline.purge(settings) == {"landing": 0, "staging": 0}, "without a policy everything stays"
    settings = replace(settings, retention=OLD)
    assert pipeline.purge(settings) == {"landing": 0, "staging": 0}, "nothing is old enough"

    aged(settings, 10)
    one_policy = replace(settings, retention=Retention(staging_days=OLD.staging_days))
    assert pipeline.purge(one_policy) == {"landing": 0, "staging": 1}
    assert not pipeline.staging_folder(settings, run, DATASET).exists()
    aged(settings, 21)
    assert pipeline.purge(settings) == {"landing": len(landed), "staging": 0}
    assert landing.receipts(DATASET, run.interval) == []
    assert not list(settings.landing.rglob("*.csv.gz"))
    ledger = fetch(settings.warehouse_dsn, "select * from ops.purge order by purge_id")
    assert [row.kind for row in ledger] == ["staging", *["landing"] * len(landed)]
    assert [(row.path, row.row_count, row.byte_count) for row in ledger[1:]] == [
        (receipt.path, receipt.rows, receipt.bytes) for receipt in landed
    ]
    assert ledger[1].policy == "loaded, and landed more than 30 days ago"
    assert pipeline.purge(settings) == {"landing": 0, "staging": 0}

    with pytest.raises(LookupError, match="nothing landed; clear its task `extract`"):
        pipeline.stage(settings, run, DATASET)
    collect(settings, run, DATASET)  # a number that was purged is not given again
    assert landing.receipts(DATASET, run.interval)[0].attempt > max(receipt.attempt for receipt in landed)


def test_what_was_never_loaded_stays_whatever_its_age(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(1, 30), "held")
    collect(settings, run, DATASET)
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update ops.account set loaded = null, already_held = null")
    books.record_gate(settings.warehouse_dsn, run.run_id, DATASET, "hold", ["short"], [])
    aged(settings, 1000)
    assert pipeline.purge(replace(settings, retention=OLD)) == {"landing": 0, "staging": 0}
    assert Landing(settings.landing).receipts(DATASET, run.interval)


def test_killed_between_bytes_and_ledger_the_next_purge_writes_the_line(settings: Settings) -> None:
    run = a_night(settings)
    aged(settings, 100)
    for receipt in Landing(settings.landing).receipts(DATASET, run.interval):
        purge_attempt(settings.landing, receipt.path)
    done = pipeline.purge(replace(settings, retention=replace(OLD, staging_days=None)))
    assert done["landing"] == fetch(settings.warehouse_dsn, "select count(*) from ops.purge")[0][0] > 0


def test_nothing_outside_the_landing_zone_is_removed(settings: Settings) -> None:
    settings.landing.mkdir(parents=True)
    with pytest.raises(LandingError, match="lies outside; nothing was removed"):
        purge_attempt(settings.landing, "../elsewhere")
