from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kaimen.cases.figures import recompute_all
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation


class Command(BaseCommand):
    help = "把公示的数从头再数一遍 / count the figures of the public board anew"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--community", help="只数这个社区（key）；不写就全数")

    def handle(self, *args: Any, **options: Any) -> None:
        communities = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY).order_by("pk")
        if options["community"]:
            communities = communities.filter(key=options["community"])
            if not communities:
                raise CommandError(f"没有这个社区 / no such community: {options['community']}")
        for community in communities:
            months = recompute_all(community)
            self.stdout.write(f"{community.name}: {len(months)} 个月 / months")
