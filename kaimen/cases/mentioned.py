"""What the words of a case name: the room that hears them registers, so that this room need not know it."""

from collections.abc import Callable
from dataclasses import dataclass

from kaimen.cases.models import Case
from kaimen.foundation.models import Organisation, Place


@dataclass(frozen=True)
class Mentioned:
    """Enterprises and places of the community that are named and do not stand with the case yet."""

    enterprises: tuple[Organisation, ...] = ()
    places: tuple[Place, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.enterprises or self.places)


Source = Callable[[Case], Mentioned]
SOURCES: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    SOURCES[name] = source


def mentioned_in(case: Case) -> Mentioned:
    """Of all rooms that listen, in the order in which they registered."""
    found = [source(case) for source in SOURCES.values()]
    return Mentioned(
        tuple(dict.fromkeys(firm for one in found for firm in one.enterprises)),
        tuple(dict.fromkeys(place for one in found for place in one.places)),
    )
