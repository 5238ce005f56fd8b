"""The landing zone: a partial landing is invisible, a landed byte never changes, a number is used once."""

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from scripted_gateway import CONTRACT, NIGHT, manifest_of, packed, rows

from include.extraction import landing as landing_module
from include.extraction.errors import LandingError, TransportError
from include.extraction.landing import ABANDONED_SECONDS, COMPARED, Attempt, Landing
from include.extraction.manifest import Manifest
from include.extraction.receipt import Failure, Receipt

DATASET = CONTRACT.dataset
PART = "part-0001.csv.gz"
BODY = packed(rows(7))
MANIFEST = Manifest.model_validate_json(json.dumps(manifest_of({PART: BODY}, {PART: 7}, rows(7))))
NOW = datetime(2014, 10, 1, 1, tzinfo=UTC)


def receipt_of(attempt: Attempt) -> Receipt:
    return Receipt(
        dataset=DATASET,
        interval_start=NIGHT.start,
        interval_end=NIGHT.end,
        attempt=attempt.number,
        run_id=attempt.run_id,
        path=attempt.path,
        parts=MANIFEST.parts,
        rows=7,
        bytes=len(BODY),
        contract_version="1.2",
        started_at=NOW,
        finished_at=NOW,
        resumed=0,
        retried={},
        complete=True,
        shortfalls=(),
    )


def land(landing: Landing, run_id: int = 1) -> Receipt:
    with landing.open_attempt(DATASET, NIGHT, run_id) as attempt:
        (attempt.folder / PART).write_bytes(BODY)
        attempt.land(MANIFEST, receipt_of(attempt))
    return receipt_of(attempt)


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path / "landing")


def interval_folder(landing: Landing) -> Path:
    return landing.root / DATASET / "20140930T000000Z_20141001T000000Z"


def names(landing: Landing) -> list[str]:
    return sorted(path.name for path in interval_folder(landing).iterdir())


def age(path: Path, seconds: float) -> None:
    for each in (*path.iterdir(), path):
        os.utime(each, (time.time() - seconds,) * 2)


def test_a_landed_attempt_is_what_the_layout_says(landing):
    receipt = land(landing)
    assert names(landing) == ["attempt-0001"]
    folder = interval_folder(landing) / "attempt-0001"
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", PART, "receipt.json"]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o222 for path in folder.iterdir()} == {0}
    assert landing.root / receipt.path == folder
    assert landing.receipts(DATASET, NIGHT) == [receipt]
    assert landing.verify(receipt) == [folder / PART]
    assert Manifest.model_validate_json((folder / "manifest.json").read_bytes()) == MANIFEST
    assert receipt.interval == NIGHT


def test_an_interval_nobody_extracted_has_no_receipts(landing):
    assert landing.receipts(DATASET, NIGHT) == []
    assert landing.attempts(DATASET, NIGHT, 1) == 0


def test_receipts_are_sorted_by_number_and_told_apart_by_run(landing, monkeypatch):
    monkeypatch.setattr(landing_module, "_reserve", reserve_from(9_998))
    for run_id in (1, 1, 2, 1):
        land(landing, run_id)
    assert [each.attempt for each in landing.receipts(DATASET, NIGHT)] == [9998, 9999, 10000, 10001]
    assert [each.attempt for each in landing.receipts(DATASET, NIGHT, 1)] == [9998, 9999, 10001]
    assert (landing.attempts(DATASET, NIGHT, 1), landing.attempts(DATASET, NIGHT, 2)) == (3, 1)


def reserve_from(first: int):
    original = landing_module._reserve

    def reserve(place):
        return original(place) if place.entries() else (place.folder / f"attempt-{first}.open").mkdir() or first

    return reserve


def test_a_failed_attempt_leaves_its_number_and_a_word(landing):
    attempt = landing.open_attempt(DATASET, NIGHT, 7)
    (attempt.folder / PART).write_bytes(BODY[:5])
    with pytest.raises(TransportError), attempt:
        raise TransportError("dataset [x]: message", "stall")
    assert names(landing) == ["attempt-0001.failed.json"]
    assert "message" not in (interval_folder(landing) / "attempt-0001.failed.json").read_text()
    failure = Failure(attempt=1, run_id=7, cause="stall", started_at=attempt.started_at)
    assert landing.failures(DATASET, NIGHT, 7) == [failure]
    assert landing.failures(DATASET, NIGHT, 8) == []
    assert landing.receipts(DATASET, NIGHT) == []
    assert land(landing, 7).attempt == 2
    assert landing.attempts(DATASET, NIGHT, 7) == 2


def test_an_attempt_that_only_compared_has_a_number_and_has_not_failed(landing):
    with landing.open_attempt(DATASET, NIGHT, 1) as attempt:
        attempt.cause = COMPARED
    assert landing.failures(DATASET, NIGHT, 1) == []
    assert land(landing).attempt == 2


