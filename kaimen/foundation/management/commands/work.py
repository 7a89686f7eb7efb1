import os
import socket
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string

from kaimen.foundation.jobs import TIMETABLE, PatientWorker


class Command(BaseCommand):
    help = "做后台的活：发通知、升级超时、夜里汇总。可以开几个，互不重复。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="没活时隔几秒再看（默认 0.5）")
        parser.add_argument("--once", action="store_true", help="把现成的活做完就停")

    def handle(self, *args: Any, **options: Any) -> None:
        for app in apps.get_app_configs():
            if app.name.startswith("kaimen.") and find_spec(f"{app.name}.jobs"):
                import_module(f"{app.name}.jobs")
        name = f"{socket.gethostname()}-{os.getpid()}-{get_random_string(6)}"[:64]
        worker = PatientWorker(interval=options["interval"], worker_id=name)
        if options["once"]:
            worker.run()
            return
        worker.configure_signals()
        self.stdout.write(f"worker {name}: {len(TIMETABLE)} timed jobs")
        worker.run_forever()
