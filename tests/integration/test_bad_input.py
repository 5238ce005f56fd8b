"""What an agency or a disk may do wrong, through the pipeline: who says so, what is kept, how the next run repairs."""

import csv
import io
import pickle
import re
import resource
import subprocess
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import pytest
from bent_gateway import SENTINEL, TOKEN, Delivery, serve_bent
from nights import CHECKOUT, collect, night, run_night

from include import pipeline
from include.contracts import dataset_names, load_contract
from include.extraction.errors import Refusal
from include.extraction.landing import Landing
from include.settings import Settings
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

PERIOD = night(29, 2)
LANDED = re.compile(r"part-\d{4}\.csv\.gz|manifest\.json|receipt\.json|attempt-\d{4}\.failed\.json")


def one_row_too_many(delivery: Delivery) -> None:
    delivery.manifest["control_totals"]["rows"] += 1


def path_outside(delivery: Delivery) -> None:
    delivery.manifest["parts"][0]["name"] = "../../x"


def billion_rows(delivery: Delivery) -> None:
    delivery.manifest["control_totals"]["rows"] = 10**9


def bomb(delivery: Delivery) -> None:
    header = delivery.first().splitlines(keepends=True)[0]
    delivery.replace_first(header + (SENTINEL.encode() + b"," * header.count(b",") + b"\n") * 500_000)


def without_a_column(delivery: Delivery) -> None:
    """The last column is gone, and the first says something personal."""
    rows = [row[:-1] for row in csv.reader(io.StringIO(delivery.first().decode()))]
    text = io.StringIO()
    csv.writer(text).writerows([rows[0], *([SENTINEL, *row[1:]] for row in rows[1:])])
    delivery.replace_first(text.getvalue().encode())


BENDS = {
    "tecs_aliases": path_outside,
    "tecs_arrests": one_row_too_many,
    "tecs_investigations": billion_rows,
    "tecs_involvements": bomb,
    "uscis_petitions": without_a_column,
}
SAID = {  # by the task that failed
    "tecs_aliases": r"answer breaks the protocol at \[parts\.0\]",
    "tecs_investigations": r"announces \[1000000000\] rows, the limit is \[50000000\]",
    "tecs_involvements": r"\[part-0001\.csv\.gz\] unpacks to more than \[\d+\] bytes",
    "uscis_petitions": r"header missing \[[A-Z_]+\]",
}
REASONS = {  # in the books
    "tecs_aliases": r"nothing was staged: attempt \[1\] failed with \[protocol\]",
    "tecs_arrests": r"hold: the delivery is incomplete",
    "tecs_investigations": r"nothing was staged: attempt \[1\] failed with \[limit\]",
    "tecs_involvements": r"nothing was staged: attempt \[1\] failed with \[limit\]",
    "uscis_petitions": r"hold: .*header missing \[[A-Z_]+\]",
}


def test_bad_exports_are_named_the_others_land_and_the_next_run_repairs_it(
    settings: Settings, world: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "include")
    with serve_bent(world, BENDS) as bent:
        run, failures = bad_night(replace(settings, gateways=bent))
    assert failures.keys() == SAID.keys()
    for dataset, pattern in SAID.items():
        text = str(failures[dataset])
        assert "\n" not in text
        assert f"[{dataset}]" in text
        assert re.search(pattern, text)

    with pytest.raises(pipeline.BooksError) as red:
        pipeline.close_books(settings, run)
    _title, *reasons = str(red.value).splitlines()
    assert len(reasons) == len(REASONS)
    for reason, (dataset, pattern) in zip(sorted(reasons), REASONS.items(), strict=True):
        assert re.match(rf"dataset \[{dataset}\]: {pattern}", reason)

    for secret in (TOKEN, SENTINEL, password(settings)):
        assert secret not in caplog.text
        assert not any(secret in shown(error) for error in [*failures.values(), red.value])
    assert {name for name in files(settings) if not LANDED.fullmatch(name)} == set()
    assert [count(settings, dataset) > 0 for dataset in dataset_names()] == [
        dataset not in BENDS for dataset in dataset_names()
    ]

    run_night(settings, PERIOD)
    assert all(count(settings, dataset) > 0 for dataset in dataset_names())


