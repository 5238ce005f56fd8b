"""What happened to victims who apply for T status: when, where, what they had to do, who was with them.

The facts of a story are drawn once, so that a statement says the same from its first paragraph to its last.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from include.simulator.days import Days
from include.simulator.draw import Draw, Ints, Texts
from include.simulator.population.cultures import load_cultures
from include.simulator.population.people import People
from include.simulator.population.places import load_places
from include.simulator.statements.grammar import Luck
from include.simulator.statements.mentions import TOLD, Mentions
from include.simulator.statements.tongues import language
from include.simulator.statements.wording import Wording, hour

HERE = Path(__file__).parent

OF_AGE = 18 * 12  # months
LONG = 9  # months from which on a victim can tell of seasons and holidays
DECEIVED = 0.4  # of those who were to work, and do: what they found was not what was promised (ours)
MOVED = 1 / 3  # of the ordeals took place where the trafficker lived before

# What is owed, dollars, by culture: passage from Asia cost tens of thousands (m), elsewhere thousands (ours).
DEBTS = {"chinese": (40, 75), "thai": (25, 45), "korean": (12, 40), "vietnamese": (10, 30)}  # thousands
USUAL_DEBT = (3, 18)


class _Work(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    job: str
    site: str
    tags: list[str]
    visas: list[str]
    states: list[str] = []
    only: str = ""


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    works: dict[str, _Work]
    promises: dict[str, list[str]]
    bystanders: dict[str, list[str]]
    kin: list[str]


@cache
def _known() -> _Facts:
    return _Facts.model_validate(yaml.safe_load((HERE / "stories.yaml").read_text(encoding="utf-8")))


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
    n, month, asked = len(filed), _months(filed), _months(petitioned)
    lasted, waited = 2 + draw.skewed(38, n).astype(np.int64), 1 + draw.skewed(24, n).astype(np.int64)
    prepared = np.where(means == "fiance_visa", draw.between(6, 20, n), draw.between(1, 10, n))
    of_age = _months(victims.born) + OF_AGE + 1
    brought = ~np.isnat(petitioned)
    room = month - np.where(brought, np.maximum(of_age, asked + 2), of_age)
    room = np.where(room < 3, month - of_age, room)
    share = np.clip(room / (lasted + waited), 0, 1)
    lasted = np.maximum((lasted * share).astype(np.int64), 2)
    waited = np.maximum((waited * share).astype(np.int64), 1)
    entry = month - waited - lasted
    met = np.where(brought, np.minimum(entry - prepared, asked - 1), entry - prepared)
    return Course(met, entry, month - waited, month)


def _months(days: Days) -> Ints:
    months: Ints = days.astype("datetime64[M]").astype(np.int64)
    return months


@dataclass(frozen=True)
class Cases:
    """What the stories must agree with, one position per application."""

    victims: People  # with the family names of the day
    traffickers: People
    mentions: Mentions
    course: Course
    means: Texts
    category: Texts
    visa: Texts  # of the petition by which the trafficker brought the victim; empty: none is known
    business: Texts  # of the trafficker; empty: none
    children: Texts  # of the victim: the sex of each, such as "FM"
    married: Texts  # "spouse" or empty


@dataclass(frozen=True)
class Story:
    """One victim's. `facts`: plain words; `kept`: words that must stand in the text as they are, such as names."""

    tags: set[str]
    facts: dict[str, str]
    kept: dict[str, str]
    forms: tuple[str, ...]  # words for the trafficker, first, second and every later time
    said: str
    culture: str
    sex: str


def story(cases: Cases, i: int, luck: Luck) -> Story:
    """The story of application `i`."""
    return _Author(cases, i, luck).story()


