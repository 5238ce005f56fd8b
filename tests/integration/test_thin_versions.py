"""Of two versions of a subject the thin one, all of which a later one says as well, has no say: on every way to pairs,
at every moment, in any order of nights."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nights import Screen, night, settings_for
from spreads import Version, hashed, load, spread

from include import pipeline
from include.local.postgres import Postgres
from include.matching.model import load_model
from include.reporting.review import Trail, decide, show
from include.settings import Gateway, Settings
from include.warehouse.audit import Reader
from include.warehouse.connection import fetch, transaction, with_settings
from include.warehouse.entities import LINK, accepted_links, convicted_pairs

pytestmark = pytest.mark.integration

FIRST = datetime(2014, 9, 1, tzinfo=UTC)
SAID = {  # what personas.sql reads of a subject
    "name": "OKAFOR, NGOZI",
    "date_of_birth": date(1981, 3, 8),
    "sex": "F",
    "birth_country": "NG",
    "birth_place": "ENUGU",
    "a_number": "020345678",
    "ssn": "900000001",
    "passport_number": "X1234567",
    "address": "1200 MAIN ST",
    "city": "EL PASO",
    "state": "TX",
    "postal_code": "79901",
    "phone": "915-555-0142",
}
OTHER = {
    "name": "OKAFOR, NGOZI ADA",
    "date_of_birth": date(1981, 8, 3),
    "sex": "M",
    "birth_country": "GH",
    "birth_place": "ACCRA",
    "a_number": "087654321",
    "ssn": "999887766",
    "passport_number": "Z7654321",
    "address": "7 ELM RD",
    "city": "OMAHA",
    "state": "NE",
    "postal_code": "68102",
    "phone": "402-555-0177",
}
OF_PETITIONER = ["date_of_birth", "sex", "birth_country", "a_number", "ssn", "address", "city", "postal_code", "phone"]
SUBJECTS, PETITIONERS, DAYS = 6, 8, 4
HELD = "select subject_id, receipt_number, weight, band, is_by_alias from latest.judged_pair order by 1, 2"
PAIRS = """
    select subject.subject_id, petitioner.receipt_number, subject.content_hash as subject, alias.content_hash as alias,
        petitioner.content_hash as petitioner, pair.weight, pair.band
    from match.pair
    join record.tecs_subject as subject on subject.version_id = subject_version_id
    join record.uscis_petitioner as petitioner on petitioner.version_id = petitioner_version_id
    left join record.tecs_alias as alias on alias.version_id = alias_version_id"""


def test_every_field_that_is_compared_is_said(settings: Settings) -> None:
    """A version is thin if it lacks a field or several; none is that another version contradicts, or says less than."""
    later = {"updated_at": FIRST + timedelta(days=1)}
    thin = [subject(f"thin of {field}", {**SAID, field: None}) for field in SAID]
    thin += [subject("bare", {"name": SAID["name"], "sex": "U", "date_of_birth": date(1900, 1, 1)})]
    loud = [subject(f"other {field}", {**SAID, field: value}) for field, value in OTHER.items()]
    full = [
        subject("full", SAID, **later, subject_id=row["subject_id"], content_hash=hashed(f"later {row['subject_id']}"))
        for _, row in thin + loud
    ]
    less = [
        subject("less", {**SAID, field: None}, **later, subject_id="less", content_hash=hashed(f"less {field}"))
        for field in SAID
    ]
    pipeline.match(settings, load(settings, [*thin, *loud, *full, subject("less", SAID), *less]))
    assert subsumed(settings) == {(row["content_hash"], hashed(f"later {row['subject_id']}")) for _, row in thin}


@pytest.mark.parametrize("seed", range(3))
def test_any_spread_over_nights_lets_the_same_versions_speak(settings: Settings, seed: int) -> None:
    """As if thin versions had never been loaded: at every moment and for all that reads pairs."""
    found = versions(seed)
    seen = []
    for of_night in spread(found, seed):
        run = load(settings, of_night)
        pipeline.match(settings, run)
        seen.append((fetch(settings.owner_dsn, "select clock_timestamp()::text as at")[0].at, judged(settings)))
    everything = fetch(settings.warehouse_dsn, PAIRS)
    rows = {row["content_hash"]: row for _, row in found}
    thin = says_all(rows)
    firsts = {(less, min(others, key=lambda name: (rows[name]["updated_at"], name))) for less, others in thin.items()}
    assert firsts <= subsumed(settings) <= {(less, more) for less, others in thin.items() for more in others}
    assert any(
        pair.weight > best.weight
        for pair in everything
        for best in judged(settings)
        if pair[:2] == best[:2] and pair.subject in thin
    ), "no thin version outscores: the comparison would say little"

    for moment, then in seen:
        assert judged(settings, known_at=moment) == then
    for day in range(DAYS):
        moment = FIRST + timedelta(days=day)
        there = {name for name, row in rows.items() if row["updated_at"] <= moment}
        speak = [
            pair for pair in everything if {*pair[2:5]} - {None} <= there and not thin.get(pair.subject, set()) & there
        ]
        assert judged(settings, source_at=moment.isoformat()) == best_of(speak)
    assert leads(settings) == {pair[:2]: pair.weight for pair in judged(settings) if pair.band == "lead"}
    weights = {(row.subject_id, row.receipt_number): row.weight for row in of_convicted(settings)}
    assert weights.items() >= {pair[:2]: pair.weight for pair in judged(settings)}.items()

    now = judged(settings)
    with transaction(settings.owner_dsn) as cursor:
        cursor.execute("create temporary table thin as select distinct version_id from match.subsumed_subject")
        cursor.execute(
            """truncate match.evidence, match.pair, match.run, match.consumed, match.persona_key, match.petitioner_key,
                        match.recent_petitioner_key, match.subsumed_subject"""
        )
        cursor.execute("delete from record.tecs_subject where version_id in (select version_id from thin)")
    pipeline.match(settings, pipeline.open_books(settings, night(30), "without"))
    assert judged(settings) == now
    assert subsumed(settings) == set()


def test_a_version_that_contradicts_takes_the_lead_away(
    server: Postgres, warehouse: str, gateways: dict[str, Gateway], screened: Screen, tmp_path: Path
) -> None:
    settings = settings_for(server, warehouse, tmp_path, gateways)
    run = screened(settings, night(1, 30))
    lead = thinnest(settings)
    of = {"subject_id": lead.subject_id, "receipt_number": lead.receipt_number}
    trail = Trail(settings.desk_dsn, "key", Reader("ana", "reviewer"))
    shown = show(trail, of)
    assert shown is not None
    decide(trail, of, "accept", "the same street", shown.seal)
    [(before,)] = fetch(settings.owner_dsn, "select clock_timestamp()::text")
    again = load(settings, [says_more(settings, lead.subject_id)])
    pipeline.match(settings, again)
    pipeline.resolve(settings, again)

    [now] = of_lead(settings, of)
    assert now.weight < lead.weight
    assert (now.decision, now.reopened_by) == ("accept", "evidence")
    [then] = of_lead(settings, of, known_at=before)
    assert (then.weight, then.band, then.reopened_by) == (lead.weight, "lead", None)
    assert why(settings, run, of) == ("moved", "new version")

    with transaction(settings.owner_dsn) as cursor:  # as if it resembled nobody
        cursor.execute(
            """with gone as (
                 delete from match.pair using record.tecs_subject as subject
                 where subject.version_id = subject_version_id and subject.content_hash = %s returning pair_id
               )
               delete from match.evidence where pair_id in (select pair_id from gone)""",
            [hashed("more")],
        )
    assert of_lead(settings, of) == []
    assert why(settings, run, of) == ("went", "new version")
    assert [row.state for row in fetch(settings.owner_dsn, "select state from report.decision")] == ["no pair now"]


@pytest.fixture
def settings(server: Postgres, warehouse: str, tmp_path: Path) -> Settings:
    return settings_for(server, warehouse, tmp_path, {})


def subject(name: str, said: dict[str, Any], **row: Any) -> Version:
    """A version of a subject of that name, of the first day, unless `row` says otherwise."""
    return "tecs_subject", {"subject_id": name, "content_hash": hashed(name), "updated_at": FIRST, **said, **row}


def versions(seed: int) -> list[Version]:
    """Subjects, whose versions say a part of what one person would, one in eight another's date; and petitioners who
    resemble and contradict them."""
    draw = random.Random(seed)

    def part(said: dict[str, Any]) -> dict[str, Any]:
        share = draw.choice([0.2, 0.6, 1.0])
        found = {field: value for field, value in said.items() if draw.random() < share}
        return {**found, "date_of_birth": OTHER["date_of_birth"]} if draw.random() < 1 / 8 else found

    def when(at: int) -> dict[str, Any]:
        return {"content_hash": hashed(at), "updated_at": FIRST + timedelta(days=draw.randrange(DAYS))}

    found: list[Version] = []
    for number in range(SUBJECTS):
        of = {"subject_id": f"S{number}"}
        found += [
            ("tecs_subject", {**of, "name": SAID["name"], **part(SAID), **when(len(found) + at)}) for at in range(4)
        ]
        found.append(("tecs_alias", {**of, "alias_id": f"L{number}", "name": "OKAFOR, ADA", **when(len(found))}))
    for number in range(PETITIONERS):
        of = {"receipt_number": f"R{number}", "family_name": "OKAFOR", "given_name": draw.choice(["NGOZI", "ADA"])}
        said = {field: draw.choice([SAID, OTHER])[field] for field in OF_PETITIONER}
        found += [("uscis_petitioner", {**of, **part(said), **when(len(found) + at)}) for at in range(2)]
    return found


def says_all(rows: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """By version of a subject the later ones that say all it says."""

    def said(row: dict[str, Any]) -> set[tuple[str, Any]]:
        return {(field, row[field]) for field in SAID if row.get(field) is not None}

    found: dict[str, set[str]] = {}
    of_subjects = {name: row for name, row in rows.items() if "subject_id" in row and "alias_id" not in row}
    for name, row in of_subjects.items():
        for other, later in of_subjects.items():
            is_later = (later["updated_at"], other) > (row["updated_at"], name)
            if later["subject_id"] == row["subject_id"] and is_later and said(row) <= said(later):
                found.setdefault(name, set()).add(other)
    return found


def best_of(pairs: list[Any]) -> list[tuple[Any, ...]]:
    """Of each subject and petition the best pair, if it is shown."""
    best: dict[tuple[str, str], Any] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.weight, pair.alias is None)):
        best[pair[:2]] = pair
    return [(*key, pair.weight, pair.band, bool(pair.alias)) for key, pair in sorted(best.items()) if pair.band != "no"]


def judged(settings: Settings, **moments: str) -> list[Any]:
    dsn = with_settings(settings.warehouse_dsn, **{f"crosscheck.{name}": value for name, value in moments.items()})
    return fetch(dsn, HELD)


def subsumed(settings: Settings) -> set[tuple[str, str]]:
    rows = fetch(
        settings.warehouse_dsn,
        """select one.content_hash as less, other.content_hash as more from match.subsumed_subject as subsumed
           join record.tecs_subject as one using (version_id)
           join record.tecs_subject as other on other.version_id = by_version_id""",
    )
    return {(row.less, row.more) for row in rows}


def leads(settings: Settings) -> dict[tuple[str, str], float]:
    """Links across the systems that entities are made of."""
    with transaction(settings.warehouse_dsn) as cursor:
        links = accepted_links(cursor, load_model().version, pd.DataFrame(columns=LINK)).links
    across = links[links["left"].str.startswith("tecs") & links["right"].str.startswith("uscis")]
    keys = zip(across["left"].str.split(":").str[1], across["right"].str.split(":").str[1], strict=True)
    return dict(zip(keys, across["weight"], strict=True))


def of_convicted(settings: Settings) -> list[Any]:
    """What a group may lift, were everybody convicted."""
    with transaction(settings.warehouse_dsn) as cursor:
        cursor.execute(
            """create temporary table suspect as
               select distinct subject_id, true as is_convicted from record.tecs_subject"""
        )
        return list(convicted_pairs(cursor, load_model().version).itertuples())


def thinnest(settings: Settings) -> Any:
    """The lead with most that the petitioner gives and the one version of the subject does not."""
    return fetch(
        settings.owner_dsn,
        """select lead.subject_id, lead.receipt_number, lead.weight from report.lead as lead
           join latest.tecs_subject as subject using (subject_id)
           join latest.uscis_petitioner as petitioner using (receipt_number)
           where lead.band = 'lead' and lead.model_band = 'lead'
               and 1 = (select count(*) from record.tecs_subject as version where version.subject_id = lead.subject_id)
           order by (subject.ssn is null and petitioner.ssn is not null)::int
               + (subject.phone is null and petitioner.phone is not null)::int
               + (subject.a_number is null and petitioner.a_number is not null)::int desc, lead.weight desc
           limit 1""",
    )[0]


def says_more(settings: Settings, subject_id: str) -> Version:
    """The subject's record once more: with the same, and with numbers that are nobody's where it gave none."""
    [row] = fetch(
        settings.owner_dsn,
        f"select {', '.join(SAID)}, updated_at from latest.tecs_subject where subject_id = %s",
        [subject_id],
    )
    given = {field: value for field, value in row._asdict().items() if value is not None}
    later = {"updated_at": row.updated_at + timedelta(days=1), "record_state": "active"}
    return subject(
        "more",
        {"ssn": "999123987", "phone": "808-555-0163", "a_number": "099123987", **given},
        **later,
        subject_id=subject_id,
    )


def why(settings: Settings, run: pipeline.Run, of: dict[str, str]) -> tuple[str, str]:
    """What became of a lead since a run."""
    [changed] = [
        row
        for row in fetch(settings.warehouse_dsn, "select * from report.changed_since(%s)", [run.run_id])
        if (row.subject_id, row.receipt_number) == (of["subject_id"], of["receipt_number"])
    ]
    return changed.change, changed.why


def of_lead(settings: Settings, of: dict[str, str], **moments: str) -> list[Any]:
    dsn = with_settings(settings.warehouse_dsn, **{f"crosscheck.{name}": value for name, value in moments.items()})
    return fetch(
        dsn,
        """select weight, band, decision, reopened_by from report.lead
           where subject_id = %(subject_id)s and receipt_number = %(receipt_number)s""",
        of,
    )
