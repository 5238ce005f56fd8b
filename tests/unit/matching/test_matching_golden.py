"""Each fault of person data, and people who only look alike: the band a pair must end in, the level it must reach."""

import pytest

from include.matching.link import Linker
from tests.unit.matching.rows import rows

BORN = "1971-03-08"
BASE = {"dob": BORN, "sex": "F", "country": "SV"}
PETITIONER = {**BASE, "country": "ELSAL"}

SEVENTEEN = [
    "Mohammed", "Muhammad", "Mohamed", "Mohamad", "Muhammed", "Mohammad", "Muhamad", "Mahomed", "Mohamud", "Muhamed",
    "Mohd", "Mehmed", "Mohammod", "Mahammad", "Muhammet", "Mohemmed", "MUHÁMMAD",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SEVENTEEN)
def test_a_name_spelled_17_ways_is_a_lead(judge, spelling):
    band, levels = judge(
        {"full_name": "KASSEM, MOHAMMED", **BASE}, {"family": "Kassem", "given": spelling, **PETITIONER}
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
        ("XIOMARA, RENDOM", "Rendon", "Xiomara", "name_order", "reordered"),  # swapped, and one half misspelled
        ("REND0N, MARIA", "Rendon", "Maria", "family_name", "close"),  # a digit amid the word
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
        ("KASSEM, MOHAMMED", "Kasem", "Mohamed", "given_name", "exact"),  # doubled letters
        ("KASSEM, MOHAMMED", "Kasem", "Mohamed", "family_name", "exact"),
        ("KASSEM, MOHAMMED", "Kassem", "Muhammed", "given_name", "variant"),  # another vowel is more than that
        ("SAEED, NOOR", "Said", "Nur", "given_name", "exact"),  # one sound, written in two ways
        ("SAEED, NOOR", "Said", "Nur", "family_name", "exact"),
        ("KHALID, RASHID", "Kalid", "Rasid", "family_name", "exact"),
        ("KOWALSKI, PHILIPP", "Kovalski", "Filip", "given_name", "exact"),
        ("LY, THANH", "Ly", "Tan", "given_name", "similar"),  # two names, though one sound elsewhere
        ("ZHOU, MEI", "Zhu", "Mei", "family_name", "close"),
        ("SHEVCHENKO, OLENA", "Шевченко", "Олена", "family_name", "exact"),  # another alphabet
        ("MUSTAFA SULTAN TIKRITI, JAMAL", "Tikriti", "Jamal", "family_name", "exact"),  # first word put last
        ("MUSTAFA SULTAN TIKRITI, JAMAL", "Tikriti", "Jamal", "given_name", "exact"),
        ("LI, XIAO MING", "LI", "Xiaoming", "given_name", "exact"),  # given names written as one word
        ("LOPEZ, MARIA ELENA", "Lopez", "Elena", "given_name", "crossed"),  # middle name as first
        ("MILLER, PEGGY", "Miller", "Margaret", "given_name", "variant"),  # nickname
        ("MILLER, ALEX", "Miller", "Alexandra", "given_name", "variant"),  # short form
        ("MILLER, M", "Miller", "Margaret", "given_name", "initial"),
        ("MILLER, BABY GIRL", "Miller", "Margaret", "given_name", "missing"),  # a role is no name
        ("KHAN, A M", "Khan", "Ahmed", "given_name", "initial"),  # initials are no role
        ("PEDRO DEL RIO", "Delrio", "Pedro", "family_name", "exact"),  # no comma: particles go with the surname
        ("KIM ANH DO", "Do", "Kimanh", "family_name", "exact"),  # no particle where nothing follows
        ("ROSA RENDON, JR.", "Rendon", "Rosa", "family_name", "exact"),  # no surname ROSA RENDON
        ("王小明", "Wang", "Xiaoming", "given_name", "exact"),  # no blank between the names
        ("Tom Clifford, 1st Baron Kent", "Clifford", "Tom", "given_name", "exact"),  # a rank
        ("JONES, EARL", "Jones", "Earl", "given_name", "exact"),  # no rank
        ("박지우", "Park", "Jiu", "given_name", "exact"),  # as Koreans spell it, not as the letters say
        ("GIM, KYONG HUN", "Kim", "Kyunghoon", "given_name", "variant"),  # by one custom and by another
        ("GIM, KYONG HUN", "Kim", "Kyunghoon", "family_name", "close"),
        ("XASAN, CABDIRAXMAAN", "Hassan", "Abdul Rahman", "given_name", "variant"),
        ("UDDIN, MD", "Uddin", "Muhammad", "given_name", "variant"),  # a nickname of all that sounds like MOHAMMED
        ("OMAR, FARIDAH BTE", "Omar", "Farida", "given_name", "exact"),
        ("BEGUM, MST SHAHIDA", "Begum", "Shahida", "given_name", "exact"),
        ("OKONKWO, DR NGOZI", "Okonkwo", "Ngozi", "given_name", "exact"),
        ("MILLER, ANONYMOUS", "Miller", "Margaret", "given_name", "missing"),
        ("M HOUSE", "House", "Martin", "given_name", "initial"),  # nor is a surname that is one elsewhere
        ("MILLER, MRS MARGARET", "Miller", "Margaret", "given_name", "exact"),
        ("MILLER JR, MARGARET", "Miller", "Margaret", "family_name", "exact"),  # suffix in the surname
        ("miller, margaret", "MILLER", "MARGARET", "given_name", "exact"),  # mixed case
        ("WICKRAMASINGHE, ANURADHAPURIKA", "Wickramasinghe", "Anuradhapurikaya", "given_name", "variant"),  # cut at 30
        ("WICKRAMASINGHE-JAYAWARDENAPURA", "Wickramasinghe Jayawardenapurage", "Anu", "family_name", "exact"),
    ],
)
def test_ways_to_write_a_name(judge, *, written, family, given, comparison, level):
    assert len(written) <= 30
    band, levels = judge({"full_name": written, **BASE}, {"family": family, "given": given, **PETITIONER})
    assert levels[comparison] == level
    assert band in ("lead", "review")
    assert levels["date_of_birth"] == "exact"


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("RENDON CARRANCO, MARIA ELENA", "Rendón", "María"),
        ("CARRANCO, MARIA", "Rendon Carranco", "Maria"),
        ("DELA CRUZ, ROSA", "Cruz", "Rosa"),
        ("HERNANDEZ, PAOLA", "Hernadez", "Paola"),
        ("MILLER, PEGGY", "Miller", "Margaret"),
        ("CARRANCO, PAOLA", "Paola", "Carranco"),
    ],
)
def test_one_fault_in_the_name_is_still_a_lead(judge, written, family, given):
    band, _ = judge({"full_name": written, **BASE}, {"family": family, "given": given, **PETITIONER})
    assert band == "lead"


