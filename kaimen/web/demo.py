"""The demo: made-up people in a real-looking park, and what they said over half a year, played through the door.

Nothing is written behind the actions' back: every case is knocked, taken, asked, answered and rated by the same
verbs that people use, at the times the pack gives, so that boards and clocks show what they would show.
"""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from kaimen.cases import actions as cases
from kaimen.cases import figures
from kaimen.cases.enums import OPEN_STATES, CaseState, Channel, Score, Solved
from kaimen.cases.models import AnswerTemplate, Case
from kaimen.catalogue.actions import load_pack
from kaimen.catalogue.models import Service
from kaimen.foundation.demo import PASSWORD
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Account, Employment, Organisation, Person, Place
from kaimen.foundation.organisations import add_organisation, add_person, give_role, phone_digest
from kaimen.foundation.permissions import holders
from kaimen.foundation.workcalendar import calendar
from kaimen.intake.actions import Asker, knock, make_form_link
from kaimen.intake.models import FormLink
from kaimen.logic.deadlines import add_workdays

PACKS = Path(__file__).resolve().parents[1] / "packs"


FIRST_WORDS = [
    "收到了，我先去现场看一眼，看完就告诉您。",
    "这件我来管。已经和有关单位说了，一有准信就回您。",
    "您说的情况我记下了，正在核实，后面的进展都会写在这里。",
]


def read(name: str) -> Any:
    return yaml.safe_load((PACKS / name).read_text(encoding="utf-8"))


def is_loaded() -> bool:
    return Case.objects.exists()


def load(say: Callable[[str], None]) -> None:
    """Load what is missing; loading twice changes nothing twice."""
    organisations = _organisations()
    community = organisations["lingfeng"]
    _places(community)
    people = _people(organisations)
    say(f"组织 {len(organisations)}，人员 {len(people)}（全是示例）")
    load_pack(community=community, path=PACKS / "services" / "lingfeng.yaml", by=None, publish=True)
    say(f"服务事项 {Service.objects.filter(community=community).count()}")
    _wall_codes(community, people)
    _templates(community)
    now = timezone.now()
    played = _Player(organisations, people, now).play(read("demo/needs.yaml")["needs"])
    _gather_parking(community)
    cases.close_silent(now=now)
    cases.escalate_late(now=now)
    figures.recompute_all(community)
    say(f"办件 {played}")


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


