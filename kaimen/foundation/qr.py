"""QR codes as SVG, drawn on this machine."""

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def absolute(path: str) -> str:
    """The address of `path` as printed on paper and sent by SMS."""
    return f"{settings.PUBLIC_URL}{path}"


def svg(text: str) -> SafeString:
    """An inline SVG of the QR code of `text`, sized by CSS (class `qr`)."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - made by segno from modules, `text` is not part of the markup
