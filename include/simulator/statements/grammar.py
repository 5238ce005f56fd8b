"""A small grammar of sentences.

`(a|b|)` is a choice, `{slot}` is filled in. `<a !b +c>` before a line: it fits where the tag a is and b is not, and
from then on c is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TOKENS = re.compile(r"[(|)]|\{\w+\}|[^(|){]+")
CONDITIONS = re.compile(r"<([^>]*)>\s*")


@dataclass(frozen=True)
class Slot:
    """To be filled in by name."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One of several."""

    options: "tuple[Sequence, ...]"


Sequence = tuple[str | Slot | Choice, ...]


@dataclass(frozen=True)
class Line:
    """A sentence or a few, when it fits, and the tags that it brings."""

    needs: frozenset[str]
    bars: frozenset[str]
    sets: frozenset[str]
    body: Sequence

    def fits(self, tags: set[str]) -> bool:
        """Does it fit a statement with these tags?"""
        return self.needs <= tags and self.bars.isdisjoint(tags)


class Luck:
    """Random numbers, one at a time."""

    def __init__(self, numbers: Iterator[float]) -> None:
        self._numbers = numbers

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return next(self._numbers)

    def chance(self, rate: float) -> bool:
        """Does something of this probability happen?"""
        return self.uniform() < rate

    def below(self, n: int) -> int:
        """One of 0 .. n-1."""
        return int(self.uniform() * n)

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high)."""
        return low + self.below(high - low)


def parse(text: str) -> Line:
    """Read a line. Raises `ValueError`."""
    conditions = CONDITIONS.match(text)
    sentence = text[conditions.end() :] if conditions else text
    tokens = TOKENS.findall(sentence)
    body, end = _sequence(tokens, 0)
    if end != len(tokens) or "".join(tokens) != sentence:
        raise ValueError(f"line [{text}] has a bracket without its partner; correct it")
    tags = conditions.group(1).split() if conditions else []
    marked = {mark: frozenset(tag[1:] for tag in tags if tag[0] == mark) for mark in "!+"}
    return Line(frozenset(tag for tag in tags if tag[0] not in "!+"), marked["!"], marked["+"], body)


def _sequence(tokens: list[str], at: int) -> tuple[Sequence, int]:
    """What follows up to the end of an option or of the line, and where that is."""
    found: list[str | Slot | Choice] = []
    while at < len(tokens) and tokens[at] not in "|)":
        if tokens[at] == "(":
            choice, at = _choice(tokens, at + 1)
            found.append(choice)
        else:
            found.append(Slot(tokens[at][1:-1]) if tokens[at].startswith("{") else tokens[at])
            at += 1
    return tuple(found), at


def _choice(tokens: list[str], at: int) -> tuple[Choice, int]:
    options = []
    while True:
        option, at = _sequence(tokens, at)
        options.append(option)
        if at == len(tokens):
            raise ValueError("a choice is not closed; correct the line")
        if tokens[at] == ")":
            return Choice(tuple(options)), at + 1
        at += 1


def spell(body: Sequence, luck: Luck, fill: Callable[[str], str]) -> str:
    """The line as text; `fill` says what stands for a slot."""
    parts = []
    for node in body:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Slot):
            parts.append(fill(node.name))
        else:
            parts.append(spell(node.options[luck.below(len(node.options))], luck, fill))
    return "".join(parts)
