"""Names that customs spell in several ways: which sound alike, and which stay apart."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from include.matching.compare.words import are_near
from include.matching.hashes import hash_letters
from include.matching.letters import byte_matrix
from include.matching.model import load_model
from include.matching.names.customs import customs
from include.matching.names.sounds import hear, level
from include.matching.names.words import read_words

WORDS, SYLLABLES = customs()


def sounds(*names: str) -> list[int]:
    letters = byte_matrix(pa.array(names))
    heard: list[int] = hear(letters, hash_letters(letters), level(letters))[2].tolist()
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
        ("HASSAN", "XASSSAN"),  # no listed spelling, plainly a listed one
        ("GRIGOR", "KRIKOR"),
        ("WALID", "OUALID"),
        ("MITCHELL", "MICHEL"),
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


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [("PYONG", "KYONG", False), ("SONG", "JONG", False), ("HYONCHOL", "HYOKCHOL", False), ("CHUN", "CLUN", True)],
)
def test_names_that_custom_tells_apart_are_no_slips(one: str, other: str, near: bool) -> None:
    model = load_model()
    words = read_words(pa.array(["", one, other]), model.known_nicknames, model.name_shares)
    assert are_near(words, words, np.array([1]), np.array([2]))[0].tolist() == [near]


def readings(word: str) -> set[tuple[str, str]]:
    """As two syllables, each by its usual spelling."""
    parts = ((word[:at], word[at:]) for at in range(1, len(word)))
    return {(SYLLABLES[one], SYLLABLES[other]) for one, other in parts if one in SYLLABLES and other in SYLLABLES}


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=2, max_size=2))
def test_two_syllables_are_a_word_however_each_is_spelt(syllables: list[str]) -> None:
    words = "".join(syllables), "".join(SYLLABLES[each] for each in syllables)
    assume(all(word not in WORDS and len(readings(word)) == 1 for word in words))  # one reading, and no name
    assert len(set(sounds(*words))) == 1


@given(st.lists(st.text("AEHMNSTUY", max_size=7), min_size=1, max_size=8))
def test_what_is_plainly_alike_sounds_alike(words: list[str]) -> None:
    assume(not {*words} & {*WORDS})
    letters = byte_matrix(pa.array(words))
    plain = level(letters)
    heard = hear(letters, hash_letters(letters), plain)[2]
    of_plain = dict(zip(plain.value.tolist(), heard.tolist(), strict=True))
    assert [of_plain[each] for each in plain.value.tolist()] == heard.tolist()


def test_no_spelling_is_of_two_names() -> None:
    """The list is read from the first spelling of each group: a later group must not take one away."""
    assert all(WORDS.get(usual, usual) == usual for usual in WORDS.values() if usual not in SYLLABLES)
    assert all(SYLLABLES[usual] == usual for usual in SYLLABLES.values())
    assert all(word.isascii() and word.isalpha() and word.isupper() for word in WORDS)
