"""What reviewers decide reaches the entities: who was rejected is parted, who was accepted joined, whenever it was."""

from collections.abc import Callable

import psycopg2
import pytest
from nights import night, run_night

from include import pipeline
from include.settings import Settings
from include.warehouse import entities as of_warehouse
from include.warehouse.audit import Reader
from include.warehouse.connection import fetch, transaction
from include.warehouse.decisions import Decision, record

pytestmark = pytest.mark.integration

KEY = "a key that the database does not know"


def decide(settings: Settings, outcome: str, subject_id: str, receipt_number: str) -> None:
    """As a reviewer who has seen the best pair of the two as it is."""
    [shown] = fetch(
        settings.warehouse_dsn,
        """select judged.*, evidence_hash from latest.judged_pair as judged join latest.evidence_hash using (pair_id)
           where subject_id = %s and receipt_number = %s""",
        [subject_id, receipt_number],
    )
    seen = (shown.band, shown.weight, shown.model_version, shown.evidence_hash)
    with transaction(settings.desk_dsn) as cursor:
        decision = Decision(subject_id, receipt_number, outcome, "the same scar", *seen)
        record(cursor, KEY, Reader("bob", "reviewer"), decision)


def pairs(settings: Settings) -> list[tuple[str, str]]:
    """Subjects and petitions that are leads, nobody else in their entity; the strongest first."""
    rows = fetch(
        settings.warehouse_dsn,
        """select subject_id, receipt_number from report.lead join match.entity using (entity)
           where band = 'lead' group by subject_id, receipt_number, weight having count(*) = 2
           order by weight desc, subject_id, receipt_number""",
    )
    return [(row.subject_id, row.receipt_number) for row in rows]


def entities(settings: Settings) -> list[tuple[str, str]]:
    return [tuple(row) for row in fetch(settings.warehouse_dsn, "table match.entity order by member")]


def entity(settings: Settings, member: str) -> str:
    return dict(entities(settings)).get(member, member)


def are_one(settings: Settings, subject_id: str, receipt_number: str) -> bool:
    return entity(settings, f"tecs_subjects:{subject_id}") == entity(settings, f"uscis_petitioners:{receipt_number}")


def reasons(settings: Settings, receipt_number: str) -> list[str]:
    rows = fetch(
        settings.warehouse_dsn,
        "select reason from match.entity_change where member = %s order by change_id",
        [f"uscis_petitioners:{receipt_number}"],
    )
    return [row.reason for row in rows]


def test_a_decision_parts_and_joins_and_is_resolved_once(settings: Settings) -> None:
    run = run_night(settings, night(1, 30))
    subject, receipt = pairs(settings)[0]
    routes = "select from report.subject_route where receipt_number = %s"
    for outcome, together in (("reject", False), ("accept", True), ("reject", False), ("undecided", True)):
        decide(settings, outcome, subject, receipt)
        pipeline.resolve(settings, run)
        assert are_one(settings, subject, receipt) is together
        assert len(fetch(settings.warehouse_dsn, routes, [receipt])) == int(together)
        assert pipeline.resolve(settings, run) == {"changed": 0}, "a decision is taken in once"
    assert reasons(settings, receipt) == ["link", "decided", "decided", "decided", "link"]


def test_who_was_accepted_is_one_person_whatever_the_records_say(settings: Settings) -> None:
    run = run_night(settings, night(25, 6))
    (subject, receipt), (other, petition) = pairs(settings)[:2]
    decide(settings, "accept", subject, receipt)
    decide(settings, "accept", other, petition)
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        for said, (person, filed) in (("M", (subject, receipt)), ("F", (other, petition))):
            opposite = {"M": "F", "F": "M"}[said]
            cursor.execute("update record.tecs_subject set sex = %s where subject_id = %s", [said, person])
            cursor.execute("update record.uscis_petitioner set sex = %s where receipt_number = %s", [opposite, filed])
        cursor.execute("update match.evidence set level = level || '!' where comparison = 'sex'")
        cursor.execute(  # of the second pair another evidence is now the best: its decision does not stand
            """update match.evidence set level = replace(level, '!', '') where comparison = 'sex' and pair_id in (
                   select pair_id from latest.judged_pair where subject_id = %s)""",
            [subject],
        )
    pipeline.resolve(settings, run)
    assert are_one(settings, subject, receipt)
    assert not are_one(settings, other, petition), "the guard splits where no decision stands"
    assert reasons(settings, petition)[-1] == "contradiction"
    [doubtful] = fetch(settings.warehouse_dsn, "select cut_by from report.lead where receipt_number = %s", [petition])
    assert doubtful.cut_by == "sex"
    sure = fetch(
        settings.warehouse_dsn,
        "select receipt_number, probability from report.subject_route where receipt_number = any(%s)",
        [[receipt, petition]],
    )
    assert {tuple(row) for row in sure} == {(receipt, 1), (petition, None)}


def test_what_was_decided_is_the_same_warehouse_whenever_it_was_resolved(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each decision with a night of its own, all of them with the last, or before the later nights come."""
    run = run_night(settings, night(1, 25))
    early = pairs(settings)
    for number, (subject, receipt) in enumerate(early[:12]):
        decide(settings, ("reject", "accept", "undecided")[number % 3], subject, receipt)
        pipeline.resolve(settings, run)
    run_night(settings, night(26, 5), "later")
    known = entities(settings)
    standing = fetch(settings.warehouse_dsn, "select * from report.lead where decision is not null order by 1, 2")
    assert {row.decision for row in standing if not row.is_reopened} == {"reject", "accept", "undecided"}
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        for table in ("entity", "entity_change", "cut", "link", "resolved", "resolved_decision"):
            cursor.execute(f"delete from match.{table}")
    pipeline.resolve(settings, run)
    assert entities(settings) == known
    for row in standing:
        if not row.is_reopened and row.decision != "undecided":
            assert are_one(settings, row.subject_id, row.receipt_number) is (row.decision == "accept")


@pytest.fixture
def decided(settings: Settings) -> Callable[[], int]:
    """How many decisions the entities take into account."""
    return lambda: fetch(settings.warehouse_dsn, "select count(*) as n from match.resolved_decision")[0].n


def test_a_decision_made_while_entities_are_resolved_waits_for_the_next_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, decided: Callable[[], int]
) -> None:
    run = run_night(settings, night(25, 6))
    (subject, receipt), (other, petition) = pairs(settings)[:2]
    decide(settings, "reject", subject, receipt)
    read = of_warehouse.held_entities

    def meanwhile(cursor: object) -> object:
        decide(settings, "reject", other, petition)
        return read(cursor)

    with monkeypatch.context() as patch:
        patch.setattr(of_warehouse, "held_entities", meanwhile)
        pipeline.resolve(settings, run)
    assert (decided(), are_one(settings, subject, receipt), are_one(settings, other, petition)) == (1, False, True)
    pipeline.resolve(settings, run)
    assert (decided(), are_one(settings, other, petition)) == (2, False)
