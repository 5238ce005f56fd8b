"""Which records are one person: components of the links, none of which contradicts itself, or what people decided."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from include.matching.fields import Table
from include.matching.model import Model
from include.matching.records import read_records

# Of the first four a person has one, an A-number apart. `files_as`: the citizenship that only such a petitioner has
FACTS = ("dob", "sex", "ssn", "a_number", "citizenship", "files_as")
DECIDED = "decided"  # the reason where people said so
NEW_YEAR = 101  # month and day: for many, 1 January says the year only; such a date of birth is not certain


@dataclass(frozen=True)
class Resolved:
    """What `resolve` found.

    `entities`: a row for each member: `member`, `entity`, sorted by member. An entity is named after its smallest
    member. `cut`: the links that no entity holds: `left`, `right`, `weight`, and `reason`, the field in which the two
    sides contradict each other, or `decided`: people hold somebody of one side and somebody of the other apart; sorted.
    """

    entities: pd.DataFrame
    cut: pd.DataFrame


def resolve(members: pd.DataFrame, links: pd.DataFrame, model: Model, decided: pd.DataFrame | None = None) -> Resolved:
    """Entities of `members` under `links`: the strongest link first, none that would make a contradiction.

    `members`: `member`, and any of `FACTS` as text; several rows for a member that has several versions. `links`:
    `left`, `right`, both members, and `weight`. Where a component would contradict itself, the link that is left out is
    the weakest between the two sides, since all stronger ones were made before. `decided`: the same, and `outcome`; who
    was rejected is never together, and who was accepted is joined before all others, contradiction or not, unless that
    would bring together who was rejected. The result depends on what the tables hold, not on the order of their rows.
    Raises `ValueError` for a link to something that is not a member.
    """
    accepted, rejected = (_decided(decided, outcome) for outcome in ("accept", "reject"))
    own = _facts(members, model)
    every = pd.concat([table[["left", "right"]] for table in (links, accepted, rejected)])
    if unknown := int((~every.isin(list(own)).all(axis=1)).sum()):
        raise ValueError(f"[{unknown}] links name a record that is not among the members; pass every record")
    joined = _Joined(own, rejected)
    settled = {*_pairs(accepted), *_pairs(rejected)}
    by_model = [link for link in _strongest_first(links) if link[1:] not in settled]
    refused = [
        (left, right, weight, reason)
        for one_by_one, by_people in ((_strongest_first(accepted), True), (by_model, False))
        for weight, left, right in one_by_one
        if (reason := joined.join(left, right, by_people=by_people))
    ]
    names, entity = sorted(own), joined.entity
    cut = sorted(link for link in refused if entity[link[0]] != entity[link[1]])
    return Resolved(
        pd.DataFrame({"member": names, "entity": [entity[name] for name in names]}, dtype="str"),
        pd.DataFrame(cut, columns=["left", "right", "weight", "reason"]),
    )


def changes(
    before: pd.DataFrame, after: Resolved, decided: pd.DataFrame | None = None, *, same_model: bool = True
) -> pd.DataFrame:
    """Of each member whose entity is another one: `member`, `entity_before`, `entity_after` (missing: none), `reason`.

    `before`: `member`, `entity`; `decided`: as for `resolve`. Reasons: `link`, one was found; `decided`, people joined
    or parted two records; `contradiction`, an entity was split that would contradict itself; `link lost`, it fell apart
    for want of a link; `model`, another one weighs the links.
    """
    was, now = (dict(zip(table["member"], table["entity"], strict=True)) for table in (before, after.entities))
    parts: dict[str, set[str | None]] = {}
    for member, entity in was.items():
        parts.setdefault(entity, set()).add(now.get(member))
    joined = _joined_by_people(was, now, _pairs(_decided(decided, "accept")))
    torn = _torn(was, now, after.cut, _pairs(_decided(decided, "reject")))
    found = []
    for member in sorted(was.keys() | now.keys()):
        old, new = was.get(member), now.get(member)
        if old == new:
            continue
        if old is None or (same_model and len(parts[old]) == 1 and new is not None):
            reason = DECIDED if (old or member, new) in joined else "link"
        elif not same_model:
            reason = "model"
        else:
            reason = torn.get(old, "link lost")
        found.append((member, old, new, reason))
    return pd.DataFrame(found, columns=["member", "entity_before", "entity_after", "reason"], dtype="str")


Facts = list[set[int]]  # for each of FACTS, the values that are given
BORN, SEX, SSN, A_NUMBER, CITIZENSHIP, FILES_AS = range(len(FACTS))


class _Joined:
    """Members joined so far. By entity: its members, what they give, and whom people hold apart from them."""

    def __init__(self, own: dict[str, Facts], rejected: pd.DataFrame) -> None:
        self.entity = {member: member for member in own}
        self._own = own
        self._within = {member: [member] for member in own}
        self._known = {member: [*values] for member, values in own.items()}
        self._apart: dict[str, set[str]] = {member: set() for member in own}
        for left, right in _pairs(rejected):
            self._apart[left].add(right)
            self._apart[right].add(left)

    def join(self, left: str, right: str, *, by_people: bool) -> str | None:
        """Make one entity of those of two members; or the reason why not. `by_people`: whatever they contradict."""
        one, other = sorted((self.entity[left], self.entity[right]))
        if one == other:
            return None
        if not self._apart[one].isdisjoint(self._within[other]):
            return DECIDED
        weighed = bool(self._own[left][A_NUMBER] and self._own[right][A_NUMBER])
        reason = None if by_people else _contradiction(self._known[one], self._known[other], weighed=weighed)
        if reason:
            return reason
        self._known[one] = [
            mine | theirs for mine, theirs in zip(self._known[one], self._known.pop(other), strict=True)
        ]
        self._apart[one] |= self._apart.pop(other)
        self.entity.update(dict.fromkeys(self._within[other], one))
        self._within[one] += self._within.pop(other)
        return None


def _decided(decided: pd.DataFrame | None, outcome: str) -> pd.DataFrame:
    if decided is None:
        return pd.DataFrame(columns=["left", "right", "weight"])
    return decided[decided["outcome"] == outcome]


def _pairs(links: pd.DataFrame) -> list[tuple[str, str]]:
    """The two ends of each link, the smaller one first."""
    ends = zip(links["left"], links["right"], strict=True)
    return [(min(pair), max(pair)) for pair in ends]


def _joined_by_people(
    was: dict[str, str], now: dict[str, str], accepted: list[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Entities, or records that were in none, and the entities that an accepted pair has brought them into."""
    fresh = [
        pair for pair in accepted if now[pair[0]] == now[pair[1]] and len({was.get(end, end) for end in pair}) == 2
    ]
    return {(was.get(end, end), now[end]) for pair in fresh for end in pair}


