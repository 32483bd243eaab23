"""Seal what must be stored and never read by a thief of the table: the logins of data sources."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from backend.domain.errors import SalesCrewError


class SealBroken(SalesCrewError):
    """The stored login was sealed under another SECRET_KEY; store it again."""

    code = "login_unreadable"


class Seal:
    """Authenticated encryption under a key made from SECRET_KEY."""

    def __init__(self, secret_key: str) -> None:
        # The context keeps this key apart from any other that is made from the same secret.
        derived = hashlib.sha256(b"sales-crew data-source login\x00" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text. Raises SealBroken when the key is another."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SealBroken from error
