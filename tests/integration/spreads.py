"""Versions written into the record tables as a run's loads, spread over nights: many nights take seconds."""

import hashlib
import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from nights import night

from include import pipeline
from include.settings import Settings
from include.warehouse.connection import transaction

Version = tuple[str, dict[str, Any]]  # record table, columns
DATASETS = {
    "tecs_subject": "tecs_subjects",
    "tecs_alias": "tecs_aliases",
    "uscis_petitioner": "uscis_petitioners",
}


def load(settings: Settings, found: list[Version]) -> pipeline.Run:
    """The versions as a run's loads; the last night of the world is when a row was changed that does not say so."""
    run = pipeline.open_books(settings, night(30), "test")
    with transaction(settings.warehouse_dsn) as cursor:
        for table, dataset in DATASETS.items():
            cursor.execute(
                "insert into ops.load (run_id, dataset) values (%s, %s) returning load_id", [run.run_id, dataset]
            )
            of_load = cursor.fetchone()[0]
            for row in (row for name, row in found if name == table):
                place = {"breaches": [], "source_attempt": 1, "source_part": "p", "source_row": 1, "load_id": of_load}
                full = {"updated_at": datetime(2014, 9, 30, tzinfo=UTC), **row, **place}
                marks = ", ".join(["%s"] * len(full))
                cursor.execute(f"insert into record.{table} ({', '.join(full)}) values ({marks})", list(full.values()))
    return run


def hashed(content: Any) -> str:
    """A content hash, as PostgreSQL gives it, which two contents share only if they are the same."""
    return str(UUID(bytes=hashlib.sha256(str(content).encode()).digest()[:16]))


def spread(found: list[Version], seed: int) -> list[list[Version]]:
    """Over nights, in any order; some nights bring nothing."""
    draw = random.Random(seed)
    shuffled = draw.sample(found, len(found))
    cuts = sorted(draw.choices(range(len(found) + 1), k=draw.randint(1, 3)))
    return [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(found)], strict=True)]