def _torn(
    was: dict[str, str], now: dict[str, str], cut: pd.DataFrame, rejected: list[tuple[str, str]]
) -> dict[str, str]:
    """By entity that was torn apart, why."""
    cuts = list(zip(_pairs(cut), cut["reason"], strict=True))
    parted = [(pair, DECIDED) for pair in rejected if now.get(pair[0]) != now.get(pair[1])]
    torn: dict[str, str] = {}
    for (left, right), reason in cuts + parted:
        old = was.get(left)
        if old and old == was.get(right):
            torn[old] = DECIDED if DECIDED in (reason, torn.get(old)) else "contradiction"
    return torn


def _facts(members: pd.DataFrame, model: Model) -> dict[str, Facts]:
    """What the versions of each member give together."""
    table = members.reindex(columns=list(FACTS)).reset_index(drop=True)
    records = read_records(Table(table.rename_axis("id").reset_index()), model)
    born, sex, numbers = records.born.tolist(), records.sex[:, None].tolist(), records.numbers
    countries = (_countries(table[name], model) for name in ("citizenship", "files_as"))
    rows_of = [born, sex, numbers["ssn"].tolist(), numbers["a_number"].tolist(), *countries]
    found: dict[str, Facts] = {}
    for member, *rows in zip(members["member"], *rows_of, strict=True):
        facts = found.setdefault(member, [set() for _ in FACTS])
        for fact, values in zip(facts, rows, strict=True):
            fact.update(value for value in values if value)
    for facts in found.values():
        facts[BORN] = {day for day in facts[BORN] if day % 100 and day % 10_000 != NEW_YEAR}
        facts[CITIZENSHIP] |= facts[FILES_AS]
    return found


def _countries(texts: pd.Series, model: Model) -> list[list[int]]:
    """The country of each row as a number; 0 for none, and for what no list of countries knows."""
    records = read_records(Table(texts.rename("country").rename_axis("id").reset_index()), model)
    numbers: list[list[int]] = (records.country * records.country_known)[:, None].tolist()
    return numbers


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
    it with all else that the two linked records say. A person may be naturalised, or hold two citizenships: another one
    contradicts only what is filed as a citizen, and not where a number says who it is.
    """
    if _differ(one[BORN], other[BORN], _far_apart):
        return "date_of_birth"
    if _differ(one[SEX], other[SEX], int.__ne__):
        return "sex"
    if _differ(one[SSN], other[SSN], _other_number):
        return "ssn"
    if not weighed and not one[SSN] & other[SSN] and _differ(one[A_NUMBER], other[A_NUMBER], _other_number):
        return "a_number"
    if not one[SSN] & other[SSN] and not one[A_NUMBER] & other[A_NUMBER] and _is_no_citizen(one, other):
        return "citizenship"
    return None


def _is_no_citizen(one: Facts, other: Facts) -> bool:
    """Whether one side is known as a citizen of other countries alone than the other side files as."""
    sides = ((one, other), (other, one))
    return any(_differ(mine[CITIZENSHIP], theirs[FILES_AS], int.__ne__) for mine, theirs in sides)


def _differ(one: set[int], other: set[int], differ: Callable[[int, int], bool]) -> bool:
    return bool(one and other) and all(differ(mine, theirs) for mine in one for theirs in other)


def _far_apart(one: int, other: int) -> bool:
    """Slips keep the year, or the day within it: in either order, since days and months are swapped."""
    day = f"{other % 10_000:04d}"
    return one // 10_000 != other // 10_000 and one % 10_000 not in (int(day), int(day[2:] + day[:2]))


def _other_number(one: int, other: int) -> bool:
    """More than one digit is another."""
    return sum(a != b for a, b in zip(f"{one:09d}", f"{other:09d}", strict=True)) > 1
