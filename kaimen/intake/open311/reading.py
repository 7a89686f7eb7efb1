"""Requests as others may read them.

Everybody sees that there was one: which service, its state, the days. Not who, where, or in which words; times are cut
to the day, so that nobody can look up afterwards who stood at the machine at 14:03; what was said in confidence is not
there at all. A key sees the requests it brought itself in full, and exactly. What is filtered is what is shown.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from kaimen.cases import wording
from kaimen.cases.enums import CaseState, PromiseKind, Reader
from kaimen.cases.models import Case, Promise, TimelineEntry
from kaimen.catalogue.models import Service
from kaimen.foundation.models import MachineKey, Organisation
from kaimen.intake.open311.services import CODE
from kaimen.intake.open311.writing import Refused
from kaimen.look.templatetags.look import day

Row = dict[str, Any]
SPAN = timedelta(days=90)  # the standard's limits of one answer
MOST = 1000
PAGES = 10_000
NUMBER = re.compile(r"[A-Z]{1,8}[0-9]{0,8}-[0-9]{4}-[0-9]{1,10}")
CLOSED = frozenset({CaseState.CLOSED, CaseState.DECLINED})
SHOWN = (
    "number",
    "state",
    "words",
    "received_at",
    "place",
    "place_text",
    "service",
)  # and nothing to decrypt
STATUS = {"closed": CLOSED, "open": frozenset(CaseState) - CLOSED}


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    number: int
    more: bool


def one(community: Organisation, number: str, key: MachineKey | None) -> list[Row]:
    """The request of this number. Refused 404 also where this reader must not know that it exists."""
    found = _seen(community, key).filter(number=number).first() if NUMBER.fullmatch(number) else None
    if found is None:
        raise Refused(404, _("没有这个 service_request_id。"))
    return [_Rows(key).of(found)]


def page_of(community: Organisation, given: QueryDict, key: MachineKey | None, now: datetime) -> Page:
    """Requests by the standard's filters, newest first; `page` and `page_size` go on where a page ends."""
    size = _number(given, "page_size", MOST, MOST)
    number = _number(given, "page", 1, PAGES)
    found = _seen(community, key)
    if numbers := _several(given, "service_request_id"):
        found = found.filter(number__in=[text for text in numbers if NUMBER.fullmatch(text)])
    else:
        found = _filtered(found, given, key, now)
    start = (number - 1) * size
    written = _Rows(key)
    rows = list(found.order_by("-received_at", "-pk")[start : start + size + 1])
    return Page([written.of(case) for case in rows[:size]], number, len(rows) > size)


def _seen(community: Organisation, key: MachineKey | None) -> QuerySet[Case]:
    steps = TimelineEntry.objects.filter(case=OuterRef("pk"), reader=Reader.ALL).order_by("-at")
    solved = Promise.objects.filter(case=OuterRef("pk"), kind=PromiseKind.SOLVED).order_by("-round")
    return (
        Case.objects.filter(_public() | _own(key), community=community, service__isnull=False)
        .only(*SHOWN)
        .prefetch_related("service__organisation", "place")  # a thousand cases share a few of them
        .annotate(
            moved_at=Subquery(steps.values("at")[:1]),
            expected_on=Subquery(solved.values("due_on")[:1]),
            machine=F("submission__machine"),
        )
    )


def _public() -> Q:
    return Q(confidential=False)


def _own(key: MachineKey | None) -> Q:
    return Q(submission__machine=key.pk) if key else Q(pk__in=())


def _filtered(
    found: QuerySet[Case], given: QueryDict, key: MachineKey | None, now: datetime
) -> QuerySet[Case]:
    if codes := _several(given, "service_code"):
        found = found.filter(service__key__in=[code for code in codes if CODE.fullmatch(code)])
    if names := _several(given, "status"):
        if not set(names) <= STATUS.keys():
            raise Refused(400, _("status 只能是 open 或 closed。"))
        found = found.filter(state__in=[state for name in names for state in STATUS[name]])
    start, end = _span(given, now)
    # a public row shows the beginning of its day: in the span are the days that begin in it
    first = _midnight(start)
    first = first if first == start else first + timedelta(days=1)
    days = _public() & Q(received_at__gte=first, received_at__lt=_midnight(end) + timedelta(days=1))
    return found.filter(days | _own(key) & Q(received_at__gte=start, received_at__lte=end))


