"""Needs that come by phone, at the counter, on a visit; and the QR codes that bring them."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kaimen.cases.enums import Channel
from kaimen.foundation import files, qr
from kaimen.foundation.communities import current_community
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import check_role, person_of
from kaimen.intake.actions import Asker, NotTaken, knock, make_form_link, record_visit, stop_form_link
from kaimen.intake.forms import FormLinkForm, TakeForm, VisitForm, not_taken_words
from kaimen.intake.models import FormLink, Submission, Visit
from kaimen.intake.suggest import obvious_service
from kaimen.intake.views.say import joined
from kaimen.logic.routing import NoOwner

TAKERS = (RoleKind.OFFICER, RoleKind.SUPERVISOR)


def taker(request: HttpRequest) -> tuple[Person, Organisation]:
    community = current_community(request)
    person = person_of(request)
    if person is None:
        raise PermissionDenied
    check_role(person, TAKERS, community)
    return person, community


@login_required
def take(request: HttpRequest) -> HttpResponse:
    """One screen, keyboard only: hear it, write it, press Ctrl+Enter, say the number back."""
    person, community = taker(request)
    form = TakeForm(
        request.POST or None,
        request.FILES or None,
        community=community,
        initial={"key": secrets.token_urlsafe(18), "channel": Channel.PHONE},
    )
    full = False
    if request.method == "POST" and form.is_valid():
        try:
            case = _write_down(form.cleaned_data, person, community)
            messages.success(
                request,
                _("记下了：%(number)s，由 %(owner)s 管到底。请把编号念给对方。")
                % {"number": case.number, "owner": case.owner.name},
            )
            return redirect("take")
        except (NotTaken, NoOwner) as error:
            form.add_error("words", not_taken_words(error))
        except files.Refused as error:
            form.add_error("files", files.refused_words(error))
            full = error.code == "no_room"
    status = (503 if full else 422) if form.errors else 200
    return render(request, "intake/take.html", {"form": form, "community": community}, status=status)


def _write_down(data: dict[str, Any], person: Person, community: Organisation) -> Any:
    attachments = files.accept_all(data["files"], by=person)
    try:
        return knock(
            key=data["key"],
            community=community,
            words=data["words"],
            channel=Channel(data["channel"]),
            by=person,
            asker=Asker(
                name=data["name"],
                phone=data["phone"],
                enterprise=data["enterprise"],
                confidential=data["confidential"],
            ),
            service=data["service"],
            domain=data["domain"],
            place=data["place"],
            place_text=data["place_text"],
            attachments=attachments,
            urgent=data["urgent"],
            join=joined(community, data["join"]),
        )
    except (NotTaken, NoOwner):
        files.discard(attachments)
        raise


@login_required
def visits(request: HttpRequest) -> HttpResponse:
    """Visits of the community, and a form for a new one: each line heard becomes a case with an owner."""
    person, community = taker(request)
    form = VisitForm(
        request.POST or None,
        community=community,
        initial={"key": secrets.token_urlsafe(18), "on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _bring_back(form.cleaned_data, person, community)
            messages.success(request, _("带回 %(count)s 件，件件有人管。") % {"count": made})
            return redirect("visits")
        except (NotTaken, NoOwner) as error:
            form.add_error("needs", not_taken_words(error))
    listed = Visit.objects.filter(community=community).select_related("organisation", "visitor")
    listed = listed.prefetch_related("submissions__case__owner")[:50]
    return render(
        request, "intake/visits.html", {"form": form, "visits": listed}, status=422 if form.errors else 200
    )


@transaction.atomic
def _bring_back(data: dict[str, Any], person: Person, community: Organisation) -> int:
    key = f"visit-{data['key']}"
    if Submission.objects.filter(key=f"{key}-0").exists():  # the same page sent twice is one visit
        return len(data["needs"])
    visit = record_visit(
        community=community,
        organisation=data["organisation"],
        by=person,
        on=data["on"],
        met=data["met"],
        note=data["note"],
    )
    for number, words in enumerate(data["needs"]):
        knock(
            key=f"{key}-{number}",
            community=community,
            words=words,
            channel=Channel.VISIT,
            by=person,
            asker=Asker(name=data["met"], enterprise=data["organisation"]),
            service=obvious_service(community, words),
            visit=visit,
        )
    return len(data["needs"])


@login_required
def form_links(request: HttpRequest) -> HttpResponse:
    person, community = taker(request)
    form = FormLinkForm(request.POST or None, community=community)
    if request.method == "POST" and form.is_valid():
        link = make_form_link(community=community, by=person, **form.cleaned_data)
        return redirect("form_poster", pk=link.pk)
    links = FormLink.objects.filter(community=community).select_related("place", "enterprise", "service")
    return render(
        request, "intake/forms.html", {"form": form, "links": links}, status=422 if form.errors else 200
    )


@login_required
def form_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """A page to print and put on the wall."""
    _person, community = taker(request)
    link = get_object_or_404(FormLink, pk=pk, community=community)
    address = qr.absolute(f"/f/{link.token}")
    return render(
        request,
        "intake/poster.html",
        {"link": link, "address": address, "qr": qr.svg(address), "community": community},
    )


@login_required
@require_POST
def form_stop(request: HttpRequest, pk: int) -> HttpResponse:
    person, community = taker(request)
    stop_form_link(form=get_object_or_404(FormLink, pk=pk, community=community), by=person)
    messages.success(request, _("这个码停用了，以前收到的都还在。"))
    return redirect("form_links")
