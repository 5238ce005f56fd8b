"""Sealing what must not lie readable on a disk: authenticated encryption with a key that the database does not have."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from include.warehouse.connection import WarehouseError


class Vault:
    """Seals with the first of its secrets and opens with any: a secret is changed by putting the new one in front.

    Fernet (https://github.com/fernet/spec): AES-128-CBC with HMAC-SHA256. Its key, and the one for fingerprints, are
    derived from each secret by HKDF (RFC 5869), so that a secret may have any form.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._fernet = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(_derive(secret, b"crosscheck seal"))) for secret in secrets]
        )
        # The oldest secret stays the last, and so a row keeps its fingerprint.
        self._fingerprint = _derive(secrets[-1], b"crosscheck fingerprint")

    def seal(self, text: str) -> str:
        """Text that only a holder of the secret can open; different each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed. Raises `WarehouseError` if none of the secrets opens it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise WarehouseError(
                "a row in quarantine cannot be opened; put the secret that it was sealed with back into "
                "[CROSSCHECK_QUARANTINE_KEY], behind the new one and a comma"
            ) from None

    def fingerprint(self, text: str) -> str:
        """The same for the same text, and of no use to guess it without the secret: HMAC-SHA256, hexadecimal."""
        return hmac.new(self._fingerprint, text.encode(), hashlib.sha256).hexdigest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
