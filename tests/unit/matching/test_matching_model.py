import json

import pyarrow as pa
import pytest

from include.matching.hashes import hash_letters
from include.matching.letters import byte_matrix
from include.matching.model import BASE, LEVELS, Model, ModelError, load_model, save_model


@pytest.fixture
def content() -> dict:
    return json.loads(BASE.read_text("utf-8"))


def load(tmp_path, content) -> Model:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(content), "utf-8")
    return load_model(path)


def test_the_version_follows_the_content_not_the_layout(tmp_path, content, model):
    assert load(tmp_path, content).version == model.version
    content["comparisons"]["sex"]["same"]["u"] = 0.49
    assert load(tmp_path, content).version != model.version


def test_every_number_has_its_reason(model):
    assert all(level.why for levels in model.comparisons.values() for level in levels.values())
    assert all(alternative.why for alternative in model.alternatives.values())


def test_agreement_is_worth_more_than_contradiction(model):
    for comparison in set(LEVELS) - {"name_order", "name_source"}:
        last = [*model.comparisons[comparison].values()][-1]
        assert last.m < last.u, comparison
        best = next(iter(model.comparisons[comparison].values()))
        assert best.times_frequency or best.m > best.u, comparison


def test_a_common_name_is_worth_less_than_a_rare_one(model):
    def shares(of, *names):
        return of(hash_letters(byte_matrix(pa.array(names))).value).tolist()

    smith, zawadzki = shares(model.name_shares.of_family, "SMITH", "ZAWADZKI")
    maria, ngozi = shares(model.name_shares.of_given, "MARIA", "NGOZI")
    assert smith > zawadzki >= model.frequencies.family_floor
    assert maria > ngozi >= model.frequencies.given_floor


def test_a_model_that_is_saved_is_the_model_that_is_read(tmp_path, model):
    save_model(model, tmp_path / "model.json")
    assert load_model(tmp_path / "model.json").version == model.version


def test_the_shipped_model_can_be_read():
    shipped = load_model()
    assert shipped.provenance.data["left_rows"] > 10_000
    assert shipped.review < shipped.lead


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["lead"], -5.0, "review must be less than lead"),
        (["prior"], 0, "prior"),
        (["colour"], "blue", "colour"),
        (["comparisons", "sex", "same", "m"], 0.5, r"m of comparison \[sex\] adds up to"),
        (["comparisons", "sex", "odd"], {"m": 0.1, "u": 0.1, "why": "x"}, r"\[sex\] lacks or has too many"),
        (["comparisons", "sex", "same"], {"m": 0.985, "times_frequency": 1, "why": "x"}, "knows no frequency"),
        (["comparisons", "sex", "same"], {"m": 0.985, "why": "x"}, "either u or times_frequency"),
        (["alternatives", "twin", "u", "shoe_size"], {"same": 0.5}, "shoe_size"),
        (["alternatives", "twin", "u", "sex"], "compatriots", r"\[twin: sex\] is no name"),
        (["compatriots", "times", "given_name"], {"64": 2.0, "16": 3.0}, "from the commonest to the rarest"),
        (["compatriots", "times", "given_name"], {"64": 0.5}, "greater than 1"),
        (["compatriots", "times", "sex"], {"2": 2.0}, r"\[compatriots\] lacks or has too many"),
    ],
)
def test_a_model_that_cannot_be_used_names_file_and_key(tmp_path, content, path, value, said):
    at = content
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(ModelError, match=rf"model \[model.json\].*{said}") as caught:
        load(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_there(tmp_path):
    with pytest.raises(ModelError, match=r"model \[none.json\] cannot be read"):
        load_model(tmp_path / "none.json")
