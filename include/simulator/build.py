"""A world in memory, a batch at a time: who is really who, and what both agencies hold of them.

The first batch is everything that hangs together: TECS, the subjects who petition and their lookalikes, the victims.
The others are petitions of people whom nobody investigates, as many as the scenario asks for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from include.simulator.draw import Draw, Texts
from include.simulator.population.people import People, join
from include.simulator.records import t_applications, tecs, uscis
from include.simulator.records.dataset import Dataset
from include.simulator.records.fault_log import FaultLog
from include.simulator.records.ordeals import ordeals
from include.simulator.records.petitioning import Filing, ordinary, with_copies
from include.simulator.records.plants import Cast, cast
from include.simulator.records.setting import Setting
from include.simulator.scenario import Scenario

BATCH = 50_000  # petitions: some 100 MB of people and records

# Receipts of an office and day: petitions have the sequences below this, T applications those above.
SEQUENCES = 90_000
SPREAD = 40_000  # leaves room for the busiest day of ten million petitions


@dataclass(frozen=True)
class Batch:
    """A part of the world. `first`: position of its first person in the world; the positions in its datasets count from
    there. `truth`: tables that only the first batch has."""

    first: int
    people: People
    datasets: list[Dataset]
    log: FaultLog
    truth: dict[str, pa.Table] = field(default_factory=dict)


def build(scenario: Scenario, seed: int) -> Iterator[Batch]:
    """Draw a world. The same scenario and seed give the same world."""
    draw = Draw(seed, scenario.name)
    known = cast(draw.child("cast"), scenario)
    petitions = max(0, scenario.size.petitions - len(known.filing))
    sizes = [min(BATCH, petitions - done) for done in range(0, petitions, BATCH)]
    step = len(sizes) + 1
    batch = _investigated(draw.child("investigated"), scenario, known, uscis.Series(1, step, SEQUENCES, "09", SPREAD))
    yield batch
    first = batch.first + len(batch.people)
    for number, size in enumerate(sizes, start=2):
        series = uscis.Series(number, step, SEQUENCES, "09", SPREAD)
        yield (batch := _ordinary(draw.child(f"batch {number}"), scenario, size, first, series))
        first += len(batch.people)


def _ordinary(draw: Draw, scenario: Scenario, petitions: int, first: int, series: uscis.Series) -> Batch:
    people, filing = ordinary(draw.child("filing"), scenario, petitions, first)
    filing = with_copies(draw.child("copies"), scenario.row_faults.entered_twice, filing)
    setting = Setting(scenario, draw, people, np.zeros(len(people), dtype=bool), FaultLog())
    return Batch(first, people, uscis.build(setting, filing, series), setting.log)


def _investigated(draw: Draw, scenario: Scenario, known: Cast, series: uscis.Series) -> Batch:
    filing = with_copies(draw.child("copies"), scenario.row_faults.entered_twice, known.filing)
    planted = np.isin(known.kind.astype(str), ["investigated"]) | (known.part != "")
    log = FaultLog()
    investigated = tecs.build(Setting(scenario, draw, known.people, planted, log), known.roster)
    victims, suffered = ordeals(draw.child("ordeals"), scenario, known, investigated)
    people = join([known.people, victims])
    setting = Setting(scenario, draw, people, np.append(planted, np.zeros(len(victims), dtype=bool)), log)
    petitions = uscis.build(setting, filing, series)
    applications = t_applications.build(setting, suffered, uscis.Series(SEQUENCES, 1, 100_000, "08"))
    datasets = [*investigated.datasets, *petitions, *applications.datasets]
    subjects = next(dataset for dataset in datasets if dataset.name == "tecs_subjects")
    petitioners = next(dataset for dataset in datasets if dataset.name == "uscis_petitioners")
    truth = {
        "pairs": _pairs(subjects, petitioners, filing, applications.named, known),
        "subjects": _subjects(known, investigated),
        "statements": _statements(applications.named, investigated.subject_ids),
    }
    return Batch(0, people, datasets, log, truth)


def _pairs(
    subjects: Dataset, petitioners: Dataset, filing: Filing, named: t_applications.Named, known: Cast
) -> pa.Table:
    """A subject record and a USCIS record that belong together.

    `route`: `person`, `signatory` (both: one person), or how a T visa statement speaks of the subject: `name`,
    `nickname`, `nobody`. `person_id`: the subject. Test rows are of nobody.
    """
    records: dict[int, list[str]] = {}
    for key, person in zip(subjects.keys.tolist(), subjects.persons.tolist(), strict=True):
        records.setdefault(person, []).append(key)
    records.pop(-1, None)
    found = [
        (subject, receipt, "person" if organisation < 0 else "signatory", person)
        for receipt, person, organisation in zip(
            petitioners.keys.tolist(), petitioners.persons.tolist(), filing.organisation.tolist(), strict=True
        )
        for subject in records.get(person, [])
    ]
    accused = known.roster.persons[named.subject]
    found += zip(
        subjects.keys[named.subject].tolist(), named.receipts.tolist(), named.mention.tolist(), accused.tolist(),
        strict=True,
    )  # fmt: skip
    columns = list(zip(*found, strict=True)) or [(), (), (), ()]
    schema = pa.schema(
        [
            ("subject_id", pa.string()),
            ("receipt_number", pa.string()),
            ("route", pa.string()),
            ("person_id", pa.int64()),
        ]
    )
    return pa.table([pa.array(values, kind.type) for values, kind in zip(columns, schema, strict=True)], schema=schema)


def _subjects(known: Cast, investigated: tecs.Tecs) -> pa.Table:
    """Whom TECS records: what the audit counted of them, as it really is.

    `beneficiaries`: family members and fiancé(e)s on the person's petitions that were approved within the period.
    """
    filing, n = known.filing, len(known.kind)
    family = np.isin(filing.form.astype(str), ["I-130", "I-129F"]) & filing.settled & (filing.outcome == "approved")
    brought = np.bincount(filing.petitioner[filing.of_petition][family[filing.of_petition]], minlength=n)
    arrested = np.zeros(n, dtype=bool)
    arrested[known.roster.persons[investigated.arrested]] = True
    persons = np.flatnonzero(known.kind != "")
    return pa.table(
        {
            "person_id": persons,
            "kind": known.kind[persons],
            "part": known.part[persons],
            "beneficiaries": brought[persons],
            "arrested": arrested[persons],
            "known_trafficker": known.means[persons] != "",
            "means": known.means[persons],
        }
    )


def _statements(named: t_applications.Named, subject_ids: Texts) -> pa.Table:
    """What each T visa statement says of the trafficker."""
    return pa.table(
        {
            "receipt_number": named.receipts,
            "subject_id": subject_ids[named.subject],
            "mention": named.mention,
            "said": named.said,
            "told": pa.array([list(kinds) for kinds in named.told], pa.list_(pa.string())),
            "typed": named.typed,
        }
    )
