"""What people are called beside their own given name: street names, pet names, names they took in another country.

The names of one row are one person's, by the word of who wrote them down. Where the given names of two of them differ,
one is a byname; which, nobody says, but a word that is met there many times as often as among given names is one. So
is learnt without labels what tells SCOOTER, who is BRIAN, from KEVIN, who is BRIAN's twin.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from include.matching.arrays import Flags
from include.matching.compare.names import BY_EDITS, compare_names, open_words, refine_names
from include.matching.compare.surnames import compare_surnames
from include.matching.model import LEVELS, Model
from include.matching.names.shares import BYNAME_TIMES
from include.matching.records import Records
from include.matching.training.strangers import rounded

ENOUGH = 100  # pairs of names of one row that differ; fewer do not tell bynames, and then nothing is said of them
SEEN = 2  # times that a word is met there at least: once is no habit
WORDS_KEPT = 5_000  # bynames in a model file: the commonest


def count_bynames(model: Model, sides: Iterable[Records]) -> Model:
    """The model with the bynames of these tables, and how often one of one person's two given names is a byname.

    The latter is counted for each pair of names with the bynames that all other pairs show.
    """
    found = pd.concat([_differing(side, model) for side in sides], ignore_index=True)
    if len(found) < 2 * ENOUGH:
        return model
    count = found["word"].value_counts()
    common = count[count >= SEEN].head(WORDS_KEPT)
    shares = {str(word): float(f"{times / len(found):.3g}") for word, times in common.items()}  # a file to be read
    others = count[found["word"]].to_numpy() - 1
    needed = np.maximum(BYNAME_TIMES * len(found) * found["share"].to_numpy(), SEEN)
    pairs: Flags = np.any((others >= needed).reshape(-1, 2), axis=1)
    likely = rounded((pairs.sum() + 1) / (len(pairs) + 2))
    levels = model.comparisons["byname"]
    counted = {
        name: levels[name].model_copy(update={"m": m})
        for name, m in zip(LEVELS["byname"], (likely, rounded(1 - likely)), strict=True)
    }
    return model.model_copy(
        update={
            "frequencies": model.frequencies.model_copy(update={"bynames": shares}),
            "comparisons": model.comparisons | {"byname": counted},
        }
    )


def _differing(side: Records, model: Model) -> pd.DataFrame:
    """Given names of one row that differ, two rows for each pair: `word`, and `share` of people who are named so."""
    names = side.names
    other = np.flatnonzero((names.source == 1) & (names.order == 0))
    once = np.unique(names.row[other] * len(names) + names.forename[other], return_index=True)[1]
    other = other[once]  # the same given names may stand beside several surnames
    pairs = side.first_name[names.row[other]], other
    found = compare_names(side, side, pairs, compare_surnames(side, side, pairs))
    nicknames = model.known_nicknames
    still_open = {each: open_words(each, side, side, pairs, found[each], nicknames) for each in BY_EDITS}
    refine_names(side, side, pairs, found, still_open, nicknames)
    some = np.flatnonzero(found["given_name"].level == len(LEVELS["given_name"]) - 1)
    words = np.column_stack([names.given[rows[some]] for rows in pairs]).ravel()
    texts = side.words.texts.take(pa.array(words)).to_pylist()
    return pd.DataFrame({"word": texts, "share": model.name_shares.of_given(side.words.spelling.value[words])})
