import csv
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation
from kaimen.foundation.tables import NotATable, read_table
from kaimen.intake.importing import FIELDS, WrongTable, import_needs
from kaimen.logic.routing import NoOwner

PROBLEMS = {
    "no_column": "没有这一列：{column}（{field}）。表里有：{has}",
    "no_words_column": "请用 --map 说明哪一列是事情本身，例如 --map subject=标题 detail=内容",
}


class Command(BaseCommand):
    help = "把任何 CSV/Excel 里的诉求逐行送进门：好的行成为办件，坏的行报告行号、列和原因。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map", nargs="+", default=[], metavar="字段=列名", help=f"字段：{' '.join(FIELDS)}"
        )
        parser.add_argument("--community", help="社区的 key，只有一个社区时不用写")
        parser.add_argument("--keep-times", action="store_true", help="用表里的时间作为收到时间")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--bad", type=Path, help="把坏的行写到这个 CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件：{path}")
        columns = dict(pair.split("=", 1) for pair in options["map"] if "=" in pair)
        unknown = set(columns) - set(FIELDS)
        if unknown:
            raise CommandError(f"不认识的字段：{'、'.join(sorted(unknown))}；可用：{' '.join(FIELDS)}")
        started = time.monotonic()
        try:
            report = import_needs(
                rows=read_table(path),
                columns=columns,
                community=self._community(options["community"]),
                by=None,
                source=path.name,
                keep_times=options["keep_times"],
                dry_run=options["dry_run"],
            )
        except WrongTable as error:
            raise CommandError(PROBLEMS[error.code].format(**error.params)) from error
        except NoOwner as error:
            raise CommandError("这个社区还没有服务专员和督办，没人能接：先登记人员和角色") from error
        except NotATable as error:
            raise CommandError(f"{path.name} 不是能读的表格，请用 CSV 或 Excel") from error
        seconds = time.monotonic() - started
        for bad in report.bad[:20]:
            self.stderr.write(f"第 {bad.row} 行 {bad.column}：{bad.code} {bad.value}")
        if options["bad"]:
            with options["bad"].open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["row", "column", "reason", "value"])
                writer.writerows((b.row, b.column, b.code, b.value) for b in report.bad)
        self.stdout.write(
            f"收下 {report.made} 件，早已有 {report.already} 件，坏行 {len(report.bad)}，截短 {report.cut}；"
            f"{seconds:.1f} 秒"
        )

    def _community(self, key: str | None) -> Organisation:
        communities = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY)
        if key:
            communities = communities.filter(key=key)
        found = list(communities[:2])
        if len(found) != 1:
            raise CommandError("请用 --community 指明社区" if found else "还没有社区，先运行 ./run demo")
        return found[0]
