"""PDF on the disk, under names that say nothing: a folder of their own, served by nothing but our views."""

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "letters"


def write(pdf: bytes) -> str:
    """Keep `pdf` and return its name: whole or not at all, also when the machine stops in the middle."""
    return write_by(lambda file: file.write(pdf))


def write_by(printer: Callable[[BinaryIO], object]) -> str:
    """As `write`, for a file that is too large to be held in memory: `printer` writes it."""
    name = f"{secrets.token_hex(1)}/{secrets.token_urlsafe(18)}.pdf"
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    loose = path.with_suffix(".part")
    try:
        with loose.open("wb") as file:
            printer(file)
        loose.replace(path)
    except BaseException:  # half a file with addresses in it is left to nobody
        loose.unlink(missing_ok=True)
        raise
    return name


def read(name: str) -> bytes:
    """Raises FileNotFoundError."""
    return (folder() / name).read_bytes()


def forget(names: Iterable[str]) -> None:
    for name in names:
        if name:
            (folder() / name).unlink(missing_ok=True)


def response(name: str, shown_as: str, *, inline: bool = True) -> HttpResponse:
    """The PDF for whoever the view has let in. `shown_as` names no person. Raises Http404 when it is not there."""
    path = folder() / name
    if not name or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type=PDF)
    how = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{shown_as}"'
    answer["Cache-Control"] = "no-store"
    return cast(HttpResponse, answer)  # the stubs know no common ground of the two
