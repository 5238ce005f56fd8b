"""What people share who are not one person, counted without labels: names, values by chance, names within a culture."""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from include.matching.arrays import Bits, Flags, Shares, grouped
from include.matching.compare.fields import compare_fields
from include.matching.compare.levels import NONE, Levels, Pairs
from include.matching.compare.names import BY_EDITS, compare_names, open_words, refine_names
from include.matching.compare.surnames import compare_surnames
from include.matching.compare.texts import compare_texts, refine_texts
from include.matching.fields import distinct
from include.matching.grids import Positions
from include.matching.hashes import mix
from include.matching.model import LEVELS, Compatriots, Level, Model
from include.matching.names.shares import Frequencies
from include.matching.records import Records, organisation

RANDOM_PAIRS = 100_000
PRIOR_STRANGERS = 20_000.0  # random pairs that the base model's u counts as: its rarest level is 1 in 20,000
WORDS_KEPT = 20_000  # names whose frequency a model file holds: the commonest
RAREST_NAME = 1e-5  # names go together by culture and family: none is evidence of more than its rarity in 100,000
NAMESAKES_BEFORE = 10.0  # pairs of one name of each rarity that the base model counts as: too few to show more
LEAST_TIMES = 1.05  # as often as by chance: names are never independent
# Levels of which u goes by the frequency of a name as that of `exact` does: so many times as often as exact agreement
# they are seen, and so many exact agreements the base model counts as (one in a thousand of `PRIOR_STRANGERS`).
NEAR_EXACT = {"family_name": ("close", "partial"), "given_name": ("variant", "crossed")}
EXACT_BEFORE = 20.0
# And of what the base model says no less than this share. They are counted on names as they are written, of which the
# last word is the surname, and compared in every reading: what no name shows as it is written (two surnames, a middle
# name beside a column of first names) is no evidence because of that. On none of the benchmark's sets is it less.
LEAST_OF_BASE = 0.1
LEAST_SHARE = 1e-6  # of any level: no level is impossible
LEAST_LEFT = 0.25  # of a name's share, when the rows of one's own person are taken off: persons have more rows or fewer


def rounded(share: float) -> float:
    """To four digits: a file to be read."""
    return float(f"{share:.4g}")


def count_names(records: Records) -> Frequencies:
    """Shares of the words of surnames, and of given names, among the rows that have one.

    A word of other names (LIL MAN) is as common as the rows that have it there, if that is more.
    """
    names = records.names
    main = np.flatnonzero((names.order == 0) & (names.source == 0))
    family = _shares(names.family, int((names.family[0][main] > 0).sum()), records)
    given_words = np.vstack([names.given, names.middle])
    given = _shares(given_words, int((given_words[:, main] > 0).sum()), records)
    return Frequencies(
        why=f"counted in {len(records):,} rows",
        census=False,
        family_floor=max([RAREST_NAME, *list(family.values())[WORDS_KEPT - 1 :], 1 / max(len(records), 1)]),
        given_floor=max([RAREST_NAME, *list(given.values())[WORDS_KEPT - 1 :], 1 / max(len(records), 1)]),
        several_floor=RAREST_NAME,
        family=family,
        given=given,
        **_count_firms(records),
    )


def _shares(grid: Positions, of: int, records: Records) -> dict[str, float]:
    """The commonest words first; those that are seen once tell nothing that the floor does not."""
    names, size = records.names, len(records.words)
    main, other = (np.flatnonzero((names.order == 0) & (names.source == source)) for source in (0, 1))
    count = np.bincount(grid.take(main, axis=1).ravel(), minlength=size)
    once = np.unique(names.row[other] * size + grid.take(other, axis=1))  # whatever names of a row have the word
    count = np.maximum(count, np.bincount(once % size, minlength=size))
    count[0] = 0
    common = np.argsort(-count, kind="stable")[:WORDS_KEPT]
    common = common[count[common] > 1]
    shares = (float(f"{share:.3g}") for share in (count[common] / max(of, 1)).tolist())  # a file to be read
    return dict(zip(records.words.texts.take(pa.array(common)).to_pylist(), shares, strict=True))


