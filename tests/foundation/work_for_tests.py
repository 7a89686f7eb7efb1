"""Jobs that the tests give to workers; `sleepy` writes its effect only after a while, in one transaction."""

import time
from pathlib import Path

from django.db import transaction
from django_tasks import task

from kaimen.foundation.models import Organisation


@task()
def broken() -> None:
    raise RuntimeError("broken")


@task()
def effect(key: str) -> None:
    Organisation.objects.get_or_create(key=key, defaults={"kind": "team", "name": "示例"})


@task()
def sleepy(key: str, seconds: float, marker: str) -> None:
    """Says that it has begun (`marker`, a file), waits, then has its effect once."""
    path = Path(marker)
    first = not path.exists()
    path.write_text("begun")
    with transaction.atomic():
        Organisation.objects.get_or_create(key=key, defaults={"kind": "team", "name": "示例"})
        time.sleep(seconds if first else 0)
