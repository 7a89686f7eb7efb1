"""The published list as Open Referral HSDS 3.0 objects (https://docs.openreferral.org/en/v3.0/).

Ids are uuid5 of our keys: the same service has the same id on every server and after every restore.
"""

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.urls import reverse

from kaimen.foundation.models import Organisation

from .models import Domain, Service

Json = dict[str, Any]
VERSION = "3.0"
PROFILE = "https://docs.openreferral.org/en/v3.0/hsds/"
OPENAPI = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json"
SPACE = uuid5(NAMESPACE_URL, "https://docs.openreferral.org/kaimen")
SHANGHAI = 8  # HSDS wants hours from UTC
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[—–\-~～至到]+\s*(\d{1,2}):(\d{2})")


def identify(kind: str, *parts: object) -> str:
    """A stable uuid for one of our things."""
    return str(uuid5(SPACE, "/".join([kind, *map(str, parts)])))


def service_id(service: Service) -> str:
    return identify("service", service.community.key, service.key)


def about() -> Json:
    """What `GET /` of the HSDS API answers."""
    return {"version": VERSION, "profile": PROFILE, "openapi_url": OPENAPI}


def service_basic(service: Service, base: str) -> Json:
    """A service with one-to-one fields only, as lists show it."""
    found: Json = {
        "id": service_id(service),
        "name": service.name,
        "alternate_name": service.name_en,
        "description": service.summary,
        "url": base + reverse("service", args=[service.key]),
        "status": "active",
        "application_process": "\n".join(service.steps),
        "fees_description": service.fee,
        "eligibility_description": service.who,
        "assured_date": service.published_at.date().isoformat() if service.published_at else "",
        "last_modified": service.updated_at.isoformat(timespec="milliseconds"),
        "organization": organization(service.organisation, base),
    }
    return {name: value for name, value in found.items() if value}


def service_full(service: Service, base: str) -> Json:
    """A service with all that belongs to it."""
    key = service_id(service)
    found = service_basic(service, base) | {
        "phones": phones(service.organisation, service_id=key),
        "schedules": _schedules(service, key),
        "service_areas": [{"id": identify("area", key), "service_id": key, "name": service.community.name}],
        "service_at_locations": _places(service, key),
        "languages": [
            {"id": identify("language", key, "zh"), "service_id": key, "name": "中文", "code": "zh"}
        ],
        "cost_options": _costs(service, key),
        "required_documents": [
            {"id": identify("document", key, n), "service_id": key, "document": document}
            for n, document in enumerate(service.documents)
        ],
        "attributes": [_domain(service.domain, key), *_promises(service, key)],
    }
    return {name: value for name, value in found.items() if value}


def organization(organisation: Organisation, base: str) -> Json:
    """An organisation; HSDS asks for a description, ours is its kind."""
    found: Json = {
        "id": identify("organization", organisation.key),
        "name": organisation.name,
        "alternate_name": organisation.name_en,
        "description": f"{organisation.name}（{organisation.get_kind_display()}）",
        "website": base + "/",
    }
    if organisation.parent_id and organisation.parent:
        found["parent_organization_id"] = identify("organization", organisation.parent.key)
    return {name: value for name, value in found.items() if value}


def organization_full(organisation: Organisation, base: str) -> Json:
    """An organisation with its phones."""
    key = identify("organization", organisation.key)
    found = organization(organisation, base) | {"phones": phones(organisation, organization_id=key)}
    return {name: value for name, value in found.items() if value}


def phones(organisation: Organisation, **link: str) -> list[Json]:
    """The organisation's public number, if it has one."""
    if not organisation.phone:
        return []
    phone = {"id": identify("phone", organisation.key), "number": organisation.phone, "type": "voice"}
    return [phone | link | {"description": organisation.name}]


def _schedules(service: Service, key: str) -> list[Json]:
    """What is written for people, and, where it can be read without doubt, as opening times for machines."""
    if not service.hours:
        return []
    spans = SPAN.findall(service.hours)
    found = {
        "id": identify("schedule", key),
        "service_id": key,
        "timezone": SHANGHAI,
        "description": service.hours,
    }
    if len(spans) == 1 and "；" not in service.hours and "（" not in service.hours:
        h1, m1, h2, m2 = spans[0]
        days = "MO,TU,WE,TH,FR" if "工作日" in service.hours else "MO,TU,WE,TH,FR,SA,SU"
        found |= {"freq": "WEEKLY", "wkst": "MO", "byday": days}
        found |= {"opens_at": f"{h1:0>2}:{m1}", "closes_at": f"{h2:0>2}:{m2}"}
    return [found]


def _places(service: Service, key: str) -> list[Json]:
    if not service.place:
        return []
    place = identify("location", service.community.key, service.place)
    location = {"id": place, "location_type": "physical", "name": service.place}
    return [{"id": identify("at", key, place), "service_id": key, "location_id": place, "location": location}]


def _costs(service: Service, key: str) -> list[Json]:
    if not service.fee:
        return []
    cost: Json = {"id": identify("cost", key), "service_id": key, "amount_description": service.fee}
    if service.fee in ("不收费", "免费"):
        cost |= {"amount": 0, "currency": "CNY"}
    return [cost]


def _attribute(key: str, code: str, term: Json, value: str = "") -> Json:
    found = {
        "id": identify("attribute", key, code),
        "link_id": key,
        "link_entity": "service",
        "taxonomy_term_id": term["id"],
        "taxonomy_term": term,
    }
    return found | ({"value": value} if value else {})


def _domain(domain: Domain, key: str) -> Json:
    return _attribute(key, f"domain/{domain.key}", domain_term(domain))


def domain_term(domain: Domain) -> Json:
    """A domain of the list as a term of our taxonomy."""
    detail = _taxonomy("domains", "服务领域", "服务清单按生活里的事分的领域。")
    return {
        "id": identify("term", domain.community.key, "domain", domain.key),
        "code": domain.key,
        "name": domain.name,
        "description": domain.name_en or domain.name,
        "taxonomy": detail["name"],
        "taxonomy_detail": detail,
        "language": "zh",
    }


def _promises(service: Service, key: str) -> list[Json]:
    """HSDS has no field for a promise: two attributes of a taxonomy of our own."""
    detail = _taxonomy("promises", "承诺时限", "以工作日计的承诺。")
    said = [
        ("first_answer_days", "先回话", "几个工作日内先回话", service.first_answer_days),
        ("solve_days", "办好", "几个工作日内办好", service.solve_days),
    ]
    found = []
    for code, name, description, days in said:
        term: Json = {"id": identify("term", code), "code": code, "name": name, "description": description}
        term |= {"taxonomy": detail["name"], "taxonomy_detail": detail}
        found.append(_attribute(key, code, term, str(days)))
    return found


def _taxonomy(key: str, name: str, description: str) -> Json:
    return {"id": identify("taxonomy", key), "name": name, "description": description}
