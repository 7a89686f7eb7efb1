"""State tables that rooms want drawn into docs/generated: a diagram and the same as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils import translation

Table = Mapping[str, tuple[frozenset[Any], Any]]


@dataclass(frozen=True)
class Drawing:
    title: str
    source: str  # the file that the table stands in
    states: type[TextChoices]
    table: Table
    first: str


DRAWINGS: dict[str, Drawing] = {}  # name of the file in docs/generated -> what is drawn


def register(name: str, drawing: Drawing) -> None:
    DRAWINGS[name] = drawing


def draw(one: Drawing) -> str:
    """A mermaid diagram and the same as a table, states in the order of the enum; the same on every run."""
    with translation.override("zh-hans"):
        names = {state.value: str(state.label) for state in one.states}
    lines = [
        f"# {one.title}",
        "",
        f"Drawn by `./run manage draw_states` from `{one.source}`; do not edit.",
        "",
    ]
    lines += ["```mermaid", "stateDiagram-v2", f"    [*] --> {one.first}"]
    lines += [f"    {value}: {name}" for value, name in names.items()]
    for verb, (sources, to) in one.table.items():
        lines += [f"    {source.value} --> {to.value}: {verb}" for source in one.states if source in sources]
    lines += ["```", "", "| verb | from | to |", "| --- | --- | --- |"]
    for verb, (sources, to) in one.table.items():
        start = "、".join(names[source.value] for source in one.states if source in sources)
        lines.append(f"| `{verb}` | {start} | {names[to.value]} |")
    return "\n".join(lines) + "\n"


def drawings() -> dict[str, str]:
    return {name: draw(one) for name, one in sorted(DRAWINGS.items())}
