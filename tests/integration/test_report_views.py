"""The reports that need no matching, held against the truth of a simulated world."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import psycopg2
import pyarrow as pa
import pytest
from nights import collect, night

from include import pipeline
from include.contracts import dataset_names, load_contract
from include.quality.parsing import schema
from include.quality.usable import routes, usable
from include.settings import Settings
from include.simulator import truth
from include.warehouse.connection import fetch, transaction, with_settings

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def held(month: Settings) -> Settings:
    """A month, in one run, and its last night in another."""
    run = pipeline.open_books(month, night(30), "again")
    for dataset in dataset_names():
        collect(month, run, dataset)
    return month


def ask(settings: Settings, statement: str) -> list:
    return fetch(settings.warehouse_dsn, statement)


@pytest.fixture(scope="module")
def person(world: Path) -> dict[str, int]:
    """Of which person each petitioner's record is."""
    records = truth.read(world, "records").query("dataset == 'uscis_petitioners'").dropna(subset=["person_id"])
    return dict(zip(records["key"], records["person_id"], strict=True))


def test_every_report_says_what_it_is_and_how_to_drill_down(held: Settings) -> None:
    rows = ask(
        held,
        """select relname, obj_description(oid) as about from pg_class
           where relnamespace = 'report'::regnamespace and relkind = 'v'""",
    )
    silent = [row.relname for row in rows if not row.about]
    assert silent == []
    for row in rows:
        about = " ".join(row.about.split())
        is_drill_down = "petitions behind" in about or "applications behind" in about
        assert is_drill_down or ("Caveat: " in about and "Drill down: " in about), row.relname


def test_no_report_asks_in_which_time_zone_its_reader_is(held: Settings) -> None:
    """A fiscal year, a day and a count of them are the same everywhere; a client sets the zone of its machine."""
    names = ask(held, "select viewname from pg_views where schemaname = 'report' order by 1")
    told: dict[str, dict[str, Counter]] = {}
    for zone in ("UTC", "America/New_York", "Pacific/Kiritimati"):
        with psycopg2.connect(held.warehouse_dsn) as connection, connection.cursor() as cursor:
            cursor.execute("select set_config('timezone', %s, true)", [zone])
            told[zone] = {}
            for (name,) in names:
                cursor.execute(f"select * from report.{name}")
                rows = [[tuple(v) if isinstance(v, list) else v for v in row] for row in cursor.fetchall()]
                told[zone][name] = Counter(map(tuple, rows))
    assert sum(len(rows) for rows in told["UTC"].values()) > 1000
    for zone, reports in told.items():
        assert [name for name, rows in reports.items() if rows != told["UTC"][name]] == [], zone


@pytest.mark.parametrize("dataset", ["tecs_subjects", "uscis_petitioners"])
def test_the_keys_of_each_record_are_those_that_the_gate_counts_by(held: Settings, dataset: str) -> None:
    contract = load_contract(dataset)
    rows = fetch(held.owner_dsn, f"table latest.{contract.record}")
    columns = [[getattr(row, name) for row in rows] for name in contract.names]
    table = pa.table(columns, schema=schema(contract))
    masks = routes(contract, usable(contract, table), len(table))
    numbers = table[contract.key[0]].to_pylist()
    expected = {number: {route for route, mask in masks.items() if mask[at]} for at, number in enumerate(numbers)}
    names = {"by_" + route.lower().replace(" ", "_").replace("-", "_"): route for route in contract.routes}
    found = fetch(held.owner_dsn, "select * from report.matchable_record where dataset = %s", [dataset])
    assert {
        row.record_number: {route for name, route in names.items() if getattr(row, name)} for row in found
    } == expected
    assert {row.record_number for row in found if row.is_unmatchable} == {n for n, has in expected.items() if not has}
    assert any(len(has) < len(names) for has in expected.values())
    assert any(has for has in expected.values())


def test_an_expectation_names_its_interval_and_its_attempt(held: Settings) -> None:
    [night_30] = ask(
        held,
        """select count(*) as n, min(attempt) as least, count(distinct dataset) as datasets,
        count(*) filter (where threshold is not null) as asked from report.expectation_result
        where interval_start = '2014-09-30' and interval_end = '2014-10-01'""",
    )
    assert night_30.datasets == len(dataset_names())
    assert night_30.least >= 1
    assert 0 < night_30.asked < night_30.n