def _span(given: QueryDict, now: datetime) -> tuple[datetime, datetime]:
    start, end = _moment(given, "start_date"), _moment(given, "end_date")
    if start and end and end < start:
        raise Refused(400, _("end_date 在 start_date 之前。"))
    if start and end and end - start > SPAN:
        raise Refused(400, _("start_date 到 end_date 最多 90 天，请分几次取。"))
    if start:
        return start, end or min(start + SPAN, max(now, start))
    end = end or now
    return end - SPAN, end


class _Rows:
    """The rows of one answer; what a thousand of them share is worded once."""

    def __init__(self, key: MachineKey | None) -> None:
        self.key, self.zone = key, timezone.get_current_timezone()
        self._services: dict[int, Row] = {}
        self._states: dict[str, str] = {}
        self._ends: dict[date | None, str | None] = {None: None}

    def of(self, case: Any) -> Row:
        """One request. `description` and the place only for who brought it."""
        own = self.key is not None and case.machine == self.key.pk
        at = self._exactly if own else self._its_day
        return {
            "service_request_id": case.number,
            "status": "closed" if case.state in CLOSED else "open",
            "status_notes": self._state(case),
            **self._service(case),
            "description": case.words if own else None,
            "requested_datetime": at(case.received_at),
            "updated_datetime": at(case.moved_at or case.received_at),
            "expected_datetime": self._end(case.expected_on),
            "address": (case.place_text or None) if own else None,
            "address_id": case.place.key if own and case.place else None,
            "zipcode": None,
            "lat": None,
            "long": None,
            "media_url": None,
        }

    def _service(self, case: Case) -> Row:
        service = case.service
        assert service is not None  # noqa: S101 - others are not seen
        if service.pk not in self._services:
            self._services[service.pk] = {
                "service_name": str(service),
                "service_code": service.key,
                "agency_responsible": str(service.organisation),
                "service_notice": service_notice(service),
            }
        return self._services[service.pk]

    def _state(self, case: Case) -> str:
        if case.state not in self._states:
            self._states[case.state] = wording.state_said(case)
        return self._states[case.state]

    def _end(self, due_on: date | None) -> str | None:
        """A promise ends with its day (logic.deadlines)."""
        if due_on not in self._ends and due_on is not None:
            end = timezone.make_aware(datetime.combine(due_on, time(23, 59, 59)), self.zone)
            self._ends[due_on] = end.isoformat()
        return self._ends[due_on]

    def _exactly(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def _its_day(self, moment: datetime) -> str:
        day = moment.astimezone(self.zone)
        return day.replace(hour=0, minute=0, second=0, microsecond=0).isoformat()


def service_notice(service: Service) -> str:
    """What the service promises, in days."""
    promised = {"first": service.first_answer_days, "solved": service.solve_days}
    return _("%(first)s 个工作日内先回话，%(solved)s 个工作日内办好。") % promised


def taken_notice(case: Case, url: str) -> str:
    """What the asker is to hear at once: who, until when, and where to look."""
    due = {promise.kind: promise.due_on for promise in case.promises.all()}
    told = {"owner": case.owner.name, "first": day(due.get(PromiseKind.FIRST_ANSWER)), "url": url}
    return _("收到，由%(owner)s管到底，最晚%(first)s先回话。办到哪一步：%(url)s") % told


def _midnight(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def _several(given: QueryDict, name: str) -> list[str]:
    found = [part.strip() for text in given.getlist(name) for part in text.split(",")]
    return [part for part in found if part][:MOST]


def _moment(given: QueryDict, name: str) -> datetime | None:
    text = given.get(name, "").strip().replace(" ", "+")  # a + that was not escaped arrives as a space
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found) or not 1970 < found.year < 9000:
        raise Refused(400, _("%(name)s 要写成 2026-03-02T00:00:00+08:00 的样子。") % {"name": name})
    return found


def _number(given: QueryDict, name: str, default: int, most: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch("[0-9]{1,6}", text) or not 1 <= int(text) <= most:
        raise Refused(400, _("%(name)s 是 1 到 %(most)s 的整数。") % {"name": name, "most": most})
    return int(text)
