"""Leads at a moment of the past, what changed since, and how right they are."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from nights import night, run_night, settings_for

from benchmarks.leads import quality
from include.local.postgres import Postgres
from include.reporting.review import Trail, decide, show
from include.settings import Gateway, Settings
from include.simulator import truth
from include.warehouse.audit import Reader
from include.warehouse.connection import as_role, fetch, with_settings

pytestmark = pytest.mark.integration

HALF = datetime(2014, 9, 16, tzinfo=UTC)  # between the two runs
PLANTED_MODEL = "another-model"
Key = tuple[str, str]


@pytest.fixture(scope="module")
def filled(
    server: Postgres, shared_warehouse: str, gateways: dict[str, Gateway], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, dict[Key, Any], datetime]:
    """Half a month, the leads of then and the moment, and the other half."""
    settings = settings_for(server, shared_warehouse, tmp_path_factory.mktemp("in-time"), gateways)
    run_night(settings, night(1, 15), "first")
    before = leads(settings)
    moment = fetch(settings.owner_dsn, "select now() as at")[0].at
    run_night(settings, night(16, 15), "second")
    return settings, before, moment


def leads(settings: Settings, **moments: str) -> dict[Key, Any]:
    dsn = with_settings(settings.warehouse_dsn, **{f"crosscheck.{name}": value for name, value in moments.items()})
    return {(row.subject_id, row.receipt_number): row for row in fetch(dsn, "table report.lead")}


def told(rows: dict[Key, Any]) -> dict[Key, tuple]:
    """What a lead says, without the entity, which does not move."""
    return {key: tuple(row._replace(entity=None)) for key, row in rows.items()}


def changes(settings: Settings, run_id: int, **moments: str) -> dict[Key, Any]:
    dsn = with_settings(settings.warehouse_dsn, **{f"crosscheck.{name}": value for name, value in moments.items()})
    rows = fetch(dsn, "select * from report.changed_since(%s)", [run_id])
    return {(row.subject_id, row.receipt_number): row for row in rows}


def test_as_we_knew_them_leads_are_those_of_then(filled: tuple) -> None:
    settings, before, moment = filled
    assert told(leads(settings, known_at=moment.isoformat())) == told(before)
    assert leads(settings).keys() > before.keys()
    assert leads(settings, known_at="2014-01-01") == {}


def test_as_the_sources_stood_leads_are_those_that_a_warehouse_of_then_would_hold(filled: tuple) -> None:
    """Found by today's model, among the versions of then: what could have been known."""
    settings, before, _ = filled
    assert told(leads(settings, source_at=HALF.isoformat())) == told(before)
    stands_on = fetch(
        with_settings(settings.warehouse_dsn, **{"crosscheck.source_at": HALF.isoformat()}),
        "select count(distinct (subject_id, receipt_number)) as n from report.evidence",
    )
    assert stands_on[0].n == len(before)


def test_what_changed_since_a_run_is_the_difference_of_the_two(filled: tuple) -> None:
    settings, before, moment = filled
    first, last = (row.run_id for row in fetch(settings.owner_dsn, "select run_id from ops.run order by 1"))
    now, found = leads(settings), changes(settings, first)
    appeared = {key for key, row in found.items() if row.change == "appeared"}
    assert appeared == now.keys() - before.keys()
    moved = {key for key in before if (before[key].band, before[key].weight) != (now[key].band, now[key].weight)}
    assert {key for key, row in found.items() if row.change == "moved"} == moved
    assert {key: row.why for key, row in found.items()} == {
        key: "new version" if now[key].found_at > moment else "investigation" for key in appeared | moved
    }
    assert changes(settings, last) == {}
    assert changes(settings, first, known_at=moment.isoformat()) == {}
    with (
        psycopg2.connect(settings.warehouse_dsn) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.RaiseException, match=r"run \[99\] has not matched"),
    ):
        cursor.execute("select * from report.changed_since(99)")


def test_an_investigation_that_is_left_a_model_and_a_decision_are_why(filled: tuple) -> None:
    settings, _, _ = filled
    last = fetch(settings.owner_dsn, "select max(run_id) as n from ops.run")[0].n
    (left, decided, *_), model = leads(settings), next(iter(leads(settings).values())).model_version
    trail = Trail(settings.desk_dsn, "key", Reader("bob", "reviewer"))
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            """insert into record.tecs_involvement (case_number, subject_id, role, involved_on, record_state,
                   updated_at, content_hash, breaches, source_attempt, source_part, source_row, load_id, loaded_at)
               select case_number, subject_id, role, involved_on, 'cancelled', updated_at + interval '1 day',
                   md5(content_hash || 'x')::uuid, breaches, source_attempt, source_part, source_row, load_id, now()
               from latest.tecs_involvement where subject_id = %s""",
            [left[0]],
        )
        connection.commit()
        went = changes(settings, last)
        assert {(row.change, row.why) for row in went.values()} == {("went", "investigation")}
        assert {key[0] for key in went} == {left[0]}
        of = dict(zip(("subject_id", "receipt_number"), decided, strict=True))
        shown = show(trail, of)
        assert shown is not None
        decide(trail, of, "reject", "x", shown.seal)
        row = changes(settings, last)[decided]
        assert (row.change, row.why, row.band_before, row.band_now) == ("moved", "decision", "lead", "rejected")
        cursor.execute("update match.run set model_version = %s where run_id = %s", [PLANTED_MODEL, last])
        cursor.execute("select pair_id from match.pair where run_id = %s limit 3", [last])
        cursor.execute(
            "update match.pair set model_version = %s where pair_id = any(%s)",
            [PLANTED_MODEL, [r[0] for r in cursor.fetchall()]],
        )
        connection.commit()
        first = fetch(settings.owner_dsn, "select min(run_id) as n from ops.run")[0].n
        assert {row.why for row in changes(settings, first).values()} == {"model"}
        cursor.execute("update match.run set model_version = %s", [model])
        cursor.execute("update match.pair set model_version = %s", [model])


