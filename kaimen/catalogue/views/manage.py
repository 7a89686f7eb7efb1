"""The desk of those who keep the list: drafts, preview, publication, history."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaimen.catalogue import actions, checking, permissions, queries, sheet
from kaimen.catalogue import content as contents
from kaimen.catalogue.enums import ServiceState
from kaimen.catalogue.forms import ServiceForm
from kaimen.catalogue.models import Service
from kaimen.foundation.communities import current_community
from kaimen.foundation.permissions import person_of

PER_PAGE = 50


def editors_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed out: to the sign-in page; signed in without the right: forbidden."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        permissions.check_can_edit(person_of(request), current_community(request))
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@editors_only
def manage_services(request: HttpRequest) -> HttpResponse:
    """Every service with its state, drafts included."""
    community = current_community(request)
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    found = queries.managed(community, state=state, text=text)
    page = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "text": text,
        "states": [("", _("全部")), *ServiceState.choices, ("changed", _("有没公布的修改"))],
        "can_publish": permissions.can_publish(person_of(request), community),
    }
    return render(request, "catalogue/manage_list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def manage_service_new(request: HttpRequest) -> HttpResponse:
    """Write down a service that was not on the list."""
    community = current_community(request)
    form = ServiceForm(request.POST or None, community=community, content=contents.empty(), is_new=True)
    if form.is_valid():
        key = form.cleaned_data["key"]
        if Service.objects.filter(community=community, key=key).exists():
            form.add_error("key", _("这个编号已经有了，请换一个。"))
        else:
            try:
                actions.add_draft(community=community, key=key, content=form.content(), by=person_of(request))
                return redirect("manage_service_preview", key=key)
            except checking.Refused as refused:
                form.refuse(refused.problems)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def manage_service(request: HttpRequest, key: str) -> HttpResponse:
    """Change a service; saved as a draft that nobody outside sees."""
    service = _service(request, key)
    form = ServiceForm(
        request.POST or None,
        community=service.community,
        content=contents.latest(service),
        is_new=False,
        seen=service.updated_at.isoformat(),
    )
    if form.is_valid():
        try:
            actions.save_draft(
                service=service,
                content=form.content(),
                by=person_of(request),
                seen=_moment(form.cleaned_data["seen"]),
            )
            return redirect("manage_service_preview", key=key)
        except checking.Refused as refused:
            form.refuse(refused.problems)
        except actions.Moved as moved:
            return _form_page(request, _beside(form, moved.service), moved.service, moved=True)
    return _form_page(request, form, service)


@require_safe
@editors_only
def manage_service_preview(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as everybody would see it, and what still stands in the way."""
    return _draft_page(request, _service(request, key), "catalogue/manage_preview.html")


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def manage_service_publish(request: HttpRequest, key: str) -> HttpResponse:
    """GET: what will change for everybody. POST: publish it."""
    service = _service(request, key)
    permissions.check_can_publish(person_of(request), service.community)
    if request.method == "POST":
        seen = _moment(request.POST.get("seen", ""))
        try:
            if seen != service.updated_at:
                raise actions.Moved(service)
            version = actions.publish(service=service, by=person_of(request))
        except checking.Refused:
            messages.error(request, _("还不能公布，先把下面几处补好。草稿都在。"))
        except actions.Moved:
            messages.warning(request, _("刚才有人改过这一条，没有公布。请看过新的内容再定。"))
        else:
            messages.success(request, _("已公布，这是第 %(n)s 版。") % {"n": version.number})
            return redirect("service", key=key)
        service = _service(request, key)
    return _draft_page(request, service, "catalogue/manage_publish.html")


@require_POST
@editors_only
def manage_service_withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take it off the list; the content is kept."""
    return _then(request, key, actions.withdraw, _("已从清单上撤下。内容还在，改好可以再公布。"))


@require_POST
@editors_only
def manage_service_discard(request: HttpRequest, key: str) -> HttpResponse:
    """Forget changes that were not published."""
    return _then(request, key, actions.discard_draft, _("没公布的修改已丢掉。"))


@require_safe
@editors_only
def manage_services_xlsx(request: HttpRequest) -> HttpResponse:
    """Every service with its latest content, drafts included, ready to be changed and loaded again."""
    community = current_community(request)
    return sheet.download(queries.managed(community), f"{community.name}-{timezone.localdate()}.xlsx")


def _service(request: HttpRequest, key: str) -> Service:
    found = Service.objects.select_related("domain", "organisation", "community")
    return get_object_or_404(found, community=current_community(request), key=key)


def _then(request: HttpRequest, key: str, verb: Callable[..., Any], done: str) -> HttpResponse:
    try:
        verb(service=_service(request, key), by=person_of(request))
        messages.success(request, done)
    except actions.Moved:
        messages.warning(request, _("刚才有人改过这一条，什么都没动。请看过再定。"))
    return redirect("manage_services")


def _draft_page(request: HttpRequest, service: Service, template: str) -> HttpResponse:
    content = contents.latest(service)
    last = service.versions.order_by("-number").first()
    page = {
        "service": service,
        "shown": queries.shown(service.community, content),
        "differences": contents.differences(last.content, content) if last else None,
        "problems": checking.check(content, queries.known(service.community, besides=service)),
        "can_publish": permissions.can_publish(person_of(request), service.community),
        "to_publish": service.draft is not None or service.version == 0,
    }
    return render(request, template, page)


def _form_page(
    request: HttpRequest, form: ServiceForm, service: Service | None, moved: bool = False
) -> HttpResponse:
    page = {"form": form, "service": service, "moved": moved}
    if service:
        page["can_publish"] = permissions.can_publish(person_of(request), service.community)
    status = 409 if moved else 422 if form.errors else 200
    return render(request, "catalogue/manage_form.html", page, status=status)


def _beside(form: ServiceForm, service: Service) -> ServiceForm:
    """The same words, now knowing the other's save: saving again is a decision, not an accident."""
    said = {name: form.data.get(name, "") for name in form.fields}
    form.data = said | {"seen": service.updated_at.isoformat()}
    return form


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
