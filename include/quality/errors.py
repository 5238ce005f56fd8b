"""What staging refuses as a whole. Light: a DAG file names it in a retry rule, and Airflow imports it while parsing."""


class StagingError(ValueError):
    """A dataset that cannot be staged as a whole. One line: dataset, what is wrong in [brackets], what to do."""


class PartError(StagingError):
    """One part of one attempt that cannot be read; the others may be."""
