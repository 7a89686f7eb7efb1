"""Why a case is urgent, and what its asker wants. SQLite builds the table anew: the guard of the words comes back after."""

from typing import Any

from django.db import migrations, models


def guard_again(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER IF EXISTS cases_case_words_stay")
        editor.execute(
            "CREATE TRIGGER cases_case_words_stay BEFORE UPDATE OF words ON cases_case "
            "WHEN NEW.words IS NOT OLD.words "
            "BEGIN SELECT RAISE(ABORT, 'the words of a case stay as said'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_due_feed")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, guard_again),
        migrations.AddField(
            model_name="case",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("consultation", "咨询"),
                    ("complaint", "投诉"),
                    ("suggestion", "建议"),
                    ("report", "举报"),
                    ("help", "求助"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="urgent_why",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(guard_again, migrations.RunPython.noop),
    ]