def test_a_surname_of_one_name_may_stand_beside_given_names_of_another(judge):
    subject = {"full_name": "RENDON, SHARON", **BASE}
    band, levels = judge(subject, {"family": "Rendon", "given": "Red", "other_names": "Sharon Jordan", **PETITIONER})
    assert band == "lead"
    assert [levels[name] for name in ("name_source", "family_name", "given_name")] == ["other_name", "exact", "exact"]


@pytest.mark.parametrize(
    ("family", "given", "as_family", "as_given", "level"),
    [
        ("Quistorp", "Rosa", "Rosa", "Carranco", "different"),  # the surname changed, too
        ("Jumes", "Rendon", "Rendon", "Jaes", "similar"),  # or is misspelled twice
    ],
)
def test_half_of_a_swapped_name_agrees(judge, *, family, given, as_family, as_given, level):
    one, other = {"family": family, "given": given, **BASE}, {"family": as_family, "given": as_given, **PETITIONER}
    _, levels = judge(one, other)
    assert (levels["name_order"], levels["given_name"], levels["family_name"]) == ("reordered", "exact", level)


@pytest.mark.parametrize(
    "written", ["OKONKWO, FNU", "LNU, OKONKWO", "OKONKWO", "FNU OKONKWO", "OKONKWO, UNKNOWN", "XXX, OKONKWO"]
)
def test_an_unknown_first_name_is_missing_not_a_name(judge, written):
    band, levels = judge({"full_name": written, **BASE}, {"family": "FNU", "given": "Okonkwo", **PETITIONER})
    assert levels["given_name"] == "exact" or levels["family_name"] == "exact"
    assert "different" not in (levels["given_name"], levels["family_name"])
    assert band in ("lead", "review")


