"""Uploads: a photo is decoded and drawn anew, a document is judged by its content, everything else is refused.

What is stored is never what a browser might run: photos become JPEG without EXIF, documents are only ever sent as
downloads, and the name on disk says nothing.
"""

import contextlib
import hashlib
import io
import logging
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from kaimen.foundation.models import Attachment, Person
from kaimen.logic.text import clean

log = logging.getLogger(__name__)
LARGEST = 20 * 1024 * 1024
LARGEST_PIXELS = 60_000_000  # a 60-megapixel phone photo passes, a decompression bomb does not
LONGEST_SIDE = 2400
FACE_SIDE = 400  # the round face is 56 px wide on the page: sharp on the densest phone, and some 30 KB
LOGO_SIDE = 1000  # at the head of a letter it stands 13 mm high and 60 mm wide at most
HEAD_HEIGHT = 0.35  # of an upright picture the upper part is kept, where the head is
UNPACKED_LIMIT = 200 * 1024 * 1024

PDF = "application/pdf"
OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".pptx",
    ),
}
TYPES = "[Content_Types].xml"
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


class Refused(ValueError):
    """The file is not taken. `code`: empty, too_large, too_many_pixels, broken_photo, unknown, bomb, macros,
    not_photo, not_picture, no_room."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def refused_words(error: Refused) -> str:
    """The refusal in plain words."""
    words = {
        "empty": _("“%(name)s”是空的，请重新选。"),
        "too_large": _(
            "“%(name)s”有 %(size)s MB，一个文件最多 %(largest)s MB。照片可以先截一下，或者分几次发。"
        ),
        "too_many_pixels": _("“%(name)s”这张图太大了，请用手机截一下再发。"),
        "broken_photo": _("“%(name)s”打不开，可能没拍完整，请重新拍一张。"),
        "unknown": _("“%(name)s”不是照片、PDF 或 Office 文件，收不了。可以截成图片再发。"),
        "bomb": _("“%(name)s”展开以后大得不正常，收不了。"),
        "not_photo": _("“%(name)s”不是照片。请选一张手机拍的照片，JPG、PNG 都行。"),
        "not_picture": _("“%(name)s”不是图片。请选一张 PNG 或 JPG 的图，截一张也行。"),
        "no_room": _("“%(name)s”这会儿存不下，是我们这边满了。先不带它也能交，您写的都还在；照片过后再补。"),
        "macros": _("“%(name)s”里带宏，收不了。请另存为不带宏的文件再发。"),
    }
    return words[error.code] % error.params


def accept(upload: UploadedFile, *, by: Person | None) -> Attachment:
    """Check `upload` by its content and keep it. Raises Refused; nothing is stored then."""
    name, content = _read(upload)
    if content.startswith(b"%PDF-"):
        return _keep(content, name, ".pdf", PDF, by)
    if content.startswith(b"PK\x03\x04"):
        kind, ending = _office_kind(content, name)
        return _keep(content, name, ending, kind, by)
    picture = _decoded(content, name, LONGEST_SIDE)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _keep_picture(picture, name, by)


def accept_face(upload: UploadedFile, *, by: Person | None) -> Attachment:
    """A portrait, cut to a square of at most FACE_SIDE pixels; raises Refused, also for what is no photo."""
    name, content = _read(upload)
    try:
        picture = _decoded(content, name, 2 * FACE_SIDE)
    except Refused as error:
        raise Refused("not_photo", name=name) if error.code == "unknown" else error from error
    side = min(FACE_SIDE, *picture.size)  # a small picture is not blown up
    square = ImageOps.fit(picture, (side, side), centering=(0.5, HEAD_HEIGHT))
    return _keep_picture(square, "face", by)  # what the file was called may tell something


def accept_logo(upload: UploadedFile, *, by: Person | None) -> Attachment:
    """The mark of an organisation, whole, at most LOGO_SIDE pixels; raises Refused, also for what is no picture."""
    name, content = _read(upload)
    try:
        picture = _decoded(content, name, LOGO_SIDE)
    except Refused as error:
        raise Refused("not_picture", name=name) if error.code == "unknown" else error from error
    picture.thumbnail((LOGO_SIDE, LOGO_SIDE))
    return _keep_picture(picture, "logo", by)


def accept_all(uploads: Iterable[UploadedFile], *, by: Person | None) -> list[Attachment]:
    """Keep all of them or none: raises Refused for the first that is not taken, and those before it are gone."""
    kept: list[Attachment] = []
    try:
        for upload in uploads:
            kept.append(accept(upload, by=by))
    except Refused:
        discard(kept)
        raise
    return kept


def discard(attachments: Iterable[Attachment]) -> None:
    """Take back what was kept a moment ago and belongs to nothing yet."""
    for attachment in attachments:
        attachment.delete()
        attachment.file.delete(save=False)


def forget_loose(before: datetime) -> int:
    """Remove attachments older than `before` that nothing refers to. Returns how many."""
    loose = Attachment.objects.filter(uploaded_at__lt=before)
    for relation in Attachment._meta.get_fields(
        include_hidden=True
    ):  # also those that cannot be followed back
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        pointing = relation.field.model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
        loose = loose.exclude(models.Exists(pointing))
    found = list(loose)
    discard(found)
    return len(found)


def _read(upload: UploadedFile) -> tuple[str, bytes]:
    """Name and content of what is neither empty nor too large."""
    name = clean((upload.name or "").replace("\n", " "))[-100:] or "file"
    size = upload.size or 0
    if not size:
        raise Refused("empty", name=name)
    if size > LARGEST:
        raise Refused("too_large", name=name, size=size // 2**20, largest=LARGEST // 2**20)
    if getattr(upload, "no_room", False):
        raise Refused("no_room", name=name)
    return name, upload.read()


def _decoded(content: bytes, name: str, side: int) -> Image.Image:
    """The picture upright, in RGB; a large JPEG only as large as `side` asks."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP", "GIF", "BMP"]) as image:
            if image.width * image.height > LARGEST_PIXELS:
                raise Refused("too_many_pixels", name=name)
            image.draft("RGB", (side, side))  # a large JPEG is decoded at a fraction of its size
            return _on_white(ImageOps.exif_transpose(image))
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels", name=name) from error
    except UnidentifiedImageError as error:
        raise Refused("unknown", name=name) from error
    except Exception as error:  # a cut or altered photo makes the decoders raise nearly anything
        raise Refused("broken_photo", name=name) from error


