"""The matchers: functions `(data, state) -> Found`, each run in a process that does nothing else.

`state` is a folder of the set in which a matcher may keep its trained model.
"""

from dataclasses import dataclass

import pandas as pd

# name -> module:function, and whether it runs in the project's environment or in that of the peers
MATCHERS = {
    "ours-default": ("ours:default", "project"),
    "ours-trained": ("ours:trained", "project"),
    "ours-stored": ("ours:stored", "project"),
    "splink-plain": ("splink:plain", "peers"),
    "splink-full": ("splink:full", "peers"),
    "splink-wide": ("splink:wide", "peers"),
    "splink-strict": ("splink:strict", "peers"),
    "splink-stored": ("splink:stored", "peers"),
    "recordlinkage": ("toolkit:match", "peers"),
    "rapidfuzz": ("fuzz:match", "peers"),
    "logic-v1": ("nomen:logic1", "peers"),
    "logic-v2": ("nomen:logic2", "peers"),
}


@dataclass(frozen=True)
class Found:
    """Scored pairs (left, right, score), the score from which the matcher says yes, and how many pairs it compared."""

    pairs: pd.DataFrame
    threshold: float
    compared: int | None = None
