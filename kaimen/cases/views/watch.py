"""The supervisor's board: what is late, what will be, who carries how much, and what waits for a decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaimen.cases import actions, queries, wording
from kaimen.cases.enums import PromiseKind
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.forms.others import DecideForm
from kaimen.cases.models import Promise
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import scope

from .common import now, signed_in

A_PART = 30
supervisors = signed_in(RoleKind.SUPERVISOR)


@require_safe
@supervisors
def watch(request: HttpRequest, person: Person) -> HttpResponse:
    return _page(request, person)


@require_POST
@supervisors
def decide_extension(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    extension = get_object_or_404(queries.watch(person).extensions, pk=pk)
    return _decide(
        request,
        person,
        extension,
        lambda yes, note: actions.decide_extension(extension=extension, agree=yes, by=person, now=now()),
        note_for_no=False,
    )


@require_POST
@supervisors
def sign_refusal(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    refusal = get_object_or_404(queries.watch(person).refusals, pk=pk)
    return _decide(
        request,
        person,
        refusal,
        lambda yes, note: actions.sign_refusal(refusal=refusal, agree=yes, note=note, by=person, now=now()),
    )


@require_POST
@supervisors
def decide_appeal(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    refusal = get_object_or_404(queries.watch(person).appeals, pk=pk)
    return _decide(
        request,
        person,
        refusal,
        lambda yes, note: actions.decide_appeal(refusal=refusal, uphold=yes, note=note, by=person, now=now()),
    )


def _decide(
    request: HttpRequest,
    person: Person,
    subject: Any,
    act: Callable[[bool, str], None],
    note_for_no: bool = True,
) -> HttpResponse:
    """One decision; what cannot be decided (any more) comes back with the note still in its form."""
    form = DecideForm(request.POST, note_for_no=note_for_no)
    key = f"{subject._meta.model_name}-{subject.pk}"
    if not form.is_valid():
        return _page(request, person, bound={key: form}, status=422)
    try:
        act(form.cleaned_data["agree"], form.cleaned_data["note"])
    except Moved as moved:
        return _page(request, person, bound={key: form}, told=wording.meanwhile(moved), status=409)
    except NotNow as no:
        return _page(request, person, bound={key: form}, told=wording.not_now(no), status=409)
    messages.success(request, _("定了。双方都会知道。"))
    return redirect("watch")


def _page(
    request: HttpRequest,
    person: Person,
    *,
    bound: dict[str, DecideForm] | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    board = queries.watch(person)
    kept = bound or {}

    def with_form(subjects: Any) -> list[dict[str, Any]]:
        return [
            {"it": it, "form": kept.get(f"{it._meta.model_name}-{it.pk}") or DecideForm()}
            for it in subjects[:A_PART]
        ]

    most = max((load.open for load in board.loads), default=1) or 1
    waiting = {name: with_form(getattr(board, name)) for name in ("extensions", "refusals", "appeals")}
    calls = list(calls_of(person)[:A_PART])
    context = waiting | {
        "board": board,
        "late": list(board.late[:A_PART]),
        "at_risk": list(board.at_risk[:A_PART]),
        "most": most,
        "shown": sum(map(len, waiting.values())),
        "waiting": sum(_number(getattr(board, name), shown) for name, shown in waiting.items()),
        "calls": calls,
        "calling": _number(calls_of(person), calls),
        "told": told,
    }
    return render(request, "cases/watch.html", context, status=status)


def _number(every: Any, shown: list[Any]) -> int:
    """How many there are; not asked when all of them are shown."""
    return len(shown) if len(shown) < A_PART else int(every.count())


def calls_of(person: Person) -> Any:
    """Bad ratings that wait for a call or for mending, the earliest due first."""
    here = scope(person, RoleKind.SUPERVISOR).filter(kind=OrganisationKind.COMMUNITY)
    kinds = [PromiseKind.CALL_BACK, PromiseKind.MENDING]
    waiting = Promise.objects.filter(case__community__in=here, kind__in=kinds, met_at=None, ended_at=None)
    return waiting.select_related("case__owner").prefetch_related("case__ratings").order_by("due_on", "pk")
