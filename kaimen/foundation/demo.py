"""Who can be played in the demo, in the order a visitor wants to meet them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person

PASSWORD = "kaimen-demo"  # noqa: S105 - shown on the demo's sign-in page; production never loads these people
SEES = {
    "worker": _("说一句、跟着看、打分"),
    RoleKind.OFFICER: _("工作台：谁的事最急，由她管到底"),
    RoleKind.SUPERVISOR: _("督办台：谁超时、谁快超时"),
    RoleKind.HANDLER: _("交办给本部门的活"),
    RoleKind.CHAIR: _("替本企业的人说事"),
    RoleKind.DEPUTY: _("代表职工提事"),
    RoleKind.MANAGER: _("人员、组织、服务清单"),
}
ORDER = ["worker", *RoleKind.values]


@dataclass(frozen=True)
class DemoPerson:
    pk: int
    username: str
    name: str
    title: str
    kind: str
    kind_name: str
    sees: str


def demo_people() -> list[DemoPerson]:
    """Every demo person who can be played, workers first."""
    people = (
        Person.objects.filter(is_demo=True)
        .exclude(account__is_active=False)
        .select_related("account")
        .prefetch_related("roles__organisation", "employments__organisation")
    )
    return sorted(map(_demo_person, people), key=lambda p: (ORDER.index(p.kind), p.pk))


def _demo_person(person: Person) -> DemoPerson:
    kinds = [role.kind for role in person.roles.all() if role.active]
    kind = min(kinds, key=ORDER.index) if kinds else "worker"
    places = [row.organisation for row in (person.roles.all() or person.employments.all())]
    account = getattr(person, "account", None)
    return DemoPerson(
        pk=person.pk,
        username=account.username if account and account.has_usable_password() else "",
        name=person.name,
        title=person.title or (str(places[0]) if places else ""),
        kind=kind,
        kind_name=str(RoleKind(kind).label) if kinds else str(_("职工")),
        sees=str(SEES[kind]),
    )
