"""What each report costs on ten years, whole and asked a question.

    python -m benchmarks.reports --home FOLDER [--database history] [--only VIEW ...]

`FOLDER` is a home that `benchmarks.history` has filled. Each view of `report` goes out by COPY, as the pipeline's login
sees it (everything), then what a person would ask of it. CPU seconds of the backend, without parallel workers, whose
work would not be counted; the sum of all lines says whether two trees give the same.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psutil
import psycopg2
import typer
from psycopg2 import sql

from include.local.home import Home
from include.warehouse.connection import Cursor

# what is asked: of one person, petition, group or night; of a month; the first twenty. The numbers are of the view
QUESTIONS = {
    "audit_headline": "select * from report.audit_headline('2014-09-01', '2014-10-01')",
    "beneficiary_later_victim": "select * from {view} where application_receipt_number = {one}",
    "data_reliability": "select * from {view} where dataset = {one}",
    "lead": "select * from {view} where subject_id = {one}",
    "matchable_record": "select * from {view} where record_number = {one}",
    "organisation_link": "select * from {view} where organisation_key = {one}",
    "organisation_link_petition": "select * from {view} where organisation_key = {one}",
    "orphan": "select * from {view} where dataset = 'tecs_involvements'",
    "petition_after_investigation": "select * from {view} where received_on >= '2014-09-01'",
    "petition_status_history": "select * from {view} where receipt_number = {one}",
    "reference": "select * from {view} where dataset = 'tecs_involvements'",
    "review": "select * from {view} where receipt_number = {one}",
    "serial_petition": "select * from {view}({one}) where petitioner_key = {one}",
    "serial_petitioner": "select * from {view} order by petition_count desc limit 20",
    "shared_address": "select * from {view} where address_key = {one}",
    "shared_address_petition": "select * from {view} where address_key = {one}",
    "statement_petition": "select * from {view} where entity = {one}",
    "subject_route": "select * from {view} where entity = {one}",
}


@dataclass
class Sink:
    """Takes what COPY brings and keeps its number of lines and a sum of them that does not depend on their order."""

    lines: int = 0
    total: int = 0
    rest: bytes = b""

    def write(self, brought: bytes) -> int:
        """Of a part of the output."""
        *lines, self.rest = (self.rest + brought).split(b"\n")
        self.lines += len(lines)
        for line in lines:
            self.total += int.from_bytes(hashlib.blake2b(line, digest_size=8).digest(), "big")
        return len(brought)


def main(
    home: Annotated[Path, typer.Option()],
    database: str = "history",
    only: Annotated[list[str] | None, typer.Option()] = None,
) -> None:
    with Home(home).postgres.running() as server:
        connection = psycopg2.connect(server.dsn(database, "crosscheck_etl"))
        connection.autocommit = True
        backend = psutil.Process(connection.info.backend_pid)
        with connection.cursor() as cursor:
            cursor.execute("set max_parallel_workers_per_gather = 0")
            cursor.execute("select table_name from information_schema.views where table_schema = 'report' order by 1")
            for (name,) in cursor.fetchall():
                if only and name not in only:
                    continue
                statement = sql.SQL("select * from {}").format(sql.Identifier("report", name))
                whole, seconds = asked(cursor, backend, statement)
                line = f"{name:30}{seconds:8.2f} s CPU{whole.lines:10,} rows {whole.total % 2**64:016x}"
                if name in QUESTIONS:
                    some, seconds = asked(cursor, backend, question(cursor, name))
                    line += f"; asked {seconds:.2f} s CPU{some.lines:8,} rows"
                print(line, flush=True)
        connection.close()


def asked(cursor: Cursor, backend: psutil.Process, statement: sql.Composable) -> tuple[Sink, float]:
    """What a question brings, and what it costs."""
    sink, before = Sink(), sum(backend.cpu_times()[:2])
    cursor.copy_expert(sql.SQL("copy ({}) to stdout").format(statement).as_string(cursor), sink)
    return sink, sum(backend.cpu_times()[:2]) - before


def question(cursor: Cursor, name: str) -> sql.Composable:
    """The question of a view, with the number of one of its rows."""
    view, text = sql.Identifier("report", name), QUESTIONS[name]
    one: sql.Composable = sql.NULL
    if "{one}" in text:
        column = text.split(" where ")[1].split(" = ")[0]
        cursor.execute(sql.SQL("select {} from {} limit 1").format(sql.Identifier(column), view))
        one = sql.Literal((cursor.fetchone() or [None])[0])
    return sql.SQL(text).format(view=view, one=one)


if __name__ == "__main__":
    typer.run(main)
