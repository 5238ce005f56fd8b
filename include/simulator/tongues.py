"""The languages of victims, and what learners of English take along from them."""

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from include.simulator.grammar import Luck

HERE = Path(__file__).parent

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


def language(country: str, culture: str, luck: Luck) -> str:
    """What somebody born in that country (alpha-2) into that culture speaks."""
    known = _tongues().languages
    return (options := known.get(country) or known[culture])[luck.below(len(options))]


def broken(text: str, culture: str, luck: Luck) -> str:
    """The text as a learner from this culture writes it: each has some of the habits of the mother tongue."""
    for pattern, new, rate in _habits(culture):
        if luck.chance(rate):
            text = pattern.sub(lambda match, new=new: match.expand(new) if luck.chance(EACH_TIME) else match[0], text)
    return text
