"""Each role logs in and tries to get what it must not."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import yaml
from psycopg2 import errors
from psycopg2.extras import NamedTupleCursor

from include.contracts import load_all
from include.contracts.model import Pii
from include.settings import Settings
from include.warehouse.connection import as_role, fetch
from include.warehouse.masking import ACCESS, reports

pytestmark = pytest.mark.integration

READERS = ["analyst", "investigator", "reviewer", "privacy_officer"]
HIDDEN = [
    *(f"record.{contract.record}" for contract in load_all().values()),
    *(
        "match.pair",
        "match.evidence",
        "match.entity",
        "match.entity_change",
        "match.link",
        "match.cut",
        "quarantine.row",
    ),
    *("latest.tecs_subject", "unmasked.lead", "unmasked.evidence", "access.secret"),
]


@pytest.fixture(scope="module")
def held(month: Settings) -> Settings:
    """A warehouse that holds a month, for tests that only read it."""
    return month


@contextmanager
def login(settings: Settings, role: str) -> Iterator[psycopg2.extensions.cursor]:
    """A session of a role, each statement for itself."""
    dsn = {"crosscheck_etl": settings.warehouse_dsn, "desk": settings.desk_dsn}.get(role)
    connection = psycopg2.connect(dsn or as_role(settings.desk_dsn, role))
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def everything(settings: Settings, role: str) -> str:
    """All that the role gets out of all reports that it may read, as one text."""
    found = []
    with login(settings, role) as cursor:
        for name in granted(settings, role):
            cursor.execute(f"select * from report.{name}")
            found += [str(row) for row in cursor.fetchall()]
    assert found
    return "\n".join(found)


def granted(settings: Settings, role: str) -> list[str]:
    rows = fetch(
        settings.owner_dsn,
        """select relname from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'
           and has_table_privilege(%s, oid, 'select')""",
        [role],
    )
    return sorted(row.relname for row in rows)


def values(settings: Settings, *, protected: bool, wanted: set[Pii]) -> set[str]:
    """Values of the record tables that point at a person: text of five letters and more (no chance)."""
    found: set[str] = set()
    for contract in load_all().values():
        for column in contract.columns:
            if column.pii in wanted and (contract.protection != "none") == protected and column.type == "string":
                rows = fetch(settings.owner_dsn, f"select distinct {column.name} as v from record.{contract.record}")
                found |= {row.v for row in rows if row.v and len(row.v) >= 5}
    assert len(found) > 20
    return found


@pytest.mark.parametrize("role", [*READERS, "desk"])
@pytest.mark.parametrize("table", HIDDEN)
def test_nobody_reads_what_lies_below_the_reports(held: Settings, role: str, table: str) -> None:
    ways = [
        f"select * from {table}",
        f"select count(*) from {table}",
        f"explain analyze select * from {table}",
        f"prepare peek as select * from {table}; execute peek",
        f"select query_to_xml('select * from {table}', true, true, '')",
        f"create temporary table mine as table {table}",
    ]
    with login(held, role) as cursor:
        for way in ways:
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(way)
        for copied in (table, f"(select * from {table})"):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.copy_expert(f"copy {copied} to stdout", _Sink())


class _Sink:
    """Takes what a COPY sends."""

    def write(self, data: str) -> int:
        return len(data)


@pytest.mark.parametrize("role", [*READERS, "desk", "crosscheck_etl"])
def test_nobody_climbs(held: Settings, role: str) -> None:
    ways = [
        "set role warehouse",
        "set role postgres",
        "alter view report.lead owner to current_user",
        "create view report.mine as select 1",
        "create table record.mine (a int)",
        "alter table record.uscis_t_application disable row level security",
        "drop policy protected on record.uscis_t_application",
        "select key from access.secret",
        "select pg_read_file('postgresql.auto.conf')",
        "copy (select 1) to program 'true'",
        "update audit.access set actor = 'nobody'",
        "grant investigator to analyst",
        "select rolpassword from pg_authid",
    ]
    if role != "crosscheck_etl":
        ways.append("set role crosscheck_etl")
    with login(held, role) as cursor:
        for way in ways:
            with pytest.raises((errors.InsufficientPrivilege, errors.WrongObjectType)):
                cursor.execute(way)


def test_the_pipeline_gives_no_version_its_number(held: Settings) -> None:
    """Most tables have no index that would refuse a number that is taken."""
    with login(held, "crosscheck_etl") as cursor:
        for contract in load_all().values():
            table = f"record.{contract.record}"
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(f"insert into {table} (version_id) overriding system value values (1)")
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.copy_expert(f"copy {table} (version_id) from stdin", io.StringIO())


def test_the_pipeline_only_adds_versions_and_owns_nothing(held: Settings) -> None:
    with login(held, "crosscheck_etl") as cursor:
        for way in ("update record.tecs_subject set name = null", "delete from record.tecs_subject"):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(way)
    owners = fetch(
        held.owner_dsn,
        """select distinct relowner::regrole::text as owner from pg_class
           where relnamespace::regnamespace::text in ('ops', 'record', 'match', 'quarantine', 'report', 'audit')""",
    )
    assert [row.owner for row in owners] == ["warehouse"]


def test_an_analyst_gets_nobodys_name_nor_number_out_of_any_report(held: Settings) -> None:
    seen = everything(held, "analyst")
    personal = values(held, protected=False, wanted={Pii.DIRECT}) | values(
        held, protected=True, wanted={Pii.DIRECT, Pii.INDIRECT}
    )
    assert not [value for value in personal if value in seen]
    numbers = {row.s for row in fetch(held.owner_dsn, "select subject_id as s from record.tecs_subject")}
    numbers |= {row.r for row in fetch(held.owner_dsn, "select receipt_number as r from record.uscis_petition")}
    assert not [number for number in numbers if number in seen]
    assert "~" in seen, "pseudonyms stand in their place"


def test_an_investigator_gets_identity_but_no_protected_value(held: Settings) -> None:
    seen = everything(held, "investigator")
    open_values = values(held, protected=False, wanted={Pii.DIRECT, Pii.INDIRECT})
    assert [value for value in open_values if value in seen], "an investigator sees who the leads are"
    protected = values(held, protected=True, wanted={Pii.DIRECT, Pii.INDIRECT})
    # a family name alone is many people's: what would give somebody away are numbers and statements
    telling = {value for value in protected if any(letter.isdigit() for letter in value) or len(value) > 60}
    assert len(telling) > 20
    assert not [value for value in telling - open_values if value in seen]


def test_a_reviewer_sees_what_an_investigator_sees(held: Settings) -> None:
    seen = [sorted(everything(held, role).splitlines()) for role in ("reviewer", "investigator")]
    assert seen[0] == seen[1]


def test_a_privacy_officer_sees_the_trail_and_no_report(held: Settings) -> None:
    assert granted(held, "privacy_officer") == []
    with login(held, "privacy_officer") as cursor:
        cursor.execute("select count(*) from audit.access")


def test_the_pages_login_has_nothing_of_its_own(held: Settings) -> None:
    assert granted(held, "desk") == []


def test_a_pseudonym_is_the_same_wherever_a_record_shows(held: Settings) -> None:
    with login(held, "analyst") as cursor:
        cursor.execute(
            "select count(*), count(distinct subject_id) from report.lead join report.evidence using (subject_id)"
        )
        masked = cursor.fetchone()
    with login(held, "investigator") as cursor:
        cursor.execute(
            "select count(*), count(distinct subject_id) from report.lead join report.evidence using (subject_id)"
        )
        assert cursor.fetchone() == masked
        assert masked[0] > 0


def test_no_predicate_of_an_analyst_meets_a_value_before_its_mask(held: Settings) -> None:
    """A cast that fails quotes what it met; a function of one's own, cheaper than any mask, says it aloud."""
    numbers = [row.s for row in fetch(held.owner_dsn, "select distinct subject_id as s from unmasked.lead")]
    longer = "select distinct persona_value as v from unmasked.evidence where length(persona_value) > 4"
    names = [row.v for row in fetch(held.owner_dsn, longer)]
    assert numbers
    assert names
    with login(held, "analyst") as cursor:
        with pytest.raises(errors.InvalidTextRepresentation) as refused:
            cursor.execute("select * from report.lead where subject_id::integer > 0")
        cursor.execute(
            """create function pg_temp.say(text) returns boolean language plpgsql cost 0.0000001 as
               $$ begin raise notice 'saw %', $1; return true; end $$"""
        )
        said = ""
        for view, column in (("lead", "subject_id"), ("evidence", "persona_value")):
            cursor.execute(f"select count(*) from report.{view} where pg_temp.say({column})")
            said += "\n".join(cursor.connection.notices)
        cursor.execute("explain (analyze, verbose) select * from report.evidence where pg_temp.say(persona_value)")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "saw ~" in said
    for text in (str(refused.value), said, plan):
        assert not [value for value in [*numbers, *names] if value in text]


