"""Managers: who works here, what each may do, and how they get in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaimen.foundation import faces, files, staff
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.forms import FaceForm
from kaimen.foundation.manage_forms import AbsenceForm, AccountForm, PersonForm, RevealForm, RoleForm
from kaimen.foundation.models import Account, Person, Role
from kaimen.foundation.permissions import scope
from kaimen.foundation.views.guards import manager_only, me_of

PER_PAGE = 50
REFUSALS = {
    "outside": _("这个人或者这个单位不归您管。"),
    "own_role": _("自己的管理员角色不能自己收回，请上一级来做。"),
    "phone_taken": _("这个手机号已经是别人的了，先在名单里找找。"),
    "no_face": _("照片只给有角色的人用：职工的照片哪里也不显示，就不收。"),
    "username_form": _("用户名要小写字母开头，3 到 30 个字母、数字或 . _ -。"),
    "username_taken": _("这个用户名有人用了，换一个。"),
}


@never_cache
@manager_only
def people(request: HttpRequest) -> HttpResponse:
    rows = found_people(request, me_of(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "foundation/people.html", {"page": page, "q": request.GET.get("q", "")[:40]})


def found_people(request: HttpRequest, me: Person) -> Any:
    """What the page's search and filter ask for, with present roles and jobs."""
    rows = staff.with_places(staff.search_people(me, request.GET.get("q", "")[:40])).select_related("account")
    if request.GET.get("who") == "staff":
        rows = rows.filter(roles__active=True).distinct()
    return rows


@never_cache
@manager_only
def person_add(request: HttpRequest) -> HttpResponse:
    me = me_of(request)
    form = PersonForm(request.POST or None, organisations=scope(me, RoleKind.MANAGER).filter(active=True))
    if request.method == "POST" and form.is_valid():
        try:
            person = staff.add_employee(by=me, **form.cleaned_data)
        except staff.NotAllowed as refused:
            form.add_error("phone", REFUSALS[refused.code])
        else:
            return redirect("manage_person", person.pk)
    return render(request, "foundation/person_add.html", {"form": form})


@never_cache
@manager_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _theirs(request, pk))


@never_cache
@require_POST
@manager_only
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one unmasked value, after a purpose was given and written down."""
    whom, form = _theirs(request, pk), RevealForm(request.POST)
    if not form.is_valid():
        return _page(request, whom)
    value = staff.reveal(person=whom, by=me_of(request), **form.cleaned_data)
    return _page(request, whom, shown={form.cleaned_data["what"]: value})


@require_POST
@manager_only
def role_give(request: HttpRequest, pk: int) -> HttpResponse:
    whom, me = _theirs(request, pk), me_of(request)
    form = RoleForm(request.POST, organisations=scope(me, RoleKind.MANAGER))
    if not form.is_valid():
        return _page(request, whom, role_form=form)
    chosen = form.cleaned_data
    staff.grant(person=whom, kind=RoleKind(chosen["kind"]), organisation=chosen["organisation"], by=me)
    return redirect("manage_person", pk)


@require_POST
@manager_only
def role_take(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    row = get_object_or_404(
        Role.objects.select_related("organisation", "person"), pk=role, person=_theirs(request, pk)
    )
    return _done(request, pk, staff.take_back, role=row)


@require_POST
@manager_only
def absence_add(request: HttpRequest, pk: int) -> HttpResponse:
    whom, form = _theirs(request, pk), AbsenceForm(request.POST)
    if not form.is_valid():
        return _page(request, whom, absence_form=form)
    staff.add_absence(person=whom, by=me_of(request), **form.cleaned_data)
    return redirect("manage_person", pk)


@require_POST
@manager_only
def absence_drop(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    row = get_object_or_404(_theirs(request, pk).absences, pk=absence)
    return _done(request, pk, staff.drop_absence, absence=row)


@require_POST
@manager_only
def face_put_up(request: HttpRequest, pk: int) -> HttpResponse:
    whom, form = _theirs(request, pk), FaceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, whom, face_form=form)
    try:
        return _done(request, pk, faces.put_up, person=whom, upload=form.cleaned_data["face"])
    except files.Refused as refused:
        form.add_error("face", files.refused_words(refused))
        return _page(request, whom, face_form=form)


@require_POST
@manager_only
def face_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, faces.take_down, person=_theirs(request, pk))


@never_cache
@require_POST
@manager_only
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the staff account, or mend a forgotten password: a link, shown this once, that works once."""
    whom, form = _theirs(request, pk), AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, whom, account_form=form)
    try:
        link = staff.make_password_link(
            person=whom, username=form.cleaned_data["username"], by=me_of(request), now=timezone.now()
        )
    except staff.NotAllowed as refused:
        form.add_error("username", REFUSALS[refused.code])
        return _page(request, whom, account_form=form)
    url = request.build_absolute_uri(reverse("first_password", args=[link.token]))
    return _page(request, whom, link=url, link_until=link.expires_at)


@require_POST
@manager_only
def account_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an account or let it in again; letting in also forgets failed passwords."""
    whom, active = _theirs(request, pk), request.POST.get("active") == "1"
    account = get_object_or_404(Account, person=whom)
    response = _done(request, pk, staff.set_active, person=whom, active=active)
    if active and staff.may_manage_account(me_of(request), whom):
        get_adapter(request).forget_failed_logins(request, account.username)
    return response


@require_POST
@manager_only
def second_factor_drop(request: HttpRequest, pk: int) -> HttpResponse:
    whom = _theirs(request, pk)
    get_object_or_404(Account, person=whom)
    return _done(request, pk, staff.drop_second_factor, person=whom)


def _theirs(request: HttpRequest, pk: int) -> Person:
    """Somebody under this manager; 404 otherwise: who exists elsewhere is not theirs to know."""
    whom = staff.people_under(me_of(request)).select_related("account").filter(pk=pk).first()
    if whom is None:
        raise Http404
    return whom


def _done(request: HttpRequest, pk: int, verb: Any, **what: Any) -> HttpResponse:
    try:
        verb(by=me_of(request), **what)
    except staff.NotAllowed as refused:
        messages.error(request, REFUSALS[refused.code])
    return redirect("manage_person", pk)


def _page(request: HttpRequest, whom: Person, **extra: Any) -> HttpResponse:
    me = me_of(request)
    account = Account.objects.filter(person=whom).first()
    named = account.username if account and account.has_usable_password() else ""
    context: dict[str, Any] = {
        "whom": whom,
        "roles": whom.roles.filter(active=True).select_related("organisation"),
        "jobs": whom.employments.filter(until=None).select_related("organisation"),
        "absences": whom.absences.filter(last_day__gte=timezone.localdate()),
        "account": account,
        "two_steps": Authenticator.objects.filter(user=account).exists(),
        "may_account": staff.may_manage_account(me, whom),
        "may_inside": set(scope(me, RoleKind.MANAGER).values_list("pk", flat=True)),
        "role_form": RoleForm(organisations=scope(me, RoleKind.MANAGER).filter(active=True)),
        "absence_form": AbsenceForm(),
        "account_form": AccountForm(initial={"username": named}),
        "face_form": FaceForm(),
        "may_show_face": faces.may_show_face(whom),
        "reveal_form": RevealForm(),
        "shown": {},
    }
    return render(request, "foundation/person.html", context | extra)
