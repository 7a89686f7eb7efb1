"""What is due, as an iCalendar file (RFC 5545): numbers and service names, nobody's words, title or name.

A promise keeps its UID for ever. SEQUENCE counts the steps of its case or task, which only ever grow, so a calendar
always takes the newer day; LAST-MODIFIED is the last of them. A promise that stands still, is met or over is left out.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaimen.cases import links
from kaimen.cases.enums import OPEN_TASKS
from kaimen.cases.models import Case, DueFeed, Promise, TimelineEntry
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import roles_of, scope
from kaimen.foundation.secret_links import token_digest, token_for

MOST = 500
REFRESH = timedelta(hours=1)


def feed_url(feed: DueFeed) -> str:
    """The address as a calendar program takes it."""
    return f"{settings.PUBLIC_URL}/due/{token_for(feed.salt, 'due')}.ics"


def by_token(token: str) -> DueFeed | None:
    """The feed of this address, while the person's account is open and they hold a role."""
    feed = (
        DueFeed.objects.select_related("person")
        .filter(digest=token_digest(token), person__account__is_active=True)
        .first()
    )
    return feed if feed and roles_of(feed.person) else None


def note_reading(feed: DueFeed, now: datetime) -> None:
    """When it was last read, to the hour: programs ask often, and a write for each would only wear."""
    old = Q(read_at=None) | Q(read_at__lt=now - REFRESH)
    DueFeed.objects.filter(old, pk=feed.pk).update(read_at=now)


def due_promises(person: Person) -> QuerySet[Promise]:
    """Open promises with a day: of the cases this person owns, their tasks, and the tasks of this person's inbox."""
    handled = scope(person, RoleKind.HANDLER).order_by().values("pk")
    task = Q(task__state__in=OPEN_TASKS) & (
        Q(task__organisation__in=handled) | Q(task__handler=person) | Q(task__cases__owner=person)
    )
    keys = Promise.objects.filter(
        Q(case__owner=person) | task, met_at=None, ended_at=None, due_on__isnull=False
    )
    first_cases = Case.objects.select_related("service").order_by("pk")
    return (
        Promise.objects.filter(pk__in=keys.order_by().values("pk"))
        .select_related("case__service", "task")
        .prefetch_related(Prefetch("task__cases", first_cases))
        .annotate(
            steps=Coalesce(_steps("case", Count("pk")), _steps("task", Count("pk")), 0),
            moved_at=Coalesce(_steps("case", Max("at")), _steps("task", Max("at"))),
        )
        .order_by(F("due_on").asc(), "pk")
    )


def _steps(of: str, what: Any) -> Subquery:
    entries = TimelineEntry.objects.filter(**{of: OuterRef(of)}).order_by()
    return Subquery(entries.values(of).annotate(found=what).values("found"))


def calendar_of(person: Person) -> bytes:
    """The file: one all-day event for each due day, folded and escaped as the standard has it."""
    from icalendar import Calendar  # a quarter of a second to load, and needed for this address alone

    calendar = Calendar()
    calendar.add("prodid", "-//Kaimen//开门//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _("开门：到期的事"))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for promise in due_promises(person)[:MOST]:
        calendar.add_component(_event(promise))
    found: bytes = calendar.to_ical()
    return found


def _event(promise: Any) -> Any:
    from icalendar import Event

    moved = (promise.moved_at or datetime.fromtimestamp(0, UTC)).astimezone(UTC)
    event = Event()
    event.add("uid", f"promise-{promise.pk}@{urlsplit(settings.PUBLIC_URL).hostname or 'kaimen'}")
    event.add("dtstamp", moved)
    event.add("last-modified", moved)
    event.add("sequence", promise.steps)
    event.add("dtstart", promise.due_on)
    event.add("dtend", promise.due_on + timedelta(days=1))  # the day after: an end is not part of the event
    event.add("summary", _summary(promise))
    event.add("url", settings.PUBLIC_URL + _path(promise))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _summary(promise: Any) -> str:
    cases = [promise.case] if promise.case else list(promise.task.cases.all())
    about = " ".join(str(part) for part in (cases[0].number, cases[0].service or "") if part) if cases else ""
    more = len(cases) - 1
    also = ngettext("等 %(n)s 件", "等 %(n)s 件", len(cases)) % {"n": len(cases)} if more > 0 else ""
    return " ".join(part for part in (promise.get_kind_display(), about, also) if part)


def _path(promise: Any) -> str:
    return links.desk_path(promise.case) if promise.case else links.inbox_path(promise.task)
