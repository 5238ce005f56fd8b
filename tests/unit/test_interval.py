from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interval import Interval

MIDNIGHT = datetime(2014, 9, 30, tzinfo=UTC)
NIGHT = Interval(MIDNIGHT, MIDNIGHT + timedelta(days=1))

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=zones)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(moments)
    return Interval(start, start + draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=4000))))


def test_it_is_written_for_messages_and_for_file_names():
    assert str(NIGHT) == "2014-09-30T00:00Z..2014-10-01T00:00Z"
    assert NIGHT.slug == "20140930T000000Z_20141001T000000Z"


def test_bounds_of_any_zone_become_utc():
    eastern = timezone(timedelta(hours=-4))
    assert Interval(MIDNIGHT.astimezone(eastern), NIGHT.end) == NIGHT
    assert Interval(datetime(2014, 9, 29, 20, tzinfo=eastern), NIGHT.end).slug == NIGHT.slug


@given(intervals())
def test_bounds_are_utc_and_the_moment_is_kept(interval: Interval):
    assert interval.start.utcoffset() == interval.end.utcoffset() == timedelta(0)
    assert interval.start < interval.end


@given(moments, st.timedeltas(timedelta(seconds=1), timedelta(days=4000)), zones)
def test_the_zone_of_the_bounds_makes_no_difference(start: datetime, length: timedelta, zone: timezone):
    here, there = Interval(start, start + length), Interval(start.astimezone(zone), (start + length).astimezone(zone))
    assert here == there
    assert hash(here) == hash(there)
    assert here.slug == there.slug


@given(intervals())
def test_the_slug_is_a_plain_file_name(interval: Interval):
    assert set(interval.slug) <= set("0123456789TZ_")


@given(st.lists(st.tuples(st.integers(0, 2**31), st.integers(1, 2**20)), max_size=20))
def test_different_intervals_of_whole_seconds_have_different_slugs_that_sort_as_they_do(seconds: list[tuple[int, int]]):
    found = [Interval(datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(at + n, UTC)) for at, n in seconds]
    assert len({interval.slug for interval in found}) == len(set(found))
    assert [interval.slug for interval in sorted(found)] == sorted(interval.slug for interval in found)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_an_empty_or_backward_period_is_refused(start: datetime, back: timedelta):
    with pytest.raises(ValueError, match=r"^interval \[.*\] is empty$"):
        Interval(start, start - back)


@pytest.mark.parametrize("naive", ["start", "end"])
def test_a_bound_without_a_zone_is_refused(naive: str):
    bounds = {"start": NIGHT.start, "end": NIGHT.end}
    bounds[naive] = bounds[naive].replace(tzinfo=None)
    with pytest.raises(ValueError, match=r"^interval \[.*\]: bounds need a time zone$"):
        Interval(**bounds)


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        NIGHT.start = MIDNIGHT  # type: ignore[misc]  # that it fails is the point
