"""A signed-in person's cases together."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaimen.cases import links, wording
from kaimen.cases.enums import OPEN_STATES
from kaimen.cases.models import Case
from kaimen.foundation.models import Person

from .common import signed_in

MOST = 100


@require_safe
@signed_in()
def mine(request: HttpRequest, person: Person) -> HttpResponse:
    """Open ones first; each opens on its own tracking page."""
    cases = Case.objects.filter(asker=person).select_related("owner", "service", "domain")[:MOST]
    rows: list[dict[str, Any]] = [
        {
            "case": case,
            "path": links.track_path(case),
            "said": wording.state_said(case),
            "tone": wording.tone(case),
        }
        for case in cases
    ]
    still_open = [row for row in rows if row["case"].state in OPEN_STATES]
    over = [row for row in rows if row["case"].state not in OPEN_STATES]
    return render(request, "cases/mine.html", {"open": still_open, "over": over})
