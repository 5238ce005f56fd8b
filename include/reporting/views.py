"""The views that people read, in the order in which they stand on each other."""

from pathlib import Path

VIEWS = sorted((Path(__file__).parent / "sql").glob("[0-9][0-9]_*.sql"))
