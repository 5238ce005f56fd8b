"""What is true of a world: for tests, benchmarks and evaluations. Nothing of the pipeline may import or read this."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from include.simulator.source import WorldError


def read(world: Path, table: str) -> pd.DataFrame:
    """A table of `truth/` (see `world.py`). Raises `WorldError`."""
    path = world / "truth" / f"{table}.parquet"
    if not path.is_file():
        raise WorldError(f"folder [{world}] holds no truth [{table}]; run `python -m include.simulator generate`")
    frame: pd.DataFrame = pq.read_table(path).to_pandas()
    return frame


def headline(world: Path) -> dict[str, Any]:
    """What the audit would count of this world if nothing were hidden (people, not records)."""
    subjects = read(world, "subjects").query("kind == 'investigated'")
    known = subjects[subjects["known_trafficker"]]
    petitioned = subjects[subjects["beneficiaries"] > 0]
    means = known["means"].value_counts(sort=False)
    return {
        "subjects": len(subjects),
        "known_traffickers": len(known),
        "known_traffickers_by_means": {str(name): int(n) for name, n in means.items()},
        "petitioning_subjects": len(petitioned),
        "beneficiaries": int(petitioned["beneficiaries"].sum()),
        "arrested_petitioners": int(petitioned["arrested"].sum()),
    }


def pairs_by_route(world: Path) -> dict[str, int]:
    """True pairs of a subject record and a USCIS record, by how they are linked."""
    return {str(route): int(n) for route, n in read(world, "pairs")["route"].value_counts().sort_index().items()}


def faults(world: Path) -> dict[str, dict[str, int]]:
    """How often each fault was injected into the records, by dataset."""
    found = read(world, "faults")
    return {
        str(fault): {str(dataset): int(n) for dataset, n in rows["dataset"].value_counts().sort_index().items()}
        for fault, rows in found.groupby("fault")
    }
