"""One machine: chunks of the large side, on one core or on all of them."""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

import pandas as pd

from include.matching.link import Linker, Links
from include.matching.model import Model


def link_chunks(
    left: pd.DataFrame,
    chunks: Iterable[pd.DataFrame],
    model: Model,
    floor: float | None = None,
    processes: int | None = None,
) -> Iterator[Links]:
    """The links of `left` with each chunk of the other side, in the order of the chunks.

    `processes`: how many work at once, all cores if not given; `left` and one chunk are in the memory of each. Together
    the links hold the pairs that a `Linker` finds in all chunks at once; `Links.settled` makes those of `link` of them.
    What `chunks` or `Linker` raises is raised here.
    """
    chunks = iter(chunks)
    first = list(islice(chunks, 2))
    wanted = processes or os.cpu_count() or 1
    if wanted == 1 or len(first) < 2:  # nothing to share out: no process is worth its start
        linker = Linker(left, model, floor)
        yield from (linker.link(chunk) for chunk in chain(first, chunks))
        return
    # spawn: a forked child would inherit the locks of Arrow's threads as they stand
    with ProcessPoolExecutor(wanted, get_context("spawn"), _remember, (left, model, floor)) as pool:
        under_way: deque[Future[Links]] = deque()
        try:
            for chunk in chain(first, chunks):
                under_way.append(pool.submit(_link, chunk))
                if len(under_way) > wanted:  # one more than can be worked on, so that none waits for reading
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_linker: Linker  # of this worker process: the left side is sent and read once, not with every chunk


def _remember(left: pd.DataFrame, model: Model, floor: float | None) -> None:
    global _linker  # noqa: PLW0603 -- a pool's initializer has no other way to hand something to its tasks
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of a terminal: only who asked answers it
    _linker = Linker(left, model, floor)


def _link(chunk: pd.DataFrame) -> Links:
    return _linker.link(chunk)