def _keep_picture(picture: Image.Image, name: str, by: Person | None) -> Attachment:
    picture.info.clear()  # comments and XMP would be written along with the picture
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=85, optimize=True)
    return _keep(drawn.getvalue(), name, ".jpg", "image/jpeg", by, width=picture.width, height=picture.height)


def _on_white(image: Image.Image) -> Image.Image:
    """What is transparent becomes white, as on paper: a screenshot's text is often dark."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen)
    return paper


def _office_kind(content: bytes, name: str) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            declared = archive.open(TYPES).read(1_000_000) if TYPES in archive.namelist() else b""
    except Exception as error:
        # A stranger's file, read by zipfile and its decompressors, which name no common error: BadZipFile, zlib.error,
        # struct.error, EOFError, RuntimeError when locked. Whatever it is, the file is refused and nobody's page breaks.
        raise Refused("unknown", name=name) from error
    if sum(member.file_size for member in members) > UNPACKED_LIMIT or len(members) > 5000:
        raise Refused("bomb", name=name)
    inside = {member.filename for member in members}
    if b"macroEnabled" in declared or any(member.lower().endswith("vbaproject.bin") for member in inside):
        raise Refused("macros", name=name)
    for part, kind in OFFICE.items():
        if part in inside:
            return kind
    raise Refused("unknown", name=name)


def _keep(
    content: bytes, name: str, ending: str, content_type: str, by: Person | None, **size: int
) -> Attachment:
    stem = name.rsplit(".", 1)[0] or "file"
    attachment = Attachment(
        name=f"{stem[:100]}{ending}",
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        **size,
    )
    _to_disk(attachment, content)
    try:
        with transaction.atomic():
            attachment.save()
    except Exception:
        attachment.file.delete(save=False)
        raise
    return attachment


def _to_disk(attachment: Attachment, content: bytes) -> None:
    """Raises Refused("no_room"), and leaves no half of it: a full disk has no room for that either."""
    file = attachment.file
    where = file.field.generate_filename(attachment, attachment.name)
    try:
        file.name = file.storage.save(where, ContentFile(content))
    except OSError as error:
        log.error("no room for an attachment: %s", type(error).__name__)
        with contextlib.suppress(OSError):
            file.storage.delete(where)
        raise Refused("no_room", name=attachment.name) from error
