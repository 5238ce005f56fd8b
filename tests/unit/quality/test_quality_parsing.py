"""Text to values: what can be read is read one way only, what cannot is null and marked."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.contracts import Contract, ContractError, load_contract
from include.contracts.model import Pii
from include.quality.parsing import read_values, schema

UPDATED = "2014-05-01T12:00:00Z"


def values(contract: Contract, name: str, *texts: str | None, updated: str | None = UPDATED) -> list[object]:
    text = pa.table({name: pa.array(texts, pa.string()), "updated_at": pa.array([updated] * len(texts), pa.string())})
    typed = read_values(contract, text, [name])
    unreadable = typed.unreadable[name].tolist()
    found = typed.table[name].to_pylist()
    return ["unreadable" if bad else value for value, bad in zip(found, unreadable, strict=True)]


def with_formats(contract: Contract, *formats: str) -> Contract:
    column = contract.column("born_on").model_copy(update={"formats": formats})
    return contract.model_copy(update={"columns": (column, contract.column("updated_at"))})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("19650131", date(1965, 1, 31)),
        (" 19650131 ", date(1965, 1, 31)),
        ("013165", date(1965, 1, 31)),
        ("010165", date(1965, 1, 1)),  # strptime reads it as %Y%m%d, in the year 101
        ("050114", date(2014, 5, 1)),  # the day of the update itself
        ("050214", date(1914, 5, 2)),  # a day later: not yet, so a century ago
        ("022912", date(2012, 2, 29)),
        ("022900", date(2000, 2, 29)),
        ("022928", date(1928, 2, 29)),
        ("022914", "unreadable"),
        ("20490101", date(2049, 1, 1)),  # readable; the rules judge it
        ("00010101", date(1, 1, 1)),
        ("00000101", "unreadable"),
        ("19651301", "unreadable"),
        ("1965131", "unreadable"),
        ("19650131x", "unreadable"),
        ("١٩٦٥٠١٣١", "unreadable"),
        ("", None),
        (None, None),
        ("   ", None),
    ],
)
def test_dates(small, text, value):
    assert values(small, "born_on", text) == [value]


def test_a_two_digit_year_is_read_for_each_row_by_its_own_update(small):
    assert values(small, "born_on", "010110", updated="2009-12-31T00:00:00Z") == [date(1910, 1, 1)]
    assert values(small, "born_on", "010110", updated="2010-01-01T00:00:00Z") == [date(2010, 1, 1)]
    assert values(small, "born_on", "022900", updated="1999-01-01T00:00:00Z") == ["unreadable"]  # 1900: no leap year


@settings(deadline=None)
@given(born=st.dates(date(1910, 1, 1), date(2014, 5, 1)), updated=st.dates(date(2001, 1, 1), date(2014, 5, 1)))
def test_a_two_digit_year_is_the_latest_that_is_not_after_the_update(small, born, updated):
    [read] = values(small, "born_on", f"{born:%m%d%y}", updated=f"{updated}T00:00:00Z")
    assert read == "unreadable" or (read <= updated and read.year % 100 == born.year % 100)
    if born <= updated and born.year > updated.year - 100:
        assert read == born


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2014-01-31", date(2014, 1, 31)),
        ("01/31/2014", date(2014, 1, 31)),
        ("1/3/2014", date(2014, 1, 3)),
        ("31/01/2014", "unreadable"),
        ("2014-01-31T00:00:00", "unreadable"),
    ],
)
def test_dates_with_separators(small, text, value):
    assert values(with_formats(small, "%Y-%m-%d", "%m/%d/%Y"), "born_on", text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2014-05-01T12:00:00Z", datetime(2014, 5, 1, 12, tzinfo=UTC)),
        ("2014-05-01T12:00:00+00:00", datetime(2014, 5, 1, 12, tzinfo=UTC)),
        ("2014-05-01T12:00:00+0530", datetime(2014, 5, 1, 6, 30, tzinfo=UTC)),
        ("2014-05-01T23:00:00-05:00", datetime(2014, 5, 2, 4, tzinfo=UTC)),
        ("2014-05-01T25:00:00Z", "unreadable"),
        ("2014-05-01T12:00:00", "unreadable"),
        ("9999-12-31T23:59:59-14:00", "unreadable"),
        ("0001-01-01T00:00:00+14:00", "unreadable"),
    ],
)
def test_timestamps_are_utc(small, text, value):
    assert values(small, "updated_at", text, updated=text) == [value]


YEARS = ["0000", "0001", "1582", "1677", "1900", "2014", "2016", "2262", "9999"]
TWO = st.sampled_from(["0", "00", "01", "2", "12", "23", "24", "29", "30", "31", "59", "60"])
ZONE = st.sampled_from(["Z", "+00:00", "-0500", "+14:00", "+23:59", "+24:00", "-99:99", "+5", ""])
STAMP = st.builds("{}-{}-{}T{}:{}:{}{}".format, st.sampled_from(YEARS), TWO, TWO, TWO, TWO, TWO, ZONE)


@settings(deadline=None)
@given(texts=st.lists(STAMP | st.just("2014-05-01T12:00:00Z"), max_size=4))
def test_arrow_reads_moments_as_pandas_does(small, texts):
    read = values(small, "updated_at", *texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("include.quality.parsing._of_iso", lambda text: None)
        assert values(small, "updated_at", *texts) == read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("+7", 7),
        ("-07", -7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, "unreadable"),
        ("7.0", "unreadable"),
        ("1e3", "unreadable"),
        ("٧", "unreadable"),
        ("", None),
    ],
)
def test_integers(small, text, value):
    assert values(small, "count", text) == [value]


def test_text_is_cleaned(small):
    assert values(small, "name", "  DE  LA\tCRUZ\u00a0", "Null", " n/a ", "NULLA", "", None) == [
        "DE LA CRUZ",
        None,
        None,
        "NULLA",
        None,
        None,
    ]
    assert values(small, "kind", "A", "a", "b", "B") == ["a", "a", "b", "B"]


def test_a_format_that_cannot_be_read_strictly_is_an_error_of_the_contract(small):
    with pytest.raises(ContractError, match=r"uses \[%b\]"):
        values(with_formats(small, "%d%b%Y"), "born_on", "01JAN2014")


def test_the_types_are_the_ones_the_contract_names(small):
    types = {field.name: str(field.type) for field in schema(small)}
    assert types["thing_id"] == "string"
    assert types["born_on"] == "date32[day]"
    assert types["count"] == "int64"
    assert types["updated_at"] == "timestamp[us, tz=UTC]"


@pytest.mark.parametrize("surname", ["NULL", "Null", "NA", "Na", "None", "UNKNOWN-SMITH"])
@pytest.mark.parametrize("dataset", ["uscis_petitioners", "uscis_beneficiaries"])
def test_a_surname_that_looks_like_nothing_is_a_surname(dataset, surname):
    contract = load_contract(dataset)
    text = pa.table({"family_name": pa.array([surname, "null"])})
    read = read_values(contract, text, ["family_name"])
    assert read.table["family_name"].to_pylist() == [surname, None]


BLANK = st.sampled_from(["null", "NULL", "N/A", " null ", ""])
WORDS = st.none() | BLANK | st.text("aN/u1\u00a0\x1c\u00df \t", max_size=5)


@settings(deadline=None)
@given(texts=st.lists(WORDS, min_size=2, max_size=8), is_name=st.booleans())
def test_a_column_that_does_not_repeat_itself_is_cleaned_like_any_other(texts, is_name, small):
    of = {"pii": Pii.DIRECT if is_name else Pii.NONE, "blanks": ("null", "N/A")}
    column = small.column("name").model_copy(update=of)
    contract = small.model_copy(update={"columns": (column, small.column("updated_at"))})
    folded = str if is_name else str.casefold
    words = [" ".join((text or "").split()) for text in texts]
    expected = [None if folded(word) in ("", folded("null"), folded("N/A")) else word for word in words]
    with pytest.MonkeyPatch.context() as patch:
        for sample in (1000, 1):  # of two values, one in the sample: they do not repeat themselves
            patch.setattr("include.quality.parsing.SAMPLE", sample)
            assert values(contract, "name", *texts) == expected
