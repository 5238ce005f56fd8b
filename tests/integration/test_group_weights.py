"""Convicted subjects have leads many times as often as others: what that does to a pair, and what undoes it."""

import re
from typing import Any

import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from nights import Screen, night

from include import pipeline
from include.desk.access import Access
from include.desk.pages import router
from include.reporting.review import Trail, decide, show
from include.settings import Settings
from include.warehouse.audit import Reader
from include.warehouse.connection import as_role, fetch, with_settings

pytestmark = pytest.mark.integration

# the form with most leads, one subject who is nobody else's, and five others with a lead to such a petition
PAIRS = """
    select form, (array_agg(subject_id order by subject_id) filter (where is_alone))[1] as subject_id,
        (array_agg(distinct subject_id order by subject_id desc))[:5] as led
    from (
        select lead.*, 2 = (select count(*) from match.entity where entity.entity = lead.entity) as is_alone
        from report.lead as lead where band = 'lead'
    ) as lead
    group by form order by count(*) desc limit 1"""
BAND = """
    select subject_id, receipt_number, band, model_band, group_weight > 0 as is_lifted, weight + group_weight as both
    from report.lead
    where subject_id = %s and form = %s order by weight desc limit 1"""


def test_a_group_lifts_a_pair_until_it_is_none(settings: Settings, screened: Screen) -> None:
    run = screened(settings, night(1, 30))
    dsn = settings.warehouse_dsn
    [(form, subject, led)] = fetch(dsn, PAIRS)
    assert subject not in led
    weaken(settings, subject)
    resolve_again(settings, run)
    before = band(settings, subject, form)
    assert (before.band, before.is_lifted) == ("review", False)
    prior, total = foot(settings, before)
    assert total == before.both
    [(knew,)] = fetch(settings.owner_dsn, "select clock_timestamp()::text")
    convict(settings, [subject, *led])
    resolve_again(settings, run)
    [group] = fetch(dsn, "select * from report.group_weight where form = %s", [form])
    assert (group.convicted_with, group.convicted_count) == (5, 6)
    assert group.weight > 0
    lifted = band(settings, subject, form)
    assert (lifted.band, lifted.model_band, lifted.is_lifted) == ("lead", "review", True)
    assert lifted.both == before.both + group.weight
    assert foot(settings, lifted) == (prior, pytest.approx(lifted.both, abs=0.05))  # the page rounds

    explained = fetch(
        settings.owner_dsn,
        "select level, weight from unmasked.evidence where subject_id = %s and comparison = 'group'",
        [subject],
    )
    assert [tuple(row) for row in explained] == [("convicted", group.weight)]
    routes = fetch(
        settings.owner_dsn,
        """select band, probability from unmasked.subject_route join unmasked.subject using (entity)
           where subject_id = %s and form = %s and route = 'person'""",
        [subject, form],
    )
    as_likely = 1 / (1 + 2**-lifted.both)
    assert ("lead", pytest.approx(as_likely)) in [tuple(row) for row in routes]  # as likely as both weights say
    assert fetch(with_settings(dsn, **{"crosscheck.known_at": knew}), BAND, [subject, form])[0].band == "review"
    assert len(fetch(as_role(settings.desk_dsn, "analyst"), "table report.group_weight")) >= 1

    assert resolve_again(settings, run)["changed"] == 0
    [(lifts,)] = fetch(settings.owner_dsn, "select clock_timestamp()::text")
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update record.tecs_arrest set disposition = 'dismissed' where subject_id = %s", [subject])
    resolve_again(settings, run)
    assert band(settings, subject, form) == before
    assert fetch(with_settings(dsn, **{"crosscheck.known_at": lifts}), BAND, [subject, form])[0] == lifted


