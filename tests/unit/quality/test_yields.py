"""What attempts are worth, and when another one is asked for."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from include.interval import Interval
from include.quality.yields import DAMAGE, FieldYield, Yields, measure, shortfalls

NIGHT = Interval(datetime(2014, 5, 1, tzinfo=UTC), datetime(2014, 5, 2, tzinfo=UTC))
DECADE = Interval(datetime(2004, 10, 1, tzinfo=UTC), datetime(2014, 10, 1, tzinfo=UTC))


def by_field(yields, attempt):
    return {field.field: field for field in yields.fields if field.attempt == attempt}


def test_a_value_is_present_missing_a_placeholder_or_invalid(small, row, land):
    ids = [f"T{number:03}" for number in range(5)]
    names = ["DOE", "", "n/a", "A NAME TOO LONG", "ROE"]
    rows = [row(thing_id=key, name=name) for key, name in zip(ids, names, strict=True)]
    broken = row(thing_id="T1")  # cannot be told apart from others: its values are of no use
    found = by_field(measure(small, [land(small, [*rows, rows[0], broken])]), 1)["name"]
    assert found == FieldYield(1, "name", present=3, missing=1, placeholder=1, invalid=1, new=2, held=2, versions=5)


def test_the_union_grows_attempt_by_attempt(small, row, land):
    attempts = [
        [row(thing_id="T001", name=""), row(thing_id="T002", name="")],
        [row(thing_id="T001", born_on="")],
        [row(thing_id="T001", name=""), row(thing_id="T002"), row(thing_id="T003")],
    ]
    parts = [land(small, rows, attempt=number) for number, rows in enumerate(attempts, 1)]
    yields = measure(small, parts)
    grown = [
        (found["name"].new, found["name"].held, found["name"].versions)
        for found in (by_field(yields, n) for n in (1, 2, 3))
    ]
    assert grown == [(0, 0, 2), (1, 1, 2), (2, 3, 3)]
    assert [by_field(yields, n)["born_on"].new for n in (1, 2, 3)] == [2, 0, 1]
    confirmed = by_field(measure(small, parts, complete=[2]), 3)["name"]
    assert (confirmed.held, confirmed.versions) == (1, 1), "the others are in no complete attempt"


def test_rows_that_were_put_right_and_rows_that_could_not_be_may_both_come_whole(small, row, land):
    good, surplus, cut = row(thing_id="T001"), [*row(thing_id="T002"), "X"], row(thing_id="T003")[:3]
    yields = measure(small, [land(small, [good, surplus, cut])])
    assert yields.damaged == 2
    assert shortfalls(small, NIGHT, yields)[DAMAGE] == "[2] rows came damaged and may come whole"
    assert DAMAGE not in shortfalls(small, NIGHT, measure(small, [land(small, [good])]))


VALUE = st.sampled_from(["", "null", "DOE", "ROE", "A NAME TOO LONG"])


@settings(deadline=None, max_examples=20)
@given(attempts=st.lists(st.lists(st.tuples(st.integers(1, 3), VALUE), max_size=5), min_size=1, max_size=4))
def test_what_attempts_bring_adds_up_to_what_is_held(small, row, land, staged, attempts):
    parts = [
        land(small, [row(thing_id=f"T{key:03}", name=name) for key, name in rows], attempt=number)
        for number, rows in enumerate(attempts, 1)
    ]
    yields = measure(small, parts)
    last = by_field(yields, len(attempts))["name"]
    assert sum(field.new for field in yields.fields if field.field == "name") == last.held
    accepted = staged(small, parts).accepted
    sound = [row["name"] for row in accepted if row["name"] and "name:max_length" not in row["breaches"]]
    assert (last.held, last.versions) == (len(sound), len(accepted))
    for number, rows in enumerate(attempts, 1):
        found = by_field(yields, number)["name"]
        assert found.present + found.missing + found.placeholder + found.invalid == len(rows)


def yields(fields=(), years=None):
    return Yields(
        [FieldYield(1, name, held, 0, 0, 0, held, held, versions) for name, held, versions in fields], years or {}
    )


def test_a_share_below_the_contract_is_a_shortfall(small):
    assert shortfalls(small, NIGHT, yields([("name", 90, 100), ("count", 0, 100)])) == {}
    assert list(shortfalls(small, NIGHT, yields([("name", 89, 100)]))) == ["name"]


def test_a_column_that_came_empty_is_one_if_it_never_was(small):
    empty = yields([("count", 0, 20)])
    assert list(shortfalls(small, NIGHT, empty, {"count": 0.5})) == ["count"]
    assert shortfalls(small, NIGHT, empty, {"count": 0.05}) == {}
    assert shortfalls(small, NIGHT, yields([("count", 0, 3)]), {"count": 0.5}) == {}


def test_a_fiscal_year_without_a_row_is_one(small):
    years = dict.fromkeys(range(2005, 2015), 100)
    assert shortfalls(small, DECADE, yields(years=years)) == {}
    del years[2009]
    assert list(shortfalls(small, DECADE, yields(years=years)).values()) == [
        "fiscal year [2009] has no row, about [90] are expected"
    ]
    assert shortfalls(small, DECADE, yields(years={2014: 5})) == {}, "too few to tell"
