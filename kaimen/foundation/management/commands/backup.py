from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kaimen.foundation import backup
from kaimen.foundation.backup.postgresql import ToolMissing

KEYS = (
    "备份里没有密钥。恢复要用同一个 KAIMEN_FIELD_KEY（没有它，手机号、证件号、地址再也读不出来，办件链接全部失效），"
    "KAIMEN_SECRET_KEY 换一个也行（大家要重新登录）。请把它们另外保管，不要和备份放在一起。"
)


class Command(BaseCommand):
    help = "备份：数据库和附件装成一个文件，边用边备。TARGET 是新文件名，或已有的文件夹。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, metavar="TARGET")
        parser.add_argument("--keep", type=int, metavar="N", help="文件夹里只留最近 N 份 kaimen-*.tar")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["target"].parent.exists():
            raise CommandError(f"没有这个文件夹：{options['target'].parent}")
        try:
            path, manifest = backup.make(options["target"], timezone.now())
        except FileExistsError as error:
            raise CommandError(f"已经有了，不覆盖：{error}") from error
        except ToolMissing as error:
            raise CommandError(str(error)) from error
        if options["keep"] and options["target"].is_dir():
            for old in sorted(options["target"].glob("kaimen-*.tar"))[: -options["keep"]]:
                old.unlink()
        rows = sum(table.rows for table in manifest.tables.values())
        files = len(manifest.members) - 1
        self.stdout.write(
            f"{path}：{len(manifest.tables)} 张表，{rows} 行，{files} 个附件，{path.stat().st_size} 字节"
        )
        self.stdout.write(KEYS)
