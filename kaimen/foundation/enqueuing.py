"""Jobs by the dozen: the rows that `task.enqueue` writes one by one, in one statement."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from kaimen.foundation.rows import insert_values


def enqueue_all(task: Any, arguments: Sequence[list[Any]]) -> None:
    """Queue `task` once for each list of arguments, in the caller's transaction.

    Arguments are plain numbers and strings: they are kept as JSON. tests/foundation compares these rows with those
    that the library writes.
    """
    same = {
        "enqueued_at": timezone.now(),
        "priority": task.priority,
        "task_path": task.module_path,
        "queue_name": task.queue_name,
        "run_after": task.run_after or get_date_max(),
        "backend_name": task.backend,
    }
    insert_values(
        DBTaskResult, ({**same, "args_kwargs": {"args": given, "kwargs": {}}} for given in arguments)
    )
