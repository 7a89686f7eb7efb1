import csv
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation
from kaimen.foundation.roster import RosterReport, WrongRoster, import_roster
from kaimen.foundation.roster_words import words
from kaimen.foundation.tables import NotATable, read_table

SHOWN = 20


class Command(BaseCommand):
    help = "导入名册（Excel 或 CSV）：人员、单位、工会主席。好的行导入，坏的行报告行号、列和原因；导两次不会重复。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", help="社区的 key，只有一个社区时不用写")
        parser.add_argument("--add-units", action="store_true", help="表里有信用代码的新单位一起登记")
        parser.add_argument("--dry-run", action="store_true", help="只看会怎样，不写入")
        parser.add_argument("--bad", type=Path, help="把坏的行写到这个 CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件：{path}")
        started = time.monotonic()
        try:
            report = import_roster(
                rows=read_table(path),
                community=_community(options["community"]),
                by=None,
                dry_run=options["dry_run"],
                add_units=options["add_units"],
            )
        except WrongRoster as error:
            raise CommandError(f"表里没有这些列：{error}。第一行请写列名") from error
        except NotATable as error:
            raise CommandError(f"{path.name} 不是能读的表格，请用 CSV 或 Excel") from error
        self._tell(report, options["dry_run"], time.monotonic() - started)
        if options["bad"]:
            _write_bad(options["bad"], report)

    def _tell(self, report: RosterReport, dry_run: bool, seconds: float) -> None:
        for bad in report.bad[:SHOWN]:
            self.stderr.write(f"第 {bad.row} 行 {bad.column}：{words(bad.code)}")
        if len(report.bad) > SHOWN:
            self.stderr.write(f"……还有 {len(report.bad) - SHOWN} 处，用 --bad 写到文件里看")
        self.stdout.write(
            f"{'如果导入：' if dry_run else ''}新增 {report.added} 人，更新 {report.changed} 人，没变 {report.same} 人，"
            f"新单位 {len(report.new_units)} 家，没收 {len(report.bad)} 处；{seconds:.1f} 秒"
        )


def _write_bad(path: Path, report: RosterReport) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行", "列", "原因"])
        writer.writerows((bad.row, bad.column, words(bad.code)) for bad in report.bad)


def _community(key: str | None) -> Organisation:
    communities = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY)
    if key:
        communities = communities.filter(key=key)
    found = list(communities[:2])
    if len(found) != 1:
        raise CommandError("请用 --community 指明社区" if found else "没有这个社区" if key else "还没有社区")
    return found[0]
