"""Uploads: a photo is decoded and drawn anew, a document is judged by its content, everything else is refused.

What is stored is never what a browser might run: photos become JPEG without EXIF, documents are only ever sent as
downloads, and the name on disk says nothing.
"""

import hashlib
import io
import zipfile
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from kaimen.foundation.models import Attachment, Person

LARGEST = 20 * 1024 * 1024
LARGEST_PIXELS = 60_000_000  # a 60-megapixel phone photo passes, a decompression bomb does not
LONGEST_SIDE = 2400
UNPACKED_LIMIT = 200 * 1024 * 1024

PDF = "application/pdf"
OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


class Refused(ValueError):
    """The file is not taken. `code`: empty, too_large, too_many_pixels, broken_photo, unknown, bomb, macros."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def refused_words(error: Refused) -> str:
    """The refusal in plain words."""
    words = {
        "empty": _("“%(name)s”是空的，请重新选。"),
        "too_large": _("“%(name)s”有 %(size)s MB，一个文件最多 %(largest)s MB。照片可以先截一下，或者分几次发。"),
        "too_many_pixels": _("“%(name)s”这张图太大了，请用手机截一下再发。"),
        "broken_photo": _("“%(name)s”打不开，可能没拍完整，请重新拍一张。"),
        "unknown": _("“%(name)s”不是照片、PDF 或 Office 文件，收不了。可以截成图片再发。"),
        "bomb": _("“%(name)s”展开以后大得不正常，收不了。"),
        "macros": _("“%(name)s”里带宏，收不了。请另存为不带宏的文件再发。"),
    }
    return words[error.code] % error.params


def accept(upload: UploadedFile, *, by: Person | None) -> Attachment:
    """Check `upload` by its content and keep it. Raises Refused; nothing is stored then."""
    name = (upload.name or "file")[-100:]
    size = upload.size or 0
    if not size:
        raise Refused("empty", name=name)
    if size > LARGEST:
        raise Refused("too_large", name=name, size=size // 2**20, largest=LARGEST // 2**20)
    content = upload.read()
    if content.startswith(b"%PDF-"):
        return _keep(content, name, ".pdf", PDF, by)
    if content.startswith(b"PK\x03\x04"):
        kind, ending = _office_kind(content, name)
        return _keep(content, name, ending, kind, by)
    return _photo(content, name, by)


def _photo(content: bytes, name: str, by: Person | None) -> Attachment:
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP", "GIF", "BMP"]) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except Image.DecompressionBombError as error:
        raise Refused("too_many_pixels", name=name) from error
    except UnidentifiedImageError as error:
        raise Refused("unknown", name=name) from error
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for a cut or altered photo
        raise Refused("broken_photo", name=name) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG", quality=85, optimize=True)
    kept = _keep(drawn.getvalue(), name, ".jpg", "image/jpeg", by)
    Attachment.objects.filter(pk=kept.pk).update(width=upright.width, height=upright.height)
    return kept


def _office_kind(content: bytes, name: str) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Refused("unknown", name=name) from error
    if sum(member.file_size for member in members) > UNPACKED_LIMIT or len(members) > 5000:
        raise Refused("bomb", name=name)
    inside = {member.filename for member in members}
    if any(member.endswith("vbaProject.bin") for member in inside):
        raise Refused("macros", name=name)
    for part, kind in OFFICE.items():
        if part in inside:
            return kind
    raise Refused("unknown", name=name)


def _keep(content: bytes, name: str, ending: str, content_type: str, by: Person | None) -> Attachment:
    stem = name.rsplit(".", 1)[0] or "file"
    attachment = Attachment(
        name=f"{stem[:100]}{ending}",
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
    )
    attachment.file.save(attachment.name, ContentFile(content), save=False)
    attachment.save()
    return attachment
