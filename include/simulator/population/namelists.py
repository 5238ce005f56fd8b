"""Lists of names written as text: by hand, taken from faker or the census, or grown by a rule; weighted by generation.

`Kim 21, Lee 15, Park, @1945, Soon-Ja 2, @, {front}-{back} 60, -Nguyen` reads: a name and its weight (none: that of the
name before it); from here on names in fashion around 1945; of no fashion again; all combinations of the parts `front`
and `back`, 60 together; and never Nguyen, whoever lists it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import names as census
import numpy as np
from anyascii import anyascii

from include.simulator.draw import Draw, Floats, Ints, Texts

# Middle years of birth. Fifteen years is about how long a given name stays in fashion.
GENERATIONS = (1930, 1945, 1960, 1975, 1990, 2005)
GENERATION_YEARS = 15
# Weight of a name by how many generations older or younger than its fashion somebody is (ours, after the shape of the
# US Social Security counts): names come fast and go slowly.
OLDER = (1.0, 0.12, 0.01, 0.0, 0.0, 0.0)
YOUNGER = (1.0, 0.4, 0.12, 0.04, 0.02, 0.01)

_ENTRY = re.compile(r"(?P<name>.+?)(?: (?P<weight>[\d.]+))?")
_PART = re.compile(r"\{([^}]+)\}")
_INNER_CAPITAL = re.compile(r"(?<=[^\W\d_])[A-Z]")


@dataclass(frozen=True)
class NameList:
    """Names and how often each occurs: `weights` has a row per name and a column per generation."""

    names: tuple[str, ...]
    weights: Floats

    @cached_property
    def _cumulative(self) -> Floats:
        return np.cumsum(np.cumsum(self.weights, axis=1)[:, -1])

    def at(self, luck: float) -> str:
        """The name that a random number in [0, 1) stands for, generations taken together."""
        at = int(np.searchsorted(self._cumulative, luck * self._cumulative[-1], side="right"))
        return self.names[min(at, len(self.names) - 1)]

    def scaled(self, weight: float) -> "NameList":
        """The same names, of this weight altogether in the generation in which they are most in fashion."""
        total = max(np.cumsum(self.weights, axis=0)[-1].tolist())
        return NameList(self.names, self.weights * (weight / total))

    def without(self, unwanted: frozenset[str]) -> "NameList":
        """Only the names that are not among these."""
        keep = [i for i, name in enumerate(self.names) if name not in unwanted]
        return NameList(tuple(self.names[i] for i in keep), self.weights[keep])


def join(lists: Sequence[NameList]) -> NameList:
    """All names of the lists; a name of several has their weights together."""
    merged: dict[str, Floats] = {}
    for each in lists:
        for name, weight in zip(each.names, each.weights, strict=True):
            merged[name] = merged[name] + weight if name in merged else weight
    return NameList(tuple(merged), np.array(list(merged.values()), dtype=np.float64).reshape(-1, len(GENERATIONS)))


def read_names(text: str, parts: Mapping[str, str]) -> NameList:
    """The names that a text lists; `parts`: the texts that its rules refer to. Raises KeyError for an unknown part."""
    listed: dict[str, Floats] = {}
    rules: list[tuple[str, float, Floats]] = []
    unwanted: list[str] = []
    weight = 1.0
    fashion = _fashion(None)
    for entry in (piece.strip() for piece in text.replace("\n", " ").split(",")):
        if entry.startswith("@"):
            fashion = _fashion(int(entry[1:]) if entry[1:] else None)
        elif entry.startswith("-"):
            unwanted += _grow(entry[1:], parts).names if "{" in entry else [entry[1:]]
        elif match := _ENTRY.fullmatch(entry):
            weight = float(match["weight"]) if match["weight"] else weight
            if "{" in entry:
                rules.append((match["name"], weight, fashion))
            else:
                listed[match["name"]] = listed.get(match["name"], 0.0) + weight * fashion
    lists = [NameList(tuple(listed), np.array(list(listed.values())).reshape(-1, len(GENERATIONS)))]
    for rule, share, when in rules:
        grown = _grow(rule, parts).scaled(share)
        lists.append(NameList(grown.names, grown.weights * when))
    return join(lists).without(frozenset(unwanted))


def _fashion(year: int | None) -> Floats:
    if year is None:
        return np.ones(len(GENERATIONS))
    nearest = min(max((year - GENERATIONS[0] + GENERATION_YEARS // 2) // GENERATION_YEARS, 0), len(GENERATIONS) - 1)
    return np.array([(YOUNGER if i > nearest else OLDER)[abs(i - nearest)] for i in range(len(GENERATIONS))])


def _grow(rule: str, parts: Mapping[str, str]) -> NameList:
    """All combinations of the parts in a rule, as often as their parts; no name repeats a part (Young-Young)."""
    slots = _PART.findall(rule)
    lists = [_source(slot) if "." in slot else read_names(parts[slot], parts) for slot in slots]
    if rule == "{" + slots[0] + "}":
        return lists[0]
    pieces = _PART.sub("{}", rule)
    combined: list[tuple[str, ...]] = reduce(
        lambda done, more: [(*head, name) for head in done for name in more.names], lists, [()]
    )
    weights = reduce(
        lambda done, more: (done[:, None, :] * more.weights[None, :, :]).reshape(-1, len(GENERATIONS)),
        lists,
        np.ones((1, len(GENERATIONS))),
    )
    keep = [i for i, words in enumerate(combined) if len({word.lower() for word in words}) == len(words)]
    grown = [_INNER_CAPITAL.sub(lambda m: m[0].lower(), pieces.format(*combined[i])) for i in keep]
    return join([NameList(tuple(grown), weights[keep])])


@cache
def _source(name: str) -> NameList:
    """A published list, read as data: `census.last`, or of faker, `es_MX.last_names`; in Latin letters."""
    provider, attribute = name.split(".")
    if provider == "census":  # US Census 1990, public domain: name, per cent, cumulative, rank
        rows = (line.split() for line in Path(census.FILES[attribute]).read_text(encoding="ascii").splitlines())
        values = {restored(row[0].title()): float(row[1]) for row in rows if float(row[1]) > 0}
    else:  # faker's own random draws are not used
        raw: Any = getattr(import_module(f"faker.providers.person.{provider}").Provider, attribute)
        values = dict(raw) if hasattr(raw, "items") else dict.fromkeys(raw, 1.0)
        if not provider.startswith(("es_", "fr_")):  # these two are in Latin letters with accents that people keep
            values = {_latin(name): weight for name, weight in values.items()}
    weights = np.array(list(values.values()), dtype=np.float64)
    return NameList(tuple(values), np.repeat(weights[:, None], len(GENERATIONS), axis=1))


def _latin(name: str) -> str:
    """As a passport has it: Latin letters, no apostrophe for a soft sign, Ye for a Cyrillic E at the beginning."""
    return re.sub("^I(?=e)", "Y", anyascii(name).replace("'", "").strip().title())


_IRISH = re.compile("O(?=(?:brien|connor|connell|donnell|neal|neil|neill|hara|keefe|leary|malley|reilly|rourke|shea)$)")


def restored(name: str) -> str:
    """The capitals and apostrophes that the census left out: McDonald, O'Brien."""
    if re.match(r"Mc[a-z]{3}", name):
        return f"Mc{name[2:].capitalize()}"
    if _IRISH.match(name):
        return f"O'{name[1:].capitalize()}"
    return name


class Shelf:
    """Several weighted lists side by side: each person draws from a list of his or her own, all in one go."""

    def __init__(self, lists: Sequence[tuple[Sequence[str], Floats]]) -> None:
        cumulative = [np.cumsum(weights) for _, weights in lists]
        steps = [k + sums / sums[-1] for k, sums in enumerate(cumulative)]
        self._cumulative = np.concatenate(steps)
        self._last = np.cumsum([len(sums) for sums in cumulative]) - 1
        self._names = np.array([name for names, _ in lists for name in names], dtype=object)

    def pick(self, draw: Draw, which: Ints) -> Texts:
        """A name from the list `which` (position) of each."""
        picked: Texts = self._names[self.positions(draw, which)]
        return picked

    def positions(self, draw: Draw, which: Ints) -> Ints:
        """The same as positions among the names of all lists, one list after the other."""
        at = np.searchsorted(self._cumulative, which + draw.uniform(len(which)), side="right")
        limited: Ints = np.minimum(at, self._last[which])
        return limited
