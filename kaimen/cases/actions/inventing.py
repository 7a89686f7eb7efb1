"""Cases with a whole life behind them, by the thousand: load for measuring. They tell nobody and pass no door.

Everything that the verbs would have left behind is there: promises kept or broken, each step with its audit row,
answers in the full text, ratings, tasks. It is written in bulk, because 100,000 lives played one by one take hours.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from kaimen.cases import clocks, steps
from kaimen.cases.enums import CaseState, PromiseKind, Score, Solved, TaskState
from kaimen.cases.models import Answer, Case, Promise, Rating, Task
from kaimen.foundation.models import Notice, Organisation
from kaimen.foundation.rows import insert
from kaimen.foundation.workcalendar import day_due

from .opening import NewCase, Opening, prepare, write_opened

ANSWERS = [
    "和有关单位一起去看过了，这周内改好，改好了再来看一眼。",
    "已经办好，您有空去看看，不对的话在这里说一句就行。",
    "问过主管部门，按规定可以办：带身份证到窗口，十分钟。",
    "加了一班，从下周一开始；还挤的话再告诉我们。",
    "修好了，师傅留了电话，再坏直接找他。",
]
REPLIES = ["情况属实，已安排人处理。", "看过现场，三天内办完。", "已经办结，请转告。"]
DAYS = [1, 1, 1, 2, 2, 3, 4, 6, 9, 12]  # working days until the answer
SCORES = [5] * 45 + [4] * 30 + [3] * 15 + [2] * 7 + [1] * 3


@dataclass
class _Life:
    """What happened to a case, not yet written."""

    opening: Opening
    steps: list[tuple[str, datetime, str]] = field(default_factory=list)  # code, when, text
    answered: datetime | None = None
    rating: Rating | None = None
    task: Task | None = None


@transaction.atomic
def invent_cases(
    *, news: Sequence[NewCase], asked: Sequence[Organisation], rng: random.Random, now: datetime
) -> list[Case]:
    """Write cases that began at their own `now` and lived until `now`; `asked` are the organisations given tasks."""
    lives = [_live(_Life(prepare(new)), asked, rng, now) for new in news]
    write_opened([life.opening for life in lives])
    answers = insert(
        Answer(case=life.opening.case, text=life.opening.answer, by=life.opening.case.owner, at=life.answered)
        for life in lives
        if life.answered
    )
    insert(_rating(life) for life in lives if life.rating)
    _write_tasks([life for life in lives if life.task])
    of_case = {answer.case_id: answer.pk for answer in answers}
    steps.write_all([step for life in lives for step in _steps(life, of_case)])
    insert(_notice(life.opening.case, now) for life in lives)
    return [life.opening.case for life in lives]


def _live(life: _Life, asked: Sequence[Organisation], rng: random.Random, now: datetime) -> _Life:
    """Older cases are nearly all closed, the newest mostly not begun."""
    opening = life.opening
    opening.tells = False
    case, age = opening.case, (now - opening.case.received_at).days
    open_share, answered_share = (0.03, 0.01) if age > 20 else (0.25, 0.15) if age > 5 else (0.6, 0.25)
    fate = rng.random()
    taken = min(now, case.received_at + timedelta(minutes=rng.randint(5, 600)))
    if fate < open_share / 3 and age <= 20:
        return life  # received, nobody has touched it
    case.state = CaseState.IN_HAND
    life.steps.append(("taken", taken, ""))
    if rng.random() < 0.1:
        _give_task(life, rng.choice(asked), taken, done=fate >= open_share, rng=rng, now=now)
    if fate < open_share:
        if rng.random() < 0.7:
            _say_progress(life, taken + timedelta(hours=3), now)
        _next_due(life)
        return life
    _answer(life, rng, now)
    if fate >= open_share + answered_share:
        _close(life, rng, now)
    return life


def _answer(life: _Life, rng: random.Random, now: datetime) -> None:
    opening, case = life.opening, life.opening.case
    days = rng.choice(DAYS)
    if days > opening.promises[0].days and rng.random() < 0.9:
        _say_progress(life, case.received_at + timedelta(hours=rng.randint(4, 30)), now)
    at = _at_work(case.received_at, days, rng, now)
    life.answered = case.answered_at = at
    case.first_answered_at = case.first_answered_at or at
    case.state, case.next_due_on = CaseState.ANSWERED, None
    opening.answer = rng.choice(ANSWERS)
    for promise in opening.promises:
        promise.met_at = promise.met_at or at
    life.steps.append(("answered", at, opening.answer))


def _close(life: _Life, rng: random.Random, now: datetime) -> None:
    case, answered = life.opening.case, life.answered or now
    case.state = CaseState.CLOSED
    if rng.random() < 0.45:
        case.closed_at = _at_work(answered, clocks.SILENT_DAYS + 1, rng, now)
        life.steps.append(("closed_silent", case.closed_at, ""))
        return
    score = rng.choice(SCORES)
    at = min(now, answered + timedelta(hours=rng.randint(1, 60)))
    told = Solved.YES if score >= 4 else Solved.PARTLY if score == 3 else Solved.NO
    life.rating = Rating(round=1, score=Score(score), solved=told, at=at)
    life.steps.append(("rated", at, ""))
    case.closed_at = at
    if score <= 2:
        called, mended = _at_work(at, 1, rng, now), _at_work(at, 5, rng, now)
        for kind, days, met in (
            (PromiseKind.CALL_BACK, clocks.CALL_BACK_DAYS, called),
            (PromiseKind.MENDING, clocks.MENDING_DAYS, mended),
        ):
            on = timezone.localdate(at)
            life.opening.promises.append(clocks.NewPromise(kind, days, on, day_due(on, days), met_at=met))
        life.steps += [("call_back_done", called, "电话里又问了一遍。"), ("mended", mended, "照说的改了。")]
        case.closed_at = mended
    life.steps.append(("closed", case.closed_at, ""))


def _say_progress(life: _Life, at: datetime, now: datetime) -> None:
    at = min(now, at)
    life.opening.case.first_answered_at = life.opening.promises[0].met_at = at
    life.steps.append(("progress", at, "收到了，正在核实，有准信就回您。"))


def _give_task(
    life: _Life, to: Organisation, at: datetime, *, done: bool, rng: random.Random, now: datetime
) -> None:
    case = life.opening.case
    life.task = Task(
        community=case.community,
        organisation=to,
        title=case.title[:80],
        detail="请看原话，核实情况，回一句能不能办、什么时候办好。",
        asked_by=case.owner,
        asked_at=at,
        state=TaskState.DONE if done else TaskState.ASKED,
        reply=rng.choice(REPLIES) if done else "",
        replied_at=_at_work(at, 1, rng, now) if done else None,
    )


def _next_due(life: _Life) -> None:
    """The earliest promise still open, the task's too."""
    due: list[date | None] = [promise.due_on for promise in life.opening.promises if not promise.met_at]
    if life.task:
        due.append(_task_promise(life.task).due_on)
    life.opening.case.next_due_on = min(day for day in due if day)


