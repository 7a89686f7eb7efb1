"""The letterhead of an organisation, kept by whoever may send for it."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from kaimen.foundation import audit, files
from kaimen.foundation.models import Organisation, Person
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Letterhead
from kaimen.letters.permissions import check_can_send
from kaimen.letters.printer import unprintable
from kaimen.logic.issuing import is_code, tidy


@transaction.atomic
def change_head(*, organisation: Organisation, code: str, lines: str, by: Person, now: datetime) -> None:
    """The 代字 of an organisation and the small lines of its letters, for the papers that come.

    Those that were issued keep theirs. NotNow: code_wrong for a 代字 with digits or signs; glyphs, `signs` of a line
    that cannot be printed.
    """
    check_can_send(by, organisation)
    code = tidy(code)
    if code and not is_code(code):
        raise NotNow("code_wrong")
    if signs := unprintable(code + lines):
        raise NotNow("glyphs", signs=" ".join(signs))
    said = {"code": code, "lines": "\n".join(line.strip() for line in lines.splitlines() if line.strip())}
    head, _new = Letterhead.objects.get_or_create(organisation=organisation)
    if Letterhead.objects.filter(pk=head.pk).exclude(**said).update(changed_at=now, changed_by=by, **said):
        audit.record(verb="letterhead.change", subject=organisation, by=by, code=code)


@transaction.atomic
def put_up_logo(*, organisation: Organisation, upload: UploadedFile, by: Person, now: datetime) -> None:
    """Show `upload` at the head of the organisation's letters; the former mark is gone.

    Raises foundation.files.Refused for what is no picture, or too large, with nothing changed.
    """
    check_can_send(by, organisation)
    head, _new = Letterhead.objects.select_related("logo").get_or_create(organisation=organisation)
    former = head.logo
    logo = files.accept_logo(upload, by=by)
    Letterhead.objects.filter(pk=head.pk).update(logo=logo, changed_at=now, changed_by=by)
    audit.record(verb="letterhead.logo", subject=organisation, by=by)
    if former:
        transaction.on_commit(lambda: files.discard([former]))


@transaction.atomic
def take_down_logo(*, organisation: Organisation, by: Person, now: datetime) -> None:
    """Back to the door of the house; twice is once."""
    check_can_send(by, organisation)
    head = Letterhead.objects.select_related("logo").filter(organisation=organisation).first()
    if head is None or head.logo is None:
        return
    former = head.logo
    Letterhead.objects.filter(pk=head.pk).update(logo=None, changed_at=now, changed_by=by)
    audit.record(verb="letterhead.logo_drop", subject=organisation, by=by)
    transaction.on_commit(lambda: files.discard([former]))
