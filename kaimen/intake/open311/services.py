"""The published list as Open311 services, and what a service asks for beyond words and place."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kaimen.catalogue import queries
from kaimen.catalogue.enums import Audience
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation
from kaimen.intake.open311.writing import Refused
from kaimen.logic.identity import check_uscc
from kaimen.logic.text import clean

Row = dict[str, Any]
CODE = re.compile(r"[-a-zA-Z0-9_]{1,80}")
GIVEN = re.compile(r"attribute\[([^\]]*)\](?:\[\])?")


def service_rows(community: Organisation) -> list[Row]:
    return [_row(service) for service in queries.published(community)]


def published_service(community: Organisation, code: str) -> Service:
    """The service of this code. Refused 400 for none, 404 for one that is not on the list."""
    if not code:
        raise Refused(400, _("没有给 service_code。"))
    found = queries.published(community).filter(key=code).first() if CODE.fullmatch(code) else None
    if found is None:
        raise Refused(404, _("没有这个 service_code，清单在 services 里。"))
    return found


def definition(service: Service) -> Row:
    """What this service asks for, the standard's attributes."""
    found = []
    if service.documents:
        found.append(
            _attribute(
                "documents",
                variable=False,
                datatype="text",
                says=_("请带上：") + "；".join(service.documents),
            )
        )
    if service.audience == Audience.ENTERPRISE:
        hint = _("统一社会信用代码 18 位，或单位全称")
        found.append(
            _attribute("enterprise", variable=True, datatype="string", says=_("哪家单位"), hint=hint)
        )
    for order, attribute in enumerate(found, 1):
        attribute["order"] = order
    return {"service_code": service.key, "attributes": found}


def enterprise_given(service: Service, given: QueryDict) -> Organisation | None:
    """The enterprise named in the attributes. Refused 400 for one nobody knows and for attributes never asked for."""
    values = _attributes(given)
    asked = {row["code"] for row in definition(service)["attributes"] if row["variable"]}
    if unknown := sorted(set(values) - asked):
        raise Refused(400, _("这一项没有问 attribute[%(code)s]。") % {"code": unknown[0][:40]})
    text = clean(values.get("enterprise", ""))[:200]
    if not text:
        return None
    credit_code = check_uscc(text).value
    firms = Organisation.objects.filter(
        community=service.community, kind=OrganisationKind.ENTERPRISE, active=True
    )
    found = (firms.filter(uscc=credit_code) if credit_code else firms.filter(name=text)).first()
    if found is None:
        raise Refused(400, _("这里没有登记这家单位；不填也可以，写在 description 里。"))
    return found


def _attributes(given: QueryDict) -> Mapping[str, str]:
    found = {}
    for name in given:
        if match := GIVEN.fullmatch(name):
            found[match[1]] = given.get(name, "")
    return found


def _attribute(code: str, *, variable: bool, datatype: str, says: str, hint: str | None = None) -> Row:
    return {
        "variable": variable,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": hint,
        "order": 1,
        "description": says,
        "values": [],
    }


def _row(service: Service) -> Row:
    return {
        "service_code": service.key,
        "service_name": str(service),
        "description": service.summary_here,
        "metadata": bool(service.documents) or service.audience == Audience.ENTERPRISE,
        "type": "realtime",
        "keywords": ",".join(phrase.replace(",", "，") for phrase in service.phrases),
        "group": str(service.domain),
    }
