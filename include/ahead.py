"""Two steps at once, for work that lets go of Python's lock, as Arrow, compression and sockets do."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

# Below so many rows a thread costs more than it saves: a step of Arrow's takes some microseconds.
MANY_ROWS = 50_000


def ahead(results: Iterator[T]) -> Generator[T, None, None]:
    """The same results, none of them `None`, in their order; a thread makes the next one while the caller is at this
    one, and no further."""
    with ThreadPoolExecutor(1) as maker:
        following = maker.submit(next, results, None)
        while (result := following.result()) is not None:
            following = maker.submit(next, results, None)
            yield result


def side_by_side(function: Callable[[S], T], items: Sequence[S], rows: int) -> list[T]:
    """What a function gives of each item, in their order; two at a time if it goes over many `rows`."""
    if rows < MANY_ROWS:
        return [function(item) for item in items]
    with ThreadPoolExecutor(2) as workers:
        return list(workers.map(function, items))