def test_a_serial_petitioner_is_one_person(held: Settings, person: dict[str, int]) -> None:
    groups = defaultdict(list)
    for row in ask(held, "select * from report.serial_petition"):
        groups[row.petitioner_key, row.basis].append(row.receipt_number)
    by_person = [receipts for (_, basis), receipts in groups.items() if basis != "fein"]
    assert by_person
    for receipts in by_person:
        assert len({person[receipt] for receipt in receipts if receipt in person}) == 1


def test_who_petitions_twice_under_one_number_is_found(held: Settings, person: dict[str, int]) -> None:
    told = ask(
        held,
        """select receipt_number, regexp_replace(ssn, '[^0-9]', '', 'g') as ssn from latest.uscis_petitioner
           join latest.uscis_petition as petition using (receipt_number)
           where uscis_petitioner.record_state is distinct from 'cancelled'
               and petition.record_state is distinct from 'cancelled' and amends_receipt_number is null""",
    )
    numbers: dict[tuple[float, str], list[str]] = defaultdict(list)
    for row in told:
        if row.ssn and row.receipt_number in person:
            numbers[person[row.receipt_number], row.ssn].append(row.receipt_number)
    wanted = {receipt for receipts in numbers.values() if len(receipts) > 1 for receipt in receipts}
    assert wanted
    assert wanted <= {row.receipt_number for row in ask(held, "select * from report.serial_petition")}


def test_a_petitioner_is_known_by_the_digits_of_a_number_however_it_is_written(held: Settings) -> None:
    written = ["900-12-3456", "900123456", "900 12 3456", "SSN 900.12.3456", "A900123456", "-", "", "none", "٣-1", None]
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select min(receipt_number) from report.serial_petition")
        receipt = cursor.fetchone()
        for column in ("ssn", "a_number", "fein"):
            cursor.execute("update record.uscis_petitioner set ssn = null, a_number = null, fein = null")
            for number in written:
                cursor.execute(
                    f"update record.uscis_petitioner set {column} = %s where receipt_number = %s", [number, *receipt]
                )
                cursor.execute("select identity from latest.known_petitioner where receipt_number = %s", receipt)
                digits = re.sub("[^0-9]", "", number or "")
                expected = f"{column} {digits}" if digits else None
                if column == "a_number" and number is not None:
                    expected = f"a_number {digits.rjust(9, '0')}"
                assert cursor.fetchone() == (expected,), number
        connection.rollback()


@pytest.mark.parametrize(
    ("report", "records", "key", "count"),
    [
        ("serial_petitioner", "serial_petition", ["petitioner_key", "basis"], "petition_count"),
        ("reference", "orphan", ["dataset", "column_name"], "orphan_count"),
    ],
)
def test_a_number_drills_down_to_its_records(
    held: Settings, report: str, records: str, key: list[str], count: str
) -> None:
    counted = {tuple(getattr(row, k) for k in key): getattr(row, count) for row in ask(held, f"table report.{report}")}
    found = Counter(tuple(getattr(row, k) for k in key) for row in ask(held, f"table report.{records}"))
    assert counted
    assert {place: number for place, number in counted.items() if number} == found


def test_the_petitions_of_one_petitioner_are_found_at_once_and_are_those_of_the_view(held: Settings) -> None:
    statement = "select * from report.serial_petition(%s) order by receipt_number"
    groups = defaultdict(list)
    for row in ask(held, "select * from report.serial_petition order by receipt_number"):
        groups[row.petitioner_key].append(row)
    assert groups
    for key, rows in groups.items():
        assert fetch(held.warehouse_dsn, statement, [key]) == rows
    a_member = next(row.receipt_number for rows in groups.values() for row in rows[1:])
    for other in (a_member, "nobody's", "", None):
        assert fetch(held.warehouse_dsn, statement, [other]) == []
    with transaction(held.warehouse_dsn) as cursor:  # the question after it is of all again
        cursor.execute(statement, [key])
        cursor.execute("select count(distinct petitioner_key) from report.serial_petition")
        assert cursor.fetchone() == (len(groups),)


