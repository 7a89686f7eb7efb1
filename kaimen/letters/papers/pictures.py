"""Pictures on paper, all as SVG text: the door, a QR code, the house's own logo."""

from __future__ import annotations

import base64
import functools
import io
from pathlib import Path

import segno
from PIL import Image

import kaimen.look
from kaimen.letters.papers.sheets import CannotMake

LARGEST = 5_000_000  # bytes of a logo as it comes in
MASK = 2  # ISO/IEC 18004, 7.8.2: stripes of three columns
PIXELS = 600  # the longer side of a logo as it is printed: 13 mm at 1,100 dpi


@functools.cache
def door() -> str:
    return (Path(kaimen.look.__file__).parent / "static" / "look" / "door.svg").read_text(encoding="utf-8")


@functools.lru_cache(maxsize=64)  # letters of a thousand differ here, a notice to all does not
def qr(text: str) -> str:
    out = io.BytesIO()
    # One mask for all: weighing the eight against each other took as long as laying out the letter. What a link holds is
    # random anyway; blurred and noisy pictures of 800 were read as often (docs/measurements.md).
    code = segno.make(text, error="m", micro=False, mask=MASK)
    code.save(out, kind="svg", border=0, dark="#1d1c1a", omitsize=True)
    return out.getvalue().decode()


@functools.lru_cache(maxsize=8)
def logo(data: bytes) -> str:
    """The picture decoded and written anew, inside an SVG. Raises CannotMake("picture")."""
    if len(data) > LARGEST:
        raise CannotMake("picture")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            picture.thumbnail((PIXELS, PIXELS))
            clean = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CannotMake("picture") from error
    out = io.BytesIO()
    clean.save(out, "PNG")
    inside = base64.b64encode(out.getvalue()).decode()
    width, height = clean.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image href="data:image/png;base64,{inside}" width="{width}" height="{height}"/></svg>'
    )
