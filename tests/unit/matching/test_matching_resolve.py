import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.matching.resolve import resolve

members = st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=12, unique=True)


def entities(names: list[str], edges: list[tuple[str, str]]) -> dict[str, str]:
    found = resolve(pd.DataFrame({"member": names}), pd.DataFrame(edges, columns=["left", "right"]))
    assert list(found.columns) == ["member", "entity"]
    assert found["member"].is_monotonic_increasing
    return dict(zip(found["member"], found["entity"], strict=True))


def test_a_chain_is_one_entity_named_after_its_smallest_member():
    assert entities(["c", "b", "a", "z"], [("c", "b"), ("b", "a")]) == {"a": "a", "b": "a", "c": "a", "z": "z"}


def test_no_members_and_no_edges():
    assert entities([], []) == {}
    assert entities(["b", "a", "b"], []) == {"a": "a", "b": "b"}


def test_an_edge_to_a_stranger_is_refused():
    with pytest.raises(ValueError, match=r"\[1\] edges name a record that is not among the members"):
        entities(["a"], [("a", "b")])


@given(members, st.data())
def test_entities_do_not_depend_on_order_direction_or_repetition(names, data):
    edges = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=12))
    once = entities(names, edges)
    again = entities(
        data.draw(st.permutations(names)), [(right, left) for left, right in data.draw(st.permutations(edges))] + edges
    )
    assert once == again
    assert all(once[left] == once[right] for left, right in edges)
    assert all(once[entity] == entity <= member for member, entity in once.items())
