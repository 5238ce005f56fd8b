"""Words as numbers: spelling and sound of every distinct word of a table, so that millions of pairs compare as
integers.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from include.matching.arrays import Bits, Bytes, Flags, Hashes, Numbers, Shares
from include.matching.hashes import Hashed, hash_letters
from include.matching.letters import WIDTH, byte_matrix, bytes_of, letter_sets
from include.matching.names.nicknames import Nicknames
from include.matching.names.shares import NameShares
from include.matching.names.sounds import are_customary, hear, level


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
    customary: Flags  # custom knows how it is spelled otherwise
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

    def with_frequencies(self, frequencies: NameShares) -> "Words":
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


def read_words(texts: pa.StringArray, nicknames: Nicknames, frequencies: NameShares) -> Words:
    """Words from distinct texts, the empty one first."""
    letters = byte_matrix(texts)
    spelling = hash_letters(letters)
    plain = level(letters)
    sound, opens, heard = hear(letters, spelling, plain)
    meant = nicknames.heard_of(spelling.value)
    nothing = np.zeros(len(texts), dtype=np.float32)
    return Words(
        texts=texts,
        letters=letters,
        length=np.minimum(np.diff(bytes_of(texts)[0]), WIDTH).astype(np.int64),
        letter_set=letter_sets(texts),
        spelling=spelling,
        sound=sound,
        opens=opens,
        plain=plain,
        heard=heard,
        customary=are_customary(spelling.value),
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


def _shares_of_some(heard: Hashes, frequencies: NameShares) -> Shares:
    """Shares of sounds of which most are 0."""
    found = np.full(heard.shape, frequencies.of_sound(np.zeros(1, dtype=np.uint64))[0])
    some = np.nonzero(heard)
    found[some] = frequencies.of_sound(heard[some])
    return found


def bits(share: Shares) -> Bits:
    """log2 of shares, to a sixteenth."""
    found: Bits = (np.round(np.log2(share) * 16) / 16).astype(np.float32)
    return found
