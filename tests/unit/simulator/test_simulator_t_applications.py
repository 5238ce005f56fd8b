"""Applications for T status: what becomes of them, their supplements, and what USCIS typed of what victims told."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from include.contracts.model import load_all
from include.simulator import scenario
from include.simulator.build import Batch, build
from include.simulator.statements.mentions import TOLD

World = tuple[Batch, pd.DataFrame, pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def made() -> Callable[..., World]:
    """`made(t_visa settings)`: the first batch of a `nightly` with 900 applications; applications and family members by
    version, and what is true of the statements."""
    known: dict[str, World] = {}

    def of(**rates: float) -> World:
        if str(rates) not in known:
            chosen = scenario.load("nightly")
            size = chosen.size.model_copy(update={"t_applications": 900})
            t_visa = chosen.t_visa.model_copy(update=rates)
            changed = chosen.model_copy(update={"size": size, "t_visa": t_visa})
            batch = next(iter(build(changed, 11)))
            tables = [versions(batch, name) for name in ("uscis_t_applications", "uscis_t_family")]
            known[str(rates)] = (batch, *tables, batch.truth["statements"].to_pandas())
        return known[str(rates)]

    return of


def versions(batch: Batch, name: str) -> pd.DataFrame:
    """All versions in order of record and time, with the contract's codes, and the time as `at`."""
    dataset = next(d for d in batch.datasets if d.name == name)
    table = pd.DataFrame(dataset.columns).assign(record=dataset.record, at=dataset.times)
    for column in load_all()[name].columns:
        assert column.name in table
        if column.codes:
            table[column.name] = table[column.name].replace(column.codes)
    return table


def last(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby("record").last()


def test_every_status_occurs_and_a_case_moves_forward(made: Callable[..., World]) -> None:
    _, applications, _, _ = made()
    order = {"received": 0, "rfe": 1, "approved": 2, "denied": 2, "withdrawn": 2, "revoked": 3}
    assert set(applications["status"]) == set(order)
    steps = applications["status"].map(order).groupby(applications["record"])
    assert steps.apply(lambda s: s.is_monotonic_increasing).all()
    assert (steps.first() == 0).all()
    before = applications.groupby("record")["status"].shift()
    assert (before[applications["status"] == "revoked"] == "approved").all()
    share = last(applications)["status"].value_counts(normalize=True)
    assert share["denied"] > 0.08  # with a final denial the protection ends
    assert 0 < share["revoked"] < 0.05


def test_mentions_come_at_the_scenarios_rates(made: Callable[..., World]) -> None:
    shares = made()[3]["mention"].value_counts(normalize=True)
    assert shares["name"] == pytest.approx(0.50, abs=0.05)
    assert shares["nickname"] == pytest.approx(0.25, abs=0.05)
    assert set(made(name=0.0, nickname=0.0)[3]["mention"]) == {"nobody"}


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5])
def test_names_are_typed_at_the_scenarios_rate(made: Callable[..., World], rate: float) -> None:
    _, applications, _, truth = made(identifiers_typed=rate)
    assert truth["typed"][truth["mention"] == "name"].mean() == pytest.approx(rate, abs=0.05)
    assert not truth["typed"][truth["mention"] != "name"].any()
    assert ((last(applications)["trafficker_name"] != "").to_numpy() == truth["typed"]).all()


def test_what_is_typed_was_told(made: Callable[..., World]) -> None:
    _, applications, _, truth = made(identifiers_typed=0.5)
    held = last(applications)
    has_phone = truth["told"].map(lambda kinds: "phone" in kinds) & truth["typed"]
    has_birth = truth["told"].map(lambda kinds: "date_of_birth" in kinds) & truth["typed"]
    assert ((held["trafficker_phone"] != "").to_numpy() == has_phone).all()
    assert ((held["trafficker_date_of_birth"] != "").to_numpy() == has_birth).all()
    assert has_phone.sum() > 20
    assert has_birth.sum() > 5
    pattern = next(c.pattern for c in load_all()["uscis_t_applications"].columns if c.name == "trafficker_phone")
    assert pattern
    assert held["trafficker_phone"].map(lambda text: not text or bool(re.fullmatch(pattern, text))).all()
    assert set().union(*truth["told"]) <= set(TOLD)


def test_fields_are_in_the_habit_of_the_system(made: Callable[..., World]) -> None:
    _, applications, _, truth = made(identifiers_typed=0.5)
    held = last(applications)
    typed = held[truth["typed"].to_numpy()]
    paper, electronic = typed[typed["system"] == "claims3"], typed[typed["system"] == "elis"]
    assert (paper["trafficker_name"] == paper["trafficker_name"].str.upper()).all()
    assert paper["trafficker_name"].str.isascii().all()
    assert paper["trafficker_name"].str.contains(", ").mean() > 0.5
    assert not electronic["trafficker_name"].str.contains(",").any()
    assert len(electronic) > 0


