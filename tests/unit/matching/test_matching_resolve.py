"""Entities: chains that do not contradict themselves, whatever the order of rows."""

from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.matching.model import load_model
from include.matching.resolve import FACTS, Resolved, changes, resolve

MODEL = load_model()
NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"]
Link = tuple[str, str, float]
Row = dict[str, str]
Decisions = dict[tuple[str, str], str]
facts = st.fixed_dictionaries(
    {"member": st.sampled_from(NAMES)},
    optional={
        "dob": st.sampled_from(["1980-05-17", "1980-01-01", "1991-11-30", "1991-30-11", "1980"]),
        "sex": st.sampled_from(["F", "M", "U"]),
        "ssn": st.sampled_from(["900-11-2233", "900112234", "987-65-4320"]),
        "a_number": st.sampled_from(["A012345670", "012345670", "087654301"]),
        "citizenship": st.sampled_from(["US", "HONDU", "Mexico", "SOMEWHERE"]),
        "files_as": st.just("US"),
    },
)
links_of = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from([1.0, 2.5, 9.0])), max_size=14
)


decisions = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] < pair[1]),
    st.sampled_from(["accept", "reject"]),
    max_size=8,
)


def join(rows: list[Row], links: list[Link], decided: Decisions | None = None) -> Resolved:
    members = pd.DataFrame(rows, columns=["member", *FACTS])
    return resolve(members, pd.DataFrame(links, columns=["left", "right", "weight"]), MODEL, said(decided or {}))


def said(decided: Decisions) -> pd.DataFrame:
    rows = [(*pair, 0.0, outcome) for pair, outcome in decided.items()]
    return pd.DataFrame(rows, columns=["left", "right", "weight", "outcome"])


def entities(found: Resolved) -> dict[str, str]:
    assert list(found.entities.columns) == ["member", "entity"]
    assert found.entities["member"].is_monotonic_increasing
    return dict(zip(found.entities["member"], found.entities["entity"], strict=True))


def cuts(found: Resolved) -> list[tuple[str, str, float, str]]:
    return list(found.cut.itertuples(index=False, name=None))


def people(**known: Row) -> list[Row]:
    return [{"member": member, **row} for member, row in known.items()]


def test_a_chain_is_one_entity_named_after_its_smallest_member() -> None:
    found = join(people(c={}, b={}, a={}, z={}), [("c", "b", 1.0), ("b", "a", 1.0)])
    assert entities(found) == {"a": "a", "b": "a", "c": "a", "z": "z"}
    assert cuts(found) == []


def test_no_members_and_no_links() -> None:
    found = join([], [])
    assert entities(found) == {}
    assert cuts(found) == []
    assert entities(join(people(a={}) + people(b={}, a={}), [])) == {"a": "a", "b": "b"}


def test_a_link_to_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[1\] links name a record that is not among the members"):
        join(people(a={}), [("a", "b", 1.0)])


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        pytest.param({"sex": "F"}, {"sex": "M"}, "sex", id="both sexes"),
        pytest.param({"ssn": "900-11-2233"}, {"ssn": "987654320"}, "ssn", id="two numbers"),
        pytest.param({"dob": "1980-05-17"}, {"dob": "1991-11-30"}, "date_of_birth", id="far apart"),
        pytest.param({"sex": "F"}, {"sex": "U"}, None, id="not known"),
        pytest.param({"ssn": "900-11-2233"}, {"ssn": "900112234"}, None, id="one digit"),
        pytest.param({"dob": "1980-05-07"}, {"dob": "1991-07-05"}, None, id="day and month swapped"),
        pytest.param({"dob": "1980-05-17"}, {"dob": "1880-05-17"}, None, id="another century"),
        pytest.param({"dob": "1980-05-17"}, {"dob": "1980-11-30"}, None, id="the same year"),
        pytest.param({"dob": "1980-05-17"}, {"dob": "1991-01-01"}, None, id="a year is not certain"),
        pytest.param({"a_number": "A012345670"}, {"a_number": "087654301"}, None, id="A-numbers that were weighed"),
        pytest.param({"citizenship": "HONDU"}, {"files_as": "US"}, "citizenship", id="no citizen files as one"),
        pytest.param({"citizenship": "United States"}, {"files_as": "US"}, None, id="a citizen"),
        pytest.param({"citizenship": "YORO"}, {"files_as": "US"}, None, id="a country that nobody knows"),
        pytest.param({"citizenship": "HONDU"}, {"citizenship": "US"}, None, id="naturalised, or of two countries"),
    ],
)
def test_what_contradicts_and_what_may_be_a_slip(one: Row, other: Row, reason: str | None) -> None:
    found = join(people(a=one, b=other), [("b", "a", 4.0)])
    assert cuts(found) == ([("a", "b", 4.0, reason)] if reason else [])
    assert entities(found)["b"] == ("b" if reason else "a")


