"""What rooms above know about a case and the desk shows beside it; they register, so that this room need not know them."""

from collections.abc import Callable
from dataclasses import dataclass

from kaimen.cases.models import Case
from kaimen.foundation.models import Person


@dataclass(frozen=True)
class Chip:
    """A short line with an address; `words` are already in the reader's language."""

    words: str
    address: str


Source = Callable[[Case, Person], Chip | None]
SOURCES: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    SOURCES[name] = source


def chips_of(case: Case, person: Person) -> list[Chip]:
    """The chips that this person may see, in the order in which their rooms registered."""
    found = (source(case, person) for source in SOURCES.values())
    return [chip for chip in found if chip]
