"""Who is one person: against the truth, over time, and in the headline."""

import math
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from nights import Screen, night, run_night, settings_for
from psycopg2 import errors

from include import pipeline
from include.desk.access import Access
from include.desk.pages import router
from include.local.postgres import Postgres
from include.settings import Gateway, Settings
from include.simulator import truth
from include.warehouse.connection import as_role, fetch, with_settings

pytestmark = pytest.mark.integration

HEADLINE = "select * from report.audit_headline"
BROUGHT = 6  # the line that counts petitions' beneficiaries
MIDDLE = "2014-09-15"


class Held(NamedTuple):
    """A month in two runs, the later days first, and what the headline said between them."""

    settings: Settings
    run: pipeline.Run
    between: str
    then: list[tuple]


@pytest.fixture(scope="module")
def held(
    server: Postgres,
    shared_warehouse: str,
    gateways: dict[str, Gateway],
    tmp_path_factory: pytest.TempPathFactory,
    screened: Screen,
) -> Held:
    settings = settings_for(server, shared_warehouse, tmp_path_factory.mktemp("entities"), gateways)
    screened(settings, night(25, 6), "last days")
    [(between,)] = ask(settings.owner_dsn, "select clock_timestamp()::text")
    then = ask(settings.warehouse_dsn, HEADLINE)
    return Held(settings, run_night(settings, night(1, 24), "first days"), between, then)


@pytest.fixture(scope="module")
def person(world: Path) -> dict[str, float]:
    """Of which person each record is, by member."""
    records = truth.read(world, "records").dropna(subset=["person_id"])
    return dict(zip(records["dataset"] + ":" + records["key"], records["person_id"], strict=True))


def ask(dsn: str, statement: str, *parameters: object) -> list[tuple]:
    return [tuple(row) for row in fetch(dsn, statement, parameters)]


def test_records_that_share_an_entity_are_of_one_person(held: Held, person: dict[str, float]) -> None:
    people = defaultdict(set)
    for member, entity in ask(held.settings.warehouse_dsn, "select member, entity from match.entity"):
        people[entity].add(person.get(member))
    assert len(people) > 20
    mixed = [entity for entity, several in people.items() if len(several) > 1]
    assert len(mixed) <= 0.1 * len(people)  # 97 leads in 100 are right; of so few, a few more may be wrong by chance


def test_two_records_of_one_subject_count_once(held: Held, person: dict[str, float]) -> None:
    of_person = defaultdict(set)
    records = ask(held.settings.owner_dsn, "select 'tecs_subjects:' || subject_id, entity from unmasked.subject")
    for member, entity in records:
        of_person[person.get(member, member)].add(entity)  # a test row is of nobody
    twice = len(records) - len(of_person)
    apart = sum(len(entities) - 1 for entities in of_person.values())
    assert twice >= 2, "too few have two records: the test would say nothing"
    assert apart <= twice / 2  # the record that stays may say too little to be told for the same person's
    [(value, upper)] = ask(held.settings.warehouse_dsn, "select value, upper from report.audit_headline where line = 1")
    assert (value, upper) == (len(of_person) + apart, len(records))


def test_the_last_change_of_each_record_is_the_present(held: Held) -> None:
    last = ask(
        held.settings.warehouse_dsn,
        """select distinct on (member) member, entity_after from match.entity_change order by member, change_id desc""",
    )
    assert sorted(row for row in last if row[1]) == sorted(
        ask(held.settings.warehouse_dsn, "select member, entity from match.entity")
    )
    runs = ask(held.settings.warehouse_dsn, "select distinct run_id, reason from match.entity_change")
    assert {reason for _, reason in runs} == {"link"}
    assert len(runs) == 2


def test_resolving_again_changes_nothing(held: Held) -> None:
    tables = ["link", "cut", "entity", "entity_change"]
    before = [ask(held.settings.warehouse_dsn, f"select * from match.{table} order by 1, 2") for table in tables]
    forget_resolving(held.settings)
    again = pipeline.resolve(held.settings, held.run)
    assert (again["members"] > 0, again["changed"]) == (True, 0)
    assert before == [
        ask(held.settings.warehouse_dsn, f"select * from match.{table} order by 1, 2") for table in tables
    ]


