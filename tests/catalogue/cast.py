"""The people and organisations of these tests: those of the demo pack, which are invented."""

from pathlib import Path
from typing import Any

import yaml

import kaimen
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Account, Organisation, Person
from kaimen.foundation.organisations import add_organisation, add_person, give_role

PACKS = Path(kaimen.__file__).parent / "packs"
LIST = PACKS / "services" / "lingfeng.yaml"


def organisations() -> dict[str, Organisation]:
    """The demo's tree, by key."""
    made: dict[str, Organisation] = {}
    for entry in yaml.safe_load((PACKS / "demo" / "organisations.yaml").read_text("utf-8"))["organisations"]:
        parent = made[entry["parent"]] if entry.get("parent") else None
        more = {f: entry[f] for f in ("name_en", "phone", "office_hours", "address") if entry.get(f)}
        kind = OrganisationKind(entry["kind"])
        made[entry["key"]] = add_organisation(
            key=entry["key"], name=entry["name"], kind=kind, parent=parent, by=None, **more
        )
    return made


def person(name: str, role: str, at: Organisation | None) -> Person:
    """A person with an account named like the role, and that role at `at`."""
    made = add_person(name=name, by=None)
    if at is not None:
        give_role(person=made, kind=RoleKind(role), organisation=at, by=None)
    Account.objects.create(username=role, person=made)
    return made


def content(**changes: Any) -> dict[str, Any]:
    """A small service that can be published as it is."""
    return {
        "domain": "living",
        "audience": "worker",
        "organisation": "lingfeng",
        "name": "借雨伞",
        "summary": "下雨了，门口借一把伞，明天还。",
        "phrases": ["没带伞", "下雨怎么回去"],
    } | changes
