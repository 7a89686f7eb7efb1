"""Plays what people said, and what was done about it, at the times and to the stages that the pack gives."""

import random
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from kaimen.cases import actions as cases
from kaimen.cases.enums import CaseState, Channel, Score, Solved
from kaimen.cases.models import Case
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person, Place
from kaimen.foundation.permissions import holders
from kaimen.foundation.workcalendar import calendar
from kaimen.intake.actions import Asker, knock
from kaimen.logic.deadlines import add_workdays

FIRST_WORDS = [
    "收到了，我先去现场看一眼，看完就告诉您。",
    "这件我来管。已经和有关单位说了，一有准信就回您。",
    "您说的情况我记下了，正在核实，后面的进展都会写在这里。",
]


class Player:
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

    def _after_answer(self, case: Case, hours: int) -> datetime:
        if case.answered_at is None:
            raise ValueError(f"{case.number} has no answer yet")
        return min(case.answered_at + timedelta(hours=hours), self.now)

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
        rated_at = self._after_answer(case, hours=self.rng.randint(1, 40))
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
            now=self._after_answer(case, hours=30),
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
