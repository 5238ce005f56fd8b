"""Words as numbers: spelling and sound of every distinct word of a table, so that millions of pairs compare as
integers.

A word's spelling and sound are polynomial hashes modulo 2**64. Such hashes can be put together: the hash of two words
written as one follows from theirs (`join`), so DE LA CRUZ meets DELACRUZ without a string being built. Two different
words share a hash in one of 10**19 cases.
"""

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.customs import customs

Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]
Bits = npt.NDArray[np.float32]  # multiples of a sixteenth: sums are exact

TEXT_WIDTH = 64  # bytes of a whole value, such as a street, that are looked at: few are so long
WIDTH = 24  # letters of a word that are looked at: longer ones are several words, or no name
MOSTLY = 10  # letters of most words: what is longer is heard apart
ENOUGH_SOUND = 3  # consonants: less tells nothing (TN is TUAN and THANH), and such a word sounds like itself only
SLOTS_PER_KEY_BITS = 4  # sixteen slots for each key: fifteen of sixteen that are not there are turned away
MOST_SLOTS_BITS = 22  # 16 MB; above a quarter of a million keys the slots fill up
BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it can be undone modulo 2**64: the golden ratio in 64 bits
MIX = np.uint64(0xBF58476D1CE4E5B9)  # multiplier of splitmix64 (Steele, Lea, Flood 2014)

