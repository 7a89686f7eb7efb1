"""./run manage load_services FILE --community KEY: a pack (.yaml) or an official list (.csv)."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaimen.catalogue.actions import Report, load_official, load_pack
from kaimen.catalogue.enums import Audience
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation

SHOWN = 20


class Command(BaseCommand):
    help = "Load a service list: YAML as in packs/services/, or CSV with --map name=COLUMN department=COLUMN code=COLUMN"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", required=True, help="key of the community")
        parser.add_argument("--map", nargs="+", default=[], metavar="FIELD=COLUMN")
        parser.add_argument("--audience", choices=Audience.values, default=Audience.WORKER.value)
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="take the file's version also of what staff have edited since",
        )
        parser.add_argument("--encoding", default="utf-8-sig")

    def handle(self, *args: Any, **options: Any) -> None:
        key, path = options["community"], options["file"]
        found = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, key=key).first()
        if found is None:
            raise CommandError(f"no community {key} / 没有这个社区：{key}")
        if not path.is_file():
            raise CommandError(f"no file {path} / 没有这个文件：{path}")
        if path.suffix in (".yaml", ".yml"):
            self._say(load_pack(community=found, path=path, overwrite=options["overwrite"]))
        else:
            self._say(self._load_csv(found, options))

    def _load_csv(self, community: Organisation, options: dict[str, Any]) -> Report:
        columns = dict(pair.partition("=")[::2] for pair in options["map"])
        with options["file"].open(encoding=options["encoding"], newline="") as lines:
            rows = csv.DictReader(lines)
            missing = [c for c in columns.values() if c not in (rows.fieldnames or [])]
            if "name" not in columns or missing:
                raise CommandError(f"--map needs name=COLUMN, and columns of the file; not there: {missing}")
            audience = Audience(options["audience"])
            return load_official(
                community=community,
                rows=rows,
                columns=columns,
                audience=audience,
                overwrite=options["overwrite"],
            )

    def _say(self, report: Report) -> None:
        counts = (len(report.added), len(report.changed), len(report.unchanged), len(report.refused))
        self.stdout.write("added {} · changed {} · unchanged {} · refused {}".format(*counts))
        if report.kept:
            shown = "、".join(report.kept[:SHOWN]) + ("…" if len(report.kept) > SHOWN else "")
            self.stdout.write(
                f"kept {len(report.kept)}, edited by staff since / 工作人员改过，没有动: {shown}\n"
                "  --overwrite takes the file's version / 要用文件里的，加 --overwrite"
            )
        for key, problems in list(report.refused.items())[:SHOWN]:
            self.stdout.write(f"  {key}: " + "；".join(f"{p.field} {p.message}" for p in problems))
