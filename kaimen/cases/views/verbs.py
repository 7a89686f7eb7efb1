"""Everything an officer can do with one case: its form, its action, its words, and in which states it is offered."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kaimen.cases import actions
from kaimen.cases.actions.leftovers import still_running
from kaimen.cases.enums import CASE_TRANSITIONS, OPEN_STATES, OPEN_TASKS, CaseState, Decision, PromiseKind
from kaimen.cases.forms import desk as forms
from kaimen.cases.models import Case
from kaimen.foundation.models import Person

ANY = frozenset(CaseState)
RATED_IN = frozenset({CaseState.ANSWERED, CaseState.CLOSED, CaseState.DECLINED})

Run = Callable[[Case, dict[str, Any], Person, datetime], Any]


@dataclass(frozen=True)
class Verb:
    key: str
    label: str | Lazy
    form: type[forms.CaseForm]
    run: Run
    done: str | Lazy
    states: frozenset[CaseState]
    main: bool = False
    shortcut: str = ""

    @property
    def at_once(self) -> bool:
        """Nothing to fill in: one press does it."""
        return self.form is forms.ConfirmForm


def _take(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.take_case(case=case, by=by, now=at)


def _answer(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    also_group, stop = data.get("also_group", False), data.get("stop", ())
    actions.answer_case(case=case, text=data["text"], also_group=also_group, stop=stop, by=by, now=at)


def _progress(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.tell_progress(case=case, text=data["text"], by=by, now=at)


def _give_task(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    give_tasks([case], data, by, at)


def give_tasks(cases: list[Case], data: dict[str, Any], by: Person, at: datetime) -> None:
    """One task for each organisation chosen, all or none."""
    with transaction.atomic():
        for organisation in data["organisations"]:
            actions.give_task(
                cases=cases,
                organisation=organisation,
                title=data["title"],
                detail=data["detail"],
                days=data["days"],
                by=by,
                now=at,
            )


def _ask(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.ask_for_more(case=case, question=data["question"], by=by, now=at)


def _supply(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.supply_more(case=case, text=data["text"], attachments=(), by=by, now=at)


def _extend(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.ask_extension(promise=data["promise"], days=data["days"], reason=data["reason"], by=by, now=at)


def _refuse(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.propose_refusal(
        case=case, clause=data["clause"], reason=data["reason"], other_way=data["other_way"], by=by, now=at
    )


def _hand_over(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.hand_over(case=case, to=data["to"], reason=data["reason"], by=by, now=at)


def _join(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.join_group(case=case, with_case=data["number"], by=by, now=at)


def _leave(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.leave_group(case=case, by=by, now=at)


def _note(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.add_note(case=case, text=data["text"], by=by, now=at)


def _title(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.retitle_case(case=case, title=data["title"], by=by, now=at)


def _service(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.change_service(case=case, service=data["service"], by=by, now=at)


def _enterprise(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    case.enterprise_id = data["before"]
    actions.set_enterprise(case=case, enterprise=data["enterprise"], by=by, now=at)


def _call_back(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.note_call_back(case=case, text=data["text"], by=by, now=at)


def _mended(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.note_mended(case=case, text=data["text"], by=by, now=at)


def _close(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.close_case(case=case, stop=data.get("stop", ()), by=by, now=at)


def _reopen(case: Case, data: dict[str, Any], by: Person, at: datetime) -> None:
    actions.reopen_case(case=case, reason=data["reason"], by_asker=False, by=by, now=at)


def _from(verb: str) -> frozenset[CaseState]:
    return CASE_TRANSITIONS[verb][0]


VERBS: dict[str, Verb] = {
    verb.key: verb
    for verb in [
        Verb("take", _("接手"), forms.ConfirmForm, _take, _("接手了。"), _from("take"), True),
        Verb("answer", _("答复"), forms.AnswerForm, _answer, _("答复发出去了，他已经能看到。"), _from("answer"), True, "r"),
        Verb("progress", _("先回一句"), forms.ProgressForm, _progress, _("先回了一句，他已经能看到。"), OPEN_STATES, True),
        Verb("task", pgettext_lazy("button", "交办"), forms.TaskForm, _give_task, _("交办了，时限从明天起数。"), OPEN_STATES, True, "t"),
        Verb("ask", _("请他补充"), forms.AskForm, _ask, _("问过去了，等他补充，时钟先停。"), _from("ask_for_more"), True),
        Verb("extend", _("延期"), forms.ExtensionForm, _extend, _("报给督办了，同意之前按原来的日子。"), OPEN_STATES, True),
        Verb("refuse", _("办不了"), forms.RefusalForm, _refuse, _("等第二个人签字，签了他才看到。"), _from("decline"), True),
        Verb("supply", _("他补充了"), forms.SupplyForm, _supply, _("记下了，接着办。"), OPEN_STATES),
        Verb("hand_over", _("转给"), forms.HandOverForm, _hand_over, _("转过去了，以后由那一位管到底。"), ANY),
        Verb("join", _("并案"), forms.JoinForm, _join, _("并在一起了，原话和编号都还在。"), ANY),
        Verb("leave", _("撤出并案"), forms.ConfirmForm, _leave, _("撤出来了，单独办。"), ANY),
        Verb("note", _("备注"), forms.NoteForm, _note, _("记下了，只有内部看得到。"), ANY),
        Verb("title", _("改标题"), forms.TitleForm, _title, _("改好了。他的原话没动。"), ANY),
        Verb("service", _("改事项"), forms.ServiceForm, _service, _("改好了。"), OPEN_STATES),
        Verb("enterprise", _("记单位"), forms.EnterpriseForm, _enterprise, _("记好了。"), ANY),
        Verb("call_back", _("回访"), forms.CallBackForm, _call_back, _("回访记下了。"), RATED_IN),
        Verb("mended", _("整改好了"), forms.MendedForm, _mended, _("记下了，他可以重新评一次。"), RATED_IN),
        Verb("close", pgettext_lazy("button", "办结"), forms.CloseForm, _close, _("办结了。"), _from("close")),
        Verb("reopen", _("重开"), forms.ReasonForm, _reopen, _("重新办，时限从头算。"), _from("reopen")),
    ]
}  # fmt: skip


def offered(case: Case) -> list[Verb]:
    """The verbs that make sense for the case as it is now."""
    fitting = [verb for verb in VERBS.values() if case.state in verb.states and _fits(case, verb.key)]
    if any(task.state in OPEN_TASKS for task in case.tasks.all()) and still_running(case).exists():
        return fitting
    # nothing runs that closing could stop: one press does it
    return [replace(verb, form=forms.ConfirmForm) if verb.key == "close" else verb for verb in fitting]


def _fits(case: Case, key: str) -> bool:
    if key == "leave":
        return case.group_id is not None
    if key == "join":
        return case.group_id is None
    if key == "refuse":
        return not any(refusal.decision == Decision.PENDING for refusal in case.refusals.all())
    due = {"call_back": PromiseKind.CALL_BACK, "mended": PromiseKind.MENDING}.get(key)
    return due is None or any(p.kind == due and not p.met_at and not p.ended_at for p in case.promises.all())
