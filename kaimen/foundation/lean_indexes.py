"""Indexes that carry their weight: every one is written to with every row, and a need writes a dozen rows.

Django gives each foreign key an index over all rows. Two kinds cost without helping: those that another, longer index
begins with, and those of columns where mostly nothing stands. The first go, the second hold only what is there.
"""

from typing import Any

from django.db import migrations, models


def given(field: str, name: str) -> models.Index:
    """An index over the rows in which `field` stands at all; comparisons with a value use it on both databases."""
    return models.Index(fields=[field], name=name, condition=models.Q(**{f"{field}__isnull": False}))


class WithoutIndex(migrations.AlterField):
    """AlterField to db_index=False that only drops the index.

    SQLite's AlterField builds the whole table anew and loses its triggers, on which append-only rows and the full-text
    index rest. Put it before an AddIndex over the same column.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table, column, _field = self._where(app_label, from_state)
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table)
        for name, about in found.items():
            if about["index"] and about["columns"] == [column] and not about["unique"]:
                schema_editor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        _table, _column, field = self._where(app_label, to_state)
        schema_editor.execute(schema_editor._create_index_sql(field.model, fields=[field]))

    def _where(self, app_label: str, state: Any) -> tuple[str, str, Any]:
        model = state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        return model._meta.db_table, field.column, field
