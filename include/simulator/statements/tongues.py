"""The languages of victims, and what learners of English take along from them."""

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from include.simulator.statements.grammar import Luck

HERE = Path(__file__).parent

Habit = tuple[re.Pattern[str], str]

EACH_TIME = 0.8  # who has a habit shows it this often; nobody makes a mistake every time (ours)


class _Tongues(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: dict[str, list[str]]
    kin: dict[str, str]
    habits: dict[str, list[tuple[str, str, float]]]


@cache
def _tongues() -> _Tongues:
    return _Tongues.model_validate(yaml.safe_load((HERE / "tongues.yaml").read_text(encoding="utf-8")))


@cache
def _habits(culture: str) -> list[tuple[re.Pattern[str], str, float]]:
    tongues = _tongues()
    own = tongues.habits[tongues.kin.get(culture, culture)]
    common = [] if culture == "anglo" else tongues.habits["all"]
    return [(re.compile(pattern), new, rate) for pattern, new, rate in [*own, *common]]


def language(community: str, luck: Luck) -> str:
    """What somebody of this community speaks at home."""
    options = _tongues().languages[community]
    return options[luck.below(len(options))]


def habits(culture: str, luck: Luck) -> list[Habit]:
    """What a learner from this culture does again and again: each has some of the habits of the mother tongue."""
    return [(pattern, new) for pattern, new, rate in _habits(culture) if luck.chance(rate)]


def broken(text: str, habits: list[Habit], luck: Luck) -> str:
    """The text as somebody with these habits writes it."""
    for pattern, new in habits:

        def other(match: re.Match[str], new: str = new) -> str:
            return match.expand(new) if luck.chance(EACH_TIME) else match[0]

        text = pattern.sub(other, text)
    return text
