"""Which pairs are worth comparing: those that share a key. A row's keys depend on the row and the model alone.

The rules overlap on purpose: a true pair is lost only if no number, no date with a word of the name, and no two
words of the name survive in both rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from include.matching.model import Model
from include.matching.normalise import IntArray, Name, Records, sound

Hashes = npt.NDArray[np.uint64]

BEGINNING = 3  # letters of a word that survive most misspellings and every truncation


@dataclass(frozen=True)
class Keys:
    """Keys of one side under one rule, in long form."""

    row: IntArray
    key: Hashes  # 64-bit hash of the text of the key: a collision costs a comparison and nothing else


def candidates(left: Records, right: Records, model: Model) -> tuple[IntArray, IntArray, pd.DataFrame]:
    """Rows of `left` and of `right` that share a key, each pair once, and the keys that were too common to be used.

    The third value has one row per dropped key: `rule`, `personas`, `petitioners` (rows that carry it), never its text.
    """
    left_keys, right_keys = (keys_by_rule(side, model) for side in (left, right))
    pairs: list[IntArray] = []
    dropped: list[tuple[str, int, int]] = []
    for rule in sorted(left_keys.keys() & right_keys.keys()):
        found, capped = _join(left_keys[rule], right_keys[rule], len(right.ids), model.max_pairs_per_key)
        pairs.append(found)
        dropped += [(rule, personas, petitioners) for personas, petitioners in capped]
    together = np.sort(pd.unique(np.concatenate(pairs))) if pairs else np.empty(0, dtype=np.int64)
    width = max(len(right.ids), 1)
    return together // width, together % width, pd.DataFrame(dropped, columns=["rule", "personas", "petitioners"])


def keys_by_rule(records: Records, model: Model) -> dict[str, Keys]:
    """All keys of one side, by rule."""
    texts: dict[str, tuple[list[int], list[str]]] = {}
    for row, rule, text in _row_keys(records, model):
        rows, keys = texts.setdefault(rule, ([], []))
        rows.append(row)
        keys.append(text)
    return {
        rule: Keys(np.array(rows, dtype=np.int64), pd.util.hash_array(np.array(keys, dtype=object), categorize=False))
        for rule, (rows, keys) in texts.items()
    }


def _row_keys(records: Records, model: Model) -> Iterator[tuple[int, str, str]]:
    """(row, rule, key) of every row; a key may come twice."""
    fields = records.fields
    for rule in ("a_number", "ssn", "phone"):
        yield from ((row, rule, text) for row, text in enumerate(fields[rule].tolist()) if text)
    for row, (street, postal_code) in enumerate(
        zip(fields["street"].tolist(), fields["postal_code"].tolist(), strict=True)
    ):
        if street and postal_code:
            yield row, "address", f"{postal_code} {street}"
    born = records.born.tolist()
    for row, number in enumerate(born):
        yield from ((row, "date of birth", text) for text in _date_keys(number))
    for row, word_keys in _name_keys(records, model):
        yield from ((row, rule, text) for rule, text in word_keys.pairs)
        if number := born[row]:
            for word in word_keys.sounds:
                yield row, "word of the name and year of birth", f"{word} {number // 10000}"
                yield row, "word of the name and day of birth", f"{word} {number % 10000}"


def _date_keys(number: int) -> tuple[str, ...]:
    """The date, and with day and month swapped. A 1 January says only the year: left to the rules with a name."""
    year, month, day = number // 10000, number // 100 % 100, number % 100
    if not number or month == day == 1:
        return ()
    return (str(number), str(year * 10000 + day * 100 + month)) if day <= 12 and day != month else (str(number),)


@dataclass(frozen=True)
class _WordKeys:
    """What the words of one name give: sounds to go with a date, and (rule, key) of pairs of words."""

    sounds: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def _name_keys(records: Records, model: Model) -> Iterator[tuple[int, _WordKeys]]:
    """(row, keys) of every distinct set of keys of a row; the swapped reading of a name gives the same set."""
    known: dict[Name, _WordKeys] = {}
    seen: set[tuple[int, _WordKeys]] = set()
    for row, name in zip(records.name_row.tolist(), records.names, strict=True):
        keys = known.get(name) or known.setdefault(name, _word_keys(name, model))
        if (row, keys) not in seen:
            seen.add((row, keys))
            yield row, keys


def _word_keys(name: Name, model: Model) -> _WordKeys:
    halves = ({*name.family, name.family_joined}, {name.given, *name.middle, name.given_joined})
    # an initial is no word; a nickname goes by its full name
    family, given = ({model.nicknames.get(word, word) for word in half if len(word) > 1} for half in halves)
    sounds = [{sound(word) for word in half} for half in (family, given)]
    beginnings = [{word[:BEGINNING] for word in half} for half in (family, given)]
    return _WordKeys(
        sounds=frozenset(sounds[0] | sounds[1]),
        pairs=frozenset(
            (rule, " ".join(sorted(pair)))  # sorted: it does not matter which of the two is the surname
            for rule, (ones, others) in (("two words by sound", sounds), ("two words by beginning", beginnings))
            for pair in product(ones, others)
        ),
    )


def _join(left: Keys, right: Keys, width: int, cap: int) -> tuple[IntArray, list[tuple[int, int]]]:
    """`left row * width + right row` of pairs that share a key; row counts (left, right) of keys above `cap`."""
    distinct, code = np.unique(left.key, return_inverse=True)
    order = np.argsort(code, kind="stable")
    left_count = np.bincount(code, minlength=len(distinct))
    start = np.cumsum(left_count) - left_count
    probe = pd.Index(distinct).get_indexer(pd.Index(right.key))
    hit = probe >= 0
    right_row, probe = right.row[hit], probe[hit]
    right_count = np.bincount(probe, minlength=len(distinct))
    too_many = left_count * right_count > cap
    right_row, probe = right_row[~too_many[probe]], probe[~too_many[probe]]
    times = left_count[probe]
    offset = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    left_row = left.row[order][np.repeat(start[probe], times) + offset]
    capped = list(zip(left_count[too_many].tolist(), right_count[too_many].tolist(), strict=True))
    return left_row * width + np.repeat(right_row, times), capped
