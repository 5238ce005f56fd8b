"""Names as families of one culture give them: frequencies, order, particles, spellings, nicknames, who inherits what.

A culture is made of communities that do not mix names within a person: Sikhs and Bengali Muslims, Yoruba and Akan.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from include.simulator.draw import Draw, Floats, Ints, Texts
from include.simulator.population.namelists import GENERATION_YEARS, GENERATIONS, NameList, Shelf, join, read_names
from include.simulator.population.places import load_places, weighted

NAMES = Path(__file__).parent / "names"  # one file per culture; its README says how they are written

Days = NDArray[np.datetime64]
Middle = Literal["given", "mother", "father", "patronymic", "ukrainian_patronymic", "none"]

USUAL_GENERATION = 3  # of those whose birth day nobody tells: around 1975

# Words that belong to the name after them.
PARTICLES = frozenset((
    "abd", "abdel", "abdul", "abi", "abou", "aboul", "abu", "ait", "al", "bani", "ben", "bin", "bint", "bou", "da",
    "de", "del", "dela", "delos", "di", "dos", "el", "ibn", "la", "las", "le", "los", "na", "o", "saint", "san",
    "santa", "st", "sta", "ud", "um", "van", "von", "y",
))  # fmt: skip


class _Community(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float
    countries: dict[str, float]
    places: dict[str, str] = {}  # by country, if these people come from other places than their countrymen
    family: str
    family_female: str = ""  # where women bear others than men's; empty: the same, in their female form
    female: str
    male: str
    middle: Middle = "none"
    middle_rate: float = 1.0
    middle_female: str = ""  # for "given": if other than the given names
    middle_male: str = ""
    single_name: float = 0.0
    bynames: dict[Literal["F", "M"], str] = {}  # if other than the culture's


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    family_first: bool = False
    double_surname: bool = False
    slavic_endings: bool = False
    wife_takes: float
    women: dict[str, str] = {}
    parts: dict[str, str] = {}
    communities: dict[str, _Community]
    nicknames: dict[str, str] = {}
    bynames: dict[Literal["F", "M"], str] = {}
    variants: list[str] = []
    family_variants: list[str] = []  # of family names only
    respell: list[tuple[str, str]] = []


@dataclass(frozen=True)
class Community:
    """People of one culture who draw their names from one stock."""

    name: str
    share: float  # of the culture's people, per cent
    homes: tuple[tuple[str, str], ...]  # country and place of birth
    home_weights: Floats
    family: dict[str, NameList]  # by sex, F and M
    given: dict[str, NameList]  # by sex
    middle: (
        Middle  # what stands between: a second given name, the mother's family name, the father's name or patronymic
    )
    middle_rate: float
    middles: dict[str, NameList]  # by sex
    single_name: float  # share of the people who have one name only
    bynames: dict[str, tuple[str, ...]]  # by sex: what people are called that has nothing to do with their given name


@dataclass(frozen=True)
class Culture:
    """What it takes to name people of one culture and to misspell them as clerks do."""

    name: str
    communities: tuple[Community, ...]
    double_surname: bool  # the father's family name and the mother's
    slavic_endings: bool
    family_first: bool  # the family name is said and written first at home
    wife_takes: float  # share of the wives who take their husband's family name
    women: dict[str, str]  # family names that women bear in another form than men
    nicknames: dict[str, tuple[str, ...]]
    variants: dict[str, tuple[str, ...]]  # other spellings of a name
    given_variants: dict[str, tuple[str, ...]]  # those that a given name may have
    respell: tuple[tuple[re.Pattern[str], str], ...]  # rules that give other spellings of any name
    _spelled: dict[tuple[str, bool], tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def keeps_maiden_name(self) -> bool:
        """Does a wife's own family name become her middle name?"""
        return any(each.middle == "mother" for each in self.communities)

    @cached_property
    def family(self) -> NameList:
        """The family names that men bear, communities taken together."""
        return join([each.family["M"].scaled(each.share) for each in self.communities])

    @cached_property
    def given(self) -> dict[str, NameList]:
        """The given names by sex, communities taken together."""
        return {sex: join([each.given[sex].scaled(each.share) for each in self.communities]) for sex in ("F", "M")}

    @cached_property
    def homes(self) -> tuple[Shelf, tuple[tuple[str, str], ...]]:
        """Countries and places of birth: positions by community, and what they stand for."""
        shelf = Shelf([([place for _, place in each.homes], each.home_weights) for each in self.communities])
        return shelf, tuple(home for each in self.communities for home in each.homes)

    @cached_property
    def families(self) -> Shelf:
        """Family names: lists by community and sex."""
        lists = (each.family[sex] for each in self.communities for sex in ("M", "F"))
        return Shelf([(names.names, names.weights[:, USUAL_GENERATION]) for names in lists])

    @cached_property
    def givens(self) -> Shelf:
        """Given names: lists by community, sex and generation."""
        return _by_generation(each.given[sex] for each in self.communities for sex in ("M", "F"))

    @cached_property
    def middles(self) -> Shelf:
        """Middle names: lists by community, sex and generation."""
        return _by_generation(each.middles[sex] for each in self.communities for sex in ("M", "F"))

    @cached_property
    def men(self) -> dict[str, str]:
        """The form that men bear of a family name that is a woman's."""
        pairs = ((self.for_woman(name), name) for each in self.communities for name in each.family["M"].names)
        return {woman: man for woman, man in pairs if woman != man}

    @cached_property
    def community_of(self) -> dict[str, int]:
        """The community in which a family name is commonest."""
        best: dict[str, tuple[float, int]] = {}
        for position, each in enumerate(self.communities):
            for sex in ("M", "F"):
                weights = each.family[sex].scaled(each.share).weights[:, USUAL_GENERATION].tolist()
                for name, weight in zip(each.family[sex].names, weights, strict=True):
                    best[name] = max(best.get(name, (0.0, 0)), (weight, position))
        return {name: position for name, (_, position) in best.items()}

    def community_for(self, family: str) -> Community | None:
        """The community of most people of this family name; None: a name of nobody's, like one written in two ways."""
        position = self.community_of.get(family, self.community_of.get(surnames(family)[0], -1))
        return self.communities[position] if position >= 0 else None

    def husband(self, wife: str, luck: float) -> str:
        """The family name of a man whom a woman of this family name may marry: one of her community."""
        community = self.community_for(wife)
        return community.family["M"].at(luck) if community else self.family.at(luck)

    def for_woman(self, family: str) -> str:
        """The form of a family name that a woman bears."""
        return feminine(family) if self.slavic_endings else self.women.get(family, family)

    def nickname(self, given: str, family: str, sex: str, luck: float) -> str | None:
        """What somebody of this name is called; None: nothing else."""
        options = self.nicknames.get(given) or self.nicknames.get(re.split("[ -]", given)[0])
        if not options:
            options = (self.community_for(family) or self.communities[0]).bynames.get(sex)
        chosen = options[int(luck * len(options))] if options else None
        return None if chosen == given else chosen

    def spellings(self, word: str, *, given: bool = False) -> tuple[str, ...]:
        """Other ways to write a family name, or a `given` name; the usual ones come first."""
        if (word, given) not in self._spelled:
            usual = (self.given_variants if given else self.variants).get(word, ())
            ruled = [pattern.sub(partial(_like, other), word) for pattern, other in self.respell]
            capital = "^[a-z]" if " " in word else "(?:^| )[a-z]"  # a syllable that was parted off begins with one
            others = dict.fromkeys([*usual, *(re.sub(capital, lambda m: m[0].upper(), text) for text in ruled)])
            self._spelled[word, given] = tuple(text for text in others if text != word)
        return self._spelled[word, given]