def _task_promise(task: Task) -> Promise:
    promise = clocks.new_promise(PromiseKind.TASK, 5, timezone.localdate(task.asked_at), task=task)
    promise.met_at = task.replied_at
    return promise


def _write_tasks(lives: list[_Life]) -> None:
    tasks = insert(life.task for life in lives if life.task)
    through = Task.cases.through
    insert(through(task=task, case=life.opening.case) for life, task in zip(lives, tasks, strict=True))
    insert(_task_promise(task) for task in tasks)


def _rating(life: _Life) -> Rating:
    rating = life.rating or Rating()
    rating.case = life.opening.case
    return rating


def _steps(life: _Life, answers: dict[int, int]) -> list[steps.Step]:
    case, written = life.opening.case, []
    if life.task:
        told = {"organisation": life.task.organisation.name, "title": life.task.title, "due": ""}
        given = steps.Step(
            case, "task_given", by=case.owner, now=life.task.asked_at, params=told, task=life.task
        )
        written.append(given)
        if life.task.replied_at:
            told = {"organisation": life.task.organisation.name, "title": life.task.title}
            at = life.task.replied_at
            written.append(
                steps.Step(
                    case, "task_done", by=None, now=at, params=told, text=life.task.reply, task=life.task
                )
            )
    for code, at, text in life.steps:
        by = None if code in {"rated", "closed", "closed_silent"} else case.owner
        params: dict[str, object] = {"by": case.owner.name} if code == "taken" else {}
        ids: dict[str, object] = {"answer": answers[case.pk]} if code == "answered" else {}
        if code == "rated" and life.rating:
            params = {"score": int(life.rating.score), "solved": str(life.rating.solved), "round": 1}
        written.append(steps.Step(case, code, by=by, now=at, params=params, text=text, ids=ids))
    return written


def _notice(case: Case, now: datetime) -> Notice:
    """The owner has read of all but the newest."""
    read = case.received_at + timedelta(hours=1) if (now - case.received_at).days > 2 else None
    about = {"number": case.number, "title": case.title}
    return Notice(
        person=case.owner,
        code="case_received",
        params=about,
        link=f"/desk/{case.number}",
        created_at=case.received_at,
        read_at=read,
    )


def _at_work(since: datetime, days: int, rng: random.Random, now: datetime) -> datetime:
    """Some time in office hours, `days` working days after `since`, not in the future."""
    day: date = day_due(timezone.localdate(since), days)
    at = timezone.make_aware(datetime.combine(day, time(rng.randint(9, 17), rng.randint(0, 59))))
    return min(now, at)
