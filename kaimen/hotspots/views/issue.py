"""One issue: what it is made of, and what an officer does to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case
from kaimen.cases.queries import communities_of
from kaimen.cases.views.common import desk_people
from kaimen.foundation.models import Person
from kaimen.hotspots import actions, queries, wording
from kaimen.hotspots.enums import UNDOABLE
from kaimen.hotspots.forms import NoteForm, OtherForm, TitleForm
from kaimen.hotspots.models import HotIssue, IssueDeed
from kaimen.hotspots.permissions import can_order_issues
from kaimen.look.charts import Bar

PER_PAGE = 40
DONE = {
    "rename": gettext_lazy("标题改好了。"),
    "lock": gettext_lazy("锁上了：机器不拆它、不并走它、不改标题。"),
    "unlock": gettext_lazy("解锁了，今夜机器会重新看一遍。"),
    "hide": gettext_lazy("不再公示。"),
    "show": gettext_lazy("重新公示了。"),
    "mark": gettext_lazy("建议记下了，督办会看到。"),
    "unmark": gettext_lazy("建议撤回了。"),
    "merge": gettext_lazy("并进来了。各人的话、编号、答复都没动。"),
    "split": gettext_lazy("分出去了，就是这一件。"),
    "move": gettext_lazy("挪过去了。"),
    "undo": gettext_lazy("撤销了。"),
}


@require_safe
@desk_people
def hot_issue(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    issue = _seen(person, pk)
    if issue.merged_into_id:
        messages.info(request, _("“%s”已经并到这一件里了。") % wording.title(issue))
        return redirect("hot_issue", issue.merged_into_id)
    return _page(request, person, issue)


@require_POST
@desk_people
def hot_do(request: HttpRequest, person: Person, pk: int, verb: str) -> HttpResponse:
    """Do one thing; what cannot be done comes back with what was typed."""
    issue = _seen(person, pk)
    if verb not in VERBS:
        raise Http404
    try:
        where = VERBS[verb](request, person, issue)
    except NotNow as no:
        return _page(request, person, issue, told=wording.not_now(no), status=409)
    except _Unclear as unclear:
        return _page(request, person, issue, told=str(unclear), status=422)
    messages.success(request, str(DONE[verb]))
    return redirect("hot_issue", where.pk)


@require_POST
@desk_people
def hot_undo(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    deed = IssueDeed.objects.filter(pk=pk, issue__community__in=communities_of(person)).first()
    if deed is None:
        raise Http404
    try:
        actions.undo(deed=deed, by=person, now=timezone.now())
    except NotNow as no:
        return _page(request, person, deed.issue, told=wording.not_now(no), status=409)
    messages.success(request, str(DONE["undo"]))
    return redirect("hot_issue", deed.issue_id)


class _Unclear(Exception):
    """The form was not filled in as it has to be; the message says what is missing."""


def _rename(request: HttpRequest, person: Person, issue: HotIssue) -> HotIssue:
    title = request.POST.get("title", "")
    actions.rename_issue(issue=issue, title=title, by=person, now=timezone.now())
    return issue


def _mark(request: HttpRequest, person: Person, issue: HotIssue) -> HotIssue:
    note = request.POST.get("note", "")
    actions.mark_issue(issue=issue, note=note, by=person, now=timezone.now())
    return issue


def _merge(request: HttpRequest, person: Person, issue: HotIssue) -> HotIssue:
    actions.merge_issues(into=issue, other=_other(request, issue), by=person, now=timezone.now())
    return issue


def _split(request: HttpRequest, person: Person, issue: HotIssue) -> HotIssue:
    title = request.POST.get("title", "")
    cases = _ticked(request, issue)
    return actions.split_issue(issue=issue, cases=cases, title=title, by=person, now=timezone.now())


def _move(request: HttpRequest, person: Person, issue: HotIssue) -> HotIssue:
    other = _other(request, issue)
    cases = _ticked(request, issue)
    if not cases:
        raise NotNow("no_cases")
    for case in cases:
        actions.move_case(case=case, to=other, by=person, now=timezone.now())
    return other


def _plainly(act: Callable[..., None], **fixed: Any) -> Callable[[HttpRequest, Person, HotIssue], HotIssue]:
    def verb(request: HttpRequest, person: Person, issue: HotIssue) -> HotIssue:
        act(issue=issue, by=person, now=timezone.now(), **fixed)
        return issue

    return verb


VERBS: dict[str, Callable[[HttpRequest, Person, HotIssue], HotIssue]] = {
    "rename": _rename,
    "lock": _plainly(actions.lock_issue),
    "unlock": _plainly(actions.unlock_issue),
    "hide": _plainly(actions.show_issue, shown=False),
    "show": _plainly(actions.show_issue, shown=True),
    "mark": _mark,
    "unmark": _plainly(actions.unmark_issue),
    "merge": _merge,
    "split": _split,
    "move": _move,
}


def _other(request: HttpRequest, issue: HotIssue) -> HotIssue:
    form = OtherForm(request.POST, issue=issue)
    if not form.is_valid():
        raise _Unclear(_("先选是哪一件。"))
    other: HotIssue = form.cleaned_data["other"]
    return other


def _ticked(request: HttpRequest, issue: HotIssue) -> list[Case]:
    numbers = request.POST.getlist("numbers")
    return list(Case.objects.filter(number__in=numbers, community=issue.community))


def _seen(person: Person, pk: int) -> HotIssue:
    try:
        return queries.one_for(person, pk)
    except HotIssue.DoesNotExist:
        raise Http404 from None


def _page(
    request: HttpRequest, person: Person, issue: HotIssue, *, told: str = "", status: int = 200
) -> HttpResponse:
    deeds = issue.deeds.select_related("by")[:20]
    typed: dict[str, Any] = request.POST.dict() if request.method == "POST" else {}
    context = {
        "issue": issue,
        "title": wording.title(issue),
        "public_title": wording.public_title(issue),
        "parts": wording.parts(issue),
        "page": Paginator(queries.members(issue), PER_PAGE).get_page(request.GET.get("page")),
        "spots": queries.spots(issue.community, [issue]),
        "firms": [Bar(name, people) for name, people in issue.enterprises],
        "weeks": _weeks(issue),
        "deeds": [
            {
                "deed": deed,
                "said": wording.said(deed),
                "undoable": deed.deed in UNDOABLE and not deed.undone_at,
            }
            for deed in deeds
        ],
        "may": can_order_issues(person, issue.community),
        "title_form": TitleForm(initial={"title": typed.get("title") or issue.title}),
        "note_form": NoteForm(initial={"note": typed.get("note", "")}),
        "other_form": OtherForm(issue=issue),
        "told": told,
    }
    return render(request, "hotspots/issue.html", context, status=status)


def _weeks(issue: HotIssue) -> list[Bar]:
    """Cases week by week, the newest first: the table beside the line."""
    names = [_("这一周"), _("上一周")]
    labels = names + [_("%s 周前") % n for n in range(2, len(issue.trend))]
    return [Bar(label, cases) for label, cases in zip(labels, reversed(issue.trend), strict=False)]
