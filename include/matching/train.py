"""A model from the data itself, without labels: how common names are, what strangers share, what one person's records share.

Expectation-maximisation after Fellegi and Sunter (1969) and Winkler (1988), guarded against the ways in which it goes wrong:

- u is not learnt with m. It is counted on random pairs, all but none of which are one person.
- What is not one person is not all strangers: twins, namesakes, households are classes of their own, whose shares by level stay
  as they are in the base model (learnt freely, they take the matches, or the matches take them); only their rarity is learnt.
- m starts at the base model, which counts as `PRIOR_PAIRS` pairs of one person: few data move it little.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from include.matching.blocking import Index
from include.matching.compare import NONE, Levels, Pairs, compare_fields, compare_names, compare_texts, refine_names, refine_texts
from include.matching.fields import Table
from include.matching.link import CHUNK, Side, most_by_names, score
from include.matching.model import BASE, LEVELS, Frequencies, Level, Model, Provenance, load_model
from include.matching.names import Names
from include.matching.records import Records, read_records
from include.matching.weigh import Weights, log_odds, strangers_share, weigh
from include.matching.words import Flags, Numbers, Words, mix

RIGHT_ROWS = 150_000  # drawn from the right side to learn from
RANDOM_PAIRS = 100_000
PRIOR_PAIRS = 50.0  # of one person, that the base model's m counts as
PRIOR_STRANGERS = 20_000.0  # random pairs that the base model's u counts as: its rarest level is 1 in 20,000
PRIOR_ODDS = 0.5  # pairs of each other class per pair of one person that its base odds count as
ROUNDS = 30
FLOOR = -16.0  # bits, at the base model: below it no pair has a say
SHARE_OF_SIDE = 0.01  # of the smaller side that is thought to be on the other at first: too few grow, too many stay
WORDS_KEPT = 20_000  # names whose frequency a model file holds: the commonest
RAREST_NAME = 1e-5  # names go together by culture and family: none is evidence of more than its rarity in 100,000
PRIOR_AGREEMENT = 0.005  # share of strangers whose given names agree, before anything is counted
MOST_WRONG_DATES = 0.1  # share of pairs of one person whose dates of birth have nothing in common
LEAST_SHARE = 1e-6  # of any level: no level is impossible
SEED = 20_160_104  # of the sample; the date of the audit


@dataclass(frozen=True)
class Patterns:
    """Distinct combinations of levels, with names of about one frequency, and how many pairs show each."""

    levels: dict[str, Levels]
    count: Weights

    @classmethod
    def of(cls, levels: dict[str, Levels]) -> "Patterns":
        parts: list[npt.NDArray[Any]] = []
        for each in levels.values():
            parts.append(each.level + 1)
            if each.bits is not None:  # to half a bit
                parts.append(np.round(-2 * each.bits).astype(np.int64))
        code, _ = pd.factorize(mix(*parts))
        _, first, count = np.unique(code, return_index=True, return_counts=True)
        return cls({comparison: each.take(first) for comparison, each in levels.items()}, count.astype(np.float64))


def train(left: pd.DataFrame, right: pd.DataFrame | None = None, base: Model | None = None) -> Model:
    """A model for these two tables, or for the duplicates within one, beginning from `base` (by default the shipped one)."""
    base = base or load_model(BASE)
    draw = np.random.default_rng(SEED)
    others = left if right is None else right
    sample = others.iloc[np.sort(draw.permutation(len(others))[:RIGHT_ROWS])]
    many = read_records(Table(sample), base)
    start = base.model_copy(update={"frequencies": count_names(many)})
    ones, many = read_records(Table(left), start), many.with_frequencies(start.frequencies)
    start = _with_strangers(start, ones, many, draw, within=right is None)
    start = _with_namesakes(start, many, draw)
    sides = Side(ones, most_by_names(ones, start)), Side(many, most_by_names(many, start))
    pairs = Index.of(ones).candidates(many)
    total = len(ones) * len(many)
    if right is None:
        later = pairs[0] < pairs[1]
        pairs, total = (pairs[0][later], pairs[1][later]), len(ones) * (len(ones) - 1) // 2
    expected = SHARE_OF_SIDE * min(len(ones), len(others)) * len(many) / max(len(others), 1)
    start = start.model_copy(update={"prior": min(max(expected, 1.0) / max(total, 1), 0.5)})
    patterns = Patterns.of(_levels(sides, pairs, start))
    model = _maximise(start, patterns, total)
    data = {"left_rows": len(left), "right_rows": len(others), "sampled_rows": len(sample), "candidates": len(pairs[0])}
    return _with_bands(model, patterns).model_copy(
        update={"name": "trained", "provenance": Provenance(made_by=f"train from {base.version}", data=data)}
    )


def _levels(sides: tuple[Side, Side], pairs: Pairs, model: Model) -> dict[str, Levels]:
    """Levels of the pairs that may have a say."""
    parts = [
        score(sides, (pairs[0][at : at + CHUNK], pairs[1][at : at + CHUNK]), model, FLOOR).levels
        for at in range(0, max(len(pairs[0]), 1), CHUNK)
    ]
    return {comparison: _joined([part[comparison] for part in parts]) for comparison in LEVELS}


def _joined(parts: list[Levels]) -> Levels:
    common = [part.bits for part in parts if part.bits is not None]
    return Levels(np.concatenate([part.level for part in parts]), np.concatenate(common) if common else None)


# -- how common names are


def count_names(records: Records) -> Frequencies:
    """Shares of the words of surnames, and of given names, among the rows that have one."""
    names = records.names
    main = (names.order == 0) & (names.source == 0)
    family = _shares(records.words, names.family[main], int((names.family[main, 0] > 0).sum()))
    given_words = np.column_stack([names.given[main], names.middle[main]])
    given = _shares(records.words, given_words, int((given_words > 0).sum()))
    return Frequencies(
        why=f"counted in {len(records):,} rows",
        census=False,
        family_floor=max([RAREST_NAME, *list(family.values())[WORDS_KEPT - 1 :], 1 / max(len(records), 1)]),
        given_floor=max([RAREST_NAME, *list(given.values())[WORDS_KEPT - 1 :], 1 / max(len(records), 1)]),
        several_floor=RAREST_NAME,
        family=family,
        given=given,
    )


def _shares(words: Words, grid: npt.NDArray[np.int32], of: int) -> dict[str, float]:
    """The commonest words first; those that are seen once tell nothing that the floor does not."""
    count = np.bincount(grid.ravel(), minlength=len(words))
    count[0] = 0
    common = np.argsort(-count, kind="stable")[:WORDS_KEPT]
    common = common[count[common] > 1]
    shares = (float(f"{share:.3g}") for share in (count[common] / max(of, 1)).tolist())  # a file to be read
    return dict(zip(words.texts.take(pa.array(common)).to_pylist(), shares, strict=True))


# -- what strangers share


def _with_strangers(model: Model, left: Records, right: Records, draw: np.random.Generator, *, within: bool) -> Model:
    """u, and how many times the frequency of a name: counted on random pairs, beside what the base model says."""
    pairs = draw.integers(len(left), size=RANDOM_PAIRS), draw.integers(len(right), size=RANDOM_PAIRS)
    if within:
        apart = pairs[0] != pairs[1]
        pairs = pairs[0][apart], pairs[1][apart]
    levels = compare_everything(left, right, pairs, model)
    comparisons = {comparison: _strangers(comparison, levels[comparison], model) for comparison in LEVELS}
    return model.model_copy(update={"comparisons": comparisons})


def compare_everything(left: Records, right: Records, pairs: Pairs, model: Model) -> dict[str, Levels]:
    """Levels of all comparisons, of the first names as written."""
    names = left.first_name[pairs[0]], right.first_name[pairs[1]]
    found = compare_names(left, right, names, model.frequencies.several_floor)
    refine_names(left, right, names, found, model.known_nicknames)
    found |= compare_fields(left, right, pairs) | compare_texts(left, right, pairs)
    refine_texts(left, right, pairs, found)
    return {comparison: found[comparison] for comparison in LEVELS}


def _strangers(comparison: str, found: Levels, model: Model) -> dict[str, Level]:
    known = found.level != NONE
    count = np.bincount(found.level[known], minlength=len(LEVELS[comparison])).astype(float)
    changed = {}
    for at, name in enumerate(LEVELS[comparison]):
        level = model.comparisons[comparison][name]
        if level.u is not None and level.u < 1:
            share = (count[at] + PRIOR_STRANGERS * level.u) / (known.sum() + PRIOR_STRANGERS)
            changed[name] = level.model_copy(update={"u": _rounded(np.clip(share, LEAST_SHARE * level.u, 1.0))})
        else:
            changed[name] = level
    return changed


# -- what namesakes share


def _with_namesakes(model: Model, records: Records, draw: np.random.Generator) -> Model:
    """How many times as often given names agree where surnames do, among people who are not one: names go together by culture.

    With a share 1 / K of pairs of one culture, within which names agree K times as often, the ratio is
    (1 - 1/K + K) / (2 - 1/K)**2; K is found from the ratio.
    """
    pairs = _of_one_surname(records, draw)
    levels = compare_everything(records, records, pairs, model)
    dates, places, given = (levels[name].level for name in ("date_of_birth", "place", "given_name"))
    apart = dates >= LEVELS["date_of_birth"].index("generation")
    apart &= (places == NONE) | (places >= LEVELS["place"].index("city"))
    known = np.flatnonzero(apart & (given != NONE))
    random = draw.integers(len(records), size=RANDOM_PAIRS), draw.integers(len(records), size=RANDOM_PAIRS)
    random = random[0][random[0] != random[1]], random[1][random[0] != random[1]]
    by_chance = compare_everything(records, records, random, model)
    ratio = _ratio("given_name", given[known], by_chance["given_name"].level)
    factors = np.geomspace(1.05, 40, 200)
    factor = float(factors[np.argmin(np.abs((1 - 1 / factors + factors) / (2 - 1 / factors) ** 2 - ratio))])
    namesakes = known[given[known] <= LEVELS["given_name"].index("variant")]
    shared: dict[str, float | dict[str, float]] = {"family_name": factor, "given_name": factor}
    for comparison in ("country", "birth_place"):
        same = levels[comparison].level[namesakes]
        share = ((same == 0).sum() + 1) / ((same != NONE).sum() + 2)
        shared[comparison] = {"same": _rounded(share), "different": _rounded(1 - share)}
    middle = levels["middle_name"].level[namesakes]
    model = _with_middle_names(model, _ratio("middle_name", middle, by_chance["middle_name"].level))
    changed = {
        name: each.model_copy(
            update={
                "share": 1 / factor,
                "u": each.u | shared,
                "why": f"given names agree [{ratio:.2f}] times as often where surnames do, in [{len(known)}] pairs",
            }
        )
        for name, each in model.alternatives.items()
        if each.share
    }
    return model.model_copy(update={"alternatives": model.alternatives | changed})


def _ratio(comparison: str, level: npt.NDArray[np.int8], by_chance: npt.NDArray[np.int8]) -> float:
    """How many times as often names agree, at least as variants, as by chance; 1 where there is too little to count."""
    agree = LEVELS[comparison].index("variant")
    chance, known = by_chance[by_chance != NONE], level[level != NONE]
    expected = ((chance <= agree).sum() + 1) / (len(chance) + 1 / PRIOR_AGREEMENT)
    return float(((known <= agree).sum() + expected / PRIOR_AGREEMENT) / (len(known) + 1 / PRIOR_AGREEMENT) / expected)


def _with_middle_names(model: Model, ratio: float) -> Model:
    """Middle names of namesakes agree so many times as often as those of strangers."""
    levels = model.comparisons["middle_name"]
    changed = {
        name: levels[name].model_copy(update={"times_frequency": _rounded(times * float(np.clip(ratio, 1.0, 40.0)))})
        for name, times in (("exact", 1.0), ("variant", 2.0))  # a name has a neighbour or two, as in the base model
    }
    return model.model_copy(update={"comparisons": model.comparisons | {"middle_name": levels | changed}})


def _of_one_surname(records: Records, draw: np.random.Generator) -> Pairs:
    """Random pairs of rows whose surnames sound alike, each such pair as likely as any other."""
    first = records.names.take(records.first_name[:-1])
    rows = np.flatnonzero(first.family_count)
    rows = rows[np.argsort(first.family_heard[rows], kind="stable")]
    _, start, count = np.unique(first.family_heard[rows], return_index=True, return_counts=True)
    group = np.repeat(np.arange(len(count)), count)
    others = count[group] - 1.0
    if not others.sum():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    one = draw.choice(len(rows), RANDOM_PAIRS, p=others / others.sum())
    nth = (draw.random(RANDOM_PAIRS) * others[one]).astype(np.int64)
    other = start[group[one]] + nth
    other += other >= one
    return rows[one], rows[other]


# -- what one person's records share


def _maximise(model: Model, patterns: Patterns, total: int) -> Model:
    """Expectation-maximisation of m, of the prior and of the odds of the other classes."""
    base = model
    for _ in range(ROUNDS):
        one, classes = _responsibilities(model, patterns)
        matches = float(one.sum())
        comparisons = {
            comparison: _shared(comparison, patterns.levels[comparison].level, one, base) for comparison in LEVELS
        }
        alternatives = {
            name: alternative.model_copy(
                update={
                    "odds": (float(classes[name].sum()) + PRIOR_PAIRS * (base.alternatives[name].odds or 0))
                    / (matches + PRIOR_PAIRS)
                }
            )
            if alternative.odds
            else alternative
            for name, alternative in model.alternatives.items()
        }
        model = model.model_copy(
            update={
                "comparisons": comparisons,
                "alternatives": alternatives,
                "prior": float(np.clip(matches / max(total, 1), 1e-12, 0.5)),
                "prior_why": f"{matches:,.1f} pairs of one person expected among {total:,}",
            }
        )
    return model


def _responsibilities(model: Model, patterns: Patterns) -> tuple[Weights, dict[str, Weights]]:
    """Of the pairs of each pattern, how many are one person, and how many are of each other class."""
    levels = patterns.levels
    weights = {comparison: weigh(comparison, levels[comparison], model) for comparison in LEVELS}
    one = np.log2(model.prior) + sum(weights.values()).astype(np.float64)
    others = {name: log_odds(each, levels, weights, model) for name, each in model.alternatives.items()}
    every = np.exp2(np.clip([np.full(len(one), np.log2(strangers_share(model))), one, *others.values()], -300, 300))
    shares = every / every.sum(axis=0) * patterns.count
    return shares[1], dict(zip(others, shares[2:], strict=True))


def _shared(comparison: str, level: npt.NDArray[np.int8], one: Weights, base: Model) -> dict[str, Level]:
    levels = base.comparisons[comparison]
    known = level != NONE
    count = np.bincount(level[known], weights=one[known], minlength=len(levels))
    if comparison == "date_of_birth":  # a wrong date is as far away as a stranger's: what is more is not one person
        by_chance, apart = LEVELS[comparison].index("different"), LEVELS[comparison].index("generation")
        count[apart] = count[by_chance] * levels["generation"].u / levels["different"].u  # type: ignore[operator]
        wrong, right = count[[by_chance, apart]].sum(), np.delete(count, [by_chance, apart]).sum()
        if wrong > MOST_WRONG_DATES * (wrong + right):  # namesakes have come in; they bring their dates
            count[[by_chance, apart]] *= MOST_WRONG_DATES / (1 - MOST_WRONG_DATES) * right / wrong
    prior = np.array([levels[name].m for name in LEVELS[comparison]])
    m = (count + PRIOR_PAIRS * prior) / (count.sum() + PRIOR_PAIRS * prior.sum())
    return {
        name: levels[name].model_copy(update={"m": _rounded(max(share, LEAST_SHARE))})
        for name, share in zip(LEVELS[comparison], m, strict=True)
    }


def _rounded(share: float) -> float:
    return float(f"{share:.4g}")


# -- bands


def _with_bands(model: Model, patterns: Patterns) -> Model:
    """Lead: where the expected F1 is highest. Review: where all but a hundredth of the expected matches are."""
    one, _ = _responsibilities(model, patterns)
    weight = np.log2(np.maximum(one, 1e-300) / np.maximum(patterns.count - one, 1e-300))
    order = np.argsort(-weight, kind="stable")
    found, chosen, weight = np.cumsum(one[order]), np.cumsum(patterns.count[order]), weight[order]
    every = max(float(found[-1]), 1e-300)
    f1 = 2 * found / (chosen + every)
    lead = float(np.clip(weight[int(np.argmax(f1))], -3.0, 10.0))
    review = float(np.clip(weight[min(int(np.searchsorted(found, 0.99 * every)), len(weight) - 1)], -6.0, lead - 1.0))
    return model.model_copy(
        update={
            "lead": round(lead * 16) / 16,
            "review": round(review * 16) / 16,
            "bands_why": f"lead: highest expected F1 [{f1.max():.3f}]; review: 99 % of the expected matches",
        }
    )
