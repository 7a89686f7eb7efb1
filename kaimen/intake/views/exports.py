"""Visits, QR codes and imported tables as Excel or CSV."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaimen.cases.models import Case
from kaimen.foundation import qr
from kaimen.foundation.sheets import MOST, Cell, at, send_table
from kaimen.intake.models import FormLink, NeedsTable, Visit
from kaimen.logic.identity import mask_text

from .needs import bringer
from .staff import taker


@login_required
@require_safe
def visits_export(request: HttpRequest, kind: str) -> HttpResponse:
    """One row for each need brought back, one for a visit that brought none."""
    person, community = taker(request)
    visits = Visit.objects.filter(community=community).select_related("organisation", "visitor")
    visits = visits.prefetch_related("submissions__case__owner")
    heading = [
        _("哪天"), _("去了哪家"), _("谁去的"), _("见了谁"), _("自己记一笔"), _("编号"), _("听到的事"),
        _("状态"), _("谁管"),
    ]  # fmt: skip
    rows: Iterator[list[Cell]] = (
        [
            visit.on.isoformat(),
            str(visit.organisation),
            visit.visitor.name,
            mask_text(visit.met),
            mask_text(visit.note),
            *(
                (case.number, mask_text(case.title), case.get_state_display(), case.owner.name)
                if case
                else [""] * 4
            ),
        ]
        for visit in visits[:MOST]
        for case in _cases(visit)
    )
    return send_table(kind=kind, what="visits", heading=heading, rows=rows, by=person, of=community)


def _cases(visit: Visit) -> list[Case | None]:
    return [submission.case for submission in visit.submissions.all()] or [None]


@login_required
@require_safe
def form_links_export(request: HttpRequest, kind: str) -> HttpResponse:
    person, community = taker(request)
    links = FormLink.objects.filter(community=community).select_related("place", "enterprise", "service")
    heading = [
        _("名字"), _("问什么"), _("贴在哪儿"), _("哪家单位"), _("哪一项"), _("收到几件"), _("在用"), _("网址"),
    ]  # fmt: skip
    rows: Iterator[list[Cell]] = (
        [
            link.name,
            link.question,
            str(link.place or ""),
            str(link.enterprise or ""),
            str(link.service or ""),
            link.came,
            _("是") if link.active else _("否"),
            qr.absolute(f"/f/{link.token}"),
        ]
        for link in links.annotate(came=Count("submissions"))[:MOST]
    )
    return send_table(kind=kind, what="forms", heading=heading, rows=rows, by=person, of=community)


@login_required
@require_safe
def needs_tables_export(request: HttpRequest, kind: str) -> HttpResponse:
    person, community = bringer(request)
    brought = NeedsTable.objects.filter(community=community).select_related("created_by").defer("bad")
    heading = [
        _("文件"),
        _("谁传的"),
        _("什么时候"),
        _("状态"),
        _("几行"),
        _("收下"),
        _("早已有"),
        _("收不了"),
    ]
    rows: Iterator[list[Cell]] = (
        [
            t.filename, t.created_by.name, at(t.created_at), t.get_state_display(), t.total, t.made, t.already,
            t.bad_count,
        ]
        for t in brought[:MOST]
    )  # fmt: skip
    return send_table(kind=kind, what="needs", heading=heading, rows=rows, by=person, of=community)
