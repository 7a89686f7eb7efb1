"""What is searched holds letters and digits only, as cases/search.py writes it from now on.

PostgreSQL looks for a phrase as a piece of the body (SQLite's index knows where each word stands and needs no change).
"""

import re
from typing import Any

from django.db import migrations

AT_ONCE = 2000
BETWEEN = re.compile(r"[\W_]+")


def write_anew(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    last, texts = 0, apps.get_model("cases", "CaseText").objects
    while rows := list(texts.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for row in rows:
            row.body = BETWEEN.sub(" ", row.body.lower()).strip()
        texts.bulk_update(rows, ["body"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_lean_indexes")]
    operations = [migrations.RunPython(write_anew, migrations.RunPython.noop)]
