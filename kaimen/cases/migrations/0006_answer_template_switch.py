from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def tell_apart(apps: Any, schema_editor: Any) -> None:
    """From now on a name stands once in a community: a second one gets a number, nothing is lost."""
    Template = apps.get_model("cases", "AnswerTemplate")
    taken: set[tuple[int, str]] = set()
    for template in Template.objects.order_by("pk"):
        name, number = template.name, 1
        while (template.community_id, template.name) in taken:
            number += 1
            template.name = f"{name[:54]}（{number}）"
        taken.add((template.community_id, template.name))
        if template.name != name:
            template.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_full_text"),
        ("foundation", "0007_attachment_token"),
    ]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddField(
            model_name="answertemplate",
            name="active",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="answertemplate",
            name="changed_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="answertemplate",
            name="changed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="foundation.person",
            ),
        ),
        migrations.AddField(
            model_name="answertemplate",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="answertemplate",
            constraint=models.UniqueConstraint(
                fields=("community", "name"), name="answer_template_name_once"
            ),
        ),
    ]
