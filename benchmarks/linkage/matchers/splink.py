"""Splink on DuckDB, trained by its own recipe: u at random, m by EM in blocks on the name and on the date.

`plain` compares with the library's ready-made comparisons. `full` looks for swapped and shortened names too, adjusts
for frequent names, and knows the place. `wide` is `full` with more blocks, for tables in which every field may be
wrong. `strict` is `full` with EM in blocks that hold hardly anybody but matches. `stored` is `strict` with the model of
an earlier training. The best of them is the one to compare with: none is best everywhere.
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI
from splink.internals.exceptions import EMTrainingException

from benchmarks.linkage.layout import DataSet
from benchmarks.linkage.matchers import Found
from benchmarks.linkage.matchers.tidy import tidy_columns

# Pairs from which u is estimated: Splink's own default; on febrl and census 1e7 changed F1 by less than 0.002.
SAMPLE = 1e6
RECALL = 0.7  # of the deterministic rules, as in Splink's examples
ROUNDS = 10  # of EM: in 25, its default, the share of a level that a small block lacks falls below what it accepts
# Share of rows with one value from which a column is no key: pseudopeople has hardly more than one postcode.
COMMON = 0.2
RULES = [
    ["dob"], ["given", "family"], ["given", "year"], ["family", "year"], ["given", "postcode"],
    ["family", "postcode"], ["substr(given,1,3)", "substr(family,1,3)"],
    ["substr(given,1,1)", "family", "middle"], ["full_name"], ["phone"], ["street"], ["postcode", "year"],
    ["postcode", "substr(given,1,1)"], ["substr(dob,6,5)", "family"], ["substr(dob,6,5)", "given"], ["a_number"],
    ["ssn"], ["passport"],
]  # fmt: skip
WIDE = [["given"], ["family"], ["postcode"], ["city", "year"], ["substr(street,1,8)"], ["substr(street,1,4)", "year"]]
STRICT = [
    ["dob", "family"], ["dob", "given"],
    *(["given", "family", more] for more in ("street", "phone", "postcode", "country")),
]  # fmt: skip
UNUSED = ["other_names", "dates"]  # it compares one value of each
STORED = "splink.json"
HANDED_OVER = 0.001  # probability below which a pair is not even handed over


def plain(data: DataSet, state: Path) -> Found:
    del state
    return _run(data, lambda used: _settings(used, _plain(used), RULES))


def full(data: DataSet, state: Path) -> Found:
    del state
    return _run(data, lambda used: _settings(used, _full(used), RULES))


def wide(data: DataSet, state: Path) -> Found:
    del state
    return _run(data, lambda used: _settings(used, _full(used), RULES + WIDE))


def strict(data: DataSet, state: Path) -> Found:
    return _run(data, lambda used: _settings(used, _full(used), RULES), STRICT, save=state / STORED)


def stored(data: DataSet, state: Path) -> Found:
    if not (state / STORED).is_file():
        raise SystemExit("no stored model; run matcher [splink-strict] on this set first")
    return _run(data, None, load=state / STORED)


@dataclass(frozen=True)
class Used:
    """Columns that are not empty; those of them in which no value is very common; whether there are two tables."""

    columns: set[str]
    selective: set[str]
    two: bool


def _run(
    data: DataSet,
    settings: Callable[[Used], SettingsCreator] | None,
    training: list[list[str]] | None = None,
    *,
    save: Path | None = None,
    load: Path | None = None,
) -> Found:
    sides = [tidy_columns(side).drop_columns(UNUSED) for side in (data.left, data.right) if side is not None]
    columns = [name for name in sides[0].column_names if all(side[name].null_count < len(side) for side in sides)]
    sides = [side.select(columns).rename_columns({"id": "unique_id"}) for side in sides]
    api = DuckDBAPI()
    titles = ["a_left", "b_right"]  # splink puts the names of the tables in order
    tables = [api.register(side, dataset_display_name=title) for side, title in zip(sides, titles, strict=False)]
    registered = tables[0] if len(tables) == 1 else tables
    if settings is None:
        assert load is not None
        linker = Linker(registered, json.loads(load.read_text()), log_level=30)
    else:
        selective = {name for name in columns if name == "id" or all(_selective(side[name]) for side in sides)}
        used = Used(set(columns), selective, len(sides) == 2)
        linker = Linker(registered, settings(used), log_level=30)
        _train(linker, used, training or _blocks_of_matches(used.columns))
        if save is not None:
            linker.misc.save_model_to_json(str(save), overwrite=True)
    compared = linker.inference.compute_blocked_pairs_for_predict().as_duckdbpyrelation().count("*").fetchone()[0]
    found = linker.inference.predict(threshold_match_probability=HANDED_OVER)
    pairs = found.as_pandas_dataframe()
    if len(sides) == 1:
        low, high = (pairs[["unique_id_l", "unique_id_r"]].agg(end, axis=1) for end in ("min", "max"))
    else:
        low, high = pairs["unique_id_l"], pairs["unique_id_r"]
    return Found(pd.DataFrame({"left": low, "right": high, "score": pairs["match_probability"]}), 0.5, compared)


def _usable(rules: list[list[str]], selective: set[str]) -> list[object]:
    return [block_on(*rule) for rule in rules if all(_column(part) in selective for part in rule)]


def _column(expression: str) -> str:
    return expression.removeprefix("substr(").split(",")[0]


def _selective(values: pa.ChunkedArray) -> bool:
    counts = pc.value_counts(values.drop_null()).field("counts")
    return pc.max(counts).as_py() < COMMON * pc.sum(counts).as_py()


def _settings(used: Used, comparisons: list[object], rules: list[list[str]]) -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only" if used.two else "dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=_usable(rules, used.selective),
        retain_matching_columns=False,
        max_iterations=ROUNDS,
    )


def _train(linker: Linker, used: Used, blocks: list[list[str]]) -> None:
    certain = [["given", "family", "dob"], ["full_name", "dob"], ["ssn"]]
    sure = [rule for rule in certain if set(rule) <= used.columns] or [["full_name"]]
    linker.training.estimate_probability_two_random_records_match([block_on(*rule) for rule in sure], recall=RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=1)
    for rule in blocks:
        if not set(rule) <= used.columns:
            continue
        with contextlib.suppress(EMTrainingException):  # no pair is in the block
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))


def _blocks_of_matches(used: set[str]) -> list[list[str]]:
    """Blocks in which matches are many: of a million people, those of one name are namesakes, and EM learns these."""
    same_name = [["given", "family", more] for more in ("middle", "postcode", "country")] + [["given", "family"]]
    return [["dob"]] * ("dob" in used) + [next(block for block in same_name if set(block) <= used)]


def _plain(used: Used) -> list[object]:
    known = {
        "given": lambda: cl.NameComparison("given"),
        "family": lambda: cl.NameComparison("family"),
        "middle": lambda: cl.ExactMatch("middle"),
        "dob": lambda: cl.DateOfBirthComparison("dob", input_is_string=True),
        **_places(),
    }
    return [make() for name, make in known.items() if name in used.columns]


def _full(used: Used) -> list[object]:
    known = {
        "given": lambda: _name("given", "family"),
        "family": lambda: _name("family", "given"),
        "middle": lambda: cl.CustomComparison(
            output_column_name="middle",
            comparison_levels=[
                cll.NullLevel("middle"),
                cll.ExactMatchLevel("middle", term_frequency_adjustments=True),
                cll.CustomLevel("substr(middle_l,1,1) = substr(middle_r,1,1)", "same initial"),
                cll.ElseLevel(),
            ],
        ),
        "dob": lambda: cl.CustomComparison(
            output_column_name="dob",
            comparison_levels=[
                cll.Or(cll.NullLevel("dob"), cll.NullLevel("year"))
                if "year" not in used.columns
                else cll.NullLevel("year"),
                cll.ExactMatchLevel("dob"),
                cll.DamerauLevenshteinLevel("dob", 1),
                cll.CustomLevel(
                    "year_l = year_r and substr(dob_l,6,2) = substr(dob_r,9,2)"
                    " and substr(dob_l,9,2) = substr(dob_r,6,2)",
                    "day and month swapped",
                ),
                cll.CustomLevel("year_l = year_r", "same year"),
                cll.CustomLevel("substr(dob_l,6,5) = substr(dob_r,6,5)", "same day"),
                cll.ElseLevel(),
            ],
        ),
        "sex": lambda: cl.ExactMatch("sex"),
        **_places(),
        "street": lambda: cl.JaroWinklerAtThresholds("street", [0.95, 0.88]),
        "birth_place": lambda: cl.ExactMatch("birth_place"),
    }
    return [make() for name, make in known.items() if name in used.columns]


def _places() -> dict[str, object]:
    return {
        "postcode": lambda: cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        "phone": lambda: cl.ExactMatch("phone"),
        "country": lambda: cl.ExactMatch("country"),
        "a_number": lambda: cl.LevenshteinAtThresholds("a_number", 1),
        "ssn": lambda: cl.LevenshteinAtThresholds("ssn", 1),
        "passport": lambda: cl.LevenshteinAtThresholds("passport", 1),
    }


def _name(name: str, other: str) -> cl.CustomComparison:
    return cl.CustomComparison(
        output_column_name=name,
        comparison_levels=[
            cll.NullLevel(name),
            cll.ExactMatchLevel(name, term_frequency_adjustments=True),
            cll.JaroWinklerLevel(name, 0.92),
            cll.CustomLevel(
                f"list_has_any(string_split({name}_l, ' '), string_split({name}_r, ' '))", "a word in common"
            ),
            cll.ColumnsReversedLevel(name, other, symmetrical=True),
            cll.JaroWinklerLevel(name, 0.8),
            cll.CustomLevel(f"starts_with({name}_l, {name}_r) or starts_with({name}_r, {name}_l)", "beginning"),
            cll.ElseLevel(),
        ],
    )
