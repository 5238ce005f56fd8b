"""Other scripts are read as names are spelt, and matched with what Latin registers write."""

import pandas as pd
import pyarrow as pa
import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from include.matching.link import link
from include.matching.model import load_model
from include.matching.names.scripts import in_latin
from include.matching.names.written import of_travellers, surname_apart

SPELT = {
    "Arabic": {
        "محمد أحمد الحسن": "mohammed ahmed al hassan",
        "عبد الرحمن الشريف": "abdul rahman al sharif",
        "الزهراء": "al zahra",
        "أشرف جعفر": "ashraf jafar",
        "مُحَمَّد": "mohammed",
    },
    "Persian": {"نواز شریف": "nawaz sharif", "حسین": "hussein"},
    "Devanagari": {"राजेश कुमार शर्मा": "rajesh kumar sharma", "प्रिया सिंह": "priya singh", "कृष्ण": "krishn"},
    "Bengali": {"লক্ষ্মী দাস": "lakshmi das"},
    "Gurmukhi": {"ਕੌਰ": "kaur"},
    "Telugu": {"రామ": "rama", "వెంకటేశ్": "venkatesh"},
    "Thai": {"ใจดี": "chaidi", "วงศ์สุวรรณ": "wngsuwan"},
    "Korean": {"김 민수": "kim MinSu", "이": "lee", "민김": "MinGim"},
    "left to anyascii": {
        "Иван Щербаков": "Ivan Shcherbakov",
        "王小明": "WangXiaoMing",
        "Größe": "Grosse",
        "٠١٢": "012",
    },
}


@pytest.mark.parametrize("script", SPELT)
def test_names_are_spelt_as_their_bearers_do(script: str) -> None:
    assert {text: in_latin(text) for text in SPELT[script]} == SPELT[script]


@given(st.text())
def test_any_text_becomes_ascii(text: str) -> None:
    found = in_latin(text)
    assert found.isascii()
    assert in_latin(found) == found


@given(st.text(st.characters(min_codepoint=0x0600, max_codepoint=0x0EFF)))
def test_rewritten_scripts_become_ascii(text: str) -> None:
    assert in_latin(text).isascii()


@given(st.text(st.characters(max_codepoint=0x05FF)))
def test_other_alphabets_are_read_letter_by_letter(text: str) -> None:
    assert in_latin(text) == anyascii(text)


def test_people_are_found_in_another_script() -> None:
    people = {
        "محمد أحمد الحسن": "Mohammed Ahmed Al-Hassan",
        "فاطمة الزهراء": "Fatima Alzahra",
        "राजेश कुमार शर्मा": "Rajesh Sharma",
        "김민수": "Kim Min-soo",
        "박지영": "Park Ji-young",
        "王小明": "Wang Xiaoming",
        "Иван Сергеевич Петров": "Ivan Petrov",
    }
    left, right = list(people), list(people.values())
    days = [f"19{70 + n}-03-{10 + n}" for n in range(len(left))]
    tables = [pd.DataFrame({"id": range(len(left)), "full_name": names, "dob": days}) for names in (left, right)]
    pairs = link(*tables, load_model()).pairs
    leads = pairs[pairs["band"] == "lead"]
    assert set(zip(leads["left_id"], leads["right_id"], strict=True)) == {(n, n) for n in range(len(left))}


def test_the_surname_stands_in_front() -> None:
    """In the writing of East Asia, and in France's register of deaths."""
    expected = {
        "潘俊春": "潘, 俊春", "김민수": "김, 민수", "潘 俊春": "潘, 俊春", "ハヤシ　サユリ": "ハヤシ, サユリ",
        "マイケル・ジョーダン": "マイケル・ジョーダン",
        "GOSSELIN*JEROME JOSEPH/": "GOSSELIN, JEROME JOSEPH", "A*B": "A*B",
    }  # fmt: skip
    assert surname_apart(of_travellers(pa.array(expected))).to_pylist() == [*expected.values()]
