"""All stages over an interval in one process, one after the other, as the tasks of a DAG run would do them."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from include import pipeline
from include.contracts import dataset_names
from include.extraction.errors import IncompleteExport, TransportError
from include.interval import Interval
from include.settings import Settings

TRIES = 4  # as in the DAG
Meter = Callable[[str], AbstractContextManager[None]]  # counts what the block costs to the stage of that name


def screen(
    settings: Settings,
    interval: Interval,
    external_id: str,
    *,
    tries: int = TRIES,
    compares: bool = False,
    meter: Meter = lambda _: nullcontext(),
) -> pipeline.Run:
    """Open the books, collect each dataset, match, resolve, close the books; says why, where they are red.

    `compares`: fetch only what differs from what is held, as `screen_monthly` does.
    """
    with meter("open_books"):
        run = pipeline.open_books(settings, interval, external_id)
    for dataset in dataset_names():
        part: pipeline.Run | None = run
        if compares:
            with meter("compare"):
                differing = pipeline.compare(settings, run, dataset)
            part = pipeline.Run.from_dict(differing) if differing else None
        if part:
            _collect(settings, part, dataset, tries, meter)
    with meter("match"):
        pipeline.match(settings, run)
    with meter("resolve"):
        pipeline.resolve(settings, run)
    try:
        with meter("close_books"):
            pipeline.close_books(settings, run)
    except pipeline.BooksError as error:
        print(error)
    return run


def _collect(settings: Settings, run: pipeline.Run, dataset: str, tries: int, meter: Meter) -> None:
    for attempt in range(1, tries + 1):
        try:
            with meter("extract"):
                pipeline.extract(settings, run, dataset, last_try=attempt == tries)
            break
        except (TransportError, IncompleteExport):
            if attempt == tries:
                raise
    with meter("stage"):
        staged = pipeline.stage(settings, run, dataset)
    with meter("validate"):
        decision = pipeline.validate(settings, run, dataset, staged)
    if pipeline.lets_through(decision):
        with meter("load"):
            pipeline.load(settings, run, dataset, staged)
