"""Ready-made answers, kept by managers and supervisors of the community."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from kaimen.cases.errors import NotNow
from kaimen.cases.models import AnswerTemplate
from kaimen.cases.permissions import check_can_keep_answers
from kaimen.cases.ready_answers import wrong_with
from kaimen.foundation import audit
from kaimen.foundation.models import Organisation, Person


@transaction.atomic
def add_template(
    *, community: Organisation, name: str, text: str, by: Person, now: datetime
) -> AnswerTemplate:
    """A new ready-made answer. NotNow: template_name_taken, template_wrong (its braces cannot be filled)."""
    check_can_keep_answers(by, community)
    _check(community, name, text, besides=None)
    template = AnswerTemplate.objects.create(
        community=community, name=name, text=text, changed_at=now, changed_by=by
    )
    audit.record(verb="answer_template.add", subject=template, by=by)
    return template


@transaction.atomic
def edit_template(*, template: AnswerTemplate, name: str, text: str, by: Person, now: datetime) -> None:
    """Change name and text. Answers given before keep their words.

    NotNow as in `add_template`, and template_moved when somebody changed it since `template` was read.
    """
    check_can_keep_answers(by, template.community)
    _check(template.community, name, text, besides=template)
    _change(template, by, now, name=name, text=text)
    audit.record(verb="answer_template.edit", subject=template, by=by)


@transaction.atomic
def switch_template(*, template: AnswerTemplate, on: bool, by: Person, now: datetime) -> None:
    """Take it off the officers' list, or put it back; pressing twice changes nothing more."""
    check_can_keep_answers(by, template.community)
    changed = AnswerTemplate.objects.filter(pk=template.pk, active=not on)
    if changed.update(active=on, version=F("version") + 1, changed_at=now, changed_by=by):
        verb = "answer_template.on" if on else "answer_template.off"
        audit.record(verb=verb, subject=template, by=by)


def _check(community: Organisation, name: str, text: str, *, besides: AnswerTemplate | None) -> None:
    if wrong_with(text):
        raise NotNow("template_wrong")
    namesakes = AnswerTemplate.objects.filter(community=community, name=name)
    if (namesakes.exclude(pk=besides.pk) if besides else namesakes).exists():
        raise NotNow("template_name_taken")


def _change(template: AnswerTemplate, by: Person, now: datetime, **fields: str) -> None:
    unchanged = AnswerTemplate.objects.filter(pk=template.pk, version=template.version)
    if not unchanged.update(version=F("version") + 1, changed_at=now, changed_by=by, **fields):
        raise NotNow("template_moved")