def test_who_sees_identity_finds_a_record_by_its_index(held: Settings) -> None:
    """The masked half of a report is not even begun, and the other is the view as it would be without masks."""
    with login(held, "investigator") as cursor:
        cursor.execute("set enable_seqscan = off")
        cursor.execute(
            "explain analyze select * from report.petition_status_history where receipt_number = 'IOE0000000001'"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: ((receipt_number = 'IOE0000000001'::text) AND (updated_at <= " in plan
    whole, masked = plan.split("NOT pg_has_role")
    assert "never executed" not in whole.split("Append")[-1].split("One-Time Filter")[0]
    assert "actual rows" not in masked


def test_an_analyst_cannot_find_a_record_by_guessing_its_number(held: Settings) -> None:
    number = fetch(held.owner_dsn, "select subject_id from unmasked.lead limit 1")[0].subject_id
    with login(held, "analyst") as cursor:
        cursor.execute("prepare guess(text) as select count(*) from report.lead where subject_id = $1")
        cursor.execute("execute guess(%s)", [number])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("role", READERS)
def test_statistics_and_other_sessions_tell_no_value(held: Settings, role: str) -> None:
    with psycopg2.connect(held.owner_dsn) as owner, owner.cursor() as cursor:
        cursor.execute("analyze record.tecs_subject, record.uscis_t_application")
        cursor.execute("select count(*) from pg_stats where schemaname = 'record'")
        assert cursor.fetchone()[0] > 0
    with psycopg2.connect(held.warehouse_dsn) as other, other.cursor() as busy, login(held, role) as cursor:
        busy.execute("select 'a value in a statement'")
        cursor.execute("select count(*) from pg_stats where schemaname in ('record', 'match', 'quarantine', 'access')")
        assert cursor.fetchone() == (0,)
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("select * from pg_statistic")
        cursor.execute("select count(*) from pg_stat_activity where query like '%a value in a' || ' statement%'")
        assert cursor.fetchone() == (0,)


def test_row_security_keeps_protected_rows_from_a_view_that_was_granted_by_mistake(held: Settings) -> None:
    with psycopg2.connect(held.owner_dsn) as owner, owner.cursor() as cursor:
        cursor.execute("select count(*) from record.uscis_t_application")
        (all_of_them,) = cursor.fetchone()
        cursor.execute("create view report.mistake as select receipt_number from record.uscis_t_application")
        cursor.execute("grant select on report.mistake to analyst")
    assert all_of_them > 0
    with login(held, "analyst") as cursor:
        cursor.execute("select count(*) from report.mistake")
        assert cursor.fetchone() == (0,)
    with psycopg2.connect(held.owner_dsn) as owner, owner.cursor() as cursor:
        cursor.execute("drop view report.mistake")


def test_the_flag_flows_through_every_view(held: Settings) -> None:
    """By PostgreSQL's own dependencies, which ours do not use: no analyst reads a view on a protected table."""
    rows = fetch(
        held.owner_dsn,
        """with recursive stands_on (view, relation) as (
               select r.ev_class, d.refobjid from pg_rewrite r join pg_depend d
                   on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
               union
               select s.view, d.refobjid from stands_on s join pg_rewrite r on r.ev_class = s.relation
                   join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                       and d.refclassid = 'pg_class'::regclass
           )
           select v.relname as view, array_agg(distinct t.relname::text) as tables from stands_on
           join pg_class v on v.oid = view join pg_class t on t.oid = relation
           where v.relnamespace = 'report'::regnamespace and t.relnamespace = 'record'::regnamespace and t.relkind = 'r'
           group by v.relname""",
    )
    protected = {contract.record for contract in load_all().values() if contract.protection != "none"}
    flagged = {row.view for row in rows if protected & set(row.tables)}
    assert not flagged & set(granted(held, "analyst"))
    with (
        psycopg2.connect(held.owner_dsn) as owner,
        owner.cursor(cursor_factory=NamedTupleCursor) as cursor,
    ):
        ours = {report.name for report in reports(cursor, "unmasked") if report.protected}
    assert ours == flagged


def test_what_a_protected_view_shows_is_what_was_released_with_a_reason(held: Settings) -> None:
    released = yaml.safe_load((ACCESS / "released.yaml").read_text())
    with psycopg2.connect(held.owner_dsn) as owner, owner.cursor(cursor_factory=NamedTupleCursor) as cursor:
        found = [report for report in reports(cursor, "unmasked") if report.protected]
    shown = {
        report.name: {name for name, needs in report.columns.items() if not needs.protected}
        for report in found
        if report.readers
    }
    assert shown == {name: set(entry["columns"]) for name, entry in released.items()}
    assert all(entry["why"] for entry in released.values())
