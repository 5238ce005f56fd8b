"""What the retention lets go."""

from include.interval import Interval
from include.pipeline.runs import Run, staging_folder
from include.settings import Settings


def purge(settings: Settings) -> dict[str, int]:
    """Remove the landed bytes and staged tables that the settings' retention lets go, each with its line in the ledger;
    how many of each.

    Bytes first, ledger second: killed between the two, the next purge finds them gone and writes the line.
    """
    import shutil

    from include.extraction.purge import purge_attempt
    from include.warehouse import books

    dsn, kept = settings.warehouse_dsn, settings.retention
    done = {"landing": 0, "staging": 0}
    for found in books.purgeable(dsn, "landing", kept.landing_days) if kept.landing_days else ():
        purge_attempt(settings.landing, found.path)
        policy = f"loaded, and landed more than {kept.landing_days} days ago"
        books.record_purge(dsn, {**found._asdict(), "kind": "landing", "policy": policy})
        done["landing"] += 1
    for found in books.purgeable(dsn, "staging", kept.staging_days) if kept.staging_days else ():
        run = Run(found.run_id, Interval(found.interval_start, found.interval_end))
        folder = staging_folder(settings, run, found.dataset)
        shutil.rmtree(folder, ignore_errors=True)
        policy = f"of a run whose books closed more than {kept.staging_days} days ago"
        about = {"kind": "staging", "policy": policy, "row_count": None, "byte_count": None}
        books.record_purge(dsn, {**found._asdict(), **about, "path": str(folder.relative_to(settings.staging))})
        done["staging"] += 1
    return done
