"""What is sealed says nothing without the secret, and a changed secret does not shut out what was sealed before."""

import pytest

from include.warehouse.connection import WarehouseError
from include.warehouse.vault import Vault

OLD, NEW = "o" * 32, "n" * 32
TEXT = '{"header": ["NAME"], "text": "MU\\udcd1OZ"}'


def test_what_is_sealed_opens_again_and_shows_nothing():
    sealed = Vault([OLD]).seal(TEXT)
    assert "header" not in sealed  # six letters: two stand in a sealed text by chance, three times in a hundred
    assert sealed != Vault([OLD]).seal(TEXT)
    assert Vault([OLD]).open(sealed) == TEXT


def test_a_new_secret_in_front_opens_the_old_and_keeps_fingerprints():
    both = Vault([NEW, OLD])
    assert both.open(Vault([OLD]).seal(TEXT)) == TEXT
    assert both.fingerprint(TEXT) == Vault([OLD]).fingerprint(TEXT) != Vault([NEW]).fingerprint(TEXT)
    with pytest.raises(WarehouseError, match="cannot be opened"):
        Vault([OLD]).open(both.seal(TEXT))


def test_what_was_changed_does_not_open():
    sealed = Vault([OLD]).seal(TEXT)
    with pytest.raises(WarehouseError) as refused:
        Vault([OLD]).open(sealed[:-8] + "AAAAAAA=")
    assert "\n" not in str(refused.value)
    assert "OZ" not in str(refused.value)
