"""Whose choice a service on the page is, and whether it still belongs to the words beside it.

The page carries what it showed: `about` the words it showed it for, `guessed` what we had marked, `picked` what the
person had. So a choice can be told from a guess without JavaScript too, and neither sticks to other words.
"""

from collections.abc import Mapping
from hashlib import sha256

from kaimen.intake.suggest import Suggestion
from kaimen.logic.text import clean


def about(words: str) -> str:
    """A short mark of the words, "" for none: who chose before saying anything has changed nothing by saying it.

    The words themselves need not stand on the page twice.
    """
    said = clean(words)
    return sha256(said.encode()).hexdigest()[:16] if said else ""


def picked(given: Mapping[str, str]) -> str:
    """The key that the person chose, by a link or by marking another than we had; "" while it is our guess."""
    key = given.get("service", "")
    if "guessed" not in given:
        return key if given.get("picked", key) == key else ""
    return key if key != given["guessed"] or given.get("picked") == key else ""


def words_changed(given: Mapping[str, str]) -> bool:
    """Have the words changed since the page showed what is marked?"""
    return bool(given.get("about")) and given["about"] != about(given.get("words", ""))


def still_fits(given: Mapping[str, str], found: Suggestion | None) -> bool:
    """May the marked service be taken for these words? `found`: what the words alone lead to now.

    A guess must be what we would guess now; a choice need only be among what the words find or come near.
    """
    key = given.get("service", "")
    if not key or not words_changed(given):
        return True
    if found is None:
        return False
    if picked(given):
        return any(one.service.key == key for one in (*found.services, *found.perhaps))
    return found.service is not None and found.service.key == key
