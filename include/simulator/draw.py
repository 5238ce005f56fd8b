"""Random numbers that are the same on every machine and in every version of numpy."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]  # str or None


class Draw:
    """A stream of random numbers with a name: the same seed and name give the same numbers, whatever else is drawn.

    All draws come from uniform doubles by exact arithmetic. numpy promises the bit stream of PCG64 across versions, but
    not that of `choice` or `normal`; and logarithms differ in the last bit between processors.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._seed, self._name = seed, name
        entropy = int.from_bytes(sha256(f"{seed}/{name}".encode()).digest(), "big")
        self._generator = np.random.Generator(np.random.PCG64(entropy))

    def child(self, name: str) -> "Draw":
        """A stream of its own below this one."""
        return Draw(self._seed, f"{self._name}/{name}")

    def uniform(self, n: int) -> Floats:
        """`n` numbers in [0, 1)."""
        return self._generator.random(n)

    def chance(self, rate: float, n: int) -> Bools:
        """`n` times: does something of this probability happen?"""
        return self.uniform(n) < rate

    def between(self, low: int | Ints, high: int | Ints, n: int) -> Ints:
        """`n` integers in [low, high)."""
        return (low + np.floor(self.uniform(n) * (np.asarray(high) - low))).astype(np.int64)

    def skewed(self, longest: float, n: int) -> Floats:
        """`n` durations in [0, longest), short ones more often: mean a third of the longest."""
        return np.square(self.uniform(n)) * longest

    def index(self, weights: Sequence[float] | Floats, n: int) -> Ints:
        """`n` positions, each as often as its weight says."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        position: Ints = np.searchsorted(cumulative, self.uniform(n) * cumulative[-1], side="right").astype(np.int64)
        return position

    def pick(self, values: Sequence[str], n: int, weights: Sequence[float] | Floats | None = None) -> Texts:
        """`n` of the texts, all alike or by weight."""
        chosen = self.between(0, len(values), n) if weights is None else self.index(weights, n)
        picked: Texts = np.array(values, dtype=object)[chosen]
        return picked

    def order(self, n: int) -> Ints:
        """0 .. n-1 in a random order."""
        return np.argsort(self.uniform(n), kind="stable").astype(np.int64)

    def sample(self, n: int, k: int) -> Ints:
        """`k` different integers of 0 .. n-1, in rising order."""
        return np.sort(self.order(n)[:k])
