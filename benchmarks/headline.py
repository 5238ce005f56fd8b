"""The audit's questions asked of a whole world, beside what is true of it; a year in each run, without Airflow.

    python -m benchmarks.headline [--scenario oig] [--seed 1617] [--home FOLDER]

Prints each answer that the truth knows, with its bounds. In a home the world stays: it is asked again without being
loaded again, matched anew if the model is another one.
"""

import argparse
import tempfile
from contextlib import nullcontext
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from benchmarks.stages import screen
from include import pipeline
from include.interval import Interval, midnight
from include.local.audit import FINDINGS
from include.local.environment import pipeline_settings
from include.local.home import Home, World
from include.local.stack import gateways, prepare
from include.local.warehouse import warehouse
from include.simulator import truth
from include.warehouse.connection import fetch


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="oig")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    with nullcontext(chosen.home) if chosen.home else tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        world = prepare(home, chosen.scenario, chosen.seed, print)
        loaded = world.folder / "headline.loaded"
        with warehouse(home, world) as dsn:
            if loaded.exists():
                settings = pipeline_settings(home, world, dsn)
                run = pipeline.open_books(settings, years(world)[-1], "headline-again")
                pipeline.match(settings, run)
                pipeline.resolve(settings, run)
            else:
                with gateways(home, world, dsn) as settings:
                    for interval in years(world):
                        screen(settings, interval, f"headline-{interval.slug}")
                loaded.touch()
            answers = {row.line: row for row in fetch(dsn, "select * from report.audit_headline")}
        for line, wanted in sorted(wanted_answers(world).items()):
            row = answers[line]
            within = "within" if row.lower <= wanted <= row.upper else "OUTSIDE"
            print(
                f"{row.question:65s} truth {wanted:6,}  value {row.value:6,}  {within} {row.lower:,} .. {row.upper:,}"
            )


def years(world: World) -> list[Interval]:
    """The period of a world, in years from its first day."""
    end = midnight(world.last_night) + timedelta(days=1)
    cuts = [midnight(world.first_day)]
    while cuts[-1] < end:
        cuts.append(min(cuts[-1].replace(year=cuts[-1].year + 1), end))
    return [Interval(*both) for both in pairwise(cuts)]


def wanted_answers(world: World) -> dict[int, int]:
    """By line of the headline, what is true."""
    counted = truth.headline(world.agencies)
    return {finding.line: finding.truth(counted) for finding in FINDINGS}


if __name__ == "__main__":
    main()