def test_a_value_that_both_give_outweighs_another_that_one_of_them_gives_too() -> None:
    rows = [*people(a={"ssn": "900-11-2233"}, b={"ssn": "987654320"}), *people(b={"ssn": "900112233"})]
    assert cuts(join(rows, [("a", "b", 4.0)])) == []


def test_a_chain_breaks_at_the_weakest_link_between_those_who_contradict_each_other() -> None:
    rows = people(a={"sex": "F"}, b={}, c={}, d={"sex": "M"})
    found = join(rows, [("a", "b", 3.0), ("b", "c", 1.0), ("c", "d", 2.0)])
    assert entities(found) == {"a": "a", "b": "a", "c": "c", "d": "c"}
    assert cuts(found) == [("b", "c", 1.0, "sex")]


def test_another_a_number_contradicts_where_no_linked_pair_weighed_it_and_no_ssn_agrees() -> None:
    links = [("a", "b", 3.0), ("b", "c", 2.0)]
    numbers = {"a": {"a_number": "012345670"}, "c": {"a_number": "087654301"}}
    assert cuts(join(people(**numbers, b={}), links)) == [("b", "c", 2.0, "a_number")]
    same = {"ssn": "900112233"}
    assert cuts(join(people(a=numbers["a"] | same, c=numbers["c"] | same, b={}), links)) == []
    assert cuts(join(people(**numbers, b={}), [*links, ("a", "c", 1.0)])) == []


def test_who_files_as_a_citizen_and_is_known_by_a_number_is_one_since() -> None:
    links = [("a", "b", 3.0), ("b", "c", 2.0)]
    number = {"ssn": "900112233"}
    known = people(a={"citizenship": "HONDU"} | number, b={"files_as": "US"} | number, c={"files_as": "US"})
    assert cuts(join(known, links)) == []
    assert cuts(join([known[0], {"member": "b", "files_as": "US"}, known[2]], links)) == [
        ("a", "b", 3.0, "citizenship")
    ]
    both = [*people(a={"citizenship": "HONDU"}, b={"files_as": "US"}), *people(a={"citizenship": "US"})]
    assert cuts(join(both, links[:1])) == []


def test_who_was_accepted_is_joined_whatever_the_records_say() -> None:
    rows = people(a={"sex": "F"}, b={"sex": "M"}, c={"sex": "M"})
    links = [("a", "b", 9.0), ("b", "c", 8.0)]
    assert entities(join(rows, links)) == {"a": "a", "b": "b", "c": "b"}
    found = join(rows, links, {("a", "b"): "accept"})
    assert entities(found) == {"a": "a", "b": "a", "c": "a"}
    assert cuts(found) == []
    assert entities(join(rows, [], {("a", "b"): "accept"})) == {"a": "a", "b": "a", "c": "c"}


def test_who_was_rejected_is_parted_on_every_way_that_joins_them() -> None:
    links = [("a", "b", 9.0), ("b", "c", 8.0), ("c", "d", 1.0)]
    found = join(people(a={}, b={}, c={}, d={}), links, {("a", "b"): "reject", ("a", "d"): "reject"})
    assert entities(found) == {"a": "a", "b": "b", "c": "b", "d": "b"}
    assert cuts(found) == [], "a link that was rejected is for nobody to review"
    around = join(people(a={}, b={}, c={}), [("a", "b", 9.0), ("b", "c", 8.0)], {("a", "c"): "reject"})
    assert entities(around) == {"a": "a", "b": "a", "c": "c"}
    assert cuts(around) == [("b", "c", 8.0, "decided")]


