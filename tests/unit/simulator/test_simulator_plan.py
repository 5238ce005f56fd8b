"""The fault plan is a pure function, and a patient client always arrives."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from include.contracts.model import load_all
from include.interval import Interval
from include.simulator import scenario
from include.simulator.gateways.damage import FileFault, candidates
from include.simulator.gateways.plan import Attempt, FaultPlan, Rules, WrittenPlan, load, names
from include.simulator.gateways.transport import ATTEMPT, FAULTY_ATTEMPTS, IN_A_ROW, PART, Fault
from include.simulator.rates import Files, Transport

NIGHTLY = scenario.load("nightly")
LAST_NIGHT = Interval(NIGHTLY.end - timedelta(days=1), NIGHTLY.end)
EVERY_FILE_FAULT = Files(**dict.fromkeys(Files.model_fields, 0.5))
RULES = Rules(transport=NIGHTLY.transport, files=EVERY_FILE_FAULT)
UTF16 = [{"fault": "utf16"}]
DATASETS = ("tecs_subjects", "tecs_aliases", "uscis_petitions")


def plan(rules: Rules = RULES, name: str = "nightly", seed: int = NIGHTLY.seed) -> FaultPlan:
    return FaultPlan(name, seed, LAST_NIGHT, rules)


def nights(count: int) -> list[Interval]:
    starts = (datetime(2005, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(count))
    return [Interval(start, start + timedelta(days=1)) for start in starts]


attempts = st.builds(Attempt, st.sampled_from(DATASETS), st.sampled_from(nights(3000)), st.integers(1, 6))
requests = st.sampled_from(["create", "status", "manifest", "part-0001.csv.gz", "part-0002.csv.gz"])
QUESTIONS: list[Callable[[FaultPlan, Attempt, str, int], object]] = [
    lambda plan, attempt, _request, _time: plan.of_attempt(attempt),
    lambda plan, attempt, request, _time: plan.of_part(attempt, request),
    lambda plan, attempt, request, time: plan.of_request(attempt, request, time),
    lambda plan, attempt, _request, _time: plan.of_file(attempt),
    lambda plan, attempt, _request, _time: plan.expires_at(attempt),
    lambda plan, attempt, request, _time: plan.retry_after(attempt, request),
]


@given(st.lists(st.tuples(st.sampled_from(QUESTIONS), attempts, requests, st.integers(1, 3)), max_size=20))
def test_a_fault_depends_on_nothing_but_what_is_asked(
    asked: list[tuple[Callable[..., object], Attempt, str, int]],
) -> None:
    one, other = plan(), plan()
    forward = [question(one, *rest) for question, *rest in asked]
    backward = [question(other, *rest) for question, *rest in reversed(asked)]
    assert forward == backward[::-1]


@pytest.mark.parametrize(
    "other",
    [
        (plan(name="oig"), "tecs_subjects", 0, 1),
        (plan(seed=1), "tecs_subjects", 0, 1),
        (plan(), "tecs_aliases", 0, 1),
        (plan(), "tecs_subjects", 1, 1),
        (plan(), "tecs_subjects", 0, 2),
    ],
)
def test_scenario_seed_dataset_period_and_attempt_all_matter(other: tuple[FaultPlan, str, int, int]) -> None:
    made, dataset, shift, number = other
    days = nights(201)
    usual = [plan().of_file(Attempt("tecs_subjects", day, 1)) for day in days[:200]]
    assert usual != [made.of_file(Attempt(dataset, day, number)) for day in days[shift:][:200]]


@given(attempts, requests)
def test_whoever_asks_again_arrives(attempt: Attempt, request: str) -> None:
    certain = plan(
        Rules(
            transport=Transport(reset=1.0, part_missing=1.0, job_failed=1.0),
            files=Files(**dict.fromkeys(Files.model_fields, 1.0)),
        )
    )
    assert certain.of_request(attempt, request, IN_A_ROW) is Fault.RESET
    assert certain.of_request(attempt, request, IN_A_ROW + 1) is None
    is_faulty = attempt.number <= FAULTY_ATTEMPTS
    assert (certain.of_attempt(attempt) is Fault.JOB_FAILED) == is_faulty
    assert (certain.of_part(attempt, "part-0001.csv.gz") is Fault.PART_MISSING) == is_faulty
    assert (len(certain.of_file(attempt).faults) > 15) == is_faulty


def test_four_attempts_are_what_a_task_with_three_retries_makes() -> None:
    assert FAULTY_ATTEMPTS + 1 == 4


def test_the_first_attempt_of_the_last_night_fails_as_the_scenario_says() -> None:
    assert [plan().of_attempt(Attempt("tecs_subjects", LAST_NIGHT, n)) for n in (1, 2)] == [Fault.JOB_FAILED, None]


@pytest.mark.parametrize("fault", [*ATTEMPT, *PART])
def test_rates_of_attempts_and_parts_are_kept(fault: Fault) -> None:
    one = plan(Rules(transport=Transport.model_validate({fault.value: 0.1})))
    asked = [Attempt("uscis_petitions", night, 1) for night in nights(2000)]
    struck = [one.of_attempt(each) if fault in ATTEMPT else one.of_part(each, "part-0001.csv.gz") for each in asked]
    assert set(struck) == {fault, None}
    assert abs(struck.count(fault) / 2000 - 0.1) < 0.03


def test_rates_of_files_are_kept_where_a_fault_goes_with_the_dataset() -> None:
    one = plan(Rules(files=Files(**dict.fromkeys(Files.model_fields, 0.1))))
    for dataset, contract in load_all().items():
        damages = [one.of_file(Attempt(dataset, night, 1)) for night in nights(300)]
        struck = Counter(planned.fault for damage in damages for planned in damage.faults)
        possible = [fault for fault in FileFault if candidates(fault, contract)]
        assert set(struck) == set(possible)
        assert all(abs(struck[fault] / 300 - 0.1) < 0.08 for fault in possible)
        assert abs(struck.total() / len(possible) / 300 - 0.1) < 0.015
        hit = [planned for damage in damages for planned in damage.faults]
        assert all(set(planned.columns) <= set(candidates(planned.fault, contract)) for planned in hit)


def test_requests_are_struck_as_often_as_the_rates_say_and_attempts_differ() -> None:
    rates = NIGHTLY.transport
    days = nights(3000)
    first, second = (
        [plan().of_request(Attempt("uscis_petitions", day, n), "part-0001.csv.gz", 1) for day in days] for n in (1, 2)
    )
    expected = sum(
        (rates.too_many_requests, rates.unavailable, rates.reset, rates.stall, rates.truncated, rates.flipped)
    )
    assert abs(sum(f is not None for f in first) / 3000 - expected) < 0.02
    assert first != second


def test_an_expired_token_shows_at_any_request() -> None:
    asked = [plan().expires_at(Attempt("uscis_petitions", night, 1)) for night in nights(100)]
    assert set(asked) == {"create", "status", "manifest", "part"}


def test_rates_of_which_only_one_can_strike_add_up_to_one_at_most() -> None:
    Transport(reset=0.5, stall=0.5)
    for wrong in ({"reset": 0.6, "flipped": 0.6}, {"part_missing": 0.6, "part_late": 0.6}, {"job_failed": 1.1}):
        with pytest.raises(ValidationError):
            Transport.model_validate(wrong)


def test_a_written_plan_settles_its_attempts_and_no_others() -> None:
    written = WrittenPlan.model_validate(
        {
            "name": "x",
            "meaning": "x",
            "attempts": [
                {
                    "datasets": "tecs_*",
                    "attempt": 2,
                    "why": "x",
                    "job": "job_never_ends",
                    "files": [{"fault": "utf16"}],
                },
                {"datasets": "*", "attempt": 2, "why": "the first entry counts"},
            ],
        }
    )
    both = plan(Rules(transport=Transport(job_failed=1.0), written=written))
    night = nights(1)[0]
    for dataset, expected in (("tecs_subjects", Fault.JOB_NEVER_ENDS), ("uscis_petitions", None)):
        asked = [Attempt(dataset, night, n) for n in (1, 2, 3)]
        assert [both.of_attempt(each) for each in asked] == [Fault.JOB_FAILED, expected, Fault.JOB_FAILED]
    hit = both.of_file(Attempt("tecs_subjects", night, 2)).faults
    assert [planned.fault for planned in hit] == [FileFault.UTF16]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"datasets": "fbi_*"}, "no dataset fits"),
        ({"datasets": "tecs_subjects", "files": [{"fault": "column_blank", "columns": ["NOPE"]}]}, "cannot hit"),
        ({"datasets": "tecs_subjects", "files": [{"fault": "column_blank", "columns": ["SUBJ_ID"]}]}, "cannot hit"),
        ({"datasets": "uscis_petitions", "files": [{"fault": "aliases_as_rows"}]}, "cannot hit"),
        ({"datasets": "tecs_*", "files": [{"fault": "bom"}, {"fault": "bom"}]}, "twice"),
        ({"datasets": "tecs_*", "job": "reset"}, "job_failed"),
    ],
)
def test_a_written_plan_that_cannot_be_is_refused(entry: dict[str, object], reason: str) -> None:
    attempt = {"attempt": 1, "why": "x", **entry}
    with pytest.raises(ValidationError, match=reason):
        WrittenPlan.model_validate({"name": "x", "meaning": "x", "attempts": [attempt]})


def test_the_shipped_plans_can_be_used() -> None:
    assert names() == ["never_whole", "tecs_attempts"]
    assert {each.attempt for each in load("tecs_attempts").attempts} == {1, 2, 3, 4}
    with pytest.raises(ValueError, match=r"no fault plan \[nope\]"):
        load("nope")
