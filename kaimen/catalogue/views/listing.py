"""What everybody may read: the list, one service, its earlier versions."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaimen.catalogue import content as contents
from kaimen.catalogue import permissions, queries, search, sheet
from kaimen.catalogue.enums import Audience
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.communities import current_community
from kaimen.foundation.models import Organisation
from kaimen.foundation.permissions import person_of
from kaimen.logic.text import clean

PER_PAGE = 100
LONGEST_SEARCH = 500


@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    """The published list of one audience by domain; with words in the box, what answers them."""
    community = current_community(request)
    audience = request.GET.get("audience", "")
    said = clean(request.GET.get("q", ""))[:LONGEST_SEARCH]
    counts = queries.counts(community)
    page: dict[str, Any] = {
        "said": said,
        "audience": audience if audience in Audience.values else Audience.WORKER.value,
        "audiences": [(value, label, counts.get(value, 0)) for value, label in Audience.choices],
        "total": sum(counts.values()),
        "can_edit": permissions.can_edit(person_of(request), community),
    }
    page |= _searched(community, said) if said else _browsed(request, community, page["audience"])
    if getattr(request, "htmx", None):
        return render(request, "catalogue/_found.html", page)
    return render(request, "catalogue/list.html", page)


def _searched(community: Organisation, said: str) -> dict[str, Any]:
    found = search.find(community, said, limit=12)
    nearest = [] if found else search.find(community, said, limit=4, unsure=True)
    own = [answer for entry in found for answer in entry.answers]
    return {"found": found, "nearest": nearest, "answers": own[:3]}


def _browsed(request: HttpRequest, community: Organisation, audience: str) -> dict[str, Any]:
    if key := request.GET.get("domain"):
        domain = get_object_or_404(Domain, community=community, key=key)
        services = queries.published(community).filter(domain=domain, audience=audience)
        return {"domain": domain, "page": Paginator(services, PER_PAGE).get_page(request.GET.get("page"))}
    return {"sections": queries.sections(community, audience)}


@require_safe
def service_list_xlsx(request: HttpRequest) -> HttpResponse:
    """The published list as a workbook."""
    community = current_community(request)
    return sheet.download(queries.published(community), f"{community.name}-{timezone.localdate()}.xlsx")


@require_safe
def service_page(request: HttpRequest, key: str) -> HttpResponse:
    """One published service. Withdrawn: says so, with status 410 and the way on."""
    community = current_community(request)
    service = _public(community, key)
    if service.state != "published":
        return render(request, "catalogue/withdrawn.html", {"service": service}, status=410)
    page = {
        "service": service,
        "shown": queries.Shown(contents.content_of(service), service.domain, service.organisation),
        "can_edit": permissions.can_edit(person_of(request), community),
    }
    return render(request, "catalogue/service.html", page)


@require_safe
def service_versions(request: HttpRequest, key: str) -> HttpResponse:
    """Every version that was published, with what changed from one to the next."""
    service = _public(current_community(request), key)
    found = list(queries.versions(service)[:100])
    older = [*found[1:], None]
    history = [
        (version, contents.differences(before.content, version.content) if before else None)
        for version, before in zip(found, older, strict=True)
    ]
    return render(request, "catalogue/versions.html", {"service": service, "history": history})


@require_safe
def service_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The service as it was published under that number."""
    community = current_community(request)
    service = _public(community, key)
    version = get_object_or_404(service.versions, number=number)
    page = {"service": service, "version": version, "shown": queries.shown(community, version.content)}
    return render(request, "catalogue/version.html", page)


def _public(community: Organisation, key: str) -> Service:
    """A service that was published at least once; a draft is hidden, not forbidden."""
    found = Service.objects.filter(community=community, key=key, version__gt=0)
    service = found.select_related("domain", "organisation", "community").first()
    if service is None:
        raise Http404
    return service
