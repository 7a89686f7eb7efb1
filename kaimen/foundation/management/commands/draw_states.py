"""`./run manage draw_states`: docs/generated/*-states.md from the tables that rooms registered; `--check` compares."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kaimen.foundation.state_drawings import drawings

FOLDER = Path(settings.ROOT) / "docs" / "generated"


class Command(BaseCommand):
    help = "Draw the states of cases, tasks, mailings and letters into docs/generated."

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
