"""Needs of an earlier book: answered there, brought in whole so that what was said is not forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kaimen.cases import steps
from kaimen.cases.actions.opening import NewCase, prepare, write_opened
from kaimen.cases.enums import CaseState, Channel
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Answer, Case, Promise

SILENCE = timedelta(days=7)  # five working days and a weekend, after which it was closed


@dataclass(frozen=True, kw_only=True)
class OldCase:
    """What was said then, what was answered, and when."""

    new: NewCase
    answer: str
    answered_at: datetime


@transaction.atomic
def keep_older(old: Sequence[OldCase], *, now: datetime) -> list[Case]:
    """Open these as imported cases that are answered already, each with all its rows; nobody is told.

    For many at once: a handful of statements whatever their number. Those answered more than SILENCE ago are closed in
    silence, which counts as nobody's satisfaction; the others still wait for what their askers say, as any answered
    case. NotNow: "no_words"; "not_older" if one is not imported, or not answered by `now`.
    """
    for one in old:
        answered = one.new.now <= one.answered_at <= now
        if one.new.channel != Channel.IMPORT or not answered:
            raise NotNow("not_older")
    openings = [prepare(one.new) for one in old]
    for opening, one in zip(openings, old, strict=True):
        opening.answer = one.answer
        opening.tells = False  # an older book is no news
    write_opened(openings)
    cases = [opening.case for opening in openings]
    for case, one in zip(cases, old, strict=True):
        case.closed_at = _closed_at(one, now)
        case.state = CaseState.CLOSED if case.closed_at else CaseState.ANSWERED
        case.first_answered_at = case.answered_at = one.answered_at
        case.next_due_on = None
    kept = ["state", "first_answered_at", "answered_at", "closed_at", "next_due_on"]
    Case.objects.bulk_update(cases, kept, batch_size=200)
    _answer(cases, old)
    return cases


def _closed_at(one: OldCase, now: datetime) -> datetime | None:
    closed_at = one.answered_at + SILENCE
    return closed_at if closed_at <= now else None


def _answer(cases: Sequence[Case], old: Sequence[OldCase]) -> None:
    pairs = list(zip(cases, old, strict=True))
    answers = Answer.objects.bulk_create(
        Answer(case=case, text=one.answer, by=case.owner, at=one.answered_at) for case, one in pairs
    )
    answered = {case.pk: one.answered_at for case, one in pairs}
    promises = list(Promise.objects.filter(case__in=answered, met_at=None))
    for promise in promises:
        promise.met_at = answered[promise.case_id or 0]
    Promise.objects.bulk_update(promises, ["met_at"], batch_size=400)
    lines = []
    for (case, one), answer in zip(pairs, answers, strict=True):
        ids = {"answer": answer.pk}
        lines.append(
            steps.Step(case, "answered", by=case.owner, now=one.answered_at, text=one.answer, ids=ids)
        )
        if case.closed_at:
            lines.append(steps.Step(case, "closed_silent", by=None, now=case.closed_at))
    steps.write_all(lines)
