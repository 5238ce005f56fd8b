"""How right leads, routes and gaps of a warehouse are, held against the truth of its simulated world: `make quality`.

Truth stays out of the warehouse: this asks the reports and reads `truth/` beside them. A true pair is a subject's
record and the petition that the same person filed or signed, if both records are loaded and the subject is screened; of
the two records of one subject both count. Of an organisation the true pairs are those of its signatory, of whom there
is one here. A statement is told rightly if it leads to the person whom the victim means, named or not.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from include.local.home import Home
from include.local.stack import prepare
from include.local.warehouse import connection_string, warehouse
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
    """By what is taken for one person: the model's leads; those of groups; with the pairs to review; as decided."""
    wanted = _true_pairs(dsn, world, ROUTES)
    rows = fetch(dsn, "select subject_id, receipt_number, band, model_band, group_weight from report.lead")
    chosen = {
        "leads of the model": [row for row in rows if row.model_band == "lead"],
        "leads by the weight of a group": [row for row in rows if row.band == "lead" and row.group_weight > 0],
        "with those to review": rows,
        "leads, decided": [row for row in rows if row.band == "lead"],
        "with those to review, decided": [row for row in rows if row.band != "rejected"],
    }
    return {
        name: Quality(len(found), len(found & wanted), len(wanted))
        for name, found in ((name, _pairs(part)) for name, part in chosen.items())
    }


def routes(dsn: str, world: Path) -> dict[str, Quality]:
    """By route that is not the person's own: organisations, and statements by how far their clues agree."""
    rows = fetch(dsn, "select subject_id, receipt_number, band, is_by_signatory from report.organisation_link_petition")
    signed = _true_pairs(dsn, world, ("signatory",))
    chosen = {
        "organisation_link: leads": [row for row in rows if row.band == "lead"],
        "organisation_link: with those to review": rows,
        "organisation_link: by an address alone": [row for row in rows if not row.is_by_signatory],
    }
    found = {name: Quality(len(part), len(_pairs(part) & signed), len(signed)) for name, part in chosen.items()}

    person = _people(world)
    meant = _meant(world, person)
    entity = {
        row.entity: person.get(row.subject_id) for row in fetch(dsn, "select subject_id, entity from report.subject")
    }
    told = fetch(dsn, "select application_receipt_number, entity, band from report.statement_route")
    for name, bands in (
        ("statement_route: leads", ("lead",)),
        ("statement_route: with those to review", ("lead", "review")),
    ):
        part = [row for row in told if row.band in bands]
        right = sum(entity[row.entity] == meant.get(row.application_receipt_number) for row in part)
        found[name] = Quality(len(part), right, len(meant))
    wanted = {(person.get(subject), receipt) for subject, receipt in _true_pairs(dsn, world, ROUTES)}
    brought = {
        (entity[row.entity], row.receipt_number)
        for row in fetch(dsn, "select entity, receipt_number from report.statement_petition")
    }
    found["statement_petition"] = Quality(len(brought), len(brought & wanted), len(wanted))
    return found


def gaps(dsn: str, world: Path) -> dict[str, Quality]:
    """Of each line of `report.sharing_gap` the applications that it calls a gap, and those that are one.

    Unknown to TECS: no record of whom the victim means is loaded. Not entered: USCIS did not type what the victim said,
    and the statement names the person, or the cited case is the person's.
    """
    statements = truth.read(world, "statements").set_index("receipt_number")
    held = {row.subject_id for row in fetch(dsn, "select subject_id from latest.tecs_subject")}
    is_held = statements["subject_id"].isin(held)
    suspected = {
        (row.receipt_number, row.subject_id) for row in fetch(dsn, "select * from latest.clue where clue = 'case'")
    }
    pairs = zip(statements.index, statements["subject_id"], strict=True)
    is_cited = pd.Series([pair in suspected for pair in pairs], statements.index)
    truly = {
        "entered by USCIS, unknown to TECS": statements["typed"] & ~is_held,
        "named in the statement, known to TECS, not entered by USCIS": (
            (statements["mention"] == "name") & ~statements["typed"] & is_held
        ),
        "subject of the cited case, not entered by USCIS": ~statements["typed"] & is_cited,
    }
    rows = fetch(dsn, "select receipt_number, gap from report.sharing_gap_record where is_gap")
    return {
        gap: Quality(
            len(said := {row.receipt_number for row in rows if row.gap == gap}),
            len(said & set(statements.index[is_gap])),
            int(is_gap.sum()),
        )
        for gap, is_gap in truly.items()
    }


def _true_pairs(dsn: str, world: Path, by: Iterable[str]) -> set[Pair]:
    known = truth.read(world, "pairs").query("route in @by")
    # three questions: of the views joined PostgreSQL thinks that they have a row, and goes over all petitions for each
    screened, subjects, receipts = (
        {key for (key,) in fetch(dsn, question)}
        for question in (
            "select subject_id from latest.screened_subject",
            "select subject_id from latest.tecs_subject",
            "select receipt_number from latest.uscis_petitioner",
        )
    )
    held = screened & subjects
    pairs = zip(known["subject_id"], known["receipt_number"], strict=True)
    return {(subject, receipt) for subject, receipt in pairs if subject in held and receipt in receipts}


def _people(world: Path) -> dict[str, float]:
    """Of which person each subject is the record."""
    records = truth.read(world, "records").query("dataset == 'tecs_subjects'").dropna(subset=["person_id"])
    return dict(zip(records["key"], records["person_id"], strict=True))


def _meant(world: Path, person: dict[str, float]) -> dict[str, float | None]:
    """Whom each application means."""
    statements = truth.read(world, "statements")
    return {
        receipt: person.get(subject)
        for receipt, subject in zip(statements["receipt_number"], statements["subject_id"], strict=True)
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
        dsn = connection_string(home, world, "crosscheck_etl")
        found = {name: of for part in (quality, routes, gaps) for name, of in part(dsn, world.agencies).items()}
    print(f"{'':60}{'found':>8}{'right':>8}{'true':>8}{'precision':>12}{'recall':>9}")
    for name, of in found.items():
        print(f"{name:60}{of.found:8,}{of.right:8,}{of.true:8,}{of.precision:12.3f}{of.recall:9.3f}")
    print("SIMULATED. True pairs: both records loaded, the subject screened.")


if __name__ == "__main__":
    main()
