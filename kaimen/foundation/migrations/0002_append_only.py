"""The audit can only grow: the database refuses to change or take out a row (foundation/append_only.py)."""

from typing import Any

from django.db import migrations

from kaimen.foundation import append_only

TABLE = "foundation_auditentry"


def guard(apps: Any, editor: Any) -> None:
    append_only.create_marker(editor)
    append_only.refuse_changes(editor, TABLE)


def unguard(apps: Any, editor: Any) -> None:
    append_only.allow_changes(editor, TABLE)
    append_only.drop_marker(editor)


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