def test_rejected_outweighs_accepted_round_a_corner() -> None:
    decided = {("a", "b"): "accept", ("b", "c"): "accept", ("a", "c"): "reject"}
    found = join(people(a={}, b={}, c={}), [("a", "c", 9.0)], decided)
    assert entities(found) == {"a": "a", "b": "a", "c": "c"}
    assert cuts(found) == [("b", "c", 0.0, "decided")]


@settings(deadline=None)
@given(st.lists(facts, max_size=12), links_of, decisions, st.data())
def test_the_result_does_not_depend_on_order_direction_or_repetition(
    rows: list[Row], links: list[Link], decided: Decisions, data: st.DataObject
) -> None:
    rows = [*({"member": name} for name in NAMES), *rows]
    once = join(rows, links, decided)
    turned = [(right, left, weight) for left, right, weight in data.draw(st.permutations(links))]
    shuffled = {(right, left): decided[left, right] for left, right in data.draw(st.permutations(list(decided)))}
    again = join(data.draw(st.permutations(rows)), [*turned, *links], shuffled)
    assert entities(once) == entities(again)
    assert cuts(once) == cuts(again)


@settings(deadline=None)
@given(st.lists(facts, max_size=12), links_of, decisions)
def test_every_link_is_within_an_entity_or_cut_or_rejected(
    rows: list[Row], links: list[Link], decided: Decisions
) -> None:
    found = join([*({"member": name} for name in NAMES), *rows], links, decided)
    entity, cut = entities(found), {(left, right) for left, right, *_ in cuts(found)}
    accepted = [pair for pair, outcome in decided.items() if outcome == "accept"]
    for pair in [(min(left, right), max(left, right)) for left, right, _ in links] + accepted:
        if decided.get(pair) != "reject":
            assert (entity[pair[0]] == entity[pair[1]]) != (pair in cut)
    assert all(entity[name] == name <= member for member, name in entity.items())


@settings(deadline=None)
@given(st.lists(facts, max_size=12), links_of, decisions)
def test_a_decision_holds_whatever_the_records_and_the_links_say(
    rows: list[Row], links: list[Link], decided: Decisions
) -> None:
    found = join([*({"member": name} for name in NAMES), *rows], links, decided)
    entity, rejected = entities(found), [pair for pair, outcome in decided.items() if outcome == "reject"]
    assert [pair for pair in rejected if entity[pair[0]] == entity[pair[1]]] == []
    for pair, outcome in decided.items():
        if outcome == "accept" and entity[pair[0]] != entity[pair[1]]:
            assert rejected, "only those whom people hold apart keep apart who was accepted"


@settings(deadline=None)
@given(st.lists(facts, max_size=12, unique_by=lambda row: row["member"]), links_of)
def test_nobody_is_of_both_sexes_or_of_two_numbers(rows: list[Row], links: list[Link]) -> None:
    entity = entities(join([*({"member": name} for name in NAMES), *rows], links))
    for fact in ("sex", "ssn"):
        given_by = {row["member"]: row[fact][:3] for row in rows if row.get(fact, "U") != "U"}
        for one, value in given_by.items():
            assert {theirs for other, theirs in given_by.items() if entity[other] == entity[one]} == {value}


def table(known: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(known.items()), columns=["member", "entity"], dtype="str")


def changed(
    before: dict[str, str],
    after: dict[str, str],
    cut: Sequence[tuple[str, str, str]] = (),
    decided: Decisions | None = None,
    *,
    same_model: bool = True,
) -> dict[str, tuple[str | None, str | None, str]]:
    now = Resolved(table(after), pd.DataFrame(cut, columns=["left", "right", "reason"]))
    found = changes(table(before), now, said(decided or {}), same_model=same_model)
    columns = ["entity_before", "entity_after", "reason"]
    values = found[columns].astype(object).where(found[columns].notna(), None)
    return dict(zip(found["member"], values.itertuples(index=False, name=None), strict=True))


