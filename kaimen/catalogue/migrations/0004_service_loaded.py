"""What a pack last wrote into a service, so that loading again leaves alone what staff have edited since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_service_search_stamp")]

    operations = [
        migrations.AddField("service", "loaded", models.JSONField(blank=True, null=True)),
    ]
