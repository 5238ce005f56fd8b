"""Where people are born and live, and how the two agencies write it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Country:
    """A country as TECS (`code`, ISO 3166-1 alpha-2), ELIS (`name`) and CLAIMS 3 (`claims`, five letters) write it."""

    code: str
    name: str
    claims: str
    places: tuple[str, ...]  # of birth, the capital or the largest first
    weights: tuple[float, ...]  # of the places: roughly how many people are from there


@dataclass(frozen=True)
class City:
    """A city of the United States; `zip3` begins its ZIP codes; `office` investigates there."""

    name: str
    state: str
    zip3: str
    area_code: str
    office: str
    weight: float


@dataclass(frozen=True)
class Gazetteer:
    """All places."""

    countries: dict[str, Country]
    cities: tuple[City, ...]
    streets: tuple[str, ...]
    trades: tuple[str, ...]


@cache
def load_places() -> Gazetteer:
    """The places of `places.yaml`."""
    raw = yaml.safe_load((HERE / "places.yaml").read_text(encoding="utf-8"))
    return Gazetteer(
        countries={
            code: Country(code, entry["name"], entry["claims"], *weighted(entry["places"]))
            for code, entry in raw["countries"].items()
        },
        cities=tuple(City(*row) for row in raw["cities"]),
        streets=tuple(raw["streets"]),
        trades=tuple(raw["trades"]),
    )


def weighted(text: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """`Manila 13, Cebu City 7` as names and weights."""
    pairs = [entry.strip().rsplit(" ", 1) for entry in text.replace("\n", " ").split(",")]
    return tuple(name for name, _ in pairs), tuple(float(weight) for _, weight in pairs)
