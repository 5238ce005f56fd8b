"""Random histories of nights, with kills, end in the same warehouse: the small profile of `make chaos`."""

import pytest

from benchmarks.reliability.chaos import BLOWS, LAST, chaos, history, place, scratch
from include.quality import suite

pytestmark = pytest.mark.integration

SEEDS = list(range(1, 21))
NIGHTS = 2


@pytest.mark.timeout(1800)  # twenty histories: four minutes, and beside a busy machine's other work more than ten
def test_histories_with_kills_end_in_the_same_warehouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "validate", suite.validate)  # the trial replaces it for good: put back for other tests
    with scratch() as folder, place(folder) as here:
        outcome = chaos(here, SEEDS, NIGHTS, print)
    assert outcome.differences == {}
    assert outcome.unclosed == 0
    assert outcome.histories == len(SEEDS)
    assert outcome.kills > 0
    if here.disk:
        assert here.full, "PostgreSQL refused no stage for its full disk"
        assert here.stops, "PostgreSQL did not stop for its full journal"


def test_the_seeds_are_a_fair_sample() -> None:
    steps = [step for seed in SEEDS for step in history(seed, NIGHTS)]
    assert {step.blow for step in steps} == {*BLOWS, None}
    assert any(len(step.intervals) > 1 for step in steps), "some runs begin at the same time"
    for seed in SEEDS:
        intervals = [interval for step in history(seed, NIGHTS) for interval in step.intervals]
        days = {interval.start for interval in intervals}
        assert len(days) == NIGHTS, "every night begins at least one run"
        assert max(interval.end for interval in intervals) == LAST
    assert history(3, NIGHTS) == history(3, NIGHTS)
