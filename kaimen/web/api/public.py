"""The service list, the figures of the board, and the calendar: nothing of anybody's."""

from datetime import date, timedelta
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field, StringConstraints

from kaimen.catalogue import queries
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import KeyScope
from kaimen.foundation.workcalendar import calendar
from kaimen.logic import deadlines
from kaimen.logic.rates import Rate as Share
from kaimen.web import board
from kaimen.web.api import shapes
from kaimen.web.api.doors import community_for, door
from kaimen.web.api.errors import REFUSED, Error, Refused
from kaimen.web.api.pages import page_of

router = Router()
LONGEST = 400  # days of one answer
READ, FIGURES = door(KeyScope.SERVICES_READ), door(KeyScope.BOARD_READ)


@router.get(
    "/services",
    auth=READ,
    response={200: shapes.Page[shapes.ServiceRow], REFUSED: Error},
    url_name="api_services",
    summary=gettext_noop("公布的服务清单"),
    tags=[gettext_noop("清单")],
)
def services(
    request: HttpRequest,
    community: shapes.Key = "",
    audience: Annotated[str, StringConstraints(pattern="^(worker|enterprise)?$")] = "",
    domain: shapes.Key = "",
    page: shapes.PageNumber = 1,
    size: shapes.Size = 50,
) -> shapes.Page[shapes.ServiceRow]:
    found = queries.published(community_for(request, community))
    found = found.filter(audience=audience) if audience else found
    found = found.filter(domain__key=domain) if domain else found
    return page_of(found, page, size, lambda one: shapes.ServiceRow(**_row(one)))


@router.get(
    "/services/{key}",
    auth=READ,
    response={200: shapes.ServiceWhole, REFUSED: Error},
    url_name="api_service",
    summary=gettext_noop("一项服务的全部内容"),
    tags=[gettext_noop("清单")],
)
def service(request: HttpRequest, key: shapes.Key, community: shapes.Key = "") -> shapes.ServiceWhole:
    one = queries.published(community_for(request, community)).filter(key=key).first()
    if one is None:
        raise Http404
    return shapes.ServiceWhole(
        **_row(one),
        summary_en=one.summary_en,
        who=one.who,
        documents=one.documents,
        steps=one.steps,
        place=one.place,
        hours=one.hours,
        fee=one.fee,
        phrases=one.phrases,
    )


def _row(one: Service) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "name_en": one.name_en,
        "summary": one.summary,
        "domain": one.domain.key,
        "audience": one.audience,
        "organisation": one.organisation.name,
        "first_answer_days": one.first_answer_days,
        "solve_days": one.solve_days,
    }


@router.get(
    "/figures",
    auth=FIGURES,
    response={200: shapes.Figures, REFUSED: Error},
    url_name="api_figures",
    summary=gettext_noop("公示数字，不到五件的不列"),
    tags=[gettext_noop("公示")],
)
def figures(
    request: HttpRequest,
    community: shapes.Key = "",
    month: Annotated[str, StringConstraints(pattern="^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")] = "",
    domain: shapes.Key = "",
) -> shapes.Figures:
    chosen = date.fromisoformat(f"{month}-01") if month else None
    shown = board.board(community_for(request, community), month=chosen, domain_key=domain)
    if (month and shown.month is None) or (domain and shown.domain is None):
        raise Http404
    return shapes.Figures(
        community=shown.community.key,
        months=[f"{one:%Y-%m}" for one in shown.shown],
        total=None if shown.hidden else _figures(shown.total, domain or None),
        by_domain=[
            _figures(found, one.key if one else "") for one, found in shown.by_domain if not found.few
        ],
        folded_domains=shown.folded_domains,
        computed_at=shown.computed_at,
    )


def _figures(found: board.Figures, domain: str | None) -> shapes.FiguresOf:
    return shapes.FiguresOf(
        domain=domain,
        received=found.received,
        done=found.done,
        answered_in_time=_rate(found.response),
        solved=_rate(found.solved),
        satisfied=_rate(found.satisfied),
    )


def _rate(share: Share) -> shapes.Rate:
    return shapes.Rate(value=share.value, of=None if share.hidden else share.denominator)


@router.get(
    "/calendar/days",
    auth=READ,
    response={200: list[shapes.CalendarDay], REFUSED: Error},
    url_name="api_calendar_days",
    summary=gettext_noop("哪天上班、哪天休息、为什么"),
    tags=[gettext_noop("工作日")],
)
def days(
    request: HttpRequest, first: Annotated[shapes.Day, Query()], last: Annotated[shapes.Day, Query()]
) -> list[shapes.CalendarDay]:
    if not 0 <= (last - first).days <= LONGEST:
        raise Refused(422, "span", _("last 在 first 之后，最多 %(most)s 天。") % {"most": LONGEST}, ["last"])
    known, found = calendar(), []
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        why = known.why(on)
        found.append(
            shapes.CalendarDay(
                date=on,
                working=known.is_workday(on),
                code=why.code,
                name=why.name,
                provisional=why.provisional,
            )
        )
    return found


@router.get(
    "/calendar/deadline",
    auth=READ,
    response={200: shapes.Deadline, REFUSED: Error},
    url_name="api_deadline",
    summary=gettext_noop("几个工作日以后是哪天，每天怎么算的"),
    tags=[gettext_noop("工作日")],
)
def deadline(
    request: HttpRequest,
    start: Annotated[shapes.Day, Query()],
    days: Annotated[int, Field(ge=1, le=LONGEST), Query()],
) -> shapes.Deadline:
    found = deadlines.due(start, days, calendar())
    assert found.due is not None  # noqa: S101  only an open pause leaves it open, and there is none
    return shapes.Deadline(
        start=start,
        days=days,
        due=found.due,
        provisional=found.provisional,
        counted=[shapes.Counted(date=one.date, ordinal=one.ordinal, code=one.code) for one in found.counted],
        skipped=[shapes.Skipped(date=one.date, code=one.code, name=one.name) for one in found.skipped],
    )
