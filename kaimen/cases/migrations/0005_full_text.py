"""Full text over cases: an FTS5 table kept by triggers on SQLite, a GIN index on PostgreSQL (cases/search.py)."""

from typing import Any

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE cases_casetext_words USING fts5("
    "body, content='cases_casetext', content_rowid='case_id', tokenize='unicode61')",
    "CREATE TRIGGER cases_casetext_added AFTER INSERT ON cases_casetext BEGIN "
    "INSERT INTO cases_casetext_words(rowid, body) VALUES (new.case_id, new.body); END",
    "CREATE TRIGGER cases_casetext_removed AFTER DELETE ON cases_casetext BEGIN "
    "INSERT INTO cases_casetext_words(cases_casetext_words, rowid, body) VALUES ('delete', old.case_id, old.body); END",
    "CREATE TRIGGER cases_casetext_changed AFTER UPDATE OF body ON cases_casetext BEGIN "
    "INSERT INTO cases_casetext_words(cases_casetext_words, rowid, body) VALUES ('delete', old.case_id, old.body); "
    "INSERT INTO cases_casetext_words(rowid, body) VALUES (new.case_id, new.body); END",
    "INSERT INTO cases_casetext_words(cases_casetext_words) VALUES ('rebuild')",
]
SQLITE_BACK = [
    *(f"DROP TRIGGER IF EXISTS cases_casetext_{name}" for name in ("added", "removed", "changed")),
    "DROP TABLE IF EXISTS cases_casetext_words",
]
POSTGRESQL = ["CREATE INDEX cases_casetext_words ON cases_casetext USING gin (to_tsvector('simple', body))"]
POSTGRESQL_BACK = ["DROP INDEX IF EXISTS cases_casetext_words"]


def build(apps: Any, editor: Any) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    for statement in POSTGRESQL_BACK if editor.connection.vendor == "postgresql" else SQLITE_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_guards")]
    operations = [migrations.RunPython(build, drop)]
