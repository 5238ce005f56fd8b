"""How right the leads of a warehouse are, held against the truth of its simulated world: `make quality`.

Truth stays out of the warehouse: this asks `report.lead` and reads `truth/` beside it. A true pair is a subject's
record and the petition that the same person filed or signed, if both records are loaded and the subject is screened; of
the two records of one subject both count.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.local.home import Home
from include.local.stack import connection_string, prepare, warehouse
from include.simulator import truth
from include.warehouse.connection import fetch

ROUTES = ("person", "signatory")  # what subjects are compared by; the statements of T applications are not compared
Pair = tuple[str, str]


@dataclass(frozen=True)
class Quality:
    """Of a set of pairs: how many there are, how many are true, and how many true ones there are."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else float("nan")

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else float("nan")


def quality(dsn: str, world: Path) -> dict[str, Quality]:
    """By what is taken for one person: the model's leads; with the pairs to review; both as decisions leave them."""
    known = truth.read(world, "pairs").query("route in @ROUTES")
    wanted: set[Pair] = set(zip(known["subject_id"], known["receipt_number"], strict=True))
    wanted &= _pairs(
        fetch(
            dsn,
            """select subject_id, receipt_number from latest.screened_subject
               join latest.tecs_subject using (subject_id)
               cross join unnest(%s::text [], %s::text []) as known (subject, receipt_number)
               join latest.uscis_petitioner using (receipt_number) where known.subject = subject_id""",
            [[subject for subject, _ in wanted], [receipt for _, receipt in wanted]],
        )
    )
    rows = fetch(dsn, "select subject_id, receipt_number, band, model_band from report.lead")
    chosen = {
        "leads of the model": [row for row in rows if row.model_band == "lead"],
        "with those to review": rows,
        "leads, decided": [row for row in rows if row.band == "lead"],
        "with those to review, decided": [row for row in rows if row.band != "rejected"],
    }
    return {
        name: Quality(len(found), len(found & wanted), len(wanted))
        for name, found in ((name, _pairs(part)) for name, part in chosen.items())
    }


def _pairs(rows: Iterable[Any]) -> set[Pair]:
    return {(row.subject_id, row.receipt_number) for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="nightly")
    parser.add_argument("--seed", type=int)
    chosen = parser.parse_args()
    home = Home()
    world = prepare(home, chosen.scenario, chosen.seed, print)
    with warehouse(home, world):
        found = quality(connection_string(home, world, "crosscheck_etl"), world.agencies)
    print(f"{'':32}{'found':>8}{'right':>8}{'true':>8}{'precision':>12}{'recall':>9}")
    for name, of in found.items():
        print(f"{name:32}{of.found:8,}{of.right:8,}{of.true:8,}{of.precision:12.3f}{of.recall:9.3f}")
    print("SIMULATED. True pairs: both records loaded, the subject screened.")


if __name__ == "__main__":
    main()
