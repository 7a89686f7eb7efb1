"""My data: what is held about me, who read it, and what I may do with it."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaimen.foundation import faces, files, my_data
from kaimen.foundation.forms import FaceForm, MeForm
from kaimen.foundation.models import Notice
from kaimen.foundation.notice_words import sentence
from kaimen.foundation.views.guards import me_of, signed_in
from kaimen.foundation.views.sign_in import local_only

PER_PAGE = 20
YEAR = 31_536_000


@never_cache
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    person = me_of(request)
    form = MeForm(request.POST or None, initial={"name": person.name, "email": person.email})
    if request.method == "POST" and form.is_valid():
        my_data.correct(person=person, by=person, **form.cleaned_data)
        messages.success(request, _("改好了。"))
        return redirect("me")
    return _page(request, form=form)


@never_cache
@require_POST
@signed_in
def face_put_up(request: HttpRequest) -> HttpResponse:
    """My portrait, as those I answer for will see it."""
    person, form = me_of(request), FaceForm(request.POST, request.FILES)
    if not faces.may_show_face(person):
        raise PermissionDenied
    if form.is_valid():
        try:
            faces.put_up(person=person, upload=form.cleaned_data["face"], by=person)
        except files.Refused as refused:
            form.add_error("face", files.refused_words(refused))
        else:
            messages.success(request, _("照片换好了，来办事的人看到的就是它。"))
            return redirect("me")
    return _page(request, face_form=form)


@require_POST
@signed_in
def face_take_down(request: HttpRequest) -> HttpResponse:
    faces.take_down(person=me_of(request), by=me_of(request))
    messages.success(request, _("照片去掉了，现在显示姓。"))
    return redirect("me")


def _page(request: HttpRequest, **extra: Any) -> HttpResponse:
    person = me_of(request)
    context: dict[str, Any] = {
        "me": person,
        "form": MeForm(initial={"name": person.name, "email": person.email}),
        "face_form": FaceForm(),
        "may_show_face": faces.may_show_face(person),
        "employments": person.employments.filter(until=None).select_related("organisation"),
        "roles": person.roles.filter(active=True).select_related("organisation"),
        "consents": person.consents.all(),
        "reads": Paginator(person.data_reads.select_related("reader"), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "hindrance": my_data.hindrances(person),
        "has_password": person.account.has_usable_password(),
    }
    return render(request, "foundation/me.html", context | extra)


@require_POST
@signed_in
def elder_mode(request: HttpRequest) -> HttpResponse:
    on = request.POST.get("on") == "1"
    my_data.set_elder_mode(person=me_of(request), on=on)
    response = redirect("me")
    response.set_cookie("elder", "1" if on else "0", max_age=YEAR, samesite="Lax")
    return response


@require_POST
@signed_in
def withdraw_consent(request: HttpRequest, pk: int) -> HttpResponse:
    person = me_of(request)
    my_data.withdraw_consent(person=person, pk=pk, by=person, now=timezone.now())
    return redirect("me")


@never_cache
@require_POST
@signed_in
def export(request: HttpRequest) -> HttpResponse:
    text = json.dumps(my_data.export(me_of(request)), ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="kaimen-my-data.json"'
    return response


@never_cache
@signed_in
def erase(request: HttpRequest) -> HttpResponse:
    person = me_of(request)
    hindrance = my_data.hindrances(person)
    if request.method == "POST" and hindrance is None:
        if request.POST.get("sure") != "1":
            return render(request, "foundation/erase.html", {"unsure": True})
        my_data.erase(person=person, by=person, now=timezone.now())
        logout(request)
        return render(request, "foundation/erased.html")
    return render(request, "foundation/erase.html", {"hindrance": hindrance})


@never_cache
@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    rows = me_of(request).notices.all()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    told = [(notice, sentence(notice)) for notice in page]
    return render(request, "foundation/notices.html", {"page": page, "told": told})


@require_POST
@signed_in
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a notice: it is read, and leads on to what it is about."""
    mine = Notice.objects.filter(pk=pk, person=me_of(request))
    mine.filter(read_at=None).update(read_at=timezone.now())
    link = mine.values_list("link", flat=True).first()
    return redirect(local_only(link or "") or "notices")


@require_POST
@signed_in
def notices_read(request: HttpRequest) -> HttpResponse:
    me_of(request).notices.filter(read_at=None).update(read_at=timezone.now())
    return redirect("notices")
