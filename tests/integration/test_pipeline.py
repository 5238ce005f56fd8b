"""A night from gateway to report on a real warehouse, and the invariants that hold over any order of nights."""

import subprocess
import sys

import psycopg2
import pytest
from nights import Screen, collect, night, run_night

from include import pipeline
from include.contracts import dataset_names, load_all
from include.reporting.summary import summarise
from include.settings import Settings
from include.warehouse.connection import fetch
from include.warehouse.vault import Vault

pytestmark = pytest.mark.integration


def contents(settings: Settings) -> dict[str, list[tuple]]:
    """What the warehouse holds, without surrogate keys, run numbers and clocks."""
    found = {}
    for contract in load_all().values():
        columns = ", ".join([*contract.names, "content_hash"])
        found[contract.record] = fetch(settings.warehouse_dsn, f"select {columns} from record.{contract.record}")
    found["pair"] = fetch(
        settings.warehouse_dsn,
        """select s.content_hash as s, a.content_hash as a, p.content_hash as p, pair.weight,
                  pair.band, pair.model_version,
                  array_agg(e.comparison || e.level || e.weight order by e.comparison) as evidence
           from match.pair
           join record.tecs_subject s on s.version_id = subject_version_id
           left join record.tecs_alias a on a.version_id = alias_version_id
           join record.uscis_petitioner p on p.version_id = petitioner_version_id
           left join match.evidence e using (pair_id)
           group by 1, 2, 3, 4, 5, 6""",
    )
    found["entity"] = fetch(settings.warehouse_dsn, "select member, entity from match.entity")
    found["link"] = fetch(
        settings.warehouse_dsn, "select left_member, right_member, model_version, weight, band from match.link"
    )
    found["cut"] = fetch(settings.warehouse_dsn, "select * from match.cut")
    vault = Vault(settings.quarantine_secrets)
    refused = fetch(settings.warehouse_dsn, "select dataset, sealed, reasons from quarantine.row")
    found["quarantine"] = [(row.dataset, vault.open(row.sealed), row.reasons) for row in refused]
    found["lead"] = fetch(
        settings.warehouse_dsn,
        "select subject_id, receipt_number, band, weight, beneficiary_count, entity from report.lead",
    )
    found["route"] = fetch(settings.warehouse_dsn, "select * from report.subject_route")
    found["headline"] = fetch(settings.warehouse_dsn, "select line, value, lower, upper from report.audit_headline")
    return {name: sorted(map(tuple, rows), key=repr) for name, rows in found.items()}


@pytest.fixture(scope="module")
def one_go(request: pytest.FixtureRequest) -> dict[str, list[tuple]]:
    """Contents after one run over all nights that the order tests use: computed by the first test that asks."""
    return {}


def test_a_night_closes_its_books(settings: Settings, screened: Screen) -> None:
    run = screened(settings, night(1, 30))
    summary = summarise(settings.warehouse_dsn, run.run_id)
    assert summary["books_closed"]
    assert [row["name"] for row in summary["datasets"]] == dataset_names()
    for row in summary["datasets"]:
        assert row["received"] == row["loaded"] + row["duplicate"] + row["quarantined"] > 0
    assert sum(row["duplicate"] for row in summary["datasets"]) > 0
    assert sum(row["quarantined"] for row in summary["datasets"]) > 0
    assert summary["pairs"] > 0
    assert summary["leads"] > 0
    assert summary["leads_in_warehouse"] > 0


def test_a_repeated_night_changes_nothing(settings: Settings) -> None:
    run_night(settings, night(28, 3))
    before = contents(settings)
    again = run_night(settings, night(28, 3))
    assert contents(settings) == before
    assert sum(row["loaded"] for row in summarise(settings.warehouse_dsn, again.run_id)["datasets"]) == 0


@pytest.mark.parametrize(
    "nights",
    [
        pytest.param([(29, 1), (30, 1)], id="forwards"),
        pytest.param([(30, 1), (29, 1)], id="backwards"),
        pytest.param([(30, 1), (29, 2), (29, 1)], id="overlapping"),
    ],
)
def test_any_order_of_nights_gives_the_same_warehouse(
    settings: Settings, one_go: dict[str, list[tuple]], nights: list[tuple[int, int]]
) -> None:
    for day, days in nights:
        run_night(settings, night(day, days))
    found = contents(settings)
    assert found["pair"], "nothing matched: the comparison would be empty"
    if not one_go:
        one_go.update(found)
    assert found == one_go


