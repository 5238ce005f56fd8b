"""Which column of a file is which field: a small YAML map."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from include.matching.fields import FIELDS, OF_NAMES
from include.matching.files.errors import TableError

Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")
ORDERS = {"family first": True, "given first": False}  # of whole names without a comma: SMITH JOHN, JOHN SMITH


# Headers that say which field a column is in other words, and could be no other field.
SAYING = {
    "id": ("unique_id", "record_id", "rec_id", "row_id"),
    "full_name": ("fullname",),
    "given": (
        "first_name", "firstname", "first_names", "given_name", "givenname", "given_names", "forename", "forenames",
        "fname",
    ),
    "middle": ("middle_name", "middlename", "mname"),
    "family": ("last_name", "lastname", "last_names", "family_name", "familyname", "surname", "surnames", "lname"),
    "dob": ("date_of_birth", "dateofbirth", "birth_date", "birthdate"),
    "sex": ("gender",),
    "phone": ("phone_number", "telephone", "telephone_number", "tel"),
    "street": ("street_address",),
    "city": ("town",),
    "postcode": ("post_code", "postal_code", "zip", "zip_code", "zipcode"),
    "birth_place": ("birthplace", "place_of_birth"),
    "passport": ("passport_number",),
}  # fmt: skip
NAME = "name"  # a header that says whole names where no other column has any: it may be a firm's, or a ship's


@dataclass(frozen=True)
class Origin:
    """Where a field comes from: columns that are joined, for dates how they are written (`strptime`), and whether whole
    names begin with the surname where no comma says so: None if that is to be read off the column."""

    columns: tuple[str, ...]
    date_format: str | None = None
    family_first: bool | None = None


Columns = Mapping[str, Origin]  # field -> where it comes from


def read_map(path: Path | None, extras: Sequence[str] = ()) -> dict[Side, Columns]:
    """The columns of each side, from a YAML file; without one, columns are expected to have the fields' names.

    At the top `field: column`, `field: [column, column]`, `dob: {column: ..., format: "%m/%d/%Y"}` or
    `full_name: {column: ..., order: family first}` for both sides; the same below `left:` and `right:` for
    one. Raises `TableError`; an unknown field is told with the nearest known.
    """
    if path is None:
        return {"left": {}, "right": {}}
    try:
        # BaseLoader: every scalar is text, also a column called `no`
        content = yaml.load(path.read_bytes(), yaml.BaseLoader)
    except OSError as error:
        raise TableError(f"map [{path.name}] cannot be read: {error.strerror}; give the path of a YAML file") from None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise TableError(f"map [{path.name}], line [{line}]: not YAML; write one `field: column` a line") from None
    content = _entries(content, path.name)
    left, right = (_entries(content.pop(side, None), f"{path.name}: {side}") for side in SIDES)
    known = ("id", *FIELDS, *extras)
    return {
        "left": {field: _origin(field, entry, known, path.name) for field, entry in (content | left).items()},
        "right": {field: _origin(field, entry, known, path.name) for field, entry in (content | right).items()},
    }


def find_columns(fields: Sequence[str], mapped: Columns, names: Sequence[str]) -> tuple[dict[str, Origin], list[str]]:
    """Where each field comes from, as far as it is known, and those of which several columns may be it.

    A column of the map comes first, then the one that has the field's name, then the only one whose header is that name
    in another style (DOB, Full Name), then the only one whose header is one of `SAYING` (date-of-birth). A `name` is a
    whole name where nothing else is one.
    """
    taken = {column for origin in mapped.values() for column in origin.columns} | set(fields)
    free = [(name, _plain(name)) for name in names if name not in taken]
    found, unclear = dict(mapped), []
    for field in fields:
        if field in mapped:
            continue
        alike = [field] if field in names else [name for name, said in free if said == field]
        alike = alike or [name for name, said in free if said in SAYING.get(field, ())]
        if len(alike) == 1:
            found[field] = Origin((alike[0],))
        elif alike:
            unclear.append(field)
    called = [name for name, said in free if said == NAME]
    if "full_name" in fields and len(called) == 1 and not {*OF_NAMES, "organisation"} & {*found, *unclear}:
        found["full_name"] = Origin((called[0],))
    return {field: found[field] for field in fields if field in found}, unclear


def _plain(header: str) -> str:
    """DateOfBirth, DATE OF BIRTH, date-of-birth -> date_of_birth"""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", header.strip())
    return re.sub(r"[\s_.-]+", "_", parted).casefold()


def _entries(content: Any, where: str) -> dict[str, Any]:
    if content in (None, ""):
        return {}
    if not isinstance(content, dict):
        raise TableError(f"map [{where}] is no list of `field: column`; write one a line")
    return content


def _origin(field: str, entry: Any, known: Sequence[str], name: str) -> Origin:
    if field not in known:
        raise TableError(
            f"map [{name}]: unknown field [{field}]{nearest(field, (*known, *SIDES))}; fields: {', '.join(known)}"
        )
    date_format, family_first = None, None
    if isinstance(entry, dict) and field == "dob" and set(entry) == {"column", "format"}:
        entry, date_format = entry["column"], entry["format"]
        if isinstance(date_format, str) and "%" not in date_format:  # it would be taken for a text that each date is
            raise TableError(f"map [{name}]: [{date_format}] is no date format; write it as %d.%m.%Y is")
    if isinstance(entry, dict) and field == "full_name" and set(entry) == {"column", "order"}:
        if entry["order"] not in ORDERS:
            raise TableError(f"map [{name}]: an order of full_name that is not known; there are: {', '.join(ORDERS)}")
        entry, family_first = entry["column"], ORDERS[entry["order"]]
    columns = entry if isinstance(entry, list) else [entry]
    if not columns or not all(isinstance(text, str) for text in (*columns, date_format or "")):
        options = {"dob": "format: ...", "full_name": f"order: {next(iter(ORDERS))}"}
        form = "a column, a list of columns" + (f", or {{column: ..., {options[field]}}}" if field in options else "")
        raise TableError(f"map [{name}]: field [{field}] is not given as {form}; correct it")
    return Origin(tuple(columns), date_format, family_first)


def nearest(word: str, known: Iterable[str]) -> str:
    """`, did you mean [...]?`, or nothing where no name is near."""
    near = difflib.get_close_matches(word.casefold(), {name.casefold(): name for name in known}, n=1, cutoff=0.5)
    return "".join(f", did you mean [{name}]?" for name in known if near and name.casefold() == near[0])
