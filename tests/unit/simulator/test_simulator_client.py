"""What the real client and the real reader make of each fault, as `docs/faults.md` says it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs.fault_table import ATTEMPTS, FILES, PARTS, REQUESTS
from include.contracts.model import load_contract
from include.extraction.errors import ExtractionError, IncompleteExport, NotReady
from include.extraction.extract import extract
from include.extraction.landing import Landing
from include.extraction.receipt import Receipt
from include.interval import Interval
from include.quality.staging import Part, Staged, stage
from include.settings import Extraction, Gateway
from include.simulator.gateways.plan import Rules
from include.simulator.rates import Files, Transport
from tests.unit.simulator.conftest import TOKEN, Serve, client

LIMITS = Extraction(
    connect_seconds=2, read_seconds=1, poll_seconds=0.001, job_seconds=10, backoff_seconds=0.001, backoff_max_seconds=2
)
PERIOD = Interval(datetime(2014, 9, 10, tzinfo=UTC), datetime(2014, 9, 25, tzinfo=UTC))
YEARS = Interval(datetime(2011, 10, 1, tzinfo=UTC), datetime(2014, 10, 1, tzinfo=UTC))
DATASETS = {"other_program": "tecs_investigations", "aliases_as_rows": "tecs_subjects"}

SURVIVED, NEXT = "survived", "next attempt"
OF_REQUESTS = {
    "too_many_requests": {"429"},
    "unavailable": {"503"},
    "refused": {"reset"},
    "reset": {"reset"},
    "stall": {"reset"},  # the gateway cuts the line before the client's patience ends
    "truncated": {"truncated"},
    "flipped": {"checksum"},
}
# Fault -> how the attempt ends that it hits.
OF_ATTEMPTS = {
    "part_missing": "IncompleteExport",
    "part_twice": "IncompleteExport",
    "part_late": "IncompleteExport",
    "etag_changed": "truncated",
    "job_failed": "job_failed",
    "job_never_ends": "job_timeout",
    "empty_export": "IncompleteExport",
    "expired_token": "401",
}
# Fault -> whether the totals tell, and what staging makes of the attempt and the right one after it, if one was asked
# for: what is right is accepted, and `more` rows came, which are set aside.
OF_FILES = {
    "columns_renamed": (True, "right"),
    "columns_reordered": (False, "right"),
    "columns_dropped": (True, "right"),
    "columns_shifted": (True, "right"),
    "column_twice": (True, "right"),
    "column_blank": (True, "right"),
    "field_blank": (True, "right"),
    "extra_fields": (False, "right"),
    "header_repeated": (True, "right"),
    "preamble": (False, "right"),
    "bom": (False, "right"),
    "utf16": (False, "right"),
    "cp1252": (False, "right"),
    "double_encoded": (False, "right"),
    "nul_bytes": (False, "right"),
    "mixed_dates": (False, "right"),
    "duplicates": (True, "right"),
    "aliases_as_rows": (True, "more"),
    "fiscal_year_missing": (True, "right"),
    "out_of_period": (True, "more"),
    "other_program": (True, "more"),
    "totals_disagree": (True, "right"),
}


class Pipeline:
    """Attempts at one export, and what staging makes of them."""

    def __init__(self, url: str, folder: Path, dataset: str = "uscis_petitioners", period: Interval = PERIOD) -> None:
        self.url, self.folder, self.period = url, folder, period
        self.contract = load_contract(dataset)
        self.landing = Landing(folder / "landing")

    def attempt(self, limits: Extraction = LIMITS) -> Receipt:
        return extract(
            self.contract,
            self.period,
            gateway=Gateway(self.url, TOKEN),
            limits=limits,
            landing=self.landing,
            run_id=1,
            last_try=False,
        )

    def stage(self) -> Staged:
        receipts = self.landing.receipts(self.contract.dataset, self.period)
        parts = [
            Part(receipt.attempt, part.name, self.landing.root / receipt.path / part.name)
            for receipt in receipts
            for part in receipt.parts
        ]
        complete = [receipt.attempt for receipt in receipts if receipt.complete]
        return stage(self.contract, parts, self.folder / "staging", complete)


def mended(url: str) -> None:
    """The gateway injects nothing from now on."""
    with client(url) as http:
        http.put("/v1/plan", json={}).raise_for_status()


def test_every_fault_of_the_table_is_tried() -> None:
    assert set(OF_REQUESTS) == set(REQUESTS)
    assert {*OF_ATTEMPTS, "job_slow"} == set(PARTS) | set(ATTEMPTS)
    assert set(OF_FILES) == set(FILES)
    told = {**REQUESTS, **PARTS, **ATTEMPTS, **FILES}
    for fault, (is_noticed, became) in OF_FILES.items():
        assert told[fault][1].startswith(NEXT) == is_noticed, fault
        assert ("are set aside" in told[fault][1]) == (became == "more"), fault
    for fault, ending in OF_ATTEMPTS.items():
        assert told[fault][1].startswith(NEXT) == (ending != "401"), fault


@pytest.mark.parametrize(("fault", "causes"), OF_REQUESTS.items())
def test_faults_of_requests_are_survived(
    clean: Path, serve: Serve, tmp_path: Path, fault: str, causes: set[str]
) -> None:
    rates = Transport.model_validate({fault: 1.0, "stall_seconds": 0.05})
    receipt = Pipeline(serve(clean, "uscis", rates), tmp_path).attempt()
    assert receipt.complete
    assert set(receipt.retried) == causes
    assert REQUESTS[fault][1].startswith(SURVIVED)


@pytest.mark.parametrize(("fault", "ending"), OF_ATTEMPTS.items())
def test_faults_of_parts_and_jobs_end_the_attempt_and_the_next_one_is_whole(
    clean: Path, serve: Serve, tmp_path: Path, fault: str, ending: str
) -> None:
    url = serve(clean, "uscis", Transport.model_validate({fault: 1.0}))
    pipeline = Pipeline(url, tmp_path)
    with pytest.raises(ExtractionError) as caught:
        pipeline.attempt(replace(LIMITS, job_seconds=0.5) if fault == "job_never_ends" else LIMITS)
    assert caught.value.cause == ending
    mended(url)
    receipt = pipeline.attempt()
    assert receipt.complete
    staged = pipeline.stage()
    assert (staged.accepted, staged.quarantined) == (receipt.rows, 0)


def test_a_slow_job_is_waited_for_outside_of_the_worker_and_asked_for_once(
    clean: Path, serve: Serve, tmp_path: Path
) -> None:
    url = serve(clean, "uscis", Transport(job_slow=1.0, job_slow_seconds=0.5))
    pipeline = Pipeline(url, tmp_path)
    with pytest.raises(NotReady):
        pipeline.attempt(replace(LIMITS, wait_seconds=0.0))
    receipt = pipeline.attempt()
    assert (receipt.complete, receipt.attempt) == (True, 1)
    with client(url) as http:
        [served] = http.get("/v1/served").json()
        assert served["asked_for"] == 1
        assert [entry["fault"] for entry in http.get("/v1/faults").json()] == ["job_slow"]
    assert ATTEMPTS["job_slow"][1].startswith(SURVIVED)


@pytest.mark.parametrize(("fault", "expected"), OF_FILES.items())
def test_faults_of_files(years: Path, serve: Serve, tmp_path: Path, fault: str, expected: tuple[bool, str]) -> None:
    is_noticed, became = expected
    dataset = DATASETS.get(fault, "uscis_petitioners")
    url = serve(years, dataset.split("_")[0], Rules(files=Files.model_validate({fault: 1.0})))
    pipeline = Pipeline(url, tmp_path, dataset, YEARS if fault == "fiscal_year_missing" else PERIOD)
    if is_noticed:
        with pytest.raises(IncompleteExport):
            pipeline.attempt()
        mended(url)
    right = pipeline.attempt()
    assert right.complete
    staged = pipeline.stage()
    assert staged.accepted == right.rows
    assert ("row:unconfirmed" in staged.breaches) == (became == "more")
    assert staged.lost == 0
