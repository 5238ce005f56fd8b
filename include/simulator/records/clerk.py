"""From a person to a record. Each fault happens at the scenario's rate and is kept in the truth."""

from dataclasses import dataclass

import numpy as np

from include.simulator.days import Days
from include.simulator.draw import Bools, Draw, Texts
from include.simulator.population.cultures import load_cultures
from include.simulator.population.people import People
from include.simulator.records.fault_log import FaultLog
from include.simulator.records.name_faults import NAME_FAULTS, ONE_NAME, Name, pick
from include.simulator.scenario import PersonFaults


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
