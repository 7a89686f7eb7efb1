"""`./run manage draw_states`: docs/generated/*-states.md from the tables in cases/enums.py; `--check` only compares."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import TextChoices
from django.utils import translation

from kaimen.cases.enums import CASE_TRANSITIONS, TASK_TRANSITIONS, CaseState, TaskState

Table = Mapping[str, tuple[frozenset[Any], Any]]
FOLDER = Path(settings.ROOT) / "docs" / "generated"


def drawings() -> dict[str, str]:
    """File name -> text, the same on every run."""
    return {
        "case-states.md": draw("Case 办件", CaseState, CASE_TRANSITIONS, "received"),
        "task-states.md": draw("Task 交办", TaskState, TASK_TRANSITIONS, "asked"),
    }


def draw(title: str, states: type[TextChoices], table: Table, first: str) -> str:
    """A mermaid diagram and the same as a table, states in the order of the enum."""
    with translation.override("zh-hans"):
        names = {state.value: str(state.label) for state in states}
    lines = [
        f"# {title}",
        "",
        "Drawn by `./run manage draw_states` from `kaimen/cases/enums.py`; do not edit.",
        "",
    ]
    lines += ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {value}: {name}" for value, name in names.items()]
    for verb, (sources, to) in table.items():
        lines += [f"    {source.value} --> {to.value}: {verb}" for source in states if source in sources]
    lines += ["```", "", "| verb | from | to |", "| --- | --- | --- |"]
    for verb, (sources, to) in table.items():
        start = "、".join(names[source.value] for source in states if source in sources)
        lines.append(f"| `{verb}` | {start} | {names[to.value]} |")
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    help = "Draw the states of cases and tasks into docs/generated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when a drawing is old")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        for name, text in drawings().items():
            path = FOLDER / name
            if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
                raise CommandError(f"docs/generated/{name} is old: ./run manage draw_states")
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