def test_a_stage_repeated_within_a_run_counts_once(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(30), "repeated")
    for dataset in dataset_names():
        collect(settings, run, dataset)
        staged = pipeline.stage(settings, run, dataset)
        pipeline.load(settings, run, dataset, staged)
    pipeline.match(settings, run)
    pipeline.match(settings, run)
    pipeline.resolve(settings, run)
    assert pipeline.close_books(settings, run) == {"run_id": run.run_id}
    summary = summarise(settings.warehouse_dsn, run.run_id)
    assert summary["books_closed"]
    assert sum(row["loaded"] for row in summary["datasets"]) > 0


def test_a_missing_dataset_turns_the_run_red_and_the_others_land(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(30), "one missing")
    for dataset in dataset_names():
        if dataset != "tecs_arrests":
            collect(settings, run, dataset)
    pipeline.match(settings, run)
    pipeline.resolve(settings, run)
    with pytest.raises(pipeline.BooksError, match=r"dataset \[tecs_arrests\]: nothing was staged"):
        pipeline.close_books(settings, run)
    states = fetch(settings.warehouse_dsn, "select state from ops.run where run_id = %s", [run.run_id])
    assert states[0].state == "red"
    assert fetch(settings.warehouse_dsn, "select count(*) from record.uscis_petition")[0][0] > 0


@pytest.mark.parametrize(("more", "said"), [(1, "rows lost"), (-1, "rows that nobody delivered")])
def test_books_that_do_not_add_up_are_seen(settings: Settings, screened: Screen, more: int, said: str) -> None:
    run = screened(settings, night(30))
    with psycopg2.connect(settings.warehouse_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update ops.account set received = received + %s where dataset = 'tecs_subjects'", [more])
    with pytest.raises(
        pipeline.BooksError, match=rf"dataset \[tecs_subjects\]: received \[\d+\] is not loaded .*: \[1\] {said}"
    ):
        pipeline.close_books(settings, run)


def test_a_task_that_failed_turns_the_run_red_whatever_its_books_hold(settings: Settings, screened: Screen) -> None:
    """It was cleared, and the books still hold what its try before brought."""
    run = screened(settings, night(30))
    failed = [pipeline.FailedTask("extract", "tecs_aliases"), pipeline.FailedTask("resolve")]
    with pytest.raises(pipeline.BooksError) as red:
        pipeline.close_books(settings, run, failed=failed)
    assert str(red.value).splitlines()[1:] == [
        "dataset [tecs_aliases]: see the log of its failed task `extract`",
        "stage [resolve]: see the log of its failed task `resolve`",
    ]
    [closed] = fetch(settings.warehouse_dsn, "select state from ops.run where run_id = %s", [run.run_id])
    assert closed.state == "red"


def test_matching_that_did_not_run_is_seen(settings: Settings) -> None:
    run = pipeline.open_books(settings, night(30), "no matching")
    for dataset in dataset_names():
        collect(settings, run, dataset)
    with pytest.raises(pipeline.BooksError, match=r"stage \[match\]: not done; see the log of its task `match`"):
        pipeline.close_books(settings, run)


def test_every_pair_has_evidence_that_adds_up(settings: Settings, screened: Screen) -> None:
    from include.matching.model import load_model

    screened(settings, night(29, 2))
    rows = fetch(
        settings.warehouse_dsn,
        """select pair.weight, sum(evidence.weight) as total
           from match.pair join match.evidence using (pair_id) group by pair_id""",
    )
    assert rows
    assert len(rows) == fetch(settings.warehouse_dsn, "select count(*) from match.pair")[0][0]
    prior = load_model().prior_weight
    for row in rows:
        assert row.weight == pytest.approx(row.total + prior)


def test_two_matching_runs_at_once_miss_no_pair(settings: Settings) -> None:
    """The TECS side loaded by one run, the USCIS side by another, matched at the same moment."""
    runs = []
    for agency in ("tecs", "uscis"):
        run = pipeline.open_books(settings, night(30), agency)
        for dataset in (name for name in dataset_names() if name.startswith(agency)):
            collect(settings, run, dataset)
        runs.append(run)
    program = (
        "import pickle, sys; from include import pipeline; settings, run = pickle.load(sys.stdin.buffer); "
        "pipeline.match(settings, run); pipeline.resolve(settings, run)"
    )
    import pickle

    both = [subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) for _ in runs]
    for process, run in zip(both, runs, strict=True):
        process.communicate(pickle.dumps((settings, run)))
        assert process.returncode == 0
    at_once = contents(settings)["pair"]
    assert at_once
    consumed = fetch(settings.warehouse_dsn, "select count(*) from match.consumed")[0][0]
    assert consumed == fetch(settings.warehouse_dsn, "select count(*) from ops.load")[0][0]
