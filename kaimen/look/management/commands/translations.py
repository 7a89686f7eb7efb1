"""`./run manage translations check | update`: is every sentence there in English too?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kaimen.look import translations

SHOWN = 40


class Command(BaseCommand):
    help = (
        "Compare the translations with the sentences in code and templates, or bring their list up to date."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check", "update"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        files = translations.catalogue_files()
        if not files:
            raise CommandError("no translation file in kaimen/look/locale")
        failed = False
        for path in files:
            if action == "update":
                translations.update(path)
            found = translations.problems(path)
            failed = failed or bool(found)
            self.stdout.write(f"{path.parent.parent.name}: {len(found)} to do")
            for problem in found[:SHOWN]:
                self.stdout.write(f"  {problem}")
        if failed and action == "check":
            raise CommandError(
                "translations are not complete: ./run fix lists what is new, then translate it"
            )
