"""The content of a service as data: what a draft, a version, an Excel row and a pack entry have in common."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaimen.foundation.models import Organisation

from .models import Domain, Service

Content = dict[str, Any]

LABELS = {
    "domain": _("领域"),
    "audience": _("给谁"),
    "point": _("企服十条第几条"),
    "organisation": _("牵头组织"),
    "name": _("名称"),
    "name_en": _("英文名称"),
    "summary": _("一句话说清"),
    "summary_en": _("英文一句话"),
    "who": _("谁能办"),
    "documents": _("要带什么"),
    "steps": _("怎么办"),
    "place": _("在哪里办"),
    "hours": _("什么时候"),
    "fee": _("收费"),
    "first_answer_days": _("几个工作日内先回话"),
    "solve_days": _("几个工作日内办好"),
    "legal_basis": _("依据"),
    "phrases": _("大家怎么说这件事"),
    "answers": _("当场就能回答的问题"),
}
LISTS = ("documents", "steps", "legal_basis", "phrases", "answers")
PLAIN = tuple(name for name in LABELS if name not in ("domain", "organisation"))


def empty() -> Content:
    """A content with every field, nothing said yet."""
    blank: Content = {name: [] if name in LISTS else "" for name in LABELS}
    return blank | {"audience": "worker", "point": None, "first_answer_days": 2, "solve_days": 10}


def content_of(service: Service) -> Content:
    """What the row says; domain and organisation by their keys, so that it can be read years later."""
    said: Content = {name: getattr(service, name) for name in PLAIN}
    return said | {"domain": service.domain.key, "organisation": service.organisation.key}


def latest(service: Service) -> Content:
    """What an editor starts from: the draft where there is one, else what is published."""
    return empty() | service.draft if service.draft is not None else content_of(service)


def fill(service: Service, content: Content) -> None:
    """Write `content` into the row (not saved). Domain and organisation must exist: check first."""
    for name in PLAIN:
        setattr(service, name, content[name])
    service.domain = Domain.objects.get(community=service.community_id, key=content["domain"])
    service.organisation = Organisation.objects.get(key=content["organisation"])


@dataclass(frozen=True)
class Difference:
    """One field that two contents say differently."""

    field: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        return str(LABELS[self.field])

    @property
    def gone(self) -> list[str]:
        """Lines that are no longer there."""
        return [line for line in _lines(self.before) if line not in _lines(self.after)]

    @property
    def new(self) -> list[str]:
        """Lines that were not there before."""
        return [line for line in _lines(self.after) if line not in _lines(self.before)]

    @property
    def only_order(self) -> bool:
        return not self.gone and not self.new


def differences(before: Content, after: Content) -> list[Difference]:
    """The fields that differ, in the order of the form."""
    old, new = empty() | before, empty() | after
    return [Difference(name, old[name], new[name]) for name in LABELS if old[name] != new[name]]


def _lines(value: Any) -> list[str]:
    if isinstance(value, list):
        return [" · ".join(item.values()) if isinstance(item, dict) else str(item) for item in value]
    return [] if value in ("", None) else [str(value)]
