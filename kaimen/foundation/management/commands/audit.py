from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kaimen.foundation import sealing
from kaimen.foundation.models import AuditEntry, AuditSeal

WORDS = {"changed": "有记录被改过", "missing": "有记录被拿走或塞进来", "chain": "封条和前一张接不上"}


class Command(BaseCommand):
    help = "审计：verify 核对每一张封条；seal 现在就封。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "seal"])
        parser.add_argument("--kept", metavar="HASH", help="以前抄下来的最后一张封条，核对它还在不在")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "seal":
            while sealing.seal(timezone.now()):
                pass
        findings = sealing.verify()
        for found in findings:
            self.stderr.write(
                f"封条 {found.seal}（记录 {found.first_entry}–{found.last_entry}）：{WORDS[found.code]}"
            )
        if findings:
            raise CommandError(f"{len(findings)} 张封条对不上")
        if options["kept"] and not AuditSeal.objects.filter(hash=options["kept"]).exists():
            raise CommandError("抄下来的那张封条不在了：封条被整个重写过")
        last = AuditSeal.objects.order_by("-pk").first()
        open_rows = AuditEntry.objects.filter(pk__gt=last.last_entry if last else 0).count()
        head = last.hash if last else "（还没有封条）"
        self.stdout.write(
            f"{AuditSeal.objects.count()} 张封条全部对得上；还没封的 {open_rows} 条。最后一张：{head}"
        )
