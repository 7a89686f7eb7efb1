"""The stamp that says whether reference data kept in memory is still what the database has (foundation/reference.py)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("foundation", "0008_machine_keys")]
    operations = [
        migrations.RunSQL(
            [
                "CREATE TABLE kaimen_reference (stamp varchar(40) NOT NULL)",
                "INSERT INTO kaimen_reference VALUES ('new')",
            ],
            ["DROP TABLE kaimen_reference"],
        )
    ]
