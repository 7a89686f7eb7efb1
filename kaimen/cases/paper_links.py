"""Papers of a case that rooms above can make: they register a link here, so that cases need not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kaimen.cases.models import Case
from kaimen.foundation.models import Person


@dataclass(frozen=True)
class Paper:
    """A link beside 打印答复 on the desk: `shown` says whether this person may, and whether there is anything yet."""

    name: str
    label: Any
    icon: str
    url: Callable[[Case], str]
    shown: Callable[[Person, Case], bool]


PAPERS: dict[str, Paper] = {}


def register(paper: Paper) -> None:
    PAPERS[paper.name] = paper


def paper_links(person: Person, case: Case) -> list[dict[str, Any]]:
    return [
        {"label": paper.label, "icon": paper.icon, "url": paper.url(case)}
        for paper in PAPERS.values()
        if paper.shown(person, case)
    ]
