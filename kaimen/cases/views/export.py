"""Desk, supervisor's board and inbox as Excel or CSV. Names are masked, phones are not in it at all."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaimen.cases import queries
from kaimen.cases.enums import OPEN_TASKS
from kaimen.cases.models import Case
from kaimen.cases.permissions import can_see_asker
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.sheets import MOST, Cell, at, send_table
from kaimen.logic.identity import mask_name, mask_text

from .common import desk_people, signed_in
from .desk import filters, found
from .watch import calls_of, supervisors


@require_safe
@desk_people
def desk_export(request: HttpRequest, person: Person, kind: str) -> HttpResponse:
    cases = found(filters(request, person), person)[:MOST]
    return send_table(
        kind=kind, what="kaimen", heading=header(), rows=_rows(cases, person), by=person, of=person
    )


@require_safe
@supervisors
def watch_export(request: HttpRequest, person: Person, part: str, kind: str) -> HttpResponse:
    """One of the board's tables: all of it, not only what the page has room for."""
    board = queries.watch(person)
    heading = header()
    rows: Iterator[list[Cell]]
    if part == "late":
        rows = _rows(board.late[:MOST], person)
    elif part == "soon":
        rows = _rows(board.at_risk[:MOST], person)
    elif part == "calls":
        heading, rows = _calls_header(), _calls(person)
    elif part == "loads":
        heading, rows = _loads_header(), _loads(board.loads)
    else:
        raise Http404
    return send_table(kind=kind, what=f"watch-{part}", heading=heading, rows=rows, by=person, of=person)


@require_safe
@signed_in(RoleKind.HANDLER, RoleKind.CHAIR)
def inbox_export(request: HttpRequest, person: Person, kind: str) -> HttpResponse:
    """What the page lists: to do, or with ?show=done what is done."""
    done = request.GET.get("show") == "done"
    tasks: Any = queries.inbox(person, also_done=done)  # each with its due_on
    tasks = tasks.exclude(state__in=OPEN_TASKS).order_by("-replied_at", "-pk") if done else tasks
    heading = [
        _("交办"), _("要做什么"), _("交给哪家"), _("状态"), _("谁交办的"), _("交办时间"), _("最晚"),
        _("几个人在说"), _("回了什么"), _("什么时候回的"),
    ]  # fmt: skip
    rows = (
        [
            mask_text(task.title),
            mask_text(task.detail),
            str(task.organisation),
            task.get_state_display(),
            task.asked_by.name,
            at(task.asked_at),
            task.due_on.isoformat() if task.due_on else "",
            len(task.cases.all()),
            mask_text(task.reply),
            at(task.replied_at),
        ]
        for task in tasks[:MOST]
    )
    return send_table(kind=kind, what="tasks", heading=heading, rows=rows, by=person, of=person)


def header() -> list[str]:
    return [
        _("编号"), _("标题"), _("原话"), _("状态"), _("领域"), _("事项"), _("从哪来"), _("企业"), _("地点"),
        _("谁说的"), _("谁管"), _("收到"), _("下一个到期"), _("第一次答复"), _("办结"),
    ]  # fmt: skip


def _rows(cases: Iterable[Case], person: Person) -> Iterator[list[Cell]]:
    for case in cases:
        yield [
            case.number,
            mask_text(case.title),
            mask_text(case.words),
            case.get_state_display(),
            str(case.domain or ""),
            str(case.service or ""),
            case.get_channel_display(),
            str(case.enterprise or ""),
            mask_text(str(case.place or case.place_text)),
            mask_name(case.asker_name) if can_see_asker(person, case) else _("不公开"),
            case.owner.name,
            at(case.received_at),
            case.next_due_on.isoformat() if case.next_due_on else "",
            at(case.first_answered_at),
            at(case.closed_at),
        ]


def _calls_header() -> list[str]:
    return [_("编号"), _("标题"), _("要做什么"), _("最晚"), _("谁管"), _("打了几分"), _("说了什么")]


def _calls(person: Person) -> Iterator[list[Cell]]:
    for promise in calls_of(person)[:MOST]:
        case = promise.case
        last = max(case.ratings.all(), key=lambda rating: rating.pk, default=None)
        yield [
            case.number,
            mask_text(case.title),
            promise.get_kind_display(),
            promise.due_on.isoformat() if promise.due_on else "",
            case.owner.name,
            last.score if last else None,
            mask_text(last.comment) if last else "",
        ]


def _loads_header() -> list[str]:
    return [_("谁"), _("没办完"), _("超时"), _("今明到期"), _("等补充")]


def _loads(loads: Iterable[queries.Load]) -> Iterator[list[Cell]]:
    for load in loads:
        yield [load.owner.name, load.open, load.late, load.soon, load.waiting]