class _Author:
    def __init__(self, cases: Cases, i: int, luck: Luck) -> None:
        self.cases, self.i, self.luck = cases, i, luck
        self.victim, self.trafficker = (people.take(np.array([i])) for people in (cases.victims, cases.traffickers))
        self.culture, self.sex = str(self.victim.culture[0]), str(self.victim.sex[0])
        self.means, self.visa = str(cases.means[i]), str(cases.visa[i])
        self.wording = Wording.of(luck)
        self.adult = bool(cases.course.entry[i] >= _months(self.victim.born)[0] + OF_AGE)
        moved = luck.chance(MOVED)
        self.city = load_places().cities[(self.trafficker.old_city if moved else self.trafficker.city)[0]]
        self.street = str((self.trafficker.old_street if moved else self.trafficker.street)[0])
        self.work_name = self._work_name()
        self.work = _known().works[self.work_name]

    def pick(self, options: list[str]) -> str:
        """One of the options."""
        return options[self.luck.below(len(options))]

    def story(self) -> Story:
        """All of it."""
        cases, i = self.cases, self.i
        deceived = self.work.kind == "sex" or self.means == "fiance_visa" or self.luck.chance(DECEIVED)
        promised = self.pick(_known().promises.get(self.visa) or _known().promises[self.means])
        facts = self._when() | self._sums() | self._people() | {
            "job": self.work.job,
            "site": self.work.site,
            "promised": promised if deceived else self.work.job,
        }  # fmt: skip
        return Story(
            tags=self._tags() | ({"deceived"} if deceived else set()),
            facts=facts,
            kept=self._names() | self._identifiers(),
            forms=cases.mentions.forms[i],
            said=str(cases.mentions.said[i]),
            culture=self.culture,
            sex=self.sex,
        )

    def _work_name(self) -> str:
        """What fits category, sex, visa and, if that leaves anything, the state."""
        kind = str(self.cases.category[self.i]) if self.adult else "labor"
        visa = self.visa if any(self.visa in work.visas for work in _known().works.values()) else ""
        tests: list[Callable[[_Work], bool]] = [
            lambda work: work.kind == kind and work.only in ("", self.sex),
            lambda work: kind == "sex" or not visa or visa in work.visas,
            lambda work: kind == "sex" or (bool(work.visas) or self.means != "work_visa"),
            lambda work: not work.states or self.city.state in work.states,
        ]
        names = list(_known().works)
        for test in tests:
            names = [name for name in names if test(_known().works[name])] or names
        return self.pick(names)

    def _tags(self) -> set[str]:
        cases, i = self.cases, self.i
        mention, lasted = str(cases.mentions.kind[i]), int(cases.course.left[i] - cases.course.entry[i])
        t_sex, place = str(self.trafficker.sex[0]), str(self.trafficker.culture[0])
        tags = {self.culture, f"v{self.sex}", f"t{t_sex}", mention, self.work.kind, self.means, self.work_name}
        tags |= {*self.work.tags, "long" if lasted >= LONG else "short"}
        tags |= {what for what in TOLD if cases.mentions.told[what][i]}
        held = {
            "known": mention != "nobody",
            "opposite": t_sex != self.sex,
            "compatriots": place == self.culture,
            "child": bool(cases.children[i]),
            "spouse": bool(cases.married[i]),
            "adult": self.adult,
        }
        return tags | {tag for tag, holds in held.items() if holds}

    def _when(self) -> dict[str, str]:
        course, i, wording = self.cases.course, self.i, self.wording
        met, entry, left, filed = (int(times[i]) for times in (course.met, course.entry, course.left, course.filed))
        begins, lasts = self.luck.between(5, 11), self.luck.between(12, 17)
        if self.work.kind == "sex":
            begins, lasts = self.luck.between(10, 19), self.luck.between(9, 13)
        return {
            "met": wording.month_of(met),
            "entry": wording.month_of(entry),
            "left": wording.month_of(left),
            "filed": wording.month_of(filed),
            "filed_year": str(1970 + filed // 12),
            "months": wording.span(left - entry),
            "age": wording.number(self._age(self.victim)),
            "hours_from": hour(begins),
            "hours_to": hour((begins + lasts) % 24),
            "hours": f"{hour(begins)} to {hour((begins + lasts) % 24)}",
        }

    def _sums(self) -> dict[str, str]:
        luck, money = self.luck, self.wording.money
        low, high = DEBTS.get(self.culture, USUAL_DEBT)
        debt = 1000 * luck.between(low, high)
        return {
            "debt": money(debt),
            "debt2": money(debt + 500 * luck.between(2, max(3, debt // 1500))),
            "fee": money(max(500, debt // luck.between(2, 9) // 100 * 100)),
            "pay": money(10 * luck.between(2, 15)),
            "crowd": self.wording.number(luck.between(5, 15)),
        }

    def _people(self) -> dict[str, str]:
        t_sex = str(self.trafficker.sex[0])
        he, him, his, man = ("she", "her", "her", "woman") if t_sex == "F" else ("he", "him", "his", "man")
        fhe, fhim, fhis, fgirl = (
            ("she", "her", "her", "young woman") if self.sex == "F" else ("he", "him", "his", "young man")
        )
        return {
            **{"he": he, "him": him, "his": his, "man": man},
            **{"fhe": fhe, "fhim": fhim, "fhis": fhis, "fgirl": fgirl},
            "kids": self._kids(str(self.cases.children[self.i])),
            "kin": self.pick(_known().kin),
            "his_age": self.wording.number(max(20, self._age(self.trafficker, 12 * 5) * 5)),
        }

    def _age(self, people: People, per: int = 12) -> int:
        """Years, or other spans of so many months, at the time of entry."""
        return int(self.cases.course.entry[self.i] - _months(people.born)[0]) // per

    def _kids(self, sexes: str) -> str:
        words = {"F": "my daughter", "M": "my son", "FF": "my two daughters", "MM": "my two sons"}
        words |= {"FM": "my two children", "MF": "my son and my daughter"}
        return words.get(sexes, f"my {self.wording.number(len(sexes))} children")

    def _names(self) -> dict[str, str]:
        """Everybody's but the trafficker's, and none that could be taken for it."""
        trafficker = {str(getattr(self.trafficker, part)[0]) for part in ("family", "given", "middle", "maiden")}
        taken = {word for text in (*trafficker, *self.cases.mentions.forms[self.i]) for word in text.lower().split()}
        own = [part for part in (str(self.victim.given[0]), str(self.victim.family[0])) if part]
        taken |= {word for part in own for word in part.lower().split()}
        names = {}
        for role, options in _known().bystanders.items():
            names[role] = self._free(taken, lambda options=options: self.pick(options))  # type: ignore[misc]
        given = load_cultures()[self.culture].given[self.sex]
        for role in ("fellow", "fellow2"):
            names[role] = self._free(taken, lambda: given.at(self.luck.uniform()))
        country = load_places().countries[str(self.victim.country[0])].name
        community = load_cultures()[self.culture].communities[int(self.victim.community[0])].name
        return names | {
            "me": " ".join(own),
            "place": str(self.victim.place[0]),
            "country": f"the {country}" if country in ARTICLE else country,
            "language": language(community, self.luck),
            "city": self.city.name,
        }

    def _free(self, taken: set[str], draw: Callable[[], str]) -> str:
        """A name of which no word is taken; its words are, from then on."""
        name = draw()
        while taken & set(name.lower().split()) - TITLES:
            name = draw()
        taken |= set(name.lower().split()) - TITLES
        return name

    def _identifiers(self) -> dict[str, str]:
        wording, trafficker = self.wording, self.trafficker
        return {
            "phone": wording.telephone(str(trafficker.phone[0])),
            "birthday": wording.day_of(trafficker.born[0]),
            "business": str(self.cases.business[self.i]),
            "address": self.street,
        }


ARTICLE = {"Philippines", "Dominican Republic", "United States", "United Kingdom", "Bahamas", "Gambia"}
TITLES = {"special", "agent", "officer", "detective", "sergeant", "ms.", "mr.", "mrs.", "sister"}
