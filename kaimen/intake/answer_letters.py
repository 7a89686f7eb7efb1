"""A case answered on paper: what the owner told the asker becomes a letter with a number and a history of its own."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kaimen.cases.models import Case
from kaimen.cases.paper_links import Paper, register
from kaimen.cases.permissions import can_handle, can_see_asker
from kaimen.foundation import audit
from kaimen.foundation.models import Person
from kaimen.foundation.workcalendar import today
from kaimen.letters import actions
from kaimen.letters.actions.making import make_slice
from kaimen.letters.actions.templates import TEXT
from kaimen.letters.enums import LetterChannel, LetterKind
from kaimen.letters.models import Letter, LetterTemplate
from kaimen.letters.sheets import chinese_day
from kaimen.logic.letters import fields_in
from kaimen.logic.posting import postcode_in

WRITTEN = (LetterKind.ANSWER, LetterKind.REPLY)
OWN_TEXT = {
    "title": "",
    "greeting": "{姓名}：",
    "body": "您说的“{事由}”（编号 {办件编号}），现在答复如下。\n\n{答复}\n\n还有不清楚的，可以找{经办人}，也可以扫信上的码再说一句。",
    "sender": "",
}


def may_write(person: Person | None, case: Case) -> bool:
    """Whoever handles the case and may know who asked; before it is answered there is nothing to write."""
    return person is not None and can_handle(person, case) and can_see_asker(person, case)


def templates_of(case: Case) -> list[LetterTemplate]:
    """Answer letters, and official replies with a 发文字号, whose fields a case can fill."""
    known = {*fields_of(case), "姓名", "单位", "日期", "署名", "编号"}
    rows = LetterTemplate.objects.filter(community=case.community, kind__in=WRITTEN, active=True)
    return [row for row in rows if set(fields_in(row.title + row.greeting + row.body)) <= known]


def fields_of(case: Case) -> dict[str, str]:
    """What a letter may say of its case, beside what every letter knows."""
    answer = case.answers.order_by("-pk").first()
    return {
        "事由": case.title,
        "办件编号": case.number,
        "原话": case.words,
        "答复": answer.text if answer else "",
        "经办人": case.owner.name,
        "事项": str(case.service or case.title),
        "社区": str(case.community),
        "答复日期": chinese_day(today()),
    }


@transaction.atomic
def write_answer(
    *,
    case: Case,
    name: str,
    address: str,
    template: LetterTemplate | None,
    by: Person,
    now: datetime,
    key: str,
) -> Letter:
    """The answer letter of `case`, made at once; the same `key` again gives the same letter.

    An official reply gets its 发文字号 from the community's register. Raises letters.NotNow("not_checked") when something
    in it is empty, as the answer of a case that has none yet: `report` is what the look through found.
    """
    text = {part: getattr(template, part) for part in TEXT} if template else OWN_TEXT
    one = actions.Recipient(
        name=name,
        unit=str(case.enterprise or ""),
        phone=case.asker_phone,
        address=address,
        postcode=postcode_in(address),
        channel=LetterChannel.PRINT,
        person=case.asker,
        organisation=case.enterprise,
        fields=fields_of(case),
    )
    mailing = actions.mail_to(
        organisation=case.community,
        community=case.community,
        name=f"{LetterKind.ANSWER.label} {case.number}",
        text=text,
        kind=template.kind if template else LetterKind.ANSWER,
        recipients=[one],
        channels=[LetterChannel.PRINT],
        by=by,
        now=now,
        key=f"answer:{case.pk}:{key}",
        about=case.number,
        template=template,
    )
    if mailing.state == "draft":
        report = actions.check_mailing(mailing=mailing, by=by, now=now)
        if report["blocks"]:
            raise actions.NotNow("not_checked", report=report)
        actions.make_letters(mailing=mailing, by=by, now=now)
        make_slice(pk=mailing.pk, now=now)
        mailing.refresh_from_db()
        actions.send_letters(mailing=mailing, by=by, now=now)
        audit.record(verb="case.letter", subject=case, by=by, mailing=mailing.pk)
    return mailing.letters.get()


def letters_of(case: Case) -> list[Letter]:
    """Answer letters written so far, the newest first."""
    rows = Letter.objects.filter(mailing__about=case.number, mailing__community=case.community)
    return list(rows.select_related("mailing").order_by("-pk")[:20])


def connect() -> None:
    register(
        Paper(
            name="answer_letter",
            label=_("答复信"),
            icon="mail",
            url=lambda case: reverse("answer_letter", args=[case.number]),
            shown=may_write,
        )
    )
