"""What an evaluation finds, as plain data: the page and the JSON show the same."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Point:
    """What holds if every pair of at least `threshold` bits is taken; 0..1."""

    threshold: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Counted:
    """A share of a count, with its 95 % interval (Wilson); null where there is nothing to count."""

    part: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Bin:
    """Pairs whose match probability is from `low` to `high`: the mean of it, and the share that is true."""

    low: float
    high: float
    said: float
    true: Counted


@dataclass(frozen=True)
class Group:
    """True pairs and leads of one kind; `recall_at_95`: at its own lowest threshold of 95 % precision."""

    name: str
    recall: Counted
    precision: Counted
    recall_at_95: float | None


@dataclass(frozen=True)
class Evidence:
    """One comparison of a pair; the values only if they were asked for."""

    comparison: str
    level: str
    weight: float
    left_value: str | None = None
    right_value: str | None = None


@dataclass(frozen=True)
class Judged:
    """A pair that went wrong: its weight in bits, its probability, what became of it, and why."""

    left_id: str
    right_id: str
    weight: float
    probability: float
    outcome: str
    evidence: list[Evidence]


@dataclass(frozen=True)
class LevelWeight:
    """What one level of the model is worth: its share among matches and others, log2 of their ratio in bits."""

    comparison: str
    level: str
    m: float
    u: float | None
    weight: float | None


@dataclass(frozen=True)
class Evaluation:
    """All figures of one model on one truth."""

    model: str
    prior: float  # bits, where the sum of each pair starts
    lead: float
    review: float
    left_rows: int
    right_rows: int
    compared: int  # pairs
    true_pairs: int
    unknown_pairs: int  # in the truth, with an id that no table has; left out
    missed: dict[str, int]  # outcome -> true pairs that are no lead
    at_lead: Point
    at_review: Point
    best: Point
    recall_at: dict[str, float | None]  # precision -> highest recall at a threshold with at least that precision
    expected: float  # sum of the probabilities of all pairs
    calibration_error: float  # mean distance of said and true, weighted by pairs
    curve: list[Point]
    reliability: list[Bin]
    cultures: list[Group]
    patterns: list[Group]
    never_given: list[str]  # comparisons without a value in every pair
    false_positives: list[Judged]
    false_negatives: list[Judged]
    weights: list[LevelWeight] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def headline(self) -> str:
        """One line."""
        return (
            f"at the lead threshold precision {self.at_lead.precision:.3f}, recall {self.at_lead.recall:.3f}, "
            f"F1 {self.at_lead.f1:.3f}; best F1 {self.best.f1:.3f} at {self.best.threshold:g} bits"
        )
