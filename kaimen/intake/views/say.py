"""The one box: say it, see what answers it and who will own it, confirm."""

import contextlib
import re
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kaimen.cases.enums import Channel
from kaimen.cases.links import track_path
from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain
from kaimen.catalogue.queries import published_service
from kaimen.foundation import files
from kaimen.foundation.addresses import client_address
from kaimen.foundation.communities import current_community, forget_community
from kaimen.foundation.models import Organisation, Person, Place
from kaimen.foundation.organisations import employer_of, phone_digest
from kaimen.foundation.pace import Pace
from kaimen.foundation.permissions import person_of
from kaimen.foundation.reference import Changed, last_look, one_look
from kaimen.intake import choice, confirming
from kaimen.intake.actions import Asker, NotTaken, knock
from kaimen.intake.forms import NOT_TAKEN_WORDS, SayForm, not_taken_words
from kaimen.intake.hearing import hear
from kaimen.intake.models import FormLink
from kaimen.intake.senders import remember_device, remember_phone, sender_of
from kaimen.intake.suggest import Suggestion, obvious_service, suggest
from kaimen.intake.together import Together
from kaimen.logic.routing import NoOwner
from kaimen.logic.text import clean

JOIN_SALT = "intake.join"
SUGGESTIONS = Pace(600, 60)  # two hundred people behind one address, each asking three times


@require_http_methods(["GET", "POST"])
def say(request: HttpRequest) -> HttpResponse:
    """GET: the page with the box, perhaps for one service. POST: from the home page's box, nothing is sent yet."""
    community = current_community(request)
    given = request.POST if request.method == "POST" else request.GET
    start = {
        "key": secrets.token_urlsafe(18),
        "words": given.get("words", ""),
        "service": given.get("service", ""),
        "join": given.get("join", ""),
    }
    return _page(request, community, SayForm(initial=start, community=community), given)


@require_POST
def say_suggest(request: HttpRequest) -> HttpResponse:
    """The fragment under the box. POST, so that nobody's words end up in an access log."""
    if SUGGESTIONS.too_fast(client_address(request)):
        return HttpResponse(status=204)  # what is shown stays; the need can be sent without it
    community = current_community(request)
    trigger = request.htmx.trigger_name or ""  # type: ignore[attr-defined]  # set by django_htmx's middleware
    found = _suggestion(community, request.POST, trigger=trigger)
    picked = request.POST.get("service" if trigger == "service" else "picked", "")
    context = {
        "suggestion": found,
        "joins": _joins(found),
        "picked": picked,
        "about": choice.about(request.POST.get("words", "")),
    }
    return render(request, "intake/_suggestion.html", context)


@require_POST
def say_confirm(request: HttpRequest) -> HttpResponse:
    if answer := _at_once(request):
        return answer
    with one_look():
        return _confirm(request, current_community(request), None)


def _at_once(request: HttpRequest) -> HttpResponse | None:
    """The answer by what this process knows of services, places and people: whether that is still so is asked where the
    need is written. None where it was not, or where nothing came to be written: then it is all read anew."""
    if request.FILES or request.POST.get("code"):
        return None  # what trying would use up
    with last_look() as look, contextlib.suppress(Changed):
        answer = _confirm(request, current_community(request), None)
        if look.sure:
            return answer
    forget_community(request)
    return None


@require_http_methods(["GET", "POST"])
def form_page(request: HttpRequest, token: str) -> HttpResponse:
    """The same box behind a QR code on a wall or at the end of a survey."""
    form_link = FormLink.objects.select_related(
        "community", "place", "enterprise", "service", "domain"
    ).filter(token=clean(token))
    found = form_link.first()
    if found is None:
        raise Http404
    if not found.active:
        return render(request, "intake/form_stopped.html", {"form_link": found}, status=410)
    if request.method == "POST":
        with one_look():
            return _confirm(request, found.community, found)
    start = {"key": secrets.token_urlsafe(18), "service": found.service.key if found.service else ""}
    if found.place:
        start["place"] = str(found.place_id)
    return _page(request, found.community, SayForm(initial=start, community=found.community), start, found)


def _confirm(request: HttpRequest, community: Organisation, form_link: FormLink | None) -> HttpResponse:
    person = person_of(request)
    form = SayForm(request.POST, request.FILES, community=community)
    form.consent_needed = person is None
    if form.is_valid():
        if doubt := _doubt(community, request, form_link):
            return _page(request, community, form, request.POST, form_link, doubt=doubt)
        phone, code = form.cleaned_data["phone"], form.cleaned_data["code"]
        theirs = confirming.is_theirs(request, phone, code)
        try:
            case = _take(request, community, form.cleaned_data, person, form_link, theirs)
            response = remember_device(request, HttpResponseRedirect(track_path(case)))
            if theirs:
                remember_phone(response, phone_digest(phone))
            return response
        except (NotTaken, NoOwner) as error:
            _say_why(request, form, error)
        except files.Refused as error:
            form.add_error("files", files.refused_words(error))
            if error.code == "no_room":  # our fault, not theirs
                return _page(request, community, form, request.POST, form_link, status=503)
    return _page(request, community, form, request.POST, form_link, status=422)


