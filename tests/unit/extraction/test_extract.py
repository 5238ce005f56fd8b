"""An attempt from request to receipt, over real HTTP."""

import errno
import gzip
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from scripted_gateway import (
    CONTRACT,
    LIMITS,
    NIGHT,
    SENTINEL,
    TOKEN,
    ScriptedGateway,
    close_after,
    flipped,
    packed,
    rows,
    stall_after,
    status,
)

from include.extraction.errors import ExtractionError, IncompleteExport, LandingError, Refusal, TransportError
from include.extraction.extract import extract
from include.extraction.landing import Landing
from include.extraction.receipt import Receipt
from include.settings import Extraction, Gateway

DATASET = CONTRACT.dataset


@pytest.fixture
def gateway():
    return ScriptedGateway()


@pytest.fixture
def where(gateway):
    with gateway.running() as where:
        yield where


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path / "landing")


def attempt(
    where: Gateway, landing: Landing, *, last_try: bool = False, run_id: int = 1, limits: Extraction = LIMITS
) -> Receipt:
    return extract(CONTRACT, NIGHT, gateway=where, limits=limits, landing=landing, run_id=run_id, last_try=last_try)


def landed(landing: Landing, receipt: Receipt) -> list[bytes]:
    return [path.read_bytes() for path in landing.verify(receipt)]


def assert_nothing_visible(landing: Landing) -> None:
    assert landing.receipts(DATASET, NIGHT) == []
    assert [path for path in landing.root.rglob("*") if path.is_file()] == sorted(landing.root.rglob("*.failed.json"))
    assert not list(landing.root.rglob("attempt-????")) + list(landing.root.rglob("*.open"))


def test_a_complete_export_is_landed_with_its_receipt(gateway, where, landing):
    gateway.offer([rows(7), rows(5, 7)])
    gateway.faults["part"].extend([close_after(20), flipped])
    receipt = attempt(where, landing)
    assert landed(landing, receipt) == list(gateway.parts.values())
    assert (receipt.dataset, receipt.interval, receipt.attempt, receipt.run_id) == (DATASET, NIGHT, 1, 1)
    assert (receipt.complete, receipt.shortfalls, receipt.contract_version) == (True, (), "1.2")
    assert (receipt.rows, [part.rows for part in receipt.parts]) == (12, [7, 5])
    assert receipt.bytes == sum(map(len, gateway.parts.values()))
    assert receipt.retried == {"reset": 1, "checksum": 1}
    assert receipt.resumed == 1
    assert receipt.started_at <= receipt.finished_at
    assert landing.receipts(DATASET, NIGHT) == [receipt]
    assert Receipt.model_validate_json(receipt.model_dump_json()) == receipt


def test_a_quiet_night_is_believed_when_two_attempts_say_so(gateway, where, landing):
    gateway.offer([])
    with pytest.raises(IncompleteExport, match=r"no row is announced; so said \[0\] earlier attempts"):
        attempt(where, landing)
    receipt = attempt(where, landing)
    assert (receipt.complete, receipt.rows, receipt.parts) == (True, 0, ())


def test_an_export_that_ran_too_early_is_not_taken_for_a_quiet_night(gateway, where, landing):
    gateway.offer([rows(1, 6)])
    assert attempt(where, landing).complete
    gateway.offer([])
    assert not attempt(where, landing, last_try=True).complete
    assert not attempt(where, landing, last_try=True).complete, "one for and one against is no majority"
    assert attempt(where, landing).complete
    with pytest.raises(IncompleteExport):
        attempt(where, landing, run_id=2)


def test_the_gateway_is_told_the_number_of_the_attempt(gateway, where, landing):
    gateway.always["job"] = status(401)
    for _ in range(2):
        with pytest.raises(Refusal):
            attempt(where, landing)
    gateway.always.clear()
    assert attempt(where, landing, run_id=2).attempt == 3
    assert gateway.attempts == [1, 2, 3]
    assert (landing.attempts(DATASET, NIGHT, 1), landing.attempts(DATASET, NIGHT, 2)) == (2, 1)


def make_short(gateway: ScriptedGateway) -> None:
    gateway.manifest["control_totals"]["rows"] += 2
    gateway.manifest["control_totals"]["non_blank"]["LABEL"] += 1


