"""All datasets together: pairs of subjects and petitioners, and who is one person."""

from collections import Counter
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from include.pipeline.runs import Run, timed
from include.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from include.matching.model import Model


def match(settings: Settings, run: Run) -> dict[str, Any]:
    """Compare what no run has compared yet with all that is loaded: one transaction, one run at a time."""
    from include.matching.blocking.index import folded_keys
    from include.matching.explain import explain
    from include.matching.groups import floor
    from include.matching.link import Linker
    from include.matching.model import load_model
    from include.warehouse.connection import transaction
    from include.warehouse.matches import end_turn, leave_pairs, take_turn, uncompared

    model = load_model()
    compared, candidates = 0, Counter[str]()
    with timed(settings, run, "match"), transaction(settings.warehouse_dsn) as cursor:
        turn = take_turn(cursor, run.run_id, model.version)
        for personas, petitioners in uncompared(turn, partial(folded_keys, model=model)):
            found = Linker(personas, model, floor(model)).link(petitioners)
            leave_pairs(turn, personas, found.pairs, explain(personas, petitioners, found.pairs, model))
            compared += found.compared
            candidates.update(dict(zip(found.keys["rule"], found.keys["pairs"].tolist(), strict=True)))
        matched = end_turn(turn, compared, candidates)
    return asdict(matched)


def resolve(settings: Settings, run: Run) -> dict[str, Any]:
    """Which records are one person: link the records of each system, then join all that the current model links.

    Entities follow from all that is loaded and decided: where nothing was compared or decided since, they are as they
    would be.
    """
    from include.matching.blocking.index import folded_keys
    from include.matching.groups import lift, weigh_groups
    from include.matching.model import load_model
    from include.matching.resolve import changes
    from include.matching.resolve import resolve as join
    from include.warehouse import entities
    from include.warehouse.connection import transaction

    model = load_model()
    with timed(settings, run, "resolve"), transaction(settings.warehouse_dsn) as cursor:
        unresolved = entities.take_unresolved(cursor, model.version)
        if unresolved is None:
            return {"changed": 0}
        found = entities.take_unlinked(cursor, unresolved, partial(folded_keys, model=model))
        linked = [_link_within(records, model) for records in (found.personas, found.petitioners)]
        entities.leave_links(cursor, run.run_id, model.version, found, *linked)
        entities.find_suspects(cursor)
        groups = weigh_groups(entities.convicted_counts(cursor, model.version))
        lifted = lift(entities.convicted_pairs(cursor, model.version), groups, model)
        by_group = entities.replace_groups(cursor, run.run_id, model.version, groups, lifted)
        accepted = entities.accepted_links(cursor, model.version, by_group)
        resolved = join(accepted.members, accepted.links, model, accepted.decided)
        held = entities.held_entities(cursor)
        changed = changes(held, resolved, accepted.decided, same_model=unresolved.same_model)
        entities.leave_entities(cursor, run.run_id, changed, resolved.cut)
        entities.record_resolved(cursor, run.run_id, unresolved)
    return {
        "members": len(resolved.entities),
        "entities": int(resolved.entities["entity"].nunique()),
        "cut": len(resolved.cut),
        "changed": len(changed),
    }


def _link_within(records: "pd.DataFrame", model: "Model") -> "pd.DataFrame":
    """Pairs of the records of one system: of the new ones with each other, and with those that are known."""
    import pandas as pd

    from include.matching.link import Linker

    new, known = records[records["is_new"]], records[~records["is_new"]]
    linker = Linker(new, model)
    return pd.concat([linker.link(new, within=True).pairs, linker.link(known).pairs])
