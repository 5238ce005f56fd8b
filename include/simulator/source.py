"""A world on disk as a gateway reads it: never its truth."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from include.simulator.rates import Transport

UPDATED = "_updated_at"  # column of the source files by which exports are cut; it is not exported


class WorldError(ValueError):
    """A world that cannot be written or read. One line: the folder and what to do."""


@dataclass(frozen=True)
class WorldOnDisk:
    """What a gateway needs of a world. It never opens `truth/`."""

    folder: Path
    scenario: str
    seed: int
    first_day: date
    last_night: date
    transport: Transport

    @classmethod
    def open(cls, folder: Path) -> "WorldOnDisk":
        """Raises `WorldError` if the folder does not hold a whole world."""
        try:
            raw = json.loads((folder / "world.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise WorldError(f"folder [{folder}] holds no world; run `python -m include.simulator generate`") from None
        return cls(
            folder=folder,
            scenario=raw["scenario"],
            seed=raw["seed"],
            first_day=date.fromisoformat(raw["first_day"]),
            last_night=date.fromisoformat(raw["last_night"]),
            transport=Transport.model_validate(raw["transport"]),
        )

    def source(self, dataset: str) -> pa.Table:
        """Rows of a dataset in the order of their update time; the last column is `UPDATED`."""
        return pq.read_table(self.folder / "source" / f"{dataset}.parquet")
