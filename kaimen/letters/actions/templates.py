"""Letter templates, kept by managers and supervisors of the community."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.crypto import get_random_string

from kaimen.foundation import audit
from kaimen.foundation.models import Organisation, Person
from kaimen.letters.enums import NUMBERED, SignatureForm
from kaimen.letters.errors import NotNow
from kaimen.letters.models import LetterTemplate, LetterTemplateVersion
from kaimen.letters.permissions import check_can_send
from kaimen.logic.issuing import WrongNumber, read_number
from kaimen.logic.letters import check_text, fields_in

TEXT = ("name", "title", "greeting", "body", "sender", "number", "signed")

ANY_CODE, ANY_YEAR = "代字", 2026  # a template is looked at before it is known who sends with it, and when


@transaction.atomic
def add_template(
    *,
    community: Organisation,
    kind: str,
    text: dict[str, str],
    by: Person | None,
    now: datetime,
    key: str = "",
    from_pack: bool = False,
) -> LetterTemplate:
    """A new template. NotNow: template_name_taken, template_wrong (its braces or stars have no partner), and
    number_wrong with what is wrong in `why` and its params, for a 发文字号 that is written and breaks the standard."""
    if by is not None:
        check_can_send(by, community)
    _check(community, kind, text, besides=None)
    template = LetterTemplate.objects.create(
        community=community,
        key=key or get_random_string(10).lower(),
        kind=kind,
        from_pack=from_pack,
        changed_at=now,
        changed_by=by,
        **_values(text),
    )
    _keep_version(template, by, now)
    audit.record(verb="letter_template.add", subject=template, by=by)
    return template


@transaction.atomic
def edit_template(
    *, template: LetterTemplate, kind: str, text: dict[str, str], by: Person, now: datetime
) -> None:
    """Change a template; its former words stay in its versions, mailings begun with it keep theirs.

    NotNow as in `add_template`, and template_moved when somebody changed it since `template` was read.
    """
    check_can_send(by, template.community)
    _check(template.community, kind, text, besides=template)
    values: dict[str, Any] = _values(text) | {"kind": kind}
    unchanged = LetterTemplate.objects.filter(pk=template.pk, version=template.version)
    if not unchanged.update(version=F("version") + 1, changed_at=now, changed_by=by, **values):
        raise NotNow("template_moved")
    template.refresh_from_db()
    _keep_version(template, by, now)
    audit.record(verb="letter_template.edit", subject=template, by=by, version=template.version)


@transaction.atomic
def switch_template(*, template: LetterTemplate, on: bool, by: Person, now: datetime) -> None:
    """Take it off the list to choose from, or put it back; pressing twice changes nothing more."""
    check_can_send(by, template.community)
    if LetterTemplate.objects.filter(pk=template.pk, active=not on).update(active=on):
        audit.record(verb=f"letter_template.{'on' if on else 'off'}", subject=template, by=by)


def shape_problems(text: str) -> list[Any]:
    """What is wrong with a template whatever fields its recipients bring: braces and stars without a partner."""
    return list(check_text(text, set(fields_in(text))))


def number_problems(pattern: str) -> list[list[Any]]:
    """[where, code, params] of a 发文字号 whose office and year are not known yet; [] when it keeps the standard."""
    try:
        read_number(pattern, code=ANY_CODE, year=ANY_YEAR)
    except WrongNumber as error:
        return [["number", error.code, error.params]]
    return []


def _values(text: dict[str, str]) -> dict[str, str]:
    return {name: text.get(name, "") for name in TEXT} | {
        "signed": text.get("signed") or SignatureForm.SEALED
    }


def _check(community: Organisation, kind: str, text: dict[str, str], besides: LetterTemplate | None) -> None:
    if not re.search(r"\w", text.get("body", "")) or any(
        shape_problems(text[name]) for name in ("title", "greeting", "body", "number") if text.get(name)
    ):
        raise NotNow("template_wrong")
    if kind in NUMBERED and text.get("number"):  # an empty one is written with each mailing
        for _where, code, params in number_problems(text["number"]):
            raise NotNow("number_wrong", why=code, **params)
    namesakes = LetterTemplate.objects.filter(community=community, name=text["name"])
    if (namesakes.exclude(pk=besides.pk) if besides else namesakes).exists():
        raise NotNow("template_name_taken")


def _keep_version(template: LetterTemplate, by: Person | None, now: datetime) -> None:
    text = {name: getattr(template, name) for name in TEXT}
    LetterTemplateVersion.objects.create(template=template, number=template.version, text=text, at=now, by=by)
