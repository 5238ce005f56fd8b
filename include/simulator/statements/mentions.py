"""How victims speak of the trafficker: by name, by what everybody says, or not at all; and what else they can tell."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from include.simulator.days import Days
from include.simulator.draw import Bools, Draw, Texts
from include.simulator.population.cultures import Culture, load_cultures, surnames
from include.simulator.population.people import People
from include.simulator.records.dataset import fold, texts
from include.simulator.records.name_faults import again, one_edit, pick
from include.simulator.scenario import TVisa

HERE = Path(__file__).parent

# What a victim can tell besides a name, and how often (ours). Fewer know it who know no name.
TOLD = {"phone": 0.25, "date_of_birth": 0.10, "business": 0.30, "address": 0.30}
KNOWS_NO_NAME = 0.6  # times as often as who knows a name

# How a name is written (shares ours): as it is, as it sounds, one name behind a title, another name of the person.
WRITTEN = {"plain": 52, "by ear": 22, "title": 16, "alias": 10}

ONE_SURNAME = 0.65  # of those who have two: the first alone (ours)
ASCII_ONLY = 0.5  # names with accents are written without (ours)
OWN_NICKNAME = 0.5  # of the nicknames: what the given name is shortened to, or a byname of the culture (ours)
FAMILY_FIRST = 0.4  # of the names that are said in that order at home (ours)


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    nicknames: dict[str, dict[str, list[str]]]  # by culture and sex
    titles: dict[str, dict[str, list[str]]]  # likewise
    unnamed: dict[str, list[tuple[str, str]]]  # by sex: at first, and from then on


@dataclass(frozen=True)
class Mentions:
    """Of each application, what its statement says of the trafficker."""

    kind: Texts  # name, nickname, nobody
    said: Texts  # name or nickname, as it stands in the statement; empty for nobody
    forms: list[tuple[str, ...]]  # the words for the first, second and every later time; one of the first two is `said`
    family: Texts  # what of the name the victim knows; both empty unless it is a name
    given: Texts
    told: dict[str, Bools]  # by what is told


@cache
def _words() -> _Words:
    return _Words.model_validate(yaml.safe_load((HERE / "mentions.yaml").read_text(encoding="utf-8")))


def mentions(draw: Draw, rates: TVisa, traffickers: People, on: Days, has_business: Bools) -> Mentions:
    """How the traffickers are spoken of, one each; `on`: the day on which the victim met the trafficker, who is
    known by the name of that day."""
    n = len(traffickers)
    weights = [rates.name, rates.nickname, 1 - rates.name - rates.nickname]
    kind = draw.pick(["name", "nickname", "nobody"], n, weights)
    how, luck = draw.pick(list(WRITTEN), n, list(WRITTEN.values())), draw.uniform(n)
    known = np.where(on < traffickers.married, traffickers.maiden, traffickers.family)
    family, given = (np.full(n, "", dtype=object) for _ in range(2))
    said, forms = np.full(n, "", dtype=object), []
    for i in range(n):
        culture, sex, u = traffickers.culture[i], traffickers.sex[i], float(luck[i])
        if kind[i] == "nobody":
            forms.append(tuple(_words().unnamed[sex][int(u * len(_words().unnamed[sex]))]))
        elif kind[i] == "nickname":
            said[i] = _nickname(load_cultures()[culture], sex, traffickers.given[i], known[i], u)
            forms.append((said[i],))
        else:
            entry = load_cultures()[culture]
            former = traffickers.maiden[i] if known[i] == traffickers.family[i] else traffickers.family[i]
            family[i], given[i] = _as_written(entry, how[i], known[i], traffickers.given[i], former, u)
            said[i], spoken = _spoken(entry, sex, how[i], family[i], given[i], again(u))
            forms.append(spoken)
            if how[i] == "title":  # the victim knows what follows the title, and no more
                family[i], given[i] = (part if part in said[i] else "" for part in (family[i], given[i]))
    share = np.where(kind == "nobody", KNOWS_NO_NAME, 1.0)
    told = {what: draw.child(what).uniform(n) < rate * share for what, rate in TOLD.items()}
    told["business"] &= has_business
    return Mentions(kind, said, forms, texts(family), texts(given), told)


def _nickname(culture: Culture, sex: str, given: str, family: str, luck: float) -> str:
    """What everybody calls the trafficker: as people of that name are called, or as people in the trade are."""
    own = culture.nickname(given, family, sex, again(luck)) if given and luck < OWN_NICKNAME else None
    return own or pick(_words().nicknames[culture.name][sex], again(luck))


def _as_written(culture: Culture, how: str, family: str, given: str, former: str, luck: float) -> tuple[str, str]:
    """Family and given name as the victim writes them."""
    one, two = again(luck), again(again(luck))
    if culture.double_surname and luck < ONE_SURNAME:
        family = surnames(family)[0]
    if how == "alias" and former and one < 0.5:
        family = former
    elif how == "alias" and given:
        given = culture.nickname(given, family, "", one) or given
    if two < ASCII_ONLY:
        family, given = fold(family), fold(given)
    if how == "by ear" and (one < 0.6 or not given):
        family = _by_ear(culture, family, two)
    elif how == "by ear":
        given = _by_ear(culture, given, two)
    return family, given


def _by_ear(culture: Culture, name: str, luck: float) -> str:
    """Another spelling that the name has, or a slip."""
    spellings = culture.spellings(name)
    if spellings and luck < 0.7:
        return pick(spellings, again(luck))
    return one_edit(name, luck) if len(name) > 3 else name


def _spoken(culture: Culture, sex: str, how: str, family: str, given: str, luck: float) -> tuple[str, tuple[str, ...]]:
    """What counts as said, and the words for the trafficker, time after time."""
    titled = pick(_words().titles[culture.name][sex], again(luck)).format(family=family, given=given or family)
    if how == "title":
        return titled, (titled,)
    backwards = culture.family_first and luck < FAMILY_FIRST
    if not given:  # one name is all there is
        return family, (family,)
    full = f"{family} {given}" if backwards else f"{given} {family}"
    after = [(full, given), (full, titled), (full,), (given, full, given), (titled, full, titled)]
    return full, after[int(again(again(luck)) * len(after))]