def test_typing_became_more_frequent_and_depends_on_the_office(made: Callable[..., World]) -> None:
    _, applications, _, truth = made(identifiers_typed=0.3)
    named = last(applications)[(truth["mention"] == "name").to_numpy()]
    typed = named["trafficker_name"] != ""
    year = pd.to_datetime(named["received_on"], format="mixed").dt.year
    assert typed[year >= 2010].mean() > typed[year < 2010].mean()
    office = named["receipt_number"].str[:3]
    assert typed[office.isin(["EAC", "VSC"])].mean() > typed[office.isin(["WAC", "LIN", "SRC"])].mean()


def test_supplement_b_is_a_noisy_join_to_tecs(made: Callable[..., World]) -> None:
    batch, applications, _, _ = made()
    numbers = set(next(d for d in batch.datasets if d.name == "tecs_investigations").keys)
    written = applications.groupby("record")["agency_case_number"].max()
    signed = written[written != ""]
    exact = signed.isin(numbers)
    plain = signed.str.upper().str.replace(r"^CASE NO\. |[ -]", "", regex=True)
    assert 0.2 < exact.mean() < 0.6
    assert plain.isin(numbers).mean() == pytest.approx(0.7, abs=0.06)  # what is left is garbled, at the scenario's rate
    assert signed.str.contains("HSI-").any()
    assert signed.str.contains("[/,]").any()
    assert signed.str.fullmatch(r"(HT)?\d{6}").any()
    assert 0.5 < len(signed) / len(written) < 0.85
    none = made(supplement_b=0.0)[1]
    assert (none["agency_case_number"] == "").all()
    assert (none["agency_name"] == "").all()
    clean = made(supplement_b_garbled=0.0)[1]["agency_case_number"]
    assert clean[clean != ""].str.upper().str.replace(r"^CASE NO\. |[ -]", "", regex=True).str.len().eq(12).all()


def test_families_share_the_fate_of_the_applicant(made: Callable[..., World]) -> None:
    _, applications, members, _ = made()
    fate = last(applications).set_index("receipt_number")["status"]
    end = last(members)
    principal = end["receipt_number"].map(fate)
    assert set(members["status"]) == {"pending", "approved", "denied"}
    assert members.groupby("record")["status"].first().eq("pending").all()
    assert principal[end["status"] == "approved"].isin(["approved", "revoked"]).all()
    assert (end["status"][principal.isin(["denied", "withdrawn"])] != "approved").all()


def test_supplements_a_are_numbered_and_classed(made: Callable[..., World]) -> None:
    _, applications, members, _ = made()
    end = last(members)
    numbers = end["member_number"].astype(int).groupby(end["receipt_number"])
    assert (numbers.max() == numbers.count()).all()
    assert set(end["receipt_number"]) <= set(applications["receipt_number"])
    usual = {"spouse": "T-2", "child": "T-3", "parent": "T-4", "sibling": "T-5"}
    derived = end["visa_class"] == "T-6"
    assert (end["visa_class"][~derived] == end["relationship"][~derived].map(usual)).all()
    first = members.groupby("record")["at"].first()
    assert (first[derived] >= np.datetime64("2013-03-07").astype("datetime64[s]").astype(int)).all()
    assert 0 < derived.sum() < 0.1 * len(end)
    start = applications.groupby("receipt_number")["at"].min()
    assert (first >= end["receipt_number"].map(start)).all()


def test_family_and_applications_stay_within_the_period(made: Callable[..., World]) -> None:
    _, applications, members, _ = made()
    chosen = scenario.load("nightly")
    for table in (applications, members):
        assert table["at"].between(chosen.start.timestamp(), chosen.end.timestamp() - 1).all()
        assert (table["at"].groupby(table["record"]).diff().dropna() > 0).all()


def test_business_names_are_those_of_petitions(made: Callable[..., World]) -> None:
    batch, applications, _, truth = made()
    petitioners = next(d for d in batch.datasets if d.name == "uscis_petitioners")
    organisations = {name.upper() for name in petitioners.columns["organisation_name"] if name}
    texts = last(applications)["narrative"]
    told = truth["told"].map(lambda kinds: "business" in kinds).to_numpy()
    assert told.sum() >= 1
    for text in texts[told]:
        assert any(name in text.upper() for name in organisations)
