from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from include.reporting.summary import covered

START = datetime(2014, 9, 30, tzinfo=UTC)
SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=12)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def test_spans_that_overlap_count_once():
    assert covered([(at(0), at(10)), (at(5), at(12)), (at(20), at(21))]) == 13.0


def test_nothing_covers_nothing():
    assert covered([]) == 0.0


@given(SPANS)
def test_it_is_the_number_of_seconds_in_any_span(spans: list[tuple[int, int]]):
    inside = {second for start, length in spans for second in range(start, start + length)}
    assert covered([(at(start), at(start + length)) for start, length in spans]) == len(inside)
