"""Files for whoever holds a fresh link; the link is made by pages that have checked who is looking."""

from django.core import signing
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from kaimen.foundation.models import Attachment, Person

HOURS = 12


@require_safe
def file(request: HttpRequest, signed: str) -> HttpResponse | FileResponse:
    """The photo inline (we drew it ourselves), anything else as a download; never as something a browser runs."""
    try:
        token = signing.loads(signed, salt="file", max_age=HOURS * 3600)
    except signing.BadSignature as error:
        raise Http404 from error
    return _sent(get_object_or_404(Attachment, token=token), seconds=3600)


@require_safe
def face(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """The portrait that somebody on the staff shows now; any other file, and a former portrait, is not found here."""
    shown = Person.objects.filter(photo=OuterRef("pk"))
    return _sent(get_object_or_404(Attachment, Exists(shown), token=token), seconds=24 * 3600)


def _sent(attachment: Attachment, *, seconds: int) -> FileResponse:
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        content_type=attachment.content_type,
        as_attachment=not attachment.is_photo,
        filename=attachment.name,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={seconds}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
