"""What training learns from tables of invented people, without labels."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from include.matching.fields import Table
from include.matching.link import dedupe, link
from include.matching.model import BASE, Model, load_model
from include.matching.records import read_records
from include.matching.training.strangers import LEAST_LEFT, LEAST_OF_BASE, among_strangers, count_names
from include.matching.training.train import train

PEOPLE, ROWS_EACH = 60, 8
SYLLABLES = ["BA", "DOR", "KEL", "MIN", "NA", "PO", "RIS", "TAN", "VEL", "ZU"]


@pytest.fixture(scope="module")
def crowded() -> pd.DataFrame:
    """Every person eight times; a fifth of the rows has the names exchanged, a fifth another date in the months
    around, a fifth lacks the given name."""
    draw = np.random.default_rng(7)
    words = ["".join(draw.choice(SYLLABLES, 3)) for _ in range(PEOPLE)]
    rows = []
    for person in range(PEOPLE):
        given, family = words[(person * 7) % 40], words[person]
        born = np.datetime64("1970-06-01") + np.timedelta64(draw.integers(12_000), "D")
        for _ in range(ROWS_EACH):
            day = born + np.timedelta64(draw.integers(-100, 100), "D") * int(draw.random() < 0.2)
            names = {"given": given * int(draw.random() > 0.2), "family": family}
            if draw.random() < 0.2:
                names = {"given": family, "family": given}
            rows.append({"id": len(rows), **names, "dob": str(day)})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def learnt(crowded: pd.DataFrame) -> Model:
    return train(crowded)


def test_rows_of_ones_own_person_are_no_strangers(learnt: Model) -> None:
    one_person = (ROWS_EACH - 1) / (PEOPLE * ROWS_EACH - 1)  # share of all pairs: 1.5 %
    exact = learnt.comparisons["date_of_birth"]["exact"]
    assert exact.u is not None
    assert exact.u < one_person / 20
    assert max(learnt.frequencies.family.values()) < 2 / PEOPLE


def test_the_threshold_holds_where_every_person_has_many_rows(crowded: pd.DataFrame, learnt: Model) -> None:
    pairs = dedupe(crowded, learnt).pairs.query("band == 'lead'")
    true = (pairs["left_id"] // ROWS_EACH == pairs["right_id"] // ROWS_EACH).sum()
    every = PEOPLE * ROWS_EACH * (ROWS_EACH - 1) / 2
    assert true / every > 0.98
    assert 2 * true / (len(pairs) + every) > 0.97  # 0.92 to 1.00 in other worlds of sixty people


def test_no_name_becomes_commoner_or_vanishes_when_ones_own_rows_are_taken_off(learnt: Model) -> None:
    before, after = learnt.frequencies, among_strangers(learnt).frequencies
    for name, share in before.family.items():
        assert LEAST_LEFT * share * 0.99 <= after.family[name] <= share


def test_whether_brothers_share_the_middle_name_is_learnt() -> None:
    def shared(*, fathers: bool) -> float:
        draw = np.random.default_rng(11)
        words = ["".join(draw.choice(SYLLABLES, 4)) for _ in range(2_000)]
        rows = []
        for family in range(300):
            home = {"family": words[family], "street": f"{family} {words[family + 1]} STREET"}
            for brother in range(3):
                given, other = draw.choice(words[600:], 2, replace=False)
                born = f"{1950 + 17 * brother}-{draw.integers(1, 13):02}-{draw.integers(1, 29):02}"
                rows.append({**home, "given": given, "middle": words[300 + family] if fathers else other, "dob": born})
        left = pd.DataFrame(rows).assign(id=range(len(rows)))
        right = left.sample(frac=0.5, random_state=3).assign(id=lambda table: table["id"] + 10_000)
        u = train(left, right).alternatives["household"].u["middle_name"]
        assert isinstance(u, dict)
        return u["exact"]

    assert shared(fathers=True) > 0.9
    assert shared(fathers=False) < 0.1


def test_a_family_at_one_phone_is_not_taken_for_one_person() -> None:
    draw = np.random.default_rng(5)
    words = ["".join(draw.choice(SYLLABLES, 4)) for _ in range(2_000)]
    people = []
    for family in range(250):
        home = {"family": words[family], "phone": f"915{family:07}", "postcode": f"{10_000 + family}"}
        for given in draw.choice(words[600:], 4, replace=False):
            born = np.datetime64("1950-01-01") + np.timedelta64(draw.integers(20_000), "D")
            people.append(home | {"given": given, "dob": str(born)})
    one, other = pd.DataFrame(people[::2]), pd.DataFrame([*people[1::2], *people[::10]])
    one.insert(0, "id", range(len(one)))
    other.insert(0, "id", range(len(other)))
    found = link(one, other, train(one, other)).pairs.query("band == 'lead'")
    true = (found["left_id"] * 2 == (found["right_id"] - len(people) // 2) * 10) & (found["right_id"] >= 500)
    assert (len(found), int(true.sum())) == (100, 100)


def test_namesakes_do_not_make_dates_wrong() -> None:
    draw = np.random.default_rng(1)
    names = [
        {"given": "".join(draw.choice(SYLLABLES, 3)), "family": "".join(draw.choice(SYLLABLES, 4))} for _ in range(100)
    ]
    people = pd.DataFrame(draw.choice(names, 6_000).tolist())
    people["dob"] = np.datetime64("1950-01-01") + draw.integers(0, 18_000, len(people)).astype("timedelta64[D]")
    people["dob"] = people["dob"].astype(str)
    people["phone"] = draw.integers(2_000_000_000, 9_000_000_000, len(people)).astype(str)
    left, right = people[:1_200].reset_index(drop=True), people[400:].reset_index(drop=True)  # 800 are on both
    for side in (left, right):
        side.insert(0, "id", range(len(side)))
        side["phone"] = side["phone"].where(draw.random(len(side)) < 0.7)
    right.loc[draw.random(len(right)) < 0.1, "dob"] = None
    dates = train(left, right).comparisons["date_of_birth"]
    assert dates["different"].m + dates["generation"].m < 0.02  # 0.073, where namesakes count as well


def test_what_a_household_shares_is_learnt() -> None:
    """Of these families phone and postcode are one, and streets and towns never: duplicates in one table, of which some
    have no date or another phone."""
    draw = np.random.default_rng(7)
    words = np.array(["".join(draw.choice(SYLLABLES, 4)) for _ in range(3_000)])
    rows = []
    for family in range(200):
        for nth, given in enumerate(draw.choice(words[300:], 4, replace=False)):
            born = np.datetime64("1950-01-01") + np.timedelta64(draw.integers(20_000), "D")
            person = {"family": words[family], "given": given, "dob": str(born), "postcode": f"{10_000 + family}"}
            person |= {
                "street": f"{draw.integers(9_000)} {words[draw.integers(3_000)]} ST",
                "city": words[nth * 200 + family],
            }
            for _ in range(2):
                phone = family if draw.random() < 0.7 else draw.integers(1_000, 9_999_999)
                rows.append(person | {"person": len(rows) // 2, "phone": f"915{phone:07}"})
                rows[-1] |= {"dob": ""} if draw.random() < 0.3 else {}
                rows[-1] |= {"given": words[draw.integers(3_000)]} if draw.random() < 0.05 else {}
    table = pd.DataFrame(rows).sample(frac=1, random_state=1).reset_index(names="id")
    model = train(table)
    home = model.alternatives["household"].u
    assert home["street"]["different"] > 0.95  # 0.15 in the base model
    assert home["place"]["postcode"] > 0.9
    assert home["phone"]["exact"] > 0.3
    found = dedupe(table, model).pairs.query("band == 'lead'")
    person = table.set_index("id")["person"]
    right = person[found["left_id"]].to_numpy() == person[found["right_id"]].to_numpy()
    assert right.mean() > 0.98
    assert right.sum() > 0.9 * len(rows) / 2


def test_a_word_of_other_names_is_as_common_as_the_rows_that_have_it() -> None:
    rows = [{"id": nth, "full_name": f"{SYLLABLES[nth % 10]}DOR, {SYLLABLES[nth // 10]}KEL"} for nth in range(100)]
    table = pd.DataFrame(rows).assign(other_names=["LIL MAN; BIG MAN"] * 30 + [""] * 70)
    found = count_names(read_records(Table(table), load_model(BASE)))
    assert found.family["MAN"] == pytest.approx(0.3)
    assert found.given["LIL"] == found.given["BIG"] == pytest.approx(0.3)
    assert found.family["BADOR"] == pytest.approx(0.1)


@pytest.fixture(scope="module")
def clan() -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """One surname, few given names, a date for each; of some rows the year alone, or a phone. And how many people are
    in both: the first rows of either."""
    draw, both = np.random.default_rng(3), 300
    given = ["".join(draw.choice(SYLLABLES, 2)) for _ in range(16)]
    people = [
        {
            "names": list(draw.choice(given, 3)),
            "dob": str(np.datetime64("1930-01-01") + np.timedelta64(draw.integers(29_000), "D")),
            "phone": f"915{draw.integers(10_000_000):07}",
        }
        for _ in range(1_400)
    ]

    def side(rows: list[dict[str, Any]]) -> pd.DataFrame:
        found = []
        for nth, row in enumerate(rows):
            names = row["names"] if draw.random() < 0.6 else row["names"][:2]
            phone, dob = (row["phone"] if draw.random() < 0.4 else ""), row["dob"]
            dob = dob[:4] if draw.random() < 0.2 else dob
            found.append({"id": nth, "full_name": f"{' bin '.join(names)} Al Saud", "dob": dob, "phone": phone})
        return pd.DataFrame(found)

    return side(people[:500]), side([*people[:both], *people[500:]]), both


def test_people_of_one_surname_are_told_apart(clan: tuple[pd.DataFrame, pd.DataFrame, int]) -> None:
    left, right, both = clan
    model = train(left, right)
    dates = model.comparisons["date_of_birth"]
    assert dates["year_near"].m + dates["same_year"].m < 0.1
    found = link(left, right, model).pairs.query("band == 'lead'")
    true = (found["left_id"] == found["right_id"]) & (found["left_id"] < both)
    assert true.mean() > 0.8
    assert true.sum() > 0.9 * both


def test_the_surname_that_all_have_is_no_evidence(clan: tuple[pd.DataFrame, pd.DataFrame, int]) -> None:
    left, right, both = clan
    model = train(left, right)
    exact = model.comparisons["family_name"]["exact"]
    assert exact.times_frequency is not None
    assert exact.times_frequency * max(model.frequencies.family.values()) > 0.9
    found = link(left, right, model).pairs["match_probability"].sum()
    assert found < 1.2 * both  # 1.5 times as many were expected when half of those who agree had to be compatriots


def test_without_dates_parents_of_one_name_are_not_found_among_ones_own_rows() -> None:
    draw = np.random.default_rng(4)
    words = ["".join(draw.choice(SYLLABLES, 3)) for _ in range(600)]
    firms = [f"UNIVERSITY OF {word}" for word in words[:60]]
    people = [
        {"full_name": f"{draw.choice(words)} {draw.choice(words)}", "works": draw.choice(firms)} for _ in range(1_900)
    ]

    def side(rows: list[dict[str, Any]]) -> pd.DataFrame:
        works = [row["works"] if draw.random() < 0.6 else draw.choice(firms) for row in rows]
        names = [row["full_name"] for row in rows]
        return pd.DataFrame({"id": range(len(rows)), "full_name": names, "organisation": works})

    learnt, base = train(side(people[:900]), side([*people[:500], *people[900:]])), load_model(BASE)
    for name in ("twin", "parent_of_same_name"):
        odds, before = learnt.alternatives[name].odds, base.alternatives[name].odds
        assert odds is not None
        assert before is not None
        assert odds < 1.001 * before


def test_near_agreement_of_names_is_never_rare(clan: tuple[pd.DataFrame, pd.DataFrame, int]) -> None:
    left, right, _ = clan
    learnt, base = train(left, right).comparisons["family_name"], load_model(BASE).comparisons["family_name"]
    for level in ("close", "partial"):
        times, before = learnt[level].times_frequency, base[level].times_frequency
        assert times is not None
        assert before is not None
        assert times >= 0.999 * LEAST_OF_BASE * before


def test_twins_are_told_by_their_sex() -> None:
    draw = np.random.default_rng(9)
    words = np.array(["".join(draw.choice(SYLLABLES, 4)) for _ in range(3_000)])
    people = []
    for family in range(700):
        born = np.datetime64("1990-01-01") + np.timedelta64(draw.integers(9_000), "D")
        home = {"family": words[family], "dob": str(born), "phone": f"915{family:07}", "postcode": f"{10_000 + family}"}
        people += [home | {"given": draw.choice(words[700:]), "sex": draw.choice(["F", "M"])} for _ in range(2)]
    order = draw.permutation(len(people))
    left = pd.DataFrame([people[nth] for nth in order[:600]]).assign(id=order[:600])
    right = pd.DataFrame([people[nth] for nth in order[300:]]).assign(id=order[300:])
    right["family"] = right["family"].where(draw.random(len(right)) > 0.1, right["family"].str[1:])
    right["phone"] = right["phone"].where(draw.random(len(right)) > 0.4)
    right["postcode"] = right["postcode"].where(draw.random(len(right)) > 0.3, "99999")
    model = train(left, right)
    assert model.comparisons["given_name"]["different"].m < 0.05
    found = link(left, right, model).pairs.query("band == 'lead'")
    true = found["left_id"] == found["right_id"]
    assert true.mean() > 0.7  # 0.44, where twins are taken for one person up to the limit
    assert true.sum() > 0.95 * 300
