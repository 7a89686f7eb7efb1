from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kaimen.foundation.demo import PASSWORD, demo_people


class Command(BaseCommand):
    help = "Print who can be played in the demo: role, name, user name, what they see."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("only in the demo (KAIMEN_DEMO=1)")
        people = demo_people()
        first = {person.kind: person for person in reversed(people)}  # one of each kind keeps the table short
        for person in reversed(first.values()):
            cells = (
                _wide(person.kind_name, 12),
                _wide(person.name, 10),
                _wide(person.username or "手机号 + 验证码", 18),
            )
            self.stdout.write("  ".join((*cells, person.sees)))
        self.stdout.write(
            f"不用敲：打开 /in，{len(people)} 位示例人物按一下就进去。用户名的密码都是 {PASSWORD}"
        )


def _wide(text: str, width: int) -> str:
    """Padded to `width` columns, a Han character being two."""
    return text + " " * max(0, width - sum(2 if ord(char) > 0x2E7F else 1 for char in text))