def test_a_ledger_that_outlived_its_landing_counts_once(landing, monkeypatch):
    monkeypatch.setattr(
        Path, "unlink", lambda *_, **__: None
    )  # killed after the receipt, before the ledger was removed
    receipt = land(landing)
    assert names(landing) == ["attempt-0001", "attempt-0001.failed.json"]
    assert landing.receipts(DATASET, NIGHT) == [receipt]
    assert landing.failures(DATASET, NIGHT, 1) == []
    assert landing.attempts(DATASET, NIGHT, 1) == 1


def test_an_interrupted_attempt_is_cleared_away(landing):
    with pytest.raises(KeyboardInterrupt), landing.open_attempt(DATASET, NIGHT, 7):
        raise KeyboardInterrupt
    assert names(landing) == ["attempt-0001.failed.json"]


def test_concurrent_runs_never_share_a_number(landing):
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda run_id: land(landing, run_id), range(24)))
    assert sorted(each.attempt for each in receipts) == list(range(1, 25))
    assert [each.attempt for each in landing.receipts(DATASET, NIGHT)] == list(range(1, 25))
    assert names(landing) == [f"attempt-{n:04d}" for n in range(1, 25)]


@pytest.mark.parametrize("left", ["attempt-0001", "attempt-0001.failed.json"])
def test_a_number_whose_lock_is_gone_since_we_looked_is_not_taken(landing, monkeypatch, left):
    folder = interval_folder(landing)
    folder.mkdir(parents=True)
    original, looks = landing_module._Place.entries, []

    def entries(place):
        seen = original(place)
        looks.append(seen)
        if len(looks) == 2:  # after the sweep's look and the first of the reservation
            (folder / left).mkdir() if left == "attempt-0001" else (folder / left).write_text(
                '{"run_id": 1, "attempt": 1}'
            )
        return seen

    monkeypatch.setattr(landing_module._Place, "entries", entries)
    assert landing.open_attempt(DATASET, NIGHT, 1).number == 2


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from test_landing import land
from include.extraction.landing import Landing

left = [int(sys.argv[2])]
def deadly(original):
    def call(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)
    return call

os.fsync = deadly(os.fsync)
for name in ("rename", "replace", "chmod", "mkdir", "unlink"):
    setattr(Path, name, deadly(getattr(Path, name)))

for calls in range(100):
    child = os.fork()
    if not child:
        left[0] = calls
        land(Landing(Path(sys.argv[1]) / str(calls)))
        os._exit(0)
    if not os.waitpid(child, 0)[1]:
        break
print(calls)
"""


def test_a_process_killed_at_any_step_leaves_nothing_half_visible(tmp_path):
    """SIGKILL before each system call that the landing's safety rests on, one process each."""
    script = KILLED.format(tests=str(Path(__file__).parent))
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path), "0"], capture_output=True, text=True, check=True)
    steps = int(run.stdout)
    assert steps > 10
    visible = []
    for calls in range(steps):
        landing = Landing(tmp_path / str(calls))
        receipts = landing.receipts(DATASET, NIGHT)
        for receipt in receipts:
            landing.verify(receipt)
        visible.append(len(receipts))
        again = land(landing)
        assert again in landing.receipts(DATASET, NIGHT)
        assert landing.attempts(DATASET, NIGHT, 1) in (again.attempt, 1)
    assert visible == sorted(visible)  # once visible, always visible
    assert visible[0] == 0


def test_leavings_are_swept_by_age_only_and_keep_their_number(landing):
    old, young, bare = (landing.open_attempt(DATASET, NIGHT, 1) for _ in range(3))
    (old.folder / PART).write_bytes(BODY[:9])
    (young.folder / PART).write_bytes(BODY[:9])
    renamed = bare.folder.rename(interval_folder(landing) / "attempt-0003")  # killed before its receipt
    for folder in (old.folder, young.folder, renamed):
        age(folder, ABANDONED_SECONDS + 60)
    os.utime(young.folder / PART)  # a long part is still being written to
    assert land(landing).attempt == 4
    assert names(landing) == [
        "attempt-0001.failed.json",
        "attempt-0002.failed.json",
        "attempt-0002.open",
        "attempt-0003.failed.json",
        "attempt-0004",
    ]
    assert landing.attempts(DATASET, NIGHT, 1) == 4


def test_an_attempt_that_landed_is_never_swept(landing):
    receipt = land(landing)
    age(landing.root / receipt.path, 10 * ABANDONED_SECONDS)
    land(landing, 2)
    assert receipt in landing.receipts(DATASET, NIGHT)


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"x", lambda b: bytes([b[0] ^ 1]) + b[1:]])
def test_bytes_that_changed_after_landing_are_found(landing, change):
    receipt = land(landing)
    path = landing.root / receipt.path / PART
    path.chmod(0o600)
    path.write_bytes(change(BODY))
    with pytest.raises(LandingError, match=r"\[part-0001.csv.gz\] of attempt \[1\] changed"):
        landing.verify(receipt)


