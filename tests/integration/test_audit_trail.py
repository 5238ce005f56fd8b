"""Who looked and who decided is recorded; the owner of the tables changes the trail, and it is seen."""

import threading
from collections.abc import Iterator

import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from nights import Screen, night
from psycopg2 import errors

from include.desk.access import Access
from include.desk.pages import router
from include.settings import Settings
from include.warehouse.audit import Head, Reader, append, read, verify
from include.warehouse.connection import ForbiddenError, WarehouseError, as_role, fetch, transaction

pytestmark = pytest.mark.integration

KEY = "a key that the database does not know"
ANA = Reader("ana", "investigator")


def look(settings: Settings, of: str) -> list:
    return read(settings.desk_dsn, KEY, ANA, "report.run", {"run": of}, "select %(x)s as x", {"x": of})


def trail(settings: Settings, known: Head | None = None) -> tuple[Head, list[str]]:
    return verify(as_role(settings.desk_dsn, "privacy_officer"), KEY, known)


@pytest.fixture
def looked(settings: Settings) -> Settings:
    """Five reads in the trail."""
    for number in range(1, 6):
        look(settings, str(number))
    return settings


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg2.extensions.cursor]:
    """The owner of the tables, who has put the trigger out of the way."""
    connection = psycopg2.connect(settings.owner_dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("alter table audit.access disable trigger append_only")
    yield cursor
    connection.close()


def test_an_untouched_trail_is_whole(looked: Settings) -> None:
    head, wrong = trail(looked)
    assert (head.number, wrong) == (5, [])
    assert trail(looked, head) == (head, [])
    entries = fetch(as_role(looked.desk_dsn, "privacy_officer"), "select * from audit.access order by number")
    assert {(entry.actor, entry.role, entry.kind) for entry in entries} == {("ana", "investigator", "read")}
    assert entries[0].key == '{"run": "1"}'
    assert entries[0].detail == '{"columns": ["x"], "rows": 1}'


def test_an_empty_trail_is_whole(settings: Settings) -> None:
    assert trail(settings) == (Head(0, ""), [])


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("update audit.access set actor = 'bob' where number = 3", "entry [3] does not bear its seal"),
        ("update audit.access set at = at + interval '1 microsecond' where number = 2", "entry [2] does not bear"),
        ("update audit.access set detail = '{}' where number = 5", "entry [5] does not bear its seal"),
        ("update audit.access set kind = 'decision' where number = 1", "entry [1] does not bear its seal"),
        ("delete from audit.access where number = 3", "entry [4] follows [2]"),
        ("delete from audit.access where number = 1", "entry [2] follows [0]"),
        ("delete from audit.access where number = 5", "ends at [4], its head says [5]"),
        (
            "alter table match.decision disable trigger append_only; truncate audit.access cascade",
            "ends at [0], its head says [5]",
        ),
        (
            "delete from audit.access where number = 3; update audit.access set number = number - 1 where number > 3",
            "entry [3] does not bear its seal",
        ),
        (
            "update audit.access a set actor = b.actor, at = b.at, key = b.key from audit.access b "
            "where (a.number, b.number) in ((2, 3), (3, 2))",
            "entry [2] does not bear its seal",
        ),
        (
            "insert into audit.access select 6, now(), 'bob', 'analyst', 'read', 'x', '{}', '{}', seal "
            "from audit.access where number = 5",
            "entry [6] does not bear its seal",
        ),
        ("update audit.head set number = 4; delete from audit.access where number = 5", "audit.head does not bear"),
        ("delete from audit.head", "audit.head is empty"),
    ],
)
def test_what_the_owner_changes_is_found(
    looked: Settings, owner: psycopg2.extensions.cursor, tampering: str, said: str
) -> None:
    owner.execute(tampering)
    _head, wrong = trail(looked)
    assert any(said in line for line in wrong), wrong


