"""What a report does not show must not be told by the way to it: plans, moments, other reports, the order of rows."""

import re
from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2 import errors
from psycopg2.extras import NamedTupleCursor

from include.settings import Settings
from include.warehouse.connection import Cursor, as_role, fetch, with_settings
from include.warehouse.masking import Mask, Report, reports

pytestmark = pytest.mark.integration

NOBODYS = {"text": "~nobody", "date": "1890-02-03"}  # a value that no table holds, of each type that is masked


@pytest.fixture(scope="module")
def held(month: Settings) -> Settings:
    """A month whose tables the planner knows."""
    with psycopg2.connect(month.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("analyze")
    return month


@pytest.fixture(scope="module")
def shown(held: Settings) -> list[Report]:
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor(cursor_factory=NamedTupleCursor) as cursor:
        return reports(cursor, "unmasked")


@pytest.fixture
def investigator(held: Settings) -> Iterator[Cursor]:
    yield from session(as_role(held.desk_dsn, "investigator"))


@pytest.fixture
def desk(held: Settings) -> Iterator[Cursor]:
    yield from session(held.desk_dsn)


def session(dsn: str) -> Iterator[Cursor]:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    yield connection.cursor()
    connection.close()


@pytest.mark.parametrize("role", ["analyst", "investigator"])
def test_no_plan_tells_of_a_value_whether_it_is_held(held: Settings, shown: list[Report], role: str) -> None:
    """Estimates come from samples of values: of the half that is not for the reader there must be none."""
    compared = 0
    for report in shown:
        if role not in report.readers or report.protected != (role == "investigator"):
            continue
        for column, needs in report.columns.items():
            data_type = report.types[column]
            if (needs.mask is Mask.OPEN and not needs.protected) or data_type not in NOBODYS:
                continue
            commonest = fetch(
                held.owner_dsn,
                f"""select {column}::text as value from unmasked.{report.name} where {column} is not null
                    group by {column} order by count(*) desc, 1 limit 1""",
            )
            for (value,) in commonest:
                for comparison in ("=", "<"):
                    statement = f"explain select * from report.{report.name} where {column} {comparison} %s"
                    told, nothing = (
                        "\n".join(row[0] for row in fetch(as_role(held.desk_dsn, role), statement, [asked])).replace(
                            "'" + asked.replace("'", "''") + "'", "VALUE"
                        )
                        for asked in (value, NOBODYS[data_type])
                    )
                    assert told == nothing, (report.name, column)
                    compared += 1
    assert compared > 10


def test_a_plan_that_was_kept_shows_a_role_no_more_than_its_own(desk: Cursor) -> None:
    desk.execute("set plan_cache_mode = force_generic_plan")
    for first, then in (("investigator", "analyst"), ("analyst", "investigator")):
        desk.execute(f"set role {first}")
        desk.execute("prepare kept as select subject_id from report.subject")
        seen = {}
        for role in (first, then):
            desk.execute(f"set role {role}")
            desk.execute("execute kept")
            seen[role] = [row[0] for row in desk.fetchall()]
        assert seen["analyst"]
        assert all(number.startswith("~") for number in seen["analyst"])
        assert len(seen["investigator"]) == len(seen["analyst"])
        desk.execute("deallocate kept")


def test_who_knows_a_number_from_elsewhere_does_not_learn_whose_group_it_is_in(held: Settings) -> None:
    analyst = as_role(held.desk_dsn, "analyst")
    [(number,)] = fetch(held.warehouse_dsn, "select min(petitioner_key) from report.serial_petition")
    every = fetch(analyst, "select * from report.serial_petition order by petitioner_key, receipt_number")
    function = "select * from report.serial_petition(%s) order by receipt_number"
    assert fetch(analyst, function, [number]) == []
    pseudonym = every[0].petitioner_key
    assert pseudonym.startswith("~")
    assert fetch(analyst, function, [pseudonym]) == [row for row in every if row.petitioner_key == pseudonym]
    told = with_settings(analyst, **{"crosscheck.petition": number})
    assert fetch(told, "select * from report.serial_petition order by petitioner_key, receipt_number") == every


def test_of_a_protected_report_nothing_joins_with_another(held: Settings, shown: list[Report]) -> None:
    """A pseudonym is a report's own: what two of them let out of one record stays apart."""
    seen: dict[str, str] = {}
    for report in shown:
        for row in (
            fetch(as_role(held.desk_dsn, "investigator"), f"table report.{report.name}") if report.readers else []
        ):
            for value in row:
                if report.protected and isinstance(value, str) and re.fullmatch(r"~~[0-9a-f]{16}", value):
                    assert seen.setdefault(value, report.name) == report.name
    assert len(set(seen.values())) >= 3


def test_rows_of_a_protected_report_come_in_no_order_of_the_records(held: Settings, investigator: Cursor) -> None:
    for report in ("capture_gap_record", "sharing_gap_record"):
        investigator.execute(f"table report.{report}")
        order = [row[0] for row in investigator.fetchall()]
        assert len(order) > 10
        assert order == sorted(order), "that of the pseudonyms"


def test_a_report_of_which_nothing_was_released_is_nobodys(held: Settings, shown: list[Report], desk: Cursor) -> None:
    """Each person's petitions are in report.subject_route under their numbers: beside the form and the class of the
    petition that brought a victim, who she is would be looked up."""
    closed = [report.name for report in shown if not report.readers]
    assert "statement_petition" in closed
    for role in ("analyst", "investigator", "reviewer", "privacy_officer"):
        desk.execute(f"set role {role}")
        for report in closed:
            with pytest.raises(errors.InsufficientPrivilege):
                desk.execute(f"select count(*) from report.{report}")


@pytest.mark.parametrize("setting", ["crosscheck.source_at", "crosscheck.known_at"])
def test_protected_records_are_seen_at_begins_of_fiscal_years_alone(
    investigator: Cursor, shown: list[Report], setting: str
) -> None:
    """What comes or goes between two seconds is of the record that changed between them, whatever its pseudonym."""
    for report in shown:
        if report.protected and report.readers:
            for moment in ("2014-09-14", "2014-10-01 00:00:00.000001+00", "2014-10-01 00:00+02", "1999-09-30"):
                investigator.execute(f"set {setting} = '{moment}'")
                with pytest.raises(errors.InsufficientPrivilege, match=re.escape(setting)):
                    investigator.execute(f"select count(*) from report.{report.name}")
            for moment in ("2014-10-01 00:00+00", "1999-10-01", "infinity", ""):
                investigator.execute(f"set {setting} = '{moment}'")
                investigator.execute(f"select count(*) from report.{report.name}")


@pytest.mark.parametrize("setting", ["crosscheck.source_at", "crosscheck.known_at"])
def test_the_pipeline_sees_protected_records_at_any_moment(held: Settings, setting: str) -> None:
    whole, before = (
        fetch(with_settings(held.warehouse_dsn, **{setting: moment}), "table report.capture_gap_record")
        for moment in ("", "2014-09-14")
    )
    assert whole
    assert len(before) < len(whole)


def test_no_trick_of_the_session_moves_protected_records(investigator: Cursor) -> None:
    investigator.execute("create domain pg_temp.timestamptz as date")  # found first, and without a time of day
    investigator.execute("set crosscheck.source_at = '2014-10-01 00:00:01+00'")
    with pytest.raises(errors.InsufficientPrivilege):
        investigator.execute("table report.capture_gap_record")
    investigator.execute("set crosscheck.source_at = ''")
    investigator.execute("select count(*) from report.capture_gap_record")
    whole = investigator.fetchone()
    investigator.execute(
        """create function pg_temp.move(x text) returns boolean language plpgsql immutable cost 0.000001 as
           $$ begin perform set_config('crosscheck.source_at', '2014-09-03', false); return true; end $$"""
    )
    investigator.execute("select count(*) from report.capture_gap_record where pg_temp.move(receipt_number)")
    assert investigator.fetchone() == whole, "read to its end before the reader's function runs"
