"""Removing landed bytes, by policy: the number stays taken, and a receipt of what was there stays beside it."""

import shutil
from pathlib import Path

from include.extraction.errors import LandingError, storage


def purge_attempt(root: Path, path: str) -> None:
    """Remove the attempt at `path` (relative to the landing zone). May be repeated. Raises `LandingError`.

    The receipt becomes `attempt-0001.purged.json` beside the folder before a byte goes: an attempt that is half removed
    is invisible, and its number is not given again.
    """
    folder = root / path
    if root.resolve() not in folder.resolve().parents:
        raise LandingError(f"landing zone [{root}]: [{path}] lies outside; nothing was removed, see `ops.attempt`")
    receipt = folder / "receipt.json"
    with storage(root, f"attempt [{path}]"):
        if receipt.exists():
            receipt.replace(folder.with_name(f"{folder.name}.purged.json"))
        if folder.exists():
            folder.chmod(0o700)  # landed files are read-only, and so may their folder be
            shutil.rmtree(folder)