class _Player:
    """Plays each need at its own time, in order of time, to the stage that the pack gives."""

    def __init__(
        self, organisations: dict[str, Organisation], people: dict[str, Person], now: datetime
    ) -> None:
        self.organisations = organisations
        self.community = community = organisations["lingfeng"]
        self.people = people
        self.now = now
        self.rng = random.Random(20261122)  # noqa: S311 - a fixed seed: every demo is the same
        self.services = {
            s.key: s for s in Service.objects.filter(community=community).select_related("organisation")
        }
        self.places = {p.key: p for p in Place.objects.filter(community=community)}
        self.supervisor = holders(RoleKind.SUPERVISOR, community)[0].person
        self.enterprises = list(
            Organisation.objects.filter(community=community, kind=OrganisationKind.ENTERPRISE).order_by("pk")
        )

    def play(self, needs: list[dict[str, Any]]) -> int:
        for need in sorted(needs, key=lambda need: -need["days_ago"]):
            at = self._moment(need["days_ago"])
            if Case.objects.filter(submission__key=f"demo-{need['key']}").exists():
                continue
            case = self._knock(f"demo-{need['key']}", need, at)
            getattr(self, f"_{need['stage']}")(case, need, at)
        return Case.objects.filter(community=self.community).count()

    def _moment(self, days_ago: int) -> datetime:
        day = timezone.localdate(self.now) - timedelta(days=days_ago)
        clock = time(self.rng.randint(7, 20), self.rng.randint(0, 59))
        at = timezone.make_aware(datetime.combine(day, clock))
        return min(at, self.now - timedelta(hours=4))

    def _later(self, at: datetime, days: int) -> datetime:
        """At half past nine, `days` working days later, but not in the future."""
        day = add_workdays(timezone.localdate(at), days, calendar())
        return min(timezone.make_aware(datetime.combine(day, time(9, 30))), self.now)

    def _knock(self, key: str, need: dict[str, Any], at: datetime) -> Case:
        person = self.people.get(need.get("person") or "")
        employment = person.employments.first() if person else None
        staff = need["channel"] in {"phone", "counter", "visit", "import"}
        return knock(
            key=key,
            community=self.community,
            words=need["text"],
            channel=Channel(need["channel"]),
            by=self.supervisor if staff else None,
            asker=Asker(
                person=person,
                name=person.name if person else "",
                phone=person.phone if person else "",
                enterprise=employment.organisation if employment else None,
                confidential=bool(need.get("confidential")),
            ),
            service=self.services[need["service"]],
            place=self.places.get(need.get("place") or ""),
            urgent=bool(need.get("urgent")),
            now=at,
        )

    def _received(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        pass

    def _in_hand(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        cases.take_case(case=case, by=case.owner, now=at + timedelta(minutes=self.rng.randint(5, 90)))
        case.refresh_from_db()
        if need.get("more"):
            cases.ask_for_more(
                case=case, question=need["question"], by=case.owner, now=at + timedelta(minutes=100)
            )
            # whoever left no name is not signed in anywhere: the officer writes down what they said
            said_by = case.asker or case.owner
            cases.supply_more(case=case, text=need["more"], by=said_by, now=at + timedelta(minutes=140))
            case.refresh_from_db()

    def _first_word(self, case: Case, at: datetime) -> None:
        """Most officers say at once how things stand; a few forget, and the board shows it."""
        if self.rng.random() < 0.92:
            text = self.rng.choice(FIRST_WORDS)
            cases.tell_progress(case=case, text=text, by=case.owner, now=at + timedelta(minutes=150))
            case.refresh_from_db()

    def _waiting(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        self._in_hand(case, need, at)
        question = need.get("question") or "请补一张照片，或者说说是哪一天、哪个班次。"
        cases.ask_for_more(case=case, question=question, by=case.owner, now=at + timedelta(hours=2))

    def _tasked(self, case: Case, need: dict[str, Any], at: datetime, days: int = 0) -> None:
        self._in_hand(case, need, at)
        service = self.services[need["service"]]
        responsible = service.organisation
        asked = [responsible] if responsible.kind == OrganisationKind.DEPARTMENT else []
        if need.get("task_to"):
            asked = [self.organisations[need["task_to"]]]
        if not asked:
            asked = [case.enterprise or self.rng.choice(self.enterprises)]
        self._first_word(case, at)
        for organisation in asked:
            cases.give_task(
                cases=[case],
                organisation=organisation,
                title=case.title,
                detail=f"请看原话，核实情况，回一句能不能办、什么时候办好。涉及：{case.service}",
                days=days or service.solve_days,
                by=case.owner,
                now=at + timedelta(hours=3),
            )

    def _task_late(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        self._tasked(case, need, at, days=1)

    def _answered(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        self._in_hand(case, need, at)
        service = self.services[need["service"]]
        days = need.get("answered_after") or self.rng.choice([1, 1, 1, 2, 2, 3, service.solve_days])
        if days > service.first_answer_days and at + timedelta(hours=3) < self.now:
            self._first_word(case, at)
        cases.answer_case(case=case, text=need["answer"], by=case.owner, now=self._later(at, days))
        case.refresh_from_db()

    def _closed(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        self._answered(case, need, at)
        rated_at = min(case.answered_at + timedelta(hours=self.rng.randint(1, 40)), self.now)
        score = need.get("rating")
        if not score:
            return  # silence: the job closes it after its days and counts it as silence
        told = need.get("solved") or ("yes" if score >= 4 else "partly" if score == 3 else "no")
        cases.rate_case(case=case, score=Score(score), solved=Solved(told), comment="", by=None, now=rated_at)
        case.refresh_from_db()
        if score >= 3 and case.state == CaseState.ANSWERED:
            cases.close_case(case=case, by=case.owner, now=rated_at)
        if need.get("call_back"):
            self._mended(case, need, rated_at)

    def _mended(self, case: Case, need: dict[str, Any], rated_at: datetime) -> None:
        """A bad rating: the call on the next working day, the mending, and what the asker says then."""
        called, mended = self._later(rated_at, 1), self._later(rated_at, 5)
        cases.note_call_back(case=case, text=need["call_back"], by=case.owner, now=called)
        cases.note_mended(case=case, text=need["mended"], by=case.owner, now=mended)
        if score := need.get("rating_again"):
            told = Solved.YES if score >= 4 else Solved.PARTLY
            again = min(mended + timedelta(hours=6), self.now)
            cases.rate_case(case=case, score=Score(score), solved=told, comment="", by=None, now=again)

    def _reopened(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        self._answered(case, need, at)
        reason = need.get("reason") or "又出现了，和上次一样。"
        cases.reopen_case(
            case=case,
            reason=reason,
            by_asker=True,
            by=case.asker,
            now=min(case.answered_at + timedelta(hours=30), self.now),
        )

    def _declined(self, case: Case, need: dict[str, Any], at: datetime) -> None:
        self._in_hand(case, need, at)
        refusal = cases.propose_refusal(
            case=case,
            clause=need.get("clause") or "《信访工作条例》第三十一条",
            reason=need["answer"],
            other_way=need.get("other_way") or "",
            by=case.owner,
            now=self._later(at, 1),
        )
        cases.sign_refusal(refusal=refusal, agree=True, note="", by=self.supervisor, now=self._later(at, 2))
