"""Hashes of words, and of words of which a letter is left out."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from include.matching.hashes import hash_letters, without_a_letter
from include.matching.letters import byte_matrix


@given(st.lists(st.text("ABCXYZ", max_size=9), min_size=1, max_size=5))
def test_a_letter_that_is_left_out_is_as_if_it_had_never_been_there(words: list[str]) -> None:
    letters = byte_matrix(pa.array(words))
    found = [each.tolist() for each in without_a_letter(letters, hash_letters(letters))]
    assert len(found) == max(map(len, words))
    for nth, hashes in enumerate(found):
        shorter = hash_letters(byte_matrix(pa.array([word[:nth] + word[nth + 1 :] for word in words]))).value.tolist()
        there = [nth < len(word) for word in words]
        assert hashes == [each if some else 0 for each, some in zip(shorter, there, strict=True)]