def test_an_end_cut_off_with_its_old_head_put_back_is_found_by_a_head_noted_down(
    looked: Settings, owner: psycopg2.extensions.cursor
) -> None:
    owner.execute("create temporary table old as table audit.head")
    look(looked, "6")
    noted, _ = trail(looked)
    owner.execute("delete from audit.access where number = 6")
    owner.execute("update audit.head set number = old.number, seal = old.seal from old")
    assert trail(looked)[1] == []
    assert trail(looked, noted)[1] == ["entry [6] was noted down and is gone: the trail ends at [5]"]
    look(looked, "another")
    assert trail(looked, noted)[1] == ["entry [6] is not the one that was noted down"]


def test_a_chain_made_anew_without_the_key_is_found(looked: Settings) -> None:
    _, wrong = verify(as_role(looked.desk_dsn, "privacy_officer"), "another key")
    assert len(wrong) == 6


@pytest.mark.parametrize(
    "way", ["update audit.access set actor = ''", "delete from audit.access", "truncate audit.access cascade"]
)
def test_even_the_owner_does_not_change_it_by_accident(looked: Settings, way: str) -> None:
    with (
        psycopg2.connect(looked.owner_dsn) as connection,
        connection.cursor() as cursor,
        pytest.raises(errors.RaiseException),
    ):
        cursor.execute(way)


def test_a_read_that_cannot_be_recorded_gives_nothing(settings: Settings) -> None:
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("revoke insert on audit.access from desk")
    with pytest.raises(WarehouseError):
        look(settings, "1")


def test_reads_at_once_make_one_chain(settings: Settings) -> None:
    threads = [threading.Thread(target=look, args=(settings, str(number))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head, wrong = trail(settings)
    assert (head.number, wrong) == (8, [])


def test_a_decision_is_an_entry_of_the_transaction_that_makes_it(settings: Settings) -> None:
    bob = Reader("bob", "reviewer")
    with transaction(settings.desk_dsn) as cursor:
        append(
            cursor, KEY, bob, "decision", "lead", {"pair": "1"}, {"decision": "confirmed", "reason": "same passport"}
        )
    head, wrong = trail(settings)
    assert (head.number, wrong) == (1, [])


@pytest.mark.parametrize("role", ["analyst", "investigator", "reviewer", "privacy_officer"])
def test_nobody_writes_the_trail_under_a_role(settings: Settings, role: str) -> None:
    with (
        pytest.raises(ForbiddenError, match=r"42501.*migrate again"),
        transaction(as_role(settings.desk_dsn, role)) as cursor,
    ):
        append(cursor, KEY, ANA, "read", "x", {}, {})


def test_who_looks_at_a_lead_is_recorded_and_sees_what_the_role_may(settings: Settings, screened: Screen) -> None:
    screened(settings, night(1, 30))
    name = fetch(
        settings.owner_dsn,
        """select subject_id, receipt_number, persona_value as value from unmasked.evidence
           where persona_value is not null and length(persona_value) > 6 limit 1""",
    )[0]
    place = {"subject_id": name.subject_id, "receipt_number": name.receipt_number}
    person = "ana"
    app = FastAPI()
    app.include_router(router(lambda: Access(settings.desk_dsn, KEY, {"ana": "investigator"}), lambda: person))
    browser = TestClient(app)
    assert name.value in browser.get("/lead", params=place).text
    person = "nobody in particular"
    assert browser.get("/lead", params=place).status_code == 404
    masked = fetch(as_role(settings.desk_dsn, "analyst"), "select subject_id, receipt_number from report.evidence")
    shown = [browser.get("/lead", params=row._asdict()).text for row in sorted(set(masked))]
    assert all("You look as analyst" in page for page in shown)
    assert not any(name.value in page for page in shown)
    entries = fetch(as_role(settings.desk_dsn, "privacy_officer"), "select * from audit.access order by number")
    assert [(entry.actor, entry.role) for entry in entries[:2]] == [("ana", "investigator"), (person, "analyst")]
    assert name.subject_id in entries[0].key
    assert len(entries) == 2 + len(shown)
    assert trail(settings)[1] == []