# Two letters that are one sound, in the order in which they are read, and what is left of them; then single letters.
# Coarse, and for all languages written in Latin letters: MUHAMMAD and MOHAMED are both MMD. Soundex and Metaphone know
# English only.
_PAIRS = (
    (b"SC", b"S"), (b"SH", b"S"), (b"TZ", b"S"), (b"TS", b"S"), (b"CZ", b"S"), (b"PH", b"F"), (b"KH", b"K"), (b"GH",
    b"G"), (b"DJ", b"J"), (b"DZ", b"J"), (b"ZH", b"J"), (b"CH", b"S"), (b"CK", b"K"), (b"QU", b"K"),
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


@dataclass(frozen=True)
class Hashed:
    """Hashes of n texts, and `BASE` to the power of their lengths; nothing is 0 and 1."""

    value: Hashes
    power: Hashes

    def take(self, at: npt.NDArray[np.integer]) -> "Hashed":
        """Some of the hashes."""
        return Hashed(self.value.take(at), self.power.take(at))


def join(first: Hashes, second: Hashed) -> Hashes:
    """The hashes of `first` and `second` written as one."""
    return first * second.power + second.value


@dataclass(frozen=True)
class Words:
    """Distinct words of capital letters A to Z. Position 0 is the empty word, which says that there is none."""

    texts: pa.StringArray
    letters: Bytes  # n x WIDTH, padded with 0
    length: Numbers
    letter_set: npt.NDArray[np.uint32]  # a bit for each letter that occurs
    spelling: Hashed
    sound: Hashed  # consonants by sound, without a mark for a vowel in front
    opens: Flags  # with a vowel
    plain: Hashed  # equal for words that differ in doubled letters and in how a sound is written: MOHAMMED, MOHAMED
    heard: Hashes  # equal for words that sound alike
    meant: Hashes  # n x m: `heard` of the names that a nickname may stand for; 0 is none
    family_bits: Bits  # log2 of the share of people who bear the word as a surname
    given_bits: Bits  # and of those who bear it as a given name
    byname: Flags  # whether it is what people are called beside their own given name
    knows_bynames: bool  # any at all
    initial_bits: Bits  # of those whose given name begins with its first letter
    several_bits: np.float32  # at least so many people bear any surnames together
    heard_share: Shares  # share of people who bear a name that sounds like `heard`
    meant_share: Shares  # and like each of `meant`

    def __len__(self) -> int:
        return len(self.length)

    @cached_property
    def initials(self) -> Bytes:
        """The first letters."""
        return self.letters[:, 0].copy()

    @cached_property
    def is_nickname(self) -> Flags:
        """Whether the word may stand for another name."""
        found: Flags = self.meant[:, 0] > 0  # the commonest meaning stands first
        return found

    def with_frequencies(self, frequencies: "Frequencies") -> "Words":
        """The same words, as common as these frequencies say."""
        return replace(
            self,
            family_bits=bits(frequencies.of_family(self.spelling.value)),
            given_bits=bits(given := frequencies.of_given(self.spelling.value)),
            byname=frequencies.are_bynames(self.spelling.value),
            knows_bynames=frequencies.knows_bynames,
            initial_bits=bits(np.maximum(frequencies.of_initial(self.letters[:, 0]), given)),
            several_bits=bits(np.array([frequencies.several_floor]))[0],
            heard_share=frequencies.of_sound(self.heard),
            meant_share=_shares_of_some(self.meant, frequencies),
        )


class Meanings(Protocol):
    """The names that nicknames may stand for."""

    def heard_of(self, spelling: Hashes) -> Hashes:
        """n x m: `heard` of the names that each of n words may stand for, given by the hash of its spelling; 0 is
        none."""
        ...


class Frequencies(Protocol):
    """How common names are: shares of people, for hashes of `Words`."""

    several_floor: float  # no combination of surnames counts as rarer than this
    knows_bynames: bool

    def of_family(self, spelling: Hashes) -> Shares:
        """Share of people with a surname."""
        ...

    def of_given(self, spelling: Hashes) -> Shares:
        """Share of people with a given name."""
        ...

    def are_bynames(self, spelling: Hashes) -> Flags:
        """Whether people are called so beside their own given name."""
        ...

    def of_initial(self, letter: Bytes) -> Shares:
        """Share of people whose given name begins with a letter."""
        ...

    def of_sound(self, heard: Hashes) -> Shares:
        """Share of people with a name of this sound."""
        ...


def read_words(texts: pa.StringArray, meanings: Meanings, frequencies: Frequencies) -> Words:
    """Words from distinct texts, the empty one first."""
    letters = byte_matrix(texts)
    spelling = hash_letters(letters)
    sound, opens, heard = hear(letters, spelling)
    meant = meanings.heard_of(spelling.value)
    nothing = np.zeros(len(texts), dtype=np.float32)
    return Words(
        texts=texts,
        letters=letters,
        length=np.minimum(np.diff(bytes_of(texts)[0]), WIDTH).astype(np.int64),
        letter_set=letter_sets(texts),
        spelling=spelling,
        sound=sound,
        opens=opens,
        plain=level(letters),
        heard=heard,
        meant=meant,
        family_bits=nothing,
        given_bits=nothing,
        byname=nothing.astype(bool),
        knows_bynames=False,
        initial_bits=nothing,
        several_bits=np.float32(0),
        heard_share=nothing.astype(np.float64),
        meant_share=np.zeros(meant.shape),
    ).with_frequencies(frequencies)


def _shares_of_some(heard: Hashes, frequencies: Frequencies) -> Shares:
    """Shares of sounds of which most are 0."""
    found = np.full(heard.shape, frequencies.of_sound(np.zeros(1, dtype=np.uint64))[0])
    some = np.nonzero(heard)
    found[some] = frequencies.of_sound(heard[some])
    return found


def bits(share: Shares) -> Bits:
    """log2 of shares, to a sixteenth."""
    found: Bits = (np.round(np.log2(share) * 16) / 16).astype(np.float32)
    return found


def byte_matrix(texts: pa.StringArray, width: int = WIDTH) -> Bytes:
    """The first `width` bytes of each text, padded with 0."""
    if not len(texts):
        return np.zeros((0, width), dtype=np.uint8)
    start, data = bytes_of(texts)
    if (np.diff(start) == width).all():  # such as dates: one behind the other
        return data[start[0] :].reshape(-1, width)
    letters = np.append(data, np.zeros(width, dtype=np.uint8))
    window = np.lib.stride_tricks.sliding_window_view(letters, width)[start[:-1]]
    there = np.arange(width, dtype=np.uint8) < np.minimum(np.diff(start), width).astype(np.uint8)[:, None]
    found: Bytes = window * there  # bytes compare several at once
    return found


def letter_sets(texts: pa.StringArray) -> npt.NDArray[np.uint32]:
    """For each text a bit for each capital letter that occurs in it."""
    start, data = bytes_of(texts)
    bit = np.append(np.uint32(1) << (data - np.uint8(ord("A"))).astype(np.uint32), np.uint32(0))
    together = np.bitwise_or.reduceat(bit, start[:-1]) if len(texts) else np.zeros(0, dtype=np.uint32)
    found: npt.NDArray[np.uint32] = np.where(np.diff(start) > 0, together, np.uint32(0))
    return found


def bytes_of(texts: pa.StringArray) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Where each text begins, and the last one ends, among the bytes of all; the texts may be a part of an array."""
    if not len(texts):  # an empty array has no buffers
        return np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    _, offsets, data = (pa.concat_arrays([texts]) if texts.offset else texts).buffers()  # from the start of its buffers
    start = np.frombuffer(offsets, dtype=np.int32, count=len(texts) + 1)
    return start, np.frombuffer(data, dtype=np.uint8, count=start[-1]) if data else np.zeros(0, dtype=np.uint8)


def only(texts: pa.StringArray, kept: bytes) -> pa.StringArray:
    """The texts without any byte but these; they hold no part of a longer character."""
    start, data = bytes_of(texts)
    stays = _are_in(data, kept)
    if stays.all():
        return texts
    offsets = np.append(0, np.cumsum(stays, dtype=np.int32))[start].astype(np.int32)
    found = pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(data[stays]))
    return pc.if_else(pc.is_valid(texts), found, None) if texts.null_count else found


def have_other(texts: pa.StringArray, known: bytes) -> Flags:
    """Texts in which there is any byte but these."""
    start, data = bytes_of(texts)
    found = np.zeros(len(texts), dtype=bool)
    found[np.searchsorted(start, np.flatnonzero(~_are_in(data, known)), side="right") - 1] = True
    return found


def _are_in(data: Bytes, some: bytes) -> Flags:
    """Whether bytes are some: by the few ranges that these make, which is faster than by a table."""
    every = np.unique(np.frombuffer(some, dtype=np.uint8))
    ranges = np.split(every, np.flatnonzero(np.diff(every) > 1) + 1)
    found: Flags = np.logical_or.reduce([(data - each[0]) < np.uint8(len(each)) for each in ranges])
    return found


def last_digits(texts: pa.StringArray, width: int) -> tuple[Numbers, Numbers]:
    """The last digits of each text as a number, and how many digits there are in all."""
    digits = only(texts, b"0123456789")
    count = np.diff(bytes_of(digits)[0]).astype(np.int64)
    if (count > width).any():
        digits = pc.utf8_slice_codeunits(digits, -width)
    number = pc.if_else(pa.array(count > 0), digits, None).cast(pa.int64()).fill_null(0).to_numpy()
    return number, count


def hash_letters(letters: Bytes) -> Hashed:
    """Hashes of the bytes that are not 0."""
    value, power = np.zeros(len(letters), dtype=np.uint64), np.ones(len(letters), dtype=np.uint64)
    for column in np.ascontiguousarray(letters.T):
        some = np.flatnonzero(column)
        if len(some) < len(column) // 4:  # few words are so long
            value[some] = value[some] * BASE + column[some]
            power[some] *= BASE
        else:
            factor = _factor(column != 0)
            value = value * factor + column
            power *= factor
    return Hashed(value, power)


def _factor(there: Flags) -> Hashes:
    """`BASE` or 1; numpy multiplies much faster than it chooses."""
    return there * (BASE - np.uint64(1)) + np.uint64(1)


def hash_texts(texts: pa.StringArray) -> Hashes:
    """Hashes of whole values, cut at `TEXT_WIDTH` bytes; null and empty are 0."""
    texts = texts.fill_null("")
    longest = int(np.diff(bytes_of(texts)[0]).max(initial=1))
    return hash_letters(byte_matrix(texts, min(TEXT_WIDTH, longest))).value


def mix(first: npt.NDArray[np.generic], *parts: npt.NDArray[np.generic]) -> Hashes:
    """One key out of several numbers."""
    key = _stirred(first.astype(np.uint64))
    for part in parts:
        key = _stirred(key ^ part.astype(np.uint64, copy=False))
    return key


def _stirred(key: Hashes) -> Hashes:
    """Changes the key in place."""
    key *= MIX
    key ^= key >> np.uint64(31)
    return key


def grouped(key: Hashes) -> tuple[Numbers, Numbers]:
    """Positions by key, of equal keys in ascending order; and where each key begins among them.

    A stable `np.argsort` takes four times as long.
    """
    order = np.argsort(key)
    key = key[order]
    first = np.append(True, key[1:] != key[:-1])[: len(key)]
    order = np.sort((np.cumsum(first) << 32) | order) & (2**32 - 1)
    return order, np.flatnonzero(first)


class Sorted:
    """Distinct keys in ascending order, found by their leading bits: most that are not there are turned away at
    once."""

    def __init__(self, key: Hashes) -> None:
        slots = min(len(key).bit_length() + SLOTS_PER_KEY_BITS, MOST_SLOTS_BITS)
        self._shift = np.uint64(64 - slots)
        slot, at = np.unique(key >> self._shift, return_index=True)
        self._taken = np.zeros(1 << slots, dtype=bool)  # a quarter of the size: most are turned away by it alone
        self._taken[slot] = True
        self._first = np.zeros(1 << slots, dtype=np.int32)  # key of a slot
        self._first[slot] = at
        self._key = np.append(key, ~np.uint64(0))

    def find(self, key: Hashes) -> tuple[Numbers, Numbers]:
        """Which of the keys are there, and where."""
        slot = (key >> self._shift).view(np.int64)
        some = np.flatnonzero(self._taken.take(slot))
        key = key.take(some)
        at: Numbers = self._first.take(slot.take(some)).astype(np.int64)
        there = self._key.take(at)
        behind = np.flatnonzero(there < key)
        while len(behind):
            at[behind] += 1
            there[behind] = self._key[at[behind]]
            behind = behind[there[behind] < key[behind]]
        hit = np.flatnonzero(there == key)
        found: tuple[Numbers, Numbers] = some[hit], at[hit]
        return found


def hear(letters: Bytes, spelling: Hashed) -> tuple[Hashed, Flags, Hashes]:
    """Hashes of the consonants by sound, whether a vowel is in front, and what is equal for words that sound alike."""
    value, power, opens, heard = _hear_by_rule(letters, spelling)
    return Hashed(value, power), opens, hear_by_custom(spelling.value, heard)


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
    spelling = [hash_letters(byte_matrix(pa.array(list(words), pa.string()))).value]
    spelling += [join(first, one) for first in one.value]
    heard = [_heard_by_rule(list(words.values())), *(pairs[first, end] for first in end)]
    known, first = np.unique(np.concatenate(spelling), return_index=True)  # whole words before pairs of syllables
    return Sorted(known), np.concatenate(heard)[first]


def _heard_by_rule(texts: list[str]) -> Hashes:
    letters = byte_matrix(pa.array(texts, pa.string()))
    return _hear_by_rule(letters, hash_letters(letters))[-1]


def _hear_by_rule(letters: Bytes, spelling: Hashed) -> tuple[Hashes, Hashes, Flags, Hashes]:
    found = _hear(letters[:, :MOSTLY], spelling.value)
    if len(long := np.flatnonzero(letters[:, MOSTLY])):
        rest = _hear(letters[long], spelling.value[long])
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
        factor = _factor(there)
        value = value * factor + column * there
        power *= factor
        before += (column != 0) * (column - before)
    return value, power


def _write(left: Bytes, pairs: tuple[tuple[bytes, bytes], ...]) -> None:
    """Each pair of letters as one; changes `left`, a row per place, in place."""
    for (first, second), sound in pairs:
        here = (left[:-1] == first) & (left[1:] == second)
        left[:-1] += here * (sound[0] - left[:-1])  # chosen by arithmetic, modulo 256: many times faster
        left[1:] *= ~here


def _hear(letters: Bytes, spelling: Hashes) -> tuple[Hashes, Hashes, Flags, Hashes]:
    left = np.ascontiguousarray(letters.T)  # a row per place: each rule walks along memory
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
        factor = _factor(there)
        value = value * factor + column * there
        power *= factor
        before *= ~between
        before += (column != 0) * (column - before)
        count += there
    return value, power, opens, np.where(count >= ENOUGH_SOUND, mix(value, opens), spelling)