def bad_night(settings: Settings) -> tuple[pipeline.Run, dict[str, Exception]]:
    """All stages but the closing of the books; what the stages of each dataset raised."""
    run = pipeline.open_books(settings, PERIOD, "bad")
    failures: dict[str, Exception] = {}
    for dataset in dataset_names():
        try:
            collect(settings, run, dataset)
        except Exception as error:
            failures[dataset] = error
    pipeline.match(settings, run)
    pipeline.resolve(settings, run)
    return run, failures


def count(settings: Settings, dataset: str) -> int:
    table = load_contract(dataset).record
    return int(fetch(settings.warehouse_dsn, f"select count(*) from record.{table}")[0][0])


def files(settings: Settings) -> list[str]:
    """Names below the landing zone and beside it, the staging folder apart."""
    root = settings.landing.parent
    return [path.name for path in root.rglob("*") if path.is_file() and settings.staging not in path.parents]


def password(settings: Settings) -> str:
    return settings.warehouse_dsn.rpartition("password=")[2]


def shown(error: BaseException) -> str:
    """What a log would hold of it, causes and all."""
    return "".join(traceback.format_exception(error))


def test_landed_bytes_that_changed_are_held_by_name(settings: Settings) -> None:
    run = pipeline.open_books(settings, PERIOD, "changed")
    collect(settings, run, "tecs_arrests")
    receipt = Landing(settings.landing).receipts("tecs_arrests", PERIOD)[-1]
    part = settings.landing / receipt.path / receipt.parts[0].name
    part.chmod(0o600)
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    with pytest.raises(Exception, match=r"changed after it was landed; restore"):
        pipeline.stage(settings, run, "tecs_arrests")
    with pytest.raises(pipeline.BooksError, match=r"\[tecs_arrests\]: hold: .*changed after it was landed"):
        pipeline.close_books(settings, run)


def test_a_gateway_that_does_not_know_the_dataset_refuses(settings: Settings) -> None:
    other = {"tecs": settings.gateways["uscis"], "uscis": settings.gateways["tecs"]}
    run = pipeline.open_books(settings, PERIOD, "exchanged")
    with pytest.raises(Refusal, match=r"dataset \[tecs_arrests\].* does not know the dataset \[404\]; compare"):
        pipeline.extract(replace(settings, gateways=other), run, "tecs_arrests", last_try=False)
    assert Landing(settings.landing).receipts("tecs_arrests", PERIOD) == []


EXTRACT = """
import pickle, sys
from include import pipeline
from include.extraction.errors import LandingError, TransportError
settings, run, dataset = pickle.load(sys.stdin.buffer)
while True:
    try:
        pipeline.extract(settings, run, dataset, last_try=True)
    except TransportError:
        continue
    except LandingError as error:
        sys.exit(str(error))
"""


def test_a_disk_that_ends_in_mid_part_leaves_nothing_and_the_next_try_lands(settings: Settings) -> None:
    """The kernel's limit on the size of a file stands in for the end of the disk: it needs no root."""
    run = pipeline.open_books(settings, PERIOD, "full")
    limit = 2048  # an attempt's ledger fits, a part does not
    done = subprocess.run(
        [sys.executable, "-c", EXTRACT],
        input=pickle.dumps((settings, run, "uscis_petitions")),
        cwd=CHECKOUT,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        check=False,
    )
    complaint = done.stderr.decode().splitlines()[-1]
    assert done.returncode == 1
    assert "dataset [uscis_petitions]" in complaint
    assert "[EFBIG]; raise the file size limit" in complaint
    assert Landing(settings.landing).receipts("uscis_petitions", PERIOD) == []
    assert not any(name.endswith(".gz") for name in files(settings))
    collect(settings, run, "uscis_petitions")
    assert count(settings, "uscis_petitions") > 0
    attempts = fetch(settings.warehouse_dsn, "select state, cause from ops.attempt order by attempt")
    assert "LandingError" in [attempt.cause for attempt in attempts]
    assert attempts[-1].state == "landed"
