"""What happened to a letter is only added to (foundation/append_only.py)."""

from typing import Any

from django.db import migrations

from kaimen.foundation import append_only

TABLE = "letters_letterevent"


def guard(apps: Any, editor: Any) -> None:
    append_only.refuse_changes(editor, TABLE)


def unguard(apps: Any, editor: Any) -> None:
    append_only.allow_changes(editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_letters"), ("foundation", "0002_append_only")]
    operations = [migrations.RunPython(guard, unguard)]
