"""The asker's page: no account, one secret link, every step in plain words and what can be done now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from kaimen.cases import actions, links, queries, wording
from kaimen.cases.enums import OPEN_STATES, CaseState, Decision, PromiseKind
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.forms.asker import AppealForm, ConfirmForm, RateForm, ReopenForm, SupplyForm
from kaimen.cases.models import Case
from kaimen.foundation.files import Refused, accept_all, refused_words

from .common import count_guess, now, take_as_seen, too_many_guesses, unlisted
from .pieces import files_of, shown

BAD = 2  # of five
JUST_NOW = timedelta(minutes=3)  # whoever looks so soon has just said it


@dataclass
class Offer:
    """Something the asker can do now."""

    verb: str
    title: str
    button: str
    form: Any
    lead: str = ""
    folded: bool = False


@unlisted
@require_safe
def track(request: HttpRequest, token: str) -> HttpResponse:
    case = _found(request, token)
    return _page(request, case, token) if case else _gone(request)


@unlisted
@require_safe
def track_print(request: HttpRequest, token: str) -> HttpResponse:
    case = _found(request, token)
    return render(request, "cases/track_print.html", _context(case, token)) if case else _gone(request)


@unlisted
@require_POST
def track_do(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """One verb of the asker's. What was typed stays on the page whenever it cannot be done."""
    case = _found(request, token)
    if case is None or verb not in FORMS:
        return _gone(request)
    form = FORMS[verb](request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, case, token, {verb: form}, status=422)
    try:
        take_as_seen(request, case)
        DO[verb](case, form.cleaned_data, now())
    except Moved:
        told = _("这件事刚刚有了新进展，先看一眼。您写的还在。")
        return _page(request, _again(case), token, {verb: form}, told, status=409)
    except NotNow as no:
        return _page(request, _again(case), token, {verb: form}, wording.not_now(no), status=409)
    except Refused as refused:
        form.add_error("attached", refused_words(refused))
        return _page(request, case, token, {verb: form}, status=422)
    if verb == "revoke":
        url = links.track_url(case)
        context = {"url": url, "path": links.track_path(case), "qr": links.track_qr(case)}
        return render(request, "cases/link_new.html", context)
    messages.success(request, THANKS[verb]())
    return redirect("track", token)


def _supply(case: Case, data: dict[str, Any], at: datetime) -> None:
    files = accept_all(data["attached"], by=None)
    actions.supply_more(case=case, text=data["text"], attachments=files, by=None, now=at)


def _rate(case: Case, data: dict[str, Any], at: datetime) -> None:
    actions.rate_case(
        case=case, score=data["score"], solved=data["solved"], comment=data["comment"], by=None, now=at
    )


def _reopen(case: Case, data: dict[str, Any], at: datetime) -> None:
    actions.reopen_case(case=case, reason=data["reason"], by_asker=True, by=None, now=at)


def _appeal(case: Case, data: dict[str, Any], at: datetime) -> None:
    refusal = case.refusals.filter(decision=Decision.AGREED).order_by("pk").last()
    if refusal is None:
        raise NotNow("nothing_to_appeal")
    actions.appeal(refusal=refusal, text=data["text"], by=None, now=at)


def _revoke(case: Case, data: dict[str, Any], at: datetime) -> None:
    actions.revoke_link(case=case, by=None, now=at)


FORMS = {
    "supply": SupplyForm,
    "rate": RateForm,
    "reopen": ReopenForm,
    "appeal": AppealForm,
    "revoke": ConfirmForm,
}
DO = {"supply": _supply, "rate": _rate, "reopen": _reopen, "appeal": _appeal, "revoke": _revoke}
THANKS = {
    "supply": lambda: _("收到您的补充，接着办。"),
    "rate": lambda: _("谢谢，您的评价我们都会看。"),
    "reopen": lambda: _("好，重新办。还是这一位管到底。"),
    "appeal": lambda: _("收到，由上一级来看。"),
}


def _found(request: HttpRequest, token: str) -> Case | None:
    case = queries.by_track_token(token)
    if case is None:
        count_guess(request)
    return case


def _again(case: Case) -> Case:
    return queries.by_track_token(links.track_token(case)) or case


