"""Tables to match, from the few values that a test is about."""

from typing import Any

import pandas as pd

from include.matching.fields import FIELDS


def rows(*values: dict[str, Any], start: int = 1) -> pd.DataFrame:
    """A table of these rows, numbered from `start`; what a row does not say is missing."""
    return pd.DataFrame([{"id": at, **row} for at, row in enumerate(values, start)]).reindex(columns=["id", *FIELDS])
