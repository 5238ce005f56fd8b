"""What a scenario counts on is in the records exactly, as the agencies hold them."""

from pathlib import Path

import pandas as pd
import pytest

from include.contracts.model import load_all
from include.simulator import scenario, truth
from include.simulator.world import generate

FAMILY = ["I-129F", "I-130"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smoke world with its faulty people, but without spoilt rows: so that every record can be read."""
    chosen = scenario.load("smoke")
    rows = chosen.row_faults.model_copy(update={"malformed": 0.0})
    folder = tmp_path_factory.mktemp("sound") / "world"
    generate(chosen.model_copy(update={"row_faults": rows}), chosen.seed, folder)
    return folder


def latest(world: Path, dataset: str) -> pd.DataFrame:
    """The last version of every record, in the contract's names and codes."""
    contract = load_all()[dataset]
    rows = pd.read_parquet(world / "source" / f"{dataset}.parquet")
    rows = rows.rename(columns={column.source: column.name for column in contract.columns})
    for column in contract.columns:
        if column.codes:
            rows[column.name] = rows[column.name].replace(column.codes)
    return rows.drop_duplicates(contract.key, keep="last")


def owners(world: Path, dataset: str) -> pd.Series:
    """The person of every record, by key."""
    return truth.read(world, "records").query("dataset == @dataset").set_index("key")["person_id"]


def test_the_headline_is_that_of_the_scenario(sound: Path) -> None:
    plants, counted = scenario.load("smoke").plants, truth.headline(sound)
    assert counted["subjects"] == scenario.load("smoke").size.subjects
    assert counted["known_traffickers"] == plants.known_traffickers
    assert counted["known_traffickers_by_means"] == {
        means: getattr(plants, means) for means in ("work_visa", "fiance_visa", "illegal_entry", "overstayed_visit")
    }
    for name in ("petitioning_subjects", "beneficiaries", "arrested_petitioners"):
        assert counted[name] == getattr(plants, name)


def test_the_headline_can_be_counted_in_the_records(sound: Path) -> None:
    plants, subjects = scenario.load("smoke").plants, owners(sound, "tecs_subjects")
    investigated = set(truth.read(sound, "subjects").query("kind == 'investigated'")["person_id"])
    petitions = latest(sound, "uscis_petitions").query("status == 'approved' and form in @FAMILY")
    petitions = petitions.assign(person=petitions["receipt_number"].map(owners(sound, "uscis_petitioners")))
    theirs = petitions[petitions["person"].isin(investigated)]
    assert theirs["person"].nunique() == plants.petitioning_subjects
    beneficiaries = owners(sound, "uscis_beneficiaries")
    receipts = beneficiaries.index.str.split("|").str[0]
    assert beneficiaries[receipts.isin(theirs["receipt_number"])].nunique() == plants.beneficiaries
    arrests = latest(sound, "tecs_arrests")
    arrested = arrests["subject_id"].map(subjects)
    assert len(set(arrested) & set(theirs["person"])) == plants.arrested_petitioners
    assert arrested[arrests["disposition"] == "convicted"].nunique() == plants.known_traffickers


def test_who_is_investigated_is_accused_of_trafficking_in_a_record_that_stands(sound: Path) -> None:
    cases = latest(sound, "tecs_investigations").set_index("case_number")["program_code"]
    accused = latest(sound, "tecs_involvements").query("role in ['target', 'suspect', 'associate']")
    standing = accused[(accused["record_state"] == "active") & accused["case_number"].map(cases).isin(["HT1", "HT2"])]
    held = latest(sound, "tecs_subjects").query("record_state == 'active'")
    persons = owners(sound, "tecs_subjects")
    investigated = set(truth.read(sound, "subjects").query("kind == 'investigated'")["person_id"])
    assert set(standing["subject_id"].map(persons).dropna()) == investigated
    assert investigated <= set(held["subject_id"].map(persons))


def test_victims_of_work_and_fiance_visas_accuse_who_petitioned_for_them(sound: Path) -> None:
    people = truth.read(sound, "subjects").query("means in ['work_visa', 'fiance_visa']")
    filed = owners(sound, "uscis_petitioners")
    brought = owners(sound, "uscis_beneficiaries").dropna()
    receipts = brought.index.str.split("|").str[0]
    applicants = owners(sound, "uscis_t_applications")
    accused = truth.read(sound, "statements").set_index("receipt_number")["subject_id"]
    subjects = owners(sound, "tecs_subjects")
    later_victims = [
        (receipt, person) for receipt, person in zip(receipts, brought, strict=True) if person in set(applicants)
    ]
    assert later_victims
    for receipt, person in later_victims:
        application = applicants.index[applicants == person][0]
        assert filed[receipt] in set(people["person_id"])
        assert subjects[accused[application]] == filed[receipt]


def test_some_applicants_are_victims_in_tecs_as_well(sound: Path) -> None:
    victims = set(truth.read(sound, "subjects").query("kind == 'bystander'")["person_id"])
    assert len(victims & set(owners(sound, "uscis_t_applications"))) >= 3


def test_a_petition_entered_twice_is_cancelled_and_says_more_than_the_one_that_stays(sound: Path) -> None:
    copies = truth.read(sound, "faults").query("fault == 'entered_twice'")["key"]
    petitioners = latest(sound, "uscis_petitioners").set_index("receipt_number")
    owner = owners(sound, "uscis_petitioners")
    assert len(copies) >= 3
    for copy in copies:
        others = owner.index[(owner == owner[copy]) & (owner.index != copy)]
        assert petitioners.loc[copy, "record_state"] in ("active", "cancelled")  # noticed within the period, or not yet
        assert petitioners.loc[copy].notna().sum() >= petitioners.loc[others].notna().sum(axis=1).min()
    assert (petitioners.loc[copies, "record_state"] == "cancelled").any()


def test_transfers_change_the_office_and_not_the_receipt(sound: Path) -> None:
    rows = pd.read_parquet(sound / "source" / "uscis_petitions.parquet")
    paper = rows[~rows["RECEIPT_NUMBER"].str.startswith("IOE")]
    first = paper.drop_duplicates("RECEIPT_NUMBER")
    assert (first["CURRENT_OFFICE"] == first["RECEIPT_NUMBER"].str[:3]).all()
    assert 0 < (paper["CURRENT_OFFICE"] != paper["RECEIPT_NUMBER"].str[:3]).mean() < 0.1


def test_amendments_refer_to_an_earlier_petition_of_the_same_organisation(sound: Path) -> None:
    petitions = latest(sound, "uscis_petitions").set_index("receipt_number")
    amending = petitions["amends_receipt_number"].dropna()
    fein = latest(sound, "uscis_petitioners").set_index("receipt_number")["fein"]
    assert len(amending) >= 5
    assert (petitions.loc[amending.index, "form"] == "I-129").all()
    assert (fein[amending.index].to_numpy() == fein[amending].to_numpy()).all()


def test_each_recording_system_keeps_its_own_habits(sound: Path) -> None:
    subjects = pd.read_parquet(sound / "source" / "tecs_subjects.parquet")
    mainframe, modern = (subjects[subjects["SYS_CD"] == system] for system in ("T2", "TM"))
    assert mainframe["SUBJ_NAME"].str.len().max() == 30
    assert modern["SUBJ_NAME"].str.len().max() > 30
    assert modern["DOB"].dropna().str.len().eq(8).all()
    assert mainframe["DOB"].dropna().str.len().eq(6).any()
    roles = set(pd.read_parquet(sound / "source" / "tecs_involvements.parquet")["ROLE"])
    assert {"TARGET", "TGT", "VICTIM", "VIC"} <= roles
    petitions = pd.read_parquet(sound / "source" / "uscis_petitions.parquet")
    assert petitions[petitions["SYSTEM"] == "ELIS"]["FORM_TYPE"].isin(["I-130", "I-129", "I-129F"]).all()
    assert petitions[petitions["SYSTEM"] == "C3"]["FORM_TYPE"].isin(["I130", "I129", "I129F"]).all()


def test_code_lists_drift_in_the_middle_of_history(tmp_path: Path) -> None:
    generate(scenario.load("nightly"), 5, tmp_path / "world")
    cases = pd.read_parquet(tmp_path / "world" / "source" / "tecs_investigations.parquet")
    renamed = cases.groupby("PGM_CD")["OPENED"].agg(["min", "max"])
    assert renamed.loc[["HT1", "HT2"], "max"].max() < "20101001" <= renamed.loc[["HTS", "HTL"], "min"].min()
    petitions = pd.read_parquet(tmp_path / "world" / "source" / "uscis_petitions.parquet")
    received = pd.to_datetime(petitions["RECEIVED_DATE"], format="mixed")
    assert received[petitions["VISA_CLASS"] == "CR6"].max() < pd.Timestamp("2008-10-01")
    assert (petitions["VISA_CLASS"] == "CR6").any()
    systems = petitions.assign(received=received).groupby("SYSTEM")["received"].min()
    assert systems["C3"] < pd.Timestamp("2005-01-01") < pd.Timestamp("2012-05-22") <= systems["ELIS"]


def test_married_women_are_recorded_under_the_name_of_the_day(sound: Path) -> None:
    people = truth.read(sound, "people").set_index("person_id")
    married = people[people["maiden"] != ""]
    assert 0.1 < len(married) / (people["sex"] == "F").sum() < 0.5
    assert (married["maiden"] != married["family"]).all()
    told = latest(sound, "uscis_petitioners").set_index("receipt_number")["other_names"].dropna()
    persons = owners(sound, "uscis_petitioners")[told.index]
    maiden = persons.map(people["maiden"])
    assert sum(bool(m) and m.upper() in t.upper() for m, t in zip(maiden, told, strict=True)) > 20


def test_ages_fit_the_relationship_and_the_class(sound: Path) -> None:
    petitions = latest(sound, "uscis_petitions").set_index("receipt_number")
    filed = owners(sound, "uscis_petitioners")
    brought = owners(sound, "uscis_beneficiaries").dropna()
    listed = latest(sound, "uscis_beneficiaries")
    listed.index = listed["receipt_number"] + "|" + listed["beneficiary_number"]
    born = pd.to_datetime(truth.read(sound, "people").set_index("person_id")["born"])
    receipts = brought.index.str.split("|").str[0]
    table = pd.DataFrame(
        {
            "relationship": listed["relationship"].reindex(brought.index).to_numpy(),
            "number": brought.index.str.split("|").str[1],
            "visa": petitions["visa_class"].reindex(receipts).to_numpy(),
            "on": pd.to_datetime(petitions["received_on"].reindex(receipts), format="mixed").to_numpy(),
            "born": brought.map(born).to_numpy(),
            "petitioner": filed.reindex(receipts).map(born).to_numpy(),
        }
    ).dropna()
    age = (table["on"] - table["born"]).dt.days / 365.2425
    older = (table["born"] - table["petitioner"]).dt.days / 365.2425
    child = (table["relationship"] == "child") & (table["number"] == "1")
    grown_up = child & table["visa"].isin(["F1", "F2B", "F3"])
    assert (older[child] >= 16.9).all()
    assert (age[grown_up] >= 20.9).all()
    assert (age[child & ~grown_up] < 21).all()
    assert (age[table["relationship"].isin(["spouse", "fiance", "worker"])] >= 17.9).all()
    assert (older[table["relationship"] == "parent"] <= -18.9).all()
    assert min(child.sum() - grown_up.sum(), grown_up.sum()) >= 20


def test_batches_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.simulator.build.BATCH", 300)
    chosen = scenario.load("smoke")
    generate(chosen, 3, tmp_path / "world")
    records = truth.read(tmp_path / "world", "records")
    assert not records.duplicated(["dataset", "key"]).any()
    assert len(records.query("dataset == 'uscis_petitions'")) >= chosen.size.petitions
    people = truth.read(tmp_path / "world", "people")
    assert people["person_id"].tolist() == list(range(len(people)))
    petitioners = records.query("dataset == 'uscis_petitioners'")["person_id"].dropna()
    batches = petitioners // 800  # people of a batch of 300 petitions are fewer
    assert batches.nunique() >= 4
    numbers = people.loc[people["ssn"] != "", "ssn"]
    assert numbers.is_unique


def test_children_of_one_petition_bear_one_family_name(sound: Path) -> None:
    listed = latest(sound, "uscis_beneficiaries")
    listed.index = listed["receipt_number"] + "|" + listed["beneficiary_number"]
    people = truth.read(sound, "people").set_index("person_id")
    children = listed[listed["relationship"] == "child"]
    persons = owners(sound, "uscis_beneficiaries").reindex(children.index)
    family = pd.DataFrame({"receipt": children["receipt_number"], "name": persons.map(people["family"])})
    family["culture"] = persons.map(people["culture"])
    family = family.dropna().query("culture != 'slavic'")  # Ivanov's sister is Ivanova
    family = family[~family["culture"].isin(["south_asian"])]  # and Singh's is Kaur
    names = family.groupby("receipt")["name"].nunique()
    assert (names == 1).all()
    assert (family.groupby("receipt").size() > 1).sum() > 20
