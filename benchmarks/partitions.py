"""What partitions by year would change: a table of petition versions as it is, and the same cut by source time.

    python -m benchmarks.partitions [--rows 1000000] [--rounds 3]

Ten years, three versions a petition, in the order in which they were changed. A unique constraint of a partitioned
table holds the column it is cut by; the content hash covers that column, so the versions are as unique. The foreign
keys of other tables to a version are lost: its number alone is no longer a key. CPU seconds of PostgreSQL, the least of
the rounds.
"""

import tempfile
import time
from pathlib import Path

import psycopg2
import typer

from benchmarks.history import cpu
from include import pipeline
from include.local.postgres import Postgres
from include.settings import Settings
from include.warehouse.connection import Cursor

FIRST, YEARS = 2005, 10
MAKE_ROWS = """
create unlogged table public.given as
select
    'IOE' || to_char(n / 3, 'FM0000000000') as receipt_number, 'I-130' as form,
    (array['received', 'pending', 'approved'])[n %% 3 + 1] as status, make_date(%(first)s, 1, 1) as received_on,
    make_timestamptz(%(first)s, 1, 1, 0, 0, 0)
        + make_interval(years => %(years)s) * ((n * 7919::bigint %% %(rows)s) / %(rows)s::float8) as updated_at,
    encode(sha256(n::text::bytea), 'hex') as content_hash, array[]::text[] as breaches, 1 as source_attempt,
    'part' as source_part, n as source_row, 1 as load_id
from generate_series(0, %(rows)s - 1) as n
order by updated_at
"""
PLAIN = """
create table public.plain (like record.uscis_petition including all);
create trigger known_load after insert on public.plain referencing new table as fresh
for each statement execute function record.refuse_unknown_load();
"""
CUT = """
create table public.cut (like record.uscis_petition including defaults including identity)
partition by range (updated_at);
alter table public.cut add primary key (version_id, updated_at);
alter table public.cut add unique (receipt_number, content_hash, updated_at);
create index on public.cut using brin (load_id);
create trigger known_load after insert on public.cut referencing new table as fresh
for each statement execute function record.refuse_unknown_load();
"""
LOAD = """
insert into public.{table} (
    receipt_number, form, status, received_on, updated_at, content_hash, breaches, source_attempt, source_part,
    source_row, load_id
) table public.given"""
QUESTIONS = {
    "latest version of each, counted": """
        select count(*) from (select distinct on (receipt_number) * from public.{table}
        order by receipt_number, updated_at desc, content_hash desc) as latest""",
    "the same as of the third year": """
        select count(*) from (select distinct on (receipt_number) * from public.{table}
        where updated_at <= '2008-01-01' order by receipt_number, updated_at desc, content_hash desc) as latest""",
    "latest version of 1,000 petitions, one by one": """
        select count(latest) from generate_series(0, 999) as n cross join lateral (
        select * from public.{table} where receipt_number = 'IOE' || to_char(n * 300, 'FM0000000000')
        order by updated_at desc, content_hash desc limit 1) as latest""",
    "versions of one month": """
        select count(form) from public.{table} where updated_at >= '2010-03-01' and updated_at < '2010-04-01'""",
}


def main(rows: int = 1_000_000, rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "postgres")
        with server.running():
            connection = psycopg2.connect(_warehouse(server, Path(folder)))
            with connection.cursor() as cursor:
                cursor.execute(MAKE_ROWS, {"rows": rows, "first": FIRST, "years": YEARS})
                connection.commit()
                costs = {table: _costs(server, cursor, table, rounds) for table in ("plain", "cut")}
    print(f"{'CPU s of PostgreSQL':48}{'one table':>12}{'by year':>12}{'ratio':>8}")
    for what, plain in costs["plain"].items():
        cut = costs["cut"][what]
        print(f"{what:48}{plain:12.2f}{cut:12.2f}{cut / max(plain, 0.01):8.2f}")


def _warehouse(server: Postgres, home: Path) -> str:
    server.ensure_database("partitions", "warehouse")
    dsn, etl = (server.dsn("partitions", role) for role in ("warehouse", "crosscheck_etl"))
    pipeline.migrate(Settings(etl, home, home, {}, quarantine_secrets=(), owner_dsn=dsn))
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            """insert into ops.run (external_id, interval_start, interval_end)
               values ('x', now(), now() + interval '1 day')"""
        )
        cursor.execute("insert into ops.load (run_id, dataset) values (1, 'uscis_petitions')")
    return dsn


def _costs(server: Postgres, cursor: Cursor, table: str, rounds: int) -> dict[str, float]:
    least: dict[str, float] = {}

    def timed(what: str, statement: str) -> None:
        time.sleep(0.3)
        before = cpu(server)
        cursor.execute(statement)
        cursor.connection.commit()
        least[what] = min(least.get(what, 1e9), cpu(server) - before)

    for _ in range(rounds):
        cursor.execute(f"drop table if exists public.{table}")
        cursor.execute(PLAIN if table == "plain" else CUT)
        for year in range(FIRST, FIRST + YEARS) if table == "cut" else ():
            cursor.execute(
                f"create table public.cut_{year} partition of public.cut for values from (%s) to (%s)",
                [f"{year}-01-01", f"{year + 1}-01-01"],
            )
        cursor.connection.commit()
        timed("load", LOAD.format(table=table))
        timed("analyze", f"analyze public.{table}")
        for what, question in QUESTIONS.items():
            timed(what, question.format(table=table))
        if table == "plain":
            timed("purge of the first year", "delete from public.plain where updated_at < '2006-01-01'")
        else:
            timed("purge of the first year", "drop table public.cut_2005")
    return least


if __name__ == "__main__":
    typer.run(main)
