"""Made exports, in files: a temporary folder of the gateway's process, bounded in size and gone when it ends."""

import os
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path

from include.simulator.gateways.exports import Export

# Room for the history of ten million petitions, compressed (about 1 GB), and for its second and third attempt.
SPOOL_BYTES = 4 << 30

# Exports that are made side by side: reading one overlaps compressing another; what both cores can compress is the
# limit anyway.
MAKERS = 2

Make = Callable[[Path, Executor], Export]


class Spool:
    """Exports by key, each made once, in the background. To be used from one thread; the making has threads of its
    own."""

    def __init__(self, limit: int = SPOOL_BYTES) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="crosscheck-gateway-", ignore_cleanup_errors=True)
        self._limit = min(limit, shutil.disk_usage(self._folder.name).free // 2)  # the disk is not ours alone
        self._numbers = count(1)
        self._makers = ThreadPoolExecutor(MAKERS, "maker")
        self._packers = ThreadPoolExecutor(os.cpu_count(), "packer")
        self._exports: OrderedDict[Hashable, tuple[Path, Future[Export]]] = OrderedDict()

    def get(self, key: Hashable, make: Make) -> Future[Export]:
        """The export of that key, made by `make(folder, pool)` if it is not there; what failed is made again."""
        if key in self._exports and not _failed(self._exports[key][1]):
            self._exports.move_to_end(key)
        else:
            folder = Path(self._folder.name, f"{next(self._numbers):06d}")
            self._exports[key] = folder, self._makers.submit(self._make, make, folder)
        self._trim()
        return self._exports[key][1]

    def _make(self, make: Make, folder: Path) -> Export:
        """Nobody sees the folder before it is whole: the future gives it out."""
        folder.mkdir()
        try:
            return make(folder, self._packers)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _trim(self) -> None:
        """Throw away what was used longest ago until the rest fits, never the last one and nothing that is at work."""
        done = [(key, folder, made) for key, (folder, made) in self._exports.items() if made.done()]
        held = sum(made.result().bytes for _, _, made in done if not _failed(made))
        newest = next(reversed(self._exports))
        for key, folder, made in done:
            if held <= self._limit:
                return
            if key != newest:
                held -= 0 if _failed(made) else made.result().bytes
                del self._exports[key]
                shutil.rmtree(folder, ignore_errors=True)


def _failed(made: Future[Export]) -> bool:
    return made.done() and made.exception() is not None
