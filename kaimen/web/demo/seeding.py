"""The demo: made-up people in a real-looking park, and what they said over half a year, played through the door.

Nothing is written behind the actions' back: every case is knocked, taken, asked, answered and rated by the same
verbs that people use, at the times the pack gives, so that boards and clocks show what they would show.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaimen.cases import actions as cases
from kaimen.cases import figures
from kaimen.cases.enums import OPEN_STATES
from kaimen.cases.models import AnswerTemplate, Case
from kaimen.catalogue.actions import load_pack
from kaimen.catalogue.models import Service
from kaimen.foundation.demo import PASSWORD
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Account, Employment, Organisation, Person, Place
from kaimen.foundation.organisations import add_organisation, add_person, give_role, phone_digest
from kaimen.foundation.permissions import holders
from kaimen.foundation.yaml_files import read_yaml
from kaimen.hotspots.actions import gather_issues
from kaimen.intake.actions import make_form_link
from kaimen.intake.models import FormLink
from kaimen.web.demo import mailing
from kaimen.web.demo.playing import Player
from kaimen.web.demo.voices import bring_voices

PACKS = Path(__file__).resolve().parents[2] / "packs"


def read(name: str) -> Any:
    return read_yaml(PACKS / name)


def load(say: Callable[[str], None]) -> None:
    """Load what is missing; loading twice changes nothing twice."""
    organisations, people = settle(say)
    community = organisations["lingfeng"]
    now = timezone.now()
    voices = bring_voices(community, read("demo/voices.yaml"), now)
    played = Player(organisations, people, now).play(read("demo/needs.yaml")["needs"])
    _gather_parking(community)
    cases.close_silent(now=now)
    cases.escalate_late(now=now)
    figures.recompute_all(community)
    heard = gather_issues(community=community, now=now) if voices else 0
    say(f"办件 {played}（其中老账 {voices}），听出热点的有 {heard}")
    say(f"信函 {mailing.write(community, people['shen-anlan'])}")


def settle(say: Callable[[str], None]) -> tuple[dict[str, Organisation], dict[str, Person]]:
    """The park before anybody has said a word: organisations and people by key, places, the list, wall codes."""
    organisations = _organisations()
    community = organisations["lingfeng"]
    _places(community)
    people = _people(organisations)
    say(f"组织 {len(organisations)}，人员 {len(people)}（全是示例）")
    load_pack(community=community, path=PACKS / "services" / "lingfeng.yaml", by=None, publish=True)
    say(f"服务事项 {Service.objects.filter(community=community).count()}")
    _wall_codes(community, people)
    _templates(community)
    return organisations, people


@transaction.atomic
def _organisations() -> dict[str, Organisation]:
    made: dict[str, Organisation] = {o.key: o for o in Organisation.objects.all()}
    for entry in read("demo/organisations.yaml")["organisations"]:
        if entry["key"] in made:
            continue
        parent = made[entry["parent"]] if entry.get("parent") else None
        fields = {
            f: entry[f] for f in ("name_en", "uscc", "address", "phone", "office_hours") if entry.get(f)
        }
        made[entry["key"]] = add_organisation(
            key=entry["key"],
            name=entry["name"],
            kind=OrganisationKind(entry["kind"]),
            parent=parent,
            by=None,
            **fields,
        )
    return made


def _places(community: Organisation) -> None:
    for entry in read("demo/places.yaml")["places"]:
        fields = {f: entry.get(f, "") for f in ("name", "name_en", "area", "x", "y")}
        Place.objects.update_or_create(community=community, key=entry["key"], defaults=fields)


@transaction.atomic
def _people(organisations: dict[str, Organisation]) -> dict[str, Person]:
    made = {}
    for entry in read("demo/people.yaml")["people"]:
        person = Person.objects.filter(phone_digest=phone_digest(entry["phone"])).first()
        made[entry["key"]] = person or _person(entry, organisations)
    return made


def _person(entry: dict[str, Any], organisations: dict[str, Organisation]) -> Person:
    employer = organisations.get(entry.get("employer") or "")
    staff = bool(entry.get("username"))
    person = add_person(
        name=entry["name"],
        phone=entry["phone"],
        id_number=entry.get("id_number") or "",
        by=None,
        title=entry.get("title") or "",
        office_hours=entry.get("office_hours") or "",
        public_phone=employer.phone if employer and staff else "",
        is_demo=True,
    )
    if employer:
        Employment.objects.create(person=person, organisation=employer, post=(entry.get("title") or "")[:80])
    for role in entry.get("roles") or []:
        give_role(
            person=person,
            kind=RoleKind(role["kind"]),
            organisation=organisations[role["organisation"]],
            domains=role.get("domains"),
            areas=role.get("areas"),
            by=None,
        )
    account = Account(username=entry.get("username") or f"w{person.pk}", person=person)
    if staff:
        account.set_password(PASSWORD)
    else:
        account.set_unusable_password()
    account.save()
    return person


def _wall_codes(community: Organisation, people: dict[str, Person]) -> None:
    if FormLink.objects.filter(community=community).exists():
        return
    officer = holders(RoleKind.OFFICER, community)[0].person
    for place in Place.objects.filter(community=community)[:3]:
        make_form_link(community=community, name=f"{place.name}墙上的码", place=place, by=officer)
    make_form_link(community=community, name="2026 职工需求问卷", question="您最想先解决哪件事？", by=officer)


def _templates(community: Organisation) -> None:
    for name, text in read("demo/answer_templates.yaml")["templates"].items():
        AnswerTemplate.objects.get_or_create(community=community, name=name, defaults={"text": text.strip()})


def _gather_parking(community: Organisation) -> None:
    """The officer has put the open parking needs together: each keeps its own words and number."""
    alone = Case.objects.filter(
        community=community, service__key="parking", state__in=OPEN_STATES, group=None
    )
    together = list(alone.order_by("pk"))
    if len(together) > 2 and not community.case_groups.exists():
        cases.merge_cases(cases=together, title="园区停车难", by=together[0].owner, now=timezone.now())
