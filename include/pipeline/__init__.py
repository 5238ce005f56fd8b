"""The stages, as plain functions: what a DAG task, the command line and a test all call.

In the order of a night: `open_books`; for each dataset `extract`, `stage`, `validate`, `load`; `match`, `resolve`,
`close_books`. Each takes the settings, the run and at most a dataset; takes its input from where the stage before left
it; returns references and counts, never data. Each may be repeated: the second time it finds its work done.
"""

from include.pipeline.collect import extract, lets_through, load, stage, validate
from include.pipeline.holds import decide, hold
from include.pipeline.matching import match, resolve
from include.pipeline.migration import migrate
from include.pipeline.quarantine import replay, show_quarantined
from include.pipeline.retention import purge
from include.pipeline.runs import BooksError, FailedTask, Run, close_books, open_books, staging_folder
from include.pipeline.totals import compare
from include.pipeline.workers import preload

__all__ = [
    "BooksError",
    "FailedTask",
    "Run",
    "close_books",
    "compare",
    "decide",
    "extract",
    "hold",
    "lets_through",
    "load",
    "match",
    "migrate",
    "open_books",
    "preload",
    "purge",
    "replay",
    "resolve",
    "show_quarantined",
    "stage",
    "staging_folder",
    "validate",
]