def _gone(request: HttpRequest) -> HttpResponse:
    ways = [
        _("看看链接是不是复制完整了，最后一截也要在。"),
        _("链接换过的话，用新的那一个。"),
        _("找不到了，打服务电话或者到前台，报编号和手机号，工作人员帮您查。"),
    ]
    context = {"why": _("可能抄漏了，也可能已经停用。您说的事还在，有人管。"), "ways": ways}
    if too_many_guesses(request):
        context["why"] = _("试的次数太多了，过十分钟再来。")
        return render(request, "cases/link_gone.html", context, status=429)
    return render(request, "cases/link_gone.html", context, status=404)


def _page(
    request: HttpRequest,
    case: Case,
    token: str,
    forms: dict[str, Any] | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _context(case, token) | {"told": told, "actions": _offers(case, forms or {})}
    return render(request, "cases/track.html", context, status=status)


def _context(case: Case, token: str) -> dict[str, Any]:
    steps = queries.timeline_of(case, staff=False)
    refusals = case.refusals.filter(decision=Decision.AGREED).select_related("proposed_by", "signed_by")
    asked = [step.text for step in steps if step.code == "asked_more"]
    said = [step for step in steps if step.code == "progress"]
    return {
        "case": case,
        "token": token,
        "progress": said[-1] if said and case.state in OPEN_STATES else None,
        "just_heard": case.state == CaseState.RECEIVED and now() - case.received_at < JUST_NOW,
        "state_said": wording.state_said(case),
        "lines": wording.lines(steps, staff=False),
        "answers": list(case.answers.select_related("by").order_by("-pk")),
        "refusal": refusals.order_by("pk").last(),
        "rating": case.ratings.order_by("round").last(),
        "question": asked[-1] if asked and case.state == CaseState.WAITING else "",
        "promises": shown(list(case.promises.all())),
        "why": wording.why_owner(case),
        "files": files_of(case, for_asker=True),
        "url": links.track_url(case),
        "qr": links.track_qr(case),
    }


def _offers(case: Case, bound: dict[str, Any]) -> list[Offer]:
    """What the asker can do in this state; a form that was refused stays with its words whatever the state."""
    offers = []
    if case.state == CaseState.WAITING:
        offers.append(Offer("supply", _("补充"), _("发给他"), SupplyForm()))
    due = rating_due(case)
    if due:
        again = _("您上次不满意，现在整改好了。请再评一次。") if due == 2 else ""
        offers.append(Offer("rate", _("办得怎么样"), _("评一下"), RateForm(), again))
    refused = case.state == CaseState.DECLINED or (case.state == CaseState.CLOSED and not case.answered_at)
    if refused and case.refusals.filter(decision=Decision.AGREED, appealed_at=None).exists():
        lead = _("签字后 15 个工作日内可以提，由没经手的上一级来看。")
        offers.append(Offer("appeal", _("不服，请上一级来看"), _("请上一级来看"), AppealForm(), lead, True))
    over = case.state in (CaseState.ANSWERED, CaseState.CLOSED)
    if over and not refused and not case.reopened_by_asker:
        lead = _("可以要求重新办一次，日子从头算，还是同一个人管。")
        offers.append(
            Offer("reopen", _("没办好，重新办"), pgettext("button", "重新办"), ReopenForm(), lead, True)
        )
    return _with_typed(offers, bound)


def rating_due(case: Case) -> int:
    """Which rating the asker can give now: 1, 2 (after mending, or after a second answer), 0 for none."""
    if case.state not in (CaseState.ANSWERED, CaseState.CLOSED) or case.answered_at is None:
        return 0
    rounds = {rating.round: rating for rating in case.ratings.all()}
    if not rounds:
        return 1
    if 2 in rounds:
        return 0
    if case.answered_at > rounds[1].at:
        return 2
    mended = case.promises.filter(kind=PromiseKind.MENDING).exclude(met_at=None).exists()
    return 2 if rounds[1].score <= BAD and mended else 0


def _with_typed(offers: list[Offer], bound: dict[str, Any]) -> list[Offer]:
    for verb, form in bound.items():
        same = [offer for offer in offers if offer.verb == verb]
        for offer in same:
            offer.form = form
        if not same and verb != "revoke":
            offers.append(Offer(verb, _("您刚才写的"), _("再发一次"), form))
    return offers
