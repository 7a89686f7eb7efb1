"""The portrait of who answers for people's needs: put up by themselves or by their manager, taken down as easily.

A face belongs to staff only: a worker's picture is shown nowhere, so none is asked for (PIPL article 6, no more
than needed).
"""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from kaimen.foundation import audit, files
from kaimen.foundation.models import Person
from kaimen.foundation.notices import notify
from kaimen.foundation.permissions import is_staff
from kaimen.foundation.staff import NotAllowed, may_manage_account


def may_show_face(person: Person) -> bool:
    """Does `person` hold a role in which people meet their face?"""
    return is_staff(person)


@transaction.atomic
def put_up(*, person: Person, upload: UploadedFile, by: Person) -> None:
    """Show `upload` as the face of `person`; the former one is gone, its link with it.

    Raises NotAllowed ("outside", "no_face") or files.Refused, with nothing changed.
    """
    _check(person, by)
    if not may_show_face(person):
        raise NotAllowed("no_face")
    former = person.photo
    person.photo = files.accept_face(upload, by=by)
    person.save(update_fields=["photo"])
    audit.record(verb="person.face", subject=person, by=by)
    _tell(person, by, "face_put_up")
    if former:
        transaction.on_commit(lambda: files.discard([former]))


@transaction.atomic
def take_down(*, person: Person, by: Person) -> None:
    """Back to the first character of the name. Allowed to oneself always, also after the last role ended."""
    _check(person, by)
    former = person.photo
    if former is None:
        return
    person.photo = None
    person.save(update_fields=["photo"])
    audit.record(verb="person.face_drop", subject=person, by=by)
    _tell(person, by, "face_taken_down")
    transaction.on_commit(lambda: files.discard([former]))


def _check(person: Person, by: Person) -> None:
    if person.pk != by.pk and not may_manage_account(by, person):
        raise NotAllowed("outside")


def _tell(person: Person, by: Person, code: str) -> None:
    """A portrait is its person's: what somebody else does with it, they hear."""
    if person.pk != by.pk:
        notify(person=person, code=code, link="/me", params={"by": by.name})
