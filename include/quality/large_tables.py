"""How a process is set while it stages, and that it is so for as long as one of its threads does."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Lock

import pyarrow as pa

LENT_SECONDS = 0.0002  # of Python's lock: a tenth of what Arrow takes for a step over `hashing.CHUNK_ROWS`


class Shared:
    """A context that is entered with the first thread that enters this one, and left with the last: were each to put
    back what it found, the second would put back what the first had set."""

    def __init__(self, context: Callable[[], AbstractContextManager[None]]) -> None:
        self._context, self._guard, self._threads, self._entered = context, Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        with self._guard:
            if not self._threads:
                self._entered.enter_context(self._context())
            self._threads += 1

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._threads -= 1
            if not self._threads:
                self._entered.close()


@contextmanager
def _set() -> Iterator[None]:
    """Python's lock is lent often: what hashes rows never lets go of it, and each step of Arrow's beside it would wait
    five milliseconds (decision 0061). And Arrow's memory from jemalloc, where its wheel has it: one column of a large
    table after the other is made and dropped, and its usual allocator gives each back to the system, a seventh of what
    staging a million rows costs (decision 0056)."""
    usual, lent = pa.default_memory_pool(), sys.getswitchinterval()
    sys.setswitchinterval(LENT_SECONDS)
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)
        sys.setswitchinterval(lent)


for_large_tables = Shared(_set)
