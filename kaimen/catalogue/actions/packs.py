"""Loads service lists from packs: YAML that officials can edit. Loading again changes nothing twice."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kaimen.catalogue.checking import Problem, Refused
from kaimen.catalogue.content import LABELS, LISTS, Content, content_of, empty, latest
from kaimen.catalogue.enums import ServiceState
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation import audit
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.yaml_files import read_yaml

from . import publishing


@dataclass
class Report:
    """What a load did: keys added, changed, left as they were, kept because staff had edited them since the last
    load; and what could not be taken, with reasons."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: dict[str, list[Problem]] = field(default_factory=dict)


@transaction.atomic
def load_pack(
    *,
    community: Organisation,
    path: Path,
    by: Person | None = None,
    publish: bool = True,
    overwrite: bool = False,
    now: datetime | None = None,
) -> Report:
    """Load domains and services of one file, published or as drafts. Organisations are named by key and must exist.

    Good entries are kept where others are refused; the report says which and why. What staff have edited, drafted
    or withdrawn since the last load stays theirs, unless `overwrite`.
    """
    pack = read_yaml(path)
    for entry in pack.get("domains", []):
        put_domain(community=community, by=by, **entry)
    report = Report()
    have = by_key(community)
    for entry in pack.get("services", []):
        content = from_pack(entry)
        put_service(
            community=community,
            have=have,
            key=entry["key"],
            content=content,
            by=by,
            now=now,
            report=report,
            publish=publish,
            from_load=True,
            overwrite=overwrite,
        )
    return report


def from_pack(entry: dict[str, Any]) -> Content:
    """The content of one entry as the pack writes it (docs in the head of packs/services/*.yaml)."""
    promise = entry.get("promise", {})
    content: Content = empty() | {name: entry[name] for name in LABELS if name in entry}
    for name in LISTS:
        content[name] = content[name] or []
    content["first_answer_days"] = promise.get("first", content["first_answer_days"])
    content["solve_days"] = promise.get("solve", content["solve_days"])
    return content


def by_key(community: Organisation) -> dict[str, Service]:
    """Every service of the community, read once for a whole load."""
    services = Service.objects.filter(community=community).select_related(
        "community", "domain", "organisation"
    )
    return {service.key: service for service in services}


@transaction.atomic
def put_domain(*, community: Organisation, key: str, by: Person | None, **fields: Any) -> Domain:
    """Add a domain or bring it up to date; the list counts as changed only if it did."""
    domain, added = Domain.objects.get_or_create(community=community, key=key, defaults=fields)
    changed = {name: value for name, value in fields.items() if getattr(domain, name) != value}
    if added or changed:
        for name, value in changed.items():
            setattr(domain, name, value)
        domain.save()
        publishing.bump(community)
        audit.record(verb="domain.put", subject=domain, by=by, key=key)
    return domain


def put_service(
    *,
    community: Organisation,
    have: dict[str, Service],
    key: str,
    content: Content,
    by: Person | None,
    report: Report,
    publish: bool = True,
    from_load: bool = False,
    overwrite: bool = False,
    now: datetime | None = None,
) -> None:
    """Bring one service to `content` (as a draft, or published at once) and write in `report` what happened.

    `have` (see `by_key`) is kept up to date. A refused service leaves nothing behind. `from_load`: it comes from a
    pack or an official list, not from somebody's hand, and gives way to what staff have edited unless `overwrite`.
    """
    service = have.get(key)
    if service and _is_there(service, content, publish):
        report.unchanged.append(key)
        if from_load:
            _remember(service, content)
        return
    if service and from_load and not overwrite and edited_since_loaded(service):
        report.kept.append(key)
        return
    try:
        with transaction.atomic():
            if service:
                publishing.save_draft(service=service, content=content, by=by, now=now)
            else:
                service = publishing.add_draft(community=community, key=key, content=content, by=by, now=now)
            if publish:
                publishing.publish(service=service, by=by, now=now)
            if from_load:
                _remember(service, content)
    except (Refused, publishing.Moved) as refused:
        moved = Problem("key", _("刚才有人改过这一条，什么都没动。请看过再定。"))
        report.refused[key] = refused.problems if isinstance(refused, Refused) else [moved]
        have.update({key: Service.objects.get(pk=have[key].pk)} if key in have else {})
        return
    (report.changed if key in have else report.added).append(key)
    have[key] = service


def edited_since_loaded(service: Service) -> bool:
    """Has somebody changed, drafted or withdrawn it since a load last wrote it, or written it themselves?

    A service loaded before loads were remembered counts as edited where its last version was published by a person.
    """
    if service.state == ServiceState.WITHDRAWN:
        return True
    wrote = service.loaded
    if wrote is None:
        last = service.versions.first()
        wrote = last.content if last and last.published_by_id is None else None
    return wrote is None or latest(service) != empty() | wrote


def _remember(service: Service, content: Content) -> None:
    if service.loaded != content:
        Service.objects.filter(pk=service.pk).update(loaded=content)
        service.loaded = content


def _is_there(service: Service, content: Content, publish: bool) -> bool:
    if service.state == ServiceState.PUBLISHED and service.draft is None:
        return content_of(service) == content
    return not publish and service.draft == content
