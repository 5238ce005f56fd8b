"""Where the columns of a view come from: one view for each way in which SQL can hide it."""

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.extras import NamedTupleCursor

from include.local.postgres import Postgres
from include.warehouse.lineage import LineageError, parse, read_catalog
from include.warehouse.masking import Mask, Report, Sensitivity, reports

pytestmark = pytest.mark.integration

NAME, NUMBER = "record.tecs_subject.name", "record.tecs_subject.subject_id"


@pytest.fixture
def cursor(server: Postgres, shared_warehouse: str) -> Iterator[NamedTupleCursor]:
    """Of the owner; nothing it makes is kept."""
    connection = psycopg2.connect(server.dsn(shared_warehouse, "warehouse"))
    yield connection.cursor(cursor_factory=NamedTupleCursor)
    connection.close()


WAYS = {
    "plain": ("select name as x from record.tecs_subject", {NAME}),
    "through a view": ("select name as x from latest.tecs_subject", {NAME}),
    "expression": ("select upper(left(name, 3)) || subject_id as x from record.tecs_subject", {NAME, NUMBER}),
    "subquery": ("select y as x from (select name as y from record.tecs_subject) as inner_", {NAME}),
    "common table": ("with c as (select name as y from record.tecs_subject) select y as x from c", {NAME}),
    "nested common tables": (
        "with c as (select name as y from record.tecs_subject) "
        "select x from (with d as (select y as x from c) table d) as e",
        {NAME},
    ),
    "union": (
        "select subject_id as x from record.tecs_subject union all select name from record.tecs_subject",
        {NAME, NUMBER},
    ),
    "three unions": (
        "select 'a' as x union select name from record.tecs_subject union select subject_id from record.tecs_subject",
        {NAME, NUMBER},
    ),
    "using": (
        "select subject_id as x from record.tecs_alias full join record.tecs_subject using (subject_id)",
        {NUMBER, "record.tecs_alias.subject_id"},
    ),
    "scalar subquery": (
        "select (select s.name from record.tecs_subject as s where s.subject_id = a.subject_id) as x "
        "from record.tecs_alias as a",
        {NAME},
    ),
    "outer column in a subquery": (
        "select (select a.name || s.subject_id from record.tecs_subject as s limit 1) as x from record.tecs_alias as a",
        {"record.tecs_alias.name", NUMBER},
    ),
    "lateral": (
        "select l.x from record.tecs_subject as s cross join lateral (select s.name as x) as l",
        {NAME},
    ),
    "values": ("select v.x from record.tecs_subject as s cross join lateral (values (s.name), ('a')) as v (x)", {NAME}),
    "function in FROM": ("select x from record.tecs_subject as s, unnest(string_to_array(s.name, ' ')) as x", {NAME}),
    "whole row": (
        "select (s).sex || s::text as x from (select name, sex from record.tecs_subject) as s",
        {NAME, "record.tecs_subject.sex"},
    ),
    "grouped": ("select name as x, count(*) from record.tecs_subject group by name", {NAME}),
    "aggregate": ("select string_agg(name, ',' order by subject_id) as x from record.tecs_subject", {NAME, NUMBER}),
    "window": ("select lag(name) over (order by subject_id) as x from record.tecs_subject", {NAME}),
    "case": ("select case when sex = 'F' then name else '-' end as x from record.tecs_subject", {NAME}),
    "coalesce": ("select coalesce(name, subject_id) as x from record.tecs_subject", {NAME, NUMBER}),
    "array": ("select array(select name from record.tecs_subject) as x", {NAME}),
    "json": ("select jsonb_build_object('n', name) as x from record.tecs_subject", {NAME}),
    "count": ("select count(distinct name) as x from record.tecs_subject", set()),
    "truth": ("select name is null and date_of_birth > '1970-01-01' as x from record.tecs_subject", set()),
    "exists": ("select exists (select name from record.tecs_subject) as x", set()),
    "in": ("select 'a' in (select name from record.tecs_subject) as x", set()),
    "constant": ("select '{(:a \\ b)}'::text as x from record.tecs_subject", set()),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_column_is_traced_to_the_columns_it_stands_on(cursor, way: str) -> None:
    statement, expected = WAYS[way]
    cursor.execute(f"create view latest.traced as {statement}")
    catalog = read_catalog(cursor)
    assert {".".join(source) for source in catalog.sources(("latest", "traced"))["x"]} == expected


def test_tables_that_only_decide_which_rows_there_are_count_as_read(cursor) -> None:
    cursor.execute(
        """create view latest.traced as select subject_id from latest.tecs_subject
           where exists (select from record.uscis_t_application as t where t.a_number = tecs_subject.a_number)"""
    )
    found = read_catalog(cursor).tables(("latest", "traced"))
    assert {("record", "tecs_subject"), ("record", "uscis_t_application")} <= found


def test_a_function_of_ours_is_refused_because_it_may_read_anything(cursor) -> None:
    cursor.execute(
        """create function latest.peek() returns text language sql stable as
           'select family_name from record.uscis_t_application limit 1'"""
    )
    cursor.execute("create view latest.traced as select latest.peek() as x")
    with pytest.raises(LineageError, match=r"view \[latest.traced\] calls a function"):
        read_catalog(cursor).tables(("latest", "traced"))


@pytest.mark.parametrize("value", ["subject_id operator(latest.<+>) name", "latest.gathered(name)"])
def test_so_is_an_operator_or_an_aggregate_of_ours(cursor, value: str) -> None:
    cursor.execute(
        """create function latest.peek(text, text) returns text language sql stable as
           'select family_name from record.uscis_t_application limit 1';
           create operator latest.<+> (function = latest.peek, leftarg = text, rightarg = text);
           create aggregate latest.gathered (text) (sfunc = latest.peek, stype = text)"""
    )
    cursor.execute(
        f"create view latest.traced as select {value} as x from record.tecs_subject group by subject_id, name"
    )
    with pytest.raises(LineageError, match=r"view \[latest.traced\] calls a function"):
        read_catalog(cursor).tables(("latest", "traced"))


def test_a_value_made_of_two_kinds_is_withheld(cursor) -> None:
    cursor.execute(
        """create view latest.traced as select subject_id || date_of_birth as both, subject_id as number,
           date_of_birth as born, min(name) over () as name, program_code, name is null as is_nameless
           from record.tecs_subject, record.tecs_investigation"""
    )
    assert classified(cursor).columns == {
        "both": Sensitivity(Mask.WITHHELD),
        "number": Sensitivity(Mask.PSEUDONYM),
        "born": Sensitivity(Mask.YEAR),
        "name": Sensitivity(Mask.WITHHELD),
        "program_code": Sensitivity(Mask.OPEN),
        "is_nameless": Sensitivity(Mask.OPEN),
    }


def test_in_a_view_on_protected_records_every_column_is_protected(cursor) -> None:
    """Also what is not theirs, counts and constants: that the row is there says that somebody applied."""
    cursor.execute(
        """create view latest.traced as select subject_id, t.receipt_number, t.status, count(*) over () as n, 'x' as x
           from record.tecs_subject join record.uscis_t_application as t using (a_number)"""
    )
    report = classified(cursor)
    assert report.protected
    assert all(needs.protected for needs in report.columns.values())
    assert {name for name, needs in report.columns.items() if needs.mask is Mask.PSEUDONYM} == {
        "subject_id",
        "receipt_number",
    }


def classified(cursor) -> Report:
    (report,) = [report for report in reports(cursor, "latest") if report.name == "traced"]
    return report


def test_a_tree_is_read_with_its_escapes() -> None:
    assert parse(r"({A :x a\ b :y <> :z 4 [ 1 0 ] :l (b 1) :e {B :x \(}})") == [
        {"node": "A", "x": "a b", "y": None, "z": "4", "l": ["b", "1"], "e": {"node": "B", "x": "("}}
    ]
