"""Each fault of person data, and people who only look alike: the band a pair must end in, the level it must reach."""

from datetime import date

import pytest

BORN = date(1971, 3, 8)
BASE = {"date_of_birth": BORN, "sex": "F", "birth_country": "SV"}
PETITIONER = {**BASE, "birth_country": "ELSAL"}

SEVENTEEN = [
    "Mohammed", "Muhammad", "Mohamed", "Mohamad", "Muhammed", "Mohammad", "Muhamad", "Mahomed", "Mohamud", "Muhamed",
    "Mohd", "Mehmed", "Mohammod", "Mahammad", "Muhammet", "Mohemmed", "MUHÁMMAD",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SEVENTEEN)
def test_a_name_spelled_17_ways_is_a_lead(judge, spelling):
    band, levels = judge(
        {"name": "KASSEM, MOHAMMED", **BASE}, {"family_name": "Kassem", "given_name": spelling, **PETITIONER}
    )
    assert band == "lead"
    assert levels["given_name"] in ("exact", "variant")


@pytest.mark.parametrize(
    ("written", "family", "given", "comparison", "level"),
    [
        ("RENDON CARRANCO, MARIA ELENA", "Rendón", "María", "family_name", "partial"),  # one of two surnames dropped
        ("CARRANCO, MARIA", "Rendon Carranco", "Maria", "family_name", "partial"),
        ("MARIA, RENDON", "Rendon", "Maria", "name_order", "reordered"),  # swapped order
        ("MARIA RENDON", "Rendon", "Maria", "name_order", "as_written"),  # no comma
        ("RENDON MARIA", "Rendon", "Maria", "name_order", "reordered"),
        ("MARIA RENDON CARRANCO", "Rendon Carranco", "Maria", "family_name", "exact"),
        ("DE LA CRUZ, ROSA", "Delacruz", "Rosa", "family_name", "exact"),  # particles, joined or left out
        ("DELA CRUZ, ROSA", "Cruz", "Rosa", "family_name", "exact"),
        ("AL-HASSAN, NOOR", "Hassan", "Noor", "family_name", "exact"),
        ("BIN OMAR, NOOR", "Omar", "Noor", "family_name", "exact"),
        ("O'BRIEN, SIOBHAN", "OBrien", "Siobhan", "family_name", "exact"),  # apostrophe
        ("SMITH-JONES, ANN", "Smith Jones", "Ann", "family_name", "exact"),  # hyphen
        ("SMITH-JONES, ANN", "Smithjones", "Ann", "family_name", "exact"),
        ("GONZALEZ, ANA", "Gonsales", "Ana", "family_name", "close"),  # spelling
        ("HERNANDEZ, ANA", "Hernadez", "Ana", "family_name", "close"),
        ("SHEVCHENKO, OLENA", "Шевченко", "Олена", "family_name", "exact"),  # another alphabet
        ("LI, XIAO MING", "LI", "Xiaoming", "given_name", "exact"),  # given names written as one word
        ("LOPEZ, MARIA ELENA", "Lopez", "Elena", "given_name", "crossed"),  # middle name as first
        ("MILLER, PEGGY", "Miller", "Margaret", "given_name", "variant"),  # nickname
        ("MILLER, ALEX", "Miller", "Alexandra", "given_name", "variant"),  # short form
        ("MILLER, M", "Miller", "Margaret", "given_name", "initial"),
        ("MILLER JR, MARGARET", "Miller", "Margaret", "family_name", "exact"),  # suffix in the surname
        ("miller, margaret", "MILLER", "MARGARET", "given_name", "exact"),  # mixed case
        ("WICKRAMASINGHE, ANURADHAPURIKA", "Wickramasinghe", "Anuradhapurikaya", "given_name", "variant"),  # cut at 30
        ("WICKRAMASINGHE-JAYAWARDENAPURA", "Wickramasinghe Jayawardenapurage", "Anu", "family_name", "exact"),
    ],
)
def test_ways_to_write_a_name(judge, *, written, family, given, comparison, level):
    assert len(written) <= 30
    band, levels = judge({"name": written, **BASE}, {"family_name": family, "given_name": given, **PETITIONER})
    assert levels[comparison] == level
    assert band in ("lead", "review")
    assert levels["date_of_birth"] == "exact"


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("RENDON CARRANCO, MARIA ELENA", "Rendón", "María"),
        ("CARRANCO, MARIA", "Rendon Carranco", "Maria"),
        ("DELA CRUZ, ROSA", "Cruz", "Rosa"),
        ("GONZALEZ, ANA", "Gonsales", "Ana"),
        ("MILLER, PEGGY", "Miller", "Margaret"),
        ("CARRANCO, PAOLA", "Paola", "Carranco"),
    ],
)
def test_one_fault_in_the_name_is_still_a_lead(judge, written, family, given):
    band, _ = judge({"name": written, **BASE}, {"family_name": family, "given_name": given, **PETITIONER})
    assert band == "lead"


