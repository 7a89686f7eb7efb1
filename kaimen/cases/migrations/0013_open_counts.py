"""How many open cases each person has is counted along on SQLite (cases/open_counts.py)."""

from typing import Any

from django.db import migrations

from kaimen.cases import open_counts


def count(apps: Any, editor: Any) -> None:
    open_counts.count_along(editor)


def stop(apps: Any, editor: Any) -> None:
    open_counts.stop_counting(editor)


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_letters_only")]
    operations = [migrations.RunPython(count, stop)]