def _like(replacement: str, found: re.Match[str]) -> str:
    """The replacement, with a capital where the text that was found had one."""
    text = found.expand(replacement)
    return text[:1].upper() + text[1:] if found[0][:1].isupper() else text


def _by_generation(lists: Iterable[NameList]) -> Shelf:
    shelved = []
    for names in lists:
        for generation in range(len(GENERATIONS)):
            known = np.flatnonzero(names.weights[:, generation] > 0)
            shelved.append(([names.names[i] for i in known.tolist()], names.weights[known, generation]))
    return Shelf(shelved)


def _words(text: str, separator: str = ",") -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(separator) if word.strip())


def _groups(lines: list[str]) -> dict[str, tuple[str, ...]]:
    """Of groups of spellings: by spelling, the others."""
    others: dict[str, tuple[str, ...]] = {}
    for group in (_words(line, "/") for line in lines):
        for spelling in group:
            others[spelling] = others.get(spelling, ()) + tuple(other for other in group if other != spelling)
    return others


def _homes(entry: _Community) -> tuple[tuple[tuple[str, str], ...], Floats]:
    """Where a community's people were born, (country, place), and how often."""
    homes, weights = [], []
    for code, share in entry.countries.items():
        known = load_places().countries[code]
        places, shares = weighted(entry.places[code]) if code in entry.places else (known.places, known.weights)
        homes += [(code, place) for place in places]
        weights += [share * weight / sum(shares) for weight in shares]
    return tuple(homes), np.array(weights, dtype=np.float64)


