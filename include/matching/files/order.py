"""Whether the whole names of a column begin with the surname: read off the column, by which words are commoner as what.

SMITH JOHN is a name in one order or in the other, and no row says in which. A column does: where the words in front are
surnames to the US Census, and those behind them given names, all through, it is written so. And where those in front
alone are in capitals: DUPONT Jean.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from include.matching.names import census
from include.matching.names.vocabulary import PARTICLES, PLACEHOLDERS, SUFFIXES

NAMES = 2_000  # of each piece of a file: fewer would do
ENOUGH = 100  # names that are told apart; fewer are no column
# So many times as likely must a name be in one order: of 1,500 British names 1,333 are, JAMES THOMAS is not.
CLEARLY = 16.0
# Share of those names that begin with the surname. Of 31 columns of names as they are spoken, or in both orders, 0 to
# 0.67 do so, of four that begin with it 0.96 to 0.999: in one row of 25 the two were exchanged (decision 0063).
NEARLY_ALL = 0.9
SAYS_ORDER = "[,/<]"  # SMITH, JOHN; as tickets and passports have it SMITH/JOHN, SMITH<<JOHN
RAREST = 1e-5  # share of people with a name that the lists do not have: that of the rarest they have
NO_MARKS = str.maketrans("", "", ".'`")  # O'BRIEN is OBRIEN to the census
NO_NAMES = frozenset({*PARTICLES, *PLACEHOLDERS, *SUFFIXES})


class Order(NamedTuple):
    """Names without a comma of which the words tell the order, and those of them that begin with the surname."""

    told: int = 0
    family_first: int = 0

    @property
    def share(self) -> float:
        """Of those that begin with the surname."""
        return self.family_first / max(self.told, 1)

    @property
    def is_family_first(self) -> bool:
        """Whether there is no doubt."""
        return self.told >= ENOUGH and self.share >= NEARLY_ALL


def order_of(pieces: Iterable[pd.Series]) -> Order:
    """The order of the names of a column, as far as its pieces have to be read to know: in each it must be the same."""
    every = Order()
    for names in pieces:
        here = _order_of_some(names)
        every = Order(every.told + here.told, every.family_first + here.family_first)
        if here.told >= ENOUGH and not here.is_family_first:
            break
    return every


def _order_of_some(names: pd.Series) -> Order:
    plain = names[~names.str.contains(SAYS_ORDER, regex=True)].drop_duplicates().head(NAMES)
    family, given = census.surnames(), census.given_names()
    told = family_first = 0
    for name in plain:
        written = [word for word in name.translate(NO_MARKS).split() if len(word) > 1 and word.upper() not in NO_NAMES]
        if len(written) < 2:
            continue
        if written[0].isupper() != written[-1].isupper():
            told, family_first = told + 1, family_first + written[0].isupper()
            continue
        words = [word.upper() for word in written]
        spoken = _share(given, words[0]) * _share(family, words[-1])
        turned = _share(family, words[0]) * _share(given, words[1])
        told += max(spoken, turned) >= CLEARLY * min(spoken, turned)
        family_first += turned >= CLEARLY * spoken
    return Order(told, family_first)


def _share(shares: dict[str, float], name: str) -> float:
    return max(shares.get(name, 0.0), RAREST)
