"""What every peer is given: whole names and parts of names in capitals without accents, and whole dates."""

import pandas as pd
from anyascii import anyascii

NAMES = ["given", "middle", "family", "full_name"]


def tidy(side: pd.DataFrame) -> pd.DataFrame:
    """Parts of the name from the whole name (the surname is its last word, or what is before a comma), or back."""
    found = side.copy()
    for name in [*NAMES, "street", "city"]:
        found[name] = found[name].map(lambda text: " ".join(anyascii(text).upper().split()), na_action="ignore")
    whole = found["full_name"].fillna("")
    comma = whole.str.contains(",")
    last = whole.str.partition(",")[0].where(comma, whole.str.rpartition(" ")[2])
    rest = whole.str.partition(",")[2].where(comma, whole.str.rpartition(" ")[0]).str.strip()
    for name, part in (("family", last), ("given", rest.str.partition(" ")[0]), ("middle", rest.str.partition(" ")[2])):
        found[name] = found[name].where(found[name].notna(), part.where(part != "", None))
    parts = found[["given", "middle", "family"]].fillna("")
    found["full_name"] = (parts["given"] + " " + parts["middle"] + " " + parts["family"]).str.split().str.join(" ")
    found["dates"] = found["dob"]
    found["dob"] = found["dob"].astype("string").str.partition(";")[0]  # of several the first
    found["year"] = found["dob"].str[:4]
    found["dob"] = found["dob"].where(found["dob"].str.len() == 10)
    return found.astype(object).where(found.notna(), None)


def names(side: pd.DataFrame) -> pd.Series:
    """Whole name and other names of a tidy side, one a row; the index is the position of the record."""
    side = side.reset_index(drop=True)
    others = side["other_names"].astype("string").str.split(";").explode().dropna()
    others = others.map(lambda text: " ".join(anyascii(text).upper().replace(",", " ").split()))
    found = pd.concat([side["full_name"], others.astype(object)])
    return found[found.notna() & (found != "")].groupby(level=0).unique().explode()
