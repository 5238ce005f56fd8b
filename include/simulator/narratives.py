"""Personal statements of T visa applicants: what happened to each, told in the voice of each.

`narratives.yaml` holds the sentences and says how they are marked. The facts of a statement are drawn first, so that they
stay the same throughout it; then its paragraphs are put together and spoken in one of the voices.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from include.simulator.cultures import load_cultures
from include.simulator.dataset import texts
from include.simulator.days import Days
from include.simulator.draw import Draw, Ints, Texts
from include.simulator.grammar import Line, Luck, parse, spell
from include.simulator.mentions import TOLD, Mentions
from include.simulator.people import People
from include.simulator.places import City, load_places
from include.simulator.reported import reported
from include.simulator.tongues import broken, language
from include.simulator.wording import Wording

HERE = Path(__file__).parent

OF_AGE_MONTHS = 18 * 12
LONG_MONTHS = 9  # from which on a victim tells of months and seasons
DECEIVED = 0.4  # of those who were to work and do: in something else than was promised (ours)
MOVED = 1 / 3  # of the ordeals took place where the trafficker lived before (as many as TECS says have moved)

# What is owed, dollars, by culture: smuggling from Asia cost tens of thousands (m); elsewhere thousands (ours).
DEBTS = {"chinese": (40_000, 75_000), "thai": (25_000, 45_000), "korean": (12_000, 40_000), "vietnamese": (10_000, 30_000)}
USUAL_DEBT = (3_000, 18_000)


class _Voice(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float
    person: str | None = None  # how the third person is called; None: the victim speaks
    numbered: bool = False
    broken: bool = False
    only: list[str] = []  # cultures
    bars: list[str] = []
    paragraphs: list[list[str]]


class _Work(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    job: str
    site: str
    tags: list[str]
    visas: list[str]
    states: list[str] = []
    only: str = ""
    hired: bool = False  # only ever with a work visa


@dataclass(frozen=True)
class _Book:
    voices: dict[str, _Voice]
    works: dict[str, _Work]
    promises: dict[str, list[str]]
    bystanders: dict[str, list[str]]
    rules: dict[str, list[Line]]


@cache
def _book() -> _Book:
    raw = yaml.safe_load((HERE / "narratives.yaml").read_text(encoding="utf-8"))
    return _Book(
        voices={name: _Voice.model_validate(entry) for name, entry in raw.pop("voices").items()},
        works={name: _Work.model_validate(entry) for name, entry in raw.pop("works").items()},
        promises=raw.pop("promises"),
        bystanders=raw.pop("bystanders"),
        rules={name: [parse(line) for line in lines] for name, lines in raw.items()},
    )


@dataclass(frozen=True)
class Course:
    """When it happened, in months since 1970, by application."""

    met: Ints  # the trafficker
    entry: Ints
    left: Ints
    filed: Ints

    @property
    def met_on(self) -> Days:
        """The first day of that month."""
        return self.met.astype("datetime64[M]").astype("datetime64[D]")


def course(draw: Draw, victims: People, means: Texts, filed: Days, petitioned: Days) -> Course:
    """When these victims met the trafficker, came, got away and filed. They came as grown-ups, and after the petition
    (NaT: nobody petitioned), unless the application follows it too closely."""
    n, month = len(filed), filed.astype("datetime64[M]").astype(np.int64)
    lasted, waited = 2 + draw.skewed(38, n).astype(np.int64), 1 + draw.skewed(24, n).astype(np.int64)
    prepared = np.where(means == "fiance_visa", draw.between(6, 20, n), draw.between(1, 10, n))
    of_age = victims.born.astype("datetime64[M]").astype(np.int64) + OF_AGE_MONTHS + 1
    asked = np.where(np.isnat(petitioned), of_age, petitioned.astype("datetime64[M]").astype(np.int64) + 2)
    room = month - np.maximum(of_age, asked)
    room = np.where(room < 3, month - of_age, room)
    share = np.clip(room / (lasted + waited), 0, 1)
    lasted = np.maximum((lasted * share).astype(np.int64), 2)
    waited = np.maximum((waited * share).astype(np.int64), 1)
    entry = month - waited - lasted
    met = entry - prepared
    met = np.where(np.isnat(petitioned), met, np.minimum(met, asked - 3))
    return Course(met, entry, month - waited, month)


@dataclass(frozen=True)
class Plot:
    """What the statements must agree with, one position per application."""

    victims: People  # with the names of the day
    traffickers: People
    mentions: Mentions
    course: Course
    means: Texts
    category: Texts
    visa: Texts  # of the petition by which the trafficker brought the victim; empty: none is known
    business: Texts  # of the trafficker; empty: none
    children: Texts  # of the victim: the sex of each, such as "FM"
    married: Texts  # "spouse" or empty


def statements(draw: Draw, plot: Plot) -> Texts:
    """The statements."""
    return texts(_Teller(plot, i, Luck(_numbers(draw.child(str(i))))).tell() for i in range(len(plot.means)))


def _numbers(draw: Draw) -> Iterator[float]:
    while True:
        yield from draw.uniform(1024).tolist()


# Facts that must stand in the text exactly as they are: while sentences are put together and changed, a character of the
# private use area stands for each.
PRIVATE = 0xE000
KEPT = re.compile(r"(^|[.!?]\"? |\n)?([\ue000-\uf8ff])")
BEGINS = re.compile(r"(^|[.!?][\")]? |\n)(\"?[a-zé])")


class _Teller:
    """One victim telling."""

    def __init__(self, plot: Plot, i: int, luck: Luck) -> None:
        self.plot, self.i, self.luck = plot, i, luck
        self.wording, self.kept, self.mentioned, self.heard = Wording.of(luck), [], 0, False
        self.culture, self.sex = str(plot.victims.culture[i]), str(plot.victims.sex[i])
        self.adult = bool(plot.course.entry[i] >= int(plot.victims.born[i].astype("datetime64[M]").astype(int)) + OF_AGE_MONTHS)
        self.voice_name, self.voice = self._voice()
        self.city, self.street = self._place()
        self.work_name, self.work = self._work()
        self.promised = self._promised()
        self.tags = self._tags()
        self.facts = self._facts()
        self.used: set[int] = set()

    def tell(self) -> str:
        """The statement."""
        paragraphs = [self._paragraph(rules) for rules in self.voice.paragraphs]
        paragraphs[-2] += self._amends()
        if self.voice.broken:
            paragraphs = [broken(text, self.culture, self.luck) for text in paragraphs]
        if self.voice.person:
            paragraphs = [self._reported(text) for text in paragraphs]
        if self.voice.numbered:
            paragraphs = [f"{number}. {text}" for number, text in enumerate(paragraphs, start=1)]
        text = BEGINS.sub(lambda match: match[1] + match[2].upper(), "\n\n".join(paragraphs))
        return KEPT.sub(self._restore, text)
