"""What every peer is given: whole names and parts of names in capitals without accents, and whole dates."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

NAMES = ["given", "middle", "family", "full_name"]
WHOLE_DATE = len("2000-01-01")


def tidy(side: pd.DataFrame) -> pd.DataFrame:
    """Parts of the name from the whole name (the surname is its last word, or what is before a comma), or back."""
    return tidy_columns(side).to_pandas()


def tidy_columns(side: pd.DataFrame) -> pa.Table:
    """`tidy` as Arrow columns, which DuckDB reads at once."""
    found = {name: pa.array(side[name], pa.string()) for name in side if name != "id"}
    for name in [*NAMES, "street", "city"]:
        found[name] = _plain(found[name])
    if found["full_name"].null_count < len(side):
        found |= _parts(found)
    parts = [pc.fill_null(found[name], "") for name in ("given", "middle", "family")]
    found["full_name"] = _squeezed(pc.binary_join_element_wise(*parts, " "))
    found["dates"] = found["dob"]
    first = pc.list_element(pc.split_pattern(pc.fill_null(found["dob"], ""), ";"), 0)  # of several the first
    found["year"] = _or_null(pc.utf8_slice_codeunits(first, 0, 4))
    found["dob"] = pc.if_else(pc.equal(pc.utf8_length(first), WHOLE_DATE), first, None)
    return pa.table({"id": pa.array(side["id"]), **found})


def _plain(values: pa.Array) -> pa.Array:
    """Capitals without accents, one blank between words."""
    foreign = pc.invert(pc.string_is_ascii(values)).fill_null(False)
    if pc.any(foreign).as_py():
        coded = values.dictionary_encode()
        values = pa.array([anyascii(text) for text in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
    return _squeezed(pc.ascii_upper(values))


def _squeezed(values: pa.Array) -> pa.Array:
    return _or_null(pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r"\s+", " ")))


def _parts(found: dict[str, pa.Array]) -> dict[str, pa.Array]:
    whole = found["full_name"]
    before = pc.extract_regex(whole, "^(?P<family>[^,]*),(?P<rest>.*)$")
    words = pc.extract_regex(whole, "^(?:(?P<rest>.*) )?(?P<family>[^ ]+)$")
    family, rest = (
        pc.coalesce(pc.struct_field(before, name), pc.struct_field(words, name)) for name in ("family", "rest")
    )
    split = pc.extract_regex(pc.utf8_trim_whitespace(rest), "^(?P<given>[^ ]*)(?: (?P<middle>.*))?$")
    parts = {"family": family} | {name: pc.struct_field(split, name) for name in ("given", "middle")}
    return {name: pc.coalesce(found[name], _or_null(part)) for name, part in parts.items()}


def _or_null(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(values, ""), None, values)


def names(side: pd.DataFrame) -> pd.Series:
    """Whole name and other names of a tidy side, one a row; the index is the position of the record."""
    side = side.reset_index(drop=True)
    others = side["other_names"].astype("string").str.split(";").explode().dropna()
    others = others.map(lambda text: " ".join(anyascii(text).upper().replace(",", " ").split()))
    found = pd.concat([side["full_name"], others.astype(object)])
    return found[found.notna() & (found != "")].groupby(level=0).unique().explode()
