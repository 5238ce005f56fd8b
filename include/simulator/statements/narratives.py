"""Personal statements of T visa applicants: each story told in the voice of one person.

`narratives.yaml` holds the sentences and says how they are marked.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from include.simulator.draw import Draw, Texts
from include.simulator.records.dataset import texts
from include.simulator.statements.grammar import Line, Luck, parse, spell
from include.simulator.statements.mentions import TOLD
from include.simulator.statements.reported import reported
from include.simulator.statements.stories import Cases, Story, story
from include.simulator.statements.tongues import broken, habits

HERE = Path(__file__).parent

SOMETIMES = 0.5  # how often a paragraph has what its plan marks with `~`
LOOKS = 0.4  # how often the trafficker is described (ours)
BY_NAME = 0.3  # in the third person: a name where a pronoun would do (ours)

# While sentences are put together and changed, a character of Unicode's private use area stands for each word that must
# not change.
PRIVATE = 0xE000
KEPT = re.compile(r"(?P<begins>^|[.!?][\")]? |\n)?(?P<kept>[\ue000-\uf8ff])")
BEGINS = re.compile(r"(^|[.!?][\")]? |\n)(\"?[a-zà-ÿ])")
SPACES = re.compile(r" +(?=[ .,])")


class _Voice(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float
    person: str = ""  # how the third person is called; empty: the victim speaks
    numbered: bool = False
    broken: bool = False
    only: list[str] = []  # cultures; none: all
    bars: list[str] = []
    paragraphs: list[list[str]]


@cache
def _voices() -> dict[str, _Voice]:
    return {name: _Voice.model_validate(entry) for name, entry in _sentences()["voices"].items()}


@cache
def _rules() -> dict[str, list[Line]]:
    return {name: [parse(line) for line in lines] for name, lines in _sentences()["rules"].items()}


@cache
def _sentences() -> dict[str, dict[str, Any]]:
    raw: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "narratives.yaml").read_text(encoding="utf-8"))
    return raw


def statements(draw: Draw, cases: Cases) -> Texts:
    """The statements."""
    return texts(tell(cases, i, Luck(_numbers(draw.child(str(i))))) for i in range(len(cases.means)))


def tell(cases: Cases, i: int, luck: Luck) -> str:
    """The statement of application `i`: three to seven paragraphs, an empty line between two."""
    happened = story(cases, i, luck)
    name, voice = _voice(happened.culture, luck)
    happened.tags.update({name, "third" if voice.person else "first"})
    teller = _Teller(happened, luck)
    paragraphs = [teller.paragraph(rules) for rules in voice.paragraphs]
    paragraphs[-2] += teller.amends()
    if voice.broken:
        own = habits(happened.culture, luck)
        paragraphs = [broken(text, own, luck) for text in paragraphs]
    if voice.person:
        called = "Declarant" if voice.person == "Declarant" else f"the {voice.person}"
        paragraphs = [reported(text, called, happened.sex, luck, BY_NAME) for text in paragraphs]
    if voice.numbered:
        paragraphs = [f"{number}. {text}" for number, text in enumerate(paragraphs, start=1)]
    return teller.finished("\n\n".join(paragraphs))


def _numbers(draw: Draw) -> Iterator[float]:
    while True:
        yield from draw.uniform(1024).tolist()


def _voice(culture: str, luck: Luck) -> tuple[str, _Voice]:
    """One of the voices that somebody of this culture may have, by their shares."""
    able = {
        name: voice
        for name, voice in _voices().items()
        if culture not in voice.bars and (not voice.only or culture in voice.only)
    }
    left = luck.uniform() * sum(voice.share for voice in able.values())
    for chosen in able.items():
        left -= chosen[1].share
        if left < 0:
            break
    return chosen


class _Teller:
    """Puts the sentences of one statement together; none is used twice."""

    def __init__(self, happened: Story, luck: Luck) -> None:
        self._story, self._luck = happened, luck
        self._kept: list[str] = []  # what the private characters stand for
        self._used: set[int] = set()
        self._mentions = 0
        self._heard: set[str] = set()  # names that were said

    def paragraph(self, plan: list[str]) -> str:
        """The sentences of these rules, in their order."""
        found = []
        for rule in plan:
            if rule == "tell":
                told = [f"tell_{what}" for what in TOLD if what in self._story.tags]
                found += [self._line(each) for each in told]
                if self._luck.chance(LOOKS):
                    found.append(self._line("look"))
            elif not rule.startswith("~") or self._luck.chance(SOMETIMES):
                found.append(self._line(rule.lstrip("~")))
        return " ".join(sentence.strip() for sentence in found if sentence)

    def amends(self) -> str:
        """What must be said and was not: what the trafficker is called; and the name of somebody else, so that the only
        name in a statement is never the trafficker's."""
        added = ""
        if self._story.said and self._story.said not in self._story.forms[: self._mentions]:
            added += " " + self._line("insist").strip()
        if not self._heard & {"fellow", "fellow2", "kind", "officer", "driver", "lawyer"}:
            added += " " + self._line("others").strip()
        return added

    def finished(self, text: str) -> str:
        """With capitals where sentences begin, and the words that were kept."""
        tidy = BEGINS.sub(lambda match: match[1] + match[2].upper(), SPACES.sub("", text))
        return KEPT.sub(self._restored, tidy)

    def _restored(self, match: re.Match[str]) -> str:
        word = self._kept[ord(match["kept"]) - PRIVATE]
        begins = match["begins"]
        return word if begins is None else begins + word[:1].upper() + word[1:]

    def _line(self, rule: str) -> str:
        """A line of the rule that fits and was not used, or empty text. The closer to the case, the likelier."""
        able = [line for line in _rules()[rule] if line.fits(self._story.tags) and id(line) not in self._used]
        if not able:
            return ""
        tickets = [line for line in able for _ in range(1 + len(line.needs))]
        line = tickets[self._luck.below(len(tickets))]
        self._used.add(id(line))
        self._story.tags.update(line.sets)
        return spell(line.body, self._luck, self._fill)

    def _fill(self, slot: str) -> str:
        if slot == "who":
            self._mentions += 1
            return self._keep(self._story.forms[min(self._mentions, len(self._story.forms)) - 1])
        if slot in self._story.kept:
            self._heard.add(slot)
            return self._keep(self._story.kept[slot])
        return self._story.facts[slot] if slot in self._story.facts else self._line(slot)

    def _keep(self, word: str) -> str:
        self._kept.append(word)
        return chr(PRIVATE + len(self._kept) - 1)