def test_a_part_that_is_gone_is_found(landing):
    receipt = land(landing)
    (landing.root / receipt.path / PART).unlink()
    with pytest.raises(LandingError, match=r"\[ENOENT\]"):
        landing.verify(receipt)


def test_a_receipt_that_cannot_be_read_is_an_error_not_an_absence(landing):
    receipt = land(landing)
    path = landing.root / receipt.path / "receipt.json"
    path.chmod(0o600)
    path.write_text("{")
    with pytest.raises(LandingError, match=r"\[attempt-0001/receipt.json\] cannot be read"):
        landing.receipts(DATASET, NIGHT)


@pytest.mark.parametrize("step", range(10))  # a landing flushes ten times
@pytest.mark.parametrize(
    ("code", "remedy"), [(errno.ENOSPC, "free space"), (errno.EROFS, "mount"), (errno.EIO, "check")]
)
def test_storage_that_fails_at_any_step_leaves_nothing_visible(landing, monkeypatch, step, code, remedy):
    calls, original = [], os.fsync

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > step:  # and from then on, as a full disk does
            raise OSError(code, os.strerror(code))
        original(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(LandingError) as caught:
        land(landing)
    assert remedy in str(caught.value)
    assert f"[{landing.root}] [{errno.errorcode[code]}]" in str(caught.value)
    assert "dataset [tecs_things], interval [2014-09-30T00:00Z" in str(caught.value)
    assert landing.receipts(DATASET, NIGHT) == []
    assert not list(interval_folder(landing).glob("attempt-????"))


def test_more_than_fits_is_refused_before_it_is_fetched(landing):
    with (
        pytest.raises(LandingError, match=r"needs \[1152921504606846976\] bytes"),
        landing.open_attempt(DATASET, NIGHT, 1) as attempt,
    ):
        attempt.require(1 << 60)


def test_what_fits_to_the_byte_is_fetched(landing, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    with landing.open_attempt(DATASET, NIGHT, 1) as attempt:
        attempt.require(100)
        with pytest.raises(LandingError, match=r"needs \[101\] bytes in .*, \[100\] are free"):
            attempt.require(101)


FULL = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
import test_landing
from include.extraction.errors import LandingError
from include.extraction.landing import Landing
landing = Landing(Path(sys.argv[1]))
test_landing.land(landing)
test_landing.BODY = b"x" * 300_000
try:
    test_landing.land(landing)
except OSError as error:
    print(error.errno)
print(len(landing.receipts("tecs_things", test_landing.NIGHT)), sorted(p.name for p in landing.root.rglob("attempt*")))
"""


def test_a_disk_that_is_really_full_loses_nothing_landed_and_is_cleared(tmp_path):
    """A tmpfs of 128 kB, in a namespace of its own; where that is not allowed, the injected faults above must do."""
    script = FULL.format(tests=str(Path(__file__).parent))
    mounted = f'mount -t tmpfs -o size=128k none "{tmp_path}" && exec "$0" -c "$1" "{tmp_path}"'
    namespace = ["unshare", "--user", "--map-root-user", "--mount"]
    probe = [*namespace, "mount", "-t", "tmpfs", "none", str(tmp_path)]
    if not shutil.which("unshare") or subprocess.run(probe, check=False, capture_output=True).returncode:
        pytest.skip("no mount namespaces here")
    command = [*namespace, "sh", "-c", mounted, sys.executable, script]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "."})
    assert run.stdout.splitlines() == [str(errno.ENOSPC), "1 ['attempt-0001', 'attempt-0002.failed.json']"]


@pytest.fixture
def ordinary_user():
    """Not root, who may write everywhere."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    yield
    os.seteuid(user)


@pytest.mark.parametrize("use", [land, lambda landing: landing.receipts(DATASET, NIGHT)])
def test_a_root_without_permission_says_what_to_do(landing, ordinary_user, use):
    os.seteuid(os.getuid())
    land(landing)
    landing.root.chmod(0)
    os.seteuid(os.getuid() or 65534)
    with pytest.raises(LandingError, match=r"\[EACCES\]; mount it writable"):
        use(landing)
    os.seteuid(os.getuid())
    landing.root.chmod(0o700)


def test_a_root_that_is_a_file_is_a_landing_error(tmp_path):
    (tmp_path / "landing").write_text("")
    with pytest.raises(LandingError):
        land(Landing(tmp_path / "landing"))


def test_intervals_do_not_mix(landing):
    land(landing)
    next_night = type(NIGHT)(NIGHT.end, NIGHT.end + timedelta(days=1))
    assert landing.receipts(DATASET, next_night) == []
    assert landing.open_attempt(DATASET, next_night, 1).number == 1
