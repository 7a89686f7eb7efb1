"""The hall: home, the public board, how it is counted."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaimen.foundation.communities import COOKIE, NoCommunity, current_community
from kaimen.foundation.permissions import is_staff
from kaimen.foundation.views.guards import me_of, signed_in
from kaimen.look import charts
from kaimen.look.templatetags.look import month as month_name
from kaimen.look.templatetags.look import month_short
from kaimen.web import exports, finding, queries
from kaimen.web.board import Board, board, table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A_YEAR = 60 * 60 * 24 * 365


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    try:
        community = current_community(request)
    except NoCommunity:
        return render(request, "web/empty_house.html", status=503)
    now = timezone.now()
    return render(
        request,
        "web/home.html",
        {
            "community": community,
            "communities": queries.communities(),
            "domains": queries.worker_domains(community),
            "services": queries.services_by_audience(community),
            "board": board(community),
            "talked_about": queries.talked_about(community, now),
            "done_in_common": queries.done_in_common(community, now),
        },
    )


@require_POST
def choose_community(request: HttpRequest) -> HttpResponse:
    """Remember in front of which community this browser stands."""
    response = HttpResponseRedirect("/")
    key = request.POST.get("community", "")
    if queries.communities().filter(key=key).exists():
        response.set_cookie(COOKIE, key, max_age=A_YEAR, samesite="Lax", httponly=True)
    return response


@require_safe
def public_board(request: HttpRequest) -> HttpResponse:
    shown = _chosen(request)
    return render(
        request,
        "web/board.html",
        {
            "board": shown,
            "total": shown.total,
            "chart": _month_chart(shown),
            "domain_bars": _domain_bars(shown),
            "clauses": _clauses(shown),
            "done_in_common": queries.done_in_common(shown.community, timezone.now()),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def find(request: HttpRequest) -> HttpResponse:
    """Staff: one box over everything. Words come to stand in the address, a phone number never does."""
    person, posted = me_of(request), request.method == "POST"
    if not is_staff(person):
        raise PermissionDenied
    text = (request.POST if posted else request.GET).get("q", "").strip()[: finding.LONGEST]
    fragment = getattr(request, "htmx", None)
    if posted and not fragment and not finding.phone_in(text):
        return HttpResponseRedirect(f"{reverse('find')}?{urlencode({'q': text})}")
    groups = finding.find(person, current_community(request), text)
    page = {"text": text, "groups": groups, "by_phone": bool(finding.phone_in(text))}
    return render(request, "web/_found.html" if fragment else "web/find.html", page)


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    return render(request, "web/how.html")


@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(exports.as_csv(table(_chosen(request))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name()}.csv"'
    return response


@require_safe
def figures_xlsx(request: HttpRequest) -> FileResponse:
    book = exports.as_xlsx(table(_chosen(request)))
    return FileResponse(book, as_attachment=True, filename=f"{_file_name()}.xlsx", content_type=XLSX)


def _file_name() -> str:
    return f"kaimen-figures-{timezone.localdate():%Y%m%d}"


def _chosen(request: HttpRequest) -> Board:
    """The board that the address asks for; a month or domain nobody knows is as good as none."""
    return board(
        current_community(request),
        month=_month(request.GET.get("month", "")),
        domain_key=request.GET.get("domain", ""),
    )


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month of the calendar, no instant
    except ValueError:
        return None


def _month_chart(shown: Board) -> charts.MonthChart:
    return charts.MonthChart(
        title=_("每月收到、办结与解决"),
        first_name=_("收到"),
        second_name=_("已答复或办结"),
        rate_name=_("问的人说解决了"),
        months=[
            charts.Month(
                label=month_name(month),
                short=month_short(month),
                first=None if figures.few else figures.received,
                second=None if figures.few else figures.done,
                rate=figures.solved.value,
            )
            for month, figures in shown.by_month
        ],
    )


def _domain_bars(shown: Board) -> list[charts.Bar]:
    query = f"&month={shown.month:%Y-%m}" if shown.month else ""
    return [
        charts.Bar(
            label=str(domain) if domain else _("没归类"),
            value=figures.received,
            href=f"?domain={domain.key}{query}" if domain else "",
            faint=shown.domain is not None and domain != shown.domain,
        )
        for domain, figures in shown.by_domain
    ]


def _clauses(shown: Board) -> list[tuple[str, Any]]:
    """Clauses of signed refusals, the most frequent first; a count under five stays unsaid."""
    if shown.hidden:
        return []
    counted = shown.total.histograms.get("clauses", {})
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(clause, times if times >= 5 else None) for clause, times in ranked if clause][:6]
