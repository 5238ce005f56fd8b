"""Tables to match, from the few values that a test is about."""

from typing import Any

import pandas as pd

SHARED = [
    "date_of_birth",
    "sex",
    "birth_country",
    "a_number",
    "ssn",
    "address",
    "city",
    "state",
    "postal_code",
    "phone",
]
PERSONA = ["persona_id", "name", *SHARED]
PETITIONER = ["petitioner_id", "family_name", "given_name", "middle_name", "other_names", *SHARED]


def personas(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{"persona_id": at, **row} for at, row in enumerate(rows, 1)]).reindex(columns=PERSONA)


def petitioners(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{"petitioner_id": at, **row} for at, row in enumerate(rows, 1)]).reindex(columns=PETITIONER)
