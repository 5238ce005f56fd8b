"""Two steps of a chain at once: the next result is made while the caller is at this one."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(results: Iterator[T]) -> Generator[T, None, None]:
    """The same results, none of them `None`, in their order; a thread makes the next one, and no further.

    It gains where what makes them lets go of Python's lock, as Arrow, compression and sockets do.
    """
    with ThreadPoolExecutor(1) as maker:
        following = maker.submit(next, results, None)
        while (result := following.result()) is not None:
            following = maker.submit(next, results, None)
            yield result
