"""How common names are in the US: lists of the Census of 1990, public domain, as packaged by `names`."""

import hashlib
from functools import cache
from importlib.resources import files

_SURNAMES, _FEMALE, _MALE = "dist.all.last", "dist.female.first", "dist.male.first"


def surnames() -> dict[str, float]:
    """Share of people with each surname."""
    return _shares(_SURNAMES)


@cache
def given_names() -> dict[str, float]:
    """Share of people with each given name."""
    female, male = _shares(_FEMALE), _shares(_MALE)
    return {name: (female.get(name, 0.0) + male.get(name, 0.0)) / 2 for name in {*female, *male}}


@cache
def digest() -> str:
    """SHA-256 of the lists."""
    content = b"".join(files("names").joinpath(name).read_bytes() for name in (_SURNAMES, _FEMALE, _MALE))
    return hashlib.sha256(content).hexdigest()


@cache
def _shares(name: str) -> dict[str, float]:
    """Lines are "NAME percent cumulative-percent rank"."""
    lines = (line.split() for line in files("names").joinpath(name).read_text("ascii").splitlines())
    return {fields[0]: float(fields[1]) / 100 for fields in lines if fields}
