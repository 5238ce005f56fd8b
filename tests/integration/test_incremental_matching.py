"""However the versions are spread over nights, matching leaves what one run over all of them leaves: on versions that
are written into the record tables, so that many nights take seconds."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from nights import night, settings_for
from spreads import Version, hashed, load, spread

from include import pipeline
from include.local.postgres import Postgres
from include.matching import model as matching_model
from include.matching.groups import floor
from include.matching.model import Model, load_model
from include.settings import Settings
from include.warehouse import matches
from include.warehouse.connection import fetch, transaction
from include.warehouse.matches import Matched, Turn, end_turn, take_turn, uncompared
from tests.unit.matching.people import VALUES

pytestmark = pytest.mark.integration

SUBJECTS, ALIASES, PETITIONERS = 8, 6, 30
FIELDS = {  # column of the record tables -> field of matching
    "sex": "sex",
    "a_number": "a_number",
    "ssn": "ssn",
    "address": "street",
    "city": "city",
    "postal_code": "postcode",
    "birth_country": "country",
    "phone": "phone",
}
KEYS = ["persona_key", "petitioner_key", "recent_petitioner_key"]
DATES = ["1971-03-08", "1971-08-03", "1971-01-01", "1983-12-30", None]


def versions(seed: int, *, repeats: bool = False) -> list[Version]:
    """Subjects, aliases and petitioners, each key in one version or two; the few values of `people` make many pairs.

    `repeats`: the second version of a subject says what the first one says.
    """
    draw = random.Random(seed)

    def person() -> dict[str, Any]:
        known = {column: draw.choice([None, *VALUES[field]]) for column, field in FIELDS.items()}
        return {**known, "date_of_birth": draw.choice(DATES)}

    def name() -> str:
        return f"{draw.choice(VALUES['family'])}, {draw.choice(VALUES['given'])}"

    found: list[Version] = []
    for number in range(SUBJECTS):
        both = [("tecs_subject", {"subject_id": f"S{number}", "name": name(), **person()}) for _ in range(2)]
        found += [both[0], both[0]] if repeats else both
    for number in range(ALIASES):
        of = {"alias_id": f"L{number}", "subject_id": f"S{draw.randrange(SUBJECTS)}"}
        for _ in range(draw.randint(1, 2)):
            found.append(("tecs_alias", {**of, "name": name(), "date_of_birth": draw.choice(DATES)}))
    for number in range(PETITIONERS):
        names = {f"{part}_name": draw.choice(VALUES[part]) for part in ("family", "given")}
        for _ in range(draw.randint(1, 2)):
            found.append(("uscis_petitioner", {"receipt_number": f"R{number}", **names, **person()}))
    return [(table, {**row, "content_hash": hashed(at)}) for at, (table, row) in enumerate(found)]


def pairs(settings: Settings, model_version: str) -> list[tuple]:
    """Pairs of a model with weight, band and evidence, by content."""
    found = fetch(
        settings.warehouse_dsn,
        """select s.content_hash as subject, coalesce(a.content_hash::text, '') as alias, p.content_hash as petitioner,
                  pair.weight, pair.band,
                  array_agg(array[e.comparison, e.persona_value, e.petitioner_value, e.level, e.weight::text]
                            order by e.comparison) as evidence
           from match.pair
           join record.tecs_subject s on s.version_id = subject_version_id
           left join record.tecs_alias a on a.version_id = alias_version_id
           join record.uscis_petitioner p on p.version_id = petitioner_version_id
           join match.evidence e using (pair_id)
           where model_version = %s
           group by pair_id, 1, 2, 3""",
        [model_version],
    )
    return sorted(map(tuple, found), key=repr)


def compared(settings: Settings) -> int:
    return fetch(settings.warehouse_dsn, "select coalesce(sum(compared), 0)::bigint from match.run")[0][0]


def in_one_go(settings: Settings) -> tuple[list[tuple], int]:
    """Pairs and how many were compared, when everything that is loaded is compared anew by one run."""
    with transaction(settings.owner_dsn) as cursor:
        cursor.execute(
            """truncate match.evidence, match.pair, match.run, match.consumed, match.model, match.persona_key,
                        match.petitioner_key, match.recent_petitioner_key"""
        )
    pipeline.match(settings, pipeline.open_books(settings, night(30), "in one go"))
    return pairs(settings, load_model().version), compared(settings)


@pytest.fixture
def settings(server: Postgres, warehouse: str, tmp_path: Path) -> Settings:
    return settings_for(server, warehouse, tmp_path, {})


@pytest.mark.parametrize("seed", range(4))
def test_any_spread_over_nights_leaves_the_same_pairs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(matches, "CHUNK", random.Random(seed).choice([10, 1000]))
    monkeypatch.setattr(matches, "MANY_KEYS", [10, matches.MANY_KEYS][seed % 2])
    monkeypatch.setattr(matches, "MANY_BYTES", [1, matches.MANY_BYTES][seed // 2])
    repeats = seed % 2 == 1
    for of_night in spread(versions(seed, repeats=repeats), seed):
        pipeline.match(settings, load(settings, of_night))
    found, count = pairs(settings, load_model().version), compared(settings)
    assert len(found) > 10, "few pairs: the comparison would say little"
    monkeypatch.undo()
    at_once, all_of_them = in_one_go(settings)
    assert found == at_once
    assert count < all_of_them if repeats else count == all_of_them  # what is said again is not compared again


def test_a_subject_that_says_nothing_new_takes_over_its_pairs(settings: Settings) -> None:
    known = versions(1)
    count = pipeline.match(settings, load(settings, known))["compared"]
    last = {row["subject_id"]: row for table, row in known if table == "tecs_subject"}
    again = [("tecs_subject", {**row, "content_hash": hashed(f"again {key}")}) for key, row in last.items()]
    other = {**again[0][1], "sex": {"M": "F"}.get(last["S0"]["sex"], "M"), "content_hash": hashed("other")}
    assert pipeline.match(settings, load(settings, again))["compared"] == count  # of the same run
    assert pipeline.match(settings, load(settings, [("tecs_subject", other)]))["compared"] > count
    assert pairs(settings, load_model().version) == in_one_go(settings)[0]


@pytest.mark.parametrize("seed", range(2))
def test_any_spread_over_nights_leaves_the_same_links_and_entities(settings: Settings, seed: int) -> None:
    nights = spread(versions(seed), seed + 1)
    for at, of_night in enumerate(nights):
        run = load(settings, of_night)
        pipeline.match(settings, run)
        if at % 2 == 0 or at == len(nights) - 1:  # some are resolved by the next one
            pipeline.resolve(settings, run)
    found = linked(settings)
    assert {member.partition(":")[0] for link in found[0] for member in link[:2]} == {
        "tecs_subjects",
        "uscis_petitioners",
    }
    fetch(settings.owner_dsn, "delete from match.link returning 1")
    fetch(settings.owner_dsn, "delete from match.resolved returning 1")
    pipeline.resolve(settings, run)
    assert found == linked(settings)


def linked(settings: Settings) -> tuple[list, list]:
    """Links inside each system, and who is whom."""
    return (
        fetch(settings.owner_dsn, "select left_member, right_member, weight, band from match.link order by 1, 2"),
        fetch(settings.owner_dsn, "select member, entity from match.entity order by 1"),
    )


def test_two_models_in_turn_each_find_all_pairs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_model()
    second = stricter(first)
    for at, of_night in enumerate(spread(versions(1), 5)):
        monkeypatch.setattr(matching_model, "load_model", lambda at=at: (first, second)[at % 2])
        monkeypatch.setattr(matches, "MANY_KEYS", 10 if at < 2 else 1000)
        pipeline.match(settings, load(settings, of_night))
    for model in (first, second):  # each still has to see what came last under the other
        monkeypatch.setattr(matching_model, "load_model", lambda model=model: model)
        pipeline.match(settings, pipeline.open_books(settings, night(30), model.version))
        held = {table: models_with_keys(settings, table) for table in KEYS}
        assert held.pop("persona_key") == {model.version}
        assert set.union(*held.values()) == {model.version}, "what another model has compared is of no use"
    found = {model.version: pairs(settings, model.version) for model in (first, second)}
    assert len(found[first.version]) > len(found[second.version]) > 0
    monkeypatch.undo()
    assert found[first.version] == in_one_go(settings)[0]
    strong = [pair for pair in found[first.version] if pair[3] >= floor(second)]
    assert [pair[:4] for pair in found[second.version]] == [pair[:4] for pair in strong]


def models_with_keys(settings: Settings, table: str) -> set[str]:
    statement = f"select distinct model_version from match.{table} join match.model using (model_id)"
    return {row.model_version for row in fetch(settings.warehouse_dsn, statement)}


def keys_held(settings: Settings) -> dict[str, list[tuple]]:
    return {table: fetch(settings.warehouse_dsn, f"select * from match.{table}") for table in KEYS}


def test_keys_of_latest_nights_move_to_those_of_all_years_when_there_are_many(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = spread(versions(3), 2)
    assert len(nights) > 2
    for of_night in nights[:-1]:
        pipeline.match(settings, load(settings, of_night))
    before = keys_held(settings)
    assert before["recent_petitioner_key"]
    assert not before["petitioner_key"]
    monkeypatch.setattr(matches, "MANY_BYTES", 1)
    pipeline.match(settings, load(settings, nights[-1]))
    after = keys_held(settings)
    assert not after["recent_petitioner_key"]
    assert set(after["petitioner_key"]) > set(before["recent_petitioner_key"])
    assert len(after["petitioner_key"]) == len(keys_of_one_run(settings))


def keys_of_one_run(settings: Settings) -> list[tuple]:
    in_one_go(settings)
    return keys_held(settings)["petitioner_key"]


def test_a_turn_that_dies_leaves_nothing_and_the_next_finds_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = spread(versions(2), 3)
    pipeline.match(settings, load(settings, nights[0]))
    tables = ["pair", "evidence", "consumed", *KEYS]
    before = {table: fetch(settings.warehouse_dsn, f"select * from match.{table} order by 1, 2") for table in tables}

    def dies(turn: Turn, *_: object) -> Matched:
        assert fetch_in(turn, "select count(*) from match.persona_key") > len(before["persona_key"])
        raise KeyboardInterrupt

    run = load(settings, [version for of_night in nights[1:] for version in of_night])
    with monkeypatch.context() as patch:
        patch.setattr(matches, "end_turn", dies)
        with pytest.raises(KeyboardInterrupt):
            pipeline.match(settings, run)
    assert before == {
        table: fetch(settings.warehouse_dsn, f"select * from match.{table} order by 1, 2") for table in tables
    }
    pipeline.match(settings, run)
    found, count = pairs(settings, load_model().version), compared(settings)
    assert (found, count) == in_one_go(settings)


def test_a_night_reads_what_shares_a_key_with_it_and_every_pair_once(settings: Settings) -> None:
    """With keys of the test's own: the first letter of a name."""
    seen: Counter[tuple[int, int | None, int]] = Counter()
    for of_night in spread(versions(4), 4):
        run = load(settings, of_night)
        with transaction(settings.warehouse_dsn) as cursor:
            turn = take_turn(cursor, run.run_id, "by letter")
            for personas, petitioners in uncompared(turn, by_letter):
                assert set(by_letter(personas)[1]) & set(by_letter(petitioners)[1])
                assert (
                    personas["full_name"].isna() == personas["alias_version_id"].notna()
                ).all()  # an alias is no name
                seen.update(
                    (persona.subject_version_id, persona.alias_version_id, petitioner.id)
                    for persona in personas.assign(name=own_or_other(personas))
                    .astype(object)
                    .replace({pd.NA: None})
                    .itertuples()
                    for petitioner in petitioners.itertuples()
                    if initial(persona.name) == initial(petitioner.family)
                )
            end_turn(turn, 0, {})
    expected = fetch(
        settings.warehouse_dsn,
        """with persona as (
             select version_id as subject, null::bigint as alias, name from record.tecs_subject
             union all
             select s.version_id, a.version_id, a.name
             from record.tecs_subject s join record.tecs_alias a using (subject_id)
           )
           select subject, alias, version_id from persona join record.uscis_petitioner p
           on left(persona.name, 1) = left(p.family_name, 1)""",
    )
    assert max(seen.values()) == 1
    assert set(seen) == set(map(tuple, expected))


def by_letter(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    name = own_or_other(table) if "full_name" in table else table["family"]
    return np.arange(len(table)), np.array([initial(text) for text in name], dtype=np.int32)


def own_or_other(personas: pd.DataFrame) -> pd.Series:
    """The name of each persona: the subject's own, or an alias."""
    return personas["full_name"].fillna(personas["other_names"])


def initial(name: str) -> int:
    return ord(name[0])


def stricter(model: Model) -> Model:
    """Another version, for which fewer pairs are worth a review."""
    return model.model_copy(update={"review": model.review + 4, "lead": model.lead + 4, "name": "stricter"})


def fetch_in(turn: Turn, statement: str) -> int:
    turn.cursor.execute(statement)
    return turn.cursor.fetchone()[0]
