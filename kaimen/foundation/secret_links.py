"""Links that cannot be guessed, and that the database alone does not reveal.

The token in a link is HMAC(FIELD_KEY, purpose + salt); the row keeps the salt and the token's digest. Whoever
reads the database cannot open the link, the application can print it again, and a new salt revokes it.
"""

import base64
import hmac
import secrets
from hashlib import sha256

from django.conf import settings


def new_salt() -> str:
    return secrets.token_hex(12)


def token_for(salt: str, purpose: str) -> str:
    """22 URL-safe characters (128 bits)."""
    raw = hmac.digest(settings.FIELD_KEY, f"link:{purpose}:{salt}".encode(), "sha256")[:16]
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token_digest(token: str) -> str:
    """What the row stores and is looked up by."""
    return sha256(token.encode()).hexdigest()
