"""The manifest of an export: what the gateway says it delivers.

Keys that we do not know are ignored: the other side may add to its answers without asking us, and nothing we verify
depends on them. A key that is missing, mistyped or out of bounds is refused: what we do not understand, we do not land.
"""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from include.settings import Extraction

# Strict: "12", 12.0 and true are not counts.
Count = Annotated[int, Field(ge=0, strict=True)]


class _Announced(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PartEntry(_Announced):
    """One file of an export; `bytes` and `sha256` are of the gzip file, `rows` do not count the header."""

    name: Annotated[str, Field(pattern=r"^part-[0-9]{4}\.csv\.gz$")]  # becomes a file name here: never a path
    rows: Count
    bytes: Annotated[Count, Field(gt=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ControlTotals(_Announced):
    """Totals counted at the source: rows, and values that are not blank by source column."""

    rows: Count
    non_blank: dict[str, Count]


class Manifest(_Announced):
    """A delivery, as announced. A part named twice is a fault of the content, not of the form: `repeated` tells."""

    export_id: str
    dataset: str
    contract_version: Annotated[str, Field(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}$")]
    updated_from: AwareDatetime
    updated_until: AwareDatetime
    parts: tuple[PartEntry, ...]
    control_totals: ControlTotals

    @property
    def unique_parts(self) -> list[PartEntry]:
        """The parts by name, each name once: the first entry of a name stands."""
        first: dict[str, PartEntry] = {}
        for part in self.parts:
            first.setdefault(part.name, part)
        return [first[name] for name in sorted(first)]

    @property
    def repeated(self) -> list[str]:
        """Names that are listed more than once."""
        names = [part.name for part in self.parts]
        return sorted({name for name in names if names.count(name) > 1})

    def excess(self, limits: Extraction) -> str | None:
        """What it announces beyond the limits, or `None`."""
        rows = max(self.control_totals.rows, sum(part.rows for part in self.parts))
        if rows > limits.max_rows:
            return f"announces [{rows}] rows, the limit is [{limits.max_rows}]"
        largest = max((part.bytes for part in self.parts), default=0)
        if largest > limits.max_part_bytes:
            return f"announces a part of [{largest}] bytes, the limit is [{limits.max_part_bytes}]"
        return None
