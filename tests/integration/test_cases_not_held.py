"""Who is screened where no row says what a case is about: an arrest for a trafficking offense does."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from nights import Screen, collect, night
from spreads import hashed

from include import pipeline
from include.contracts import dataset_names
from include.desk.access import Access
from include.desk.pages import router
from include.settings import Settings
from include.warehouse.connection import Cursor, fetch

pytestmark = pytest.mark.integration

CASELESS = 33  # line of the headline
NOT_HELD = "screened for an arrest for a trafficking offense"
SUSPECTED = {"target", "suspect", "associate"}
STATES = st.sampled_from(["active", "active", "cancelled", None])
SUBJECTS, CASES = st.sampled_from("AB"), st.sampled_from("123")
PROGRAMS = st.dictionaries(CASES, st.sampled_from(["HT1", "HT2", "SM1", None]))
PARTS = st.dictionaries(
    st.tuples(CASES, SUBJECTS), st.tuples(st.sampled_from([*SUSPECTED, "victim", "witness", None]), STATES)
)
ARRESTS = st.lists(st.tuples(SUBJECTS, st.sampled_from(["18 USC 1591", None]), STATES), max_size=3)

LEAD = """
    select subject_id from report.lead
    where band = 'lead' and arrest_count > 0 order by subject_id limit 1"""
SHOWN = """
    select subject_id, receipt_number, band, weight, group_weight, entity from report.lead
    where subject_id = %s order by receipt_number"""


def test_an_arrest_stands_in_for_a_case_that_is_not_held(settings: Settings, screened: Screen) -> None:
    screened(settings, night(1, 30))
    dsn = settings.warehouse_dsn
    [(subject,)] = fetch(dsn, LEAD)
    before, counted = fetch(dsn, SHOWN, [subject]), caseless(settings)
    assert held(settings, subject) == [True]
    assert NOT_HELD not in page(settings, before[0])
    change(
        settings,
        """delete from record.tecs_investigation where case_number in (
               select case_number from record.tecs_involvement where subject_id = %s)""",
        subject,
    )
    assert held(settings, subject) == [False]
    assert fetch(dsn, SHOWN, [subject]) == before
    assert NOT_HELD in page(settings, before[0])
    assert caseless(settings) >= counted + 1  # others of the same cases may be arrested, too
    change(settings, "update record.tecs_arrest set record_state = 'cancelled' where subject_id = %s", subject)
    assert held(settings, subject) == []
    assert fetch(dsn, SHOWN, [subject]) == []


def test_a_case_that_comes_later_leaves_the_same_warehouse(month: Settings, settings: Settings) -> None:
    run = pipeline.open_books(settings, night(1, 30), "without cases")
    for dataset in dataset_names():
        if dataset != "tecs_investigations":
            collect(settings, run, dataset)
    pipeline.match(settings, run)
    pipeline.resolve(settings, run)
    first = fetch(settings.owner_dsn, "select * from report.subject")
    assert first
    assert not any(row.is_case_held for row in first)

    later = pipeline.open_books(settings, night(1, 30), "with cases")
    collect(settings, later, "tecs_investigations")
    pipeline.match(settings, later)
    pipeline.resolve(settings, later)
    for question in (
        "select * from report.subject order by subject_id",
        "select * from report.audit_headline order by line",
        """select subject_id, receipt_number, band, weight, group_band, group_weight, entity from report.lead
           order by subject_id, receipt_number""",
        "select member, entity from match.entity order by member",
        "select subject_id, receipt_number, band, group_weight from match.group_pair where left_at is null",
        "select form, convicted_with, other_with, other_count, weight from match.group_weight order by form",
    ):
        assert fetch(settings.owner_dsn, question) == fetch(month.owner_dsn, question)


@pytest.fixture(scope="module")
def bare(month: Settings) -> Iterator[Cursor]:
    """A warehouse without a case, a part in one, or an arrest; what a test writes is undone."""
    with psycopg2.connect(month.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("delete from record.tecs_investigation")
        cursor.execute("delete from record.tecs_involvement")
        cursor.execute("delete from record.tecs_arrest")
        yield cursor
        connection.rollback()


@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs=PROGRAMS, parts=PARTS, arrests=ARRESTS)
def test_who_is_screened_is_told_row_by_row(
    bare: Cursor,
    programs: dict[str, str | None],
    parts: dict[tuple[str, str], tuple[str | None, str | None]],
    arrests: list[tuple[str, str | None, str | None]],
) -> None:
    bare.execute("savepoint before")
    for case, program in programs.items():
        insert(bare, "tecs_investigation", case_number=case, program_code=program)
    for (case, subject), (role, state) in parts.items():
        insert(bare, "tecs_involvement", case_number=case, subject_id=subject, role=role, record_state=state)
    for number, (subject, offense, state) in enumerate(arrests):
        insert(bare, "tecs_arrest", arrest_id=str(number), subject_id=subject, offense=offense, record_state=state)
    bare.execute("select subject_id, is_case_held from latest.screened_subject")
    found = dict(bare.fetchall())
    bare.execute("rollback to savepoint before")

    wanted = {}
    accused = {subject for subject, offense, state in arrests if offense and state != "cancelled"}
    for subject in "AB":
        known = {case: of for (case, who), of in parts.items() if who == subject}
        suspected = [
            programs.get(case) for case, (role, state) in known.items() if role in SUSPECTED and state != "cancelled"
        ]
        if {"HT1", "HT2"} & set(suspected):
            wanted[subject] = True
        elif subject in accused and (None in suspected or not known):
            wanted[subject] = False
    assert found == wanted


def page(settings: Settings, lead: Any) -> str:
    app = FastAPI()
    app.include_router(router(lambda: Access(settings.desk_dsn, "key", {"ana": "reviewer"}), lambda: "ana"))
    of = {"subject_id": lead.subject_id, "receipt_number": lead.receipt_number}
    return TestClient(app).get("/lead", params=of).text


def insert(cursor: Cursor, table: str, **values: str | None) -> None:
    known = {
        "updated_at": "2014-09-02", "content_hash": hashed(values), "breaches": "{}", "source_attempt": "1",
        "source_part": "part", "source_row": "1", "load_id": "1", "loaded_at": "2014-09-03",
    } | values  # fmt: skip
    places = ", ".join(["%s"] * len(known))
    cursor.execute(f"insert into record.{table} ({', '.join(known)}) values ({places})", list(known.values()))


def held(settings: Settings, subject: str) -> list[bool]:
    rows = fetch(
        settings.owner_dsn, "select is_case_held from latest.screened_subject where subject_id = %s", [subject]
    )
    return [row.is_case_held for row in rows]


def caseless(settings: Settings) -> int:
    [row] = fetch(settings.warehouse_dsn, "select value from report.audit_headline where line = %s", [CASELESS])
    return int(row.value)


def change(settings: Settings, statement: str, subject: str) -> None:
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(statement, [subject])
        assert cursor.rowcount > 0
