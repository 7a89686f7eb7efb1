"""`python -m kaimen <command>`: Django's commands with Kaimen's settings (`./run manage` calls it)."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaimen.config.settings")
    execute_from_command_line(["./run manage", *sys.argv[1:]])