def _community(name: str, entry: _Community, culture: _Entry) -> Community:
    men = read_names(entry.family, culture.parts)
    forms = tuple(feminine(n) if culture.slavic_endings else culture.women.get(n, n) for n in men.names)
    women = read_names(entry.family_female, culture.parts) if entry.family_female else NameList(forms, men.weights)
    given = {"F": read_names(entry.female, culture.parts), "M": read_names(entry.male, culture.parts)}
    middles = dict(given)
    if entry.middle == "mother":
        middles = {"F": men, "M": men}
    elif entry.middle == "father":
        middles = {"F": _fathers(given["M"]), "M": _fathers(given["M"])}
    elif entry.middle in _PATRONYMICS:
        fathers, son_of = _fathers(given["M"]), _PATRONYMICS[entry.middle]
        middles = {
            sex: NameList(tuple(son_of(father, sex == "F") for father in fathers.names), fathers.weights)
            for sex in ("F", "M")
        }
    elif entry.middle_female:
        middles = {
            "F": read_names(entry.middle_female, culture.parts),
            "M": read_names(entry.middle_male, culture.parts),
        }
    homes, home_weights = _homes(entry)
    return Community(
        name=name,
        share=entry.share,
        homes=homes,
        home_weights=home_weights,
        family={"F": women, "M": men},
        given=given,
        middle=entry.middle,
        middle_rate=0.0 if entry.middle == "none" else entry.middle_rate,
        middles=middles,
        single_name=entry.single_name,
        bynames={sex: _words(text) for sex, text in (culture.bynames | entry.bynames).items()},
    )


