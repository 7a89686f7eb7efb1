"""Mailings: start one, say to whom, look it through, have it made, work the list until everybody has it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from kaimen.foundation import tables
from kaimen.foundation.views.roster import TABLE_WORDS
from kaimen.letters import actions, queries
from kaimen.letters.enums import OPEN_TO_CHANGE, MailingState
from kaimen.letters.errors import NotNow
from kaimen.letters.forms import ColumnsForm, MailingForm, RolesForm, TableForm, WordsForm
from kaimen.letters.models import LetterTemplate, Mailing

from .common import login_required, mailing_of, sender, senders_nodes, tell
from .shown import draft_context, progress, reading, work_context


@never_cache
@login_required
def mailings(request: HttpRequest) -> HttpResponse:
    person, community = sender(request)
    listed = list(queries.mailings_of(person, community)[: queries.PAGE])
    counts = queries.counts_of(listed)
    rows = [{"mailing": one, "counts": counts[one.pk]} for one in listed]
    return render(request, "letters/mailings.html", {"rows": rows})


@never_cache
@login_required
def mailing_new(request: HttpRequest) -> HttpResponse:
    person, community = sender(request)
    templates = LetterTemplate.objects.filter(community=community, active=True)
    form = MailingForm(
        request.POST or None,
        organisations=senders_nodes(person),
        templates=templates,
        initial={"organisation": community.pk, "template": request.GET.get("template", "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        mailing = actions.start_mailing(
            organisation=data["organisation"],
            community=community,
            name=data["name"],
            template=data["template"],
            channels=data["channels"].split(","),
            official=data["official"],
            by=person,
            now=timezone.now(),
        )
        return redirect("mailing", mailing.pk)
    context = {"form": form, "templates": templates.exists()}
    return render(request, "letters/mailing_new.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def mailing(request: HttpRequest, pk: int) -> HttpResponse:
    _person, found = mailing_of(request, pk)
    asks_again = request.htmx  # type: ignore[attr-defined]  # set by django_htmx's middleware
    if found.state == MailingState.READING:
        name = "letters/_reading.html" if asks_again else "letters/reading.html"
        return render(request, name, reading(found))
    if asks_again and found.state in OPEN_TO_CHANGE:  # its list has been read
        return HttpResponseClientRefresh()
    if asks_again:
        return render(request, "letters/_progress.html", progress(found))
    if found.state in OPEN_TO_CHANGE:
        return _draft(request, found)
    return render(request, "letters/mailing.html", work_context(request, found))


@login_required
@require_POST
def mailing_recipients(request: HttpRequest, pk: int) -> HttpResponse:
    """From the directory (`top`), from a file (`table`), or the file again with other columns."""
    person, found = mailing_of(request, pk)
    now = timezone.now()
    try:
        if "top" in request.POST:
            form: Any = RolesForm(request.POST, organisations=senders_nodes(person))
            if not form.is_valid():
                return _draft(request, found, roles=form, status=422)
            whole = actions.take_roles(mailing=found, by=person, now=now, **form.cleaned_data)
        elif "columns" in request.POST:
            form = ColumnsForm(request.POST, headings=found.headings)
            if not form.is_valid():
                return _draft(request, found, columns=form, status=422)
            whole = actions.choose_columns(mailing=found, columns=form.columns, by=person, now=now)
        else:
            form = TableForm(request.POST, request.FILES)
            if not form.is_valid():
                return _draft(request, found, table=form, status=422)
            whole = actions.take_table(mailing=found, upload=form.cleaned_data["table"], by=person, now=now)
    except tables.NotATable as error:
        messages.error(request, str(TABLE_WORDS[error.code]))
        return redirect("mailing", pk)
    except NotNow as error:
        tell(request, error)
        return redirect("mailing", pk)
    if whole:
        found.refresh_from_db()
        actions.check_mailing(mailing=found, by=person, now=now)  # the look through comes by itself
    return redirect("mailing", pk)


@login_required
@require_POST
def mailing_words(request: HttpRequest, pk: int) -> HttpResponse:
    person, found = mailing_of(request, pk)
    form = WordsForm(request.POST, kind=found.kind)
    if not form.is_valid():
        return _draft(request, found, words=form, status=422)
    try:
        actions.change_text(mailing=found, text=form.cleaned_data, by=person, now=timezone.now())
        if found.total:
            actions.look_again(mailing=found, by=person, now=timezone.now())
    except NotNow as error:
        tell(request, error)
    return redirect("mailing", pk)


@login_required
@require_POST
def mailing_do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One step of the whole mailing; pressed twice it happens once."""
    person, found = mailing_of(request, pk)
    now = timezone.now()
    try:
        match verb:
            case "check":
                actions.look_again(mailing=found, by=person, now=now)
            case "make":
                actions.make_letters(mailing=found, by=person, now=now)
            case "send":
                actions.send_letters(mailing=found, by=person, now=now)
                messages.success(request, _("开始送了。纸信请打印出来寄，其余的自己会送。"))
            case "stop":
                actions.stop_mailing(mailing=found, by=person, now=now)
                messages.success(request, _("停下了。已经送出去的收不回来，没送的不送了。"))
            case "batch":
                actions.start_batch(mailing=found, by=person, now=now)
            case "drop":
                actions.drop_mailing(mailing=found, by=person, now=now)
                messages.success(request, _("删掉了，一封也没送。"))
                return redirect("mailings")
            case _other:
                raise Http404
    except NotNow as error:
        tell(request, error)
    return redirect("mailing", pk)


def _draft(request: HttpRequest, found: Mailing, status: int = 200, **forms: Any) -> HttpResponse:
    context = draft_context(request, found) | forms
    return render(request, "letters/draft.html", context, status=status)
