"""Personal data at rest: encrypted field by field, found again by a keyed digest.

AES-256-GCM with a random nonce per value, so equal values do not look equal in the database. Look-ups go
through `digest`, an HMAC of the normalised value: whoever has the database but not the key learns neither.
"""

import base64
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

PREFIX = "v1:"  # names the scheme, so that a later key or cipher can live beside it


class Unreadable(ValueError):
    """A value could not be decrypted: another key, or somebody altered it."""


def encrypt(text: str) -> str:
    """Ciphertext of `text` as `v1:` + base64(nonce + sealed)."""
    nonce = os.urandom(12)
    sealed = _cipher(settings.FIELD_KEY).encrypt(nonce, text.encode(), None)
    return PREFIX + base64.b64encode(nonce + sealed).decode()


def decrypt(stored: str) -> str:
    """The text that `encrypt` sealed; raises Unreadable if key or content differ."""
    raw = base64.b64decode(stored.removeprefix(PREFIX))
    try:
        return _cipher(settings.FIELD_KEY).decrypt(raw[:12], raw[12:], None).decode()
    except InvalidTag as error:
        raise Unreadable("personal data cannot be decrypted with this KAIMEN_FIELD_KEY") from error


def digest(text: str, purpose: str) -> str:
    """Keyed blind index of `text`: equal texts, equal digests; `purpose` keeps columns from being joined."""
    return hmac.digest(settings.FIELD_KEY, f"{purpose}:{text}".encode(), "sha256").hex()


@lru_cache(maxsize=4)  # a house has one key; its tests have more
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


class EncryptedTextField(models.TextField):
    """Text that the database only ever sees encrypted; "" stays "" (nothing to hide)."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value and value.startswith(PREFIX) else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value
