"""Files that an organisation sends with its reply."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kaimen.cases.actions.tasks import finish_task
from kaimen.cases.models import CaseAttachment, Task
from kaimen.foundation.models import Attachment, Person


@transaction.atomic
def finish_with_files(
    *, task: Task, reply: str, files: Sequence[Attachment], by: Person | None, now: datetime
) -> None:
    """`finish_task`, and the files lie with each case for its owner; the asker sees them only through the answer."""
    finish_task(task=task, reply=reply, by=by, now=now)
    CaseAttachment.objects.bulk_create(
        CaseAttachment(case=case, attachment=file, added_at=now, shown_to_asker=False)
        for case in task.cases.all()
        for file in files
    )
