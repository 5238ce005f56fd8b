"""Every injected fault, for the truth."""

from dataclasses import dataclass, field

import pyarrow as pa

from include.simulator.draw import Ints, Texts


@dataclass
class FaultLog:
    """Every injected fault, for the truth: blocks of the same fault in many records."""

    blocks: list[tuple[str, str, str | None, Texts, Ints | None]] = field(default_factory=list)

    def add(self, dataset: str, keys: Texts, column: str | None, fault: str, times: Ints | None = None) -> None:
        """The same fault in each of these records; `times` (seconds, UTC): in that version only, else in all."""
        if len(keys):
            self.blocks.append((dataset, fault, column, keys, times))

    def table(self) -> pa.Table:
        """One row per fault: dataset, key, updated_at (null: in all versions), column, fault."""
        blocks = [
            pa.table(
                {
                    "dataset": pa.repeat(pa.scalar(dataset), len(keys)),
                    "key": pa.array(keys, pa.string()),
                    "updated_at": _moments(times, len(keys)),
                    "column": pa.repeat(pa.scalar(column, pa.string()), len(keys)),
                    "fault": pa.repeat(pa.scalar(fault), len(keys)),
                },
                schema=FAULTS,
            )
            for dataset, fault, column, keys, times in self.blocks
        ]
        return pa.concat_tables([FAULTS.empty_table(), *blocks])


FAULTS = pa.schema(
    [
        ("dataset", pa.string()),
        ("key", pa.string()),
        ("updated_at", pa.timestamp("us", "UTC")),
        ("column", pa.string()),
        ("fault", pa.string()),
    ]
)


def _moments(times: Ints | None, n: int) -> pa.Array:
    moments = FAULTS.field("updated_at").type
    return pa.nulls(n, moments) if times is None else pa.array(times * 1_000_000, pa.int64()).cast(moments)
