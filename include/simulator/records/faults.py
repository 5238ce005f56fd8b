"""What goes wrong between a person and a row. Each fault happens at the scenario's rate and is kept in the truth."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from include.contracts.model import Column, ColumnType, Contract, Severity
from include.simulator.days import Days
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.population.cultures import PARTICLES, Culture, load_cultures, surnames
from include.simulator.population.people import People
from include.simulator.scenario import PersonFaults, RowFaults


@dataclass
class FaultLog:
    """Every injected fault, for the truth: blocks of the same fault in many records."""

    blocks: list[tuple[str, str, str | None, Texts, Ints | None]] = field(default_factory=list)

    def add(self, dataset: str, keys: Texts, column: str | None, fault: str, times: Ints | None = None) -> None:
        """The same fault in each of these records; `times` (seconds, UTC): in that version only, else in all."""
        if len(keys):
            self.blocks.append((dataset, fault, column, keys, times))

    def table(self) -> pa.Table:
        """One row per fault: dataset, key, updated_at (null: in all versions), column, fault."""
        blocks = [
            pa.table(
                {
                    "dataset": pa.repeat(pa.scalar(dataset), len(keys)),
                    "key": pa.array(keys, pa.string()),
                    "updated_at": _moments(times, len(keys)),
                    "column": pa.repeat(pa.scalar(column, pa.string()), len(keys)),
                    "fault": pa.repeat(pa.scalar(fault), len(keys)),
                },
                schema=FAULTS,
            )
            for dataset, fault, column, keys, times in self.blocks
        ]
        return pa.concat_tables([FAULTS.empty_table(), *blocks])


FAULTS = pa.schema(
    [
        ("dataset", pa.string()),
        ("key", pa.string()),
        ("updated_at", pa.timestamp("us", "UTC")),
        ("column", pa.string()),
        ("fault", pa.string()),
    ]
)


def _moments(times: Ints | None, n: int) -> pa.Array:
    moments = FAULTS.field("updated_at").type
    return pa.nulls(n, moments) if times is None else pa.array(times * 1_000_000, pa.int64()).cast(moments)


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


@dataclass
class Recorded:
    """Persons as one dataset has them: the faults are in. `born` is NaT where no date was written down."""

    family: Texts
    given: Texts
    middle: Texts
    born: Days
    a_number: Texts
    is_person: Bools  # False: a test row, which is nobody


@dataclass(frozen=True)
class Clerk:
    """Who types the records of one dataset, and makes the mistakes."""

    draw: Draw
    log: FaultLog
    rates: PersonFaults
    dataset: str
    keys: Texts  # of the records, one per person that is written down

    def record(self, people: People, on: Days, planted: Bools) -> Recorded:
        """Write these people down, one record each, on these days. What a person has not told cannot go wrong; in the
        place of a record that is `planted` there is no test row."""
        n = len(people)
        recorded = Recorded(
            family=np.where(on < people.married, people.maiden, people.family),
            given=np.where((people.given == "") & (people.family != ""), ONE_NAME, people.given),
            middle=np.where(on < people.married, people.maiden_middle, people.middle),
            born=people.born.copy(),
            a_number=people.a_number.copy(),
            is_person=np.ones(n, dtype=bool),
        )
        self._names(people, recorded, planted)
        self._birth_days(recorded)
        other = self.draw.child("a_number").chance(self.rates.other_a_number, n) & (people.a_number != "")
        recorded.a_number[other] = people.other_a_number[other]
        self.log.add(self.dataset, self.keys[other], "a_number", "other_a_number")
        return recorded

    def _names(self, people: People, recorded: Recorded, planted: Bools) -> None:
        draw, n = self.draw.child("names"), len(people)
        edges = np.cumsum([getattr(self.rates, fault) for fault in NAME_FAULTS])
        which = np.searchsorted(edges, draw.uniform(n), side="right")
        luck, named = draw.uniform(n), people.family != ""
        cultures, faults = load_cultures(), list(NAME_FAULTS)
        hit: dict[str, list[int]] = {fault: [] for fault in faults}
        for row in np.flatnonzero((which < len(faults)) & named).tolist():
            fault = faults[which[row]]
            if fault == "test_row" and planted[row]:
                continue
            name = Name(recorded.family[row], recorded.given[row], recorded.middle[row])
            changed = NAME_FAULTS[fault](name, cultures[people.culture[row]], people.sex[row], float(luck[row]))
            if changed is None or changed == name:
                continue
            recorded.family[row], recorded.given[row], recorded.middle[row] = changed
            recorded.is_person[row] = fault != "test_row"
            hit[fault].append(row)
        for fault, rows in hit.items():
            self.log.add(self.dataset, self.keys[np.array(rows, dtype=np.int64)], "name", fault)

    def _birth_days(self, recorded: Recorded) -> None:
        draw, n, born = self.draw.child("dates"), len(self.keys), recorded.born
        spoilt = _spoilt_birth_days(born)
        edges = np.cumsum([getattr(self.rates, fault) for fault in spoilt])
        which = np.searchsorted(edges, draw.uniform(n), side="right")
        for number, (fault, (dates, possible)) in enumerate(spoilt.items()):
            hit = (which == number) & possible & ~np.isnat(born)
            recorded.born = np.where(hit, dates, recorded.born)
            self.log.add(self.dataset, self.keys[hit], "date_of_birth", fault)

    def short_years(self, column: str, days: Days) -> Bools:
        """Which of these dates are typed with a year of two digits: only where the century can still be told, since
        nobody in these files is a hundred years old and nothing in them lies in the future."""
        legible = (days > np.datetime64("1920-01-01")) & (days < np.datetime64("2020-01-01"))
        short = self.draw.child(f"{column} years").chance(self.rates.two_digit_year, len(days)) & legible
        self.log.add(self.dataset, self.keys[short], column, "two_digit_year")
        return short

    def countries(self, column: str, written: Texts, places: Texts) -> Texts:
        """Countries as typed: two letters swapped, a zero for an O, or a place instead (YORO for HONDU)."""
        draw, n = self.draw.child(column), len(written)
        hit = draw.chance(self.rates.country_mistyped, n) & (written != "")
        luck, typed = draw.uniform(n), written.copy()
        for row in np.flatnonzero(hit).tolist():
            text, place = written[row], places[row].upper()
            slip = pick([text[:-2] + text[-1] + text[-2], text.replace("O", "0"), place], float(luck[row]))
            typed[row] = slip if slip != text else place
        self.log.add(self.dataset, self.keys[hit], column, "country_mistyped")
        return typed


def _spoilt_birth_days(born: Days) -> dict[str, tuple[Days, Bools]]:
    """By fault: what becomes of each birth day, and whether it can happen to it."""
    n = len(born)
    year = born.astype("datetime64[Y]")
    month = (born.astype("datetime64[M]") - year).astype(np.int64)  # from 0
    day = (born - born.astype("datetime64[M]")).astype(np.int64)  # from 0
    swapped = year.astype("datetime64[M]") + np.minimum(day, 11).astype("timedelta64[M]")
    swapped_day = swapped.astype("datetime64[D]") + month.astype("timedelta64[D]")
    anyone = np.ones(n, dtype=bool)
    return {
        "day_month_swap": (swapped_day, (day < 12) & (day != month)),
        "dob_missing": (np.full(n, np.datetime64("NaT", "D")), anyone),
        "dob_implausible": (np.full(n, np.datetime64("2049-01-01", "D")), anyone),  # a real system held such years
        "january_first": (year.astype("datetime64[D]"), (month > 0) | (day > 0)),
    }


def null_texts(draw: Draw, rate: float, values: Texts) -> Texts:
    """The text `null` in some of the blanks, as CLAIMS 3 has it."""
    return np.where((values == "") & draw.chance(rate, len(values)), "null", values)


def spoil_rows(
    draw: Draw,
    log: FaultLog,
    rates: RowFaults,
    *,
    contract: Contract,
    columns: dict[str, Texts],
    keys: Texts,
    times: Ints,
) -> Ints:
    """Make a value unusable in some rows (in place); return which rows are exported, in order: all once, some twice."""
    n = len(keys)
    targets = [c for c in contract.columns if c.severity is Severity.CRITICAL and c.name != contract.updated_at]
    rows, luck = np.flatnonzero(draw.chance(rates.malformed, n)), draw.uniform(n)
    which = (luck * len(targets)).astype(np.int64)
    for number, column in enumerate(targets):
        mine = rows[which[rows] == number]
        values = columns[column.name]
        for row in mine.tolist():
            values[row] = _malformed(column, values[row], again(float(luck[row])))
        log.add(contract.dataset, keys[mine], column.name, "malformed", times[mine])
    twice = np.flatnonzero(draw.chance(rates.duplicate, n))
    log.add(contract.dataset, keys[twice], None, "duplicate", times[twice])
    return np.sort(np.concatenate([np.arange(n), twice])).astype(np.int64)


def _malformed(column: Column, value: str, luck: float) -> str:
    """A value that breaks the column's contract."""
    if column.allowed:
        return "I-140"  # a form that this dataset does not hold
    if column.type is ColumnType.INTEGER:
        return f"{value}?"
    return pick((value[:-1], f"{value[:-1]}O", f"?{value[1:]}"), luck)