def test_surname_changed_by_marriage_is_found_among_the_other_names(judge):
    petitioner = {
        "family": "Miller",
        "given": "Rosa",
        "other_names": "Rosie Miller; Rosa Carranco",
        **PETITIONER,
    }
    band, levels = judge({"full_name": "CARRANCO, ROSA", **BASE}, petitioner)
    assert (levels["name_source"], levels["family_name"]) == ("other_name", "exact")
    assert band == "lead"


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("1971-03-08", "1971-03-08", "exact"),
        ("1971-03-08", "1971-08-03", "swapped"),
        ("2005-03-08", "1905-03-08", "century"),  # a two-digit year read wrongly
        ("2049-03-08", "1949-03-08", "exact"),  # so surely that it is put right
        ("2049-03-08", "1949-01-01", "year_only"),
        ("1971-03-08", "1971-03-06", "one_edit"),
        ("1971-03-18", "1917-03-18", "one_edit"),
        ("1971-01-01", "1971-01-01", "year_only"),  # 1 January says little
        ("1971-01-01", "1971-06-09", "year_only"),
        ("1971-03-08", "1971-12-08", "one_part"),
        ("1971-12-08", "1972-02-21", "same_year"),  # some weeks apart
        ("1971-03-08", "1972-12-21", "different"),
        ("1971-03-08", "1964-10-30", "different"),
        (None, "1971-03-08", "missing"),
        ("1900-01-01", "1971-03-08", "missing"),  # a filler
        ("9999-12-31", "1971-03-08", "missing"),
        ("0001-01-01", "1971-03-08", "missing"),
    ],
)
def test_levels_of_dates_of_birth(judge, left, right, level):
    persona, petitioner = {"full_name": "OKONKWO, NGOZI"}, {"family": "Okonkwo", "given": "Ngozi"}
    _, levels = judge(persona | {"dob": left}, petitioner | {"dob": right})
    assert levels["date_of_birth"] == level


def test_swapped_day_and_month_is_a_lead_and_a_name_without_a_date_is_not(judge):
    petitioner = {"family": "Okonkwo", "given": "Ngozi", **PETITIONER}
    assert judge({"full_name": "OKONKWO, NGOZI", **BASE, "dob": "1971-08-03"}, petitioner)[0] == "lead"
    assert judge({"full_name": "OKONKWO, NGOZI", **BASE, "dob": None}, petitioner)[0] == "review"
    common = {"family": "Smith", "given": "Mary", **PETITIONER}
    assert judge({"full_name": "SMITH, MARY", **BASE, "dob": None}, common)[0] in ("no", "not compared")


@pytest.mark.parametrize("country", ["HN", "HONDU", "H0NDU", "HODNU", "Honduras", "HONDURAS", "hnd"])
def test_countries_are_read_in_every_code(judge, country):
    persona = {"full_name": "OKONKWO, NGOZI", "country": country}
    petitioner = {"family": "Okonkwo", "given": "Ngozi"}
    assert judge(persona, petitioner | {"country": "HONDU"})[1]["country"] == "same"
    assert judge(persona, petitioner | {"country": "Guatemala"})[1]["country"] == "different"
    assert judge(persona, petitioner | {"country": "YORO"})[1]["country"] == "missing"


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
        ("phone", "213-555-0142", "213-555-0143", "one_edit"),
        ("phone", "213-555-0142", "213-555-0187", "different"),
        ("passport", "C01X00T47", "c01x 00t47", "exact"),
        ("sex", "F", "FEMALE", "same"),
        ("sex", "U", "F", "missing"),
    ],
)
def test_levels_of_other_fields(judge, field, left, right, level):
    persona, petitioner = {"full_name": "OKONKWO, NGOZI"}, {"family": "Okonkwo", "given": "Ngozi"}
    assert judge(persona | {field: left}, petitioner | {field: right})[1][field] == level


HOME = {"street": "1200 North Main Street Apt 4", "city": "El Paso TX", "postcode": "79901"}


@pytest.mark.parametrize(
    ("changed", "street", "place"),
    [
        ({"street": "1200 N MAIN ST #4"}, "close", "exact"),
        ({"street": "1200 N MAIN ST APT 4", "postcode": "79901-1234"}, "exact", "exact"),
        ({"street": "1202 N MAIN ST #4"}, "different", "exact"),  # the neighbours
        ({"street": "1200 Elm Rd"}, "number", "exact"),
        ({"street": "9 Elm Rd", "postcode": "79915"}, "different", "city"),
        ({"city": "Horizon City TX"}, "exact", "postcode"),
        ({"city": None, "postcode": "79910"}, "exact", "near"),
        ({"street": "9 Elm Rd", "city": "Fresno CA", "postcode": "93701"}, "different", "different"),
        ({"city": None, "postcode": "K1A 0B1"}, "exact", "different"),
        ({"street": None, "city": None, "postcode": None}, "missing", "missing"),
    ],
)
def test_levels_of_addresses(judge, changed, street, place):
    left, right = {"full_name": "OKONKWO, NGOZI", **HOME}, {"family": "Okonkwo", "given": "Ngozi"}
    _, levels = judge(left, right | HOME | changed)
    assert (levels["street"], levels["place"]) == (street, place)


