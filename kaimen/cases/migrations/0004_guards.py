"""A timeline can only grow, and nobody rewrites what a person said (foundation/append_only.py)."""

from typing import Any

from django.db import migrations

from kaimen.foundation import append_only

TIMELINE = "cases_timelineentry"


def guard(apps: Any, editor: Any) -> None:
    append_only.refuse_changes(editor, TIMELINE)
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE OR REPLACE FUNCTION kaimen_words_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'the words of a case stay as said' USING ERRCODE = 'restrict_violation'; END $$"
        )
        editor.execute(
            "CREATE TRIGGER cases_case_words_stay BEFORE UPDATE OF words ON cases_case FOR EACH ROW "
            "WHEN (NEW.words IS DISTINCT FROM OLD.words) EXECUTE FUNCTION kaimen_words_stay()"
        )
    else:
        editor.execute(
            "CREATE TRIGGER cases_case_words_stay BEFORE UPDATE OF words ON cases_case "
            "WHEN NEW.words IS NOT OLD.words "
            "BEGIN SELECT RAISE(ABORT, 'the words of a case stay as said'); END"
        )


def unguard(apps: Any, editor: Any) -> None:
    append_only.allow_changes(editor, TIMELINE)
    on = " ON cases_case" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER IF EXISTS cases_case_words_stay{on}")


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_counting"), ("foundation", "0002_append_only")]
    operations = [migrations.RunPython(guard, unguard)]