def test_one_petitioner_is_found_without_a_look_at_the_others(held: Settings) -> None:
    [(key,)] = ask(held, "select min(petitioner_key) from report.serial_petition")
    statement = "explain (analyze, format json) select * from report.serial_petition"

    def most_rows(dsn: str) -> float:
        waiting = [fetch(dsn, statement)[0][0][0]["Plan"]]
        most = 0.0
        while waiting:
            node = waiting.pop()
            most = max(most, node["Actual Rows"] * node["Actual Loops"])
            waiting += node.get("Plans", ())
        return most

    every = most_rows(held.warehouse_dsn)
    assert every > 1000
    # some dozens where other tests have changed that petitioner: entries of what was before count until the next vacuum
    assert most_rows(with_settings(held.warehouse_dsn, **{"crosscheck.petition": key})) < every / 10


def test_a_shared_address_is_that_of_several_people(held: Settings, person: dict[str, int]) -> None:
    """Nobody shares an address in this world but by chance, so two who do are planted; and slips alone are no second
    person, though half of those who petition twice are spelled in two ways."""
    with psycopg2.connect(held.owner_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            """select receipt_number, date_of_birth, given_name from latest.petitioner_identity
               where organisation_name is null and date_of_birth is not null and given_name is not null
                   and postal_code is not null order by 1"""
        )
        known = [row for row in cursor.fetchall() if row[0] in person]
        one = known[0]
        other = next(row for row in known if row[1].year != one[1].year and row[2].upper()[0] != one[2].upper()[0])
        for receipt in (one[0], other[0]):
            cursor.execute(
                """update record.uscis_petitioner set address = '1 Planted-Street', postal_code = '99999'
                   where receipt_number = %s""",
                [receipt],
            )
    rows = ask(held, "select * from report.shared_address_petition")
    people = defaultdict(set)
    for row in rows:
        people[row.address_key].add(person[row.receipt_number])
    assert {person[one[0]], person[other[0]]} in people.values()
    alone = {address for address, here in people.items() if len(here) == 1}
    assert not [row for row in rows if row.address_key in alone]
    counted = ask(held, "select * from report.shared_address where birth_date_count < 2")
    assert counted == []


def test_a_later_victim_is_the_beneficiary(held: Settings, world: Path) -> None:
    rows = ask(held, "select * from report.beneficiary_later_victim")
    records = truth.read(world, "records").dropna(subset=["person_id"])
    victims = records.query("dataset == 'uscis_t_applications'").set_index("key")["person_id"]
    named = records.query("dataset == 'uscis_beneficiaries'").copy()
    named["receipt"] = named["key"].str.split("/").str[0].str.split("|").str[0]
    beneficiaries = named.groupby("receipt")["person_id"].apply(set)
    for row in rows:
        assert victims[row.application_receipt_number] in beneficiaries[row.receipt_number]
        assert row.days_between >= 0


def test_the_capture_gap_is_what_was_not_typed(held: Settings, world: Path) -> None:
    statements = truth.read(world, "statements").set_index("receipt_number")
    records = ask(held, "select * from report.capture_gap_record")
    assert records
    typed = {row.receipt_number: row.has_name for row in records}
    for receipt, has_name in typed.items():
        assert has_name <= bool(statements.loc[receipt, "typed"])
    named = [receipt for receipt in typed if statements.loc[receipt, "mention"] == "name"]
    gap = sum(row.gap_count for row in ask(held, "select * from report.capture_gap"))
    assert gap >= sum(not typed[receipt] for receipt in named) > 0, "the gap is an upper bound"
    counted = {(row.fiscal_year, row.office): row.name_count for row in ask(held, "select * from report.capture_gap")}
    found = Counter((row.fiscal_year, row.office) for row in records if row.has_name)
    assert {place: number for place, number in counted.items() if number} == found
    assert {row.fiscal_year for row in records} <= {2014}


def test_a_trend_sets_a_run_beside_the_one_before(held: Settings) -> None:
    rows = ask(held, "table report.completeness_trend")
    shares = {(row.run_id, row.dataset, row.column_name, row.rule): row.share_present for row in rows}
    assert len(shares) == len(rows)
    columns = Counter((row.run_id, row.dataset, row.column_name) for row in rows)
    assert max(columns.values()) > 1, "a column of several rules, whose shares are not each other's past"
    first, second = sorted({row.run_id for row in rows})
    compared = 0
    for row in rows:
        before = shares.get((first, row.dataset, row.column_name, row.rule))
        if row.run_id == second and before is not None:
            compared += 1
            assert row.change == pytest.approx(row.share_present - before)
            assert row.beside_last_28 == pytest.approx(row.share_present - before)
    assert compared > 20
