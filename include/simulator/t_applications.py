"""Applications of victims for T status (Form I-914): the trafficker is named, if at all, in the personal statement."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from include.simulator.dataset import Dataset
from include.simulator.days import timestamps
from include.simulator.draw import Bools, Draw, Ints, Texts
from include.simulator.people import People
from include.simulator.places import load_places
from include.simulator.setting import Setting
from include.simulator.timeline import entries, follow, unroll
from include.simulator.uscis import Series, receive

HERE = Path(__file__).parent

# How the victim calls the trafficker (shares ours): given and family name; what everybody said; not at all.
MENTIONS = {"name": 50, "nickname": 25, "nobody": 25}


@dataclass(frozen=True)
class Ordeal:
    """Cases of victims who apply, one position each; the last three by family member. People and subjects by position."""

    victim: Ints
    trafficker: Ints
    subject: Ints  # among the subject records of TECS
    case_number: Texts
    means: Texts
    category: Texts
    not_before: Ints
    family: Ints
    of_application: Ints
    relationship: Texts


@dataclass(frozen=True)
class Named:
    """Who is meant in which application."""

    receipts: Texts
    subject: Ints  # position among the subjects of TECS
    mention: Texts  # how
    said: Texts
    told: list[list[str]]
    typed: Bools


@dataclass(frozen=True)
class Applications:
    datasets: list[Dataset]
    named: Named


def build(setting: Setting, ordeals: Ordeal, series: Series) -> Applications:
    """The applications."""
    dataset, calendar, n = "uscis_t_applications", setting.calendar, len(ordeals.victim)
    draw, world = setting.draw.child(dataset), setting.people
    start = np.maximum(entries(draw.child("entry"), calendar, n), ordeals.not_before)
    received = receive(draw.child("receipts"), calendar, start, series)
    keys, habit, people = received.numbers, received.habit, world.take(ordeals.victim)
    mention = draw.pick(list(MENTIONS), n, list(MENTIONS.values()))
    called = _called(draw.child("called"), world.take(ordeals.trafficker), mention)
    people.forget(draw.chance(0.4, n), "a_number")
    written = setting.clerk(dataset, keys).record(people, received.on, np.ones(n, dtype=bool))
    times = follow(draw.child("updates"), calendar, start, [(0.4, 300), (0.9, 800)])
    row, step, when = unroll(times)
    outcome = draw.pick(["approved", "denied", "withdrawn"], n, [80, 17, 3])
    status = np.where(step == 2, outcome[row], np.where(step == 1, "rfe", "received"))
    agency, number = _supplement_b(draw.child("supplement b"), ordeals.case_number)
    nothing = np.full(n, "", dtype=object)
    facts = {
        "receipt_number": keys,
        "system": habit.system(),
        "family_name": habit.text(written.family),
        "given_name": habit.text(written.given),
        "date_of_birth": habit.date(written.born),
        "a_number": habit.a_number(written.a_number),
        "received_on": habit.date(received.on),
        "agency_name": agency,
        "agency_case_number": number,
        "trafficker_name": nothing,
        "trafficker_date_of_birth": nothing,
        "trafficker_phone": nothing,
        "narrative": _narratives(draw.child("narrative"), people, called),
    }
    columns = {name: values[row] for name, values in facts.items()}
    columns["status"] = habit.take(row).code(status)
    columns["updated_at"] = timestamps(when)
    who = np.where(written.is_person, ordeals.victim, -1)
    table = Dataset(dataset, columns, row, when, keys, who, "victim")
    return Applications([table], Named(keys, ordeals.subject, mention, called, [[]] * n, np.zeros(n, dtype=bool)))


def _called(draw: Draw, traffickers: People, mention: Texts) -> Texts:
    """What the victim calls the trafficker; an empty text for nobody."""
    nicknames = draw.pick(_sentences()["aliases"], len(mention))
    names = traffickers.given + " " + traffickers.family
    return np.where(mention == "name", names, np.where(mention == "nickname", nicknames, ""))


def _supplement_b(draw: Draw, numbers: Texts) -> tuple[Texts, Texts]:
    """Agency and case number, as officers write it: with hyphens, in lower case, with a wrong digit, or not at all."""
    n = len(numbers)
    luck = draw.uniform(n)
    agency = draw.pick(
        ["ICE", "ICE HSI", "Homeland Security Investigations", "FBI", "Local police"], n, [45, 20, 15, 12, 8]
    )
    written = []
    for number, u in zip(numbers, luck.tolist(), strict=True):
        if u < 0.15:
            written.append(f"{number[:2]}-{number[2:4]}-{number[4:6]}-{number[6:]}")
        elif u < 0.25:
            written.append(number.lower())
        elif u < 0.30:
            written.append(f"{number[:-1]}{(int(number[-1]) + 1) % 10}")
        else:
            written.append("" if u > 0.8 else number)
    return np.where(luck > 0.9, "", agency), np.array(written, dtype=object)


@cache
def _sentences() -> dict[str, list[str]]:
    sentences: dict[str, list[str]] = yaml.safe_load((HERE / "narratives.yaml").read_text(encoding="utf-8"))
    return sentences


def _narratives(draw: Draw, victims: People, called: Texts) -> Texts:
    """One statement each: opening, recruiter, control, boss, escape, closing."""
    n, text = len(victims), _sentences()
    countries, cities = load_places().countries, load_places().cities
    groups = {name: draw.child(name).pick(lines, n) for name, lines in text.items()}
    city, months = draw.between(0, len(cities), n), draw.between(2, 30, n)
    statements = []
    for i in range(n):
        anonymous = "" if called[i] else "unnamed_"
        parts = ("opening", f"{anonymous}recruiter", "control", f"{anonymous}boss", "escape", "closing")
        statements.append(
            " ".join(groups[part][i] for part in parts).format(
                who=called[i],
                country=countries[victims.country[i]].name,
                place=victims.place[i],
                city=cities[city[i]].name,
                work=groups["works"][i],
                months=months[i],
            )
        )
    return np.array(statements, dtype=object)