def _count_firms(records: Records) -> dict[str, Any]:
    """Shares of the names of firms and of their words, the commonest first, and of those that are not among them.

    A firm may have many rows: a name counts once for each address at which it is met. And its own row is among them:
    less is taken off, by which a name that is met once is about as common as those that are met nowhere
    (absolute discounting; Ney, Essen and Kneser 1994).
    """
    code, texts = records.table.distinct("organisation")
    again, names = distinct(organisation(texts))
    address = mix(records.postcode, records.street_key)
    unknown = (records.postcode == 0) & (records.street_key == 0)
    address[unknown] = np.flatnonzero(unknown)  # each may be another
    firms = pd.DataFrame({"name": np.append(again, -1)[code], "address": address}).query("name >= 0").drop_duplicates()
    if firms.empty:
        return {}
    names_of = pd.Series(names.to_pylist(), dtype="str").take(firms["name"].to_numpy())
    count = names_of.value_counts()
    once, twice = (int((count == times).sum()) for times in (1, 2))
    less = once / max(once + 2 * twice, 1)
    counted = _commonest((count - less)[count > 1] / len(firms))
    words = names_of.str.split().map(set).explode().value_counts()
    return {
        "organisation": counted,
        "organisation_words": _commonest(words[words > 1] / len(firms)),
        "organisation_floor": max([RAREST_NAME, (1 - less) / len(firms), *list(counted.values())[WORDS_KEPT - 1 :]]),
    }


def _commonest(shares: "pd.Series[float]") -> dict[str, float]:
    """The commonest first, of equals in the order of the alphabet."""
    kept = shares.sort_index().sort_values(ascending=False, kind="stable").head(WORDS_KEPT)
    return {str(name): float(f"{share:.3g}") for name, share in kept.items()}  # a file to be read


def among_strangers(model: Model) -> Model:
    """The model with names as common as among strangers: the other rows of one's own person are taken off.

    Where every person has ten rows, a surname that only one bears is borne by ten.
    """
    frequencies, kept = model.frequencies, {}
    for comparison, field in (("family_name", "family"), ("given_name", "given")):
        own = model.prior * model.comparisons[comparison]["exact"].m  # of all rows, with one's name as it is written
        shares = getattr(frequencies, field).items()
        kept[field] = {name: float(f"{max(share - own, LEAST_LEFT * share):.3g}") for name, share in shares}
    return model.model_copy(update={"frequencies": frequencies.model_copy(update=kept)})


# -- what strangers share


def at_random(left: int, right: int, draw: np.random.Generator, *, within: bool) -> Pairs:
    """Random pairs of rows of two sides. `within`: the sides are one table."""
    pairs = draw.integers(left, size=RANDOM_PAIRS), draw.integers(right, size=RANDOM_PAIRS)
    apart = (pairs[0] != pairs[1]) | (not within)
    return pairs[0][apart], pairs[1][apart]


def count_strangers(
    model: Model,
    levels: dict[str, Levels],
    strangers: Shares,
    by_chance: dict[str, Shares],
    one_date: float | None = None,
) -> Model:
    """u, and how many times the frequency of a name: counted on random pairs, beside what the base model says.

    `strangers`: of each pair, how likely it is none of one person; `by_chance`: how often it would agree in a name;
    `one_date`: how often dates are the same, where that is known better than from these pairs.
    """
    comparisons = {
        comparison: _strangers(
            comparison,
            levels[comparison],
            strangers,
            by_chance.get(comparison),
            one_date if comparison == "date_of_birth" else None,
            model,
        )
        for comparison in LEVELS
    }
    return model.model_copy(update={"comparisons": comparisons})


def share_one_date(left: Records, right: Records, *, within: bool) -> float:
    """The share of all pairs of rows with dates that have the same one, 1 January left out.

    One date is one in 20,000: of `RANDOM_PAIRS` five pairs have it, or one, or ten, and each doubling is a bit in the
    weight of the comparison that tells most. Counted date by date no pair has to be drawn. A pair that shares two of
    several dates counts as two: of strangers hardly any does.
    """
    (dates, times), (others, other_times) = (_dates(side) for side in (left, right))
    _, at, other_at = np.intersect1d(dates, others, assume_unique=True, return_indices=True)
    known, other_known = (int((side.born > 0).any(axis=1).sum()) for side in (left, right))
    same, pairs = float((times[at] * other_times[other_at]).sum()), float(known * other_known)
    if within:  # no row is its own pair
        same, pairs = same - float(times.sum()), pairs - known
    return min(same / max(pairs, 1.0), 1.0)


