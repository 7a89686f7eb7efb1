"""The secret address of a letter's door: it follows from the salt and is kept nowhere."""

from kaimen.foundation import qr
from kaimen.foundation.secret_links import token_digest, token_for
from kaimen.letters.models import Letter

PURPOSE = "letter"


def token(letter: Letter) -> str:
    return token_for(letter.salt, PURPOSE)


def digest_of(salt: str) -> str:
    return token_digest(token_for(salt, PURPOSE))


def path(letter: Letter) -> str:
    return f"/l/{token(letter)}"


def url(letter: Letter) -> str:
    """As printed on paper, drawn as QR code and sent by message."""
    return qr.absolute(path(letter))