@pytest.mark.parametrize(
    "written", ["OKONKWO, FNU", "LNU, OKONKWO", "OKONKWO", "FNU OKONKWO", "OKONKWO, UNKNOWN", "XXX, OKONKWO"]
)
def test_an_unknown_first_name_is_missing_not_a_name(judge, written):
    band, levels = judge({"name": written, **BASE}, {"family_name": "FNU", "given_name": "Okonkwo", **PETITIONER})
    assert levels["given_name"] == "exact" or levels["family_name"] == "exact"
    assert "different" not in (levels["given_name"], levels["family_name"])
    assert band in ("lead", "review")


def test_surname_changed_by_marriage_is_found_among_the_other_names(judge):
    petitioner = {
        "family_name": "Miller",
        "given_name": "Rosa",
        "other_names": "Rosie Miller; Rosa Carranco",
        **PETITIONER,
    }
    band, levels = judge({"name": "CARRANCO, ROSA", **BASE}, petitioner)
    assert (levels["name_source"], levels["family_name"]) == ("other_name", "exact")
    assert band == "lead"


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (date(1971, 3, 8), date(1971, 3, 8), "exact"),
        (date(1971, 3, 8), date(1971, 8, 3), "swapped"),
        (date(2049, 3, 8), date(1949, 3, 8), "century"),  # a two-digit year read wrongly
        (date(1971, 3, 8), date(1971, 3, 6), "one_edit"),
        (date(1971, 3, 18), date(1917, 3, 18), "one_edit"),
        (date(1971, 1, 1), date(1971, 1, 1), "year_only"),  # 1 January says little
        (date(1971, 1, 1), date(1971, 6, 9), "year_only"),
        (date(1971, 3, 8), date(1971, 12, 8), "one_part"),
        (date(1971, 3, 8), date(1964, 10, 30), "different"),
        (None, date(1971, 3, 8), "missing"),
        (date(1900, 1, 1), date(1971, 3, 8), "missing"),  # a filler
    ],
)
def test_levels_of_dates_of_birth(judge, left, right, level):
    persona, petitioner = {"name": "OKONKWO, NGOZI"}, {"family_name": "Okonkwo", "given_name": "Ngozi"}
    _, levels = judge(persona | {"date_of_birth": left}, petitioner | {"date_of_birth": right})
    assert levels["date_of_birth"] == level


def test_swapped_day_and_month_is_a_lead_and_a_name_without_a_date_is_not(judge):
    petitioner = {"family_name": "Okonkwo", "given_name": "Ngozi", **PETITIONER}
    assert judge({"name": "OKONKWO, NGOZI", **BASE, "date_of_birth": date(1971, 8, 3)}, petitioner)[0] == "lead"
    assert judge({"name": "OKONKWO, NGOZI", **BASE, "date_of_birth": None}, petitioner)[0] == "review"
    common = {"family_name": "Smith", "given_name": "Mary", **PETITIONER}
    assert judge({"name": "SMITH, MARY", **BASE, "date_of_birth": None}, common)[0] == "no"


@pytest.mark.parametrize("country", ["HN", "HONDU", "H0NDU", "HODNU", "Honduras", "HONDURAS", "hnd"])
def test_countries_are_read_in_every_code(judge, country):
    persona = {"name": "OKONKWO, NGOZI", "birth_country": country}
    petitioner = {"family_name": "Okonkwo", "given_name": "Ngozi"}
    assert judge(persona, petitioner | {"birth_country": "HONDU"})[1]["birth_country"] == "same"
    assert judge(persona, petitioner | {"birth_country": "Guatemala"})[1]["birth_country"] == "different"
    assert judge(persona, petitioner | {"birth_country": "YORO"})[1]["birth_country"] == "missing"


