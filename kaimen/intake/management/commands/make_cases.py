import gc
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation
from kaimen.intake.making import Maker, fresh_seed


class Command(BaseCommand):
    help = "造办件：近两年、各种说法、各个阶段，用来量速度。全是编的，不通知任何人；正式库要加 --yes。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--community", help="社区的 key，不写就是最早的一个")
        parser.add_argument("--seed", type=int, help="同一个数造出同样的办件；同一个库里一个数只能用一次")
        parser.add_argument("--yes", action="store_true", help="是的，往正式库里造")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not options["yes"]:
            raise CommandError("这是正式库：造出来的办件删不掉（审计只增不减）。真要造，加 --yes。")
        found = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, active=True).order_by("pk")
        community = (found.filter(key=options["community"]) if options["community"] else found).first()
        if community is None:
            raise CommandError("没有这个社区。先装清单和人员，例如 ./run manage load_demo")
        gc.disable()  # a million short-lived rows, nothing in circles: looking for them takes a third of the time
        started = time.monotonic()

        def told(made: int) -> None:
            self.stdout.write(f"  {made} / {options['number']}  {time.monotonic() - started:.0f} 秒")

        maker = Maker(
            community, options["seed"] if options["seed"] is not None else fresh_seed(), timezone.now()
        )
        maker.make(options["number"], told)
        gc.enable()