def test_what_a_group_makes_of_a_pair_reopens_a_decision(settings: Settings, screened: Screen) -> None:
    run = screened(settings, night(1, 30))
    [(form, subject, led)] = fetch(settings.warehouse_dsn, PAIRS)
    weaken(settings, subject)
    resolve_again(settings, run)
    of = reject(settings, band(settings, subject, form))
    resolve_again(settings, run)
    assert judged(settings, of) == ("rejected", None)
    assert not joined(settings, of)

    convict(settings, [subject, *led])
    resolve_again(settings, run)
    assert judged(settings, of) == ("lead", "group")
    assert joined(settings, of), "a decision that is reopened parts nobody"
    reject(settings, band(settings, subject, form))
    assert resolve_again(settings, run)["changed"] > 0
    assert judged(settings, of) == ("rejected", None)
    assert not joined(settings, of)

    [before] = fetch(settings.warehouse_dsn, "select weight from report.group_weight where form = %s", [form])
    convict(settings, [subject, *led[1:]])  # the group is smaller by one, and weighs another amount
    resolve_again(settings, run)
    [after] = fetch(settings.warehouse_dsn, "select weight from report.group_weight where form = %s", [form])
    assert 0 < abs(before.weight - after.weight) < 3.3
    assert judged(settings, of) == ("rejected", None)

    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update record.tecs_arrest set disposition = 'dismissed' where subject_id = %s", [subject])
    resolve_again(settings, run)
    assert judged(settings, of) == ("review", "group")


def reject(settings: Settings, pair: Any) -> dict[str, str]:
    """Decide on a pair as its page does; its place."""
    of = {"subject_id": pair.subject_id, "receipt_number": pair.receipt_number}
    trail = Trail(settings.desk_dsn, "key", Reader("ana", "reviewer"))
    shown = show(trail, of)
    assert shown is not None
    decide(trail, of, "reject", "another scar", shown.seal)
    return of


def judged(settings: Settings, of: dict[str, str]) -> tuple[str, str | None]:
    [row] = fetch(
        settings.warehouse_dsn,
        """select band, reopened_by from report.lead
           where subject_id = %(subject_id)s and receipt_number = %(receipt_number)s""",
        of,
    )
    return row.band, row.reopened_by


def joined(settings: Settings, of: dict[str, str]) -> bool:
    """Whether both records are of one entity."""
    [row] = fetch(
        settings.warehouse_dsn,
        """select count(distinct entity) as n from match.entity
           where member in ('tecs_subjects:' || %(subject_id)s, 'uscis_petitioners:' || %(receipt_number)s)""",
        of,
    )
    return bool(row.n == 1)


def band(settings: Settings, subject: str, form: str) -> Any:
    return fetch(settings.warehouse_dsn, BAND, [subject, form])[0]


def foot(settings: Settings, pair: Any) -> tuple[float, float]:
    """The prior and the sum that the page of a pair shows below its evidence."""
    app = FastAPI()
    app.include_router(router(lambda: Access(settings.desk_dsn, "key", {"ana": "reviewer"}), lambda: "ana"))
    asked = {"subject_id": pair.subject_id, "receipt_number": pair.receipt_number}
    shown = TestClient(app).get("/lead", params=asked).text
    prior, total = re.findall(r">(?:prior|sum)<.*number\">([-+.\d]+)<", shown)
    return float(prior), float(total)


def weaken(settings: Settings, subject: str) -> None:
    """Make the model say of a lead that it is for review."""
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            """update match.pair set weight = -2, band = 'review' from record.tecs_subject as subject
               where subject.version_id = pair.subject_version_id and subject.subject_id = %s""",
            [subject],
        )
        assert cursor.rowcount > 0


def convict(settings: Settings, subjects: list[str]) -> None:
    """Of those whom TECS has arrested, as many as there are subjects were these, and convicted; nobody else was."""
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update record.tecs_arrest set disposition = 'dismissed'")
        cursor.execute(
            """with arrest as (
                   select arrest_id, row_number() over (order by arrest_id) as number
                   from (select distinct arrest_id from record.tecs_arrest) as known
               )
               update record.tecs_arrest set subject_id = (%(of)s::text[])[number], disposition = 'convicted',
                   record_state = 'active'
               from arrest where arrest.arrest_id = tecs_arrest.arrest_id and number <= cardinality(%(of)s::text[])""",
            {"of": subjects},
        )
        assert cursor.rowcount >= len(subjects), "too few arrests to convict them all"


def resolve_again(settings: Settings, run: pipeline.Run) -> dict[str, Any]:
    """Resolve, though nothing was compared since."""
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("delete from match.resolved where load_id = (select max(load_id) from match.resolved)")
    return pipeline.resolve(settings, run)
