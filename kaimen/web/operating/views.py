"""Three addresses for machines that watch: alive, ready, numbers."""

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from kaimen.foundation.metrics import counted
from kaimen.web.operating.health import not_ready
from kaimen.web.operating.metrics import House


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; nothing else is asked, least of all the database."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200, or 503 with codes. `?exclude=worker` leaves a check out, as Kubernetes' own /readyz does."""
    found = not_ready(timezone.now(), frozenset(request.GET.getlist("exclude")))
    return JsonResponse({"ready": not found, "reasons": found}, status=503 if found else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, for who shows the token; for everybody else there is nothing here."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted = settings.METRICS_TOKEN
    if not wanted or not secrets.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    shared = CollectorRegistry()
    shared.register(House())
    return HttpResponse(
        generate_latest(counted()) + generate_latest(shared), content_type=CONTENT_TYPE_LATEST
    )