def test_the_headline_as_it_was_known(held: Held) -> None:
    dsn, function = held.settings.warehouse_dsn, "select * from report.audit_headline(null, null, %s)"
    now = ask(dsn, HEADLINE)
    assert ask(dsn, function, held.between) == held.then != now
    assert ask(dsn, "select * from report.audit_headline(null, null)") == now
    moved = with_settings(dsn, **{"crosscheck.known_at": held.between})
    assert ask(moved, HEADLINE) == ask(moved, "select * from report.audit_headline(null, null)") == held.then
    assert {row[4] for row in ask(dsn, function, "2001-01-01")} == {0}


def test_the_headline_of_a_period_and_of_the_rest_add_up(held: Held) -> None:
    dsn = held.settings.warehouse_dsn
    brought = "select value, upper from report.audit_headline(%s, %s) where line = %s"
    parts = [ask(dsn, brought, *period, BROUGHT)[0] for period in ((None, MIDDLE), (MIDDLE, None))]
    assert min(value for value, _ in parts) > 0
    (value, upper), [whole] = map(sum, zip(*parts, strict=True)), ask(dsn, brought, None, None, BROUGHT)
    assert value == whole[0]
    assert whole[1] <= upper <= whole[1] + 2  # of the few who are not found at all, parts allow for more
    assert ask(dsn, brought, MIDDLE, MIDDLE, BROUGHT) == [(0, 0)]


def test_every_answer_is_within_its_bounds(held: Held) -> None:
    for row in fetch(held.settings.warehouse_dsn, HEADLINE):
        assert 0 <= row.lower <= row.value <= row.upper, row.line
        assert "Leads, not findings" in row.caveat


