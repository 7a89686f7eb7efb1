"""One search over everything a member of staff may see, in groups; each room's own rule says what that is."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from kaimen.cases.enums import CaseState
from kaimen.cases.models import Case, Task
from kaimen.cases.permissions import READERS
from kaimen.cases.queries import finding as cases
from kaimen.catalogue import search as services
from kaimen.catalogue.models import Service
from kaimen.catalogue.permissions import can_edit
from kaimen.catalogue.queries import managed
from kaimen.foundation import staff
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import has_kind, scope
from kaimen.logic.identity import check_phone
from kaimen.logic.text import clean

EACH = 6  # of a group; its own page has the rest
LONGEST = 80


@dataclass(frozen=True)
class Line:
    """One thing found. `url` is "" where this person has no page for it."""

    title: str
    url: str = ""
    note: str = ""
    side: str = ""
    chips: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """What one room found; `more` leads to its own page with the same words, "" where there is no more."""

    key: str
    label: str | Lazy
    icon: str
    lines: list[Line]
    more: str = ""


def phone_in(text: str) -> str:
    """The phone number that `text` is, "" when it is something else."""
    return check_phone(text).value or ""


def find(person: Person, community: Organisation, text: str) -> list[Group]:
    """Everything that `text` leads to, by group, empty groups left out; at most EACH of each.

    A phone number finds the cases asked with it and the person it belongs to, nothing else.
    """
    text = clean(text)[:LONGEST].strip()
    if not text:
        return []
    if phone := phone_in(text):
        groups = [_cases_by_phone(person, phone), _people(person, phone)]
    else:
        groups = [
            _cases(person, text),
            _tasks(person, text),
            _services(person, community, text),
            _organisations(person, text),
            _people(person, text),
        ]
    return [group for group in groups if group and group.lines]


def _cases(person: Person, text: str) -> Group | None:
    if not has_kind(person, *READERS):
        return None
    found = cases.cases_said(person, text, EACH + 1)
    more = _address("desk", whose="all", state="any", text=text) if len(found) > EACH else ""
    return _of_cases(found, more)


def _cases_by_phone(person: Person, phone: str) -> Group | None:
    if not has_kind(person, *READERS):
        return None
    # no "more": a phone number does not belong into an address
    return _of_cases(cases.cases_by_phone(person, phone, 5 * EACH), "", most=5 * EACH)


def _of_cases(found: list[Case], more: str, most: int = EACH) -> Group:
    return Group("cases", _("办件"), "inbox", [_case_line(case) for case in found[:most]], more)


def _case_line(case: Case) -> Line:
    waiting = case.state == CaseState.WAITING  # the state's own name speaks to the asker
    chips = [str(_("等他补充") if waiting else case.get_state_display()), case.owner.name]
    chips += [str(case.domain)] if case.domain else []
    return Line(
        case.title, reverse("desk_case", args=[case.number]), f"“{case.words[:90]}”", case.number, chips
    )


def _tasks(person: Person, text: str) -> Group | None:
    if not has_kind(person, RoleKind.HANDLER):
        return None
    found = cases.tasks_said(person, text, EACH)
    return Group("tasks", _("交办"), "clipboard-list", [_task_line(task) for task in found])


def _task_line(task: Task) -> Line:
    note = f"{task.organisation} · {task.detail[:90]}"
    return Line(task.title, reverse("task", args=[task.pk]), note, "", [str(task.get_state_display())])


def _services(person: Person, community: Organisation, text: str) -> Group:
    found = services.find(community, text, limit=EACH) or services.find(community, text, limit=3, unsure=True)
    lines = [_service_line(entry.service) for entry in found]
    if can_edit(person, community):
        hidden = managed(community, text=text).exclude(state="published")[:EACH]
        lines += [_service_line(service, editing=True) for service in hidden]
    return Group(
        "services",
        _("清单上的事项"),
        "book-open",
        lines[:EACH],
        _address("service_list", q=text) if found else "",
    )


def _service_line(service: Service, *, editing: bool = False) -> Line:
    url = reverse("manage_service" if editing else "service", args=[service.key])
    chips = [str(service.domain), *([str(service.get_state_display())] if editing else [])]
    return Line(str(service), url, service.summary_here, str(service.organisation), chips)


def _organisations(person: Person, text: str) -> Group | None:
    if not has_kind(person, *READERS):
        return None
    near = Q(pk__in=scope(person, *READERS).values("pk")) | Q(kind=OrganisationKind.DEPARTMENT)
    named = Q(name__icontains=text) | Q(name_en__icontains=text)
    found = list(Organisation.objects.filter(near, named, active=True).order_by("pk")[: EACH + 1])
    mine = set(
        scope(person, RoleKind.MANAGER).filter(pk__in=[o.pk for o in found]).values_list("pk", flat=True)
    )
    more = _address("manage_organisations", q=text) if len(found) > EACH and len(mine) == len(found) else ""
    lines = [_organisation_line(node, node.pk in mine) for node in found[:EACH]]
    return Group("organisations", _("组织"), "building-2", lines, more)


def _organisation_line(node: Organisation, manages: bool) -> Line:
    """Managers open its page, others see who has asked from there; a department has nothing of the kind."""
    url = ""
    if manages:
        url = reverse("manage_organisation", args=[node.pk])
    elif node.kind == OrganisationKind.ENTERPRISE:
        url = _address("desk", whose="all", state="any", enterprise=str(node.pk))
    note = " · ".join(part for part in (node.phone, node.address) if part)
    return Line(str(node), url, note, "", [str(node.get_kind_display())])


def _people(person: Person, text: str) -> Group | None:
    """For managers: people under them, named and masked as on their own list."""
    if not has_kind(person, RoleKind.MANAGER):
        return None
    found = list(staff.with_places(staff.search_people(person, text))[: EACH + 1])
    more = "" if phone_in(text) or len(found) <= EACH else _address("manage_people", q=text)
    return Group("people", _("人员"), "users", [_person_line(one) for one in found[:EACH]], more)


def _person_line(one: Person) -> Line:
    roles, jobs = one.present_roles, one.present_jobs  # type: ignore[attr-defined]  # prefetched by with_places
    name = one.name if roles else one.masked_name or str(_("没填姓名"))
    note = " · ".join([*filter(None, [one.title]), *(str(job.organisation) for job in jobs)])
    chips = [f"{role.get_kind_display()} · {role.organisation}" for role in roles]
    return Line(name, reverse("manage_person", args=[one.pk]), note, one.masked_phone, chips)


def _address(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
