"""Every data set by name: what makes it, and in which environment."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.linkage.layout import DataSet, write


@dataclass(frozen=True)
class Recipe:
    """A function of a module of `sets/`; `seeded` if a seed changes what it makes."""

    where: str
    environment: str
    arguments: tuple[Any, ...] = ()
    seeded: bool = True


SETS = {
    "febrl3": Recipe("febrl:febrl3", "peers", seeded=False),
    "febrl4": Recipe("febrl:febrl4", "peers", seeded=False),
    "census-noise": Recipe("census:census_noise", "peers"),
    "census-decade": Recipe("census:census_decade", "peers"),
    "names": Recipe("names:names", "project", seeded=False),
    "town-1k-100k": Recipe("town:town", "peers", (1_000, 100_000)),
    "town-10k-1m": Recipe("town:town", "peers", (10_000, 1_000_000)),
    "town-100k-1m": Recipe("town:town", "peers", (100_000, 1_000_000)),
    "list-1k-100k": Recipe("town:watch_list", "peers", (1_000, 100_000)),
    "sanctions-1k-100k": Recipe("sanctions:sanctions", "project", (1_000, 100_000)),
    "sim-smoke": Recipe("world:world", "project", ("smoke",)),
    "sim-nightly": Recipe("world:world", "project", ("nightly",)),
    "sim-oig": Recipe("world:world", "project", ("oig",)),
    "sim-1m": Recipe("world:world", "project", ("scale-1m",)),
}


def build_set(name: str, seed: int, folder: Path) -> None:
    recipe = SETS[name]
    module, function = recipe.where.split(":")
    make: Callable[..., DataSet] = getattr(import_module(f"benchmarks.linkage.sets.{module}"), function)
    data = make(*recipe.arguments, *([seed] if recipe.seeded else []))
    write(data, folder, set=name, seed=seed)
