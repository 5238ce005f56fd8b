"""Which records are one person: connected components of the accepted pairs."""

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def resolve(members: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Entities of `members` (column `member`) under `edges` (columns `left`, `right`, both members).

    One row per distinct member: `member`, `entity`, sorted by member. The entity's name is its smallest member, so it
    does not depend on the order of rows. Raises `ValueError` for an edge to something that is not a member.
    """
    names = np.unique(members["member"].to_numpy(dtype=object))
    index = pd.Index(names)
    left, right = (index.get_indexer(pd.Index(edges[side].to_numpy(dtype=object))) for side in ("left", "right"))
    unknown = int(((left < 0) | (right < 0)).sum())
    if unknown:
        raise ValueError(
            f"[{unknown}] edges name a record that is not among the members; pass every record as a member"
        )
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    # names are sorted, so the first member seen of a component is its smallest
    _, first = np.unique(component, return_index=True)
    return pd.DataFrame({"member": names, "entity": names[first[component]]}, columns=["member", "entity"], dtype="str")
