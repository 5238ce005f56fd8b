"""How words sound, and how clerks may have written them, as hashes: by rule, and by the customs of spelling."""

from functools import cache

import numpy as np
import pyarrow as pa

from include.matching.arrays import Bytes, Flags, Hashes, Sorted
from include.matching.hashes import Hashed, base_where, hash_letters, join, mix
from include.matching.letters import byte_matrix
from include.matching.names.customs import customs

MOSTLY = 10  # letters of most words: what is longer is heard apart
ENOUGH_SOUND = 3  # consonants: less tells nothing (TN is TUAN and THANH), and such a word sounds like itself only

# Two letters that are one sound, in the order in which they are read, and what is left of them; then single letters.
# Coarse, and for all languages written in Latin letters: MUHAMMAD and MOHAMED are both MMD. Soundex and Metaphone know
# English only.
_PAIRS = (
    (b"SC", b"S"), (b"SH", b"S"), (b"CH", b"S"), (b"TZ", b"S"), (b"TS", b"S"), (b"CZ", b"S"), (b"PH", b"F"), (b"KH",
    b"K"), (b"GH", b"G"), (b"DJ", b"J"), (b"DZ", b"J"), (b"ZH", b"J"), (b"CK", b"K"), (b"QU", b"K"),
)  # fmt: skip
_SOFT = ((b"C", b"S"), (b"G", b"J"))  # before E and I
_SINGLES = bytes.maketrans(b"QCZXWB", b"KKSJVV")
# How registers write one sound, vowels included; finer than the above: what is left is one name, written by another
# clerk. Words of one syllable keep all but long vowels: THANH is not TAN, ZHOU not ZHU, LY not LI, VANG not WANG.
_LONG = ((b"OO", b"U"), (b"EE", b"I"))
_WRITTEN = (
    (b"PH", b"F"), (b"KH", b"K"), (b"GH", b"G"), (b"DH", b"D"), (b"TH", b"T"), (b"SH", b"S"), (b"DJ", b"J"),
    (b"ZH", b"J"), (b"OU", b"U"),
)  # fmt: skip
_WRITTEN_SINGLES = bytes.maketrans(b"QYW", b"KIV")
_VOWELS = np.zeros(256, dtype=bool)
_VOWELS[list(b"AEIOUY")] = True
_AS_WRITTEN = np.frombuffer(_WRITTEN_SINGLES, dtype=np.uint8)
_AS_SINGLE = np.frombuffer(_SINGLES, dtype=np.uint8)


def hear(letters: Bytes, spelling: Hashed, plain: Hashed) -> tuple[Hashed, Flags, Hashes]:
    """Hashes of the consonants by sound, whether a vowel is in front, and what is equal for words that sound alike: all
    that are spelled `plain`ly alike are among these."""
    value, power, opens, heard = _hear_by_rule(letters, plain)
    return Hashed(value, power), opens, hear_by_custom(spelling.value, hear_by_custom(plain.value, heard))


def are_customary(spelling: Hashes) -> Flags:
    """Whether custom knows the names: two that it tells apart are no slips of each other (PYONG and KYONG)."""
    found = np.zeros(len(spelling), dtype=bool)
    found[_customs()[0].find(spelling)[0]] = True
    return found


def hear_by_custom(spelling: Hashes, heard: Hashes) -> Hashes:
    """`heard`, or where custom spells a name in several ways that of the commonest spelling."""
    known, usual = _customs()
    some, at = known.find(spelling)
    heard[some] = usual[at]
    return heard


@cache
def _customs() -> tuple[Sorted, Hashes]:
    """Spellings by hash, and how the commonest spelling of each is heard by rule."""
    words, syllables = customs()
    one = hash_letters(byte_matrix(pa.array(list(syllables), pa.string())))
    ends = {syllable: at for at, syllable in enumerate(dict.fromkeys(syllables.values()))}
    end = np.array([ends[usual] for usual in syllables.values()])
    pairs = _heard_by_rule([first + second for first in ends for second in ends]).reshape(len(ends), len(ends))
    letters, whole = byte_matrix(pa.array(list(words), pa.string())), _heard_by_rule(list(words.values()))
    spelling = [hash_letters(letters).value, *(join(first, one) for first in one.value), level(letters).value]
    heard = [whole, *(pairs[first, end] for first in end), whole]
    known, first = np.unique(np.concatenate(spelling), return_index=True)  # whole words before pairs of syllables
    return Sorted(known), np.concatenate(heard)[first]


