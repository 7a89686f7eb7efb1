"""A signed-in person's cases together."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaimen.cases import links, wording
from kaimen.cases.enums import OPEN_STATES
from kaimen.cases.models import Case
from kaimen.foundation.models import Person

from .common import signed_in

A_PAGE = 40
STILL_OPEN = Q(state__in=OPEN_STATES)


@require_safe
@signed_in()
def mine(request: HttpRequest, person: Person) -> HttpResponse:
    """Open ones first; each opens on its own tracking page."""
    cases = Case.objects.filter(asker=person)
    counted = cases.aggregate(all=Count("pk"), open=Count("pk", filter=STILL_OPEN))
    open_first = cases.select_related("owner", "service", "domain").order_by(
        ExpressionWrapper(STILL_OPEN, BooleanField()).desc(), "-received_at", "-pk"
    )
    page = Paginator(open_first, A_PAGE).get_page(request.GET.get("page"))
    rows: list[dict[str, Any]] = [
        {
            "case": case,
            "path": links.track_path(case),
            "said": wording.state_said(case),
            "tone": wording.tone(case),
        }
        for case in page
    ]
    context = {
        "open": [row for row in rows if row["case"].state in OPEN_STATES],
        "over": [row for row in rows if row["case"].state not in OPEN_STATES],
        "open_in_all": counted["open"],
        "over_in_all": counted["all"] - counted["open"],
        "page": page,
    }
    return render(request, "cases/mine.html", context)
