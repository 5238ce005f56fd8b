"""Streets and firms, whose texts are read only where nothing else has parted the two."""

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from include.matching.arrays import Numbers, Shares
from include.matching.compare.levels import NONE, OPEN, Level, Levels, Pairs, equal, last, put
from include.matching.model import LEVELS
from include.matching.records import Records, organisation, organisation_in_full, street

SIMILAR_STREET = 0.75  # of a street's: an apartment, an abbreviation that we do not know
SIMILAR_FIRM = 0.8


def compare_texts(left: Records, right: Records, pairs: Pairs) -> dict[str, Levels]:
    """Levels of `street` and `organisation` where no text needs to be read; `OPEN` where it does."""
    a, b = pairs
    house_a, house_b = left.house[a], right.house[b]
    known = left.has_street[a] & right.has_street[b]
    street = np.full(len(a), NONE, dtype=np.int8)
    put(street, known, OPEN)
    put(street, known & (house_a > 0) & (house_b > 0) & (house_a != house_b), last("street"))
    firm = equal(left.organisation[a], right.organisation[b])
    common, same = np.zeros(len(a), dtype=np.float32), np.flatnonzero(firm == 0)
    common[same] = np.maximum(left.organisation_bits[a[same]], right.organisation_bits[b[same]])
    put(firm, firm == 1, OPEN)
    return {"street": Levels(street), "organisation": Levels(firm, common)}


def refine_texts(left: Records, right: Records, pairs: Pairs, found: dict[str, Levels]) -> None:
    """Read the texts that are still open; changes `found` in place."""
    for comparison, read in (("street", _streets), ("organisation", _firms)):
        level = found[comparison].level
        some = np.flatnonzero(level == OPEN)
        if len(some):
            level[some] = read(left, right, (pairs[0][some], pairs[1][some]))


def _streets(left: Records, right: Records, pairs: Pairs) -> Level:
    """Streets whose house numbers do not differ."""
    names = LEVELS["street"]
    alike = _alike(_texts(left, "street", pairs[0]), _texts(right, "street", pairs[1]))
    same_house = (left.house[pairs[0]] == right.house[pairs[1]]) & (left.house[pairs[0]] > 0)
    found = np.where(same_house, names.index("number"), names.index("different")).astype(np.int8)
    found[alike >= SIMILAR_STREET] = names.index("close")
    found[alike == 1.0] = names.index("exact")
    return found


def _firms(left: Records, right: Records, pairs: Pairs) -> Level:
    """Firms whose names differ; of SUNRISE DAIRY GRP the first two words may be all that somebody writes."""
    ones, others = (_texts(side, "organisation", rows) for side, rows in zip((left, right), pairs, strict=True))
    code, first, second = _pairs_of_texts(ones, others)
    goes_on = np.array([_goes_on(one, other) for one, other in zip(first, second, strict=True)], dtype=bool)
    in_full = [_texts(side, "in full", rows) for side, rows in zip((left, right), pairs, strict=True)]
    alike = np.maximum(_alike(ones, others), _alike(*in_full))  # a slip in a word that is cut short parts more letters
    close = (alike >= SIMILAR_FIRM) | goes_on[code]
    return np.where(close, LEVELS["organisation"].index("close"), last("organisation")).astype(np.int8)


def _goes_on(one: str, other: str) -> bool:
    """Whether one text is the other and more words, and the other has two at least."""
    short, long = sorted((one, other), key=len)
    return " " in short and long.startswith(f"{short} ")


def _alike(left: tuple[Numbers, list[str]], right: tuple[Numbers, list[str]]) -> Shares:
    """Share of the letters that stay, for each pair of texts given by position."""
    code, first, second = _pairs_of_texts(left, right)
    found: Shares = process.cpdist(first, second, scorer=OSA.normalized_similarity, dtype=np.float64, workers=1)[code]
    return found


def _pairs_of_texts(
    left: tuple[Numbers, list[str]], right: tuple[Numbers, list[str]]
) -> tuple[Numbers, list[str], list[str]]:
    """The distinct pairs of texts given by position, and which of them each pair is."""
    ones, others = left[1], right[1]
    code, pair = pd.factorize(left[0] * len(others) + right[0])
    return code, [ones[at] for at in pair // len(others)], [others[at] for at in pair % len(others)]


def _texts(records: Records, kind: str, rows: Numbers) -> tuple[Numbers, list[str]]:
    """The distinct texts of these rows, as `_READ` says, and the position of each row's text."""
    code, used = pd.factorize(rows)
    column, read = _READ[kind]
    plain = read(records.table.of_rows(column, used)).fill_null("").dictionary_encode()
    return plain.indices.to_numpy().astype(np.int64)[code], plain.dictionary.to_pylist()


_READ = {
    "street": ("street", street),
    "organisation": ("organisation", organisation),
    "in full": ("organisation", organisation_in_full),
}