@pytest.mark.parametrize(
    ("code", "level"), [("bs1 4qt", "exact"), ("BS1 6XY", "near"), ("BS2 6XY", "different"), ("BS1", "near")]
)
def test_postcodes_of_one_district_are_near(judge, code, level):
    left, right = {"full_name": "OKONKWO, NGOZI", "postcode": "BS1 4QT"}, {"family": "Okonkwo", "given": "Ngozi"}
    assert judge(left, right | {"postcode": code})[1]["place"] == level


@pytest.mark.parametrize("nothing", ["N/A", "unknown", "NULL", "none", "-", "Not available"])
def test_what_says_that_nothing_is_known_is_missing(judge, nothing):
    fields = ("street", "city", "postcode", "country", "birth_place", "organisation")
    told = {"full_name": "OKONKWO, NGOZI"} | dict.fromkeys(fields, nothing)
    _, levels = judge(told, told)
    assert {levels[field] for field in ("street", "place", "country", "birth_place", "organisation")} == {"missing"}


def test_numbers_as_a_frame_writes_them(judge):
    told = {"phone": "9155550142", "ssn": "900000011", "postcode": "79901"}
    _, levels = judge(told, {field: f"{number}.0" for field, number in told.items()})
    assert (levels["phone"], levels["ssn"], levels["place"]) == ("exact", "exact", "exact")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Lopez & Hughes Mfg, L.L.C.", "LOPEZ AND HUGHES MANUFACTURING CO", "exact"),
        ("Casa Azul S.A. de C.V.", "Casa Azul", "exact"),
        ("Acme Foods Inc", "ACME FOODS D/B/A JOE'S DINER", "exact"),
        ("Universal Western Dairy Industries", "Universal Western Dairy", "close"),
        ("Sunrise Farms", "Sunrize Farms", "close"),
        ("Sunrise Farms", "Sunrise", "different"),  # one word is not enough
        ("Sunrise Farms", "Sunset Dairy", "different"),
    ],
)
def test_firms(judge, one, other, level):
    owner = {"full_name": "OKONKWO, NGOZI"}
    _, levels = judge(owner | {"organisation": one}, owner | {"organisation": other})
    assert levels["organisation"] == level


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("SMITH<<JOHN<PAUL<<<<<<<<<<<<<<<<<<<<<<<", "SMITH, JOHN PAUL"),
        ("VAN<DYKE<<JOHN<PAUL", "VAN DYKE, JOHN PAUL"),
        ("SMITH/JOHN PAUL MR", "SMITH, JOHN PAUL"),
        ("Smith/JohnMr", "SMITH, JOHN"),
        ("SMITH/WILLIAMS", "SMITH, WILLIAMS"),  # MS is no title there
        ("SMITH, JOHN S/O PAUL", "SMITH, JOHN S O PAUL"),
    ],
)
def test_names_of_passports_and_tickets(judge, written, spoken):
    born = {"dob": "1971-03-08"}
    _, levels = judge(born | {"full_name": written}, born | {"full_name": spoken})
    assert levels["name_order"] == "as_written"
    assert (levels["family_name"], levels["given_name"]) == ("exact", "exact")


def test_a_rare_identifier_decides_alone(judge):
    assert judge({"a_number": "A20345678"}, {"a_number": "020345678"})[0] == "lead"


