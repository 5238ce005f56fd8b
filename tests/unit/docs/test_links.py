"""What a document points at is there: files, headings, make targets."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
# GitHub's anchor of a heading: lower case, of letters, digits, _ and - alone, a blank as -
NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


def documents() -> list[Path]:
    return sorted(path for pattern in ("*.md", "docs/**/*.md", "benchmarks/**/*.md") for path in ROOT.glob(pattern))


def anchors(document: Path) -> set[str]:
    text = document.read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = re.findall(r'<a (?:id|name)="([^"]+)"', text)
    return {NOT_IN_ANCHOR.sub("", heading.lower()).replace(" ", "-") for heading in headings} | set(named)


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_link_leads_somewhere(document: Path) -> None:
    for name, anchor in LINK.findall(document.read_text()):
        place = (document.parent / name) if name else document
        assert place.exists(), name
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place), f"{name}#{anchor}"


def test_every_make_target_that_a_document_names_exists() -> None:
    known = targets((ROOT / "Makefile").read_text())
    for document in documents():
        for code in re.findall(r"`([^`\n]+)`", document.read_text()):
            assert set(re.findall(r"^make ([a-z-]+)", code)) <= known, f"{document.name}: {code}"
