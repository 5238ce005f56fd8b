"""Who scores the pipeline knows the truth; the pipeline and the gateways never see it."""

import shutil
import sys
from pathlib import Path

import psycopg2
from nights import night, run_night, serve, settings_for

from include.local.postgres import Postgres


def test_a_night_needs_no_truth_and_opens_none(server: Postgres, warehouse: str, world: Path, tmp_path: Path) -> None:
    blind = tmp_path / "blind"
    shutil.copytree(world, blind, ignore=shutil.ignore_patterns("truth"))
    opened: list[str] = []
    # A hook cannot be taken back; after this test it goes on filling a list that nobody reads.
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
    with serve(blind) as gateways:
        settings = settings_for(server, warehouse, tmp_path, gateways)
        run_night(settings, night(30))
    with psycopg2.connect(settings.warehouse_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from match.pair")
        assert cursor.fetchone()[0] > 0
    assert any("landing" in path for path in opened)  # the hook does see what the pipeline reads
    assert not [path for path in opened if "truth" in Path(path).parts]
