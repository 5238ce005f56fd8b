"""Reviewers decide on the pages: who may, what is kept, what re-opens a decision, and what it does to the reports."""

import html
import re
import threading
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from nights import night, run_night
from psycopg2 import errors
from spreads import hashed

from include import pipeline
from include.desk.access import Access
from include.desk.pages import router
from include.reporting import review
from include.settings import Settings
from include.warehouse.audit import Reader, verify
from include.warehouse.connection import WarehouseError, as_role, fetch, transaction, with_settings
from include.warehouse.decisions import Decision, record, unrecorded
from include.warehouse.migrate import migrate

pytestmark = pytest.mark.integration

KEY = "a key that the database does not know"
ROLES = {"bob": "reviewer", "rob": "reviewer", "ana": "investigator"}
PLANTED_MODEL = "another-model"


@pytest.fixture
def held(month: Settings) -> Settings:
    """A month, and nothing decided."""
    taken_in = fetch(month.owner_dsn, "select run_id from match.resolved_decision")
    with psycopg2.connect(month.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("delete from match.resolved_decision")
        cursor.execute("delete from match.resolved")
        cursor.execute("alter table match.decision disable trigger append_only")
        cursor.execute("delete from match.decision")
        cursor.execute("alter table match.decision enable trigger append_only")
        cursor.execute("alter table audit.access disable trigger append_only")
        cursor.execute("delete from audit.access")
        cursor.execute("delete from audit.head")
        cursor.execute("alter table audit.access enable trigger append_only")
    if taken_in:
        pipeline.resolve(month, pipeline.Run(taken_in[0].run_id, night(1, 30)))
    return month


@pytest.fixture
def visit(held: Settings) -> Callable[[str], TestClient]:
    """The pages as somebody sees them."""

    def as_somebody(name: str) -> TestClient:
        app = FastAPI()
        app.include_router(router(lambda: Access(held.desk_dsn, KEY, ROLES), lambda: name))
        return TestClient(app, follow_redirects=False)

    return as_somebody


def leads(settings: Settings, condition: str = "true") -> list:
    return fetch(settings.warehouse_dsn, f"select * from report.lead where {condition} order by weight desc, 1, 2")


def place(row: tuple) -> dict[str, str]:
    return {"subject_id": row.subject_id, "receipt_number": row.receipt_number}


def form(page: str) -> dict[str, str]:
    """The hidden fields of the form that is on a page."""
    return {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', page)}


def decide(browser: TestClient, of: dict[str, str], outcome: str, reason: str = "same passport") -> Response:
    fields = form(browser.get("/lead", params=of).text)
    return browser.post("/lead", data={**fields, "outcome": outcome, "reason": reason})


def standing(settings: Settings, of: dict[str, str], known_at: str = "") -> tuple:
    row = fetch(
        with_settings(settings.warehouse_dsn, **{"crosscheck.known_at": known_at}),
        """select band, model_band, decision, is_reopened, reopened_by from report.lead
           where subject_id = %(subject_id)s and receipt_number = %(receipt_number)s""",
        of,
    )[0]
    return tuple(row)


def test_a_decision_is_kept_with_what_was_seen_and_is_in_the_trail(
    held: Settings, visit: Callable[[str], TestClient]
) -> None:
    first = leads(held)[0]
    answer = decide(visit("bob"), place(first), "accept", "  same passport  ")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("lead?subject_id=")
    (row,) = fetch(held.owner_dsn, "select * from match.decision")
    assert (row.outcome, row.reason, row.decided_by) == ("accept", "same passport", "bob")
    assert (row.band, row.weight, row.model_version) == (first.model_band, first.weight, first.model_version)
    assert len(row.evidence_hash) == 64
    dsn = as_role(held.desk_dsn, "privacy_officer")
    entries = fetch(dsn, "select * from audit.access where kind = 'decision'")
    assert [(entry.number, entry.actor, entry.role) for entry in entries] == [(row.audit_number, "bob", "reviewer")]
    assert verify(dsn, KEY)[1] == []
    assert unrecorded(dsn) == []
    page = visit("bob").get("/lead", params=place(first)).text
    assert "same passport" in page
    assert ">stands<" in page


@pytest.mark.parametrize(
    ("outcome", "band", "becomes"),
    [
        ("reject", "lead", "rejected"),
        ("reject", "review", "rejected"),
        ("accept", "review", "lead"),
        ("accept", "lead", "lead"),
        ("undecided", "lead", "lead"),
        ("undecided", "review", "review"),
    ],
)
def test_a_decision_that_stands_outranks_the_model(
    held: Settings, visit: Callable[[str], TestClient], outcome: str, band: str, becomes: str
) -> None:
    of = place(leads(held)[-1])
    with (
        psycopg2.connect(held.owner_dsn) as connection,
        connection.cursor() as cursor,
    ):  # this world has no pair to review
        cursor.execute(
            """update match.pair set band = %s where pair_id in (
                   select pair_id from report.lead where subject_id = %s and receipt_number = %s)""",
            [band, *of.values()],
        )
    assert standing(held, of) == (band, band, None, False, None)
    decide(visit("bob"), of, outcome)
    assert standing(held, of) == (becomes, band, outcome, False, None)
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update match.pair set band = 'lead'")


def test_a_rejected_lead_counts_nowhere_and_stays_to_be_seen(
    held: Settings, visit: Callable[[str], TestClient]
) -> None:
    def counts() -> tuple[int, int, int]:
        one = "select count(*) as n from report.{}"
        after = fetch(held.warehouse_dsn, one.format("petition_after_investigation"))[0].n
        petitioners = fetch(held.warehouse_dsn, "select value from report.audit_headline where line = 5")[0].value
        return len(leads(held, "band = 'lead'")), after, petitioners

    before = counts()
    row = fetch(
        held.warehouse_dsn,
        """select subject_id, receipt_number from report.petition_after_investigation join report.lead
           using (subject_id, receipt_number) where lead.form in ('I-130', 'I-129F')
           and lead.petition_status = 'approved' and (select count(*) from report.lead as other
           where other.subject_id = lead.subject_id) = 1 limit 1""",
    )[0]
    decide(visit("bob"), place(row), "reject", "father and son")
    assert counts() == tuple(count - 1 for count in before)
    assert standing(held, place(row))[0] == "rejected"
    assert row.subject_id in visit("ana").get("/leads", params={"list": "decided"}).text
    assert row.subject_id not in visit("ana").get("/leads", params={"list": "lead"}).text


def test_a_decision_survives_a_rerun_and_a_backfill(held: Settings, visit: Callable[[str], TestClient]) -> None:
    of = place(leads(held)[0])
    decide(visit("bob"), of, "reject")
    run_night(held, night(1, 30), "again")
    run_night(held, night(12, 3), "backfill")
    assert standing(held, of) == ("rejected", "lead", "reject", False, None)


def test_other_evidence_or_another_model_reopens_a_decision_and_says_so(
    held: Settings, visit: Callable[[str], TestClient]
) -> None:
    first = leads(held)[0]
    of = place(first)
    decide(visit("bob"), of, "reject")
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        change = "update match.evidence set level = %s where pair_id = %s and comparison = %s"
        cursor.execute("select comparison, level from match.evidence where pair_id = %s", [first.pair_id])
        comparison, level = cursor.fetchone()
        cursor.execute(change, ["another level", first.pair_id, comparison])
        connection.commit()
        assert standing(held, of) == ("lead", "lead", "reject", True, "evidence")
        shown = visit("bob").get("/lead", params=of).text
        assert "Reopened by other evidence" in shown
        assert "reopened by evidence" in shown
        assert first.subject_id in visit("bob").get("/leads", params={"list": "reopened"}).text
        assert first.subject_id in visit("bob").get("/leads", params={"list": "lead"}).text
        cursor.execute(change, [level, first.pair_id, comparison])
        connection.commit()
        assert standing(held, of) == ("rejected", "lead", "reject", False, None)
        cursor.execute("update match.pair set model_version = %s", [PLANTED_MODEL])
        cursor.execute("update match.run set model_version = %s", [PLANTED_MODEL])
        connection.commit()
        assert standing(held, of) == ("lead", "lead", "reject", True, "model")
        decide(visit("rob"), of, "accept", "looked again")
        assert standing(held, of) == ("lead", "lead", "accept", False, None)
        cursor.execute("update match.pair set model_version = %s", [first.model_version])
        cursor.execute("update match.run set model_version = %s", [first.model_version])
    states = fetch(held.warehouse_dsn, "select decided_by, state from report.decision order by decision_id")
    assert [tuple(row) for row in states] == [("bob", "replaced"), ("rob", "reopened by model")]


def test_a_new_version_that_resembles_more_reopens_and_one_that_does_not_leaves_it(
    held: Settings, visit: Callable[[str], TestClient]
) -> None:
    first = leads(held)[0]
    of = place(first)
    decide(visit("bob"), of, "reject")
    columns = fetch(
        held.owner_dsn,
        """select string_agg(quote_ident(attname), ', ') as names from pg_attribute
           where attrelid = 'record.uscis_petitioner'::regclass and attnum > 0 and not attisdropped
           and attgenerated = '' and attname not in ('version_id', 'content_hash', 'updated_at')""",
    )[0].names
    copied = f"""insert into record.uscis_petitioner (content_hash, updated_at, {columns})
                 select %s, updated_at + interval '1 day', {columns} from record.uscis_petitioner
                 where version_id = (select petitioner_version_id from match.pair where pair_id = %s)
                 returning version_id"""
    paired = """insert into match.pair (subject_version_id, alias_version_id, petitioner_version_id, model_version,
                    weight, band, run_id)
                select subject_version_id, alias_version_id, %s, model_version, weight + %s, band, run_id
                from match.pair where pair_id = %s returning pair_id"""
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        for number, (more, reopened) in enumerate([(-1, False), (1, True)]):
            cursor.execute(copied, [hashed(f"planted {number}"), first.pair_id])
            cursor.execute(paired, [cursor.fetchone()[0], more, first.pair_id])
            (pair_id,) = cursor.fetchone()
            cursor.execute(
                """insert into match.evidence
                   select %s, comparison, persona_value, petitioner_value, level || '!', weight
                   from match.evidence where pair_id = %s""",
                [pair_id, first.pair_id],
            )
            connection.commit()
            assert standing(held, of)[3] == reopened
        cursor.execute("delete from match.evidence where level like '%!'")
        cursor.execute("delete from match.pair where pair_id not in (select pair_id from match.evidence)")
    assert standing(held, of)[3] is False


LEFT = """update match.group_pair set left_at = now()
          where subject_id = %s and receipt_number = %s and left_at is null"""
GROUP = """insert into match.group_pair (subject_id, receipt_number, model_version, band, group_weight, run_id)
           select subject_id, receipt_number, model_version, %s, %s, (select max(run_id) from ops.run)
           from report.lead where subject_id = %s and receipt_number = %s"""


@pytest.fixture
def group(held: Settings) -> Iterator[Callable[..., None]]:
    """Let a subject's group bring a pair into a band, by so many bits; without both: no longer."""

    def bring(of: dict[str, str], band: str | None = None, weight: float = 0.0) -> None:
        with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
            if band is None:
                cursor.execute("update match.group_pair set left_at = now() where left_at is null")
            else:
                cursor.execute(LEFT, [*of.values()])
                cursor.execute(GROUP, [band, weight, *of.values()])

    yield bring
    bring({})


def test_another_band_or_ten_times_the_weight_of_its_group_reopens_a_decision_and_less_does_not(
    held: Settings, visit: Callable[[str], TestClient], group: Callable[..., None]
) -> None:
    of = place(leads(held)[0])
    group(of, "lead", 5.0)
    decide(visit("bob"), of, "reject")
    (row,) = fetch(held.owner_dsn, "select group_band, group_weight from match.decision")
    assert tuple(row) == ("lead", 5.0)
    assert unrecorded(as_role(held.desk_dsn, "privacy_officer")) == []
    states: list[tuple[str | None, float, str | None]] = [
        ("lead", 5.0, None),
        ("lead", 8.2, None),
        ("lead", 1.8, None),
        ("lead", 8.4, "group"),
        ("lead", 1.6, "group"),
        ("review", 5.0, "group"),
        (None, 0.0, "group"),
    ]
    moments = []
    for band, weight, reopened_by in states:
        group(of, band, weight)
        assert standing(held, of)[3:] == (reopened_by is not None, reopened_by), (band, weight)
        moments.append(fetch(held.owner_dsn, "select clock_timestamp()::text")[0][0])
    for known_at, (band, weight, reopened_by) in zip(moments, states, strict=True):
        assert standing(held, of, known_at)[3:] == (reopened_by is not None, reopened_by), (band, weight)
    page = visit("bob").get("/lead", params=of).text
    assert "Reopened by another weight of its group" in page
    assert "group +5.0" in page
    assert of["subject_id"] in visit("bob").get("/leads", params={"list": "reopened"}).text
    decide(visit("bob"), of, "reject", "looked again")
    assert standing(held, of)[3:] == (False, None)
    group(of, "lead", 5.0)
    assert standing(held, of)[3:] == (True, "group")


def test_decisions_of_before_learn_what_their_group_had_made_of_the_pair(
    held: Settings, visit: Callable[[str], TestClient], group: Callable[..., None]
) -> None:
    seen, later = map(place, leads(held)[:2])
    group(seen, "lead", 5.0)
    for of in (seen, later):
        decide(visit("bob"), of, "reject")
    group(later, "lead", 5.0)
    migrate(held.owner_dsn, "0017")
    pipeline.migrate(held)
    assert standing(held, seen)[3:] == (False, None)
    assert standing(held, later)[3:] == (True, "group")
    assert unrecorded(as_role(held.desk_dsn, "privacy_officer")) == []
    with (
        psycopg2.connect(held.owner_dsn) as connection,
        connection.cursor() as cursor,
        pytest.raises(errors.RaiseException),
    ):
        cursor.execute("delete from match.decision")


@pytest.mark.parametrize(
    ("name", "changed", "status"),
    [
        ("ana", {}, 403),
        ("nobody", {}, 403),
        ("bob", {"outcome": "maybe"}, 422),
        ("bob", {"reason": "  "}, 422),
        ("bob", {"seal": "forged"}, 409),
        ("rob", {}, 409),
        ("bob", {"subject_id": "S00000000"}, 409),
    ],
)
def test_a_form_that_is_not_the_readers_own_decides_nothing(
    held: Settings, visit: Callable[[str], TestClient], name: str, changed: dict[str, str], status: int
) -> None:
    fields = form(visit("bob").get("/lead", params=place(leads(held)[0])).text)
    posted = {**fields, "outcome": "accept", "reason": "x", **changed}
    answer = visit(name).post("/lead", data=posted)
    assert answer.status_code == status
    assert f'href="lead?subject_id={posted["subject_id"]}&amp;receipt_number=' in answer.text, "a way back to the pair"
    assert fetch(held.owner_dsn, "select from match.decision") == []
    assert fetch(held.owner_dsn, "select from audit.access where kind = 'decision'") == []


def test_two_reviewers_at_once_are_one_decision_and_one_who_has_to_look_again(
    held: Settings, visit: Callable[[str], TestClient]
) -> None:
    of = place(leads(held)[0])
    pages = {name: form(visit(name).get("/lead", params=of).text) for name in ("bob", "rob")}
    answers = {}

    def post(name: str) -> None:
        data = {**pages[name], "outcome": "accept", "reason": "x"}
        answers[name] = visit(name).post("/lead", data=data).status_code

    threads = [threading.Thread(target=post, args=(name,)) for name in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers.values()) == [303, 409]
    assert len(fetch(held.owner_dsn, "select from match.decision")) == 1


def test_who_may_not_decide_sees_no_form(held: Settings, visit: Callable[[str], TestClient]) -> None:
    of = place(leads(held)[0])
    assert "<form" in visit("bob").get("/lead", params=of).text
    assert "<form" not in visit("ana").get("/lead", params=of).text


def test_a_list_is_paged_without_a_gap_and_each_page_is_in_the_trail(
    held: Settings, visit: Callable[[str], TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "PAGE", 7)
    monkeypatch.setattr("include.desk.leads.PAGE", 7)
    browser, seen, address = visit("ana"), [], "leads?list=lead"
    while address:
        page = browser.get(f"/{address}").text
        seen += re.findall(r'href="lead\?subject_id=(\w+)&amp;receipt_number=(\w+)"', page)
        following = re.findall(r'href="(leads\?[^"]+)">further<', page)
        address = html.unescape(following[0]) if following else ""
    wanted = [(row.subject_id, row.receipt_number) for row in leads(held, "band = 'lead'")]
    assert seen == wanted
    assert len(wanted) > 14
    entries = fetch(held.owner_dsn, "select about, actor from audit.access")
    assert [tuple(entry) for entry in entries] == [("report.lead", "ana")] * (len(wanted) // 7 + 1)
    assert browser.get("/leads?list=nonsense").status_code == 422


def test_an_analyst_pages_through_pseudonyms(held: Settings, visit: Callable[[str], TestClient]) -> None:
    page = visit("nobody").get("/leads?list=lead").text
    assert "~" in page
    assert not [row for row in leads(held) if row.subject_id in page or row.receipt_number in page]


@pytest.mark.parametrize("role", ["analyst", "investigator", "privacy_officer", "crosscheck_etl", "desk"])
def test_no_other_role_decides(held: Settings, role: str) -> None:
    dsn = held.warehouse_dsn if role == "crosscheck_etl" else held.desk_dsn
    dsn = dsn if role in ("desk", "crosscheck_etl") else as_role(dsn, role)
    with (
        psycopg2.connect(dsn) as connection,
        connection.cursor() as cursor,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        cursor.execute("insert into match.decision (outcome) values ('accept')")


def test_a_reviewer_decides_nothing_past_the_trail_and_changes_nothing(
    held: Settings, visit: Callable[[str], TestClient]
) -> None:
    """By SQL, under a login of one's own: there is no entry that a decision could name."""
    decide(visit("bob"), place(leads(held)[0]), "accept")
    columns = "subject_id, receipt_number, outcome, reason, decided_by, band, weight, model_version, evidence_hash"
    reviewer = as_role(held.desk_dsn, "reviewer")
    for number, error in [
        (1, errors.ForeignKeyViolation),
        (2, errors.UniqueViolation),
        (9, errors.ForeignKeyViolation),
    ]:
        with psycopg2.connect(reviewer) as connection, connection.cursor() as cursor, pytest.raises(error):
            cursor.execute(
                f"""insert into match.decision ({columns}, audit_number)
                    values ('S', 'R', 'accept', 'x', 'x', 'lead', 1, 'm', 'h', {number})"""
            )
    for way in ("update match.decision set outcome = 'reject'", "delete from match.decision", "table match.decision"):
        with (
            psycopg2.connect(reviewer) as connection,
            connection.cursor() as cursor,
            pytest.raises(errors.InsufficientPrivilege),
        ):
            cursor.execute(way)
    for way in ("update match.decision set outcome = 'reject'", "delete from match.decision"):
        with (
            psycopg2.connect(held.owner_dsn) as connection,
            connection.cursor() as cursor,
            pytest.raises(errors.RaiseException),
        ):
            cursor.execute(way)


def test_a_decision_that_the_owner_changed_or_removed_is_found(
    held: Settings, visit: Callable[[str], TestClient]
) -> None:
    for row in leads(held)[:3]:
        decide(visit("bob"), place(row), "accept")
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("alter table match.decision disable trigger append_only")
        cursor.execute("select decision_id, audit_number from match.decision order by 1")
        (_, _), (changed, entry), (gone, lost) = cursor.fetchall()
        cursor.execute("update match.decision set outcome = 'reject' where decision_id = %s", [changed])
        cursor.execute("delete from match.decision where decision_id = %s", [gone])
        cursor.execute("alter table match.decision enable trigger append_only")
    assert unrecorded(as_role(held.desk_dsn, "privacy_officer")) == [
        f"decision [{changed}] is not what entry [{entry}] says: it was changed",
        f"entry [{lost}] is of a decision that is gone",
    ]


REORDERED = """alter table match.decision alter decision_id drop identity;
    update match.decision set decision_id = 1000 - decision_id;
    alter table match.decision alter decision_id add generated always as identity (start 2000)"""
PUT_IN = """alter table match.decision drop constraint decision_audit_number_audit_kind_fkey;
    insert into match.decision (subject_id, receipt_number, outcome, reason, decided_by, band, weight, model_version,
        evidence_hash, audit_number)
    select subject_id, receipt_number, 'accept', reason, decided_by, band, weight, model_version, evidence_hash, 999
    from match.decision limit 1"""
MENDED = """delete from match.decision;
    alter table match.decision drop constraint if exists decision_audit_number_audit_kind_fkey,
        add foreign key (audit_number, audit_kind) references audit.access (number, kind),
        enable trigger append_only"""


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("update match.decision set decided_at = decided_at - interval '1 microsecond'", "it was changed"),
        (REORDERED, "their order was changed"),  # the last decision counts
        (PUT_IN, "has no entry: it was put in"),
    ],
)
def test_what_the_owner_does_to_times_order_and_number_of_decisions_is_found(
    held: Settings, visit: Callable[[str], TestClient], tampering: str, said: str
) -> None:
    of = place(leads(held)[0])
    for outcome in ("accept", "reject"):
        decide(visit("bob"), of, outcome)
    reader = as_role(held.desk_dsn, "privacy_officer")
    assert unrecorded(reader) == []
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("alter table match.decision disable trigger append_only")
        cursor.execute(tampering)
    wrong = unrecorded(reader)
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(MENDED)
    assert any(said in line for line in wrong), wrong


def test_a_decision_that_fails_leaves_no_entry(held: Settings) -> None:
    decision = Decision("S", "R", "accept", "", "lead", 1.0, "m", "h")
    with pytest.raises(WarehouseError, match="23514"), transaction(held.desk_dsn) as cursor:
        record(cursor, KEY, Reader("bob", "reviewer"), decision)
    assert fetch(held.owner_dsn, "select from audit.access") == []


def test_a_decision_is_not_known_before_it_was_made(held: Settings, visit: Callable[[str], TestClient]) -> None:
    first = leads(held)[0]
    before = fetch(held.owner_dsn, "select now() as at")[0].at
    decide(visit("bob"), place(first), "reject")
    condition = f"subject_id = '{first.subject_id}' and receipt_number = '{first.receipt_number}'"
    with psycopg2.connect(held.warehouse_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select set_config('crosscheck.known_at', %s, true)", [before.isoformat()])
        cursor.execute(f"select band, decision from report.lead where {condition}")
        assert cursor.fetchone() == ("lead", None)
        cursor.execute("select count(*) from report.decision")
        assert cursor.fetchone() == (0,)
    assert standing(held, place(first))[0] == "rejected"
