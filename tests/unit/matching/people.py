"""Tables of invented people, for properties of matching: values that agree, nearly agree, contradict or are missing.

Identifiers are impossible: SSN area 9xx, telephone 555-01xx.
"""

import random
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from include.matching.fields import FIELDS

VALUES: dict[str, list[str]] = {
    "full_name": ["Garcia Lopez, Maria Elena", "MARIA GARCIA", "Nguyen Thi Lan", "OKAFOR, NGOZI", "Müller, Jürgen Jr"],
    "family": ["Garcia", "Garcia Lopez", "De la Cruz", "DELACRUZ", "Nguyen", "Al-Hassan", "Hasan", "NULL", "O'Brien"],
    "given": ["Maria", "Mary", "Maria Elena", "Jose", "Pepe", "Thi", "Ngozi", "M", "FNU", "Noor", "Sissy"],
    "middle": ["Elena", "E", "Luz", "NMN"],
    "other_names": ["Maria Lopez", "Garcia, Mari;Lan Nguyen", "Hasan, Noor; Noor al Hassan", "Pepe"],
    "dob": ["1971-03-08", "1971-08-03", "1971-01-01", "1971", "1971-03", "1983-12-30", "1971-03-09;1983-12-30"],
    "sex": ["F", "M", "Female"],
    "a_number": ["A20345678", "20345678", "A20345679", "A020345678"],
    "ssn": ["900-00-0001", "900000011", "900000001"],
    "passport": ["X1234567", "x 1234567", "X1234568"],
    "phone": ["915-555-0142", "(915) 555-0142", "559-555-0100", "+1 559 555 0100;915-555-0142"],
    "street": ["1200 Main Street", "1200 MAIN ST", "7 Elm Rd", "7 Elm Road Apt 4", "N/A"],
    "city": ["El Paso", "EL PASO", "Fresno"],
    "postcode": ["79901", "79901-1234", "00501", "93701", "unknown"],
    "country": ["MX", "Mexico", "SV", "USA"],
    "birth_place": ["SV", "El Salvador", "Mexico", "Fresno"],
    "organisation": ["Sunrise Farms LLC", "SUNRISE FARMS", "Sunrise", "Sunset Farms Inc", "Casa Azul S.A. de C.V."],
    "fein": ["12-3456789", "123456789", "12-3456780"],
}

rows = st.fixed_dictionaries({field: st.sampled_from(["", *VALUES[field], *VALUES[field]]) for field in FIELDS})


def table(rows_: list[dict[str, Any]], prefix: str = "") -> pd.DataFrame:
    """A table to match; ids are the positions, as text behind the prefix."""
    ids = [f"{prefix}{at}" for at in range(len(rows_))]
    texts = {field: pd.Series([row.get(field, "") for row in rows_], dtype="str") for field in FIELDS}
    return pd.DataFrame({"id": pd.Series(ids, dtype="str"), **texts})


def tables(prefix: str = "", most: int = 5) -> st.SearchStrategy[pd.DataFrame]:
    """Tables of one row to `most`."""
    return st.lists(rows, min_size=1, max_size=most).map(lambda found: table(found, prefix))


def crowd(number: int, seed: int, prefix: str) -> pd.DataFrame:
    """A table of so many people drawn from the same values; every seed another."""
    draw = random.Random(seed)
    return table([{field: draw.choice(["", *VALUES[field]]) for field in FIELDS} for _ in range(number)], prefix)