def _doubt(community: Organisation, request: HttpRequest, form_link: FormLink | None) -> str:
    """The words were changed after a service was marked, and now say something else: asked once more, in words."""
    given = request.POST
    if form_link and form_link.service:
        return ""  # the code on the wall says what it is about
    words_alone = {name: given.get(name, "") for name in ("words", "place", "place_text", "audience")}
    found = _suggestion(community, words_alone, form_link) if choice.words_changed(given) else None
    if choice.still_fits(given, found):
        return ""
    told = _("您的话改过了，先前选的那一项可能不对了。看看下面，再按一次。")
    return told + (_("照片和文件要重新选。") if request.FILES else "")


def _say_why(request: HttpRequest, form: SayForm, error: NotTaken | NoOwner) -> None:
    """The refusal at the field that helps; a phone that has to be confirmed is sent its code."""
    code = error.code if isinstance(error, NotTaken) else ""
    if code == "ask_code":
        given = form.cleaned_data["code"]
        phone = form.cleaned_data["phone"]
        again = "code_wrong" if given else confirming.send_code(request, phone)
        form.add_error("code", str(NOT_TAKEN_WORDS[again]))
        return
    form.add_error("phone" if code == "ask_phone" else "words", not_taken_words(error))


def _take(
    request: HttpRequest,
    community: Organisation,
    data: dict[str, Any],
    person: Person | None,
    link: FormLink | None,
    theirs: bool,
) -> Case:
    phone = data["phone"] or (person.phone if person else "")
    asker = Asker(
        person=person,
        name=data["name"] or (person.name if person else ""),
        phone=phone,
        enterprise=(link.enterprise if link else None) or employer_of(person),
        confidential=data["confidential"],
        consented=data["consent"],
    )
    service = data["service"] or (link.service if link else None)
    heard = None
    if not (service or data["domain"] or "service" in request.POST or (link and link.domain)):
        # Who pressed before the suggestions came gets what they would have said; who saw them has decided.
        heard = hear(community, data["words"], why=False)
        service = obvious_service(community, data["words"], heard)
    attachments = files.accept_all(data["files"], by=person)
    try:
        return knock(
            key=data["key"],
            community=community,
            words=data["words"],
            channel=Channel.FORM if link else Channel.WEB,
            by=None,
            asker=asker,
            sender=sender_of(request, phone_digest(phone), confirmed=theirs or person is not None),
            service=service,
            heard=heard,
            domain=(link.domain if link else None) or data["domain"],
            place=data["place"] or (link.place if link else None),
            place_text=data["place_text"],
            attachments=attachments,
            form=link,
            join=joined(community, data["join"]),
        )
    except (NotTaken, NoOwner):
        files.discard(attachments)
        raise


def _page(
    request: HttpRequest,
    community: Organisation,
    form: SayForm,
    given: Any,
    form_link: FormLink | None = None,
    status: int = 200,
    doubt: str = "",
) -> HttpResponse:
    found = _suggestion(community, given, form_link)
    context = {
        "form": form,
        "form_link": form_link,
        "suggestion": found,
        "joins": _joins(found),
        "community": community,
        "demo": settings.DEMO,
        "code_shown": confirming.shown(request) if form.errors.get("code") else "",
        "picked": choice.picked(given),
        "about": choice.about(given.get("words", "")),
        "doubt": doubt,
        "told": bool(given.get("words", "").strip()),
    }
    return remember_device(request, render(request, "intake/say.html", context, status=status))


def _suggestion(
    community: Organisation, given: Any, form_link: FormLink | None = None, trigger: str = ""
) -> Suggestion | None:
    key = clean(given.get("service", ""))  # PostgreSQL refuses to look for a NUL
    if not choice.picked(given) and (trigger == "words" or choice.words_changed(given)):
        key = ""  # it was only our own guess about words that have changed since
    service = published_service(community, key) if key else None
    # An answer to our question belongs to the words that raised it.
    answered = _answered(community, "" if trigger == "words" else given.get("domain", ""))
    return suggest(
        community=community,
        words=given.get("words", ""),
        now=timezone.now(),
        service=service or (form_link.service if form_link else None),
        domain=(form_link.domain if form_link else None) or answered,
        place=_place(community, given.get("place", "")) or (form_link.place if form_link else None),
        place_text=given.get("place_text", ""),
        audience=given.get("audience") or None,
    )


def _place(community: Organisation, key: str) -> Place | None:
    if not re.fullmatch("[0-9]{1,18}", key):
        return None
    return Place.objects.filter(community=community, pk=int(key)).first()


def _answered(community: Organisation, key: str) -> Domain | None:
    """What the person said to our question."""
    return Domain.objects.filter(community=community, key=key).first() if key else None


def _joins(found: Suggestion | None) -> list[tuple[str, Together]]:
    """A signed handle for each thing to join: nobody can join, or find, a case by counting ids."""
    return (
        [(signing.dumps(offer.case.pk, salt=JOIN_SALT), offer) for offer in found.together] if found else []
    )


def joined(community: Organisation, handle: str) -> Case | None:
    if not handle:
        return None
    try:
        pk = signing.loads(handle, salt=JOIN_SALT, max_age=86400)
    except signing.BadSignature:
        return None
    return Case.objects.filter(pk=pk, community=community).first()