def test_an_analyst_sees_what_changed_under_pseudonyms(filled: tuple) -> None:
    settings, _, _ = filled
    first = fetch(settings.owner_dsn, "select min(run_id) as n from ops.run")[0].n
    ask = "select * from report.changed_since(%s)"
    open_rows = fetch(settings.warehouse_dsn, ask, [first])
    masked = fetch(as_role(settings.desk_dsn, "analyst"), ask, [first])
    assert Counter((row.change, row.why) for row in masked) == Counter((row.change, row.why) for row in open_rows)
    assert all(row.subject_id.startswith("~") for row in masked)
    assert masked


def test_the_funnel_counts_each_run_from_rows_to_decisions(filled: tuple) -> None:
    settings, _, _ = filled
    rows = {row.run_id: row for row in fetch(settings.warehouse_dsn, "table report.match_funnel")}
    accepted = fetch(
        settings.owner_dsn,
        """select run_id, sum(accepted)::bigint as n from ops.account
           where dataset in ('tecs_subjects', 'uscis_petitioners') group by run_id""",
    )
    assert {run_id: row.row_count for run_id, row in rows.items()} == {row.run_id: row.n for row in accepted}
    for row in rows.values():
        assert row.row_count >= row.matchable_count > 0
        assert row.candidate_count >= row.compared_count >= row.review_count + row.lead_count > 0
        assert row.lead_count + row.review_count >= row.decided_count >= row.accepted_count + row.rejected_count
    assert sum(row.decided_count for row in rows.values()) > 0


def test_a_run_found_what_its_pairs_of_screened_subjects_say(filled: tuple) -> None:
    settings, _, _ = filled
    pairs = fetch(
        settings.owner_dsn,
        """select pair.run_id, subject_id, receipt_number, band from match.pair
           join record.tecs_subject as subject on subject.version_id = subject_version_id
           join record.uscis_petitioner as petitioner on petitioner.version_id = petitioner_version_id
           where band <> 'no'""",
    )
    screened = {row.subject_id for row in fetch(settings.owner_dsn, "select subject_id from latest.screened_subject")}
    assert {pair.subject_id for pair in pairs} - screened, "everybody is screened: the comparison would say little"
    found = {tuple(pair[:3]) for pair in pairs if pair.subject_id in screened}
    leads = {tuple(pair[:3]) for pair in pairs if pair.subject_id in screened and pair.band == "lead"}
    lead_count, review_count = (Counter(run_id for run_id, _, _ in keys) for keys in (leads, found - leads))
    for row in fetch(settings.warehouse_dsn, "table report.run_found"):
        assert (row.leads, row.review) == (lead_count[row.run_id], review_count[row.run_id])
        assert row.leads > 0


def test_reviewers_and_the_truth_say_how_right_a_model_is(filled: tuple, world: Path) -> None:
    """A reviewer who knows the truth decides on all pairs, one of them wrongly as reject is."""
    settings, _, _ = filled
    known = truth.read(world, "pairs").query("route in ('person', 'signatory')")
    true = set(zip(known["subject_id"], known["receipt_number"], strict=True))
    trail = Trail(settings.desk_dsn, "key", Reader("bob", "reviewer"))
    before = quality(settings.warehouse_dsn, world)["leads of the model"]
    assert before.right / before.found > 0.9
    assert before.recall > 0.9
    stated: Counter[tuple[str, int, str]] = Counter()
    wrong = min(leads(settings).keys() & true)
    for key, row in leads(settings).items():
        of = dict(zip(("subject_id", "receipt_number"), key, strict=True))
        shown = show(trail, of)
        assert shown is not None
        outcome = "accept" if key in true and key != wrong else "reject"
        decide(trail, of, outcome, "x", shown.seal)
        stated[row.model_band, 10 * int(row.weight // 10), outcome] += 1
    after = quality(settings.warehouse_dsn, world)["leads, decided"]
    assert after.found == after.right == before.true - 1
    found = fetch(settings.warehouse_dsn, "table report.match_quality")
    counted = {(row.band, row.weight_from, "accept"): row.accepted_count for row in found}
    counted |= {(row.band, row.weight_from, "reject"): row.rejected_count for row in found}
    assert {key: n for key, n in counted.items() if n} == stated
    for row in found:
        assert row.precision == row.accepted_count / row.decided_count
        assert 0 <= row.precision_low <= row.precision <= row.precision_high <= 1 + 1e-9
    assert min(row.precision for row in found) < 1
