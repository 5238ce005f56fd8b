"""How well and how fast `matching` finds the subjects among the petitioners of a simulated world, whose truth is known.

    python -m benchmarks.matching [--scenario nightly] [--seed N] [--without-identifiers]

Every version of every subject and every alias is a persona; every version of every petitioner is a petitioner. A pair
of a subject and a petition counts once, with its best weight; true are those of the routes `person` and `signatory`.
"""

import contextlib
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from include.contracts.model import Column, ColumnType, load_contract
from include.matching.link import Links, link
from include.matching.model import load_model
from include.simulator.scenario import load
from include.simulator.world import generate

SHARED = [
    "date_of_birth",
    "sex",
    "birth_country",
    "a_number",
    "ssn",
    "address",
    "city",
    "state",
    "postal_code",
    "phone",
]
PETITIONER = ["family_name", "given_name", "middle_name", "other_names", *SHARED]
ROUTES = ["person", "signatory"]  # the others lead through a T visa narrative, not through a petitioner


def main(
    scenario: str = "nightly",
    seed: Annotated[int | None, typer.Option(help="default: the scenario's own")] = None,
    without_identifiers: Annotated[bool, typer.Option("--without-identifiers", help="blank A-number and SSN")] = False,
) -> None:
    plan = load(scenario)
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        generate(plan, plan.seed if seed is None else seed, world)
        measure(world, without_identifiers=without_identifiers)


def measure(world: Path, *, without_identifiers: bool) -> None:
    """Link the people of a world and print what it cost and what it found."""
    subjects, personas = read_personas(world)
    receipts, petitioners = read_petitioners(world)
    if without_identifiers:
        personas[["a_number", "ssn"]] = petitioners[["a_number", "ssn"]] = None
    model = load_model()
    start, cpu = time.perf_counter(), time.process_time()
    links = link(personas, petitioners, model)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"model {model.version}, {len(personas)} personas x {len(petitioners)} petitioners")
    print(f"{links.compared} pairs compared in {wall:.1f} s ({cpu:.1f} CPU s): {links.compared / wall:,.0f} pairs/s")
    print(f"keys dropped: {len(links.dropped_blocks)}, rows of evidence: {len(links.evidence)}")
    judge(links, subjects, receipts, pd.read_parquet(world / "truth" / "pairs.parquet"))


def judge(links: Links, subjects: pd.Series, receipts: pd.Series, truth: pd.DataFrame) -> None:
    """Print recall and precision from each band upwards."""
    true_routes = truth[truth["route"].isin(ROUTES)]
    known = true_routes["subject_id"].isin(subjects) & true_routes["receipt_number"].isin(
        receipts
    )  # the rest: quarantined
    true = set(true_routes.loc[known, ["subject_id", "receipt_number"]].itertuples(index=False, name=None))
    pairs = pd.DataFrame(
        {
            "subject_id": subjects.loc[links.pairs["persona_id"]].to_numpy(),
            "receipt_number": receipts.loc[links.pairs["petitioner_id"]].to_numpy(),
            "weight": links.pairs["weight"],
            "band": links.pairs["band"],
        }
    )
    best = pairs.sort_values("weight", ascending=False).drop_duplicates(["subject_id", "receipt_number"])
    best["true"] = [pair in true for pair in zip(best["subject_id"], best["receipt_number"], strict=True)]
    print(f"true pairs: {len(true)}")
    for label, bands in (("lead", ["lead"]), ("lead or review", ["lead", "review"])):
        chosen = best[best["band"].isin(bands)]
        hits = int(chosen["true"].sum())
        recall, precision = hits / max(len(true), 1), hits / max(len(chosen), 1)
        print(f"{label:15} {len(chosen):6} pairs, recall {recall:.3f}, precision {precision:.3f}")


def read_personas(world: Path) -> tuple[pd.Series, pd.DataFrame]:
    """Subject of each persona, and the personas: versions of subjects, and aliases with the rest of their subject."""
    subjects = read(world, "tecs_subjects", ["name", *SHARED], ["subject_id"])
    aliases = read(world, "tecs_aliases", ["name", "date_of_birth"], ["subject_id"])
    latest = subjects.drop_duplicates("subject_id", keep="last")
    aliases = aliases.merge(latest, on="subject_id", suffixes=("", "_subject"))
    aliases["date_of_birth"] = aliases["date_of_birth"].fillna(aliases["date_of_birth_subject"])
    personas = pd.concat([subjects, aliases[subjects.columns]]).drop_duplicates().reset_index(drop=True)
    personas.insert(0, "persona_id", personas.index)
    return personas.pop("subject_id"), personas


def read_petitioners(world: Path) -> tuple[pd.Series, pd.DataFrame]:
    """Receipt number of each petitioner, and the petitioners: versions."""
    petitioners = (
        read(world, "uscis_petitioners", PETITIONER, ["receipt_number"]).drop_duplicates().reset_index(drop=True)
    )
    petitioners.insert(0, "petitioner_id", petitioners.index)
    return petitioners.pop("receipt_number"), petitioners


def read(world: Path, dataset: str, names: list[str], key: list[str]) -> pd.DataFrame:
    """Columns of a source file under their contract names, blanks blanked, dates parsed, malformed keys left out."""
    contract = load_contract(dataset)
    columns = [contract.column(name) for name in (*key, *names)]
    source = pd.read_parquet(world / "source" / f"{dataset}.parquet")
    for column in columns[: len(key)]:  # a malformed key is quarantined before anything is matched
        source = source[source[column.source].str.fullmatch(column.pattern or ".+")]
    return pd.DataFrame({column.name: typed(source[column.source], column) for column in columns})


def typed(values: pd.Series, column: Column) -> pd.Series:
    blanks = {blank.upper() for blank in column.blanks}
    values = values.astype(object).where(~values.str.upper().isin(blanks))
    if column.type is not ColumnType.DATE:
        return values
    return values.map(lambda text: day(text, column.formats), na_action="ignore").astype(object)


def day(text: str, formats: tuple[str, ...]) -> date | None:
    """The date, by the first format that gives the text back: strptime alone reads 113071 as the year 1130."""
    for form in formats:
        with contextlib.suppress(ValueError):
            parsed = datetime.strptime(text, form).replace(tzinfo=UTC)
            if parsed.strftime(form) == text:
                return parsed.date()
    return None


if __name__ == "__main__":
    typer.run(main)