def _heard_by_rule(texts: list[str]) -> Hashes:
    letters = byte_matrix(pa.array(texts, pa.string()))
    return _hear_by_rule(letters, level(letters))[-1]


def _hear_by_rule(letters: Bytes, plain: Hashed) -> tuple[Hashes, Hashes, Flags, Hashes]:
    found = _hear(letters[:, :MOSTLY], plain.value)
    if len(long := np.flatnonzero(letters[:, MOSTLY])):
        rest = _hear(letters[long], plain.value[long])
        for every, some in zip(found, rest, strict=True):
            every[long] = some
    return found


def level(letters: Bytes) -> Hashed:
    """Hashes of words without doubled letters, each sound written in one way."""
    value, power = _level(letters[:, :MOSTLY])
    if len(long := np.flatnonzero(letters[:, MOSTLY])):
        value[long], power[long] = _level(letters[long])
    return Hashed(value, power)


def _level(letters: Bytes) -> tuple[Hashes, Hashes]:
    left = np.array(letters.T, order="C")  # a copy, also of a single word
    _open_with_w(left)
    vowel = _VOWELS.take(left)
    vowel[0] &= left[0] != ord("Y")
    several = np.flatnonzero((vowel[0] + (vowel[1:] & ~vowel[:-1]).sum(axis=0)) > 1)
    of_several = _AS_WRITTEN.take(left[:, several])
    ends = np.append(of_several[1:] == 0, np.ones((1, len(several)), dtype=bool), axis=0)
    of_several *= ~((of_several == ord("H")) & ends)  # unheard at the end
    _write(of_several, _WRITTEN)
    left[:, several] = of_several
    _write(left, _LONG)
    before = np.zeros(left.shape[1], dtype=np.uint8)
    value, power = np.zeros(left.shape[1], dtype=np.uint64), np.ones(left.shape[1], dtype=np.uint64)
    for column in left:
        there = (column != 0) & (column != before)
        factor = base_where(there)
        value = value * factor + column * there
        power *= factor
        before += (column != 0) * (column - before)
    return value, power


def _open_with_w(left: Bytes) -> None:
    """OUALID, after French, is WALID; changes `left` in place."""
    here = (left[0] == ord("O")) & (left[1] == ord("U")) & _VOWELS.take(left[2])
    left[0] += here * np.uint8(ord("W") - ord("O"))
    left[1] *= ~here


def _write(left: Bytes, pairs: tuple[tuple[bytes, bytes], ...]) -> None:
    """Each pair of letters as one; changes `left`, a row per place, in place."""
    for (first, second), sound in pairs:
        here = (left[:-1] == first) & (left[1:] == second)
        left[:-1] += here * (sound[0] - left[:-1])  # chosen by arithmetic, modulo 256: many times faster
        left[1:] *= ~here


def _hear(letters: Bytes, plain: Hashes) -> tuple[Hashes, Hashes, Flags, Hashes]:
    left = np.array(letters.T, order="C")  # a copy, a row per place: each rule walks along memory
    _open_with_w(left)
    _write(left, _PAIRS)
    for hard, soft in _SOFT:
        here = (left[:-1] == hard[0]) & ((left[1:] == ord("E")) | (left[1:] == ord("I")))
        left[:-1] += here * (soft[0] - left[:-1])
    left = _AS_SINGLE.take(left)
    vowel = _VOWELS.take(left)
    opens = vowel[0]
    left *= ~(vowel | (left == ord("H")))
    before = np.zeros(left.shape[1], dtype=np.uint8)
    value, power = np.zeros(left.shape[1], dtype=np.uint64), np.ones(left.shape[1], dtype=np.uint64)
    count = np.zeros(left.shape[1], dtype=np.int64)
    for column, between in zip(left, vowel, strict=True):
        there = (column != 0) & (column != before)
        factor = base_where(there)
        value = value * factor + column * there
        power *= factor
        before *= ~between
        before += (column != 0) * (column - before)
        count += there
    return value, power, opens, np.where(count >= ENOUGH_SOUND, mix(value, opens), plain)
