"""One verb for many cases of the desk."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from kaimen.cases import actions, queries, wording
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.forms.desk import CaseForm, ConfirmForm, HandOverForm, MergeForm, TaskForm
from kaimen.cases.models import Case
from kaimen.cases.permissions import can_handle
from kaimen.foundation.models import Person

from .common import desk_people, now
from .verbs import give_tasks

MOST = 200  # in one go
BULK: dict[str, tuple[Any, type[CaseForm]]] = {
    "take": (gettext_lazy("接手"), ConfirmForm),
    "hand_over": (gettext_lazy("转给"), HandOverForm),
    "merge": (gettext_lazy("并在一起"), MergeForm),
    "task": (gettext_lazy("一起交办"), TaskForm),
}


@require_POST
@desk_people
def desk_bulk(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask what is missing, then do it; says for each case that could not go along why."""
    verb, back = request.POST.get("verb", ""), request.POST.get("back", "")[:400]
    if verb not in BULK:
        raise Http404
    cases = _chosen(request, person)
    if not cases:
        messages.warning(request, _("先在左边勾几件。"))
        return redirect(f"/desk/?{back}")
    label, kind = BULK[verb]
    sure = kind is ConfirmForm or "sure" in request.POST
    form = kind(request.POST if sure else None, case=None, person=person)
    context = {"cases": cases, "verb": verb, "label": label, "form": form, "back": back}
    if not sure or not form.is_valid():
        return render(request, "cases/bulk.html", context, status=422 if sure else 200)
    told = _do(verb, cases, form.cleaned_data, person, now())
    if told and verb in ("merge", "task"):
        return render(request, "cases/bulk.html", context | {"told": told[0]}, status=409)
    done = len(cases) - len(told)
    if done:
        messages.success(request, ngettext("%(n)s 件办好了。", "%(n)s 件办好了。", done) % {"n": done})
    for line in told:
        messages.warning(request, line)
    return redirect(f"/desk/?{back}")


def _chosen(request: HttpRequest, person: Person) -> list[Case]:
    numbers = request.POST.getlist("numbers")[:MOST]
    cases = queries.visible_cases(person).filter(number__in=numbers)
    chosen = list(cases.select_related("community", "owner", "asker", "group", "service").order_by("pk"))
    if not all(can_handle(person, case) for case in chosen):
        raise PermissionDenied
    return chosen


def _do(verb: str, cases: list[Case], data: dict[str, Any], by: Person, at: datetime) -> list[str]:
    """Do it; what went wrong, a sentence each. Merging and giving a task are all or nothing."""
    if verb == "merge":
        return _try("", lambda: actions.merge_cases(cases=cases, title=data["title"], by=by, now=at))
    if verb == "task":
        return _try("", lambda: give_tasks(cases, data, by, at))
    told = []
    for case in cases:
        act = actions.take_case if verb == "take" else partial(actions.hand_over, **data)
        told += _try(case.number, partial(act, case=case, by=by, now=at))
    return told


def _try(number: str, act: Callable[[], Any]) -> list[str]:
    lead = f"{number}：" if number else ""
    try:
        act()
    except Moved as moved:
        return [lead + wording.meanwhile(moved)]
    except NotNow as no:
        return [lead + wording.not_now(no)]
    return []