def _dates(records: Records) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The days of birth of a side, ascending, and the rows of each."""
    born = records.born
    return np.unique(born[(born % 100 > 0) & (born % 10000 != 101)], return_counts=True)


def agree_by_chance(left: Records, pairs: Pairs, model: Model) -> dict[str, Shares]:
    """Of each pair and comparison of names, how often the left row's first name is met on the right by what `model`
    says of strangers and compatriots."""
    row = left.first_name[pairs[0]]
    words = {
        "family_name": (left.names.family[0][row], left.words.family_bits),
        "given_name": (left.names.given[row], left.words.given_bits),
        "middle_name": (left.names.middle[0][row], left.words.given_bits),
    }
    some, found = sum(each.share or 0.0 for each in model.alternatives.values()), {}
    for comparison, (word, bits) in words.items():
        times = model.comparisons[comparison]["exact"].times_frequency or 1.0
        by_chance = np.minimum(times * np.exp2(bits[word], dtype=np.float64), 1.0)
        one_in, by_rarity = np.log2(list(model.compatriots.times[comparison].items())).T
        within = np.minimum(by_chance * np.exp2(np.interp(-bits[word], one_in, by_rarity)), 1.0)
        found[comparison] = np.where(word > 0, (1 - some) * by_chance + some * within, 0.0)
    return found


def compare_everything(left: Records, right: Records, pairs: Pairs, model: Model) -> dict[str, Levels]:
    """Levels of all comparisons, of the first names as written."""
    found = _compare_names(left, right, pairs, model)
    found |= compare_fields(left, right, pairs) | compare_texts(left, right, pairs)
    refine_texts(left, right, pairs, found)
    return {comparison: found[comparison] for comparison in LEVELS}


def _compare_names(
    left: Records, right: Records, pairs: Pairs, model: Model, by_edits: Collection[str] = tuple(BY_EDITS)
) -> dict[str, Levels]:
    """`by_edits`: the comparisons in which rapidfuzz is asked."""
    names = left.first_name[pairs[0]], right.first_name[pairs[1]]
    family = compare_surnames(left, right, names)
    found = compare_names(left, right, names, family)
    nicknames = model.known_nicknames
    still_open = {each: open_words(each, left, right, names, found[each], nicknames) for each in by_edits}
    refine_names(left, right, names, found, still_open, nicknames)
    return found


def _strangers(
    comparison: str, found: Levels, strangers: Shares, by_chance: Shares | None, exact_share: float | None, model: Model
) -> dict[str, Level]:
    known = found.level != NONE
    count = np.bincount(found.level[known], strangers[known], minlength=len(LEVELS[comparison])).astype(np.float64)
    total = count.sum()
    if exact_share is not None:
        count[0] = exact_share * total
    expected = 0.0 if by_chance is None else float((strangers * by_chance)[known].sum())
    beyond_chance = count[0] - np.sqrt(count[0])
    often = max(float((beyond_chance + EXACT_BEFORE) / (expected + EXACT_BEFORE)), 1.0)
    changed = {}
    for at, name in enumerate(LEVELS[comparison]):
        level = model.comparisons[comparison][name]
        if level.u is not None and level.u < 1:
            share = (count[at] + PRIOR_STRANGERS * level.u) / (total + PRIOR_STRANGERS)
            changed[name] = level.model_copy(update={"u": rounded(np.clip(share, LEAST_SHARE * level.u, 1.0))})
        elif name == "initial" and level.times_frequency:
            letters = model.name_shares.of_initial(np.arange(ord("A"), ord("Z") + 1, dtype=np.uint8))
            alike = float((letters**2).sum())  # initials of strangers agree so often
            share = (count[at] + PRIOR_STRANGERS * level.times_frequency * alike) / (total + PRIOR_STRANGERS)
            changed[name] = level.model_copy(update={"times_frequency": rounded(share / alike)})
        elif name in NEAR_EXACT.get(comparison, ()) and level.times_frequency:
            exact = often * (model.comparisons[comparison]["exact"].times_frequency or 1.0)
            times = (exact * count[at] + level.times_frequency * EXACT_BEFORE) / (count[0] + EXACT_BEFORE)
            times = max(times, LEAST_OF_BASE * level.times_frequency)
            changed[name] = level.model_copy(update={"times_frequency": rounded(times)})
        elif name == "exact" and by_chance is not None and level.times_frequency:
            changed[name] = level.model_copy(update={"times_frequency": rounded(often * level.times_frequency)})
        else:
            changed[name] = level
    return changed


# -- what compatriots share


def count_compatriots(model: Model, records: Records, draw: np.random.Generator) -> Model:
    """What people of one culture share, counted on pairs of rows of one surname that are not one person: some of those
    are compatriots.

    Given names, and middle names, by how rare they are: within a people a name is as common as one in a hundred,
    however rare it is in all. And country and place of birth of those whose given names agree as well.
    """
    pairs = _of_one_surname(records, draw)
    levels = _compare_names(records, records, pairs, model, ()) | compare_fields(records, records, pairs)
    dates, places, given = (levels[name].level for name in ("date_of_birth", "place", "given_name"))
    elsewhere = (places == NONE) | (places >= LEVELS["place"].index("city"))
    apart, own = elsewhere & (dates >= LEVELS["date_of_birth"].index("generation")), elsewhere & (dates == 0)
    namesakes = apart & (given == 0)
    shared: dict[str, dict[str, float]] = {}
    for comparison in ("country", "birth_place"):
        same = levels[comparison].level[namesakes]
        share = ((same == 0).sum() + 1) / ((same != NONE).sum() + 2)
        shared[comparison] = {"same": rounded(share), "different": rounded(1 - share)}
    alternatives = {
        name: each.model_copy(update={"u": each.u | shared}) if each.share else each
        for name, each in model.alternatives.items()
    }
    row = records.first_name[pairs[0]]
    words = {"given_name": records.names.given[row], "middle_name": records.names.middle[0][row]}
    times = {
        comparison: _by_rarity(
            -records.words.given_bits[word],
            levels[comparison].level,
            apart,
            own,
            model.compatriots.times[comparison],
            model,
        )
        for comparison, word in words.items()
    }
    compatriots = Compatriots(
        why=f"surnames hand-set; others counted in [{apart.sum():,}] pairs of one surname, of which in "
        f"[{namesakes.sum():,}] given names agree",
        times=model.compatriots.times | times,
    )
    return model.model_copy(update={"alternatives": alternatives, "compatriots": compatriots})


def _by_rarity(
    rarity: Bits, level: npt.NDArray[np.int8], apart: Flags, own: Flags, before: dict[int, float], model: Model
) -> dict[int, float]:
    """How many times as often as strangers compatriots agree, by the nearest of the rarities of `before`.

    `rarity`: in bits, of the name of one of the two; the other has it by chance as often as it is common. `apart`: the
    pairs that are two people; `own`: some of those that are one.
    """
    date = model.comparisons["date_of_birth"]
    wrong = (date["generation"].m + date["different"].m) / date["exact"].m  # dates of one person, for each right one
    nearest = np.abs(rarity[:, None] - np.log2(list(before))).argmin(axis=1)

    def count(which: Flags, each: Bits | None = None) -> Shares:
        found: Shares = np.bincount(nearest[which], each, minlength=len(before)).astype(np.float64)
        return found

    known = apart & (level != NONE)
    agree = np.maximum(count(apart & (level == 0)) - wrong * count(own & (level == 0)), 0)
    by_chance = count(known, np.exp2(-rarity[known]))
    some = _compatriots(model)
    expected = 1 - some + some * np.array(list(before.values()))
    ratio = (agree + NAMESAKES_BEFORE) / (by_chance + NAMESAKES_BEFORE / expected)
    times = np.maximum((ratio - (1 - some)) / some, LEAST_TIMES)
    return dict(zip(before, map(rounded, times), strict=True))


def _compatriots(model: Model) -> float:
    """Share of compatriots among people of one surname."""
    share = sum(each.share or 0.0 for each in model.alternatives.values())
    of_one_surname = share * next(iter(model.compatriots.times["family_name"].values()))
    return of_one_surname / (of_one_surname + 1 - share)


def _of_one_surname(records: Records, draw: np.random.Generator) -> Pairs:
    """Random pairs of rows whose surnames sound alike, each row that has any as likely as any other.

    Each pair as likely as any other, the commonest surname alone would say how common names are.
    """
    first = records.names.take(records.first_name[:-1])
    rows = np.flatnonzero(first.family_count)
    order, start = grouped(first.family_heard[rows])
    rows, count = rows[order], np.diff(start, append=len(rows))
    group = np.repeat(np.arange(len(count)), count)
    others = count[group] - 1.0
    if not others.sum():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    one = draw.choice(np.flatnonzero(others), RANDOM_PAIRS)
    nth = (draw.random(RANDOM_PAIRS) * others[one]).astype(np.int64)
    other = start[group[one]] + nth
    other += other >= one
    once = np.unique(np.minimum(one, other) * len(rows) + np.maximum(one, other))
    return rows[once // len(rows)], rows[once % len(rows)]
