from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kaimen.foundation import backup, sealing
from kaimen.foundation.backup.postgresql import ToolMissing
from kaimen.foundation.backup.restoring import Differs

WORDS = {
    "unreadable": "这个备份读不完整，可能没拷完：{}。什么也没有改动。",
    "altered": "这个备份被改过或者坏了：{}。什么也没有改动，请换一份。",
    "other_key": "这个备份是用另一个 KAIMEN_FIELD_KEY 做的，什么也没有改动。请填上当时的密钥；真的找不回来了，"
    "加 --without-key：话、名字、经过都在，手机号、证件号、地址再也读不出来，办件链接全部失效。",
    "newer": "这个备份比这里的程序新（{}），什么也没有改动。请先更新程序。",
    "other_database": "这个备份是 {} 的，和现在设置的数据库不是一种。什么也没有改动。",
}


class Command(BaseCommand):
    help = "恢复：只恢复到空的数据库和空的附件文件夹，先核对再写，写完逐行比对，再核对审计封条。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="SOURCE")
        parser.add_argument(
            "--without-key", action="store_true", help="当时的 KAIMEN_FIELD_KEY 找不回来了，也要恢复"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = backup.restore(options["source"], any_key=options["without_key"])
        except FileNotFoundError as error:
            raise CommandError(f"没有这个文件：{options['source']}") from error
        except backup.BadArchive as error:
            raise CommandError(WORDS[error.code].format(error.detail)) from error
        except backup.NotEmpty as error:
            raise CommandError(f"这里已经有数据：{error}。什么也没有改动；请先移走，再恢复。") from error
        except Differs as error:
            raise CommandError(f"恢复出来的和备份的不一样：{error}。不要使用。") from error
        except ToolMissing as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{done.tables} 张表、{done.rows} 行逐行比对一致，{done.files} 个附件；"
            f"备份做于 {done.manifest.made_at}（版本 {done.manifest.version}），补做 {done.upgraded} 步升级"
        )
        findings = sealing.verify()
        if findings:
            raise CommandError(f"审计：{len(findings)} 张封条对不上，请运行 audit verify")
        self.stdout.write("审计封条全部对得上。请再运行 recompute_figures，然后开门。")
