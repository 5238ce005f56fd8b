"""Names that customs spell in several ways: which sound alike, and which stay apart."""

from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.matching.customs import customs
from include.matching.words import byte_matrix, hash_letters, hear

WORDS, SYLLABLES = customs()


def sounds(*names: str) -> list[int]:
    letters = byte_matrix(pa.array(names))
    heard: list[int] = hear(letters, hash_letters(letters))[2].tolist()
    return heard


@pytest.mark.parametrize(
    "spellings",
    [
        ("KIM", "GIM"),
        ("PAK", "PARK", "BAK"),
        ("LEE", "YI", "RHEE", "RI"),
        ("JONG", "JEONG", "JUNG", "CHUNG"),
        ("KYONGHUN", "KYUNGHOON", "GYEONGHUN"),
        ("GILDONG", "KILDONG", "KILTONG"),
        ("MOHAMED", "MAXAMED", "MUHAMMAD"),
        ("SERGEI", "SERHIY", "SIARHEI"),
        ("CHATTERJEE", "CHATTOPADHYAY"),
        ("DIALLO", "JALLOW"),
    ],
)
def test_customs_sound_alike(spellings: tuple[str, ...]) -> None:
    assert len(set(sounds(*spellings))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("JONG", "CHANG"), ("HASSAN", "HUSSEIN"), ("KIM", "KUM"), ("MINJI", "MINSU"), ("LEE", "LIM"), ("ALI", "ABDI")],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert len(set(sounds(one, other))) == 2


def test_each_spelling_stands_for_one_name() -> None:
    """What a spelling stands for is spelt so itself, and no two names of the list sound alike by rule but for those
    that do without it."""
    for usual in {*WORDS.values(), *SYLLABLES.values()}:
        assert WORDS.get(usual, usual) == usual or usual in SYLLABLES
    assert all(word.isascii() and word.isalpha() and word.isupper() for word in WORDS)


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=2, max_size=2))
def test_two_syllables_are_a_word_however_each_is_spelt(syllables: list[str]) -> None:
    """A word that is spelt like a whole name of the list, or like two other syllables, is that."""
    usual = "".join(SYLLABLES[each] for each in syllables)
    spelt = "".join(syllables)
    of_others = {
        "".join(SYLLABLES[each] for each in (spelt[:at], spelt[at:]))
        for at in range(1, len(spelt))
        if spelt[:at] in SYLLABLES and spelt[at:] in SYLLABLES
    }
    readings = {*of_others, usual} if spelt not in WORDS else {WORDS[spelt]}
    assert set(sounds(spelt)) <= {sound for each in readings for sound in (*sounds(each), *_by_rule(each))}


def _by_rule(name: str) -> list[int]:
    from include.matching.words import _heard_by_rule  # noqa: PLC0415

    return _heard_by_rule([name]).tolist()


def test_names_of_the_list_are_distinct_groups() -> None:
    groups: dict[str, set[str]] = {}
    for spelling, usual in WORDS.items():
        groups.setdefault(usual, set()).add(spelling)
    assert all(not one & other for one, other in combinations(groups.values(), 2))
