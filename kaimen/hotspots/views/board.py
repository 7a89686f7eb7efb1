"""The officers' board of hot issues, its export, and the public page."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaimen.cases.queries import communities_of
from kaimen.cases.views.common import desk_people
from kaimen.foundation.communities import current_community
from kaimen.foundation.models import Person
from kaimen.foundation.sheets import send_table
from kaimen.hotspots import queries, wording
from kaimen.hotspots.forms import BoardFilter
from kaimen.hotspots.models import HotIssue
from kaimen.logic.rates import SMALLEST_GROUP

PER_PAGE = 25  # the map covers all of them


@require_safe
@desk_people
def hot_board(request: HttpRequest, person: Person) -> HttpResponse:
    communities = list(communities_of(person))
    form = BoardFilter(request.GET, communities=communities)
    chosen = form.chosen()
    issues = queries.board(person, now=timezone.now(), **chosen)
    page = Paginator(issues, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [row(issue) for issue in page],
        "maps": [
            {"community": community, "spots": found}
            for community in communities
            if (found := queries.spots(community, [i for i in issues if i.community_id == community.pk]))
        ],
        "chosen_place": chosen.get("place", ""),
        "filtered": any(chosen.get(name) for name in ("domain", "days", "place")),
        "told_at": max((issue.told_at for issue in issues if issue.told_at), default=None),
    }
    return render(request, "hotspots/board.html", context)


@require_safe
@desk_people
def hot_export(request: HttpRequest, person: Person, kind: str) -> HttpResponse:
    form = BoardFilter(request.GET, communities=list(communities_of(person)))
    heading, *rows = _rows(queries.board(person, now=timezone.now(), **form.chosen()))
    return send_table(kind=kind, what="hot", heading=heading, rows=rows, by=person, of=person)


@require_safe
def hot_public(request: HttpRequest) -> HttpResponse:
    community = current_community(request)
    shown = queries.public(community, timezone.now())
    rows = [{"issue": issue, "title": wording.public_title(issue)} for issue in shown.issues]
    spots = [spot for spot in queries.spots(community, shown.issues) if spot.cases >= SMALLEST_GROUP]
    return render(
        request, "hotspots/public.html", {"public": shown, "rows": rows, "spots": spots, "house": community}
    )


def row(issue: HotIssue) -> dict[str, Any]:
    return {"issue": issue, "title": wording.title(issue), "parts": wording.parts(issue)}


def _rows(issues: Iterable[HotIssue]) -> Iterator[list[str]]:
    yield [
        _("名次"), _("事"), _("热度"), *(str(name) for name in wording.PARTS.values()), _("多少件"), _("多少人"), _("领域"),
        _("地点"), _("企业"), _("最早"), _("最近"), _("锁着"), _("建议提为议题"),
    ]  # fmt: skip
    for rank, issue in enumerate(issues, start=1):
        points = {code: points for code, _counted, points in issue.parts}
        yield [
            str(rank),
            wording.title(issue),
            f"{issue.heat:g}",
            *(f"{points.get(code, 0):g}" for code in wording.PARTS),
            str(issue.messages),
            str(issue.people),
            str(issue.domain or ""),
            "、".join(name for _key, name, _times in issue.places),
            "、".join(name for name, _people in issue.enterprises),
            _day(issue.first_at),
            _day(issue.last_at),
            _("是") if issue.locked_at else "",
            _day(issue.marked_at),
        ]


def _day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""
