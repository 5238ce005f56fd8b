"""Which records are one person: components of the accepted links, none of which contradicts itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from include.matching.fields import Table
from include.matching.model import Model
from include.matching.records import read_records

FACTS = ("dob", "sex", "ssn", "a_number")  # of which a person has one, an A-number apart
NEW_YEAR = 101  # month and day: for many, 1 January says the year only; such a date of birth is not certain


@dataclass(frozen=True)
class Resolved:
    """What `resolve` found.

    `entities`: a row for each member: `member`, `entity`, sorted by member. An entity is named after its smallest
    member. `cut`: the links that no entity holds: `left`, `right`, `weight`, and `reason`, the field in which the two
    sides contradict each other; sorted.
    """

    entities: pd.DataFrame
    cut: pd.DataFrame


def resolve(members: pd.DataFrame, links: pd.DataFrame, model: Model) -> Resolved:
    """Entities of `members` under `links`: the strongest link first, none that would make a contradiction.

    `members`: `member`, and any of `FACTS` as text; a row for each version of a record. `links`: `left`, `right`, both
    members, and `weight`. Where a component would contradict itself, the link that is left out is the weakest between
    the two sides, since all stronger ones were made before. The result depends on what the tables hold, not on the
    order of their rows. Raises `ValueError` for a link to something that is not a member.
    """
    own = _facts(members, model)
    if unknown := int((~links[["left", "right"]].isin(list(own)).all(axis=1)).sum()):
        raise ValueError(f"[{unknown}] links name a record that is not among the members; pass every record")
    entity = {member: member for member in own}
    within = {member: [member] for member in own}
    known = {member: [*values] for member, values in own.items()}
    refused = []
    for weight, left, right in _strongest_first(links):
        one, other = sorted((entity[left], entity[right]))
        if one == other:
            continue
        weighed = bool(own[left][A_NUMBER] and own[right][A_NUMBER])
        if reason := _contradiction(known[one], known[other], weighed=weighed):
            refused.append((left, right, weight, reason))
            continue
        known[one] = [mine | theirs for mine, theirs in zip(known[one], known.pop(other), strict=True)]
        entity.update(dict.fromkeys(within[other], one))
        within[one] += within.pop(other)
    names = sorted(own)
    cut = sorted(link for link in refused if entity[link[0]] != entity[link[1]])
    return Resolved(
        pd.DataFrame({"member": names, "entity": [entity[name] for name in names]}, dtype="str"),
        pd.DataFrame(cut, columns=["left", "right", "weight", "reason"]),
    )


def changes(before: pd.DataFrame, after: pd.DataFrame, cut: pd.DataFrame, *, same_model: bool) -> pd.DataFrame:
    """Of each member whose entity is another one: `member`, `entity_before`, `entity_after` (missing: none), `reason`.

    `before`, `after`: `member`, `entity`. Reasons: `link`, one was found; `contradiction`, an entity was split that
    would contradict itself; `link lost`, it fell apart for want of a link; `model`, another one weighs the links.
    """
    was, now = (dict(zip(table["member"], table["entity"], strict=True)) for table in (before, after))
    parts: dict[str, set[str | None]] = {}
    for member, entity in was.items():
        parts.setdefault(entity, set()).add(now.get(member))
    torn = {
        was.get(left) for left, right in zip(cut["left"], cut["right"], strict=True) if was.get(left) == was.get(right)
    }
    found = []
    for member in sorted(was.keys() | now.keys()):
        old, new = was.get(member), now.get(member)
        if old == new:
            continue
        if old is None or (same_model and len(parts[old]) == 1 and new is not None):
            reason = "link"
        elif not same_model:
            reason = "model"
        else:
            reason = "contradiction" if old in torn else "link lost"
        found.append((member, old, new, reason))
    return pd.DataFrame(found, columns=["member", "entity_before", "entity_after", "reason"], dtype="str")


Facts = list[set[int]]  # for each of FACTS, the values that are given
BORN, SEX, SSN, A_NUMBER = range(len(FACTS))


def _facts(members: pd.DataFrame, model: Model) -> dict[str, Facts]:
    """What the versions of each member give together."""
    table = members.reindex(columns=list(FACTS)).reset_index(drop=True)
    records = read_records(Table(table.rename_axis("id").reset_index()), model)
    born, sex, numbers = records.born.tolist(), records.sex[:, None].tolist(), records.numbers
    rows_of = [born, sex, numbers["ssn"].tolist(), numbers["a_number"].tolist()]
    found: dict[str, Facts] = {}
    for member, *rows in zip(members["member"], *rows_of, strict=True):
        facts = found.setdefault(member, [set() for _ in FACTS])
        for fact, values in zip(facts, rows, strict=True):
            fact.update(value for value in values if value)
    for facts in found.values():
        facts[BORN] = {day for day in facts[BORN] if day % 100 and day % 10_000 != NEW_YEAR}
    return found


def _strongest_first(links: pd.DataFrame) -> Iterable[tuple[float, str, str]]:
    """Each link once, the smaller end on the left; of equals, the one whose ends come first."""
    ends = zip(links["left"], links["right"], links["weight"], strict=True)
    strongest: dict[tuple[str, str], float] = {}
    for left, right, weight in ends:
        pair = (min(left, right), max(left, right))
        strongest[pair] = max(weight, strongest.get(pair, weight))
    return [(weight, *pair) for pair, weight in sorted(strongest.items(), key=lambda link: (-link[1], link[0]))]


def _contradiction(one: Facts, other: Facts, *, weighed: bool) -> str | None:
    """The fact of which both sides give values, and none that could be one value.

    A person may hold several A-numbers: another one contradicts only where no SSN agrees and the model has not weighed
    it with all else that the two linked records say.
    """
    if _differ(one[BORN], other[BORN], _far_apart):
        return "date_of_birth"
    if _differ(one[SEX], other[SEX], int.__ne__):
        return "sex"
    if _differ(one[SSN], other[SSN], _other_number):
        return "ssn"
    if not weighed and not one[SSN] & other[SSN] and _differ(one[A_NUMBER], other[A_NUMBER], _other_number):
        return "a_number"
    return None


def _differ(one: set[int], other: set[int], differ: Callable[[int, int], bool]) -> bool:
    return bool(one and other) and all(differ(mine, theirs) for mine in one for theirs in other)


def _far_apart(one: int, other: int) -> bool:
    """Slips keep the year, or the day within it: in either order, since days and months are swapped."""
    day = f"{other % 10_000:04d}"
    return one // 10_000 != other // 10_000 and one % 10_000 not in (int(day), int(day[2:] + day[:2]))


def _other_number(one: int, other: int) -> bool:
    """More than one digit is another."""
    return sum(a != b for a, b in zip(f"{one:09d}", f"{other:09d}", strict=True)) > 1