@pytest.mark.parametrize(
    ("field", "left", "right", "level"),
    [
        ("a_number", "A20345678", "020345678", "exact"),  # padded to nine
        ("a_number", "A2034567", "2034567", "exact"),
        ("a_number", "A20345678", "A20354678", "one_edit"),
        ("a_number", "A20345678", "A87654321", "different"),
        ("a_number", "999999999", "999999999", "missing"),
        ("ssn", "987-65-4320", "987654320", "exact"),
        ("ssn", "900-00-0001", "900000011", "one_edit"),
        ("phone", "(213) 555-0142", "213 5550142", "exact"),
        ("phone", "555-0142", "213-555-0142", "exact"),
        ("phone", "213-555-0142", "213-555-0143", "different"),
        ("sex", "F", "FEMALE", "same"),
        ("sex", "U", "F", "missing"),
    ],
)
def test_levels_of_other_fields(judge, field, left, right, level):
    persona, petitioner = {"name": "OKONKWO, NGOZI"}, {"family_name": "Okonkwo", "given_name": "Ngozi"}
    assert judge(persona | {field: left}, petitioner | {field: right})[1][field] == level


HOME = {"address": "1200 North Main Street Apt 4", "city": "El Paso", "state": "TX", "postal_code": "79901"}


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({"address": "1200 N MAIN ST #4"}, "same"),
        ({"address": "1202 N MAIN ST #4"}, "postal_code"),  # the neighbours
        ({"address": "9 Elm Rd", "postal_code": "79915"}, "city"),
        ({"address": "9 Elm Rd", "city": "Fresno", "state": "CA", "postal_code": "93701"}, "different"),
        ({"address": None, "city": None, "state": None, "postal_code": None}, "missing"),
    ],
)
def test_levels_of_addresses(judge, changed, level):
    persona, petitioner = {"name": "OKONKWO, NGOZI", **HOME}, {"family_name": "Okonkwo", "given_name": "Ngozi"}
    assert judge(persona, petitioner | HOME | changed)[1]["address"] == level


def test_a_rare_identifier_decides_alone(judge):
    assert judge({"a_number": "A20345678"}, {"a_number": "020345678"})[0] == "lead"


@pytest.mark.parametrize("identifier", [{}, {"a_number": "A20345678"}])
@pytest.mark.parametrize(
    ("name", "born", "given", "other_born", "sex", "other"),
    [
        ("CARRANCO, PAOLA", BORN, "Beatriz", BORN, "F", "twin"),
        ("CARRANCO, MARIA PAOLA", BORN, "Maria Beatriz", date(1974, 11, 21), "F", None),
        ("CARRANCO, PAOLA", BORN, "Paola", date(1943, 11, 21), "F", "parent_of_same_name"),
        ("CARRANCO SR, PABLO", BORN, "Pablo", date(1995, 3, 9), "F", "parent_of_same_name"),
        ("CARRANCO, PAOLA", BORN, "Pedro", date(1969, 7, 1), "M", None),
        ("CARRANCO, PAOLA", None, "Pedro", None, "M", None),
    ],
)
def test_relatives_at_one_address_are_no_lead(judge, *, identifier, name, born, given, other_born, sex, other):
    home = {**HOME, "phone": "915-555-0142", "birth_country": "SV"}
    number = {"a_number": "A20345679"} if identifier else {}  # they filed together: the next number
    band, levels = judge(
        {"name": name, "date_of_birth": born, "sex": "F", **home, **identifier},
        {"family_name": "Carranco", "given_name": given, "date_of_birth": other_born, "sex": sex, **home, **number},
    )
    assert band != "lead"
    if other:
        assert levels["alternative"] == other


def test_one_person_at_one_address_is_a_lead_in_spite_of_the_relatives(judge):
    persona = {"name": "CARRANCO, PAOLA", **BASE, **HOME}
    band, _ = judge(persona, {"family_name": "Carranco", "given_name": "Paola", **PETITIONER, **HOME})
    assert band == "lead"


def test_namesakes_are_no_lead(judge):
    persona = {"name": "SMITH, JAMES", "date_of_birth": BORN, "sex": "M", "birth_country": "US"}
    petitioner = {
        "family_name": "Smith",
        "given_name": "James",
        "date_of_birth": date(1958, 12, 24),
        "sex": "M",
        "birth_country": "US",
    }
    assert judge(persona, petitioner)[0] == "no"


def test_a_person_of_whom_nothing_is_known_is_compared_with_nobody(judge):
    assert judge({}, {})[0] == "not compared"
    assert judge({"name": "FNU LNU"}, {"family_name": "UNKNOWN"})[0] == "not compared"
