"""Tasks that still run when their case has its answer or is over.

Work may go on after an answer ("the traffic police paint the lines on Friday"), so nothing stops by itself. Whoever
answers or closes sees what still runs and may stop it in the same step; where nobody sees it (a rating, silence),
the owner is told. A task that serves another open case as well is not stopped from here.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kaimen.cases import steps
from kaimen.cases.enums import OPEN_TASKS
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, Task
from kaimen.foundation.models import Person

from .tasks import cancel_task


def still_running(case: Case, *, or_group: bool = False) -> QuerySet[Task]:
    """Open tasks that serve this case and no other open one (`or_group`: none outside its group)."""
    others = Case.objects.open().filter(tasks=OuterRef("pk")).exclude(pk=case.pk)
    if or_group and case.group_id:
        others = others.exclude(group=case.group_id)
    running = Task.objects.filter(cases=case, state__in=OPEN_TASKS).exclude(Exists(others))
    return running.select_related("organisation", "community", "handler").order_by("pk")


def stop(case: Case, tasks: Iterable[Task], *, by: Person, now: datetime) -> None:
    """Cancel these tasks in the caller's transaction; their handlers hear it.

    NotNow("task_serves_others") for one that another open case needs; Moved where one was answered meanwhile.
    """
    tasks = list(tasks)
    free = set(still_running(case).values_list("pk", flat=True)) if tasks else set()
    for task in tasks:
        if task.pk not in free:
            raise NotNow("task_serves_others", organisation=task.organisation.name)
        cancel_task(task=task, by=by, now=now)


def remind(case: Case, by: Person | None) -> None:
    """Tell the owner what still runs for a case that is over, unless the owner ended it."""
    names = [task.organisation.name for task in still_running(case)]
    if names:
        steps.tell_owner(case, "tasks_still_open", by, organisations=names)
