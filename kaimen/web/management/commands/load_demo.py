from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kaimen.web import demo


class Command(BaseCommand):
    help = "装入示例：灵峰工业社区的清单、人员和半年的办件。装过的不再装。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("示例人员只能装进演示库（KAIMEN_DEMO=1），不能装进正式库。")
        demo.load(lambda line: self.stdout.write(f"  {line}"))