def test_an_incomplete_export_is_kept_and_asks_for_another(gateway, where, landing):
    make_short(gateway)
    with pytest.raises(IncompleteExport, match=r"attempt \[1\] lacks \[2\] things, first: \[7\] rows of \[9\];"):
        attempt(where, landing)
    (kept,) = landing.receipts(DATASET, NIGHT)
    assert not kept.complete
    assert kept.shortfalls == ("[7] rows of [9]", "column [LABEL] has [4] values of [5]")
    assert landed(landing, kept) == list(gateway.parts.values())
    assert landing.attempts(DATASET, NIGHT, 1) == 1


def test_the_last_try_hands_over_what_there_is(gateway, where, landing):
    make_short(gateway)
    receipt = attempt(where, landing, last_try=True)
    assert not receipt.complete
    assert landing.receipts(DATASET, NIGHT) == [receipt]


def test_a_missing_part_leaves_the_others(gateway, where, landing):
    gateway.offer([rows(7), rows(5, 7), rows(5, 12)])
    del gateway.parts["part-0002.csv.gz"]
    receipt = attempt(where, landing, last_try=True)
    assert "part [part-0002.csv.gz] is not on the gateway" in receipt.shortfalls
    assert landed(landing, receipt) == list(gateway.parts.values())
    assert sorted(path.name for path in (landing.root / receipt.path).glob("part*")) == sorted(gateway.parts)


def test_a_part_listed_twice_is_landed_once(gateway, where, landing):
    gateway.manifest["parts"] *= 2
    receipt = attempt(where, landing, last_try=True)
    assert receipt.shortfalls == ("part [part-0001.csv.gz] is listed more than once",)
    assert (receipt.rows, len(receipt.parts)) == (7, 1)


def test_a_part_that_arrives_as_announced_and_cannot_be_unpacked_is_left_out(gateway, where, landing):
    gateway.offer([rows(7), rows(5000, 7)])
    gateway.replace_part("part-0002.csv.gz", gateway.parts["part-0002.csv.gz"][:-20])
    receipt = attempt(where, landing, last_try=True)
    assert "part [part-0002.csv.gz] is not readable gzip and was left out" in receipt.shortfalls
    assert [part.name for part in receipt.parts] == ["part-0001.csv.gz"]
    assert receipt.rows == 7


def test_a_column_that_came_empty_is_named(gateway, where, landing):
    gateway.replace_part("part-0001.csv.gz", packed([(row[0], "", row[2]) for row in rows(7)]))
    receipt = attempt(where, landing, last_try=True)
    assert receipt.shortfalls == ("column [LABEL] has [0] values of [4]",)


def test_rows_without_a_header_are_not_quoted_as_columns(gateway, where, landing, caplog):
    gateway.replace_part("part-0001.csv.gz", packed(rows(7)[1:], header=[SENTINEL, SENTINEL, SENTINEL]))
    receipt = attempt(where, landing, last_try=True)
    assert "column [ID] is not in every part" in receipt.shortfalls
    assert SENTINEL not in receipt.model_dump_json() + caplog.text


@pytest.mark.parametrize("version", ["2.0", "0.9", "12.2"])
def test_another_major_version_is_refused(gateway, where, landing, version):
    gateway.manifest["contract_version"] = version
    with pytest.raises(Refusal, match=rf"\[{version}\], ours is \[1.2\]") as refused:
        attempt(where, landing)
    assert refused.value.cause == "contract"
    assert_nothing_visible(landing)


def test_another_minor_version_is_not(gateway, where, landing):
    gateway.manifest["contract_version"] = "1.9"
    assert attempt(where, landing).contract_version == "1.9"


@pytest.mark.parametrize(
    ("kind", "fault", "expected", "cause"),
    [
        ("part", close_after(5), TransportError, "reset"),
        ("part", flipped, TransportError, "checksum"),
        ("manifest", status(503), TransportError, "503"),
        ("export", status(404), Refusal, "404"),
        ("export", status(401), Refusal, "401"),
        ("part", status(403), Refusal, "403"),
    ],
)
def test_what_fails_leaves_only_its_ledger(*, gateway, where, landing, kind, fault, expected, cause):
    gateway.always[kind] = fault
    with pytest.raises(expected):
        attempt(where, landing)
    assert_nothing_visible(landing)
    (ledger,) = landing.root.rglob("*.failed.json")
    assert json.loads(ledger.read_text())["cause"] == cause
    assert landing.attempts(DATASET, NIGHT, 1) == 1