@pytest.mark.parametrize("identifier", [{}, {"a_number": "A20345678"}])
@pytest.mark.parametrize(
    ("name", "born", "given", "other_born", "sex", "other"),
    [
        ("CARRANCO, PAOLA", BORN, "Beatriz", BORN, "F", "twin"),
        ("CARRANCO, MARIA PAOLA", BORN, "Maria Beatriz", "1974-11-21", "F", None),
        ("CARRANCO, PAOLA", BORN, "Paola", "1943-11-21", "F", "parent_of_same_name"),
        ("CARRANCO SR, PABLO", BORN, "Pablo", "1995-03-09", "F", "parent_of_same_name"),
        ("CARRANCO, PAOLA", BORN, "Pedro", "1969-07-01", "M", None),
        ("CARRANCO, PAOLA", None, "Pedro", None, "M", None),
    ],
)
def test_relatives_at_one_address_are_no_lead(judge, *, identifier, name, born, given, other_born, sex, other):
    home = {**HOME, "phone": "915-555-0142", "country": "SV"}
    number = {"a_number": "A20345679"} if identifier else {}  # they filed together: the next number
    band, levels = judge(
        {"full_name": name, "dob": born, "sex": "F", **home, **identifier},
        {"family": "Carranco", "given": given, "dob": other_born, "sex": sex, **home, **number},
    )
    assert band != "lead"
    if other:
        assert levels["alternative"] == other


def test_a_fathers_name_is_little_evidence_that_sisters_are_one(model):
    def weight(given: str, other_given: str) -> float:
        one = rows({"family": "Qaradawi", "given": given, "dob": BORN, "sex": "F"})
        other = rows({"family": "Qaradawi", "given": other_given, "dob": BORN, "sex": "F"})
        return float(Linker(one, model, -1000.0).link(other).pairs["match_weight"][0])

    gained = weight("Anbara Khalfan", "Zubayda Khalfan") - weight("Anbara", "Zubayda")
    assert gained < weight("Anbara Khalfan", "Anbara Khalfan") - weight("Anbara", "Anbara")


def test_one_person_at_one_address_is_a_lead_in_spite_of_the_relatives(judge):
    persona = {"full_name": "CARRANCO, PAOLA", **BASE, **HOME}
    band, _ = judge(persona, {"family": "Carranco", "given": "Paola", **PETITIONER, **HOME})
    assert band == "lead"


def test_namesakes_are_no_lead(judge):
    persona = {"full_name": "SMITH, JAMES", "dob": BORN, "sex": "M", "country": "US"}
    petitioner = {
        "family": "Smith",
        "given": "James",
        "dob": "1958-12-24",
        "sex": "M",
        "country": "US",
    }
    assert judge(persona, petitioner)[0] in ("no", "not compared")


def test_a_person_of_whom_nothing_is_known_is_compared_with_nobody(judge):
    assert judge({}, {})[0] == "not compared"
    assert judge({"full_name": "FNU LNU"}, {"family": "UNKNOWN"})[0] == "not compared"


def test_long_names_that_begin_otherwise_are_no_variants(judge):
    names = {"full_name": "KAUR, HARPREET", **BASE}, {"family": "Kaur", "given": "Jaspreet", **PETITIONER}
    assert judge(*names)[1]["given_name"] == "similar"


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        ({"full_name": "Dost Mohammad"}, {"full_name": "DOSTMOHAMMAD"}, ("exact", "exact")),
        ({"full_name": "Mohammad, Dost"}, {"full_name": "Dostmohammad"}, ("exact", "exact")),
        ({"given": "Dost", "family": "Mohammad"}, {"family": "Dostmohammad"}, ("exact", "exact")),
        ({"full_name": "Ali Dost Mohammad"}, {"full_name": "DOSTMOHAMMAD"}, ("exact", "missing")),  # a surname of two
    ],
)
def test_a_blank_that_is_left_out_between_the_halves_of_a_name(judge, one, other, levels):
    born = {"dob": "1971-03-08"}
    for left, right in ((one, other), (other, one)):
        found = judge(born | left, born | right)[1]
        assert (found["family_name"], found["given_name"]) == levels


def test_every_year_of_a_span_may_be_that_of_birth(judge):
    span = ";".join(str(year) for year in range(1937, 1946))
    name = {"full_name": "Zoltan Quistorp"}
    for year in ("1937", "1945"):
        assert judge(name | {"dob": span}, name | {"dob": year})[1]["date_of_birth"] == "year_only"


def test_a_name_that_is_longer_than_the_field_of_30_was_not_cut_there(judge):
    petitioner = {"family": "Wickramasinghe Jayawardenapurage", **PETITIONER}
    for written, level in (("WICKRAMASINGHE-JAYAWARDENAPURA", "exact"), ("WICKRAMASINGHE-JAYAWARDENAPURAG", "partial")):
        assert judge({"full_name": written, **BASE}, petitioner)[1]["family_name"] == level
