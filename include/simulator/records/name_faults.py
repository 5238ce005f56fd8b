"""How a name goes wrong when it is written down."""

import re
from collections.abc import Callable
from typing import NamedTuple

from include.simulator.population.cultures import PARTICLES, Culture, surnames

ONE_NAME = "FNU"  # "first name unknown": what clerks write for people who have one name only (domain fact)


class Name(NamedTuple):
    """A name as a clerk writes it down; an empty text: nothing written."""

    family: str
    given: str
    middle: str


# A fault takes the name, the culture, the sex and a random number in [0, 1); None: it cannot occur in this name.
NameFault = Callable[[Name, Culture, str, float], Name | None]


def pick(options: tuple[str, ...] | list[str], luck: float) -> str:
    """One of the options."""
    return options[int(luck * len(options))]


def again(luck: float) -> float:
    """Another number in [0, 1) from the low digits of the first."""
    return luck * 9973 % 1


def one_edit(text: str, luck: float) -> str:
    """A slip of the finger: two letters swapped, one left out, one doubled or one replaced by its neighbour."""
    at = 1 + int(again(luck) * (len(text) - 2))  # the first letter is seldom wrong
    slip = int(luck * 4)
    if slip == 0 and text[at] != text[at + 1]:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if slip == 1:
        return text[:at] + text[at + 1 :]
    if slip == 2:
        return text[:at] + text[at] + text[at:]
    neighbour = {"a": "e", "e": "a", "i": "e", "o": "u", "u": "o", "n": "m", "m": "n", "s": "z", "r": "t"}
    return text[:at] + neighbour.get(text[at], "e" if text[at] != "e" else "i") + text[at + 1 :]


def _spelling(name: Name, _culture: Culture, _sex: str, luck: float) -> Name | None:
    if again(luck) < 0.6 and len(name.family) > 3:
        return name._replace(family=one_edit(name.family, luck))
    return name._replace(given=one_edit(name.given, luck)) if len(name.given) > 3 else None


def _transliteration(name: Name, culture: Culture, _sex: str, luck: float) -> Name | None:
    """The family name, the given name or both in another spelling; which, by luck and by what there is."""
    family = _respelled(name.family, culture, luck, given=False)
    given = _respelled(name.given, culture, again(luck), given=True)
    both = name._replace(family=family, given=given)
    which = again(again(luck))
    if family != name.family and given != name.given and which < 0.8:
        return name._replace(family=family) if which < 0.4 else name._replace(given=given)
    return both if both != name else None


def _respelled(text: str, culture: Culture, luck: float, *, given: bool) -> str:
    """Another spelling of the whole, or of each part that has one; hyphens and spaces stay."""
    if whole := culture.spellings(text, given=given):
        return pick(whole, luck)
    parts = [(part, culture.spellings(part, given=given)) for part in re.split("([ -])", text)]
    return "".join(pick(other, luck) if other else part for part, other in parts)


def _nickname(name: Name, culture: Culture, sex: str, luck: float) -> Name | None:
    short = culture.nickname(name.given, name.family, sex, luck) if name.given else None
    return name._replace(given=short) if short else None


def _swapped_order(name: Name, culture: Culture, _sex: str, luck: float) -> Name | None:
    """Half as likely where the family name does not come first at home: there it takes a clerk's slip alone."""
    if not name.given or (not culture.family_first and again(luck) >= 0.5):
        return None
    return name._replace(family=name.given, given=name.family)


def _dropped_surname(name: Name, culture: Culture, _sex: str, luck: float) -> Name | None:
    """One of two surnames is left out: of a Spanish pair mostly the mother's, of an Arabic chain any."""
    parts = surnames(name.family)
    if len(parts) != 2 or not (culture.double_surname or any(c.middle == "father" for c in culture.communities)):
        return None
    return name._replace(family=parts[0] if luck < 0.8 else parts[1])  # the first one is the father's: it stays


def _particle(name: Name, culture: Culture, _sex: str, luck: float) -> Name | None:
    """What clerks do with what stands before, between and inside names: De la Cruz, Al-Masri, Abdul Rahman, O'Brien."""
    parts = surnames(name.family)
    if culture.double_surname and len(parts) == 2 and (luck < 0.5 or parts == name.family.split()):
        return name._replace(family="-".join(parts))
    for at, part in enumerate(parts):
        if other := _joined_or_bare(part, luck):
            return name._replace(family=" ".join([*parts[:at], other, *parts[at + 1 :]]))
    given = _joined_or_bare(name.given, luck)
    return name._replace(given=given) if given else None


def _joined_or_bare(text: str, luck: float) -> str | None:
    """De la Cruz as Delacruz, De-La-Cruz, Cruz or Dela Cruz; None: nothing to join or leave out."""
    words = [word for word in re.split("[ '-]", text) if word]
    if len(words) < 2:
        return None
    joined = "".join(words).capitalize()
    apart = (" " if "-" in text or "'" in text else "-").join(words)
    bare = words[-1] if words[0].lower() in PARTICLES else words[0]
    halfway = " ".join(["".join(words[:-1]).capitalize(), words[-1]]) if len(words) > 2 else joined
    return pick((joined, apart, bare, halfway), luck)


def _married_name(name: Name, culture: Culture, sex: str, luck: float) -> Name | None:
    """She is written down under her husband's name: alone, after a hyphen, or in Spanish after `de`."""
    if sex != "F" or not name.given:
        return None
    husband, own = culture.for_woman(culture.husband(name.family, luck)), surnames(name.family)[0]
    if husband in (name.family, own):
        return None
    if culture.double_surname:
        return name._replace(family=f"{own} de {husband}" if again(luck) < 0.5 else husband)
    if culture.keeps_maiden_name:
        return name._replace(family=husband, middle=own)
    hyphen = again(luck) < 0.15 and " " not in own + husband
    return name._replace(family=f"{own}-{husband}" if hyphen else husband)


def _suffix_in_surname(name: Name, _culture: Culture, sex: str, luck: float) -> Name | None:
    return name._replace(family=f"{name.family} {pick(('Jr', 'Sr', 'III', 'JR.'), luck)}") if sex == "M" else None


def _first_name_unknown(name: Name, _culture: Culture, _sex: str, luck: float) -> Name | None:
    return Name(family=name.given if luck < 0.5 and name.given else name.family, given="FNU", middle="")


def _last_name_unknown(name: Name, _culture: Culture, _sex: str, _luck: float) -> Name | None:
    return Name(family="LNU", given=name.given, middle="") if name.given else None


def _test_row(_name: Name, _culture: Culture, _sex: str, luck: float) -> Name | None:
    return Name("Mouse", pick(("Mickey", "Minnie"), luck), "") if luck < 0.7 else Name("Test", "Test", "")


# At most one of these per record, in the order of `PersonFaults`.
NAME_FAULTS: dict[str, NameFault] = {
    "spelling": _spelling,
    "transliteration": _transliteration,
    "nickname": _nickname,
    "swapped_order": _swapped_order,
    "dropped_surname": _dropped_surname,
    "particle": _particle,
    "married_name": _married_name,
    "suffix_in_surname": _suffix_in_surname,
    "first_name_unknown": _first_name_unknown,
    "last_name_unknown": _last_name_unknown,
    "test_row": _test_row,
}
