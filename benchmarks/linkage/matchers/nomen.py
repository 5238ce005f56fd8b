"""nomenklatura's logic-v1 and logic-v2 (OpenSanctions) on people.

Candidates are the pairs whose names rapidfuzz finds near: its own index needs its store of statements, and near names
are the kinder candidates, and cost less.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from followthemoney import model
from nomenklatura.matching import LogicV1, LogicV2
from nomenklatura.matching.types import ScoringAlgorithm, ScoringConfig
from rapidfuzz import fuzz, process

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from benchmarks.linkage.matchers.tidy import names, tidy

NEAR = 70  # token-sort ratio, of 100, from which a pair is looked at
YES = 0.7  # OpenSanctions' own threshold for a match
PROPERTIES = {
    "full_name": "name", "given": "firstName", "middle": "middleName", "family": "lastName",
    "country": "nationality", "birth_place": "birthPlace", "phone": "phone", "street": "address",
    "ssn": "idNumber", "a_number": "registrationNumber", "passport": "passportNumber",
}  # fmt: skip
SEX = {"F": "female", "M": "male"}


def logic1(data: DataSet, state: Path) -> Found:
    return _match(data, state, LogicV1)


def logic2(data: DataSet, state: Path) -> Found:
    return _match(data, state, LogicV2)


def _match(data: DataSet, state: Path, logic: type[ScoringAlgorithm]) -> Found:
    del state
    left = tidy(data.left)
    right = left if data.right is None else tidy(data.right)
    if data.asked is not None:
        a, b = data.asked["left"].to_numpy(), data.asked["right"].to_numpy()
    else:
        a, b = _near(left, right)
        a, b = (a, b) if data.right is not None else (a[a < b], b[a < b])
    people = [
        [_person(row, f"{side}-{at}") for at, row in enumerate(frame.to_dict("records"))]
        for side, frame in (("l", left), ("r", right))
    ]
    config = ScoringConfig.defaults()
    score = [
        logic.compare(people[0][i], people[1][j], config).score for i, j in zip(a.tolist(), b.tolist(), strict=True)
    ]
    return Found(pd.DataFrame({"left": a, "right": b, "score": score}), YES, len(a))


def _near(left: pd.DataFrame, right: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    (rows, ones), (columns, others) = ((each.index.to_numpy(), each.tolist()) for each in map(names, (left, right)))
    found = []
    for at in range(0, len(ones), 100):  # rows at once, for the memory
        like = process.cdist(
            ones[at : at + 100], others, scorer=fuzz.token_sort_ratio, score_cutoff=NEAR, dtype=np.uint8
        )
        a, b = np.nonzero(like)
        found.append(pd.DataFrame({"left": rows[a + at], "right": columns[b]}))
    near = pd.concat(found).drop_duplicates()
    return near["left"].to_numpy(), near["right"].to_numpy()


def _person(row: dict[str, str | None], identity: str) -> object:
    person = model.make_entity("Person")
    person.id = identity
    for column, name in PROPERTIES.items():
        if row[column] is not None:
            person.add(name, row[column])
    for date in (row["dates"] or "").split(";"):
        person.add("birthDate", date or None)
    for other in (row["other_names"] or "").split(";"):
        person.add("alias", other.strip() or None)
    person.add("gender", SEX.get(row["sex"] or ""))
    return person