def test_history_says_who_joined_who_was_parted_and_why() -> None:
    assert changed({}, {"a": "a", "b": "a"}) == {"a": (None, "a", "link"), "b": (None, "a", "link")}
    assert changed({"b": "b", "c": "b"}, {"a": "a", "b": "a", "c": "a"}) == {
        "a": (None, "a", "link"),
        "b": ("b", "a", "link"),
        "c": ("b", "a", "link"),
    }
    parted = {"a": "a", "b": "a", "c": "a"}, {"a": "a", "b": "b", "c": "b"}
    assert changed(*parted) == {"b": ("a", "b", "link lost"), "c": ("a", "b", "link lost")}
    because = {"b": ("a", "b", "contradiction"), "c": ("a", "b", "contradiction")}
    assert changed(*parted, [("a", "b", "sex")]) == because
    assert changed(*parted, same_model=False) == {"b": ("a", "b", "model"), "c": ("a", "b", "model")}
    assert changed({"a": "a", "b": "a"}, {}) == {"a": ("a", None, "link lost"), "b": ("a", None, "link lost")}
    assert changed({"a": "a"}, {"a": "a"}) == {}


def test_history_says_where_people_decided() -> None:
    parted = {"a": "a", "b": "a", "c": "a"}, {"a": "a", "b": "b", "c": "b"}
    because = {"b": ("a", "b", "decided"), "c": ("a", "b", "decided")}
    assert changed(*parted, [("a", "b", "decided")]) == because
    assert changed(*parted, decided={("a", "c"): "reject"}) == because
    assert changed(*parted, [("a", "b", "sex")], {("a", "c"): "reject"}) == because
    assert changed({"a": "a"}, {"a": "a", "b": "a"}, decided={("a", "b"): "accept"}) == {"b": (None, "a", "decided")}
    apart = {"a": "a", "c": "c", "d": "c"}
    together = dict.fromkeys("abcd", "a")
    assert changed(apart, together, decided={("a", "d"): "accept"}) == {
        "b": (None, "a", "link"),
        "c": ("c", "a", "decided"),
        "d": ("c", "a", "decided"),
    }
    assert changed(together, together | {"e": "a"}, decided={("a", "d"): "accept"}) == {"e": (None, "a", "link")}


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=5))
def test_the_last_change_of_each_member_is_the_present(nights: list[dict[str, str]]) -> None:
    held: dict[str, str] = {}
    told: dict[str, str | None] = {}
    for night in nights:
        told |= {member: after for member, (_, after, _) in changed(held, night).items()}
        held = night
    assert {member: entity for member, entity in told.items() if entity is not None} == held


nights_of = st.lists(st.tuples(st.lists(facts, max_size=4), links_of, decisions), min_size=1, max_size=4)


def over(nights: list[tuple[list[Row], list[Link], Decisions]], *, by_people: bool) -> dict[str, str]:
    """Night by night with all that came before: what each night's history says, until the last one's entities."""
    rows: list[Row] = []
    links: list[Link] = []
    decided: Decisions = {}
    held: dict[str, str] = {}
    for new_rows, new_links, new_decisions in nights:
        links += new_links
        decided |= new_decisions if by_people else {}
        rows += [*new_rows, *({"member": name} for pair in (*decided, *new_links) for name in pair[:2])]
        found = join(rows, links, decided)
        now = entities(found)
        told = changes(table(held), found, said(decided))
        for member, before, after, reason in told.astype(object).where(told.notna(), None).itertuples(index=False):
            assert (before, after) == (held.get(member), now.get(member))
            stayed = {now[other] for other, entity in held.items() if entity == before}
            assert reason in (
                {"link", "decided"} if before is None or len(stayed) == 1 else {"contradiction", "decided"}
            )
            assert by_people or reason != "decided"
        assert set(told["member"]) == {member for member in now if held.get(member) != now[member]}
        held = now
    return held


@settings(deadline=None)
@given(nights_of, st.booleans(), st.data())
def test_history_says_why_and_any_order_of_nights_ends_in_the_same_entities(
    nights: list[tuple[list[Row], list[Link], Decisions]], by_people: bool, data: st.DataObject
) -> None:
    first = {pair: outcome for _, _, decided in reversed(nights) for pair, outcome in decided.items()}
    once = [(*rest, {pair: first[pair] for pair in decided}) for *rest, decided in nights]  # decided once and for all
    ends = [over(order, by_people=by_people) for order in (once, data.draw(st.permutations(once)))]
    assert ends[0] == ends[1]
