"""Who may do what with a case. Hidden (`can_see_*`: the page says not found) and forbidden (`check_*`) differ."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from kaimen.cases.models import Case, Refusal, Task
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import has_role, scope

READERS = frozenset({RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.MANAGER})
WORKERS = frozenset({RoleKind.OFFICER, RoleKind.SUPERVISOR})


def can_see_case(person: Person | None, case: Case) -> bool:
    """The asker, the owner, staff of the community or above, and handlers through a task of theirs."""
    if person is None:
        return False
    if person.pk in (case.asker_id, case.owner_id) or has_role(person, READERS, case.community):
        return True
    return case.tasks.filter(pk__in=_tasks_of(person)).exists()


def can_handle(person: Person | None, case: Case) -> bool:
    """The owner, and officers and supervisors at the community or above. Managers only read."""
    if person is None:
        return False
    return person.pk == case.owner_id or has_role(person, WORKERS, case.community)


def check_can_handle(person: Person | None, case: Case) -> None:
    if not can_handle(person, case):
        raise PermissionDenied


def can_speak_for_asker(person: Person | None, case: Case) -> bool:
    """None is the asker by the tracking link (the view has checked the token)."""
    return person is None or person.pk == case.asker_id


def check_speaks_for_asker(person: Person | None, case: Case) -> None:
    if not can_speak_for_asker(person, case):
        raise PermissionDenied


def can_see_asker(person: Person | None, case: Case) -> bool:
    """Name and phone. A confidential case shows them to the owner, a supervisor and the asker alone."""
    if person is None:
        return False
    if person.pk in (case.asker_id, case.owner_id) or can_supervise(person, case.community):
        return True
    return not case.confidential and can_see_case(person, case)


def can_supervise(person: Person | None, community: Organisation) -> bool:
    return has_role(person, RoleKind.SUPERVISOR, community)


def check_can_supervise(person: Person | None, community: Organisation) -> None:
    if not can_supervise(person, community):
        raise PermissionDenied


def can_keep_answers(person: Person | None, community: Organisation) -> bool:
    """Write and switch off ready-made answers: officers use them, those above them answer for the wording."""
    return has_role(person, {RoleKind.SUPERVISOR, RoleKind.MANAGER}, community)


def check_can_keep_answers(person: Person | None, community: Organisation) -> None:
    if not can_keep_answers(person, community):
        raise PermissionDenied


def can_sign(person: Person | None, refusal: Refusal) -> bool:
    """A supervisor, and not who proposed it."""
    return (
        person is not None
        and person.pk != refusal.proposed_by_id
        and can_supervise(person, refusal.case.community)
    )


def can_decide_appeal(person: Person | None, refusal: Refusal) -> bool:
    """A supervisor above the community (at it, where nothing is above), who neither proposed nor signed."""
    community = refusal.case.community
    return (
        person is not None
        and person.pk not in (refusal.proposed_by_id, refusal.signed_by_id)
        and can_supervise(person, community.parent or community)
    )


def can_do_task(person: Person | None, task: Task) -> bool:
    """Handlers of the organisation, who it was given to or was sent a link; None is the link itself."""
    if person is None or person.pk == task.handler_id:
        return True
    if has_role(person, RoleKind.HANDLER, task.organisation):
        return True
    return task.links.filter(for_person=person, revoked_at=None).exists()


def check_can_do_task(person: Person | None, task: Task) -> None:
    """An officer may also write down what a department said on the phone."""
    if not can_do_task(person, task) and not has_role(person, WORKERS, task.community):
        raise PermissionDenied


def can_give_task(person: Person | None, task: Task) -> bool:
    """Who may cancel a task or make a link to it."""
    return person is not None and (person.pk == task.asked_by_id or has_role(person, WORKERS, task.community))


def check_can_give_task(person: Person | None, task: Task) -> None:
    if not can_give_task(person, task):
        raise PermissionDenied


def _tasks_of(person: Person) -> QuerySet[Task]:
    mine = Task.objects.filter(organisation__in=scope(person, RoleKind.HANDLER))
    return mine | Task.objects.filter(handler=person)