def test_a_gzip_bomb_is_refused_and_not_kept(gateway, where, landing):
    gateway.replace_part("part-0001.csv.gz", gzip.compress(b"ID,LABEL,UPD\n" + b"1,,\n" * (4 << 20), 9))
    with pytest.raises(Refusal, match="unpacks to more than"):
        attempt(where, landing)
    assert_nothing_visible(landing)


def test_more_than_the_disk_holds_is_not_begun(gateway, where, landing):
    gateway.manifest["parts"][0]["bytes"] = 1 << 60
    with pytest.raises(LandingError, match="are free"):
        attempt(where, landing, limits=Extraction(max_part_bytes=1 << 61))
    assert not gateway.paths(".csv.gz")
    assert_nothing_visible(landing)


FILE_LIMIT = """
import resource, signal, sys
sys.path[:0] = [{tests!r}]
from test_extract import attempt, landing
from include.extraction.landing import Landing
from include.extraction.errors import LandingError
from include.settings import Gateway
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    attempt(Gateway(sys.argv[1], sys.argv[2]), Landing(Path(sys.argv[3])))
except LandingError as error:
    print(error)
"""


def test_a_write_that_stops_short_in_mid_part_is_a_landing_error(gateway, where, landing):
    """The kernel's own limit on the size of a file: the write that meets it is short, the next one fails."""
    gateway.replace_part("part-0001.csv.gz", os.urandom(10_000))
    script = FILE_LIMIT.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-c", script, where.url, where.token, str(landing.root)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "."})
    assert f"[{errno.errorcode[errno.EFBIG]}]" in run.stdout
    assert_nothing_visible(landing)


KILLED = """
import sys
sys.path[:0] = [{tests!r}]
from test_extract import attempt
from include.extraction.landing import Landing
from include.settings import Extraction, Gateway
from pathlib import Path
attempt(Gateway(sys.argv[1], sys.argv[2]), Landing(Path(sys.argv[3])), limits=Extraction())
"""


def test_a_process_killed_in_mid_part_leaves_nothing_visible_and_the_next_attempt_lands(gateway, where, landing):
    gateway.offer([rows(7), rows(500, 7)])
    gateway.faults["part"].extend([close_after(10), stall_after(10), stall_after(300)])
    script = KILLED.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-c", script, where.url, where.token, str(landing.root)]
    child = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": "."})
    assert gateway.reached_stall.wait(30)
    child.send_signal(signal.SIGKILL)
    assert child.wait(30) == -signal.SIGKILL
    gateway.faults.clear()
    assert landing.receipts(DATASET, NIGHT) == []
    receipt = attempt(where, landing)
    assert receipt.attempt == 2
    assert landing.receipts(DATASET, NIGHT) == [receipt]
    assert landing.attempts(DATASET, NIGHT, 1) == 2


def test_two_runs_at_once_land_two_attempts(gateway, where, landing):
    with ThreadPoolExecutor(2) as pool:
        receipts = list(pool.map(lambda run_id: attempt(where, landing, run_id=run_id), [1, 2]))
    assert {receipt.attempt for receipt in receipts} == {1, 2}
    assert len(landing.receipts(DATASET, NIGHT)) == 2


@pytest.mark.parametrize("kind", ["export", "job", "manifest", "part"])
@pytest.mark.parametrize("fault", [status(401), status(422), status(500), close_after(1)])
def test_no_error_holds_the_token_or_the_gateways_words(*, gateway, where, landing, caplog, kind, fault):
    caplog.set_level(logging.DEBUG)
    gateway.always[kind] = fault
    with pytest.raises(ExtractionError) as caught:
        attempt(where, landing)
    text = str(caught.value) + caplog.text + "".join(path.read_text() for path in landing.root.rglob("*.json"))
    assert "\n" not in str(caught.value)
    assert "dataset [tecs_things], interval [2014-09-30T00:00Z..2014-10-01T00:00Z]" in str(caught.value)
    assert TOKEN not in text
    assert SENTINEL not in text


@pytest.mark.parametrize(
    "error", [TransportError("a", "stall"), IncompleteExport("a"), Refusal("a", "401"), LandingError("a")]
)
def test_an_error_survives_pickling(error):
    """Airflow hands exceptions between processes."""
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # written on this line
    assert (type(again), str(again), again.cause) == (type(error), "a", error.cause)
