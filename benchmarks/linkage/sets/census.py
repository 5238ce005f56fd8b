"""Censuses of pseudopeople's sample population (in its package): twice the same with noise, and ten years apart."""

import pandas as pd
import pseudopeople

from benchmarks.linkage.layout import DataSet, same_entity, table

# Rates of our own choice: with pseudopeople's defaults, those of careful enumeration, matchers are hard to tell apart.
NOISY = {
    "decennial_census": {
        "column_noise": {
            name: {
                noise: {"cell_probability": rate}
                for noise, rate in {"leave_blank": 0.05, "make_typos": 0.05, **more}.items()
            }
            for name, more in {
                "first_name": {"use_nickname": 0.1, "use_fake_name": 0.02, "make_phonetic_errors": 0.05},
                "last_name": {"use_fake_name": 0.02, "make_phonetic_errors": 0.05},
                "date_of_birth": {"swap_month_and_day": 0.05, "copy_from_household_member": 0.02},
                "street_name": {},
                "street_number": {},
            }.items()
        },
    },
}


def census_noise(seed: int) -> DataSet:
    return _link(_census(2020, 2 * seed, NOISY), _census(2020, 2 * seed + 1, NOISY))


def census_decade(seed: int) -> DataSet:
    return _link(_census(2020, 2 * seed, None), _census(2030, 2 * seed + 1, None))


def _census(year: int, seed: int, config: dict[str, object] | None) -> pd.DataFrame:
    frame = pseudopeople.generate_decennial_census(year=year, seed=seed, config=config)
    return frame.sample(frac=1, random_state=seed)  # the order of rows gives nothing away


def _link(left: pd.DataFrame, right: pd.DataFrame) -> DataSet:
    return DataSet(_table(left), _table(right), same_entity(left["simulant_id"], right["simulant_id"]))


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(frame["date_of_birth"].astype(object), format="%m/%d/%Y", errors="coerce")
    number, street, unit = (
        frame[name].astype(object).where(frame[name].notna(), "").astype(str)
        for name in ("street_number", "street_name", "unit_number")
    )
    return table(
        pd.DataFrame(
            {
                "given": frame["first_name"],
                "middle": frame["middle_initial"],
                "family": frame["last_name"],
                "dob": day.dt.strftime("%Y-%m-%d"),
                "sex": frame["sex"].astype(object).map(lambda text: str(text)[:1]),
                "street": (number + " " + street + " " + unit).str.strip(),
                "city": frame["city"],
                "postcode": frame["zipcode"],
            }
        )
    )