def _fathers(given: NameList) -> NameList:
    """Men's names weighted as those of the fathers, two generations older."""
    older = np.maximum(np.arange(len(GENERATIONS)) - 30 // GENERATION_YEARS, 0)
    return NameList(given.names, given.weights[:, older])


def _culture(name: str, entry: _Entry) -> Culture:
    return Culture(
        name=name,
        communities=tuple(_community(key, each, entry) for key, each in entry.communities.items()),
        double_surname=entry.double_surname,
        slavic_endings=entry.slavic_endings,
        family_first=entry.family_first,
        wife_takes=entry.wife_takes,
        women=entry.women,
        nicknames={given: _words(short) for given, short in entry.nicknames.items()},
        variants=_groups(entry.family_variants + entry.variants),
        given_variants=_groups(entry.variants),
        respell=tuple((re.compile(pattern), other) for pattern, other in entry.respell),
    )


@cache
def culture_names() -> tuple[str, ...]:
    """The cultures that are described, in alphabetical order."""
    return tuple(sorted(path.stem for path in NAMES.glob("*.yaml")))


@cache
def load_cultures() -> dict[str, Culture]:
    """Every culture by name."""
    texts = {name: (NAMES / f"{name}.yaml").read_text(encoding="utf-8") for name in culture_names()}
    return {name: _culture(name, _Entry.model_validate(yaml.safe_load(text))) for name, text in texts.items()}


def pick_communities(draw: Draw, culture: Culture, n: int) -> Ints:
    """Communities (positions) of `n` people of the culture, by their shares."""
    return draw.index([each.share for each in culture.communities], n)


def birth_homes(draw: Draw, culture: Culture, community: Ints) -> tuple[Texts, Texts]:
    """Countries (alpha-2) and places of birth of people of these communities."""
    shelf, homes = culture.homes
    at = shelf.positions(draw, community)
    countries, places = (np.array(values, dtype=object) for values in zip(*homes, strict=True))
    return countries[at], places[at]


def name_people(
    draw: Draw, culture: Culture, sex: Texts, community: Ints | None = None, born: Days | None = None
) -> tuple[Texts, Texts, Texts]:
    """Family, given and middle names of as many people as there are sexes; an empty text: none. Who has a single name
    has it as family name, as passports do. `community`: positions (none given: by their shares); `born`: birth days,
    by which given names are in fashion."""
    n = len(sex)
    community = pick_communities(draw, culture, n) if community is None else community
    stock = 2 * community + (sex == "F")
    dressed = len(GENERATIONS) * stock + _generation(born, n)
    family = culture.families.pick(draw, stock)
    if culture.double_surname:
        family = family + " " + culture.families.pick(draw, stock)
    given, middle = culture.givens.pick(draw, dressed), culture.middles.pick(draw, dressed)
    has_middle = draw.uniform(n) < _rates(culture, "middle_rate")[community]
    middle = np.where(has_middle & (middle != given) & (middle != family), middle, "")
    single = draw.uniform(n) < _rates(culture, "single_name")[community]
    if single.any():
        family, given, middle = (
            np.where(single, given, family),
            np.where(single, "", given),
            np.where(single, "", middle),
        )
    return family, given, middle


def _rates(culture: Culture, rate: str) -> Floats:
    return np.array([getattr(each, rate) for each in culture.communities], dtype=np.float64)


def _generation(born: Days | None, n: int) -> Ints:
    if born is None:
        return np.full(n, USUAL_GENERATION, dtype=np.int64)
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    position = (year - GENERATIONS[0] + GENERATION_YEARS // 2) // GENERATION_YEARS
    clipped: Ints = np.clip(position, 0, len(GENERATIONS) - 1)
    return clipped


def child_family(culture: Culture, father_family: Texts, mother_family: Texts, sex: Texts) -> Texts:
    """The family names of the children of these parents: the father's, in the form of the child's sex; in a culture of
    double surnames the father's first and the mother's first."""
    if culture.double_surname:
        pairs = zip(father_family, mother_family, strict=True)
        names = [" ".join((*surnames(father)[:1], *surnames(mother)[:1])) for father, mother in pairs]
        return np.array(names, dtype=object)
    return for_sex(culture, father_family, sex)


def for_sex(culture: Culture, family: Texts, sex: Texts) -> Texts:
    """The form of these family names that people of these sexes bear: Ivanov's sister Ivanova, Kaur's brother Singh."""
    if not culture.slavic_endings and not culture.women:
        return family
    pairs = zip(family, sex, strict=True)
    men = culture.men
    return np.array([culture.for_woman(men.get(f, f)) if s == "F" else men.get(f, f) for f, s in pairs], dtype=object)


def child_middle(
    culture: Culture, community: Ints, father_given: Texts, mother_family: Texts, sex: Texts, drawn: Texts
) -> Texts:
    """The middle names of the children of these parents where custom says what they are (patronymic, father's given
    name, mother's family name), and the `drawn` ones elsewhere. Who was drawn without one has none."""
    kinds = [each.middle for each in culture.communities]
    middle = drawn.copy()
    for row in np.flatnonzero(drawn != "").tolist():
        kind = kinds[community[row]]
        if kind in _PATRONYMICS and father_given[row]:
            middle[row] = _PATRONYMICS[kind](father_given[row], sex[row] == "F")
        elif kind == "father" and father_given[row]:
            middle[row] = father_given[row]
        elif kind == "mother":
            middle[row] = mother_family[row]
    return middle


def married(culture: Culture, own_family: Texts, own_middle: Texts, husband_family: Texts) -> tuple[Texts, Texts]:
    """Family and middle names of wives who take their husband's name. A Hispanic one adds it to her own after `de`, a
    Filipina keeps her own as middle name."""
    if culture.double_surname:
        pairs = zip(own_family, husband_family, strict=True)
        return np.array([f"{surnames(own)[0]} de {surnames(his)[0]}" for own, his in pairs], dtype=object), own_middle
    family = for_sex(culture, husband_family, np.full(len(husband_family), "F", dtype=object))
    return family, own_family if culture.keeps_maiden_name else own_middle


def surnames(family: str) -> list[str]:
    """The family names in a text, each with its particles: De la Cruz López is De la Cruz and López."""
    found: list[str] = []
    joined = False  # to the word before
    for word in family.split():
        if joined or (found and word == "de" and found[-1] in ("Montes", "Ponce")):  # Montes de Oca, Ponce de León
            found[-1] += f" {word}"
        else:
            found.append(word)
        joined = word.lower() in PARTICLES
    return found or [family]


# Tried in this order. Ukrainian and Polish adjectives end in -a, Russian ones in -aya; nouns (Boyko) do not change.
_FEMININE = (
    (re.compile(r"(?<=[oe]v)$|(?<=[a-z]in)$|(?<=tsyn)$"), "a"),
    (re.compile(r"(?<=[sc]k)(?:yi|i)$"), "a"),
    (re.compile(r"(?<=sk)(?:iy|ii|y)$"), "aya"),
    (re.compile(r"(?<=[nrtlv])yi$"), "a"),
)


def feminine(family: str) -> str:
    """The form of a Slavic family name that a woman bears: Ivanova, Petrovskaya, Kowalska."""
    for pattern, ending in _FEMININE:
        form, changed = pattern.subn(ending, family)
        if changed:
            return form
    return family


# Son's and daughter's names that no rule gives: the fathers' that lose a vowel, gain a letter or end in -a.
_RUSSIAN = {
    "Alexander": ("Alexandrovich", "Alexandrovna"),
    "Dmitri": ("Dmitrievich", "Dmitrievna"),
    "Dmitry": ("Dmitrievich", "Dmitrievna"),
    "Foma": ("Fomich", "Fominichna"),
    "Georgy": ("Georgievich", "Georgievna"),
    "Igor": ("Igorevich", "Igorevna"),
    "Ilya": ("Ilyich", "Ilyinichna"),
    "Kuzma": ("Kuzmich", "Kuzminichna"),
    "Lev": ("Lvovich", "Lvovna"),
    "Pavel": ("Pavlovich", "Pavlovna"),
    "Petr": ("Petrovich", "Petrovna"),
    "Pyotr": ("Petrovich", "Petrovna"),
    "Yakov": ("Yakovlevich", "Yakovlevna"),
}
_UKRAINIAN = {
    "Fedir": ("Fedorovych", "Fedorivna"),
    "Hryhorii": ("Hryhorovych", "Hryhorivna"),
    "Illia": ("Illich", "Illivna"),
    "Lev": ("Lvovych", "Lvivna"),
    "Mykola": ("Mykolaiovych", "Mykolaivna"),
    "Mykyta": ("Mykytovych", "Mykytivna"),
    "Yakiv": ("Yakovych", "Yakivna"),
}


def patronymic(father: str, daughter: bool) -> str:
    """Father's name as a Russian middle name: Ivan, Ivanovich, Ivanovna; Sergei, Sergeyevich; Nikita, Nikitich."""
    if father in _RUSSIAN:
        return _RUSSIAN[father][daughter]
    if father.endswith(("ei", "ey", "ai", "ay", "y", "i")):  # Sergei, Nikolay, Vasily, Yuri
        return father[:-1] + ("yevna" if daughter else "yevich")
    if father.endswith("a"):
        return father[:-1] + ("ichna" if daughter else "ich")
    return father + ("ovna" if daughter else "ovich")


def ukrainian_patronymic(father: str, daughter: bool) -> str:
    """Father's name as a Ukrainian middle name: Ivan, Ivanovych, Ivanivna; Serhii, Serhiiovych, Serhiivna."""
    if father in _UKRAINIAN:
        return _UKRAINIAN[father][daughter]
    if father.endswith("ii"):
        return father[:-1] + "ivna" if daughter else father + "ovych"
    return father.removesuffix("o") + ("ivna" if daughter else "ovych")


_PATRONYMICS = {"patronymic": patronymic, "ukrainian_patronymic": ukrainian_patronymic}
