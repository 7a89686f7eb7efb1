"""Loads a list as governments publish it: a table of item, department and item code, and little else."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from kaimen.catalogue.content import LABELS, LISTS, Content, empty
from kaimen.catalogue.enums import Audience
from kaimen.catalogue.lines import read
from kaimen.catalogue.models import Domain
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.organisations import add_organisation

from .packs import Report, by_key, put_domain, put_service

GENERAL = {
    Audience.WORKER: ("general", "综合政务", "Government Services"),
    Audience.ENTERPRISE: ("general-enterprise", "综合政务（企业）", "Government Services for Enterprises"),
}


def load_official(
    *,
    community: Organisation,
    rows: Iterable[Mapping[str, str]],
    columns: Mapping[str, str],
    audience: Audience = Audience.WORKER,
    by: Person | None = None,
    overwrite: bool = False,
    now: datetime | None = None,
) -> Report:
    """Publish every row; `columns` says which column holds `name`, `department`, `code` and any other field.

    Departments become organisations, found again by name. A domain that is not known by key or name, or not
    mapped, becomes one general domain. Rows without a name are refused; loading again changes nothing twice.
    Each row is a transaction of its own, so that a long list does not keep everybody else from writing; a load
    that was interrupted is finished by loading again. What staff have edited since the last load stays theirs,
    unless `overwrite`.
    """
    report, have = Report(), by_key(community)
    departments = _Departments(by)
    domains = _Domains(community, audience, by)
    for row in rows:
        said = {field: (row.get(column) or "").strip() for field, column in columns.items()}
        department = departments.named(said.get("department", "")) or community
        key = key_for(said.get("code", ""), said.get("name", ""), department.key)
        content = _content(said, audience, domains.key(said.get("domain", "")), department)
        put_service(
            community=community,
            have=have,
            key=key,
            content=content,
            by=by,
            report=report,
            from_load=True,
            overwrite=overwrite,
            now=now,
        )
    return report


def key_for(code: str, name: str, department: str) -> str:
    """The item code as an address; without one, a digest of department and name."""
    slug = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")[:80]
    return slug or "item-" + _digest(f"{department}/{name}")


def _content(said: Mapping[str, str], audience: Audience, domain: str, department: Organisation) -> Content:
    content = empty() | {"audience": audience.value, "domain": domain, "organisation": department.key}
    for field in said.keys() & LABELS.keys() - {"domain", "audience", "organisation", "point"}:
        value = said[field]
        if field in LISTS:
            content[field] = read(field, value)
        elif field.endswith("_days"):
            content[field] = int(value) if value.isdecimal() else content[field]
        else:
            content[field] = value
    # nothing is made up: the row says who does it, and no more
    content["summary"] = content["summary"] or f"由{department.name}办理；材料和步骤以窗口公布的为准。"
    return content


class _Departments:
    """Organisations by name, made when missing."""

    def __init__(self, by: Person | None) -> None:
        self.by = by
        found = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT)
        self.known = {organisation.name: organisation for organisation in found}

    def named(self, name: str) -> Organisation | None:
        if name and name not in self.known:
            self.known[name] = add_organisation(
                key=f"dept-{_digest(name)}",
                name=name,
                kind=OrganisationKind.DEPARTMENT,
                parent=None,
                by=self.by,
            )
        return self.known.get(name)


class _Domains:
    """Domain keys by key or name; what is not known goes to the general one, made when first needed."""

    def __init__(self, community: Organisation, audience: Audience, by: Person | None) -> None:
        self.community, self.audience, self.by = community, audience, by
        found = Domain.objects.filter(community=community, audience=audience)
        self.known = {name: domain.key for domain in found for name in (domain.name, domain.key)}

    def key(self, name: str) -> str:
        if name not in self.known:
            self.known[name] = self._general()
        return self.known[name]

    def _general(self) -> str:
        key, name, name_en = GENERAL[self.audience]
        fields = {"name": name, "name_en": name_en, "icon": "landmark", "order": 90}
        put_domain(community=self.community, key=key, by=self.by, audience=self.audience.value, **fields)
        return key


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
