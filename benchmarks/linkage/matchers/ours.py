"""`include.matching`, as shipped: the default model, its band `lead` as the threshold.

`ranked` hands over what it would drop below the band `review` too: the same scores, with all thresholds to choose from.
"""

from pathlib import Path

import pandas as pd

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from include.matching.link import link
from include.matching.model import Model, load_model

CHUNK = 200_000  # petitioners at once: today's `link` holds a Python object per name


RANKED = -12.0  # bits: below it hardly a pair is true, and a pair costs fourteen rows of evidence


def match(data: DataSet, state: Path) -> Found:
    del state  # it learns nothing
    return _match(data, load_model())


def ranked(data: DataSet, state: Path) -> Found:
    del state
    return _match(data, load_model().model_copy(update={"review": RANKED}))


def _match(data: DataSet, model: Model) -> Found:
    table, personas = read_personas(data.left)
    petitioners = read_petitioners(data.left if data.right is None else data.right)
    found, compared = [], 0
    for at in range(0, len(petitioners), CHUNK):
        links = link(personas, petitioners.iloc[at : at + CHUNK], model)
        found.append(links.pairs)
        compared += links.compared
    pairs = pd.concat(found)
    scored = pd.DataFrame(
        {
            "left": table.loc[pairs["persona_id"]].to_numpy(),
            "right": pairs["petitioner_id"].to_numpy(),
            "score": pairs["weight"].to_numpy(),
        }
    )
    if data.right is None:
        scored = scored[scored["left"] < scored["right"]]
    scored = scored.sort_values("score", ascending=False).drop_duplicates(["left", "right"])
    return Found(scored, model.lead, compared)


def read_personas(side: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Left id by persona, and the personas: every name of a subject with the rest of the subject."""
    parts = side[["family", "given", "middle"]].fillna("")
    written = (parts["family"] + ", " + parts["given"] + " " + parts["middle"]).str.strip(" ,")
    names = side["full_name"].where(
        side["full_name"].notna(), written.where(side["family"].notna() | side["given"].notna())
    )
    main = _shared(side).assign(subject=side["id"], name=names)
    others = side["other_names"].astype("string").str.split(";").explode().dropna().str.strip()
    aliases = main.drop(columns="name").join(others.rename("name"), how="inner")
    personas = pd.concat([main, aliases]).reset_index(drop=True)
    personas.insert(0, "persona_id", personas.index)
    return personas.pop("subject"), personas


def read_petitioners(side: pd.DataFrame) -> pd.DataFrame:
    """A petitioner has no whole name: one that comes so is among the other names, which may be in any order."""
    others = side["other_names"].where(
        side["full_name"].isna(), side["full_name"].str.cat(side["other_names"].fillna(""), ";")
    )
    return _shared(side).assign(
        petitioner_id=side["id"],
        family_name=side["family"],
        given_name=side["given"],
        middle_name=side["middle"],
        other_names=others,
    )


def _shared(side: pd.DataFrame) -> pd.DataFrame:
    born = side["dob"].map(lambda text: text if len(text) == 10 else f"{text}-01-01", na_action="ignore")
    days = pd.to_datetime(born.astype(object), format="%Y-%m-%d", errors="coerce").dt.date  # some say 31 February
    return pd.DataFrame(
        {
            "date_of_birth": days.astype(object).where(days.notna(), None),
            "sex": side["sex"],
            "birth_country": side["birth_place"].fillna(side["country"]),
            "a_number": side["a_number"],
            "ssn": side["ssn"],
            "address": side["street"],
            "city": side["city"],
            "state": None,
            "postal_code": side["postcode"],
            "phone": side["phone"],
        }
    )
