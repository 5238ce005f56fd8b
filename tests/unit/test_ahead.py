"""The next result is made while the caller is at this one, in order and no further; or two of them at once."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.ahead import MANY_ROWS, ahead, side_by_side


@given(st.lists(st.integers()))
def test_it_gives_what_there_is_in_its_order(values):
    assert list(ahead(iter(values))) == values


def test_one_result_waits_and_no_more():
    made: list[int] = []
    may_go_on = threading.Event()

    def numbers() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            yield number
            may_go_on.set()

    with closing(ahead(numbers())) as results:
        assert next(results) == 0
        assert may_go_on.wait(timeout=30)  # the second is asked for without the caller
        assert next(results) == 1
    assert made[-1] <= 2


def test_an_error_comes_where_its_result_would_have_come():
    results = ahead(10 // number for number in (5, 2, 0, 1))
    assert [next(results), next(results)] == [2, 5]
    with pytest.raises(ZeroDivisionError):
        next(results)
    with pytest.raises(StopIteration):
        next(results)


@given(st.lists(st.integers()), st.sampled_from([0, MANY_ROWS]))
def test_side_by_side_gives_what_one_after_the_other_does(values, rows):
    assert side_by_side(abs, values, rows) == [*map(abs, values)]


@pytest.mark.parametrize("rows", [0, MANY_ROWS])
def test_an_error_of_one_is_the_callers(rows):
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 10 // number, [1, 0, 2], rows)


def test_two_of_many_rows_are_made_at_once():
    both = threading.Barrier(2, timeout=30)
    assert len(side_by_side(lambda _: both.wait(), [1, 2], MANY_ROWS)) == 2
