"""Countries as the agencies write them are countries as the matching reads them."""

import pytest

from include.matching.countries import CountryReader
from include.matching.model import load_model
from include.simulator.population.places import load_places


@pytest.mark.parametrize("country", load_places().countries.values(), ids=lambda country: country.code)
def test_every_spelling_of_a_country_is_read_as_that_country(country) -> None:
    read = CountryReader(load_model().countries).read
    assert {read(text) for text in (country.code, country.name, country.claims)} == {country.code}
