"""Cases as the desk shows them to this person; to a key only numbers, states and dates, save what it brought itself."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Path, Query, Router
from pydantic import StringConstraints

from kaimen.cases import actions, queries, wording
from kaimen.cases.enums import OPEN_STATES, CaseState
from kaimen.cases.models import Case
from kaimen.cases.queries.lists import ROW
from kaimen.cases.views.case import asker_shown
from kaimen.foundation.enums import KeyScope, RoleKind
from kaimen.foundation.keys import holds_at
from kaimen.foundation.models import MachineKey, Organisation, Person
from kaimen.logic.identity import mask_text
from kaimen.web.api import shapes
from kaimen.web.api.doors import Caller, act, caller_of, door
from kaimen.web.api.errors import REFUSED, Error
from kaimen.web.api.needs import promise_shape, steps_of
from kaimen.web.api.pages import page_of

router = Router(tags=[gettext_noop("办件")])
DESK = (RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.MANAGER)
READ = door(KeyScope.CASES_READ, *DESK)
WRITE = door(KeyScope.CASES_WRITE, RoleKind.OFFICER, RoleKind.SUPERVISOR)


class Filters(shapes.Given):
    """`whose`, `due`, `domain`, `text` are for people; a key sees all of its communities by `state`."""

    whose: Annotated[str, StringConstraints(pattern="^(mine|all)$")] = "mine"
    state: Annotated[str, StringConstraints(pattern="^[a-z_]{2,10}$")] = "open"
    due: Annotated[str, StringConstraints(pattern="^(late|today|soon)?$")] = ""
    domain: shapes.Key = ""
    text: Annotated[shapes.Text, StringConstraints(max_length=80)] = ""
    page: shapes.PageNumber = 1
    size: shapes.Size = 50


@router.get(
    "/cases",
    auth=READ,
    response={200: shapes.Page[shapes.CaseRow], REFUSED: Error},
    url_name="api_cases",
    summary=gettext_noop("办件，最先到期的在前"),
)
def cases(request: HttpRequest, filters: Query[Filters]) -> shapes.Page[shapes.CaseRow]:
    caller = caller_of(request)
    if caller.machine is not None:
        found = _of_key(caller.machine, filters.state)
    else:
        wanted = filters.model_dump(exclude={"page", "size"})
        found = queries.desk(caller.acting, wanted)
    return page_of(found, filters.page, filters.size, lambda case: shapes.CaseRow(**_row(case, caller)))


@router.get(
    "/cases/{number}",
    auth=READ,
    response={200: shapes.CaseWhole, REFUSED: Error},
    url_name="api_case",
    summary=gettext_noop("一件的全部；姓名和电话只有遮住的"),
)
def case(request: HttpRequest, number: Annotated[shapes.Number, Path()]) -> shapes.CaseWhole:
    caller = caller_of(request)
    found = _one(caller, number)
    own, person = _own(found, caller), caller.person
    return shapes.CaseWhole(
        **_row(found, caller),
        words=found.words if person or own else None,
        asker=_asker(person, found) if person else None,
        confidential=found.confidential,
        enterprise=found.enterprise.name if found.enterprise and person else None,
        place=str(found.place or found.place_text) if person or own else None,
        promises=[promise_shape(one) for one in found.promises.all()],
        tasks=[
            shapes.TaskOfCase(
                id=one.pk, organisation=one.organisation.name, state=one.state, due_on=_due(one)
            )
            for one in found.tasks.all()
        ],
        steps=steps_of(found, staff=person is not None) if person or own else [],
    )


@router.post(
    "/cases/{number}/progress",
    auth=WRITE,
    response={200: shapes.CaseRow, REFUSED: Error},
    url_name="api_case_progress",
    summary=gettext_noop("先回一句：办到哪儿了（算第一次答复）"),
)
def tell_progress(
    request: HttpRequest, number: Annotated[shapes.Number, Path()], given: shapes.Said
) -> shapes.CaseRow:
    caller = caller_of(request)
    found = actions.as_seen(_one(caller, number), given.seen)

    def write() -> None:
        actions.tell_progress(case=found, text=given.text, by=caller.acting, now=timezone.now())

    act(caller, "progress", found, write)
    return shapes.CaseRow(**_row(_one(caller, number), caller))


@router.post(
    "/cases/{number}/answer",
    auth=WRITE,
    response={200: shapes.CaseRow, REFUSED: Error},
    url_name="api_case_answer",
    summary=gettext_noop("答复；also_group 连同并在一起的"),
)
def answer(
    request: HttpRequest, number: Annotated[shapes.Number, Path()], given: shapes.AnswerGiven
) -> shapes.CaseRow:
    caller = caller_of(request)
    found = actions.as_seen(_one(caller, number), given.seen)

    def write() -> None:
        group = given.also_group and caller.machine is None  # a key answers what it was asked to, one by one
        actions.answer_case(
            case=found, text=given.text, also_group=group, by=caller.acting, now=timezone.now()
        )

    act(caller, "answer", found, write)
    return shapes.CaseRow(**_row(_one(caller, number), caller))


def _one(caller: Caller, number: str) -> Case:
    """404 also where this caller must not know that it exists."""
    machine = caller.machine
    try:
        if caller.person is not None:
            found = queries.case_for(caller.person, number)
        else:
            found = Case.objects.select_related(*ROW, "submission").get(number=number)
    except Case.DoesNotExist:
        raise Http404 from None
    if machine is not None and not holds_at(machine, found.community):
        raise Http404
    return found


def _of_key(machine: MachineKey, state: str) -> Any:
    here = Organisation.objects.under(machine.organisation).order_by().values("pk")
    found = Case.objects.filter(community__in=here).select_related(*ROW, "submission")
    if state in CaseState.values:
        found = found.filter(state=state)
    elif state != "any":
        found = found.filter(state__in=OPEN_STATES)
    return found.order_by("-received_at", "-pk")


def _own(case: Case, caller: Caller) -> bool:
    """Did this key bring it?"""
    submission = getattr(case, "submission", None) if caller.machine else None
    return submission is not None and submission.machine_id == caller.machine.pk  # type: ignore[union-attr]  # see above


def _row(case: Case, caller: Caller) -> dict[str, Any]:
    """Titles come from the words, so numbers in them are masked here as in the export."""
    shown = caller.person is not None or _own(case, caller)
    return {
        "number": case.number,
        "title": mask_text(case.title) if shown else None,
        "state": case.state,
        "state_said": wording.state_said(case),
        "community": case.community.key,
        "service": case.service.key if case.service else None,
        "domain": case.domain.key if case.domain else None,
        "channel": case.channel,
        "owner": case.owner.name,
        "urgent": case.urgent,
        "received_at": timezone.localtime(case.received_at),
        "next_due_on": case.next_due_on,
        "answered_at": case.answered_at and timezone.localtime(case.answered_at),
        "closed_at": case.closed_at and timezone.localtime(case.closed_at),
        "escalation_level": case.escalation_level,
    }


def _asker(person: Person, case: Case) -> shapes.Asker | None:
    shown = asker_shown(person, case)
    return shapes.Asker(name=shown["name"], phone=shown["phone"]) if shown["may"] else None


def _due(task: Any) -> Any:
    open_ones = [one.due_on for one in task.promises.all() if one.met_at is None and one.ended_at is None]
    return min((due for due in open_ones if due), default=None)