def test_bounds_are_quantiles_of_people_each_right_or_not(held: Held) -> None:
    """Held against the whole distribution: the view knows its first three moments."""
    with psycopg2.connect(held.settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(  # some petitions are hard to tell, some are not
            """update match.pair set weight = right(receipt_number, 1)::integer - 3
               from record.uscis_petitioner where version_id = petitioner_version_id and band <> 'no'"""
        )
        cursor.execute(
            """select max(probability) from unmasked.subject_route
               where route = 'person' and form in ('I-129F', 'I-130') and petition_status = 'approved'
                   and petition_record_state is distinct from 'cancelled'
               group by entity"""
        )
        right = np.array([probability for (probability,) in cursor.fetchall()], dtype="float64")
        cursor.execute("select lower, value, upper from unmasked.audit_headline where line = 5")
        lower, value, upper = cursor.fetchone()
        connection.rollback()
    assert np.sum((right > 0.1) & (right < 0.9)) > 3, "all are sure: the test would say nothing"
    doubted, trusted = right / (2 - right), 2 * right / (1 + right)
    least = np.searchsorted(np.cumsum(distribution(doubted, 0)), 0.005)
    most = np.searchsorted(np.cumsum(distribution(trusted, trusted.sum() * unseen(held.settings.owner_dsn))), 0.995)
    assert abs(lower - least) <= 1
    assert abs(upper - most) <= 1
    assert lower < value <= upper


def unseen(dsn: str) -> float:
    """Of those who should have a lead, the share that is not even for review."""
    share = 0.01
    for dataset in (
        "tecs_subjects", "tecs_involvements", "tecs_investigations", "uscis_petitions", "uscis_petitioners",
    ):  # fmt: skip
        [(versions,)] = ask(dsn, f"select count(*) from record.{dataset.removesuffix('s')}")
        [(lost,)] = ask(dsn, "select count(*) from quarantine.row where dataset = %s", dataset)
        share += lost / (lost + versions)
    assert share > 0.01, "no row was refused: the test would say nothing of them"
    return share


def distribution(probabilities: np.ndarray, rate: float) -> np.ndarray:
    """Of the number of those who are right, and of a Poisson number of that rate beside them."""
    chances = np.array([rate**n / math.factorial(n) * math.exp(-rate) for n in range(40)])
    for probability in probabilities:
        chances = np.convolve(chances, [1 - probability, probability])
    return chances


def test_beneficiaries_by_class_add_up(held: Held) -> None:
    found = fetch(held.settings.warehouse_dsn, HEADLINE)
    for form in ("I-129F", "I-130"):
        whole = [row for row in found if (row.form, row.visa_class) == (form, "any")]
        parts = [row for row in found if row.form == form and row.visa_class != "any"]
        assert sum(row.value for row in parts) == whole[0].value
        assert sum(row.upper for row in parts) >= whole[0].upper  # by class, who is not found at all may be of any
    assert sum(row.value for row in found if row.visa_class == "any" and row.form != "any") == next(
        row.value for row in found if row.line == BROUGHT
    )


def test_the_function_gives_back_what_it_set(held: Held) -> None:
    with psycopg2.connect(held.settings.warehouse_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("set crosscheck.known_at = '2014-09-30'")
        cursor.execute("select * from report.audit_headline('2014-09-01', '2014-09-02', now())")
        for setting, wanted in (("known_at", "2014-09-30"), ("received_from", ""), ("received_to", "")):
            cursor.execute("select current_setting(%s, true)", [f"crosscheck.{setting}"])
            assert cursor.fetchone() == (wanted,)


@pytest.mark.parametrize("role", ["analyst", "investigator", "reviewer"])
def test_a_function_shows_what_the_view_shows(held: Held, role: str) -> None:
    dsn = as_role(held.settings.desk_dsn, role)
    function = "select * from report.audit_headline(null, null, now())"
    assert ask(dsn, function) == ask(dsn, HEADLINE) == ask(held.settings.warehouse_dsn, HEADLINE)


def test_no_function_of_the_reports_has_rights_of_its_own(held: Held) -> None:
    functions = ask(
        held.settings.owner_dsn,
        """select proname, prosecdef, has_function_privilege('privacy_officer', oid, 'execute')
           from pg_proc where pronamespace = 'report'::regnamespace""",
    )
    assert ("audit_headline", False, False) in functions
    assert [name for name, *rights in functions if any(rights)] == []
    for role in ("privacy_officer", "desk"):
        with (
            psycopg2.connect(as_role(held.settings.desk_dsn, role)) as connection,
            connection.cursor() as cursor,
            pytest.raises(errors.InsufficientPrivilege),
        ):
            cursor.execute("select * from report.audit_headline(null, null)")


def test_a_contradiction_cuts_a_lead_sends_it_to_review_and_is_history(settings: Settings, screened: Screen) -> None:
    run = screened(settings, night(25, 6))
    lead = "select subject_id, receipt_number from report.lead where band = 'lead' and entity in (" + ALONE + ")"
    subject, receipt = ask(settings.warehouse_dsn, f"{lead} order by 1, 2 limit 1")[0]
    say_sex(settings, "tecs_subject", "subject_id", subject, "F")
    say_sex(settings, "uscis_petitioner", "receipt_number", receipt, "M")
    assert pipeline.resolve(settings, run)["cut"] == 1
    assert ask(
        settings.warehouse_dsn,
        "select band, cut_by from report.lead where subject_id = %s and receipt_number = %s",
        subject,
        receipt,
    ) == [("review", "sex")]
    assert "since one person would have two values of sex" in page(settings, subject, receipt)
    route = "select band, probability is null from report.subject_route where receipt_number = %s"
    assert ask(settings.warehouse_dsn, route, receipt) == [("review", True)]  # nobody knows how often it is right
    assert history(settings, receipt) == ["link", "contradiction"]
    say_sex(settings, "uscis_petitioner", "receipt_number", receipt, "F")
    assert pipeline.resolve(settings, run)["cut"] == 0
    assert ask(settings.warehouse_dsn, route, receipt) == [("lead", False)]
    assert "since one person would have" not in page(settings, subject, receipt)
    assert history(settings, receipt) == ["link", "contradiction", "link"]


def test_who_is_no_citizen_files_no_petition_of_a_citizen(settings: Settings, screened: Screen) -> None:
    run = screened(settings, night(25, 6))
    [(subject, receipt)] = ask(
        settings.warehouse_dsn,
        f"""select subject_id, receipt_number from report.lead
            where band = 'lead' and entity in ({ALONE})
                and (form = 'I-129F' or form = 'I-130' and visa_class not in ('F2A', 'F2B'))
            order by 1, 2 limit 1""",
    )
    say(settings, "uscis_petitioner", "receipt_number", receipt, ssn=None, a_number=None)
    say(settings, "tecs_subject", "subject_id", subject, citizenship="HONDU")
    assert pipeline.resolve(settings, run)["cut"] == 1
    lead = "select band, cut_by from report.lead where subject_id = %s and receipt_number = %s"
    assert ask(settings.warehouse_dsn, lead, subject, receipt) == [("review", "citizenship")]
    assert "TECS knows the subject as a citizen of another country" in page(settings, subject, receipt)
    say(settings, "tecs_subject", "subject_id", subject, citizenship="US")
    assert pipeline.resolve(settings, run)["cut"] == 0
    assert ask(settings.warehouse_dsn, lead, subject, receipt) == [("lead", None)]


def page(settings: Settings, subject: str, receipt: str) -> str:
    """What a reviewer is shown of a pair."""
    app = FastAPI()
    app.include_router(router(lambda: Access(settings.desk_dsn, "key", {"ana": "reviewer"}), lambda: "ana"))
    return TestClient(app).get("/lead", params={"subject_id": subject, "receipt_number": receipt}).text


ALONE = "select entity from match.entity group by entity having count(*) = 2"


def say_sex(settings: Settings, table: str, key: str, value: str, sex: str) -> None:
    say(settings, table, key, value, sex=sex)


def say(settings: Settings, table: str, key: str, value: str, **facts: str | None) -> None:
    """All versions of a record say so."""
    columns = ", ".join(f"{name} = %s" for name in facts)
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(f"update record.{table} set {columns} where {key} = %s", [*facts.values(), value])
        assert cursor.rowcount > 0
    forget_resolving(settings)


def forget_resolving(settings: Settings) -> None:
    """Make the next call do its work again, though nothing was compared since."""
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("delete from match.resolved where load_id = (select max(load_id) from match.resolved)")


def history(settings: Settings, receipt: str) -> list[str]:
    statement = "select reason from match.entity_change where member = %s order by change_id"
    return [reason for (reason,) in ask(settings.warehouse_dsn, statement, f"uscis_petitioners:{receipt}")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"fein": "00-7654321"}, {"fein": "007654321"}, id="number"),
        pytest.param(
            {"organisation_name": "Blue Heron, Inc.", "postal_code": "79901"},
            {"organisation_name": "BLUE HERON LLC", "postal_code": "79901"},
            id="name and postal code",
        ),
        pytest.param(
            {"address": "12 Elm St., Apt 3", "postal_code": "79901"},
            {"address": "12 ELM ST APT 3", "postal_code": "79901"},
            id="address",
        ),
    ],
)
def test_other_petitions_of_an_organisation_are_for_review(
    settings: Settings, screened: Screen, one: dict[str, str], other: dict[str, str]
) -> None:
    screened(settings, night(25, 6))
    [(entity, receipt)] = ask(
        settings.warehouse_dsn,
        """select entity, receipt_number from report.subject_route where band = 'lead' and petitioner_kind = 'person'
           order by 1, 2 limit 1""",
    )
    [(elsewhere,)] = ask(
        settings.warehouse_dsn,
        """select receipt_number from latest.uscis_petitioner
           where receipt_number not in (select receipt_number from report.subject_route) and fein is null
           order by 1 limit 1""",
    )
    with psycopg2.connect(settings.owner_dsn) as connection, connection.cursor() as cursor:
        for number, known in (
            (receipt, {"organisation_name": "A", **one}),
            (elsewhere, {"organisation_name": "B", **other}),
        ):
            columns = ", ".join(f"{column} = %s" for column in known)
            cursor.execute(
                f"update record.uscis_petitioner set {columns} where receipt_number = %s", [*known.values(), number]
            )
    routes = "select entity, route, band, probability from report.subject_route where receipt_number = %s"
    assert ask(settings.warehouse_dsn, routes, elsewhere) == [(entity, "organisation", "review", None)]
    assert [route for _, route, *_ in ask(settings.warehouse_dsn, routes, receipt)] == ["person"]
