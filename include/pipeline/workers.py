"""What a process imports before it forks its workers."""

import gc
from importlib import import_module

from include.contracts import dataset_names, load_contract


def preload() -> None:
    """Import and build what the stages need when they start: for a process that forks its workers.

    What is there then stays: it is taken from the collector, which would else look through all of it now and then in
    each stage, and make each worker a copy of its pages.
    """
    for module in (
        "great_expectations",
        "pyarrow.acero",  # pyarrow imports it at the first sum by group
        "include.extraction.extract",
        "include.extraction.probe",
        "include.quality.gate",
        "include.quality.history",
        "include.quality.staging",
        "include.quality.suite",
        "include.quality.yields",
        "include.matching.link",
        "include.matching.resolve",
        "include.warehouse.entities",
        "include.warehouse.load",
        "include.warehouse.matches",
        "include.warehouse.quarantine",
    ):
        import_module(module)
    from include.extraction.connections import certificates
    from include.quality import suite

    certificates()  # read once
    suite.warm_up(load_contract(dataset_names()[0]))
    gc.collect()
    gc.freeze()
