"""One service from draft to published and off the list again."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaimen.catalogue import content as contents
from kaimen.catalogue.checking import Refused, check, check_key
from kaimen.catalogue.content import Content
from kaimen.catalogue.enums import ServiceState
from kaimen.catalogue.models import ListRevision, Service, ServiceVersion
from kaimen.catalogue.permissions import check_can_edit, check_can_publish
from kaimen.catalogue.queries import known
from kaimen.foundation import audit
from kaimen.foundation.models import Organisation, Person


class Moved(RuntimeError):
    """Somebody else was quicker; `service` is as it stands now. Nothing was written."""

    def __init__(self, service: Service) -> None:
        super().__init__(f"{service.key} changed meanwhile")
        self.service = service


@transaction.atomic
def add_draft(
    *, community: Organisation, key: str, content: Content, by: Person | None, now: datetime | None = None
) -> Service:
    """Begin a new service that nobody outside sees until it is published.

    Raises checking.Refused for a bad or taken key and for content that cannot even be kept.
    """
    if by is not None:
        check_can_edit(by, community)
    content = contents.empty() | content
    problems = check_key(key) + [p for p in check(content, known(community)) if p.breaks]
    if problems:
        raise Refused(problems)
    service = Service(community=community, key=key, draft=content, updated_at=now or timezone.now())
    contents.fill(service, content)
    service.point = None  # taken only when published
    service.save()
    audit.record(verb="service.draft", subject=service, by=by, key=key)
    return service


@transaction.atomic
def save_draft(
    *,
    service: Service,
    content: Content,
    by: Person | None,
    now: datetime | None = None,
    seen: datetime | None = None,
) -> Service:
    """Keep changes that nobody outside sees. What equals the published content is no draft at all.

    `seen`: the `updated_at` that the editor started from; raises Moved where somebody saved since, and
    checking.Refused for content that cannot even be kept.
    """
    if by is not None:
        check_can_edit(by, service.community)
    content = contents.empty() | content
    problems = [p for p in check(content, known(service.community, besides=service)) if p.breaks]
    if problems:
        raise Refused(problems)
    is_public = service.state == ServiceState.PUBLISHED
    draft = None if is_public and content == contents.content_of(service) else content
    if draft == service.draft:
        return service
    rows = Service.objects.filter(pk=service.pk, updated_at=seen or service.updated_at)
    if not rows.update(draft=draft, updated_at=now or timezone.now()):
        raise Moved(Service.objects.get(pk=service.pk))
    service.refresh_from_db()
    if not is_public and service.version == 0:
        contents.fill(service, content)  # lists for staff show the row, and it is nobody's promise yet
        service.point = None
        service.save()
    audit.record(verb="service.draft", subject=service, by=by, key=service.key)
    return service


@transaction.atomic
def publish(*, service: Service, by: Person | None, now: datetime | None = None) -> ServiceVersion:
    """Make the draft what everybody sees, as the next version, and tell every process that the list changed.

    Raises checking.Refused with all problems, and Moved when the service changed since it was read.
    """
    if by is not None:
        check_can_publish(by, service.community)
    now = now or timezone.now()
    content = contents.latest(service)
    problems = check(content, known(service.community, besides=service))
    if problems:
        raise Refused(problems)
    number = service.version + 1
    rows = Service.objects.filter(pk=service.pk, version=service.version, updated_at=service.updated_at)
    if not rows.update(version=number, state=ServiceState.PUBLISHED, draft=None, updated_at=now):
        raise Moved(Service.objects.get(pk=service.pk))
    service.refresh_from_db()
    contents.fill(service, content)
    service.published_at = now
    service.save()
    version = ServiceVersion.objects.create(
        service=service, number=number, content=content, published_at=now, published_by=by
    )
    bump(service.community)
    audit.record(verb="service.publish", subject=service, by=by, key=service.key, version=number)
    return version


@transaction.atomic
def withdraw(*, service: Service, by: Person | None, now: datetime | None = None) -> Service:
    """Take a service off the list. What it said stays as a draft, so that it can come back as a new version."""
    if by is not None:
        check_can_publish(by, service.community)
    content = contents.latest(service)
    rows = Service.objects.filter(pk=service.pk, state=ServiceState.PUBLISHED, version=service.version)
    # the point is given back: another service may take its place among the ten
    changed = rows.update(
        state=ServiceState.WITHDRAWN, draft=content, point=None, updated_at=now or timezone.now()
    )
    if not changed:
        raise Moved(Service.objects.get(pk=service.pk))
    service.refresh_from_db()
    bump(service.community)
    audit.record(verb="service.withdraw", subject=service, by=by, key=service.key, version=service.version)
    return service


@transaction.atomic
def discard_draft(*, service: Service, by: Person | None, now: datetime | None = None) -> Service | None:
    """Forget unpublished changes. A service that was never published goes with them: then returns None."""
    if by is not None:
        check_can_edit(by, service.community)
    audit.record(verb="service.discard", subject=service, by=by, key=service.key)
    rows = Service.objects.filter(pk=service.pk, updated_at=service.updated_at)
    if service.version == 0:
        if not rows.delete()[0]:
            raise Moved(Service.objects.get(pk=service.pk))
        return None
    last = service.versions.first()
    kept = last.content if last and service.state != ServiceState.PUBLISHED else None
    if not rows.update(draft=kept, updated_at=now or timezone.now()):
        raise Moved(Service.objects.get(pk=service.pk))
    service.refresh_from_db()
    return service


def bump(community: Organisation) -> None:
    """Count a change of the published list, in the caller's transaction."""
    revision, _ = ListRevision.objects.get_or_create(community=community)
    ListRevision.objects.filter(pk=revision.pk).update(number=F("number") + 1, stamp=uuid.uuid4())
