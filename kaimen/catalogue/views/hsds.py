"""The list for other systems: HSDS 3.0 API, read only, open to everybody (docs/api.md)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from kaimen.catalogue import hsds, queries, search
from kaimen.catalogue.models import Service
from kaimen.foundation.communities import current_community
from kaimen.foundation.models import Organisation

PER_PAGE = 50
MOST_PER_PAGE = 200


@require_safe
def hsds_about(request: HttpRequest) -> JsonResponse:
    return _json(hsds.about())


@require_safe
def hsds_services(request: HttpRequest) -> JsonResponse:
    """Filters of the API reference: search, modified_after, organization_id, taxonomy_term_id, full, minimal."""
    community = current_community(request)
    services = _services(community).order_by("pk")
    if text := request.GET.get("search", ""):
        found = [entry.service.pk for entry in search.find(community, text, limit=40)]
        services = services.filter(pk__in=found)
    services = _filtered(services, request)
    base = settings.PUBLIC_URL
    if _yes(request, "minimal"):
        return _page(
            request,
            services,
            lambda s: {"id": hsds.service_id(s), "modified_date": s.updated_at.isoformat()},
        )
    build = hsds.service_full if _yes(request, "full") else hsds.service_basic
    return _page(request, services, lambda service: build(service, base))


@require_safe
def hsds_service(request: HttpRequest, id: str) -> JsonResponse:
    """One service in full; 404 in JSON for an id that is not on the list."""
    # The id is derived from the key, so the list is walked once; keys only, and then one row.
    community = current_community(request)
    keys = queries.published(community).order_by().values_list("key", flat=True)
    wanted = {hsds.identify("service", community.key, key): key for key in keys}
    service = _services(community).filter(key=wanted.get(str(id), "")).first()
    if service is None:
        return _json({"error": "not found"}, status=404)
    return _json(hsds.service_full(service, settings.PUBLIC_URL))


@require_safe
def hsds_organizations(request: HttpRequest) -> JsonResponse:
    """Every organisation that is responsible for a published service."""
    community = current_community(request)
    ids = queries.published(community).order_by().values("organisation_id")
    found = Organisation.objects.filter(pk__in=ids).select_related("parent").order_by("pk")
    build = hsds.organization_full if _yes(request, "full") else hsds.organization
    return _page(request, found, lambda organisation: build(organisation, settings.PUBLIC_URL))


def _services(community: Organisation) -> QuerySet[Service]:
    return queries.published(community).select_related(
        "community", "domain__community", "organisation__parent"
    )


def _filtered(services: QuerySet[Service], request: HttpRequest) -> QuerySet[Service]:
    community = current_community(request)
    if after := _moment(request.GET.get("modified_after", "")):
        services = services.filter(updated_at__gte=after)
    if wanted := request.GET.get("organization_id", ""):
        keys = services.order_by().values_list("organisation__key", flat=True).distinct()
        match = [key for key in keys if hsds.identify("organization", key) == wanted]
        services = services.filter(organisation__key__in=match)
    if wanted := request.GET.get("taxonomy_term_id", ""):
        keys = services.order_by().values_list("domain__key", flat=True).distinct()
        match = [key for key in keys if hsds.identify("term", community.key, "domain", key) == wanted]
        services = services.filter(domain__key__in=match)
    return services


def _page(request: HttpRequest, found: Any, build: Callable[[Any], dict[str, Any]]) -> JsonResponse:
    """The Page object of the API reference around `found`."""
    size = min(max(_number(request, "per_page", PER_PAGE), 1), MOST_PER_PAGE)
    paginator = Paginator(found, size)
    page = paginator.get_page(max(_number(request, "page", 1), 1))
    contents = [build(entry) for entry in page]
    return _json(
        {
            "total_items": paginator.count,
            "total_pages": paginator.num_pages,
            "page_number": page.number,
            "size": len(contents),
            "first_page": not page.has_previous(),
            "last_page": not page.has_next(),
            "empty": not contents,
            "contents": contents,
        }
    )


def _json(body: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"  # public data, without cookies
    return response


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else default


def _yes(request: HttpRequest, name: str) -> bool:
    return request.GET.get(name, "").lower() in ("true", "1")


def _moment(text: str) -> Any:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found
