"""Which pairs share a key: what must be reached, and what a large table makes too common to be asked."""

import pyarrow as pa
import pytest

from include.matching.blocking.index import Index
from include.matching.fields import Table
from include.matching.hashes import hash_letters
from include.matching.letters import byte_matrix
from include.matching.model import load_model
from include.matching.records import read_records
from tests.unit.matching.rows import rows


def reaches(one: dict[str, str], other: dict[str, str], right_rows: int, own: float = 0.2) -> bool:
    """`own`: rows of the right side that are of one person, on average."""
    model = load_model().model_copy(update={"right_rows": right_rows, "prior": own / right_rows})
    left, right = (read_records(Table(rows(row)), model) for row in (one, other))
    return len(Index.of(left, model).candidates(right)[0]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"full_name": "Zelig Quistorp"}, {"full_name": "Zoltan Quistorp"}),  # a rare surname and an initial
        ({"full_name": "Bill Harkness"}, {"full_name": "William Harkness"}),
        ({"given": "James", "family": "Zelig Quistorp"}, {"given": "James", "family": "Zeligquistorp"}),
        ({"given": "Xiao Zeling", "family": "Smith"}, {"given": "Xiaozeling", "family": "Smith"}),
        ({"full_name": "Ann Smith", "dob": "1970-03-05"}, {"full_name": "Amy Kowalczyk", "dob": "1970-05-03"}),
        ({"full_name": "Peg Smith", "dob": "1970-03-05"}, {"full_name": "Peggy Kowalczyk", "dob": "1981-03-05"}),
        ({"dob": "1970-03-05", "postcode": "79901"}, {"dob": "1970-05-03", "postcode": "79901-1234"}),
        ({"phone": "915-555-0142", "full_name": "Ann Smith"}, {"phone": "(915) 555-0142", "full_name": "Zoe Smyth"}),
        ({"phone": "915-555-0142", "postcode": "79901"}, {"phone": "915-555-0142", "postcode": "79901"}),
        ({"phone": "915-555-0142", "dob": "1970-03-05"}, {"phone": "915-555-0142", "dob": "1970-03-05"}),
    ],
)
def test_reached_in_a_large_table(one: dict[str, str], other: dict[str, str]) -> None:
    assert reaches(one, other, 1_000_000)


@pytest.mark.parametrize("shared", [{"dob": "1970-03-05"}, {"phone": "915-555-0142"}])
def test_a_date_or_a_telephone_is_no_key_by_itself_where_the_model_says_that_many_share_it(
    shared: dict[str, str],
) -> None:
    one, other = {"full_name": "Ann Smith", **shared}, {"full_name": "Zoe Kowalczyk", **shared}
    assert reaches(one, other, 10_000)
    assert not reaches(one, other, 1_000_000)


def test_a_name_that_is_not_known_is_as_common_as_the_floor_and_alone_a_key_of_a_small_table_only() -> None:
    one, other = {"full_name": "Quistorp"}, {"full_name": "Erma Quistorp"}
    assert reaches(one, other, 100_000)
    assert not reaches(one, other, 1_000_000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoltan Quistorp", "Zotlan Quitorp"),  # turned, left out
        ("Zoltan Quistorp", "Zltan Quixstorp"),  # left out, put in
        ("Zoltan Quistorp", "Uistorp, Zolpan"),  # without its first letter, another letter
    ],
)
def test_a_slip_in_each_word_of_a_rare_name(one: str, other: str) -> None:
    assert reaches({"full_name": one}, {"full_name": other}, 100_000)
    assert not reaches({"full_name": one}, {"full_name": other}, 1_000_000)


def test_a_slip_in_each_first_letter_of_a_rare_name_beside_a_year() -> None:
    one, other = {"full_name": "Zoltan Quistorp"}, {"full_name": "Aoltan Muistorp"}
    assert reaches(one | {"dob": "1971"}, other | {"dob": "1971"}, 100_000)
    assert not reaches(one | {"dob": "1971"}, other | {"dob": "1972"}, 100_000)
    assert not reaches(one, other, 100_000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dost Mohammad", "DOSTMOHAMMAD"),
        ("Dost Mohammad", "MOHAMMADDOST"),
        ("Khamis Sirhan al-Muhammad", "KHAMISSIRHAN AL-MUHAMMAD"),  # said as one, an S goes
    ],
)
def test_a_blank_left_out(one: str, other: str) -> None:
    assert reaches({"full_name": one}, {"full_name": other}, 100_000)
    assert reaches({"full_name": other}, {"full_name": one}, 100_000)
    assert not reaches({"full_name": one}, {"full_name": other}, 1_000_000)


def test_names_of_as_many_words_are_not_looked_up_as_one() -> None:
    one, other = {"full_name": "Do Stan"}, {"full_name": "Dos Tan"}
    assert not reaches(one, other, 100_000)


def test_words_that_are_plainly_alike_share_a_key() -> None:
    assert reaches({"full_name": "Yusuf", "dob": "1971"}, {"full_name": "Yussuff", "dob": "1971"}, 100_000)


def test_what_is_common_in_a_large_table_is_asked_in_a_small_one() -> None:
    one, other = {"full_name": "James Smith"}, {"full_name": "Jim Smith"}
    assert not reaches(one, other, 10_000_000)
    assert reaches(one, other, 1_000)


def test_where_each_person_has_many_rows_more_is_compared() -> None:
    one, other = {"full_name": "James Quistorp", "sex": "M"}, {"full_name": "Erma Quistorp"}
    assert not reaches(one, other, 1_000_000)
    assert reaches(one, other, 1_000_000, own=10)


def test_a_nickname_stands_for_the_commoner_names() -> None:
    meanings = load_model().known_nicknames.meanings
    assert set(meanings["BILL"]) == {"WILLIAM", "ROBERT"}
    assert meanings["BETTY"][0] == "ELIZABETH"
    assert not {"WILLIAM", "ROBERT", "ELIZABETH", "JOHN"} & set(meanings)


def test_a_copy_of_a_model_does_not_remember_the_frequencies_it_had() -> None:
    model = load_model()
    spelling = hash_letters(byte_matrix(pa.array(["SMITH"]))).value
    before, version = model.name_shares.of_family(spelling)[0], model.version
    changed = model.model_copy(
        update={"frequencies": model.frequencies.model_copy(update={"family": {"SMITH": 0.5}, "census": False})}
    )
    assert changed.name_shares.of_family(spelling)[0] == 0.5 > before
    assert changed.version != version
