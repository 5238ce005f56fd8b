"""The plan of transport faults is a pure function, and a patient client always arrives."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from include.interval import Interval
from include.simulator import scenario
from include.simulator.rates import Transport
from include.simulator.transport import FAILED_ATTEMPTS, IN_A_ROW, PARTS_ONLY, FaultPlan

NIGHTLY = scenario.load("nightly")
LAST_NIGHT = Interval(NIGHTLY.end - timedelta(days=1), NIGHTLY.end)
PLAN = FaultPlan(NIGHTLY.seed, NIGHTLY.transport, LAST_NIGHT)
DATASETS = ("tecs_subjects", "tecs_aliases", "uscis_petitions")

nights = st.integers(0, 3000).map(
    lambda n: Interval(NIGHTLY.start + timedelta(days=n), NIGHTLY.start + timedelta(days=n + 1))
)
requests = st.sampled_from(["create", "status", "manifest", "part-0001.csv.gz", "part-0002.csv.gz"])


@given(
    st.lists(st.tuples(st.sampled_from(DATASETS), nights, st.integers(1, 4), requests, st.integers(1, 3)), max_size=20)
)
def test_a_fault_depends_on_nothing_but_the_request(asked: list[tuple[str, Interval, int, str, int]]) -> None:
    again = FaultPlan(NIGHTLY.seed, NIGHTLY.transport, LAST_NIGHT)
    forward = [PLAN.fault(*request) for request in asked]
    backward = [again.fault(*request) for request in reversed(asked)]
    assert forward == backward[::-1]


@given(st.sampled_from(DATASETS), nights, st.integers(1, 4), requests)
def test_no_request_is_hit_for_ever(dataset: str, night: Interval, attempt: int, request: str) -> None:
    always = FaultPlan(1, Transport(reset=1.0, job_failed=1.0), LAST_NIGHT)
    assert always.fault(dataset, night, attempt, request, IN_A_ROW) is not None
    assert always.fault(dataset, night, attempt, request, IN_A_ROW + 1) is None
    assert always.job_fails(dataset, night, attempt) == (attempt <= FAILED_ATTEMPTS)
    if not request.startswith("part-"):
        assert PLAN.fault(dataset, night, attempt, request, 1) not in PARTS_ONLY


def test_the_last_night_of_nightly_has_one_failing_job_and_several_faults() -> None:
    assert PLAN.job_fails("tecs_subjects", LAST_NIGHT, 1)
    assert not PLAN.job_fails("tecs_subjects", LAST_NIGHT, 2)


def test_rates_are_kept_and_attempts_differ() -> None:
    rates = NIGHTLY.transport
    nights_of_history = [
        Interval(start, start + timedelta(days=1))
        for start in (datetime(2005, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(3000))
    ]
    first = [PLAN.fault("uscis_petitions", night, 1, "part-0001.csv.gz", 1) for night in nights_of_history]
    second = [PLAN.fault("uscis_petitions", night, 2, "part-0001.csv.gz", 1) for night in nights_of_history]
    expected = sum(
        (rates.too_many_requests, rates.unavailable, rates.reset, rates.stall, rates.truncated, rates.flipped)
    )
    assert abs(sum(f is not None for f in first) / 3000 - expected) < 0.02
    assert first != second
    failed = sum(PLAN.job_fails("uscis_petitions", night, 1) for night in nights_of_history)
    assert abs(failed / 3000 - rates.job_failed) < 0.015
