"""What is imported is asked for by name: what another package brings today it may not bring tomorrow.

What is not installed here (Spark, the matchers that we are held against) has an environment and a list of its own.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]


def asked_for(*lists: str) -> set[str]:
    lines = [line for name in lists for line in (CHECKOUT / f"{name}.in").read_text(encoding="utf-8").splitlines()]
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if not line.startswith("-"))
    return {normal(name[0]) for name in names if name}


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(*folders: str) -> Iterator[str]:
    for path in sorted(path for folder in folders for path in (CHECKOUT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0]


@cache
def brought_by() -> dict[str, set[str]]:
    return {module: set(map(normal, names)) for module, names in packages_distributions().items()}


@pytest.mark.parametrize(
    ("folders", "lists"),
    [
        (("include", "dags", "plugins"), ("requirements",)),
        (("tests", "benchmarks", "docs"), ("requirements", "requirements-dev")),
    ],
)
def test_what_is_imported_is_asked_for(folders: tuple[str, ...], lists: tuple[str, ...]) -> None:
    known = set(imported(*folders)) & brought_by().keys()
    assert len(known) > 10
    assert {module for module in known if not brought_by()[module] & asked_for(*lists)} == set()
